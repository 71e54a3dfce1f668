// plumb drift: what data is like, and whether it still is.

import ArgumentParser
import Foundation
import PlumbModel
import PlumbSignals

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Does a model still see the data it was made for?",
        subcommands: [Baseline.self, Run.self, Quality.self, Status.self, Captures.self])

    struct DataOptions: ParsableArguments {
        @Option(help: "Names of the columns, for data capture: those of the answer first, then of the request.")
        var columns: String?
        @Option(help: "What the expected distribution changes with: none, hourOfDay, dayOfWeek or hourOfWeek.")
        var season = Season.none
        @Option(help: "The column that says when a row was (seconds since 1970 or ISO 8601); it is no feature.")
        var timeColumn: String?
        @Flag(help: "The first line of CSV is data: columns are called _c0, _c1 and so on.") var noHeader = false

        var layout: DataLayout { DataLayout(timeColumn: timeColumn, hasHeader: !noHeader) }
        var names: [String]? { columns.map { $0.split(separator: ",").map(String.init) } }
    }
}

extension DriftCommand {
    struct Baseline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write statistics.json and constraints.json of a data set.",
            discussion: """
                DATA is a CSV file with a header, a file of JSON objects or of data
                capture, one a line, or a folder of such files. Any size takes the same
                memory. Beside Model Monitor's two files stands plumbline_reference.json:
                seasons, and how much consecutive rows repeat one another.
                """)

        @Argument(help: "Data the model was made for.", completion: .file()) var data: String
        @Option(name: .shortAndLong, help: "The folder to write to.") var output = "baseline"
        @OptionGroup var options: DataOptions
        @OptionGroup var format: FormatOption

        func run() async throws {
            let profile = try Composition.profile(
                data, columns: options.names, season: options.season, layout: options.layout)
            let baseline = Composition.baseline(profile)
            try Composition.write(baseline, to: output)
            if format.format == .json {
                try Terminal.printJSON(Told(rows: profile.rows, features: baseline.reference.features, output: output))
                return
            }
            print("\(data): \(profile.rows) rows, \(profile.names.count) features → \(output)")
            for feature in baseline.reference.features where feature.dependence > 1.5 {
                print(
                    "note: \(feature.name): about \(Int(feature.dependence.rounded())) consecutive rows say as much as "
                        + "one; its bets are smaller for it")
            }
        }

        private struct Told: Encodable {
            var schema = "plumbline.baseline/1"
            var rows: Int
            var features: [FeatureReference]
            var output: String
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judge data by a baseline; write constraint_violations.json.",
            discussion: """
                Examples:
                  plumb drift run --baseline baseline --data today.csv
                  plumb drift run --baseline training.csv --data capture/ -o report
                  plumb drift run --baseline baseline --data today.csv --tolerance 0.1

                Without --data, the environment says what to do as it does in a
                container of Model Monitor: dataset_source, output_path, analysis_type,
                baseline_statistics, baseline_constraints, publish_cloudwatch_metrics.
                The outcome then stands in /opt/ml/output/message, and violations are
                no error.

                Exit codes: 0 nothing has drifted, 1 something has, 2 bad input, 3 not
                done.
                """)

        @Option(help: "A folder of statistics.json and constraints.json, or the data itself.", completion: .file())
        var baseline: String?
        @Option(help: "Data to judge: a file or a folder.", completion: .file()) var data: String?
        @Option(name: .shortAndLong, help: "The folder to write Model Monitor's three files to.") var output: String?
        @Option(help: "The largest difference of distribution (L-infinity) that is no drift.") var tolerance: Double?
        @Option(help: "Rows to a false alarm, on average, at the least.") var rowsPerFalseAlarm = 10_000_000.0
        @Option(help: "How the comparison of Model Monitor counts equal values: fixed, or compat as Deequ did.")
        var ties = TieRule.fixed
        @OptionGroup var options: DataOptions
        @OptionGroup var format: FormatOption

        func validate() throws {
            if let tolerance, !(0.001...0.9).contains(tolerance) {
                throw ValidationError("--tolerance is a part between 0.001 and 0.9")
            }
            if rowsPerFalseAlarm < 1000 { throw ValidationError("--rows-per-false-alarm is at least 1000") }
        }

        func run() async throws {
            let settings = DriftSettings(rowsPerFalseAlarm: rowsPerFalseAlarm, tolerance: tolerance)
            guard let data else { return try await MonitorContainer().run(settings: settings, ties: ties) }
            guard let baseline else {
                throw ValidationError("name what to compare with: --baseline FOLDER or --baseline DATA")
            }
            let read = try Composition.readBaseline(
                baseline, columns: options.names, season: options.season, layout: options.layout)
            let outcome = try Composition.judge(
                data, by: read, settings: settings, ties: ties, layout: options.layout)
            if let output { try Composition.write(outcome, to: output) }
            if format.format == .json {
                try Terminal.printJSON(outcome.report)
            } else {
                DriftText.tell(outcome.report, data: data)
            }
            if !outcome.report.isClean { throw ExitCode(1) }
        }
    }
}

/// The report as text.
private enum DriftText {
    private static let toldMax = 20

    static func tell(_ report: Composition.DriftReport, data: String) {
        print("\(data): \(report.rows) rows, \(report.features.count) features compared")
        if report.oddRows > 0 { print("\(report.oddRows) rows or lines were not as long as they should be") }
        for alarm in report.alarms.prefix(toldMax) {
            for feature in alarm.features {
                print("drift   \(feature.name): \(feature.change), since about row \(feature.since)")
                print("        proved at row \(alarm.row); expected \(feature.expected) observed \(feature.observed)")
            }
            if !alarm.suspected.isEmpty {
                print("        may move too: " + alarm.suspected.map(\.name).joined(separator: ", "))
            }
        }
        let more = report.alarms.count - min(report.alarms.count, toldMax) + report.moreAlarms
        if more > 0 { print("        and \(more) alarms more") }
        for feature in report.features where feature.differs {
            let (distance, stability) = (rounded(feature.largestDifference), rounded(feature.populationStability))
            print("differs \(feature.name): L-infinity \(distance), PSI \(stability)")
        }
        for violation in report.violations {
            print("broken  \(violation.feature_name) \(violation.constraint_check_type): \(violation.description)")
        }
        if report.isClean { print("nothing has drifted") }
    }

    private static func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
}
