// plumb cost: what deployments cost, and by which prices.

import ArgumentParser
import PlumbModel
import PlumbPolicy

struct CostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "What a deployment costs a month, what it has cost, by which prices, and which days were odd.",
        subcommands: [
            CostEstimateCommand.self, CostReportCommand.self, CostAllowCommand.self, CostPricesCommand.self,
            CostAnomaliesCommand.self, CostReviewCommand.self,
        ])
}

/// How an estimate is told.
enum SpendFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
}

struct CostEstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Reckon the month: at least, expected, at worst, and what the budget says to it.",
        discussion: """
            Examples:
              plumb cost estimate plumb.yaml
              plumb cost estimate infra/ --format json
              plumb cost estimate plumb.yaml --against main --format markdown
              plumb cost estimate plumb.yaml --holidays holidays.txt --year 2026
              plumb cost estimate aws://eu-west-1

            What has no price is named, and the sums then say "at least". Hours of
            dev and staging are those of the schedules: their share of the week, and
            with --year or --holidays those of the calendar of their time zone.
            A load file has the requests a second of each hour of a week, from
            Monday 00:00: 168 numbers.

            Exit codes: 0 reckoned, 1 what is expected is over the budget,
            2 bad input.
            """)

    @Argument(
        help: ArgumentHelp(
            "Files, folders, - for standard input, REVISION:PATH of git, engine:[ENDPOINT], or aws://[REGION].",
            valueName: "source"), completion: .file())
    var sources: [String]
    @Option(
        help: ArgumentHelp("Tell what changed since a revision of git, or since another input.", valueName: "revision"))
    var against: String?
    @Option(help: "text, json or markdown.")
    var format: SpendFormat = .text
    @Option(help: ArgumentHelp("Days that are not as usual: lines of 2026-12-25 off.", valueName: "file"))
    var holidays: String?
    @Option(help: ArgumentHelp("Count the hours on this year's calendar.", valueName: "year"))
    var year: Int?
    @Option(help: ArgumentHelp("Instances that run on the average, where you know.", valueName: "count"))
    var average: Double?
    @Option(help: ArgumentHelp("Requests a second in each of a week's 168 hours.", valueName: "file"))
    var load: String?
    @Option(help: ArgumentHelp("Requests a second of one instance at full load.", valueName: "rate"))
    var capacity: Double?
    @Option(name: .customLong("storage-gb"), help: ArgumentHelp("Storage of each instance in GB.", valueName: "gb"))
    var storageGB: Double?
    @Option(help: ArgumentHelp("Whose prices count for templates (default: us-east-1).", valueName: "region"))
    var priceRegion: String?
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "AWS account") var account: AccountOptions

    func validate() throws {
        if sources.isEmpty { throw ValidationError("name a file, a folder, engine: or aws://REGION") }
        for (name, value) in [("average", average), ("capacity", capacity), ("storage-gb", storageGB)] {
            guard let value, !(value >= 0 && value.isFinite) else { continue }
            throw ValidationError("--\(name) is a number of at least 0")
        }
        if let year, !(1970...2200).contains(year) { throw ValidationError("--year is one of 1970 to 2200") }
    }

    func run() async throws {
        var assumptions = try Composition.assumptions(holidays: holidays, year: year)
        assumptions.averageInstances = average
        assumptions.capacityPerInstance = capacity
        assumptions.storageGB = storageGB
        assumptions.region = priceRegion
        if let load { assumptions.load = try Self.week(load) }
        let subjects = try await input.load(sources, environment: environment.environment, home: home, account: account)
        var before: [Composition.Subject] = []
        if let against {
            before = try await input.load(
                Self.older(sources, against), environment: environment.environment, home: home, account: account)
        }
        let told = Composition.spend(subjects, before: before, assumptions, format: format)
        print(told.text, terminator: "")
        let isOver = told.verdicts.contains { $0 == .floorIsOver || $0 == .expectedIsOver }
        if isOver { throw ExitCode(1) }
    }

    /// The older version of each source: an input of its own, or the same paths in a revision of git.
    static func older(_ sources: [String], _ against: String) -> [String] {
        if FileKind(against) != nil || against.contains(":") { return [against] }
        return sources.filter { !$0.hasPrefix("aws:") && !$0.hasPrefix("engine:") && $0 != "-" }
            .map { "\(against):\($0)" }
    }

    /// 168 numbers, parted by commas or white space.
    private static func week(_ path: String) throws -> [Double] {
        let text = String(decoding: try Input.contents(of: path), as: UTF8.self)
        let words = text.split { $0 == "," || $0.isWhitespace }
        let numbers = words.compactMap { Double($0) }
        guard numbers.count == words.count, numbers.count == 168, numbers.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw PlumbError(
                .invalidInput, "\(path) is no week's load: it has \(numbers.count) numbers in \(words.count) words",
                hint: "write 168 numbers of at least 0, one for each hour from Monday 00:00")
        }
        return numbers
    }
}
