// What is asked for: the stacks of one endpoint in one environment, and what is published before them.

/// A template and the stack that is to be made of it.
public struct StackSource: Sendable, Hashable {
    public struct Parameter: Sendable, Hashable {
        public var name: String
        /// Whether the template has a value of its own.
        public var hasDefault: Bool
        /// The output of an earlier stack that gives the value where nobody else does.
        public var output: String?

        public init(name: String, hasDefault: Bool, output: String? = nil) {
            self.name = name
            self.hasDefault = hasDefault
            self.output = output
        }
    }

    public var name: String
    public var region: String
    public var template: String
    public var parameters: [Parameter]
    /// Types of resources by logical id.
    public var types: [String: String]

    public init(
        name: String, region: String, template: String, parameters: [Parameter] = [], types: [String: String] = [:]
    ) {
        self.name = name
        self.region = region
        self.template = template
        self.parameters = parameters
        self.types = types
    }

    var hasEndpoint: Bool { types.values.contains("AWS::SageMaker::Endpoint") }
    var hasModel: Bool { types.values.contains("AWS::SageMaker::Model") }
    /// The longest template that CloudFormation takes in a request.
    static let templateBytesMax = 51_200
    /// The longest that it fetches from a bucket.
    static let storedTemplateBytesMax = 1_048_576
}

/// A file that must lie in the bucket before the endpoint is made.
public struct ArtefactSource: Sendable, Hashable {
    /// A file on this machine, or an `s3://` address.
    public var path: String
    public var key: String
    /// SHA-256 of the file in hex, where its key is named after it.
    public var digest: String?

    public init(path: String, key: String, digest: String? = nil) {
        self.path = path
        self.key = key
        self.digest = digest
    }
}

/// All of it.
public struct DeploymentOrder: Sendable {
    public var endpoint: String
    /// The endpoint's region; stacks may be in others.
    public var region: String
    public var stacks: [StackSource]
    public var artefacts: [ArtefactSource]
    /// The bucket's name in an account.
    public var bucket: @Sendable (_ account: String) -> String
    /// The configuration that the endpoint is to end up with.
    public var config: String
    /// What somebody has said for parameters of the templates.
    public var parameters: [String: String]
    /// How long the endpoint may take, as the spec has it.
    public var timeoutSeconds: Double

    public init(
        endpoint: String, region: String, stacks: [StackSource], artefacts: [ArtefactSource],
        bucket: @escaping @Sendable (_ account: String) -> String, config: String, parameters: [String: String],
        timeoutSeconds: Double
    ) {
        self.endpoint = endpoint
        self.region = region
        self.stacks = stacks
        self.artefacts = artefacts
        self.bucket = bucket
        self.config = config
        self.parameters = parameters
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What whoever deploys hears and keeps.
public struct DeploymentListener: Sendable {
    /// Tells a person one line.
    public var tell: @Sendable (DeploymentNews) -> Void
    /// Appends to the audit record; returns when it is durable.
    public var record: @Sendable (_ action: String, _ subject: String, _ details: [String: String]) async throws -> Void

    public init(
        tell: @escaping @Sendable (DeploymentNews) -> Void,
        record:
            @escaping @Sendable (_ action: String, _ subject: String, _ details: [String: String]) async throws
            -> Void
    ) {
        self.tell = tell
        self.record = record
    }
}

/// One thing that has happened.
public struct DeploymentNews: Sendable, Hashable, Encodable {
    /// Seconds since the work began.
    public var seconds: Double
    /// A stack or an endpoint.
    public var subject: String
    public var text: String
    /// Whether something went wrong.
    public var isTrouble: Bool

    init(_ seconds: Double, _ subject: String, _ text: String, isTrouble: Bool = false) {
        self.seconds = (seconds * 10).rounded() / 10
        self.subject = subject
        self.text = text
        self.isTrouble = isTrouble
    }
}
