// A review in each of its forms: the same figures, and strangers' words made harmless.

import Foundation
import PlumbModel
import Testing

@testable import PlumbReport

@Suite struct SpendReviewReportTests {
    private var review: SpendReview {
        var month = EndpointMonth(name: "<b>|digits", environment: .production, region: "us-east-1")
        (month.estimatedUSD, month.billedUSD) = (1_000, 600)
        let day = Day(daysSinceEpoch: 20_780)
        var review = SpendReview(
            on: day, of: "aws://eu-west-1", owner: "ada", from: day.adding(days: -14), through: day, monthShare: 0.5,
            endpoints: [month], tools: nil)
        var decision = SpendDecision(
            .rightSize, of: "digits", "Change it?", because: "idle <script>", savingUSD: 12.5)
        decision.change = ["- instances: {type: ml.m5.xlarge}", "+ instances: {type: ml.m5.large}"]
        review.decisions = [decision]
        review.unknown = ["Trusted Advisor: SubscriptionRequiredException"]
        return review
    }

    @Test func textTellsFiguresDecisionsAndWhatIsNotKnown() {
        let text = SpendReviewReport.text(review, style: TextStyle())
        #expect(text.contains("500.00      unknown       600.00        +20 %"), "\(text)")
        #expect(text.contains("digits: idle <script>. Change it? It saves 12.50 USD a month."))
        #expect(text.contains("+ instances: {type: ml.m5.large}"))
        #expect(text.contains("not known: Trusted Advisor: SubscriptionRequiredException"))
    }

    @Test func markupOfStrangersIsHarmless() {
        let markdown = SpendReviewReport.markdown(review)
        #expect(markdown.contains("```diff") && !markdown.contains("<script>") && !markdown.contains("<b>|"))
        let html = SpendReviewReport.html(review)
        #expect(html.contains("&lt;script&gt;") && !html.contains("<script>") && html.contains("&lt;b&gt;|digits"))
        #expect(html.hasPrefix("<section") && html.hasSuffix("</section>\n"))
    }

    @Test func jsonHasTheSameFigures() throws {
        let json = try JSONSerialization.jsonObject(with: Data(SpendReviewReport.json(review).utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["schema"] as? String == "plumbline.cost-review/1")
        #expect(object["expectedUSD"] as? Double == 500 && object["actualUSD"] as? Double == 600)
        let decisions = try #require(object["decisions"] as? [[String: Any]])
        #expect(decisions.map { $0["savingUSD"] as? Double } == [12.5])
        #expect((object["endpoints"] as? [[String: Any]])?.first?["differencePercent"] as? Double == 20)
    }
}
