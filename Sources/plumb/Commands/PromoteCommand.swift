// plumb promote: what ran below goes on, if it may.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel
import PlumbPolicy

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Take what runs in one environment on to the next, by the rules.",
        discussion: """
            The same model, image and configuration must have served in the lower
            environment for an hour, with its checks passed and a load test of this
            very artefact; the change must be reviewed by another than its author;
            no control may fail. Every rule is told with its verdict; an unknown is a
            no. What the rules found is written into a copy of the spec beside it
            (SPEC.promoted.yaml), which is then deployed.

            Examples:
              plumb promote plumb.yaml --from staging --to production
              plumb promote plumb.yaml --from-home .plumb-staging   two engines
              plumb promote plumb.yaml --on aws --check-only

            Exit codes: 0 promoted, 2 bad input, 3 refused or not done.
            """)

    enum Place: String, ExpressibleByArgument, CaseIterable {
        case local, aws
    }

    @Argument(help: "The spec.", completion: .file()) var spec: String
    @Option(help: "The environment where it ran.") var from: PlumbModel.Environment = .staging
    @Option(help: "The environment where it goes.") var to: PlumbModel.Environment = .production
    @Option(help: "Where both are: local or aws.") var on: Place = .local
    @Option(
        help: ArgumentHelp(
            "The engine of the lower environment (default: that of --home).", valueName: "folder"))
    var fromHome: String?
    @Option(
        help: ArgumentHelp("The account of the lower environment (with --on aws).", valueName: "aws://region"))
    var source = "aws://"
    @Flag(help: "Judge the rules, and neither write nor deploy anything.") var checkOnly = false
    @Flag(name: .shortAndLong, help: "With --on aws: agree to the deployment's plan without being asked.")
    var yes = false
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @OptionGroup(title: "AWS account") var account: AccountOptions

    func validate() throws {
        let order = PlumbModel.Environment.allCases
        guard let lower = order.firstIndex(of: from), let upper = order.firstIndex(of: to), lower < upper else {
            throw ValidationError("a promotion goes up: dev, staging, production")
        }
        if yes, on == .local { throw ValidationError("--yes goes with --on aws") }
        if on == .aws, fromHome != nil { throw ValidationError("--from-home is about engines: leave out --on aws") }
    }

    func run() async throws {
        let lower = try Composition.loadSpec(spec, environment: from)
        let written = try Composition.loadSpec(spec, environment: to)
        Terminal.tell(written.diagnostics)
        let now = Date().timeIntervalSince1970
        let (upper, approval) = try await Composition.approved(written, home: home.folder, at: now)
        if let approval, format.format == .text { print(approval) }
        let run = try await stagedRun(of: lower.spec)
        let rules = try await Composition.promotionRules(run, to: upper, at: now)
        let unmet = rules.filter { !$0.isMet }
        try tell(rules, run)
        guard !checkOnly else {
            if !unmet.isEmpty { throw ExitCode(3) }
            return
        }
        try await record(unmet.isEmpty ? .done : .denied, rules, run, at: now)
        guard unmet.isEmpty else {
            let names = unmet.map(\.id).joined(separator: ", ")
            throw PlumbError(
                .refused, "\(upper.spec.name) is not promoted to \(to.rawValue): \(names)",
                hint: "each rule above says what it wants")
        }
        let path = try Composition.writePromoted(upper, Promotion.record(of: run, for: upper.spec, at: now))
        if format.format == .text { print("\(path) holds the record of this promotion: commit it") }
        try await deploy(path)
    }

    private func stagedRun(of spec: Spec) async throws -> StagedRun {
        guard on == .local else { return try await Composition.stagedRun(of: spec, at: source, account) }
        let folder = fromHome.map { Composition.home($0) } ?? home.folder
        return try await RemotePlane.with(socketPath: Composition.controlSocket(folder)) { plane in
            try await Composition.stagedRun(of: spec, on: plane, home: folder)
        }
    }

    /// The one call by which a promotion becomes a deployment.
    private func deploy(_ path: String) async throws {
        var arguments = [path, "--environment", to.rawValue, "--format", format.format.rawValue]
        if let home = home.home { arguments += ["--home", home] }
        if on == .aws { arguments += ["--to", "aws"] + account.access.words + (yes ? ["--yes"] : []) }
        let command = try DeployCommand.parse(arguments)
        try await command.run()
    }

    // MARK: - Telling

    private struct Report: Encodable {
        var schema = "plumbline.promote/1"
        var endpoint: String
        var from: PlumbModel.Environment
        var to: PlumbModel.Environment
        var origin: String
        var isPromoted: Bool
        var rules: [PromotionRule]
    }

    private func tell(_ rules: [PromotionRule], _ run: StagedRun) throws {
        let isMet = rules.allSatisfy(\.isMet)
        guard format.format == .text else {
            return try Terminal.printJSON(
                Report(endpoint: run.endpoint, from: from, to: to, origin: run.origin, isPromoted: isMet, rules: rules))
        }
        print("\(run.origin), from \(from.rawValue) to \(to.rawValue)\n")
        for rule in rules {
            let verdict =
                rule.verdict.rawValue + String(repeating: " ", count: max(1, 15 - rule.verdict.rawValue.count))
            print("  \(verdict)\(rule.id): \(rule.statement)\(rule.told.isEmpty ? "" : " (\(rule.told))")")
            if !rule.isMet, !rule.remedy.isEmpty { print("                 \(rule.remedy)") }
        }
        print("")
    }

    private func record(
        _ outcome: AuditEntry.Outcome, _ rules: [PromotionRule], _ run: StagedRun, at now: Double
    ) async throws {
        var details = Dictionary(rules.map { ("rule.\($0.id)", $0.verdict.rawValue) }, uniquingKeysWith: { $1 })
        details["from"] = from.rawValue
        details["to"] = to.rawValue
        details["origin"] = run.origin
        details["modelDigest"] = run.modelDigest.value
        let entry = AuditEntry(
            at: now, actor: Actor.name, action: "promote", subject: "endpoint/\(run.endpoint)", outcome: outcome,
            details: details)
        try await Composition.record(entry, home: home.folder)
    }
}
