// Back to an earlier configuration by hand: one update of the endpoint, guarded and watched like a deployment.

import Foundation
import PlumbModel

/// A way back that was found.
public struct RollbackPlan: Sendable, Hashable, Encodable {
    public var endpoint: String
    public var from: String
    public var to: String
    /// Alarms that guard the way back.
    public var guards: [String]
    /// Alarms of the last deployment that are in ALARM now: they judge what is left behind.
    public var silenced: [String]
}

/// Takes one endpoint back.
public struct EndpointRollback: Sendable {
    let client: AWSClient
    let endpoint: String
    let region: String
    let listener: DeploymentListener
    let clock = DeploymentClock()
    /// New instances start, load and take over.
    static let secondsMax = 5_400.0
    static let configsMax = 1_000

    public init(_ endpoint: String, region: String, client: AWSClient, listener: DeploymentListener) {
        self.endpoint = endpoint
        self.region = region
        self.client = client
        self.listener = listener
    }

    /// Finds the configuration to go back to: the one named, else the newest kept that is older than the one in
    /// service. Throws, saying why, when there is none.
    public func plan(to named: String?) async throws -> (plan: RollbackPlan, caller: String) {
        let caller = try await client.caller().arn
        let watch = EndpointWatch(
            client: client, endpoint: endpoint, region: region, clock: clock, tell: listener.tell)
        guard let described = try await watch.described(), let current = described["EndpointConfigName"].text else {
            throw PlumbError(
                .notFound, "there is no endpoint '\(endpoint)' in \(region)", hint: "plumb status --to aws lists them")
        }
        guard described["EndpointStatus"].text == "InService" else {
            let status = described["EndpointStatus"].text ?? "Unknown"
            throw PlumbError(
                .conflict, "\(endpoint) is \(status): SageMaker takes no update now",
                hint: "plumb status \(endpoint) --to aws follows it; its guard brings back what an alarm stops")
        }
        let target = try await target(named, current: current)
        let names = PlumbAWS.guards(in: described)
        let alarms = names.isEmpty ? [] : try await RollbackInquiry(client: client, region: region).alarms(names)
        let firing = Set(alarms.filter { $0["StateValue"].text == "ALARM" }.compactMap { $0["AlarmName"].text })
        let there = Set(alarms.compactMap { $0["AlarmName"].text })
        let plan = RollbackPlan(
            endpoint: endpoint, from: current, to: target,
            guards: names.filter { there.contains($0) && !firing.contains($0) }, silenced: firing.sorted())
        return (plan, caller)
    }

    /// Updates the endpoint and watches it.
    public func carryOut(_ plan: RollbackPlan, reason: String, caller: String) async throws -> DeploymentEnd {
        try await listener.record(
            "aws.rollback", "endpoint/\(endpoint)",
            ["from": plan.from, "to": plan.to, "reason": reason, "caller": caller])
        let watch = EndpointWatch(
            client: client, endpoint: endpoint, region: region, clock: clock, tell: listener.tell)
        _ = try await client.call(
            .sageMaker, "UpdateEndpoint",
            [
                "EndpointName": .text(endpoint), "EndpointConfigName": .text(plan.to),
                "RetainAllVariantProperties": true,
                "ExcludeRetainedVariantProperties": [["VariantPropertyType": "DataCaptureConfig"]],
                "DeploymentConfig": deployment(plan, like: try await watch.described() ?? .null),
            ], region: region)
        let end = try await watch.untilEnded(
            wanted: plan.to, before: plan.from, secondsMax: Self.secondsMax, lookAtStack: { nil })
        try await listener.record(
            "aws.outcome", "endpoint/\(endpoint)",
            [
                "outcome": end.outcome.word, "config": end.config ?? "none", "previous": plan.from,
                "alarms": end.fired.map(\.name).joined(separator: " "), "caller": caller,
            ])
        return end
    }

    /// All at once, since what it goes back to has proved itself; everything else as in the last deployment.
    private func deployment(_ plan: RollbackPlan, like described: AWSValue) -> AWSValue {
        var policy = described["LastDeploymentConfig"]["BlueGreenUpdatePolicy"]
        policy["TrafficRoutingConfiguration"] = [
            "Type": "ALL_AT_ONCE",
            "WaitIntervalInSeconds": policy["TrafficRoutingConfiguration"]["WaitIntervalInSeconds"].isNull
                ? 0 : policy["TrafficRoutingConfiguration"]["WaitIntervalInSeconds"],
        ]
        var deployment: AWSValue = ["BlueGreenUpdatePolicy": policy]
        if !plan.guards.isEmpty {
            deployment["AutoRollbackConfiguration"] = [
                "Alarms": .list(plan.guards.map { ["AlarmName": .text($0)] })
            ]
        }
        return deployment
    }

    private func target(_ named: String?, current: String) async throws -> String {
        // A revision's name is its deployment's and eight digits of the model, eight of the settings.
        let prefix = Self.prefix(of: current)
        if let named {
            guard named != current else {
                throw PlumbError(.conflict, "\(named) is in service already")
            }
            try await refuseBroken(named)
            return named
        }
        guard let prefix else {
            throw PlumbError(
                .unsupported, "\(current) was not named by plumb: which configuration came before it cannot be told",
                hint: "name it: --to-config CONFIG (aws sagemaker list-endpoint-configs)")
        }
        let configs = try await client.items(
            .sageMaker, "ListEndpointConfigs",
            ["NameContains": .text(prefix), "SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 100],
            in: "EndpointConfigs", region: region)
        let names = configs.compactMap { $0["EndpointConfigName"].text }.filter { Self.prefix(of: $0) == prefix }
        guard let place = names.firstIndex(of: current), place + 1 < names.count else {
            throw PlumbError(
                .notFound, "no configuration of \(endpoint) older than \(current) is kept",
                hint: "outside production a stack removes it after an update; deploy the earlier spec instead")
        }
        try await refuseBroken(names[place + 1])
        return names[place + 1]
    }

    /// `digits-production-` of `digits-production-3f8a6c0d-fc28505f`; nil for a name of another form.
    static func prefix(of config: String) -> String? {
        var parts = config.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        func isDigest(_ text: String?) -> Bool { text.map { $0.count == 8 && $0.allSatisfy(\.isHexDigit) } ?? false }
        guard parts.count > 1, isDigest(parts.last) else { return nil }
        parts.removeLast()
        if parts.count > 1, isDigest(parts.last) { parts.removeLast() }
        return parts.joined(separator: "-") + "-"
    }

    /// A configuration whose model is gone would fail while it starts.
    private func refuseBroken(_ config: String) async throws {
        do {
            let described = try await client.call(
                .sageMaker, "DescribeEndpointConfig", ["EndpointConfigName": .text(config)], region: region)
            for variant in described["ProductionVariants"].items {
                guard let model = variant["ModelName"].text else { continue }
                _ = try await client.call(.sageMaker, "DescribeModel", ["ModelName": .text(model)], region: region)
            }
        } catch let error as PlumbError where error.cause is AWSError {
            let said = (error.cause as? AWSError)?.message ?? ""
            guard error.kind == .notFound || said.contains("Could not find") else { throw error }
            throw PlumbError(
                .notFound, "\(config) or its model is not there any more", hint: "aws sagemaker list-endpoint-configs",
                cause: error.cause)
        }
    }
}
