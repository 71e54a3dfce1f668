// plumb drift quality: whether a model is still right, over files.

import ArgumentParser
import Foundation
import PlumbModel

extension DriftCommand {
    struct Quality: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure answers by their labels, as Model Monitor does.",
            discussion: """
                Examples:
                  plumb drift quality --data captures/ --labels ground-truth/ \\
                    --problem-type BinaryClassification --probability-attribute 0
                  plumb drift quality --data validation.csv --ground-truth-attribute churn \\
                    --inference-attribute predicted --problem-type BinaryClassification -o baseline
                  plumb drift quality --data captures/ --labels ground-truth/ --baseline baseline

                Labels are joined to captured answers by inference id, else by event id.
                Fields of answers are named by number from 0 (CSV) or by name (JSON), and
                columns of a data set by name. With --baseline its constraints are held,
                and a constraint on a measure that is not there is not met. Without it the
                measures become constraints.

                Exit codes: 0 as good as asked, 1 not, 2 bad input, 3 not done.
                """)

        @Option(help: "Data capture, or CSV or JSON lines that hold answers and labels.", completion: .file())
        var data: String
        @Option(help: "Ground truth in Model Monitor's form: a file or a folder.", completion: .file())
        var labels: String?
        @Option(help: "A folder with constraints.json, or such a file.", completion: .file()) var baseline: String?
        @Option(
            help: ArgumentHelp(
                "BinaryClassification, MulticlassClassification or Regression (default: as the baseline's).",
                valueName: "type"))
        var problemType: QualityProblem?
        @Option(help: ArgumentHelp("The field of the prediction (default: the first).", valueName: "field"))
        var inferenceAttribute: String?
        @Option(help: ArgumentHelp("The field of the positive class's probability.", valueName: "field"))
        var probabilityAttribute: String?
        @Option(help: ArgumentHelp("A probability above this is a positive answer.", valueName: "number"))
        var probabilityThresholdAttribute = 0.5
        @Option(help: ArgumentHelp("The column of labels, where they stand in the data.", valueName: "column"))
        var groundTruthAttribute: String?
        @Option(help: "The label of the positive class.") var positive = "1"
        @Option(
            name: .customLong("slice"),
            help: ArgumentHelp("Show for which value of this field it is worst; may be repeated.", valueName: "field"))
        var slices: [String] = []
        @Option(name: .shortAndLong, help: "The folder to write Model Monitor's files to.") var output: String?
        @Flag(help: "The first line of CSV is data: columns are called _c0, _c1 and so on.") var noHeader = false
        @OptionGroup var format: FormatOption

        func run() async throws {
            let constraints = try baseline.map { try Composition.qualityConstraints($0) }
            let known = constraints?.first.flatMap { first in
                QualityProblem.allCases.first { $0.key == first.problem }
            }
            guard let problem = problemType ?? known else {
                throw ValidationError(
                    "say what sort of answers these are: --problem-type BinaryClassification, "
                        + "MulticlassClassification or Regression")
            }
            let order = Composition.QualityOrder(
                data: data, labels: labels, problem: problem, inference: inferenceAttribute,
                probability: probabilityAttribute, slices: slices, labelColumn: groundTruthAttribute,
                threshold: probabilityThresholdAttribute, positive: positive,
                layout: DataLayout(hasHeader: !noHeader))
            let outcome = try Composition.judge(order, by: constraints)
            if let output { try Composition.write(outcome, to: output, isJudged: constraints != nil) }
            if format.format == .json {
                try Terminal.printJSON(outcome.report)
            } else {
                QualityText.tell(outcome.report, data: data)
            }
            if !outcome.report.isClean { throw ExitCode(1) }
        }
    }
}

/// The report as text.
private enum QualityText {
    private static let classesToldMax = 12

    static func tell(_ report: Composition.QualityReport, data: String) {
        var heading = "\(data): \(report.rows) labelled answers"
        if report.unlabelled > 0 { heading += ", \(report.unlabelled) without a label" }
        if report.unmatched > 0 { heading += ", \(report.unmatched) labels without an answer" }
        if report.oddRows > 0 { heading += ", \(report.oddRows) lines or rows could not be read" }
        print(heading)
        for metric in report.metrics where !metric.name.hasSuffix("_best_constant_classifier") {
            print("  \(row(metric))")
        }
        if let constant = report.metrics.first(where: { $0.name == "accuracy_best_constant_classifier" }) {
            print("  \(row(constant))")
        }
        tell(report.confusion)
        for slice in report.worstSlices {
            print(
                "worst   \(slice.feature) = \(slice.value): \(row(slice.loss)) of \(slice.rows) rows"
                    + (slice.isWorse ? "" : "; not surely worse than the others"))
        }
        if let estimate = report.estimate {
            let by = estimate.labels > 0 ? ", calibrated by \(estimate.labels) labels" : ""
            print("estimate of \(estimate.answers) answers from their probabilities\(by) (no measurement):")
            for metric in estimate.metrics { print("  \(row(metric))") }
        }
        for violation in report.violations { print("broken  \(violation.description)") }
        for metric in report.unknown { print("unknown \(metric): the answers do not show it") }
    }

    private static func tell(_ confusion: [String: [String: Int]]) {
        let labels = Set(confusion.keys).union(confusion.values.flatMap(\.keys)).sorted()
        guard !labels.isEmpty, labels.count <= classesToldMax else { return }
        let width = max(
            7, (labels.map(\.count) + confusion.values.flatMap { $0.values.map { "\($0)".count } }).max() ?? 7)
        func cell(_ text: String) -> String { String(repeating: " ", count: max(1, width + 1 - text.count)) + text }
        print("  label, then predicted" + labels.map(cell).joined())
        for label in labels {
            let counts = labels.map { cell("\(confusion[label]?[$0] ?? 0)") }.joined()
            let name = String(label.prefix(21))
            print("  \(name)\(String(repeating: " ", count: 21 - name.count))\(counts)")
        }
    }

    private static func row(_ metric: QualityMetric) -> String {
        let name = metric.name.padding(toLength: max(metric.name.count, 22), withPad: " ", startingAt: 0)
        guard let lower = metric.lower, let upper = metric.upper else { return "\(name) \(number(metric.value))" }
        return "\(name) \(number(metric.value))  (\(number(lower)) to \(number(upper)))"
    }

    private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
