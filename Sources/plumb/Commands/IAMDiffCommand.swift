// plumb iam diff and plumb iam generate: what a policy's new version adds, and the least policy for what is called.

import ArgumentParser
import PlumbModel

struct IAMDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Does the new version of a policy allow anything that the old one does not?",
        discussion: """
            Examples:
              plumb iam diff old.json new.json
              git show main:role.json | plumb iam diff - role.json --format json

            Every sort of request that the two policies tell apart is put to both.
            The answer is yes, with a request that shows it; no; or unknown, where
            there is too much to try or only a real request could tell (a policy
            variable in a condition). Unknown is never a no.

            Exit codes: 0 no new access, 1 new access or unknown, 2 bad input.
            """)

    @Argument(help: "The old version: a JSON or YAML file, or - for standard input.", completion: .file())
    var old: String
    @Argument(help: "The new version.", completion: .file())
    var new: String
    @OptionGroup var format: FormatOption

    func run() throws {
        guard old != "-" || new != "-" else {
            throw PlumbError(.invalidInput, "both versions are standard input", hint: "give one of them as a file")
        }
        let comparison = try Composition.compare(try PolicyFile.one(old), with: try PolicyFile.one(new), format.format)
        print(comparison.text, terminator: "")
        if comparison.newAccess != .no { throw ExitCode(1) }
    }
}

struct IAMGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write the least policy that allows what was called.",
        discussion: """
            Examples:
              plumb iam generate --from-cloudtrail 1111_CloudTrail_eu-west-1_*.json
              aws cloudtrail lookup-events | plumb iam generate --from-cloudtrail -
              aws sagemaker create-model … --debug 2> calls.log
              plumb iam generate --from-usage calls.log > policy.json

            Refused calls are left out. iam:PassRole, which CloudTrail does not
            record, is added for each role that a call handed over, bound to its
            service. What the calls did not tell is said on standard error.
            """)

    @Option(
        name: .customLong("from-cloudtrail"), parsing: .upToNextOption,
        help: ArgumentHelp("CloudTrail log files, or - for standard input.", valueName: "file"), completion: .file())
    var trails: [String] = []
    @Option(
        name: .customLong("from-usage"), parsing: .upToNextOption,
        help: ArgumentHelp("Debug logs of the AWS CLI or boto3.", valueName: "file"), completion: .file())
    var logs: [String] = []

    func validate() throws {
        if trails.isEmpty && logs.isEmpty {
            throw ValidationError("nothing to make a policy from: give --from-cloudtrail or --from-usage")
        }
    }

    func run() throws {
        let made = try Composition.generatePolicy(
            trails: try trails.map(PolicyFile.one), logs: try logs.map(PolicyFile.one))
        for note in made.notes { Terminal.printError("note: \(note)") }
        print(made.text, terminator: "")
    }
}

/// One file of the command line, whole.
private enum PolicyFile {
    static func one(_ path: String) throws -> InputFile {
        let input = Input.read([path])
        guard let file = input.files.first, input.files.count == 1, input.diagnostics.isEmpty else {
            Terminal.tell(input.diagnostics)
            throw PlumbError(.invalidInput, "\(path) was not read", hint: "name one file, or - for standard input")
        }
        return file
    }
}
