// plumb optimize: a smaller, faster model with the same answers, and the proof that PERF-2 asks for.

import ArgumentParser
import Foundation
import PlumbModel
import PlumbPolicy

struct OptimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Quantise and prune a model, measure what that gains and costs, and keep the proof.",
        discussion: """
            Makes candidates of the spec's ONNX model with ONNX Runtime's quantiser, runs
            each in turn with the original on rows it has not been calibrated with, and
            chooses the fastest that PERF-2.3 lets pass. A fifth of the rows, 500 at most,
            calibrates and is not measured.

            With --compile SageMaker makes the model: Neo for a family of instances
            (GPUs by TensorRT, Inferentia and Trainium by Neuron), or an optimisation
            job for a language model. The job is started once and watched; asked again,
            the same command goes on watching it. Ctrl-C leaves it. --render prints the
            request alone. --compare then measures two endpoints that serve both models.

            Examples:
              plumb optimize plumb.yaml --data heldout.csv --labels heldout-labels.csv
              plumb optimize plumb.yaml --data rows.jsonl --labels y.csv --record
              plumb optimize plumb.yaml --compile ml_g4dn --role ARN --render
              plumb optimize plumb.yaml --compile auto --role ARN --yes --record
              plumb optimize plumb.yaml --compile ml.inf2.8xlarge --role ARN \\
                --source s3://models/llama/ --quantize awq
              plumb optimize plumb.yaml --compare digits,digits-neo --record

            Exit code 0 when a candidate is at least 30 % faster (PERF-2.2), 1 when none
            is, 3 when the tools could not work. With --compile 0 when the job is
            completed, 3 when it is not. docs/OPTIMIZE.md.
            """)

    @Argument(help: "The spec of the endpoint.") var spec: String
    @OptionGroup var environment: EnvironmentOption
    @Option(help: "Held-out rows: .csv, .npy, .json, or .jsonl with a request a line (default: the spec's example).")
    var data: String?
    @Option(help: "What each row should be answered with, one a line (default: what the model answers now).")
    var labels: String?
    @Option(help: "Techniques with commas between: \(Self.techniques.joined(separator: ", ")).")
    var only = Self.techniques.joined(separator: ",")
    @Option(help: "latency or size.") var goal = Goal.latency
    @Option(help: "Seconds that each candidate is timed.") var seconds = 6.0
    @Option(name: .shortAndLong, help: "Where the chosen model, or the request, goes (default: beside the model).")
    var output: String?
    @Flag(help: "Write the record that PERF-2 asks for into the spec.") var record = false
    @Option(help: "A Python that has onnx and onnxruntime (default: one of its own, installed at the first use).")
    var python: String?
    @OptionGroup var format: FormatOption
    @OptionGroup(title: "Compiling at SageMaker") var compilation: CompilationOptions
    @OptionGroup(title: "Comparing on SageMaker") var comparison: ComparisonOptions
    static let techniques = ["int8-dynamic", "int8-static", "float16", "pruned", "pruned-int8"]
    private static let recordNames = [
        "int8-dynamic": "quantization", "int8-static": "quantization", "float16": "quantization",
        "pruned": "pruning", "pruned-int8": "quantization",
    ]

    enum Goal: String, ExpressibleByArgument, CaseIterable {
        case latency, size
        var choice: CandidateChoice.Goal { self == .latency ? .latency : .size }
    }

    private var wanted: [String] { only.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }

    func validate() throws {
        for name in wanted where !Self.techniques.contains(name) {
            throw ValidationError("'\(name)' is no technique; there are \(Self.techniques.joined(separator: ", "))")
        }
        guard !wanted.isEmpty else { throw ValidationError("--only names no technique") }
        guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds takes 0.1 to 3600") }
        if compilation.compile != nil, comparison.compare != nil {
            throw ValidationError("--compare looks at models that are deployed: compile, deploy, then compare")
        }
        if compilation.compile != nil || comparison.compare != nil, data != nil || labels != nil || python != nil {
            throw ValidationError("--data, --labels and --python are for candidates that are made and measured here")
        }
    }

    func run() async throws {
        if let target = compilation.compile { return try await compile(for: target) }
        if let names = comparison.compare { return try await compare(ComparisonOptions.names(names)) }
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        let model = try loaded.modelFile(for: "plumb optimize")
        try Composition.requireOneFile(model)
        let rows = try data ?? loaded.exampleFile()
        let scratch = "\(NSTemporaryDirectory())/plumb-optimize-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer {
            // What stays behind in the temporary folder does no harm.
            try? FileManager.default.removeItem(atPath: scratch)
        }
        let optimizer = ModelOptimizer(
            model: model, data: rows, labels: labels, seconds: seconds, scratch: scratch
        ) { if Terminal.showsProgress { Terminal.printError("… \($0)") } }
        var report = try await optimizer.run(wanted, python: python)
        let limits = Thresholds()
        let choice = CandidateChoice(
            among: report.candidates, goal: goal.choice, reductionPercent: limits.latencyReductionPercent,
            latencyMilliseconds: limits.latencyP99Milliseconds)
        report.front = choice.front.map(\.technique)
        report.reasons = choice.reasons
        var evidence: OptimizationRecord?
        if let best = choice.best {
            let target = output ?? Self.target(model, best.technique)
            report.chosen = best.technique
            report.output = target
            try Composition.copyFile(optimizer.file(of: best.technique), to: target)
            evidence = try Self.evidence(best, report, target)
        }
        if let evidence, record {
            try SpecRecord.write(OptimizationText.yaml(evidence), into: spec) {
                $0.optimization?.optimizedDigest == evidence.optimizedDigest
            }
        }
        try tell(report, choice, evidence)
        let isFastEnough = (choice.best?.reduction?.lower ?? 0) * 100 >= limits.latencyReductionPercent
        if !isFastEnough { throw ExitCode(1) }
    }

    private func tell(
        _ report: OptimizationReport, _ choice: CandidateChoice, _ evidence: OptimizationRecord?
    ) throws {
        if format.format == .json { return try Terminal.printJSON(report) }
        print(OptimizationText.table(report, choice))
        guard let evidence, let output = report.output else { return }
        print(
            "\nwritten to \(output); the spec serves it with\n"
                + "  model: {path: \(output), digest: \(evidence.optimizedDigest ?? "")}")
        if record {
            print("recorded in \(spec)")
        } else {
            print("\nfor the spec, as PERF-2 asks (--record writes it):\n" + OptimizationText.yaml(evidence))
        }
    }

    /// `model.onnx` becomes `model-int8-static.onnx`.
    private static func target(_ model: String, _ technique: String) -> String {
        let stem = model.hasSuffix(".onnx") ? String(model.dropLast(5)) : model
        return "\(stem)-\(technique).onnx"
    }

    private static func evidence(
        _ best: ModelCandidate, _ report: OptimizationReport, _ target: String
    ) throws -> OptimizationRecord {
        var record = OptimizationRecord(technique: recordNames[best.technique] ?? best.technique)
        record.tool = "onnxruntime \(report.onnxruntime), \(best.technique)"
        record.baselineDigest = report.modelDigest
        record.optimizedDigest = try Composition.digest(ofFileAt: target)
        record.baselineP50Milliseconds = best.baselineP50Milliseconds
        record.optimizedP50Milliseconds = best.p50Milliseconds
        record.baselineP99Milliseconds = best.baselineP99Milliseconds
        record.optimizedP99Milliseconds = best.p99Milliseconds
        record.reductionLowerBound = best.reduction?.lower
        record.accuracyMetric = best.metric
        record.baselineAccuracy = best.baselineQuality
        record.optimizedAccuracy = best.quality
        record.heldOutRows = best.rows
        record.heldOutDigest = report.heldOutDigest
        record.day = Composition.today()
        return record
    }
}
