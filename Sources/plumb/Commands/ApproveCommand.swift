// plumb approve: another person than the author agrees to a change.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel
import PlumbPolicy

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree to a change that somebody else has made (OPS-3.4).",
        discussion: """
            The approval is of this very change: of the spec as it is for the
            environment, and of its model. Another digest of either, and the days
            that it lasts, end it. It stands in the audit record, where plumb promote
            finds it. Who has made the change (provenance.author) cannot approve it.

            The approver is the user of this machine; with --on aws the caller that
            the AWS credentials belong to. With --plan it is a change that an engine
            holds back for another person (plumb access plans): once, for 24 hours.

            Examples:
              plumb approve plumb.yaml
              plumb approve plumb.yaml --on aws --days 2 --reason "PR 17"
              plumb approve --plan 1f0c…                     what an engine waits with
              plumb approve --plan 1f0c… --reject --reason "after the holidays"

            Exit codes: 0 approved, 2 bad input, 3 refused.
            """)

    @Argument(help: "The spec.", completion: .file()) var spec: String?
    @Option(help: "A plan that an engine waits with, instead of a spec.") var plan: String?
    @Flag(help: "Say no to the plan, for a --reason.") var reject = false
    @Option(name: .shortAndLong, help: "The environment where it goes.")
    var environment: PlumbModel.Environment = .production
    @Option(help: "Whose name counts: local or aws.") var on: PromoteCommand.Place = .local
    @Option(help: "How many days it lasts, at most \(Approval.daysMax).") var days = 7
    @Option(help: "What it rests on: a pull request, a meeting.") var reason: String?
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    @OptionGroup(title: "AWS account") var access: AWSAccess

    func validate() throws {
        guard (1...Approval.daysMax).contains(days) else {
            throw ValidationError("--days takes a number from 1 to \(Approval.daysMax)")
        }
        guard (spec == nil) != (plan == nil) else { throw ValidationError("name a spec, or --plan ID") }
        guard !reject || (plan != nil && reason != nil) else {
            throw ValidationError("--reject takes --plan ID and --reason TEXT")
        }
    }

    func run() async throws {
        if let plan, reject {
            return try await AccessOrders.give(.reject(plan: plan, reason: reason ?? ""), home, format)
        }
        if let plan { return try await AccessOrders.give(.approve(plan: plan, reason: reason), home, format) }
        let loaded = try Composition.loadSpec(spec ?? "", environment: environment)
        Terminal.tell(loaded.diagnostics)
        let change = try Composition.change(of: loaded)
        let region = loaded.spec.region
        let approver =
            on == .local
            ? Actor.name : try await Composition.callerARN(access, region: region)
        let entry = Approval.entry(
            of: change, by: approver, at: Date().timeIntervalSince1970, days: days, reason: reason)
        try await Composition.record(entry, home: home.folder)
        guard entry.outcome == .done else {
            throw PlumbError(
                .refused, "\(approver) has made this change and cannot approve it",
                hint: "another person than \(change.author) has to run plumb approve")
        }
        guard format.format == .text else { return try Terminal.printJSON(entry) }
        print(
            "\(approver) has approved \(change.endpoint) for \(environment.rawValue) until "
                + "\(entry.details["expires"] ?? ""): spec sha256:\(change.specDigest.prefix(12))…"
                + (change.modelDigest.map { ", model sha256:\($0.replacing("sha256:", with: "").prefix(12))…" } ?? ""))
    }
}
