// An endpoint as it is at one moment, with the alarms that guard its deployment.

import Foundation

/// What an update under way has come to.
public struct PendingDeployment: Sendable, Hashable, Encodable {
    public var config: String
    /// SageMaker's word: `Creating`, `ActivatingTraffic`, `Baking`, `Deleting`.
    public var phase: String
    public var instances: Int
    public var instancesWanted: Int
    /// The new fleet's share of the traffic, where it is told.
    public var trafficPercent: Int?
}

/// One look.
public struct EndpointLook: Sendable, Hashable {
    public var status: String
    public var config: String
    public var pending: PendingDeployment?
    public var failureReason: String?
    /// Alarms of the deployment that are in ALARM.
    public var firing: [String]

    init(
        status: String, config: String, pending: PendingDeployment? = nil, failureReason: String? = nil,
        firing: [String] = []
    ) {
        self.status = status
        self.config = config
        self.pending = pending
        self.failureReason = failureReason
        self.firing = firing
    }

    /// Reads an answer of DescribeEndpoint.
    init(_ answer: AWSValue, firing: [String]) {
        status = answer["EndpointStatus"].text ?? "Unknown"
        config = answer["EndpointConfigName"].text ?? ""
        failureReason = answer["FailureReason"].text
        pending = PendingDeployment(answer["PendingDeploymentSummary"])
        self.firing = firing
    }

    /// Nothing is under way.
    var isSettled: Bool { !["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"].contains(status) }
}

extension PendingDeployment {
    init?(_ summary: AWSValue) {
        guard let config = summary["EndpointConfigName"].text else { return nil }
        let variants = summary["ProductionVariants"].items
        self.config = config
        phase = variants.lazy.compactMap { $0["VariantStatus"].items.last?["Status"].text }.first ?? "Updating"
        instances = variants.reduce(0) { $0 + ($1["CurrentInstanceCount"].integer ?? 0) }
        instancesWanted = variants.reduce(0) { $0 + ($1["DesiredInstanceCount"].integer ?? 0) }
        let weights = variants.compactMap { variant -> Double? in
            guard let now = variant["CurrentWeight"].number, let wanted = variant["DesiredWeight"].number, wanted > 0
            else { return nil }
            return now / wanted
        }
        trafficPercent = weights.isEmpty ? nil : Int((100 * weights.reduce(0, +) / Double(weights.count)).rounded())
    }

    var text: String {
        var text = "\(phase) \(config): \(instances) of \(instancesWanted) instances"
        if let trafficPercent { text += ", \(trafficPercent) % of the traffic" }
        return text
    }
}

/// The names of the alarms that guard an endpoint's deployment, in an answer of DescribeEndpoint.
func guards(in endpoint: AWSValue) -> [String] {
    endpoint["LastDeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"].items.compactMap { $0["AlarmName"].text }
}
