// What every part of the architecture asks of the spec: names, tags, places, and which parts the environment has.

import PlumbModel

/// A spec, and the decisions that follow from its environment.
struct Blueprint {
    let spec: Spec
    /// `digits-production`: the start of every physical name.
    let prefix: String
    /// Changes with everything that a model or an endpoint configuration is made of, since neither can be altered.
    let revision: String

    init(_ spec: Spec, variant: String = "primary") {
        self.spec = spec
        self.variant = variant
        prefix = "\(spec.name)-\(spec.environment.rawValue)"
        revision = Blueprint.revision(of: spec)
    }

    /// The only variant.
    let variant: String
    /// Metrics that the product itself publishes.
    static let namespace = "Plumbline/Endpoints"

    // Which parts there are

    var isProduction: Bool { spec.environment == .production }
    /// Production and staging share what dev goes without: access logs, archives, roles for people's duties.
    var isGuarded: Bool { spec.environment != .dev }
    /// The second region of a critical endpoint; nil without one.
    var recoveryRegion: String? { isProduction && spec.isCritical ? spec.recovery?.region : nil }
    /// Whether captured traffic may be copied to the second region: not against the declared residency.
    var mayReplicateCaptures: Bool {
        guard let recoveryRegion, let terms = spec.personalData, terms.isProcessed else { return recoveryRegion != nil }
        return terms.residency?.contains(recoveryRegion) ?? false
    }
    /// A response cache is built where the spec's decision has a lifetime for answers (T-21).
    var hasFront: Bool { isProduction && spec.cache?.isDeterministic == true && (spec.cache?.ttlSeconds ?? 0) > 0 }
    var hasMonitors: Bool { spec.drift.isEnabled }
    /// nil when the type's name has a shape that tells nothing.
    var storesModelsOnNVMe: Bool? { InstanceType.isNVMe(spec.instances.type) }

    // Facts

    /// A value of the spec with its place.
    func said<Value>(_ value: Value, _ path: String) -> Fact<Value> { .known(value, at: spec.place(of: path)) }
    /// A value the spec may leave out.
    func said<Value>(_ value: Value?, _ path: String) -> Fact<Value> {
        guard let value else { return .absent(at: spec.place(of: path)) }
        return .known(value, at: spec.place(of: path))
    }

    /// A resource with its name, tags and, where it holds state (`isKept`), what becomes of it with its template: in
    /// production it stays. `suffix` follows the prefix in the physical name; `path` is the key of the spec it stands
    /// for.
    func make<Element: Resource>(
        _ id: String, named suffix: String?, from path: String = "name", isKept: Bool = false,
        _ configure: (inout Element) -> Void
    ) -> Element {
        Element(id, at: spec.place(of: path)) { element in
            if let suffix { element.head.name = said(Blueprint.shortened("\(prefix)-\(suffix)", to: 64), "name") }
            element.head.tags = .known(tags)
            if isKept {
                let policy = isProduction ? "Retain" : "Delete"
                element.head.deletionPolicy = .known(policy)
                element.head.updateReplacePolicy = .known(policy)
            }
            configure(&element)
        }
    }

    /// Tags that every taggable resource carries: by them the bill is split and stray resources are found.
    var tags: [String: String] {
        [
            "ml:endpoint": spec.name, "ml:environment": spec.environment.rawValue, "ml:team": spec.team,
            "ml:managed-by": "plumbline",
        ]
    }

    /// The tags of the serving resources, which also carry what was declared.
    var servingTags: [String: String] {
        var tags = tags
        tags["ml:workload"] = spec.workload.rawValue
        tags["ml:critical"] = spec.isCritical ? "true" : "false"
        tags["ml:commit"] = spec.provenance?.commit
        tags["ml:pr"] = spec.provenance?.pullRequest
        tags["ml:optimization"] = spec.optimization?.technique
        tags["ml:model-digest"] = spec.model.digest
        return tags
    }

    func tags(for purpose: String) -> Fact<[String: String]> {
        .known(tags.merging(["ml:purpose": purpose]) { _, new in new })
    }
}

// Names and ARNs
extension Blueprint {
    /// A globally unique bucket name of at most 63 characters, in lower case.
    func bucketName(_ purpose: String) -> String {
        // 12 digits of the account, two hyphens.
        let room = 63 - 12 - 2 - purpose.count
        return "\(Blueprint.shortened(prefix.lowercased(), to: room))-\(purpose)-${AWS::AccountId}"
    }

    /// The start of every configuration's and model's name; leaves room for a hyphen and the longest revision.
    var configPrefix: String { Blueprint.shortened(prefix, to: 63 - 1 - 17) }
    var configName: String { "\(configPrefix)-\(revision)" }

    /// Where the artefact is published to in its bucket; nil while its digest is not known.
    var modelKey: String? {
        spec.model.digest.map { spec.model.isMultiModel ? "models/\($0)/" : "models/\($0)/model.tar.gz" }
    }

    /// ECR's names are in lower case.
    var imageRepositoryName: String { Blueprint.shortened(prefix.lowercased(), to: 64) }

    /// The repositories that images are pulled from: the deployment's own, and the one the spec's image is in.
    var imageRepositories: [String] { ["${ImageRepository.Arn}"] + namedRepository(in: nil) }

    /// Their replicas in the second region.
    var imageRepositoryReplicas: [String] {
        guard let recoveryRegion else { return [] }
        let own = arn("ecr", "repository/\(imageRepositoryName)", region: recoveryRegion)
        return [own] + namedRepository(in: recoveryRegion)
    }

    /// `111122223333.dkr.ecr.eu-central-1.amazonaws.com/name@sha256:…` is in a repository of another account or stack.
    private func namedRepository(in region: String?) -> [String] {
        guard let image = spec.model.image, let slash = image.firstIndex(of: "/") else { return [] }
        let host = image[..<slash].split(separator: ".").map(String.init)
        guard host.count >= 6, host[1] == "dkr", host[2] == "ecr" else { return [] }
        let name = image[image.index(after: slash)...].prefix { $0 != "@" && $0 != ":" }
        return ["arn:${AWS::Partition}:ecr:\(region ?? host[3]):\(host[0]):repository/\(name)"]
    }

    /// The endpoint that a failover makes in the second region.
    var recoveryEndpointARN: String {
        arn("sagemaker", "endpoint/\(spec.name.lowercased())", region: recoveryRegion ?? "${AWS::Region}")
    }

    /// A multi-region key has one id in all its regions, and policies know keys by their ids alone.
    var replicaKeyARN: String { arn("kms", "key/${DataKey}", region: recoveryRegion ?? "${AWS::Region}") }

    /// An ARN of this account in normal form.
    func arn(_ service: String, _ resource: String, region: String = "${AWS::Region}") -> String {
        "arn:${AWS::Partition}:\(service):\(region):${AWS::AccountId}:\(resource)"
    }

    /// Every endpoint configuration, or model, of this deployment; SageMaker's ARNs are in lower case.
    func revisionsARN(_ kind: String, region: String = "${AWS::Region}") -> String {
        arn("sagemaker", "\(kind)/\(configPrefix.lowercased())-*", region: region)
    }

    /// A metric row's dimensions: the endpoint's name is a literal everywhere, since an alarm that referred to the
    /// endpoint which names it as its guard would be a circle.
    var dimensions: [DimensionFact] {
        [DimensionFact("EndpointName", said(spec.name, "name")), DimensionFact("VariantName", .known(variant))]
    }

    /// `text` when it fits, else its start and a digest of the whole.
    static func shortened(_ text: String, to limit: Int) -> String {
        guard text.count > limit else { return text }
        return "\(text.prefix(max(0, limit - 9)))-\(digest(text))"
    }

    /// FNV-1a, 64 bit, folded to 8 hexadecimal digits: tells names apart, keeps no secret.
    static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let folded = String(UInt32(truncatingIfNeeded: hash ^ (hash >> 32)), radix: 16)
        return String(repeating: "0", count: 8 - folded.count) + folded
    }

    private static func revision(of spec: Spec) -> String {
        let model = spec.model
        let capture = spec.capture
        var parts = [
            model.path ?? "", model.digest ?? "", model.image ?? "", (model.command ?? []).joined(separator: " "),
        ]
        parts += model.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        parts += ["\(model.isMultiModel)", "\(model.startupTimeoutSeconds)", "\(model.downloadTimeoutSeconds)"]
        parts += [spec.instances.type, "\(spec.instances.initial)", "\(spec.instances.zones)"]
        parts += ["\(capture.isEnabled)", "\(capture.samplingPercent)"]
        let settings = digest(parts.joined(separator: "\u{1F}"))
        guard let digest = model.digest else { return settings }
        return "\(digest.prefix(8))-\(settings)"
    }
}

/// References to resources of the graph by id.
func references(_ ids: [String]) -> Fact<[Fact<Reference>]> {
    .known(ids.map { .known(.resource($0)) })
}

/// A reference to a resource of the graph.
func reference(_ id: String) -> Fact<Reference> { .known(.resource(id)) }
