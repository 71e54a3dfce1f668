// plumb cost anomalies: which days of a series of costs are out of the ordinary.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct CostAnomaliesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies",
        abstract: "Which days cost more or less than the same weekdays, or than planned?",
        discussion: """
            Examples:
              plumb cost anomalies costs.csv
              plumb cost anomalies costs.csv --impact 50 --format json
              plumb cost anomalies engine:digits

            A line is a day and what it cost, 2026-11-24,12.50, and where you know it
            what was planned. Each day is judged by the days before it. Without a
            plan nothing is said of the first 14 days. Of an engine the meter's days are
            judged, up to yesterday; the working hours are the plan: of the first 14
            days, and of all of them where the number of instances is fixed.

            Exit codes: 0 nothing odd, 1 an anomaly, 2 bad input.
            """)

    @Argument(
        help: "A CSV file, - for standard input, or engine:[ENDPOINT].", completion: .file(extensions: ["csv"]))
    var file: String
    @Option(help: ArgumentHelp("Tell nothing that matters less, in US dollars a day.", valueName: "usd"))
    var impact = 1.0
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        if !(impact >= 0 && impact.isFinite) { throw ValidationError("--impact is a number of at least 0") }
    }

    func run() async throws {
        if file.hasPrefix("engine:") { return try await runOnEngine() }
        let text = String(decoding: try Input.contents(of: file), as: UTF8.self)
        let told = try Composition.anomalies(in: text, file: file, impactMin: impact, format: format.format)
        print(told.text, terminator: "")
        if told.count > 0 { throw ExitCode(1) }
    }

    private func runOnEngine() async throws {
        let name = String(file.dropFirst("engine:".count))
        let (statements, fixed) = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            var statements = [try await plane.spending(of: name.isEmpty ? nil : name, in: nil)]
            for _ in 1..<SpendAnomalyDetector.monthsMax {
                guard let earliest = statements.first?.month else { break }
                statements.insert(
                    try await plane.spending(of: name.isEmpty ? nil : name, in: earliest.previous), at: 0)
            }
            let bounds = try await plane.status().endpoints.map { ($0.record.name, $0.record.hasFixedCount) }
            return (statements, Set(bounds.filter { $0.1 }.map { $0.0 }))
        }
        let told = Composition.anomalies(in: statements, fixed: fixed, impactMin: impact, format: format.format)
        print(told.text, terminator: "")
        if told.count > 0 { throw ExitCode(1) }
    }
}
