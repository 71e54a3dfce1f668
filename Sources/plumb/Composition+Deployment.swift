// Where the commands meet an AWS account: deploying to it, going back in it, telling what runs there.

import Foundation
import PlumbAWS
import PlumbFormats
import PlumbModel
import PlumbStore
import Synchronization

extension Composition {
    /// What the commands say about the account.
    struct AWSTarget: Sendable {
        var access: AWSAccess
        var region: String?
        var home: String
    }

    /// A deployment between its plan and its end, without the room that it comes from.
    struct AWSSession: Sendable {
        var text: String
        var isEmpty: Bool
        var losses: [String]
        var plan: any Encodable & Sendable
        /// Keeps the agreement in the audit record before anything is begun.
        var agree: @Sendable (_ how: String) async throws -> Void
        var discard: @Sendable () async throws -> Void
        var carryOut: @Sendable (_ mayLose: Bool) async throws -> AWSResult
    }

    /// How something has ended.
    struct AWSResult: Sendable {
        var isGood: Bool
        var lines: [String]
        var report: any Encodable & Sendable
    }

    /// Plans a spec's deployment, for the length of `body`.
    static func deploying(
        _ loaded: LoadedSpec, to target: AWSTarget, parameters: [String: String],
        tell: @escaping @Sendable (String) -> Void, _ body: (AWSSession) async throws -> Void
    ) async throws {
        let order = try order(for: loaded, parameters: parameters)
        var target = target
        target.region = order.region
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        try AtomicFile.makeFolder(folder.path)
        // What was packed is large at times, and made again when it is needed.
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withAWS(target.access, region: target.region) { client in
            let kept = EventKeeper()
            let listener = listener(
                target,
                tell: { news in
                    kept.keep(news)
                    tell(line(news))
                })
            let deployment = try await AWSDeployment(
                order, client: client, workFolder: folder.path, now: Date(), listener: listener)
            let subject = "endpoint/\(order.endpoint)"
            try await listener.record(
                "aws.plan", subject,
                [
                    "account": deployment.account, "caller": deployment.callerARN, "config": order.config,
                    "environment": loaded.spec.environment.rawValue, "digest": loaded.spec.model.digest ?? "none",
                ])
            let plan = try await deployment.plan()
            let changeSets = plan.stacks.compactMap(\.changeSet).joined(separator: " ")
            let session = AWSSession(
                text: plan.text(inColour: Terminal.wantsColours), isEmpty: plan.isEmpty, losses: plan.losses,
                plan: plan,
                agree: { how in
                    let details = ["by": how, "caller": plan.caller, "changeSets": changeSets]
                    try await listener.record("aws.agree", subject, details)
                },
                discard: { try await deployment.discard(plan) },
                carryOut: { mayLose in
                    var report = try await deployment.carryOut(plan, mayLose: mayLose)
                    report.events = kept.events
                    return AWSResult(isGood: report.isGood, lines: report.lines, report: report)
                })
            try await body(session)
        }
    }

    /// A spec whose model lies beside it needs no digest: the file is what is deployed, whatever it holds.
    static func withDigest(_ loaded: LoadedSpec) throws -> LoadedSpec {
        var loaded = loaded
        guard loaded.spec.model.digest == nil, !loaded.spec.model.isMultiModel, let path = loaded.spec.model.path,
            !path.hasPrefix("s3://")
        else { return loaded }
        let file = path.hasPrefix("/") ? path : "\(loaded.folder)/\(path)"
        guard FileKind(file) == .file else { return loaded }
        loaded.spec.model.digest = try ArtifactStore.digest(ofFileAt: file)
        return loaded
    }

    private static func order(for loaded: LoadedSpec, parameters: [String: String]) throws -> DeploymentOrder {
        let spec = loaded.spec
        let stacks = try Rendering.stacks(of: spec, asOf: today())
        guard let config = stacks.lazy.compactMap(\.endpointConfig).first else {
            throw PlumbError(.internalFault, "no template of \(loaded.path) names an endpoint configuration")
        }
        var artefacts: [ArtefactSource] = []
        for upload in Rendering.uploads(of: spec) {
            let isRemote = upload.path.hasPrefix("s3://") || upload.path.hasPrefix("/")
            let path = isRemote ? upload.path : "\(loaded.folder)/\(upload.path)"
            guard upload.digest == nil, FileKind(path) == .folder else {
                artefacts.append(ArtefactSource(path: path, key: upload.key, digest: upload.digest))
                continue
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            where FileKind("\(path)/\(name)") == .file {
                artefacts.append(ArtefactSource(path: "\(path)/\(name)", key: "\(upload.key)/\(name)"))
            }
        }
        return DeploymentOrder(
            endpoint: spec.name, region: spec.region,
            stacks: stacks.map { stack in
                StackSource(
                    name: stack.name, region: stack.region, template: stack.text,
                    parameters: stack.parameters.sorted { $0.key < $1.key }.map { name, hasDefault in
                        StackSource.Parameter(
                            name: name, hasDefault: hasDefault,
                            output: hasDefault ? nil : name == "PrimaryKeyArn" ? "DataKeyArn" : name)
                    }, types: stack.types)
            }, artefacts: artefacts, bucket: { Rendering.artefactBucket(of: spec, account: $0) }, config: config,
            parameters: parameters, timeoutSeconds: Double(spec.rollout.timeoutSeconds))
    }

    /// Goes back to an earlier configuration; `agree` is shown the way first.
    static func rollBackOnAWS(
        _ endpoint: String, to config: String?, reason: String, target: AWSTarget,
        tell: @escaping @Sendable (String) -> Void, agree: ([String]) throws -> Void
    ) async throws -> AWSResult {
        try await withAWS(target.access, region: target.region) { client in
            let listener = listener(target) { tell(line($0)) }
            let rollback = EndpointRollback(endpoint, region: try client.region, client: client, listener: listener)
            let (plan, caller) = try await rollback.plan(to: config)
            var lines = [
                "\(endpoint) goes back from \(plan.from) to \(plan.to), guarded by \(plan.guards.count) alarms"
            ]
            lines += plan.silenced.map { "  not by \($0): it is in ALARM over what is left behind" }
            try agree(lines)
            let end = try await LeavableWork.watch(endpoint) {
                try await rollback.carryOut(plan, reason: reason, caller: caller)
            }
            let isGood = end.outcome == .promoted
            var told = isGood ? ["\(endpoint) is back: \(plan.to) serves"] : ["\(endpoint) did not go back"]
            if case .failed(let why) = end.outcome { told.append("  \(why)") }
            if end.outcome == .timedOut {
                told.append("  it goes on, but longer than was allowed; plumb status \(endpoint) --to aws follows it")
            }
            told += end.fired.flatMap { $0.lines.map { "  \($0)" } }
            if !isGood, let config = end.config { told.append("  \(config) serves") }
            let report = RollbackReport(
                plan: plan, reason: reason, isGood: isGood, config: end.config, alarms: end.fired)
            return AWSResult(isGood: isGood, lines: told, report: report)
        }
    }

    private struct RollbackReport: Encodable {
        var plan: RollbackPlan
        var reason: String
        var isGood: Bool
        var config: String?
        var alarms: [FiredAlarm]
    }

    /// The endpoints of an account's region, as text and as data; each with what was last done to it from here.
    static func endpointsOnAWS(
        _ names: [String], target: AWSTarget
    ) async throws -> (text: String, data: any Encodable & Sendable) {
        try await withAWS(target.access, region: target.region) { client in
            let reports = try await EndpointReport.all(names, region: try client.region, client: client)
            let entries = try await keptAuditEntries(in: target.home, limit: lastEntriesMax) ?? []
            var lines: [String] = []
            for report in reports {
                lines += lines.isEmpty ? report.lines : [""] + report.lines
                let last = entries.last { $0.subject == "endpoint/\(report.name)" && $0.action == "aws.outcome" }
                if let last {
                    let time = Date(timeIntervalSince1970: last.at).formatted(.iso8601)
                    lines.append("  from here \(last.details["outcome"] ?? "?") at \(time) by \(last.actor)")
                }
            }
            return (lines.isEmpty ? "no endpoints in \(try client.region)" : lines.joined(separator: "\n"), reports)
        }
    }

    /// How far back the last deployment of an endpoint is looked for.
    private static let lastEntriesMax = 1_000

    static func line(_ news: DeploymentNews) -> String {
        let seconds = String(repeating: " ", count: max(0, 8 - "\(news.seconds)".count)) + "\(news.seconds) s"
        let text = "\(seconds)  \(news.subject)  \(news.text)"
        return news.isTrouble && Terminal.wantsColours ? "\u{1B}[31m\(text)\u{1B}[0m" : text
    }

    // MARK: - The audit record

    /// Who tells the news of an account, and keeps what is done to it in the audit record.
    static func listener(
        _ target: AWSTarget, tell: @escaping @Sendable (DeploymentNews) -> Void
    ) -> DeploymentListener {
        DeploymentListener(tell: tell) { action, subject, details in
            try await append(
                AuditEntry(
                    at: Date().timeIntervalSince1970, actor: Actor.name, action: action, subject: subject,
                    outcome: details["outcome"].map { ["promoted", "unchanged"].contains($0) ? .done : .failed }
                        ?? .done,
                    details: details), in: target.home)
        }
    }

    private static let appendAttemptsMax = 50
    private static let appendPauseMilliseconds = 100

    /// Opens the record for one entry alone: whoever watches a deployment must not keep another from going back.
    private static func append(_ entry: AuditEntry, in home: String) async throws {
        for attempt in 1... {
            do throws(PlumbError) {
                let store = try Store(folder: home)
                try await store.append([entry])
                return try store.close()
            } catch {
                guard error.kind == .conflict, attempt < appendAttemptsMax else {
                    throw PlumbError(
                        error.kind, "\(entry.action) is not begun, since it cannot be kept: \(error.message)",
                        hint: "--home names the folder of another audit record", cause: error.cause)
                }
            }
            try await Task.sleep(for: .milliseconds(appendPauseMilliseconds))
        }
    }

    /// The newest entries of a folder that no engine holds, oldest first; nil where there is no record.
    static func keptAuditEntries(in home: String, limit: Int) async throws -> [AuditEntry]? {
        guard FileKind("\(home)/state.sqlite") != nil else { return nil }
        let store = try Store(folder: home)
        let entries = try await store.auditEntries(limit: limit)
        try store.close()
        return entries
    }
}

/// Collects what happens, for a report at the end.
private final class EventKeeper: Sendable {
    private let kept = Mutex<[DeploymentNews]>([])
    static let eventsMax = 10_000

    func keep(_ news: DeploymentNews) {
        kept.withLock { if $0.count < Self.eventsMax { $0.append(news) } }
    }
    var events: [DeploymentNews] { kept.withLock { $0 } }
}
