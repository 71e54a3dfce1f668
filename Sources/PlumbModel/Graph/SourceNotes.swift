// What a template or plan shows beside its resources: literals that tie it to one account, pins, planned changes.

/// The remarks on a source's text that repeatability and safe change are judged by (OPS-3.3, OPS-3.6).
public struct SourceNotes: Sendable, Hashable, Codable {
    /// A text that works in one account, or in one zone, only; or a secret that stands in the file.
    public struct Literal: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Codable, Hashable {
            case accountID, availabilityZone, secretDefault
        }
        public var kind: Kind
        /// The resource or parameter it stands in.
        public var resource: String
        public var text: String
        public var place: Place?
        public init(_ kind: Kind, in resource: String, _ text: String, at place: Place? = nil) {
            self.kind = kind
            self.resource = resource
            self.text = text
            self.place = place
        }
    }
    /// A provider that a plan was made with, and the versions its configuration allows.
    public struct ProviderPin: Sendable, Hashable, Codable {
        public var name: String
        /// `~> 5.100`; absent when any version would do.
        public var versions: Fact<String>
        public init(_ name: String, versions: Fact<String>) {
            self.name = name
            self.versions = versions
        }
    }
    /// What a plan would do to a resource that is there: `delete`, `create`, `update`, in the plan's order.
    public struct PlannedChange: Sendable, Hashable, Codable {
        public var resource: String
        /// `aws_s3_bucket`, or CloudFormation's type name.
        public var type: String
        public var actions: [String]
        public var place: Place?
        public init(_ resource: String, type: String, actions: [String], at place: Place? = nil) {
            self.resource = resource
            self.type = type
            self.actions = actions
            self.place = place
        }
    }
    /// A resource of the source that the graph has joined into another: a bucket's policy, a key's alias.
    public struct Part: Sendable, Hashable, Codable {
        public var id: String
        /// `AWS::S3::BucketPolicy`, `aws_s3_bucket_versioning`.
        public var type: String
        /// The id of the resource that it belongs to.
        public var owner: String
        public var place: Place?
        public init(_ id: String, type: String, of owner: String, at place: Place? = nil) {
            self.id = id
            self.type = type
            self.owner = owner
            self.place = place
        }
    }
    public var literals: [Literal] = []
    /// Absent where the sort of input has no providers.
    public var providers: Fact<[ProviderPin]> = .absent
    public var changes: [PlannedChange] = []
    public var parts: [Part] = []
    /// By CloudFormation's type, why resources of it may be there that were not seen: the permission that is denied.
    public var unseen: [String: String] = [:]
    public init() {}
}
