// plumb render: infrastructure for every policy at once.

import ArgumentParser
import PlumbModel

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print a spec as CloudFormation templates, a Terraform module, or the pipeline that delivers it.",
        discussion: """
            Examples:
              plumb render plumb.yaml --to cloudformation -o infra/
              plumb render plumb.yaml --to terraform --environment staging -o infra/staging
              plumb render plumb.yaml --to cloudformation --environment dev -o infra/dev
              plumb render plumb.yaml --to terraform -o infra/ --verify
              plumb render plumb.yaml --to github-actions -o .

            The same spec gives the same bytes. What breaks a policy is refused, with
            the arithmetic, unless the spec holds a waiver. The ids beside properties
            name the controls that rest on them. How to deploy stands at the head of
            each template, and in main.tf. Pipelines go into the repository's root
            (docs/PIPELINES.md).

            Exit codes: 0 rendered (with --verify: nothing differs), 1 --verify found
            a difference, 2 bad input, 3 refused.
            """)

    @Argument(help: "The spec.", completion: .file(extensions: ["yaml", "yml", "json"])) var spec: String
    @Option(help: "cloudformation, terraform, github-actions or codepipeline.") var to: RenderOption
    @OptionGroup var environment: EnvironmentOption
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The folder to write to (default: standard output, where it is one file).", valueName: "folder"),
        completion: .directory)
    var output: String?
    @Flag(help: "Write nothing; tell whether the folder holds what would be written.") var verify = false
    @OptionGroup var format: FormatOption

    func validate() throws {
        if verify, output == nil { throw ValidationError("--verify compares with a folder: name it with --output") }
    }

    func run() async throws {
        let loaded = try Composition.loadSpec(spec, environment: environment.environment)
        Terminal.tell(loaded.diagnostics)
        let graph = Composition.compiled(loaded)
        let overlay = try Composition.overlay(nil)
        async let assessment = Composition.assess(loaded, compiled: graph, under: overlay)
        let files = try Composition.rendered(loaded, compiled: graph, to: to)
        try DeploymentGate.refuseBroken(await assessment, loaded)
        guard let output else {
            guard let text = Composition.singleText(files) else {
                throw PlumbError(
                    .invalidInput, "\(files.count) files are rendered, and standard output takes one",
                    hint: "name a folder: --output infra/")
            }
            return print(text, terminator: "")
        }
        let changes = try Composition.changes(files, in: output)
        if !verify { try Composition.write(files, to: output) }
        try tell(changes, in: output)
        if verify, changes.contains(where: { $0.change != .same }) { throw ExitCode(1) }
    }

    private func tell(_ changes: [RenderedChange], in folder: String) throws {
        if format.format == .json { return try Terminal.printJSON(changes) }
        for change in changes {
            let word =
                switch change.change {
                case .new: verify ? "missing" : "new"
                case .changed: verify ? "differs" : "changed"
                case .same: "same"
                }
            print("\(folder)/\(change.path): \(word), \(change.bytes) bytes")
        }
    }
}

/// What is rendered: the infrastructure, or the pipeline that delivers it.
enum RenderOption: String, ExpressibleByArgument, CaseIterable {
    case cloudformation, terraform
    case githubActions = "github-actions"
    case codepipeline
}

/// A file that is rendered, and how it differs from the one that is there.
struct RenderedChange: Encodable {
    enum Change: String, Encodable {
        case new, changed, same
    }
    var path: String
    var bytes: Int
    var change: Change
}
