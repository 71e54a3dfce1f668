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
    func run(_ techniques: [String], python: String?) async throws -> OptimizationReport {
        tell("reading \(data)")
        let alone: Solo = try await ModelMeasure.run(["--model", model, "--data", data])
        let toolbox = try await Toolbox.find(chosen: python, runtimeVersion: alone.onnxruntime, tell: tell)
        let skip = min(Self.calibrationRowsMax, alone.rows / Self.calibrationShare)
        let calibration = "\(scratch)/calibration"
        try FileManager.default.createDirectory(atPath: calibration, withIntermediateDirectories: true)
        if skip > 0 {
            let _: Ignored = try await ModelMeasure.run([
                "--model", model, "--data", data, "--skip", "\(skip)", "--write", calibration,
            ])
        }
        var report = OptimizationReport(
            model: model, modelDigest: try Composition.digest(ofFileAt: model), onnxruntime: alone.onnxruntime,
            calibrationRows: skip, heldOutRows: alone.rows - skip,
            heldOutDigest: try Composition.digest(ofFileAt: data), candidates: [], skipped: [], front: [],
            reasons: [])
        let script = "\(scratch)/candidates.py"
        try Data(PackageResources.candidates_py).write(to: URL(fileURLWithPath: script))
        for technique in techniques {
            do {
                tell("making \(technique)")
                let file = try await make(technique, toolbox, script, calibration)
                tell("measuring \(technique)")
                report.candidates.append(try await measure(technique, file, skip: skip))
            } catch let error as PlumbError {
                report.skipped.append(.init(technique: technique, reason: error.message))
            }
        }
        return report
    }

    func file(of technique: String) -> String { "\(scratch)/\(technique).onnx" }

    private struct Ignored: Decodable {}

    private struct Made: Decodable {
        var file: String?
        var skipped: String?
    }

    /// One technique in a process of its own: a tool that breaks down takes no other with it. Throws the reason why
    /// there is no such candidate.
    private func make(_ technique: String, _ toolbox: Toolbox, _ script: String, _ calibration: String) async throws
        -> String
    {
        let run = try await Program.run(toolbox.python, [script, model, scratch, calibration, technique])
        let line = run.output.split(separator: "\n").last ?? ""
        // The tools chatter before the script's own last line; where that is missing, the reason is told.
        guard run.status == 0, let made = try? JSONDecoder().decode(Made.self, from: Data(line.utf8)) else {
            throw PlumbError(.refused, "the tool ended: \(run.lastError)")
        }
        guard let file = made.file else { throw PlumbError(.refused, made.skipped ?? "no reason was given") }
        return file
    }

    private func measure(_ technique: String, _ file: String, skip: Int) async throws -> ModelCandidate {
        let alone: Solo = try await ModelMeasure.run(["--model", file, "--data", data, "--skip", "\(skip)"])
        var arguments = [
            "--model", file, "--baseline", model, "--data", data, "--skip", "\(skip)", "--seconds", "\(seconds)",
        ]
        if let labels { arguments += ["--labels", labels] }
        let pair: Pair = try await ModelMeasure.run(arguments)
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
}
