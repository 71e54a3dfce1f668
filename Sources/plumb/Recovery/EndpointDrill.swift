// Drills on a running endpoint: a failure domain is lost, or a revision goes bad, under requests of the drill's own.

import Foundation
import PlumbEngine
import PlumbModel

/// What one drill of an endpoint measured.
struct EndpointDrillReport: Encodable {
    /// `failover` or `rollback`.
    var kind: String
    var endpoint: String
    var succeeded = false
    /// The failure domain that was lost, or the revision that went bad.
    var subject = ""
    /// Instances that were ended.
    var ended = 0
    var requests = 0
    var failedRequests = 0
    /// From the loss to the last request that failed; 0 where none did.
    var outageSeconds: Double?
    /// From the loss to a full fleet.
    var fullSeconds: Double?
    var faultToDetectedSeconds: Double?
    var detectedToMovedSeconds: Double?
    var movedToFullSeconds: Double?
    var reason: String?
    var failure: String?

    /// As the audit log keeps it: the policies of the engine judge by it.
    var entry: AuditEntry {
        var details = ["subject": subject, "ended": "\(ended)", "requests": "\(requests)"]
        details["failedRequests"] = "\(failedRequests)"
        for (name, seconds) in [
            ("outageSeconds", outageSeconds), ("fullSeconds", fullSeconds),
            ("faultToDetectedSeconds", faultToDetectedSeconds), ("detectedToMovedSeconds", detectedToMovedSeconds),
            ("movedToFullSeconds", movedToFullSeconds),
        ] {
            details[name] = seconds.map { "\(RecoveryRehearsal.rounded($0))" }
        }
        details["reason"] = reason
        details["failure"] = failure.map { String($0.prefix(1000)) }
        return AuditEntry(
            at: 0, actor: "", action: "drill.\(kind)", subject: "endpoint/\(endpoint)",
            outcome: succeeded ? .done : .failed, details: details)
    }

    var lines: [String] {
        func told(_ seconds: Double?) -> String {
            seconds.map { "\(RecoveryRehearsal.rounded($0)) s" } ?? "not measured"
        }
        var lines = ["\(requests) requests of the drill's own, \(failedRequests) failed"]
        if kind == "failover" {
            lines.append("ended \(ended) instances of \(subject); requests failed for \(told(outageSeconds))")
            lines.append("the fleet was full again after \(told(fullSeconds))")
        } else {
            lines.append("\(subject) went bad, and was rolled back: \(reason ?? "not yet")")
            lines.append(
                "detected after \(told(faultToDetectedSeconds)), traffic moved \(told(detectedToMovedSeconds)) later, "
                    + "the old fleet full \(told(movedToFullSeconds)) later")
        }
        if let failure { lines.append("the drill failed: \(failure)") }
        return lines
    }
}

/// Runs a drill on the engine of this machine, whose processes it ends.
struct EndpointDrill: Sendable {
    let endpoint: String
    let home: HomeOption
    let rate: Double
    let say: @Sendable (String) -> Void
    private static let waitSecondsMax = 300.0
    private var clock: ContinuousClock { ContinuousClock() }

    private func status() async throws -> EndpointStatus {
        let status = try await RemotePlane.with(socketPath: home.localSocket) { try await $0.status() }
        guard let found = status.endpoints.first(where: { $0.record.name == endpoint }) else {
            throw PlumbError(.notFound, "there is no endpoint '\(endpoint)'", hint: "plumb status lists them")
        }
        return found
    }

    /// Refuses what would hurt: production unless it is agreed to, and a fleet that is not whole.
    func check(isAgreed: Bool) async throws {
        let found = try await status()
        guard found.record.environment != .production || isAgreed else {
            throw PlumbError(
                .refused, "\(endpoint) is in production, and a drill ends instances of it",
                hint: "--yes agrees to it; practise on staging first")
        }
        guard found.record.rollout == nil, found.record.active != nil else {
            throw PlumbError(
                .conflict, "\(endpoint) has a rollout under way, or nothing in service: that is no time for a drill",
                hint: "plumb status \(endpoint) watches it")
        }
    }

    /// Ends every instance of one failure domain.
    func failover(zone wanted: String?) async throws -> EndpointDrillReport {
        try await run("failover") { report in
            let before = try await status()
            let workers = (before.workers ?? []).filter { $0.revision == before.record.active }
            let zones = Set(workers.map(\.zone)).sorted()
            guard zones.count > 1, let zone = wanted ?? zones.first, zones.contains(zone) else {
                throw PlumbError(
                    .refused,
                    "\(endpoint) has instances in \(zones.joined(separator: ", ")): losing "
                        + "\(wanted ?? "its one domain") is no failover",
                    hint: "instances.zones: 2 or more, and --zone names one that is there")
            }
            let lost = workers.filter { $0.zone == zone }.compactMap(\.processID)
            (report.subject, report.ended) = (zone, lost.count)
            let load = try await SyntheticLoad(endpoint, rate: rate, home: home)
            let ((endedAt, fullAt), outcome) = try await load.during {
                try await settle()
                let endedAt = clock.now
                for processID in lost { kill(-processID, SIGKILL) }
                say("\(zone) is lost: \(lost.count) instances")
                try await RecoveryRehearsal.wait("every instance is ready again", secondsMax: Self.waitSecondsMax) {
                    let now = try await status()
                    let ready = (now.workers ?? []).filter { $0.revision == before.record.active && $0.isReady }
                    return ready.count >= workers.count && !ready.contains { lost.contains($0.processID ?? 0) }
                }
                return (endedAt, clock.now)
            }
            (report.requests, report.failedRequests) = (outcome.requests, outcome.failed)
            report.outageSeconds = outcome.lastFailureAt.map { max(0, ($0 - endedAt) / .seconds(1)) } ?? 0
            report.fullSeconds = (fullAt - endedAt) / .seconds(1)
        }
    }

    /// Deploys what is active once more, and ends the instances of the new revision until the engine rolls it back.
    func rollback() async throws -> EndpointDrillReport {
        try await run("rollback") { report in
            let record = try await status().record
            guard let active = record.revision(record.active) else {
                throw PlumbError(.notFound, "\(endpoint) has no active revision")
            }
            var spec = active.spec
            // What is practised is the artefact that serves, whatever lies in the spec's folder now.
            spec.model.digest = spec.model.command == nil ? active.modelDigest : spec.model.digest
            let load = try await SyntheticLoad(endpoint, rate: rate, home: home)
            report.subject = "r\(record.nextNumber)"
            let request = DeploymentRequest(spec: spec, folder: active.folder)
            let ((faultAt, ended, count), outcome) = try await load.during {
                let receipt = try await RemotePlane.with(socketPath: home.localSocket) { plane in
                    try await plane.deploy(request, by: Actor.name)
                }
                say("r\(receipt.revision) is the same as r\(active.number); it goes bad once it has traffic")
                return try await breakDown(receipt.revision)
            }
            (report.requests, report.failedRequests, report.ended) = (outcome.requests, outcome.failed, count)
            report.subject = "r\(ended.new)"
            guard case .rolledBack(let reason) = ended.outcome else {
                throw PlumbError(.internalFault, "the engine promoted r\(ended.new), though its instances kept ending")
            }
            report.reason = reason
            report.faultToDetectedSeconds = ended.detectedAt.map { $0 - faultAt }
            if let detectedAt = ended.detectedAt {
                report.detectedToMovedSeconds = ended.movedAt.map { $0 - detectedAt }
            }
            if let movedAt = ended.movedAt { report.movedToFullSeconds = ended.fullAt.map { $0 - movedAt } }
            guard report.detectedToMovedSeconds != nil else {
                throw PlumbError(.internalFault, "the rollout's record does not tell when the traffic moved")
            }
        }
    }

    /// Ends the instances of a revision from when it has traffic until its rollout is over.
    private func breakDown(_ revision: Int) async throws -> (faultAt: Double, ended: RolloutRecord, count: Int) {
        var faultAt: Double?
        var known: Set<Int32> = []
        var ended: RolloutRecord?
        try await RecoveryRehearsal.wait("the engine has rolled r\(revision) back", secondsMax: Self.waitSecondsMax) {
            let now = try await status()
            ended = now.record.rollout == nil ? now.record.history.last { $0.new == revision } : nil
            if ended != nil { return true }
            let weight = now.fleets.first { $0.revision == revision }?.weight ?? 0
            guard weight > 0, !now.record.isRollingBack else { return false }
            for worker in now.workers ?? [] where worker.revision == revision && worker.isReady {
                guard let processID = worker.processID, known.insert(processID).inserted else { continue }
                if faultAt == nil {
                    faultAt = Date().timeIntervalSince1970
                    say("r\(revision) has \(weight) % of the traffic and goes bad")
                }
                kill(-processID, SIGKILL)
            }
            return false
        }
        guard let ended, let faultAt else {
            throw PlumbError(.internalFault, "the rollout of r\(revision) was over before it had traffic")
        }
        return (faultAt, ended, known.count)
    }

    /// What fails once something was broken is told in the report; before that there was no drill.
    private func run(
        _ kind: String, _ work: (inout EndpointDrillReport) async throws -> Void
    ) async throws -> EndpointDrillReport {
        var report = EndpointDrillReport(kind: kind, endpoint: endpoint)
        do {
            try await work(&report)
            report.succeeded = true
        } catch {
            guard !report.subject.isEmpty else { throw error }
            report.failure = "\(error)"
        }
        return report
    }

    /// A second of requests before anything is broken shows that all is well until then.
    private func settle() async throws { try await Task.sleep(for: .seconds(1)) }
}

extension EndpointRecord {
    fileprivate var isRollingBack: Bool {
        if case .rollingBack = rollout?.phase { true } else { false }
    }
}
