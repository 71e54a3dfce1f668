// What runs in an account: endpoints, what they serve with, what is under way and which alarms fire.

import Foundation
import PlumbModel

/// One endpoint.
public struct EndpointReport: Sendable, Encodable {
    public struct Variant: Sendable, Encodable {
        public var name: String
        public var instances: Int?
        public var instancesWanted: Int?
        public var weight: Double?
    }
    public var name: String
    public var region: String
    public var status: String
    public var config: String
    public var variants: [Variant]
    public var pending: PendingDeployment?
    /// Guards of its last deployment that are in ALARM, with CloudWatch's reason.
    public var firing: [String: String]
    public var guards: Int
    /// When the endpoint was changed last, in seconds since 1970.
    public var changedAt: Double?
    public var failureReason: String?

    /// The endpoints of a region, or those named; an unknown name is an error.
    public static func all(
        _ names: [String], region: String, client: AWSClient
    ) async throws -> [EndpointReport] {
        var names = names
        if names.isEmpty {
            names = try await client.items(
                .sageMaker, "ListEndpoints", ["SortBy": "Name", "SortOrder": "Ascending", "MaxResults": 100],
                in: "Endpoints", region: region
            ).compactMap { $0["EndpointName"].text }
        }
        var reports: [EndpointReport] = []
        for name in names {
            let watch = EndpointWatch(
                client: client, endpoint: name, region: region, clock: DeploymentClock(), tell: { _ in })
            guard let described = try await watch.described() else {
                throw PlumbError(
                    .notFound, "there is no endpoint '\(name)' in \(region)", hint: "plumb status --to aws lists them")
            }
            reports.append(try await EndpointReport(described, name: name, region: region, client: client))
        }
        return reports
    }

    private init(_ described: AWSValue, name: String, region: String, client: AWSClient) async throws {
        self.name = name
        self.region = region
        let look = EndpointLook(described, firing: [])
        (status, config, pending, failureReason) = (look.status, look.config, look.pending, look.failureReason)
        variants = described["ProductionVariants"].items.map { variant in
            Variant(
                name: variant["VariantName"].text ?? "", instances: variant["CurrentInstanceCount"].integer,
                instancesWanted: variant["DesiredInstanceCount"].integer, weight: variant["CurrentWeight"].number)
        }
        changedAt = described["LastModifiedTime"].date?.timeIntervalSince1970
        let names = PlumbAWS.guards(in: described)
        guards = names.count
        firing = [:]
        guard !names.isEmpty else { return }
        for alarm in try await RollbackInquiry(client: client, region: region).alarms(names)
        where alarm["StateValue"].text == "ALARM" {
            firing[alarm["AlarmName"].text ?? ""] = alarm["StateReason"].text ?? ""
        }
    }

    /// As a person reads it.
    public var lines: [String] {
        var lines = ["\(name)  \(status)  \(region)", "  serves    \(config)"]
        for variant in variants {
            let counts = "\(variant.instances.map { "\($0)" } ?? "?")/\(variant.instancesWanted.map { "\($0)" } ?? "?")"
            lines.append("  \(variant.name.padded(to: 10))\(counts) instances")
        }
        if let pending { lines.append("  pending   \(pending.text)") }
        for (name, reason) in firing.sorted(by: { $0.key < $1.key }) { lines.append("  ALARM     \(name): \(reason)") }
        if guards == 0 { lines.append("  guards    none: nothing brings a bad deployment back") }
        if firing.isEmpty, guards > 0 { lines.append("  guards    \(guards) alarms, none in ALARM") }
        if let failureReason { lines.append("  last time \(failureReason)") }
        if let changedAt {
            lines.append("  changed   \(Date(timeIntervalSince1970: changedAt).formatted(.iso8601))")
        }
        return lines
    }
}
