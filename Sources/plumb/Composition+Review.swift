// The month's cost review: what there is to judge, whom to ask about it, and where it is written down.

import Foundation
import PlumbAWS
import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbReport

extension Composition {
    /// The days under review: the month to date, and in its first week the month before.
    static func reviewDays(on day: Day, month: String?) throws -> (first: Day, last: Day, share: Double) {
        let week = 7
        guard let named = month.map({ Month($0) }) ?? Month(holding: day.adding(days: -week)), named.first <= day else {
            throw PlumbError(.invalidInput, "'\(month ?? "")' is no month up to now", hint: "write it as 2026-11")
        }
        let last = min(named.next.first.adding(days: -1), day)
        let days = named.next.first.days(since: named.first)
        return (named.first, last, Double(last.days(since: named.first) + 1) / Double(days))
    }

    /// A review of what was loaded, judged.
    static func review(
        _ subjects: [Subject], of source: String, owner: String, days: (first: Day, last: Day, share: Double),
        tools: SpendTools?, metered: [EndpointStatement], discount: Double?
    ) -> SpendReview {
        var months = subjects.flatMap { $0.graph.endpointMonths() }
        for index in months.indices {
            months[index].billedUSD = tools?.billedUSD?[months[index].name]
            guard let meter = metered.first(where: { $0.endpoint == months[index].name }) else { continue }
            months[index].meteredUSD = meter.isComplete ? meter.usd : nil
            months[index].meteredShare = meter.meteredHours / PriceBook.hoursPerMonth
        }
        let review = SpendReview(
            on: today(), of: source, owner: owner, from: days.first, through: days.last, monthShare: days.share,
            endpoints: months, tools: tools)
        let plan = discount.map {
            SpendTools.PlanOffer(discount: $0 / 100, commitmentUSDPerHour: nil, source: "--plan-discount")
        }
        let book = subjects.first?.graph.priceBook ?? .embedded
        return SpendJudgement.judge(review, plan: plan) { book.listed($0, in: $1) }
    }

    /// What the account's cost tools say.
    static func spendTools(
        _ name: String, _ access: AWSAccess, days: (first: Day, last: Day, share: Double)
    ) async throws -> SpendTools {
        try await withAWS(access, region: try region(of: name)) { client in
            try await client.spendTools(from: days.first, through: days.last)
        }
    }

    static func text(_ review: SpendReview, format: RecordFormat) -> String {
        switch format {
        case .text: SpendReviewReport.text(review, style: style)
        case .json: SpendReviewReport.json(review)
        case .markdown: SpendReviewReport.markdown(review)
        case .html:
            ReportDocument.html(
                title: "Cost review of \(review.source), \(review.first) to \(review.last)", version: version,
                body: SpendReviewReport.html(review))
        }
    }

    /// The review as the audit record of an engine keeps it, an entry for each endpoint (COST-1.1).
    static func entries(of review: SpendReview) -> [AuditEntry] {
        review.endpoints.map { month in
            let own = review.decisions.filter { $0.endpoint == month.name || $0.endpoint.isEmpty }
            var details = ["owner": review.owner, "period": "\(review.first) to \(review.last)"]
            details["actualUSD"] = SpendReview.actualUSD(month).map { "\($0)" }
            details["expectedUSD"] = review.expectedUSD(month).map { "\($0)" }
            let questions =
                own.isEmpty ? ["nothing to change"] : own.prefix(decisionsMax).map(SpendReviewReport.sentence)
            for (index, question) in questions.enumerated() {
                details["decision.\(index + 1)"] = String(question.prefix(500))
            }
            return AuditEntry(
                at: 0, actor: "", action: "cost.review", subject: "endpoint/\(month.name)", details: details)
        }
    }
    private static let decisionsMax = 20

    /// Endpoints that nobody has asked for so long that they are idle, and those of which that is not known.
    static func idle(in subjects: [Subject]) -> (idle: [EndpointMonth], unknown: [EndpointMonth]) {
        let months = subjects.flatMap { $0.graph.endpointMonths() }
        return (
            months.filter { SpendJudgement.isIdle($0) == true }, months.filter { SpendJudgement.isIdle($0) == nil }
        )
    }

    static func deleteEndpoint(_ name: String, in source: String, _ access: AWSAccess) async throws {
        try await withAWS(access, region: try region(of: source)) { try await $0.deleteEndpoint(name) }
    }
}
