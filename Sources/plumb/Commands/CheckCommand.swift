// plumb check: is it true?

import ArgumentParser
import Foundation
import PlumbModel
import PlumbPolicy

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge specs, templates, plans, accounts or the running engine by the fifteen policies.",
        discussion: """
            Examples:
              plumb check plumb.yaml                    a spec
              plumb check template.yaml network.yaml    templates, as one deployment
              plumb check infra/                        all that is found below
              terraform show -json plan | plumb check -
              plumb check engine:                       what runs here
              plumb check aws://eu-west-1               what runs in an AWS account
              plumb check aws:// --endpoint digits      one endpoint, usual region
              plumb check aws:// --print-policy         what that look needs

              plumb check infra/ --parameters prod.json --environment production
              plumb check infra/ --output sarif=plumb.sarif --output junit=plumb.xml
              plumb check infra/ --only OPS-1,REL-2.2 --fail-on high
              plumb check infra/ --write-baseline plumb.baseline.json
              plumb check infra/ --baseline plumb.baseline.json

            Every control ends as holds (proved), fails (shown broken), unknown
            (this input cannot show it), notApplicable, attested or waived.
            An unknown is never counted as holding.

            An account is only read, with the credentials that the AWS CLI would
            use. Of all endpoints of the region one report is made for each
            environment that their tags (ml:environment) name. What the credentials
            may not read is unknown, and the report names the missing permission;
            --print-policy prints the least policy that reads everything, and asks
            nobody.

            Exit codes: 0 all holds, 1 a finding at or above --fail-on,
            2 bad input or usage, 3 it could not be done.
            """)

    @Argument(
        help: ArgumentHelp(
            "Files, folders, - for standard input, REVISION:PATH of git, engine:[ENDPOINT], or aws://[REGION].",
            valueName: "source"),
        completion: .file())
    var sources: [String]
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "AWS account") var account: AccountOptions
    @OptionGroup(title: "Rules") var rules: RuleOptions
    @Option(
        help: ArgumentHelp("Tell only what is not in this file.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var baseline: String?
    @Option(
        help: ArgumentHelp("Write every finding of this run to this file.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var writeBaseline: String?
    @OptionGroup(title: "Reports") var reports: ReportOptions
    @Flag(help: "Print the least IAM policy that reads an account (aws://), and judge nothing.")
    var printPolicy = false

    func validate() throws {
        if sources.isEmpty, !printPolicy { throw ValidationError("name a file, a folder, engine: or aws://REGION") }
        if printPolicy, let other = sources.first(where: { !$0.hasPrefix("aws:") }) {
            throw ValidationError("--print-policy is about accounts (aws://), not \(other)")
        }
    }

    func run() async throws {
        if printPolicy { return print(try Composition.accountPolicy(account)) }
        let overlay = try rules.overlay(for: environment.environment)
        let known = try baseline.map { try Baseline(Data(Input.contents(of: $0)), path: $0) }
        var progress = Progress()
        let subjects = try await input.load(sources, environment: environment.environment, home: home, account: account)
        var assessments: [Assessment] = []
        for subject in subjects {
            progress.say("judging \(subject.path) (\(assessments.count + 1) of \(subjects.count))")
            assessments.append(await assess(subject, under: overlay))
        }
        progress.clear()
        if let writeBaseline { try Composition.write(Baseline(of: assessments).text, to: writeBaseline) }
        if let known, let path = baseline { assessments = Self.onlyNew(assessments, known, path) }
        if reports.fixes {
            for (index, subject) in subjects.enumerated() {
                assessments[index] = await Composition.mended(
                    assessments[index], of: subject, under: overlay, isRead: reports.isRead)
            }
        }
        try reports.tell(assessments)
        if assessments.flatMap(\.findings).contains(where: overlay.isBroken) { throw ExitCode(1) }
    }

    private func assess(_ subject: Composition.Subject, under overlay: PolicyOverlay) async -> Assessment {
        let assessment = await Composition.assess(subject, under: overlay)
        // A fingerprint reads the whole graph once more.
        let isKnownAgain = baseline != nil || writeBaseline != nil
        return isKnownAgain ? PolicyBook.fingerprinted(assessment, of: subject.graphs) : assessment
    }

    /// The findings that are not in the baseline; what the baseline has beyond them is told.
    private static func onlyNew(_ assessments: [Assessment], _ known: Baseline, _ path: String) -> [Assessment] {
        var (new, gone) = known.applied(to: assessments, path: path)
        guard !gone.isEmpty, !new.isEmpty else { return new }
        let names = gone.prefix(5).map { "\($0.control) of \($0.resource)" }.joined(separator: ", ")
        new[new.count - 1].diagnostics.append(
            Diagnostic(
                .note,
                "\(gone.count) finding\(gone.count == 1 ? "" : "s") of the baseline \(path) "
                    + "\(gone.count == 1 ? "is" : "are") no more: \(names)\(gone.count > 5 ? ", …" : "")",
                hint: "--write-baseline \(path) takes them out"))
        return new
    }
}
