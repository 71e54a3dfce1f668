// What was created through AWS's interfaces, as it is kept over restarts.

import PlumbModel

/// One resource: the input it was made by, and what has become of it.
struct FaceRecord: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        case model
        case endpointConfig = "endpoint-config"
        case endpoint
        case alarm
        case scalableTarget
        case scalingPolicy

        /// As SageMaker's messages have it.
        var words: String { self == .endpointConfig ? "endpoint configuration" : rawValue }
        /// Resources of one engine.
        static let eachMax = 500
    }
    var kind: Kind
    var name: String
    /// Seconds since 1970-01-01 UTC.
    var createdAt: Double
    var changedAt: Double
    /// The members of the last input that stand.
    var body: Shape
    var tags: [String: String] = [:]
    /// Of an endpoint: the name of the configuration of each of its revisions, by number.
    var configs: [String: String] = [:]
    /// Of an endpoint: what each of those configurations calls its variant. A configuration may be deleted meanwhile.
    var variants: [String: String] = [:]
    /// Of an endpoint: the configuration that a deployment is being made of.
    var pendingConfig: String?
    /// Of an alarm: its state, why, and since when.
    var state = AlarmState.insufficientData
    var stateReason = "Unchecked: Initial alarm creation"
    var stateAt: Double = 0

    init(_ kind: Kind, _ name: String, _ body: Shape, tags: [String: String] = [:], at now: Double) {
        self.kind = kind
        self.name = name
        self.body = body
        self.tags = tags
        (createdAt, changedAt, stateAt) = (now, now, now)
    }

    var key: String { Self.key(kind, name) }
    static func key(_ kind: Kind, _ name: String) -> String { "\(kind.rawValue)/\(name)" }

    /// A name by which AWS's tools point to a resource. There is one account, and it has no number.
    static func arn(_ kind: Kind, _ name: String, region: String) -> String {
        switch kind {
        case .model, .endpointConfig, .endpoint:
            "arn:aws:sagemaker:\(region):\(account):\(kind.rawValue)/\(name)"
        case .alarm: "arn:aws:cloudwatch:\(region):\(account):alarm:\(name)"
        case .scalableTarget: "arn:aws:application-autoscaling:\(region):\(account):scalable-target/\(name)"
        case .scalingPolicy: "arn:aws:autoscaling:\(region):\(account):scalingPolicy:\(name)"
        }
    }
    static let account = "000000000000"
}
