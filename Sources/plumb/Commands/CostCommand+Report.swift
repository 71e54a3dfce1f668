// plumb cost report: what was spent in a month, by the engine's own meter.

import ArgumentParser
import PlumbModel

/// How a statement is told.
enum StatementFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown, csv
}

struct CostReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "What was spent this month or another, what it comes to, and what the budgets say.",
        discussion: """
            Examples:
              plumb cost report
              plumb cost report digits --format json
              plumb cost report --month 2026-10 --format csv

            The engine counts what runs on it once a second and writes it down once a
            minute. Prices are those of the same instances on SageMaker, in the spec's
            region. What the engine was not there to see is in no sum, and told.
            docs/COST.md
            """)

    @Argument(help: "The endpoint (default: all).") var endpoint: String?
    @Option(help: ArgumentHelp("Which month (default: this one).", valueName: "YYYY-MM")) var month: String?
    @Option(help: "text, json, markdown or csv.") var format: StatementFormat = .text
    @OptionGroup var home: HomeOption

    func validate() throws {
        if let month, Month(month) == nil { throw ValidationError("'\(month)' is no month such as 2026-11") }
    }

    func run() async throws {
        let statement = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.spending(of: endpoint, in: month.flatMap { Month($0) })
        }
        print(Composition.statement(statement, format: format), terminator: "")
    }
}
