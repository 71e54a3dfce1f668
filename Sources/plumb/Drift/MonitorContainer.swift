// A monitoring job as SageMaker starts it: what to do stands in the environment, and the outcome in a file.

import Foundation
import PlumbModel
import PlumbSignals

/// Model Monitor's contract with its containers.
struct MonitorContainer {
    private static let messageFile = "/opt/ml/output/message"
    private static let messageBytesMax = 1024

    private let environment = ProcessInfo.processInfo.environment

    func run(settings: DriftSettings, ties: TieRule) throws {
        do {
            let outcome = try judge(settings, ties)
            let count = outcome.violations.count
            tell(
                count > 0
                    ? "CompletedWithViolations: Job completed successfully with \(count) violations."
                    : "Completed: Job completed successfully with no violations.")
        } catch let error as PlumbError {
            tell("Failed: \(error.message)")
            throw error
        }
    }

    private func judge(_ settings: DriftSettings, _ ties: TieRule) throws -> Composition.DriftOutcome {
        let (source, output) = (try value("dataset_source"), try value("output_path"))
        guard let statistics = environment["baseline_statistics"] else {
            // Without a baseline the job is to make one.
            let baseline = Composition.baseline(try Composition.profile(source, columns: nil, season: .none))
            try Composition.write(baseline, to: output)
            let report = Composition.DriftReport(
                rows: baseline.statistics.itemCount, oddRows: 0, features: [], alarms: [], moreAlarms: 0,
                violations: [])
            return Composition.DriftOutcome(
                report: report, statistics: baseline.statistics, constraints: baseline.constraints, violations: [])
        }
        let file = URL(fileURLWithPath: statistics)
        let constraints =
            environment["baseline_constraints"].map { URL(fileURLWithPath: $0) }
            ?? file.deletingLastPathComponent().appendingPathComponent("constraints.json")
        let baseline = try Composition.readBaseline(
            statistics: file, constraints: constraints,
            reference: file.deletingLastPathComponent().appendingPathComponent("plumbline_reference.json"))
        let outcome = try Composition.judge(source, by: baseline, settings: settings, ties: ties)
        try Composition.write(outcome, to: output)
        return outcome
    }

    private func value(_ name: String) throws -> String {
        if let value = environment[name], !value.isEmpty { return value }
        throw PlumbError(
            .invalidInput, "neither --data nor \(name) in the environment says what to do",
            hint: "plumb drift run --baseline FOLDER --data FILE")
    }

    /// Writes why the job ended, and says it.
    private func tell(_ message: String) {
        Terminal.say(message)
        guard FileManager.default.fileExists(atPath: "/opt/ml") else { return }
        do {
            let file = URL(fileURLWithPath: Self.messageFile)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(message.utf8.prefix(Self.messageBytesMax)).write(to: file)
        } catch {
            Terminal.printError("\(Self.messageFile) cannot be written: \(error)")
        }
    }
}
