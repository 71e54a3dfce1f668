// Practises a recovery on schedule, in a process of its own, and says so loudly when it fails.

import ArgumentParser
import Foundation
import Logging
import PlumbEngine
import PlumbModel
import ServiceLifecycle

/// A time such as 30d, 12h or 90s.
struct DrillInterval: ExpressibleByArgument {
    let text: String
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let number = Double(argument.dropLast()),
            (10...366 * 86_400).contains(number * unit)
        else { return nil }
        (text, seconds) = (argument, number * unit)
    }
}

/// One drill at a time: the loop waits for it.
struct DrillService: Service {
    let plane: any ControlPlane
    let home: String
    let passphrase: String?
    let everySeconds: Double
    let log: Logger
    private static let pauseSeconds = 5.0
    /// Of what a drill said, what is kept.
    private static let outputBytesMax = 2000

    func run() async throws {
        var machine = DrillMachine(everySeconds: everySeconds, startedAt: Date().timeIntervalSince1970)
        while !Task.isShuttingDownGracefully {
            do {
                try await look(&machine)
            } catch {
                log.error("the recovery drill cannot be run: \(error)")
            }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(Self.pauseSeconds)) }
            } catch {
                break
            }
        }
    }

    private func look(_ machine: inout DrillMachine) async throws {
        // Nothing can answer where nothing serves: that is no drill that failed.
        guard try await plane.status().endpoints.contains(where: { $0.record.active != nil }) else { return }
        let before = try newest()
        let last = before.map { DrillMachine.Drill(at: $0.at, succeeded: $0.outcome == .done) }
        guard machine.tick(at: Date().timeIntervalSince1970, last: last) else { return }
        let (status, text) = try await drill()
        guard status != 0 else { return log.notice("the recovery was practised, as it is on schedule") }
        log.critical("the recovery drill FAILED: \(text)")
        // One that ended before it wrote anything down is written down here.
        guard try newest() == before else { return }
        let entry = AuditEntry(
            at: 0, actor: "", action: "drill.dr", subject: "engine", outcome: .failed, details: ["failure": text])
        try await plane.note(entry, by: "plumb")
    }

    private func newest() throws -> AuditEntry? {
        try Composition.drills(in: home, last: 1, kinds: ["drill.dr"]).last
    }

    private func drill() async throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Composition.executablePath)
        process.arguments = ["drill", "dr", "--record", "--home", home]
        var environment = ProcessInfo.processInfo.environment.filter { $0.key != "PLUMB_ENGINE_URL" }
        if let passphrase { environment["PLUMB_PASSPHRASE"] = passphrase }
        process.environment = environment
        let path = NSTemporaryDirectory() + "plumb-drill-\(UInt64.random(in: 0 ... .max)).out"
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let output = FileHandle(forWritingAtPath: path)
        else { throw PlumbError(.internalFault, "cannot write \(path)") }
        // A temporary file.
        defer { try? FileManager.default.removeItem(atPath: path) }
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { done in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                done.resume(throwing: error)
            }
        }
        let text = FileManager.default.contents(atPath: path).map {
            String(decoding: $0.suffix(Self.outputBytesMax), as: UTF8.self)
        }
        return (status, (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
