// A monitoring job as SageMaker starts it: what to do stands in the environment, and the outcome in files.

import Foundation
import PlumbModel
import PlumbSignals

/// Model Monitor's contract with its containers.
///
/// All paths are the environment's. `/opt/ml` is taken to be above `output_path`, so that a job runs in any folder that
/// is laid out like a container.
struct MonitorContainer {
    private static let home = "/opt/ml"
    private static let messageBytesMax = 1024

    private let environment: [String: String]
    private let now: Double

    init(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        at now: Double = Date().timeIntervalSince1970
    ) {
        self.environment = environment
        self.now = now
    }

    /// What a job has found.
    private struct Result {
        var violations: Int
        /// What SageMaker's agent publishes where the job is SageMaker's, and the job itself elsewhere.
        var metrics: [PublishedMetric] = []
        /// What the job always publishes itself.
        var findings: [PublishedMetric] = []
    }

    func run(settings: DriftSettings, ties: TieRule) async throws {
        do {
            let result = try judge(settings, ties)
            if environment["publish_cloudwatch_metrics"] == "Enabled" { try await publish(result) }
            tell(
                result.violations > 0
                    ? "CompletedWithViolations: Job completed successfully with \(result.violations) violations."
                    : "Completed: Job completed successfully with no violations.")
        } catch let error as PlumbError {
            tell("Failed: \(error.message)")
            throw error
        }
    }

    private func judge(_ settings: DriftSettings, _ ties: TieRule) throws -> Result {
        switch environment["analysis_type"] ?? "DATA_QUALITY" {
        case "DATA_QUALITY": return try judgeData(settings, ties)
        case "MODEL_QUALITY": return try judgeModel()
        case let other:
            throw PlumbError(
                .unsupported, "analysis_type is \(other), which is not judged here",
                hint: "known are DATA_QUALITY and MODEL_QUALITY")
        }
    }

    private func judgeData(_ settings: DriftSettings, _ ties: TieRule) throws -> Result {
        let (source, output) = (try value("dataset_source"), try value("output_path"))
        guard let statistics = environment["baseline_statistics"] else {
            // Without a baseline the job is to make one.
            let baseline = Composition.baseline(
                try Composition.profile(source, columns: nil, season: .none, layout: layout))
            try Composition.write(baseline, to: output)
            return Result(violations: 0)
        }
        let file = URL(fileURLWithPath: statistics)
        let constraints =
            environment["baseline_constraints"].map { URL(fileURLWithPath: $0) }
            ?? file.deletingLastPathComponent().appendingPathComponent("constraints.json")
        let baseline = try Composition.readBaseline(
            statistics: file, constraints: constraints,
            reference: file.deletingLastPathComponent().appendingPathComponent("plumbline_reference.json"))
        let outcome = try Composition.judge(source, by: baseline, settings: settings, ties: ties, layout: layout)
        try Composition.write(outcome, to: output)
        let emits = baseline.constraints.emitsMetrics
        return Result(
            violations: outcome.violations.count,
            metrics: owner.flatMap { emits ? Composition.metrics(outcome, of: $0, at: now) : nil } ?? [],
            findings: owner.map { Composition.findings(outcome, of: $0, at: now) } ?? [])
    }

    private func judgeModel() throws -> Result {
        let (source, output) = (try value("dataset_source"), try value("output_path"))
        let name = try value("problem_type")
        guard let problem = QualityProblem(rawValue: name) else {
            let known = QualityProblem.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlumbError(.invalidInput, "problem_type is \(name)", hint: "known are \(known)")
        }
        var order = Composition.QualityOrder(data: source, problem: problem)
        order.labels = environment["ground_truth_source"]
        order.inference = environment["inference_attribute"]
        order.probability = environment["probability_attribute"]
        order.labelColumn = environment["ground_truth_attribute"]
        order.layout = layout
        if let text = environment["probability_threshold_attribute"], !text.isEmpty {
            guard let threshold = Double(text) else {
                throw PlumbError(.invalidInput, "probability_threshold_attribute is '\(text)', which is no number")
            }
            order.threshold = threshold
        }
        let constraints = try environment["baseline_constraints"].map { try Composition.qualityConstraints($0) }
        let outcome = try Composition.judge(order, by: constraints)
        try Composition.write(outcome, to: output, isJudged: constraints != nil)
        return Result(
            violations: outcome.violations.count,
            metrics: owner.map { Composition.metrics(outcome, of: $0, at: now) } ?? [],
            findings: constraints == nil ? [] : owner.map { Composition.findings(outcome, of: $0, at: now) } ?? [])
    }

    private func value(_ name: String) throws -> String {
        if let value = environment[name], !value.isEmpty { return value }
        throw PlumbError(
            .invalidInput, "neither --data nor \(name) in the environment says what to do",
            hint: "plumb drift run --baseline FOLDER --data FILE")
    }

    private var layout: DataLayout {
        // {"csv": {"header": false}}; whatever else it says is seen in the data.
        let text = environment["dataset_format"]?.filter { !$0.isWhitespace } ?? ""
        return DataLayout(hasHeader: !text.contains("\"header\":false"))
    }

    /// Nil in a job that belongs to no endpoint.
    private var owner: Composition.MetricOwner? {
        guard let endpoint = environment["sagemaker_endpoint_name"], !endpoint.isEmpty else { return nil }
        var owner = Composition.MetricOwner(
            endpoint: endpoint, schedule: environment["sagemaker_monitoring_schedule_name"])
        // Captures lie under ENDPOINT/VARIANT/yyyy/mm/dd/hh.
        let folder = URL(fileURLWithPath: environment["dataset_source"] ?? "").appendingPathComponent(endpoint)
        // Where there is no such folder, nothing tells the variant.
        let variants = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        if let variant = variants.filter({ !$0.hasPrefix(".") }).sorted().first { owner.variant = variant }
        return owner
    }

    // MARK: - Telling

    /// `/opt/ml` of this job.
    private var root: String {
        guard let output = environment["output_path"], let range = output.range(of: Self.home + "/") else {
            return Self.home
        }
        return String(output[..<range.lowerBound]) + Self.home
    }

    private func publish(_ result: Result) async throws {
        guard !result.findings.isEmpty || !result.metrics.isEmpty else { return }
        write(Composition.agentLines(result.metrics), to: "output/metrics/cloudwatch")
        // In a job of its own SageMaker publishes that file, and there each value must not be counted twice.
        let isSageMaker = FileManager.default.fileExists(atPath: "\(root)/config/processingjobconfig.json")
        try await Composition.publish(result.findings + (isSageMaker ? [] : result.metrics))
    }

    /// Writes why the job ended, and says it.
    private func tell(_ message: String) {
        Terminal.say(message)
        write(String(decoding: message.utf8.prefix(Self.messageBytesMax), as: UTF8.self), to: "output/message")
    }

    private func write(_ text: String, to name: String) {
        guard FileManager.default.fileExists(atPath: root) else { return }
        let file = URL(fileURLWithPath: root).appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        } catch {
            Terminal.printError("\(file.path) cannot be written: \(error)")
        }
    }
}
