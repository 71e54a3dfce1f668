// What drills have measured, as policies judge it.

import PlumbModel
import PlumbStore

extension LocalPlane {
    /// The newest drill on record whose loss of data was measured; one that failed counts as one that failed.
    func lastRecoveryDrill() throws(PlumbError) -> RecoveryDrill? {
        let found = try house.practised.newest(1) { $0.action == "drill.dr" }.last
        guard let entry = found, let time = Double(entry.details["rtoSeconds"] ?? "") else { return nil }
        let loss = Double(entry.details["rpoSeconds"] ?? "")
        return RecoveryDrill(
            day: Day(secondsSinceEpoch: entry.at), rtoMinutes: time / 60, rpoMinutes: (loss ?? 0) / 60,
            succeeded: entry.outcome == .done && loss != nil)
    }

    /// What is the matter with the recovery drills: one that failed, or none for longer than was asked for.
    func drillNotices() throws(PlumbError) -> [String] {
        guard house.settings.drillSeconds != nil || Backup.target(of: house.folder) != nil else { return [] }
        let newest = try house.practised.newest(1) { $0.action == "drill.dr" }.last
        var notices: [String] = []
        if let newest, newest.outcome != .done {
            let reason = newest.details["failure"] ?? "it left no reason"
            notices.append(
                "the recovery drill of \(Day(secondsSinceEpoch: newest.at)) FAILED: \(reason); plumb drill dr --record "
                    + "tries again")
        }
        if let every = house.settings.drillSeconds, house.now() - (newest?.at ?? startedAt) > every + Self.graceSeconds
        {
            notices.append("no recovery was practised for longer than was asked for (--drill-every)")
        }
        return notices
    }

    /// A drill that is due takes some time.
    private static let graceSeconds = 3600.0

    private func newestDrill(_ kind: String, of endpoint: String) throws(PlumbError) -> AuditEntry? {
        try house.practised.newest(1) { $0.action == kind && $0.subject == "endpoint/\(endpoint)" }.last
    }

    /// What the newest failover and rollback that were practised have measured, and the newest review of the cost.
    func takeInDrills(of endpoint: String, into graph: inout Graph) throws(PlumbError) {
        if let entry = try newestDrill("drill.rollback", of: endpoint) { graph.takeIn(rollback: entry, of: endpoint) }
        if let entry = try newestDrill("drill.failover", of: endpoint) { graph.takeIn(failover: entry, of: endpoint) }
        if let entry = try newestDrill("cost.review", of: endpoint) { graph.takeIn(review: entry, of: endpoint) }
    }
}

extension Graph {
    /// The newer of what the spec says of its cost review and what was recorded.
    mutating func takeIn(review entry: AuditEntry, of endpoint: String) {
        let decisions = entry.details.filter { $0.key.hasPrefix("decision.") }.sorted { $0.key < $1.key }
        let review = CostReview(
            day: Day(secondsSinceEpoch: entry.at), owner: entry.details["owner"],
            actualUSD: entry.details["actualUSD"].flatMap { Double($0) },
            expectedUSD: entry.details["expectedUSD"].flatMap { Double($0) }, decisions: decisions.map(\.value))
        for index in declarations.indices where declarations[index].endpointName == endpoint {
            if let declared = declarations[index].costReview.value, declared.day > review.day { continue }
            declarations[index].costReview = .known(review)
        }
    }

    /// In the place of what the spec says of its last rollback; one that failed proves nothing.
    mutating func takeIn(rollback entry: AuditEntry, of endpoint: String) {
        let day = Day(secondsSinceEpoch: entry.at)
        for index in declarations.indices where declarations[index].endpointName == endpoint {
            if entry.outcome == .done, let moved = Double(entry.details["detectedToMovedSeconds"] ?? "") {
                let full = Double(entry.details["movedToFullSeconds"] ?? "") ?? 0
                declarations[index].rollbackDrill = .known(RollbackDrill(day: day, seconds: moved + full))
            } else {
                declarations[index].rollbackDrill = .unknown(
                    "the rollback drill of \(day) failed: \(entry.details["failure"] ?? "it left no reason")")
            }
        }
    }

    /// Beside what the probes promise: how long requests really failed when a failure domain was lost.
    mutating func takeIn(failover entry: AuditEntry, of endpoint: String) {
        for index in evidence.indices
        where evidence[index].kind == .healthProbe && evidence[index].endpointName == endpoint {
            for name in ["outageSeconds", "fullSeconds", "failedRequests", "requests"] {
                evidence[index].numbers["drill.\(name)"] = Double(entry.details[name] ?? "")
            }
            evidence[index].texts["drill.outcome"] = entry.outcome.rawValue
            evidence[index].texts["drill.day"] = Day(secondsSinceEpoch: entry.at).description
        }
    }

    /// Puts what the engine has measured in the place of what the spec says of its last drill.
    mutating func takeIn(_ drill: RecoveryDrill, of endpoint: String) {
        for index in declarations.indices where declarations[index].endpointName == endpoint {
            guard var plan = declarations[index].recovery.value else { continue }
            plan.drill = drill
            declarations[index].recovery = .known(plan, at: declarations[index].recovery.place)
        }
    }
}
