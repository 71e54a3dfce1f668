// One file a command, named after it; what they share stands here.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

/// Where the engine's state lies.
struct HomeOption: ParsableArguments {
    @Option(name: .long, help: "The engine's folder (default: $PLUMB_HOME, else .plumb).")
    var home: String?

    @Option(
        name: .long,
        help: "An engine elsewhere, https://HOST:PORT (default: $PLUMB_ENGINE_URL, else the one here).")
    var engine: String?

    var folder: String { Composition.home(home) }
    /// The socket of the engine here.
    var localSocket: String { Composition.controlSocket(folder) }
    /// Where the engine is asked: its socket, or its address on the network.
    var controlSocket: String { engine ?? RemoteDoor.namedEngine ?? localSocket }
}

/// Which environment's rules and overlay apply.
struct EnvironmentOption: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "dev, staging or production (default: what the spec says, else production).")
    var environment: PlumbModel.Environment?
}

struct FormatOption: ParsableArguments {
    @Option(name: .long, help: "text or json.")
    var format: OutputFormat = .text
}

/// How a record is told that may be kept or sent.
struct RecordFormatOption: ParsableArguments {
    @Option(name: .long, help: "text, json, markdown or html.")
    var format: RecordFormat = .text
}

/// Who acts, for the audit record.
enum Actor {
    static var name: String { NSUserName() }
}

/// Follows one rollout until it ends.
enum RolloutWatch {
    private static let pollMilliseconds = 200
    /// Looks in a row that may find nobody: an engine that is reloaded, or started again, goes on with the rollout.
    private static let silencesMax = 50

    /// Prints each change; returns the endpoint's last state. Throws `timedOut` after `timeoutSeconds`, and when the
    /// engine answers nothing for some ten seconds.
    static func untilEnded(
        _ receipt: DeploymentReceipt, on plane: some ControlPlane, timeoutSeconds: Double, say: (String) -> Void
    ) async throws -> RolloutRecord {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeoutSeconds)
        let started = clock.now
        var last = ""
        var silences = 0
        while clock.now < deadline {
            var status: EndpointStatus?
            do {
                status = try await plane.status().endpoints.first { $0.record.name == receipt.endpoint }
                silences = 0
            } catch let error as PlumbError where error.kind == .timedOut && silences < silencesMax {
                silences += 1
            }
            if let status {
                if let ended = status.record.history.last(where: { $0.new == receipt.revision }),
                    status.record.rollout == nil
                {
                    return ended
                }
                let text = status.rolloutText ?? status.state
                if text != last && status.record.rollout != nil {
                    last = text
                    say("\(elapsed(since: started, clock)) \(text)")
                }
            }
            try await Task.sleep(for: .milliseconds(pollMilliseconds))
        }
        throw PlumbError(
            .timedOut, "\(receipt.endpoint) r\(receipt.revision) has not ended within \(Int(timeoutSeconds)) s",
            hint: "plumb status \(receipt.endpoint) goes on watching; plumb rollback \(receipt.endpoint) stops it")
    }

    private static func elapsed(since started: ContinuousClock.Instant, _ clock: ContinuousClock) -> String {
        let seconds =
            Double((clock.now - started).components.seconds)
            + Double((clock.now - started).components.attoseconds) / 1e18
        let tenths = Int((seconds * 10).rounded())
        let text = "\(tenths / 10).\(tenths % 10) s"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}

/// Holds a spec to the policies before it is deployed.
enum DeploymentGate {
    /// In production a broken control refuses the deployment unless it is waived; elsewhere it is told.
    @discardableResult
    static func check(_ loaded: Composition.LoadedSpec, say: (String) -> Void) async throws -> Assessment {
        Terminal.tell(loaded.diagnostics)
        if let path = loaded.spec.model.path, !path.contains("://"), !loaded.spec.model.isMultiModel {
            try Composition.requireOneFile(Composition.absolute(path, from: loaded.folder))
        }
        let assessment = await Composition.assess(
            loaded, compiled: Composition.compiled(loaded), under: try Composition.overlay(nil))
        let broken = assessment.findings.filter { $0.verdict == .fails }
        say(
            "\(loaded.path): \(loaded.spec.environment.rawValue), \(assessment.count(.holds)) controls hold, "
                + "\(broken.count) fail, \(assessment.count(.unknown)) unknown, \(assessment.count(.waived)) waived")
        tell(broken)
        guard broken.isEmpty || loaded.spec.environment != .production else {
            throw PlumbError(
                .refused, "\(broken.count) controls fail: production is not deployed with a broken policy",
                hint: "mend them (plumb check \(loaded.path)), or write a waiver with owner, reason and expiry")
        }
        return assessment
    }

    /// A change that its author has approved is not approved, in staging neither (OPS-3.4).
    static func refuseUnapproved(_ assessment: Assessment, _ loaded: Composition.LoadedSpec) throws {
        guard loaded.spec.environment != .dev, loaded.spec.provenance != nil,
            let finding = assessment.findings.first(where: { $0.control == "OPS-3.4" && $0.verdict == .fails })
        else { return }
        throw PlumbError(
            .refused, "\(loaded.path): \(finding.message)",
            hint: "another person than the author has to approve (OPS-3.4)",
            at: finding.place)
    }

    private static let toldMax = 20

    private static func tell(_ broken: [Finding]) {
        for finding in broken.prefix(toldMax) {
            let place = finding.place.map { "\($0): " } ?? ""
            Terminal.printError("\(place)\(finding.control) \(finding.severity.rawValue): \(finding.message)")
            Terminal.printError("  fix: \(finding.fix)")
        }
    }

    /// Infrastructure that breaks a policy is not rendered in any environment: it would only be judged broken again.
    /// What fails for want of a record that no infrastructure can hold is told.
    static func refuseBroken(_ assessment: Assessment, _ loaded: Composition.LoadedSpec) throws {
        let failing = assessment.findings.filter { $0.verdict == .fails }
        let broken = failing.filter { Composition.showsInInfrastructure($0.control) }
        tell(broken)
        if let first = broken.first {
            let ids = Set(broken.map(\.control)).sorted().joined(separator: ", ")
            let count = "\(broken.count) finding\(broken.count == 1 ? "" : "s")"
            throw PlumbError(
                .refused, "\(loaded.path): \(count) (\(ids)) would be rendered",
                hint: "mend the spec, or write a waiver into it: waivers: [{control: \(first.control), owner: …, "
                    + "reason: …, expires: …}]")
        }
        let records = Set(failing.map(\.control)).sorted()
        guard !records.isEmpty else { return }
        Terminal.tell([
            Diagnostic(
                .note,
                "\(records.count) controls rest on records that the spec does not hold yet: "
                    + records.joined(separator: ", "),
                hint: "plumb check \(loaded.path) tells which")
        ])
    }
}
