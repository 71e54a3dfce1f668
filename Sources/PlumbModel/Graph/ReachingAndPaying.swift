// The resources by which clients get in, and those that count the money.

/// A way for clients to reach an endpoint: an API domain, a load balancer's listener, an engine's gateway.
public struct EntryPoint: Resource {
    public enum Kind: String, Sendable, Codable, Hashable {
        case apiGateway, loadBalancer, gateway
    }
    public static let type = "AWS::ApiGateway::DomainName"
    public var head: ResourceHead
    public var kind: Fact<Kind> = .absent
    /// The lowest TLS version it negotiates: `1.0`, `1.2`, `1.3`; `none` for a plain port.
    public var minimumTLS: Fact<String> = .absent
    /// Whether every request must carry a valid credential.
    public var requiresAuthentication: Fact<Bool> = .absent
    /// The addresses it listens on.
    public var addresses: Fact<[String]> = .absent
    /// Whether an API can be reached past its own domain, by the address AWS gives it.
    public var hasDefaultAddress: Fact<Bool> = .absent
    public var cacheTTLSeconds: Fact<Int> = .absent
    public var encryptsCache: Fact<Bool> = .absent
    /// What the answer cache's key is made of: `authorization`, `contentType`, `revision`, `body`.
    public var cacheKeyParts: Fact<[String]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A content-delivery front (`AWS::CloudFront::Distribution`).
public struct Distribution: Resource {
    public static let type = "AWS::CloudFront::Distribution"
    public var head: ResourceHead
    public var minimumProtocolVersion: Fact<String> = .absent
    public var usesDefaultCertificate: Fact<Bool> = .absent
    public var viewerProtocolPolicies: Fact<[String]> = .absent
    public var originProtocolPolicies: Fact<[String]> = .absent
    public var originTLSVersions: Fact<[String]> = .absent
    public var cachePolicies: Fact<[Fact<Reference>]> = .absent
    public var cachedMethods: Fact<[String]> = .absent
    /// The path each cache policy is for, in the order of `cachePolicies`; `*` for all other paths.
    public var cachedPaths: Fact<[Fact<String>]> = .absent
    /// Codes of errors that are kept and answered again: all of 500, 502, 503 and 504 where nothing is said.
    public var keptErrorCodes: Fact<[Int]> = .absent
    public var webACL: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// What a distribution caches by and for how long (`AWS::CloudFront::CachePolicy`).
public struct CachePolicy: Resource {
    public static let type = "AWS::CloudFront::CachePolicy"
    public var head: ResourceHead
    public var maxTTLSeconds: Fact<Int> = .absent
    public var defaultTTLSeconds: Fact<Int> = .absent
    /// The headers and query strings that are part of the cache's key.
    public var headers: Fact<[String]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A health check that steers DNS (`AWS::Route53::HealthCheck`).
public struct HealthCheck: Resource {
    public static let type = "AWS::Route53::HealthCheck"
    public var head: ResourceHead
    public var alarmName: Fact<String> = .absent
    public var intervalSeconds: Fact<Int> = .absent
    public var failureThreshold: Fact<Int> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A name that fails over (`AWS::Route53::RecordSet`).
public struct RecordSet: Resource {
    public static let type = "AWS::Route53::RecordSet"
    public var head: ResourceHead
    /// `PRIMARY` or `SECONDARY`.
    public var failover: Fact<String> = .absent
    public var healthCheck: Fact<Reference> = .absent
    public var ttlSeconds: Fact<Int> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One notification of a budget.
public struct BudgetNotification: Sendable, Hashable, Codable {
    /// `ACTUAL` or `FORECASTED`.
    public var kind: Fact<String> = .absent
    public var comparison: Fact<String> = .absent
    public var threshold: Fact<Double> = .absent
    /// `PERCENTAGE` or `ABSOLUTE_VALUE`.
    public var thresholdType: Fact<String> = .absent
    public var subscribers: Fact<[Fact<String>]> = .absent
    public init() {}
}

/// A monthly limit on spending (`AWS::Budgets::Budget`).
public struct Budget: Resource {
    public static let type = "AWS::Budgets::Budget"
    public var head: ResourceHead
    /// `COST`.
    public var kind: Fact<String> = .absent
    /// `MONTHLY`.
    public var timeUnit: Fact<String> = .absent
    public var limitUSD: Fact<Double> = .absent
    public var plannedLimitsUSD: Fact<[Double]> = .absent
    public var isAutoAdjusting: Fact<Bool> = .absent
    /// `user:ml:endpoint$digits` and the like.
    public var tagFilters: Fact<[String]> = .absent
    public var notifications: Fact<[BudgetNotification]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// What watches for unusual spending (`AWS::CE::AnomalyMonitor`).
public struct AnomalyMonitor: Resource {
    public static let type = "AWS::CE::AnomalyMonitor"
    public var head: ResourceHead
    /// `CUSTOM` or `DIMENSIONAL`.
    public var kind: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// Who hears of unusual spending (`AWS::CE::AnomalySubscription`).
public struct AnomalySubscription: Resource {
    public static let type = "AWS::CE::AnomalySubscription"
    public var head: ResourceHead
    public var monitors: Fact<[Fact<Reference>]> = .absent
    public var frequency: Fact<String> = .absent
    public var thresholdUSD: Fact<Double> = .absent
    /// `EMAIL` or `SNS` and an address each.
    public var subscriberTypes: Fact<[String]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A tag by which the bill can be split (`aws_ce_cost_allocation_tag`; CloudFormation has no such type).
public struct CostAllocationTag: Resource {
    public static let type = "aws_ce_cost_allocation_tag"
    public var head: ResourceHead
    public var isActive: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// An action at set times (`AWS::Scheduler::Schedule`).
public struct Schedule: Resource {
    public static let type = "AWS::Scheduler::Schedule"
    public var head: ResourceHead
    public var expression: Fact<String> = .absent
    public var timezone: Fact<String> = .absent
    public var isEnabled: Fact<Bool> = .absent
    public var targetARN: Fact<String> = .absent
    public var role: Fact<Reference> = .absent
    /// The endpoint the target's input names.
    public var endpointName: Fact<String> = .absent
    /// What the target is called with, as JSON.
    public var input: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}
