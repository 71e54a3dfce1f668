// `plumb-worker measure`: how fast a model is, and how right, alone or in turn with the one it comes from.

import ArgumentParser
import OnnxRuntime

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumb-worker measure",
        abstract: "Measures a model on rows of data, with another one in turn; prints one JSON object.",
        discussion: """
            One row a run, one thread. With --baseline, each row is run by both models, one after the other and \
            in changing order, so that what disturbs the machine disturbs both. The runs are cut into blocks; the \
            reductions of the blocks' medians are printed for an interval.
            """)

    /// Enough for a t interval, few enough for a block to have a median.
    private static let blockCount = 30
    private static let soloRunsMax = 20

    @Option(help: "The ONNX file.") var model: String
    @Option(help: "The ONNX file that it was made from.") var baseline: String?
    @Option(help: "Rows: .csv, .npy, .json, or .jsonl with a request a line.") var data: String
    @Option(help: "What each row should be answered with, a line each. (default: what the baseline answers)")
    var labels: String?
    @Option(help: "Rows at the beginning that are not asked: they have calibrated the model.") var skip = 0
    @Option(help: "Write the skipped rows to this folder, as NAME.npy for each input, and measure nothing.")
    var write: String?
    @Flag(help: "Measure the model alone: processor time, duration, and memory at each stage.") var profile = false
    @Flag(help: "With --profile: the model's weights lie in other files beside it.") var inParts = false
    @Option(help: "The seconds that timing takes, about.") var seconds = 6.0

    mutating func validate() throws {
        guard skip >= 0 else { throw ValidationError("--skip is 0 or more") }
        guard !profile || (baseline == nil && labels == nil && write == nil) else {
            throw ValidationError("--profile takes the model alone")
        }
        guard profile || !inParts else { throw ValidationError("--in-parts goes with --profile") }
        guard (0.01...3600).contains(seconds) else { throw ValidationError("--seconds is 0.01 to 3600") }
    }

    mutating func run() throws {
        if profile { return try tellProfile() }
        let subject = try Self.load(model)
        let samples = try Samples(subject, path: data)
        if let write { return try samples.write(first: skip, to: write) }
        let rows = Array(samples.rows.dropFirst(skip))
        guard !rows.isEmpty else { throw StartFailure("\(data): no rows are left after the first \(skip)") }
        let base = try baseline.map { try Self.load($0) }
        var expected = try labels.map { try Self.lines(of: $0) }
        if let lines = expected {
            guard lines.count == samples.rows.count else {
                throw StartFailure("\(labels ?? ""): \(lines.count) lines for \(samples.rows.count) rows")
            }
            expected = Array(lines.dropFirst(skip))
        }
        // Alone, a few runs show what it holds in memory.
        let asked = base == nil ? rows.prefix(Self.soloRunsMax) : rows[...]
        let answers = try asked.map { Prediction(try RunLimit.run(subject, $0)) }
        let baseAnswers = try base.map { base in try rows.map { Prediction(try RunLimit.run(base, $0)) } }
        var writer = JSONWriter()
        writer.raw("{\"onnxruntime\":")
        writer.string(subject.runtimeVersion)
        writer.raw(",\"rows\":")
        writer.value(rows.count)
        if base == nil {
            writer.raw(",\"residentBytes\":")
            writer.value(try ModelProfile.memory("VmRSS"))
        }
        if let base, let baseAnswers {
            try Self.write(Trial.run(subject, base, rows, blocks: Self.blockCount, seconds: seconds), &writer)
            Quality(answers, baseAnswers, expected: expected).write(&writer)
        }
        writer.raw("}\n")
        print(String(decoding: writer.bytes, as: UTF8.self), terminator: "")
    }

    private func tellProfile() throws {
        let profile = try ModelProfile.measure(
            model, isInParts: inParts, data: data, skip: skip, seconds: seconds)
        var writer = JSONWriter()
        profile.write(&writer)
        print(String(decoding: writer.bytes, as: UTF8.self), terminator: "")
    }

    static func load(_ path: String) throws -> Model {
        do {
            return try Model(bytes: try HostProcess.contents(of: path))
        } catch let error as ModelError where error.kind != .library {
            throw StartFailure("\(path): \(error)")
        }
    }

    private static func lines(of path: String) throws -> [String] {
        let text = String(decoding: try HostProcess.contents(of: path), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.drop { $0 == " " }).trimmingRight()
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func write(_ trial: Trial, _ writer: inout JSONWriter) {
        for (name, times) in [("baseline", trial.baseline), ("candidate", trial.candidate)] {
            writer.raw(",")
            writer.string(name)
            writer.raw(":{\"p50Milliseconds\":")
            writer.value(Trial.percentile(times, 0.50))
            writer.raw(",\"p99Milliseconds\":")
            writer.value(Trial.percentile(times, 0.99))
            writer.raw(",\"runs\":")
            writer.value(times.count)
            writer.raw("}")
        }
        writer.raw(",\"reductions\":[")
        for (index, reduction) in trial.reductions.enumerated() {
            writer.separator(index)
            writer.value(reduction)
        }
        writer.raw("]")
    }
}

extension String {
    fileprivate func trimmingRight() -> String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}

/// How long the runs of two models took, in milliseconds.
struct Trial {
    var candidate: [Double] = []
    var baseline: [Double] = []
    /// By what share the candidate's median is below the baseline's, block by block.
    var reductions: [Double] = []
    /// The most runs of one block.
    private static let runsMax = 5_000

    static func run(
        _ candidate: Model, _ baseline: Model, _ rows: [[Tensor]], blocks: Int, seconds: Double
    ) throws -> Trial {
        // A first look at both warms them up and says how many runs fit into a block.
        var first = 0.0
        let looks = 5
        for index in 0..<looks {
            let row = rows[index % rows.count]
            first += try time(candidate, row) + time(baseline, row)
        }
        let pair = first / Double(looks)
        let runs = min(max(10, Int(seconds * 1000 / Double(blocks) / max(pair, 0.001))), runsMax)
        var trial = Trial()
        var turn = 0
        for _ in 0..<blocks {
            var (mine, others) = ([Double](), [Double]())
            for _ in 0..<runs {
                let row = rows[turn % rows.count]
                if turn % 2 == 0 {
                    mine.append(try time(candidate, row))
                    others.append(try time(baseline, row))
                } else {
                    others.append(try time(baseline, row))
                    mine.append(try time(candidate, row))
                }
                turn += 1
            }
            trial.reductions.append(1 - percentile(mine, 0.5) / percentile(others, 0.5))
            trial.candidate += mine
            trial.baseline += others
        }
        return trial
    }

    private static func time(_ model: Model, _ row: [Tensor]) throws -> Double {
        let begun = ContinuousClock.now
        _ = try RunLimit.run(model, row)
        return (ContinuousClock.now - begun) / .milliseconds(1)
    }

    /// The nearest-rank percentile.
    static func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
    }
}
