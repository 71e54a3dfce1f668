// plumb cost review: the month's record, with what a person has to decide.

import ArgumentParser
import PlumbEngine
import PlumbModel

struct CostReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "The month's cost beside what was expected, and what is to be decided (COST-1.1).",
        discussion: """
            Asks to right-size, to remove what is idle, to tune autoscaling, whether a
            savings plan pays, and where a difference between bill, meter and estimate
            comes from. Of an account Cost Explorer, Cost Anomaly Detection, Compute
            Optimizer and Trusted Advisor are asked; one that refuses is named, and what
            it would have told is unknown. Cost Explorer takes a cent a request.

            The month to date is reviewed, in its first week the month before. With
            --record the review becomes an entry of the running engine's audit log,
            which plumb check engine: judges.

            Examples:
              plumb cost review engine: --record
              plumb cost review aws://eu-west-1 --format markdown
              plumb cost review aws:// --month 2026-10 --plan-discount 27

            Exit codes: 0 nothing to decide, 1 a decision is asked for, 2 bad input,
            3 it could not be done.
            """)

    @OptionGroup var live: LiveSource
    @Option(help: ArgumentHelp("The month, up to today.", valueName: "YYYY-MM")) var month: String?
    @Option(help: ArgumentHelp("Who answers for the decisions (default: the user of this machine).", valueName: "name"))
    var owner: String?
    @Option(
        help: ArgumentHelp("What a savings plan is cheaper by, where Cost Explorer tells none.", valueName: "percent"))
    var planDiscount: Double?
    @Flag(help: "Write the review into the running engine's audit log.") var record = false
    @Option(help: "text, json, markdown or html.") var format: RecordFormat = .text
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "AWS account") var account: AccountOptions

    func validate() throws {
        if let planDiscount, !(planDiscount > 0 && planDiscount < 100) {
            throw ValidationError("--plan-discount is more than 0 and less than 100")
        }
    }

    func run() async throws {
        let days = try Composition.reviewDays(on: Composition.today(), month: month)
        let subjects = try await input.load(
            [live.source], environment: environment.environment, home: home, account: account)
        var tools: SpendTools?
        if live.source.hasPrefix("aws:") {
            tools = try await Composition.spendTools(live.source, account.access, days: days)
        }
        var metered: [EndpointStatement] = []
        if live.source.hasPrefix("engine:") {
            metered = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                try await plane.spending(of: nil, in: Month(holding: days.first)).endpoints
            }
        }
        let review = Composition.review(
            subjects, of: live.source, owner: owner ?? Actor.name, days: days, tools: tools, metered: metered,
            discount: planDiscount)
        if record {
            try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                for entry in Composition.entries(of: review) { try await plane.note(entry, by: Actor.name) }
            }
        }
        print(Composition.text(review, format: format), terminator: "")
        if !review.decisions.isEmpty { throw ExitCode(1) }
    }
}
