// Carries a deployment out: planned, agreed to, published, made stack by stack, watched to its end.

public import Foundation
import PlumbModel

/// What a deployment has come to.
public struct DeploymentReport: Sendable, Encodable {
    public var plan: DeploymentPlan
    public var events: [DeploymentNews]
    public var outcome: String
    /// Why, where it did not go as wanted.
    public var reason: String?
    /// What serves now, and what served before.
    public var config: String?
    public var previousConfig: String?
    public var alarms: [FiredAlarm]
    public var seconds: Double
    public var isGood: Bool

    /// The end as a person reads it.
    public var lines: [String] {
        var lines: [String] = []
        if isGood {
            lines.append("\(plan.endpoint) \(outcome): \(config ?? "nothing") serves")
        } else {
            lines.append("\(plan.endpoint) \(outcome): \(reason ?? "")")
            lines += alarms.flatMap { $0.lines.map { "  \($0)" } }
            if let config {
                let same = config == previousConfig ? ", as before the deployment" : ""
                lines.append("  \(config) serves\(same)")
            }
        }
        return lines
    }
}

/// One deployment to one account.
public struct AWSDeployment: Sendable {
    let client: AWSClient
    let order: DeploymentOrder
    let listener: DeploymentListener
    let clock = DeploymentClock()
    let planner: ChangeSetPlanner
    let caller: (arn: String, account: String)
    let publisher: ArtefactPublisher
    /// A stack may take as long as its endpoint, and what surrounds it no longer than this besides.
    static let stackSecondsMax = 3_600.0
    /// Loading the models and starting the containers comes on top of what the spec allows a rollout.
    static let slackSeconds = 1_800.0

    /// Finds out who is calling. `now` names the change sets.
    public init(
        _ order: DeploymentOrder, client: AWSClient, workFolder: String, now: Date, listener: DeploymentListener
    ) async throws {
        self.client = client
        self.order = order
        self.listener = listener
        let caller = try await client.caller()
        self.caller = (caller.arn, caller.account)
        planner = ChangeSetPlanner(
            client: client, changeSetName: "plumb-\(Int(now.timeIntervalSince1970))", parameters: order.parameters,
            bucket: (order.bucket(caller.account), order.region))
        publisher = ArtefactPublisher(
            client: client, bucket: order.bucket(caller.account), region: order.region, workFolder: workFolder,
            run: { try await CredentialProcess.run($0).status })
    }

    public var callerARN: String { caller.arn }
    public var account: String { caller.account }

    // MARK: - Planning

    /// What would change; nothing is carried out.
    public func plan() async throws -> DeploymentPlan {
        let known = Set(order.stacks.flatMap { $0.parameters.map(\.name) })
        if let unknown = order.parameters.keys.sorted().first(where: { !known.contains($0) }) {
            throw PlumbError(
                .invalidInput, "no template has a parameter '\(unknown)'",
                hint: "there are \(known.sorted().joined(separator: ", "))")
        }
        var plan = DeploymentPlan(
            endpoint: order.endpoint, account: caller.account, caller: caller.arn, stacks: [], artefacts: [])
        do {
            var outputs: [String: String] = [:]
            for source in order.stacks {
                plan.stacks.append(try await planner.plan(source, outputs: outputs))
                outputs.merge(try await planner.outputs(of: source.name, region: source.region)) { $1 }
            }
            for artefact in order.artefacts { plan.artefacts.append(try await publisher.plan(artefact)) }
        } catch {
            try await discard(plan)
            throw error
        }
        return plan
    }

    /// Throws the change sets of a plan away that nobody wants.
    public func discard(_ plan: DeploymentPlan) async throws {
        for stack in plan.stacks {
            guard let changeSet = stack.changeSet else { continue }
            try await planner.discard(changeSet, of: stack.stack, region: stack.region, isNew: stack.isNew)
        }
    }

    // MARK: - Carrying out

    /// Executes the change sets of a plan, in order. `mayLose` says that data may be lost; without it a stack whose
    /// plan is made on the way is held to the same. What goes wrong is kept in the audit record, too.
    public func carryOut(_ plan: DeploymentPlan, mayLose: Bool) async throws -> DeploymentReport {
        let report = DeploymentReport(
            plan: plan, events: [], outcome: DeploymentOutcome.promoted.word, alarms: [], seconds: 0, isGood: true)
        do {
            return try await ended(try await carriedOut(report, mayLose: mayLose))
        } catch let error as PlumbError {
            try await listener.record(
                "aws.outcome", "endpoint/\(order.endpoint)",
                ["outcome": "failed", "reason": error.message, "caller": caller.arn])
            // It was begun: this is no fault of what was asked for.
            let kinds: Set<PlumbError.Kind> = [.conflict, .timedOut, .refused, .internalFault]
            throw PlumbError(
                kinds.contains(error.kind) ? error.kind : .refused, error.message,
                hint: error.hint ?? "plumb status \(order.endpoint) --to aws shows what runs", at: error.place,
                cause: error.cause)
        }
    }

    private func carriedOut(_ begun: DeploymentReport, mayLose: Bool) async throws -> DeploymentReport {
        var report = begun
        let plan = report.plan
        let watch = EndpointWatch(
            client: client, endpoint: order.endpoint, region: order.region, clock: clock, tell: listener.tell)
        report.previousConfig = try await watch.described()?["EndpointConfigName"].text
        let publishing = order.stacks.firstIndex(where: \.hasModel)
        for (index, source) in order.stacks.enumerated() {
            if index == publishing { try await publish(plan) }
            var planned = plan.stacks[index]
            if planned.status == .waits { planned = try await planLate(source, mayLose: mayLose) }
            guard planned.status == .planned, let changeSet = planned.changeSet else {
                listener.tell(DeploymentNews(clock.now, source.name, "no changes"))
                continue
            }
            try await listener.record(
                "aws.execute", "stack/\(source.name)",
                ["changeSet": changeSet, "changes": "\(planned.changes.count)", "caller": caller.arn])
            let end = try await execute(changeSet, of: source, watch, before: report.previousConfig)
            guard end.outcome == .promoted else {
                var rest = plan
                rest.stacks.removeFirst(index + 1)
                try await discard(rest)
                return concluded(report, end, source)
            }
        }
        return try await verified(report, watch)
    }

    private func publish(_ plan: DeploymentPlan) async throws {
        for (artefact, planned) in zip(order.artefacts, plan.artefacts) where !planned.isPublished {
            try await listener.record(
                "aws.publish", planned.address,
                ["digest": artefact.digest ?? "none", "bytes": "\(planned.byteCount)", "caller": caller.arn])
            try await publisher.publish(artefact)
            listener.tell(DeploymentNews(clock.now, order.endpoint, "published \(planned.address)"))
        }
    }

    private func planLate(_ source: StackSource, mayLose: Bool) async throws -> StackPlan {
        var outputs: [String: String] = [:]
        for earlier in order.stacks.prefix(while: { $0.name != source.name }) {
            outputs.merge(try await planner.outputs(of: earlier.name, region: earlier.region)) { $1 }
        }
        let planned = try await planner.plan(source, outputs: outputs)
        guard planned.status != .waits else {
            throw PlumbError(
                .refused,
                "\(source.name) builds on an export that no stack has, or its template is longer than "
                    + "\(StackSource.templateBytesMax) bytes and there is no bucket to put it into")
        }
        if let lost = planned.changes.first(where: \.isLoss), !mayLose {
            throw PlumbError(
                .refused, "\(lost.resource) (\(lost.type)) of \(source.name) would be lost",
                hint: "plumb deploy --plan-only shows it now; --accept-loss agrees to it")
        }
        return planned
    }

    /// Executes one change set and follows it; the endpoint's own stack is followed together with the endpoint.
    private func execute(
        _ changeSet: String, of source: StackSource, _ watch: EndpointWatch, before: String?
    ) async throws -> DeploymentEnd {
        var events = StackEvents(client: client, stack: source.name, region: source.region)
        try await events.skip()
        _ = try await client.call(
            .cloudFormation, "ExecuteChangeSet",
            ["ChangeSetName": .text(changeSet), "StackName": .text(source.name)], region: source.region)
        func look() async throws -> StackLook {
            let status = try await planner.described(source.name, region: source.region)?["StackStatus"].text
            for event in try await events.told() {
                listener.tell(DeploymentNews(clock.now, source.name, event.text, isTrouble: event.isTrouble))
            }
            // Between the call and its first event the stack still shows how it ended last time.
            let known = events.hasBegun ? status ?? "DELETE_COMPLETE" : "UPDATE_IN_PROGRESS"
            return StackLook(status: known, failure: events.failure)
        }
        if source.hasEndpoint {
            let secondsMax = order.timeoutSeconds + Self.stackSecondsMax + Self.slackSeconds
            return try await watch.untilEnded(wanted: order.config, before: before, secondsMax: secondsMax) {
                try await look()
            }
        }
        let began = clock.now
        while true {
            let stack = try await look()
            if stack.isSettled {
                let outcome: DeploymentOutcome =
                    stack.isGood ? .promoted : .failed(stack.failure ?? "the stack is \(stack.status)")
                return DeploymentEnd(outcome: outcome, config: before, before: before, fired: [])
            }
            guard clock.now - began < Self.stackSecondsMax else {
                return DeploymentEnd(outcome: .timedOut, config: before, before: before, fired: [])
            }
            try await Task.sleep(for: .seconds(EndpointWatch.pollSeconds.soon))
        }
    }

    // MARK: - The end

    /// All stacks are done: the endpoint has to have what was wanted, whatever was changed on the way.
    private func verified(_ report: DeploymentReport, _ watch: EndpointWatch) async throws -> DeploymentReport {
        var report = report
        let endpoint = try await watch.described()
        let (status, config) = (endpoint?["EndpointStatus"].text, endpoint?["EndpointConfigName"].text)
        report.config = config
        if status != "InService" {
            report.isGood = false
            report.outcome = "failed"
            report.reason = endpoint == nil ? "there is no endpoint" : "the endpoint is \(status ?? "Unknown")"
        } else if config != order.config {
            report.isGood = false
            report.outcome = "failed"
            report.reason =
                "the stacks are as wanted, but \(config ?? "nothing") serves and not \(order.config): somebody went"
                + " back to it (plumb rollback \(order.endpoint) --to aws --to-config \(order.config) goes forth again)"
        } else if report.plan.isEmpty {
            report.outcome = "unchanged"
        }
        return report
    }

    private func concluded(
        _ report: DeploymentReport, _ end: DeploymentEnd, _ source: StackSource
    ) -> DeploymentReport {
        var report = report
        report.isGood = false
        report.outcome = end.outcome.word
        report.config = end.config
        report.alarms = end.fired
        switch end.outcome {
        case .failed(let reason): report.reason = "\(source.name): \(reason)"
        case .timedOut:
            report.reason =
                "\(source.name) goes on, but longer than was allowed; "
                + "plumb status \(order.endpoint) --to aws follows it"
        case .rolledBack, .promoted:
            report.reason =
                end.failureReason
                ?? (end.fired.isEmpty ? "SageMaker gives no reason" : "an alarm fired while the new revision took over")
        }
        return report
    }

    private func ended(_ report: DeploymentReport) async throws -> DeploymentReport {
        var report = report
        report.seconds = (clock.now * 10).rounded() / 10
        try await listener.record(
            "aws.outcome", "endpoint/\(order.endpoint)",
            [
                "outcome": report.outcome, "config": report.config ?? "none",
                "previous": report.previousConfig ?? "none", "reason": report.reason ?? "none",
                "alarms": report.alarms.map(\.name).joined(separator: " "), "caller": caller.arn,
            ])
        return report
    }
}
