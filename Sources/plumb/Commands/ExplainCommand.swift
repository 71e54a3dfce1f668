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
              plumb explain OPS-1.2 --as terraform
                                            what satisfies it, to be pasted
            """)

    @Argument(help: "A control (OPS-1.2) or a policy (OPS-1); none lists all.")
    var id: String?
    @OptionGroup var format: FormatOption
    @Option(help: "Print resources that satisfy a control: cloudformation or terraform.")
    var `as`: RenderOption?

    func validate() throws {
        if `as` != nil, id == nil { throw ValidationError("name a control: plumb explain OPS-1.2 --as terraform") }
    }

    func run() throws {
        if let `as`, let id {
            print(try Composition.example(of: id, as: `as`), terminator: "")
            return
        }
        print(try Composition.explain(id, format: format.format))
    }
}
