// What one version of a policy allows that another does not, and the calls that a policy is made from.

/// One request, as IAM decides it.
public struct PolicyRequest: Sendable, Hashable, Codable {
    /// `s3:GetObject`.
    public var action: String
    /// An ARN; empty where the policy has no resources, as a role's trust policy has none.
    public var resource: String
    /// Who asks; nil in a policy that is attached to whoever asks.
    public var principal: PolicyPrincipal?
    /// Values by condition key, in small letters; a key that is not there is absent from the request.
    public var context: [String: [String]]

    public init(
        action: String, resource: String, principal: PolicyPrincipal? = nil, context: [String: [String]] = [:]
    ) {
        self.action = action
        self.resource = resource
        self.principal = principal
        self.context = context
    }
}

/// How two versions of a policy differ in what they allow.
public struct AccessComparison: Sendable, Hashable {
    public enum Answer: String, Sendable, Codable, Hashable {
        case no, yes, unknown
    }

    /// Requests that one version allows and the other does not.
    public struct Difference: Sendable, Hashable {
        /// The actions for which it holds, in order of their names.
        public var actions: [String]
        /// One such request, of the first action.
        public var example: PolicyRequest
        /// The number of the statement that allows it, from 0.
        public var statement: Int
        public var place: Place?

        public init(actions: [String], example: PolicyRequest, statement: Int, place: Place?) {
            self.actions = actions
            self.example = example
            self.statement = statement
            self.place = place
        }
    }

    /// What only the new version allows.
    public var gained: [Difference]
    /// What only the old version allows.
    public var lost: [Difference]
    /// Why something could not be decided, a sentence each, for either direction.
    public var undecidedGains: [String]
    public var undecidedLosses: [String]

    public init(
        gained: [Difference], lost: [Difference], undecidedGains: [String], undecidedLosses: [String]
    ) {
        self.gained = gained
        self.lost = lost
        self.undecidedGains = undecidedGains
        self.undecidedLosses = undecidedLosses
    }

    /// Whether the new version allows what the old one did not. A difference that was found is one, whatever else
    /// could not be decided.
    public var newAccess: Answer { !gained.isEmpty ? .yes : undecidedGains.isEmpty ? .no : .unknown }
    /// Whether the old version allowed what the new one does not.
    public var lostAccess: Answer { !lost.isEmpty ? .yes : undecidedLosses.isEmpty ? .no : .unknown }
}

/// A call to an AWS service that was made and allowed.
public struct ObservedCall: Sendable, Hashable {
    /// The service as IAM spells it, and the API's operation: `sagemaker`, `CreateEndpoint`.
    public var service: String
    public var operation: String
    public var region: String
    /// Twelve digits; empty where the record does not say.
    public var account: String
    /// ARNs that the record itself names as resources.
    public var resources: [String]
    /// Parameters of the request that are texts, lists of texts or in maps, by their last name with its first letter
    /// small: `endpointName`, `securityGroupIds`.
    public var parameters: [String: [String]]
    /// The AWS service that made the call for the caller, `s3.amazonaws.com`; nil where the caller did.
    public var madeBy: String?

    public init(
        service: String, operation: String, region: String = "", account: String = "", resources: [String] = [],
        parameters: [String: [String]] = [:], madeBy: String? = nil
    ) {
        self.service = service
        self.operation = operation
        self.region = region
        self.account = account
        self.resources = resources
        self.parameters = parameters
        self.madeBy = madeBy
    }
}

/// A policy made from calls, and what it could not be made from.
public struct GeneratedPolicy: Sendable, Hashable {
    public var document: PolicyDocument
    /// What the calls did not tell and the policy therefore leaves wider, or leaves out: a sentence each.
    public var notes: [String]

    public init(document: PolicyDocument, notes: [String]) {
        self.document = document
        self.notes = notes
    }
}
