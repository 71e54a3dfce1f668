// plumb explain: what a control asks, why, and how to mend it.

import ArgumentParser
import PlumbModel

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a control, a policy, or list them all.",
        discussion: """
            Examples:
              plumb explain                 all fifteen policies and their controls
              plumb explain OPS-1           one policy
              plumb explain OPS-1.2         one control: its words, limits, traps, remedy
            """)

    @Argument(help: "A control (OPS-1.2) or a policy (OPS-1); none lists all.")
    var id: String?
    @OptionGroup var format: FormatOption

    func run() throws {
        print(try Composition.explain(id, format: format.format))
    }
}
