// How good answers were: captured or listed, beside the labels that came for them.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbSignals

extension Composition {
    /// What is asked of a model's answers.
    struct QualityOrder: Sendable {
        var data: String
        /// Ground truth in Model Monitor's form; nil where labels stand in the data.
        var labels: String?
        var problem: QualityProblem
        /// Fields of answers: the prediction, the positive class's probability, and of requests those to slice by.
        var inference: String?
        var probability: String?
        var slices: [String] = []
        /// The column of labels, in data that is no capture.
        var labelColumn: String?
        var threshold = 0.5
        var positive = "1"
        var layout = DataLayout()

        fileprivate var fields: AnswerFields {
            AnswerFields(prediction: inference, probability: probability, slices: slices)
        }
    }

    struct QualityReport: Encodable {
        struct Slice: Encodable {
            var feature: String
            var value: String
            var rows: Int
            var loss: QualityMetric
            /// Whether it is surely worse than all rows together.
            var isWorse: Bool
        }
        /// What may be expected of answers by the model's own confidence.
        struct Estimate: Encodable {
            var isEstimate = true
            var answers: Int
            var labels: Int
            var metrics: [QualityMetric]
        }
        struct Violation: Encodable {
            var constraint_check_type: String
            var description: String
            var metric_name: String
        }
        var schema = "plumbline.quality/1"
        var problem: QualityProblem
        var rows: Int
        var oddRows: Int
        /// Answers without a label, and labels without an answer.
        var unlabelled: Int
        var unmatched: Int
        var metrics: [QualityMetric]
        var confusion: [String: [String: Int]]
        var worstSlices: [Slice]
        var estimate: Estimate?
        var violations: [Violation] = []
        /// Constraints on measures that are not there.
        var unknown: [String] = []

        var isClean: Bool { violations.isEmpty && unknown.isEmpty }
    }

    struct QualityOutcome {
        var report: QualityReport
        var quality: ModelQuality
        var constraints: [QualityConstraint]
        var violations: [QualityViolation]
    }

    /// Labels of one run are held in memory, about 100 bytes each.
    static let labelsMax = 5_000_000

    /// Judges answers by constraints; without any, what they are becomes what may be asked of the next.
    static func judge(_ order: QualityOrder, by constraints: [QualityConstraint]?) throws -> QualityOutcome {
        var reading = AnswerTally(order)
        let data = try DataFiles(order.data, layout: order.layout)
        if data.format == .capture {
            try readCaptures(data, order, &reading)
        } else {
            try readRows(data, order, &reading)
        }
        guard reading.tally.rows > 0 else {
            throw PlumbError(
                .invalidInput, "no answer of \(order.data) has a label that it can be compared with",
                hint: order.labels == nil && data.format == .capture
                    ? "name the files of ground truth with --labels"
                    : "labels are joined by inference id, else by event id; which fields are meant say "
                        + "--inference-attribute, --probability-attribute and --ground-truth-attribute")
        }
        guard !reading.tally.hasTooManyClasses else {
            throw PlumbError(
                .invalidInput, "there are more than \(QualityTally.classesMax) different labels",
                hint: "is this a regression? --problem-type Regression")
        }
        let quality = reading.tally.quality
        var report = reading.report(quality)
        guard let constraints else {
            return QualityOutcome(
                report: report, quality: quality, constraints: QualityCheck.suggest(quality), violations: [])
        }
        let judged = QualityCheck.judge(quality, by: constraints)
        report.violations = judged.violations.map {
            QualityReport.Violation(
                constraint_check_type: $0.check, description: $0.description, metric_name: $0.metric)
        }
        report.unknown = judged.unknown
        return QualityOutcome(
            report: report, quality: quality, constraints: constraints, violations: judged.violations)
    }

    /// `constraints.json`, or the folder that it lies in.
    static func qualityConstraints(_ path: String) throws -> [QualityConstraint] {
        var isFolder: ObjCBool = false
        _ = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = isFolder.boolValue ? "\(path)/\(constraintsName)" : path
        let read = try ConstraintsFile.read(Array(try Input.contents(of: file)), file: file).quality
        guard !read.isEmpty else {
            throw PlumbError(
                .invalidInput, "it asks nothing of a model's quality",
                hint: "plumb drift quality … -o baseline writes one", at: Place(file: file))
        }
        return read
    }

    static func write(_ outcome: QualityOutcome, to folder: String, isJudged: Bool) throws {
        try write(ModelQualityFile.write(outcome.quality), statisticsName, in: folder)
        try write(
            ModelQualityFile.write(outcome.constraints, of: outcome.quality.problem), constraintsName, in: folder)
        if isJudged { try write(ModelQualityFile.write(outcome.violations), violationsName, in: folder) }
    }

    // MARK: - Reading

    private static func readCaptures(
        _ data: DataFiles, _ order: QualityOrder, _ reading: inout AnswerTally
    ) throws {
        var labels: [String: String] = [:]
        var progress = Progress()
        defer { progress.clear() }
        if let path = order.labels {
            try DataFiles(path).readLines(&progress) { lines in
                let (read, odd) = GroundTruthReader.read(lines)
                reading.oddRows += odd
                // What was said last holds.
                for label in read { labels[label.identity] = label.label }
                guard labels.count <= labelsMax else {
                    throw PlumbError(
                        .invalidInput, "there are more than \(labelsMax) labels in \(path)",
                        hint: "judge a part of them at a time: a folder of one day, say")
                }
            }
        }
        try data.readLines(&progress) { lines in
            let (answers, odd) = CapturedAnswer.read(lines, fields: order.fields)
            reading.oddRows += odd
            for answer in answers {
                let told = labels.removeValue(forKey: answer.identity) ?? answer.labels?.joined(separator: "\n")
                guard let told else {
                    for row in answer.rows { reading.insert(row, label: nil) }
                    continue
                }
                guard let pairs = answer.pairs(with: told) else {
                    reading.oddRows += 1
                    continue
                }
                for (row, label) in pairs { reading.insert(row, label: label) }
            }
        }
        reading.unmatched = labels.count
    }

    private static func readRows(_ data: DataFiles, _ order: QualityOrder, _ reading: inout AnswerTally) throws {
        func column(_ name: String?, _ option: String) throws -> String? {
            guard let name else { return nil }
            if data.names.contains(name) { return name }
            if let index = Int(name), data.names.indices.contains(index) { return data.names[index] }
            throw PlumbError(
                .invalidInput, "\(order.data) has no column \(name), which \(option) names",
                hint: "its columns are \(data.names.joined(separator: ", "))")
        }
        let prediction = try column(order.fields.prediction, "--inference-attribute")
        let probability = try column(order.fields.probability, "--probability-attribute")
        let label = try column(order.labelColumn, "--ground-truth-attribute")
        let slices = try order.fields.slices.compactMap { try column($0, "--slice") }
        guard let first = prediction ?? probability, let label else {
            throw PlumbError(
                .invalidInput, "\(order.data) does not say which columns are the answer and the label",
                hint: "say --ground-truth-attribute, and --inference-attribute or --probability-attribute")
        }
        let columns = [first, label] + [probability].compactMap { $0 } + slices
        let unique = columns.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let places = columns.map { unique.firstIndex(of: $0) ?? 0 }
        var progress = Progress()
        defer { progress.clear() }
        reading.oddRows += try data.read(
            columns: unique, isText: unique.map { _ in true }, progress: &progress
        ) { batch in
            for row in 0..<batch.rows {
                let told = places.map { place -> String? in
                    let cell = batch.cells[row * batch.columns + place]
                    return cell.kind == .missing ? nil : batch.text(of: cell)
                }
                guard let answer = told[0] else {
                    reading.oddRows += 1
                    continue
                }
                let behind = probability == nil ? 2 : 3
                reading.insert(
                    CapturedAnswer.Row(
                        prediction: answer, probability: probability == nil ? nil : told[2],
                        slices: Array(told[behind...])), label: told[1])
            }
        }
    }
}

/// Answers and labels on their way into measures.
private struct AnswerTally {
    private let order: Composition.QualityOrder
    private(set) var tally: QualityTally
    private var slices: [WorstSlice]
    private var estimate = ConfidenceEstimate()
    var oddRows = 0
    var unmatched = 0
    private var unlabelled = 0

    init(_ order: Composition.QualityOrder) {
        self.order = order
        tally = QualityTally(problem: order.problem, positive: order.positive)
        slices = order.fields.slices.map { _ in WorstSlice(isRegression: order.problem == .regression) }
    }

    mutating func insert(_ row: CapturedAnswer.Row, label: String?) {
        var predicted = QualityTally.label(row.prediction)
        var probability = row.probability.flatMap { Double($0) }
        if order.problem == .binary, probability == nil, let number = Double(row.prediction), number > 0, number < 1 {
            // An only field that lies between the labels is a probability.
            probability = number
        }
        let isPrediction = order.fields.prediction != nil && row.probability != nil
        if order.problem == .binary, let probability, !isPrediction {
            predicted = probability > order.threshold ? tally.positive : negative(label)
        }
        let actual = label.map { QualityTally.label($0) }
        if order.problem == .binary, let probability {
            estimate.insert(
                probability: probability, isPositive: predicted == tally.positive,
                actual: actual.map { $0 == tally.positive })
        }
        guard let actual else {
            unlabelled += 1
            return
        }
        guard tally.insert(predicted: predicted, actual: actual, probability: probability) else { return }
        for (index, value) in row.slices.enumerated() {
            guard let value, slices.indices.contains(index) else { continue }
            let loss =
                order.problem == .regression
                ? abs((Double(predicted) ?? 0) - (Double(actual) ?? 0)) : predicted == actual ? 0 : 1
            slices[index].insert(slice: Self.slice(value), loss: loss)
        }
    }

    /// What is not positive, as the labels call it.
    private func negative(_ label: String?) -> String {
        guard let label = label.map({ QualityTally.label($0) }), label != tally.positive else { return "0" }
        return label
    }

    /// A value that is not whole is taken with those like it, by its first digit.
    private static func slice(_ value: String) -> String {
        guard let number = Double(value), number.isFinite, number != number.rounded() else { return value }
        let scale = pow(10, log10(abs(number)).rounded(.down))
        let rounded = (number / scale).rounded(.down) * scale
        return "from \(String(format: "%.6g", rounded))"
    }

    func report(_ quality: ModelQuality) -> Composition.QualityReport {
        Composition.QualityReport(
            problem: order.problem, rows: tally.rows, oddRows: oddRows + tally.oddRows, unlabelled: unlabelled,
            unmatched: unmatched, metrics: quality.metrics, confusion: quality.confusion,
            worstSlices: zip(order.fields.slices, slices).compactMap { feature, slice in
                slice.worst.map {
                    Composition.QualityReport.Slice(
                        feature: feature, value: $0.slice, rows: $0.rows, loss: $0.errors,
                        isWorse: slice.isWorseThanAll)
                }
            },
            estimate: estimate.answers == 0
                ? nil
                : Composition.QualityReport.Estimate(
                    answers: estimate.answers, labels: estimate.labels, metrics: estimate.metrics))
    }
}
