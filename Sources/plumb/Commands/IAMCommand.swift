// plumb iam: policy documents by themselves.

import ArgumentParser
import PlumbModel

struct IAMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iam", abstract: "Review, compare and generate IAM policies.",
        subcommands: [IAMReviewCommand.self, IAMDiffCommand.self, IAMGenerateCommand.self])
}

struct IAMReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Review one policy document: what fails, allows too much, or misleads?",
        discussion: """
            Examples:
              plumb iam review role-policy.json
              plumb iam review trust.json --kind trust --account 111122223333
              aws iam get-role --role-name r | plumb iam review - --kind trust
              plumb iam review key-policy.yaml --kind resource --format json

            Findings are named as IAM Access Analyzer names them, where it has a
            name. The file is a bare document, or an answer of AWS's tools.

            Exit codes: 0 nothing at or above --fail-on, 1 something, 2 bad input.
            """)

    @Argument(help: "A JSON or YAML file, or - for standard input.", completion: .file())
    var file: String
    @Option(help: "identity (permissions), trust (who assumes a role) or resource (default: told by its principals).")
    var kind: AccessPolicyKind?
    @Option(help: ArgumentHelp("An account that counts as your own; may be given again.", valueName: "id"))
    var account: [String] = []
    @Option(help: "The least type that fails: error, security-warning, warning or suggestion.")
    var failOn: AccessSeverity = .securityWarning
    @OptionGroup var format: FormatOption

    func run() throws {
        let input = Input.read([file])
        guard let source = input.files.first, input.diagnostics.isEmpty else {
            Terminal.tell(input.diagnostics)
            throw PlumbError(.invalidInput, "nothing was reviewed", hint: "name one JSON or YAML file")
        }
        let review = try Composition.review(source, kind: kind, accounts: Set(account), format: format.format)
        print(review.text, terminator: "")
        if review.findings.contains(where: { $0.type >= failOn.kind }) { throw ExitCode(1) }
    }
}

/// The types of Access Analyzer as they are written on the command line.
enum AccessSeverity: String, ExpressibleByArgument, CaseIterable {
    case error, warning, suggestion
    case securityWarning = "security-warning"

    var kind: AccessFinding.Kind {
        switch self {
        case .error: .error
        case .securityWarning: .securityWarning
        case .warning: .warning
        case .suggestion: .suggestion
        }
    }
}
