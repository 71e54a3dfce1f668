// plumb cost anomalies: which days of a series of costs are out of the ordinary.

import ArgumentParser
import PlumbModel

struct CostAnomaliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies",
        abstract: "Which days cost more or less than the same weekdays, or than planned?",
        discussion: """
            Examples:
              plumb cost anomalies costs.csv
              plumb cost anomalies costs.csv --impact 50 --format json

            A line is a day and what it cost, 2026-11-24,12.50, and where you know it
            what was planned. Each day is judged by the days before it. Without a
            plan nothing is said of the first 14 days.

            Exit codes: 0 nothing odd, 1 an anomaly, 2 bad input.
            """)

    @Argument(help: "A CSV file, or - for standard input.", completion: .file(extensions: ["csv"]))
    var file: String
    @Option(help: ArgumentHelp("Tell nothing that matters less, in US dollars a day.", valueName: "usd"))
    var impact = 1.0
    @OptionGroup var format: FormatOption

    func validate() throws {
        if !(impact >= 0 && impact.isFinite) { throw ValidationError("--impact is a number of at least 0") }
    }

    func run() throws {
        let text = String(decoding: try Input.contents(of: file), as: UTF8.self)
        let told = try Composition.anomalies(in: text, file: file, impactMin: impact, format: format.format)
        print(told.text, terminator: "")
        if told.count > 0 { throw ExitCode(1) }
    }
}
