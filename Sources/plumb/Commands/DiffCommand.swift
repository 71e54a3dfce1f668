// plumb diff: what a change does to the verdicts.

import ArgumentParser
import PlumbModel

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two inputs, or two versions of one: which verdicts changed?",
        discussion: """
            Examples:
              plumb diff main:template.yaml template.yaml
              plumb diff HEAD~1:infra infra             folders of templates
              plumb diff template.yaml plan.json        before and after a move
              plumb diff plumb.yaml engine:digits       what is declared, what runs

            Tells the verdicts that changed, the findings that are new and those
            that are gone; neither a moved line nor a renamed file is a change.

            Exit codes: 0 nothing got worse, 1 a failure at or above --fail-on is
            new (or, with --strict, an unknown), 2 bad input, 3 not done.
            """)

    @Argument(help: "Before: a file, a folder, REVISION:PATH of git, or engine:[ENDPOINT].", completion: .file())
    var before: String
    @Argument(help: "After: likewise.", completion: .file())
    var after: String
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "Rules") var rules: RuleOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let overlay = try rules.overlay(for: environment.environment)
        let assessments = (try await assess(before, overlay), try await assess(after, overlay))
        let difference = Composition.difference(from: assessments.0, to: assessments.1, format: format.format)
        print(difference.text, terminator: "")
        if difference.new.contains(where: overlay.isBroken) { throw ExitCode(1) }
    }

    private func assess(_ name: String, _ overlay: PolicyOverlay) async throws -> Assessment {
        let subjects = try await input.load([name], environment: environment.environment, home: home)
        guard subjects.count == 1, let subject = subjects.first else {
            let paths = subjects.map(\.path).joined(separator: ", ")
            throw PlumbError(
                .invalidInput, "\(name) holds \(subjects.count) deployments: \(paths)",
                hint: "compare one at a time; all templates of a folder are one")
        }
        return Composition.assess(subject, under: overlay)
    }
}
