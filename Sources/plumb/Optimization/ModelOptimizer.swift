// Makes candidates of a model and measures each against it, on rows that calibrated none.

import Foundation
import PlumbModel
import PlumbPolicy

/// What was tried on a model, and what came of it.
struct OptimizationReport: Encodable {
    struct Skipped: Encodable {
        var technique: String
        var reason: String
    }
    var schema = "plumbline.optimize/1"
    var model: String
    var modelDigest: String
    var onnxruntime: String
    var calibrationRows: Int
    var heldOutRows: Int
    var heldOutDigest: String
    var candidates: [ModelCandidate]
    var skipped: [Skipped]
    var front: [String]
    var chosen: String?
    var output: String?
    var reasons: [String]
}

/// The steps, from a model and rows of data to measured candidates.
struct ModelOptimizer {
    let model: String
    let data: String
    let labels: String?
    let seconds: Double
    let scratch: String
    let tell: (String) -> Void
    /// The most rows that calibrate, and the share of all that may.
    private static let calibrationRowsMax = 500
    private static let calibrationShare = 5

    private struct Solo: Decodable {
        var onnxruntime: String
        var rows: Int
        var residentBytes: Int
    }

    private struct Pair: Decodable {
        struct Times: Decodable {
            var p50Milliseconds: Double
            var p99Milliseconds: Double
        }
        struct Quality: Decodable {
            var metric: String
            /// Nil where it is no number.
            var baseline: Double?
            var candidate: Double?
            var classes: [ModelCandidate.ClassResult]
        }
        var rows: Int
        var baseline: Times
        var candidate: Times
        var reductions: [Double]
        var quality: Quality
    }

    /// Every technique is tried; one that fails is told with its reason and stops no other.
    func run(_ techniques: [String], python: String?) throws -> OptimizationReport {
        tell("reading \(data)")
        let alone: Solo = try worker(["--model", model, "--data", data])
        let toolbox = try Toolbox.find(chosen: python, runtimeVersion: alone.onnxruntime, tell: tell)
        let skip = min(Self.calibrationRowsMax, alone.rows / Self.calibrationShare)
        let calibration = "\(scratch)/calibration"
        try FileManager.default.createDirectory(atPath: calibration, withIntermediateDirectories: true)
        if skip > 0 {
            let _: Ignored = try worker([
                "--model", model, "--data", data, "--skip", "\(skip)", "--write", calibration,
            ])
        }
        var report = OptimizationReport(
            model: model, modelDigest: try Composition.digest(ofFileAt: model), onnxruntime: alone.onnxruntime,
            calibrationRows: skip, heldOutRows: alone.rows - skip,
            heldOutDigest: try Composition.digest(ofFileAt: data), candidates: [], skipped: [], front: [],
            reasons: [])
        for (technique, outcome) in try make(techniques, toolbox, calibration) {
            switch outcome {
            case .failure(let reason): report.skipped.append(.init(technique: technique, reason: reason.text))
            case .success(let file):
                tell("measuring \(technique)")
                do {
                    report.candidates.append(try measure(technique, file, skip: skip))
                } catch let error as PlumbError {
                    report.skipped.append(.init(technique: technique, reason: error.message))
                }
            }
        }
        return report
    }

    func file(of technique: String) -> String { "\(scratch)/\(technique).onnx" }

    private struct Ignored: Decodable {}

    private struct Reason: Error { var text: String }

    private struct Made: Decodable {
        var technique: String
        var file: String?
        var skipped: String?
    }

    private func make(
        _ techniques: [String], _ toolbox: Toolbox, _ calibration: String
    ) throws -> [(String, Result<String, Reason>)] {
        let script = "\(scratch)/candidates.py"
        try Data(PackageResources.candidates_py).write(to: URL(fileURLWithPath: script))
        var made: [(String, Result<String, Reason>)] = []
        tell("making \(techniques.joined(separator: ", "))")
        let run = try Program.run(toolbox.python, [script, model, scratch, calibration] + techniques) { line in
            guard let told = try? JSONDecoder().decode(Made.self, from: Data(line.utf8)) else {
                return  // A tool's own chatter.
            }
            made.append(
                (
                    told.technique,
                    told.file.map { .success($0) } ?? .failure(Reason(text: told.skipped ?? "no reason was given"))
                ))
            if let next = techniques.dropFirst(made.count).first { tell("making \(next)") }
        }
        guard run.status == 0 || !made.isEmpty else {
            throw PlumbError(.refused, "the tools made nothing of \(model): \(run.lastError)")
        }
        for name in techniques.dropFirst(made.count) {
            made.append((name, .failure(Reason(text: "the tools ended before: \(run.lastError)"))))
        }
        return made
    }

    private func measure(_ technique: String, _ file: String, skip: Int) throws -> ModelCandidate {
        let alone: Solo = try worker(["--model", file, "--data", data, "--skip", "\(skip)"])
        var arguments = [
            "--model", file, "--baseline", model, "--data", data, "--skip", "\(skip)", "--seconds", "\(seconds)",
        ]
        if let labels { arguments += ["--labels", labels] }
        let pair: Pair = try worker(arguments)
        return ModelCandidate(
            technique: technique, bytes: try Self.size(file), residentBytes: alone.residentBytes,
            baselineBytes: try Self.size(model), p50Milliseconds: pair.candidate.p50Milliseconds,
            p99Milliseconds: pair.candidate.p99Milliseconds, baselineP50Milliseconds: pair.baseline.p50Milliseconds,
            baselineP99Milliseconds: pair.baseline.p99Milliseconds, reductions: pair.reductions,
            metric: pair.quality.metric, quality: pair.quality.candidate ?? .nan,
            baselineQuality: pair.quality.baseline ?? .nan, rows: pair.rows, classes: pair.quality.classes)
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    /// One run of the model server's measuring half.
    private func worker<Answer: Decodable>(_ arguments: [String]) throws -> Answer {
        let run = try Program.run(Composition.workerPath, ["measure"] + arguments)
        guard run.status == 0 else {
            let told = run.lastError
            let prefix = "plumb-worker: "
            throw PlumbError(
                .invalidInput, told.hasPrefix(prefix) ? String(told.dropFirst(prefix.count)) : told,
                hint: "--data takes rows as the endpoint takes requests: .csv, .npy, .json, or .jsonl")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
        } catch {
            throw PlumbError(.internalFault, "what plumb-worker measured cannot be read", cause: error)
        }
    }
}
