// plumb diff: what a change does to the verdicts, and where what is declared, deployed and running differ.

import ArgumentParser
import PlumbModel

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare inputs, or versions of one: which resources differ, which verdicts changed?",
        discussion: """
            Examples:
              plumb diff main:template.yaml template.yaml
              plumb diff HEAD~1:infra infra             folders of templates
              plumb diff template.yaml plan.json        before and after a move
              plumb diff plumb.yaml template.yaml       is the template the spec's?
              plumb diff plumb.yaml engine:digits       what is declared, what runs
              plumb diff plumb.yaml infra engine:       the spec, what was made of it,
                                                        what runs
              plumb diff infra aws://eu-west-1 --endpoint digits

            Each input is compared with the next, resource by resource; neither a
            moved line nor a renamed file or id is a difference, and what one side
            does not know cannot be told. Then the verdicts that changed from the
            first input to the last, the findings that are new and those gone.

            Drift is what differs between a spec and what was made of it, and between
            either and what runs, but for three writers with a right to it: the
            number of instances within autoscaling's bounds, an endpoint of dev or
            staging that its schedule has stopped, and an older configuration after a
            rollback that is younger than the declaration.

            Exit codes: 0 nothing got worse and nothing drifted, 1 a failure at or
            above --fail-on is new (with --strict, an unknown), or there is drift
            (with --drift, any difference of resources), 2 bad input, 3 not done.
            """)

    @Argument(
        help: "Two or more, each a file, a folder, REVISION:PATH of git, engine:[ENDPOINT], or aws://[REGION].",
        completion: .file())
    var inputs: [String]
    @Flag(help: "Take any difference of resources for drift, also between two versions of one input.")
    var drift = false
    @Option(
        help: ArgumentHelp(
            "The day since which the declaration is what it is (default: that of the file); a rollback before it "
                + "explains nothing.", valueName: "YYYY-MM-DD"),
        transform: DiffCommand.day)
    var declaredOn: Day?
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "AWS account") var account: AccountOptions
    @OptionGroup(title: "Rules") var rules: RuleOptions
    @OptionGroup var format: FormatOption

    func validate() throws {
        if inputs.count < 2 { throw ValidationError("name two inputs or more: what should be, then what is") }
    }

    func run() async throws {
        let overlay = try rules.overlay(for: environment.environment)
        var subjects: [Composition.Subject] = []
        for name in inputs { subjects.append(try await load(name)) }
        let steps = zip(subjects.indices, subjects.indices.dropFirst()).map { before, after in
            Composition.step(
                from: subjects[before], to: subjects[after], declaredOn: declaredOn ?? FileKind.modified(inputs[before])
            )
        }
        guard let first = subjects.first, let last = subjects.last else { return }
        let assessments = (Composition.assess(first, under: overlay), Composition.assess(last, under: overlay))
        let difference = Composition.difference(
            from: assessments.0, to: assessments.1, resources: steps, format: format.format)
        print(difference.text, terminator: "")
        let hasDrifted = steps.contains { (drift || $0.cause != .changed) && $0.difference.isDrift }
        if hasDrifted || difference.new.contains(where: overlay.isBroken) { throw ExitCode(1) }
    }

    private func load(_ name: String) async throws -> Composition.Subject {
        let subjects = try await input.load([name], environment: environment.environment, home: home, account: account)
        guard subjects.count == 1, let subject = subjects.first else {
            let paths = subjects.map(\.path).joined(separator: ", ")
            throw PlumbError(
                .invalidInput, "\(name) holds \(subjects.count) deployments: \(paths)",
                hint: "compare one at a time; all templates of a folder are one")
        }
        return subject
    }

    static func day(_ text: String) throws -> Day {
        guard let day = Day(text) else { throw ValidationError("'\(text)' is no day such as 2026-11-24") }
        return day
    }
}
