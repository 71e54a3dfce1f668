// The resources that guard: roles and their policies, analyzers, trails, logs, network.

/// A policy document in one normal form: every list a list, actions in lower case where they are compared.
public struct PolicyDocument: Sendable, Hashable, Codable {
    public var version: String?
    public var statements: [PolicyStatement]
    public init(version: String? = "2012-10-17", _ statements: [PolicyStatement]) {
        self.version = version
        self.statements = statements
    }
}

/// One statement of a policy.
public struct PolicyStatement: Sendable, Hashable, Codable {
    public enum Effect: String, Sendable, Codable, Hashable {
        case allow = "Allow"
        case deny = "Deny"
    }
    public var sid: String?
    public var effect: Effect
    public var principals: [PolicyPrincipal] = []
    public var notPrincipals: [PolicyPrincipal] = []
    public var actions: [String] = []
    public var notActions: [String] = []
    /// Names, ARNs or patterns in normal form; `${LogicalId.Arn}` for a resource of the graph.
    public var resources: [String] = []
    public var notResources: [String] = []
    public var conditions: [PolicyCondition] = []
    /// Elements that stand there with an empty list (`Action`, `NotResource`): another fault than a missing one.
    public var emptyElements: [String] = []
    public var place: Place?

    public init(_ effect: Effect, sid: String? = nil, _ configure: (inout PolicyStatement) -> Void = { _ in }) {
        self.effect = effect
        self.sid = sid
        configure(&self)
    }

    public static func == (left: PolicyStatement, right: PolicyStatement) -> Bool {
        left.sid == right.sid && left.effect == right.effect && left.principals == right.principals
            && left.notPrincipals == right.notPrincipals && left.actions == right.actions
            && left.notActions == right.notActions && left.resources == right.resources
            && left.notResources == right.notResources && left.conditions == right.conditions
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(effect)
        hasher.combine(actions)
        hasher.combine(resources)
    }
}

/// Who a statement speaks of: `AWS`, `Service`, `Federated`, `CanonicalUser` and an id; `*` is kind `*`.
public struct PolicyPrincipal: Sendable, Hashable, Codable {
    public var kind: String
    public var id: String
    public init(_ kind: String, _ id: String) {
        self.kind = kind
        self.id = id
    }
    public static var anyone: PolicyPrincipal { PolicyPrincipal("*", "*") }
}

/// One condition: operator, key and values.
public struct PolicyCondition: Sendable, Hashable, Codable {
    public var operatorName: String
    public var key: String
    public var values: [String]
    public init(_ operatorName: String, _ key: String, _ values: [String]) {
        self.operatorName = operatorName
        self.key = key
        self.values = values
    }
}

/// A role with every policy attached to it by any path (`AWS::IAM::Role`).
public struct Role: Resource {
    /// What a role is for, where it says so (tag `ml:purpose`) or its use in the graph shows it.
    public enum Purpose: String, Sendable, Codable, Hashable {
        case execution, invoke, deploy, operate, audit, approve, replication, backup, automation, scheduler
    }
    public static let type = "AWS::IAM::Role"
    public var head: ResourceHead
    public var purpose: Fact<Purpose> = .absent
    public var trust: Fact<PolicyDocument> = .absent
    /// Inline, customer-managed and attached documents, merged.
    public var policies: Fact<[PolicyDocument]> = .absent
    /// Why a document that is attached cannot be told, one reason each; `policies` holds those that can.
    public var undecidedPolicies: [String] = []
    public var managedPolicies: Fact<[Fact<String>]> = .absent
    public var permissionsBoundary: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// An analyzer of access (`AWS::AccessAnalyzer::Analyzer`).
public struct Analyzer: Resource {
    public static let type = "AWS::AccessAnalyzer::Analyzer"
    public var head: ResourceHead
    /// `ACCOUNT`, `ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS`, `ORGANIZATION_UNUSED_ACCESS`.
    public var kind: Fact<String> = .absent
    public var unusedAccessAgeDays: Fact<Int> = .absent
    /// The filter keys of each archive rule.
    public var archiveRuleKeys: Fact<[[String]]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One selector of a trail: what kind of data event on which resources.
public struct TrailSelector: Sendable, Hashable, Codable {
    /// `Management` or `Data`.
    public var category: Fact<String> = .absent
    /// `AWS::S3::Object`, `AWS::DynamoDB::Table`, `AWS::SageMaker::Endpoint`; nil for management events.
    public var resourceType: Fact<String> = .absent
    public var resources: Fact<[String]> = .absent
    /// Beginnings of ARNs that are left out.
    public var excludedResources: Fact<[String]> = .absent
    public var readWrite: Fact<String> = .absent
    public var excludedSources: Fact<[String]> = .absent
    public init() {}
}

/// A record of API calls (`AWS::CloudTrail::Trail`).
public struct Trail: Resource {
    public static let type = "AWS::CloudTrail::Trail"
    public var head: ResourceHead
    public var isLogging: Fact<Bool> = .absent
    public var isMultiRegion: Fact<Bool> = .absent
    public var includesGlobalEvents: Fact<Bool> = .absent
    public var validatesLogFiles: Fact<Bool> = .absent
    public var key: Fact<Reference> = .absent
    public var bucket: Fact<Reference> = .absent
    public var selectors: Fact<[TrailSelector]> = .absent
    public var usesAdvancedSelectors: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A log group (`AWS::Logs::LogGroup`).
public struct LogGroup: Resource {
    public static let type = "AWS::Logs::LogGroup"
    public var head: ResourceHead
    public var retentionDays: Fact<Int> = .absent
    public var key: Fact<Reference> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A private network (`AWS::EC2::VPC`).
public struct VPC: Resource {
    public static let type = "AWS::EC2::VPC"
    public var head: ResourceHead
    public var cidr: Fact<String> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A part of a network in one Availability Zone (`AWS::EC2::Subnet`).
public struct Subnet: Resource {
    public static let type = "AWS::EC2::Subnet"
    public var head: ResourceHead
    public var vpc: Fact<Reference> = .absent
    public var cidr: Fact<String> = .absent
    /// A name, an id, or `${AZ.0}` for the n-th of the region.
    public var availabilityZone: Fact<String> = .absent
    public var routeTable: Fact<Reference> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// Where a subnet's traffic goes (`AWS::EC2::RouteTable`), with its routes joined in.
public struct RouteTable: Resource {
    public static let type = "AWS::EC2::RouteTable"
    public var head: ResourceHead
    public var vpc: Fact<Reference> = .absent
    public var hasInternetRoute: Fact<Bool> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// One rule of a security group.
public struct SecurityRule: Sendable, Hashable, Codable {
    /// `-1` is every protocol.
    public var protocolName: Fact<String> = .absent
    public var fromPort: Fact<Int> = .absent
    public var toPort: Fact<Int> = .absent
    /// A CIDR block, a prefix list or another group's id.
    public var peer: Fact<String> = .absent
    public init() {}
}

/// Who may talk to whom (`AWS::EC2::SecurityGroup`), with separate rule resources joined in.
public struct SecurityGroup: Resource {
    public static let type = "AWS::EC2::SecurityGroup"
    public var head: ResourceHead
    public var vpc: Fact<Reference> = .absent
    public var ingress: Fact<[SecurityRule]> = .absent
    /// Absent in CloudFormation means allow-all; Terraform removes that default.
    public var egress: Fact<[SecurityRule]> = .absent
    public init(head: ResourceHead) { self.head = head }
}

/// A private way to an AWS service (`AWS::EC2::VPCEndpoint`).
public struct VPCEndpoint: Resource {
    public static let type = "AWS::EC2::VPCEndpoint"
    public var head: ResourceHead
    public var vpc: Fact<Reference> = .absent
    /// `com.amazonaws.REGION.sagemaker.runtime`, …
    public var service: Fact<String> = .absent
    /// `Interface` or `Gateway`.
    public var kind: Fact<String> = .absent
    public var hasPrivateDNS: Fact<Bool> = .absent
    public var subnets: Fact<[Fact<Reference>]> = .absent
    public var securityGroups: Fact<[Fact<Reference>]> = .absent
    public var routeTables: Fact<[Fact<Reference>]> = .absent
    public var policy: Fact<PolicyDocument> = .absent
    public init(head: ResourceHead) { self.head = head }
}
