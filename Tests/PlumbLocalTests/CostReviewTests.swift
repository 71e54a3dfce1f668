// A review that was recorded stands in for an older one of the spec.

import PlumbModel
import Testing

@testable import PlumbLocal

@Suite struct CostReviewTests {
    private func graph(declared day: Day?) -> Graph {
        var graph = Graph(source: .engine, environment: .production, asOf: Day(daysSinceEpoch: 20_785))
        var declaration = Declaration(endpointName: "digits")
        if let day {
            declaration.costReview = .known(
                CostReview(day: day, owner: "spec", actualUSD: 1, expectedUSD: 1, decisions: ["keep"]))
        }
        graph.declarations = [declaration]
        return graph
    }

    private let entry = AuditEntry(
        at: 20_780 * 86_400, actor: "ada", action: "cost.review", subject: "endpoint/digits",
        details: [
            "owner": "ada", "actualUSD": "12.5", "expectedUSD": "10", "decision.1": "change it?", "decision.2": "tune?",
        ])

    @Test func theNewerReviewCounts() {
        var none = graph(declared: nil)
        none.takeIn(review: entry, of: "digits")
        let review = none.declarations[0].costReview.value
        #expect(review?.day == Day(daysSinceEpoch: 20_780) && review?.owner == "ada")
        #expect(review?.actualUSD == 12.5 && review?.expectedUSD == 10 && review?.decisions == ["change it?", "tune?"])
        var older = graph(declared: Day(daysSinceEpoch: 20_700))
        older.takeIn(review: entry, of: "digits")
        #expect(older.declarations[0].costReview.value?.owner == "ada")
        var newer = graph(declared: Day(daysSinceEpoch: 20_784))
        newer.takeIn(review: entry, of: "digits")
        #expect(newer.declarations[0].costReview.value?.owner == "spec")
        newer.takeIn(review: entry, of: "another")
        #expect(newer.declarations[0].costReview.value?.owner == "spec")
    }
}
