// plumb spec: the file that describes an endpoint.

import ArgumentParser

struct SpecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spec", abstract: "Start a spec, or print what one can say.",
        subcommands: [SpecInitCommand.self, SpecSchemaCommand.self])
}

struct SpecInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented starter file to standard output.",
        discussion: """
            Example:
              plumb spec init --name digits --team vision --model m.onnx > plumb.yaml
            """)

    @Option(help: "The endpoint's name.") var name = "my-model"
    @Option(help: "The team that owns it.") var team = "my-team"
    @Option(help: "The ONNX file, relative to the spec.") var model = "model.onnx"

    func run() throws { print(Composition.starter(name: name, team: team, model: model), terminator: "") }
}

struct SpecSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the spec's JSON Schema, for editors and validators.",
        discussion: """
            Example: plumb spec schema > plumb.schema.json
            Then put this on the spec's first line:
              # yaml-language-server: $schema=plumb.schema.json
            """)

    @Flag(help: "The schema of plumb.policy.yaml instead.") var policy = false

    func run() throws { print(policy ? Composition.policySchema : Composition.schema, terminator: "") }
}
