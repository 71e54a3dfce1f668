// A drill: the state is brought back from its backup alone, into an empty place, and has to answer.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

/// What one drill measured.
struct DrillReport: Encodable {
    struct Step: Encodable {
        var name: String
        var seconds: Double
    }
    var kind = "dr"
    var succeeded = false
    /// From the beginning of the restore to the last endpoint's answer.
    var rtoSeconds = 0.0
    /// What a loss would have cost: the longest time between an acknowledgement and its arrival in the backup.
    var rpoSeconds: Double?
    /// The least that a spec of an endpoint here promises; nil where none does.
    var rtoTargetSeconds: Double?
    var rpoTargetSeconds: Double?
    var endpoints: [String] = []
    var auditEntries = 0
    var auditRoot = ""
    var steps: [Step] = []
    var notes: [String] = []
    var failure: String?
}

/// Restores into a folder of its own, starts the engine there on a free port, and asks every endpoint its example.
struct RecoveryRehearsal {
    let home: HomeOption
    let folder: String
    let key: String
    let say: (String) -> Void
    private let clock = ContinuousClock()
    private static let markersMax = 5
    private static let waitSecondsMax = 120.0
    private static let pollMilliseconds = 20

    init(home: HomeOption, folder: String, key: String, say: @escaping (String) -> Void) {
        self.home = home
        self.folder = folder
        self.key = key
        self.say = say
    }

    /// Whatever fails is told in the report.
    func run() async -> DrillReport {
        var report = DrillReport()
        let scratch = NSTemporaryDirectory() + "plumb-drill-\(UInt64.random(in: 0 ... .max))"
        do {
            try await measureLoss(&report)
            let start = clock.now
            try await recover(to: scratch, &report)
            report.rtoSeconds = (clock.now - start) / .seconds(1)
            report.succeeded = true
        } catch {
            report.failure = "\(error)"
        }
        await stop(scratch)
        // What is left in the temporary folder is a copy.
        try? FileManager.default.removeItem(atPath: scratch)
        return report
    }

    /// Writes marks into the running engine's audit log, and sees how long each takes to be in the backup.
    private func measureLoss(_ report: inout DrillReport) async throws {
        guard FileManager.default.fileExists(atPath: home.controlSocket) else {
            report.notes.append("no engine runs, so that the loss of data is not measured")
            return
        }
        var longest = 0.0
        try await Composition.withShippedEntries(in: folder, key: key) { shipped in
            for number in 1...Self.markersMax {
                let mark = AuditEntry(
                    at: 0, actor: "", action: "drill.mark", subject: "engine", details: ["number": "\(number)"])
                try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.note(mark, by: Actor.name) }
                let acknowledged = clock.now
                let wanted = try Composition.auditSize(in: home.folder)
                try await Self.wait("the backup has mark \(number)", secondsMax: Self.waitSecondsMax) {
                    try await shipped() >= wanted
                }
                longest = max(longest, (clock.now - acknowledged) / .seconds(1))
            }
        }
        report.rpoSeconds = longest
        say("loss of data at most \(Self.rounded(longest)) s (\(Self.markersMax) marks)")
    }

    private func recover(to scratch: String, _ report: inout DrillReport) async throws {
        let restored = try await step("restore", &report) {
            try await Composition.restore(from: folder, key: key, to: scratch, at: nil)
        }
        report.auditEntries = restored.auditEntries
        report.auditRoot = restored.auditRoot
        report.notes += restored.notes
        say("\(restored.records) records, \(restored.auditEntries) audit entries, \(restored.artifacts) artefacts")
        try await step("start the engine", &report) {
            try await run("up", "--detach", "--no-restart", "--port", "0", in: scratch)
        }
        let scratchHome = try HomeOption.parse(["--home", scratch])
        let records = try await RemotePlane.with(socketPath: scratchHome.controlSocket) { plane in
            try await plane.status().endpoints.map(\.record).filter { $0.active != nil }
        }
        let endpoints = records.map(\.name)
        // What is parked has to show that it can be started.
        for record in records where record.parking?.isAway == true {
            try await run("cost", "allow", record.name, in: scratch)
            try await run("start", record.name, in: scratch)
        }
        report.endpoints = endpoints
        let plans = records.compactMap { $0.revision($0.active)?.spec.recovery }
        report.rtoTargetSeconds = plans.compactMap(\.rtoMinutes).min().map { $0 * 60 }
        report.rpoTargetSeconds = plans.compactMap(\.rpoMinutes).min().map { $0 * 60 }
        guard !endpoints.isEmpty else {
            throw PlumbError(
                .notFound, "no endpoint of the restored state is active: nothing can show that it answers",
                hint: "plumb deploy SPEC, then drill again")
        }
        try await step("answer", &report) {
            for endpoint in endpoints {
                try await Self.wait("\(endpoint) answers its example", secondsMax: Self.waitSecondsMax) {
                    (try? await run("invoke", endpoint, in: scratch)) != nil  // Not yet is no failure; never is one.
                }
                say("\(endpoint) answers")
            }
        }
    }

    private func step<Value>(
        _ name: String, _ report: inout DrillReport, _ work: () async throws -> Value
    ) async throws -> Value {
        let start = clock.now
        let value = try await work()
        report.steps.append(DrillReport.Step(name: name, seconds: (clock.now - start) / .seconds(1)))
        return value
    }

    private func stop(_ scratch: String) async {
        guard FileManager.default.fileExists(atPath: "\(scratch)/state.sqlite") else { return }
        // An engine that did not start needs no stopping.
        try? await run("down", in: scratch)
    }

    /// This program with another folder of state.
    private func run(_ arguments: String..., in scratch: String) async throws {
        let run = try await Program.run(Composition.executablePath, arguments + ["--home", scratch])
        guard run.status == 0 else {
            throw PlumbError(
                .internalFault, "plumb \(arguments.joined(separator: " ")) failed: \(run.errors.suffix(500))")
        }
    }

    /// Looks again and again until it is so. Throws `timedOut` where that takes longer than the limit.
    static func wait(
        _ what: String, secondsMax: Double, _ isSo: () async throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(secondsMax)
        while try await !isSo() {
            guard clock.now < deadline else { throw PlumbError(.timedOut, "not within \(Int(secondsMax)) s: \(what)") }
            try await Task.sleep(for: .milliseconds(pollMilliseconds))
        }
    }

    static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

extension DrillReport {
    /// As the audit log keeps it: the policies of the engine judge by it.
    var entry: AuditEntry {
        var details = [
            "rtoSeconds": "\(RecoveryRehearsal.rounded(rtoSeconds))", "endpoints": endpoints.joined(separator: ","),
            "auditEntries": "\(auditEntries)", "auditRoot": auditRoot,
        ]
        details["rpoSeconds"] = rpoSeconds.map { "\(RecoveryRehearsal.rounded($0))" }
        details["failure"] = failure.map { String($0.prefix(1000)) }
        return AuditEntry(
            at: 0, actor: "", action: "drill.dr", subject: "engine", outcome: succeeded ? .done : .failed,
            details: details)
    }
}
