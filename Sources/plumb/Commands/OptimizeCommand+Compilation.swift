// plumb optimize --compile: a job of SageMaker's, shown, agreed to, started once and watched.

import ArgumentParser
import Foundation
import PlumbModel

extension OptimizeCommand {
    func compile(for target: String) async throws {
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        let job = try Composition.compilation(of: loaded, compilation, for: target)
        let isText = format.format == .text
        if compilation.render { return try render(job) }
        let tell: @Sendable (String) -> Void = { if isText { Terminal.say($0) } }
        job.notes.forEach { tell("note: \($0)") }
        let done = try await Composition.compile(job, compilation, tell: tell) { question in
            _ = try Agreement.ask(question, isGiven: compilation.yes, showing: "--render")
        }
        if isText { Terminal.say(done.lines.joined(separator: "\n")) } else { try Terminal.printJSON(done.report) }
        if let evidence = done.record {
            let text = OptimizationText.yaml(evidence)
            if record {
                try SpecRecord.write(text, into: spec) {
                    $0.optimization?.optimizedDigest == evidence.optimizedDigest
                }
                tell("\nrecorded in \(spec)")
            } else {
                tell("\nfor the spec, as PERF-2.1 asks (--record writes it):\n\(text)")
            }
        }
        if !done.isGood { throw ExitCode(3) }
    }

    /// The request alone, on standard output or in a file; what is odd about it goes to standard error.
    private func render(_ job: Composition.Compilation) throws {
        job.notes.forEach { Terminal.printError("note: \($0)") }
        guard let output else { return try Terminal.printJSON(job.request) }
        try Composition.write(try Terminal.json(job.request) + "\n", to: output)
        Terminal.printError("\(output): aws sagemaker create-\(job.kind) --cli-input-json file://\(output)")
    }

    /// Two endpoints that serve both models, by what SageMaker measured of them.
    func compare(_ names: [String]) async throws {
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        let found = try await Composition.comparison(
            of: names[0], and: names[1], minutes: comparison.minutes, for: loaded, as: compilation.access)
        if format.format == .json {
            try Terminal.printJSON(found.report)
        } else {
            Terminal.say(found.lines.joined(separator: "\n"))
        }
        guard record else { return try conclude(found) }
        if let objection = found.objection {
            throw PlumbError(
                .refused, "nothing is recorded: \(objection)",
                hint: "plumb optimize \(spec) --compile TARGET --record writes the record that this one completes")
        }
        if let evidence = found.record {
            try SpecRecord.write(OptimizationText.yaml(evidence), into: spec) {
                $0.optimization?.optimizedP50Milliseconds != nil
            }
            if format.format == .text { Terminal.say("recorded in \(spec)") }
        }
        try conclude(found)
    }

    private func conclude(_ found: Composition.Comparison) throws {
        if !found.isFastEnough { throw ExitCode(1) }
    }
}
