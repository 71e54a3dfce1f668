// What waits for another person: plans, shown as what they change, and reviews.

import Foundation
import PlumbEngine
import PlumbModel

struct ApprovalsPage: Page {
    static let template = "approvals"
    struct Line: Sendable {
        let key: String
        let old: String?
        let new: String?
    }
    struct Plan: Sendable {
        let id: String
        let summary: String
        let requester: String
        let author: String?
        let at: Moment
        let until: Moment
        let environment: String
        let approver: String?
        let objection: String?
        let hasDiff: Bool
        let diffText: String
        let diff: [Line]
    }
    struct Review: Sendable {
        let id: String
        let action: String
        let by: String
        let at: Moment
        let reason: String
    }
    let title = "Approvals"
    let plans: [Plan]
    let reviews: [Review]
    private static let linesMax = 200

    init(_ report: AccessReport, _ records: [EndpointRecord], by principal: Principal, now: Double) {
        plans = report.plans.map { plan in
            let record = records.first { "endpoint/\($0.name)" == plan.resource }
            let served = record.flatMap { $0.revision($0.active)?.spec }
            let lines = plan.proposal.map { Self.difference(from: served, to: $0) } ?? []
            let text =
                plan.proposal == nil
                ? "\(plan.verb.rawValue) on \(plan.resource): nothing of a spec changes."
                : lines.isEmpty
                    ? "Nothing of the spec differs from what serves."
                    : "\(lines.count) keys of the spec differ from what serves"
            return Plan(
                id: plan.id, summary: plan.summary, requester: plan.requester, author: plan.author,
                at: Moment(plan.askedAt), until: Moment(plan.expiresAt),
                environment: plan.environment?.rawValue ?? "the engine", approver: plan.approver,
                objection: plan.objection(toApprovalBy: principal, at: now), hasDiff: !lines.isEmpty, diffText: text,
                diff: Array(lines.prefix(Self.linesMax)))
        }
        reviews = report.reviews.map {
            Review(id: $0.id, action: $0.action, by: $0.by, at: Moment($0.at), reason: $0.reason)
        }
    }

    /// Key by key, in the order of the keys; where the spec's own text stands does not count.
    static func difference(from old: Spec?, to new: Spec) -> [Line] {
        let (before, after) = (old.map(leaves) ?? [:], leaves(new))
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            before[key] == after[key] ? nil : Line(key: key, old: before[key], new: after[key])
        }
    }

    private static func leaves(_ spec: Spec) -> [String: String] {
        var spec = spec
        spec.places = [:]
        // What was decoded from JSON can be written as JSON.
        guard let data = try? JSONEncoder().encode(spec), let tree = try? JSONSerialization.jsonObject(with: data)
        else {
            return [:]
        }
        var found: [String: String] = [:]
        flatten(tree, "", into: &found)
        return found
    }

    private static func flatten(_ value: Any, _ key: String, into found: inout [String: String]) {
        switch value {
        case let map as [String: Any]:
            for (name, value) in map where name != "place" {
                flatten(value, key.isEmpty ? name : "\(key).\(name)", into: &found)
            }
        case let list as [Any]:
            for (index, value) in list.enumerated() { flatten(value, "\(key)[\(index)]", into: &found) }
        default: found[key] = PageWords.clipped("\(value)", to: 300)
        }
    }
}
