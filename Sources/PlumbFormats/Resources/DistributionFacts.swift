// A content-delivery front, whose parts both tongues call nearly the same.

import PlumbModel

/// Names of the parts of a distribution in one tongue.
struct DistributionNames {
    var certificate, defaultCertificate, minimumVersion: String
    /// Properties that each name a certificate of one's own.
    var ownCertificates: [String]
    var defaultBehavior, otherBehaviors, viewerPolicy, cachePolicy, cachedMethods: String
    var forwarded, defaultTTL, maxTTL, forwardedHeaders: String
    var path, errors, errorCode, errorTTL: String
    var origins, customOrigin, originPolicy, originVersions, webACL: String
}

extension Distribution {
    /// A distribution. `implied` gathers cache policies that no resource makes: AWS's own, and those of the older form,
    /// in which a behaviour itself says what it forwards.
    static func read(
        _ head: ResourceHead, _ body: Property, _ names: DistributionNames, _ inventory: Inventory,
        implied: inout [CachePolicy]
    ) -> Distribution {
        var front = Distribution(head: head)
        fillCertificate(of: &front, body[names.certificate], names)
        let behaviors = [body[names.defaultBehavior].first] + body[names.otherBehaviors].items
        if let why = body[names.defaultBehavior].whyUnknown ?? body[names.otherBehaviors].whyUnknown {
            front.viewerProtocolPolicies = .unknown(why, at: body.place)
            front.cachePolicies = .unknown(why, at: body.place)
        } else {
            let there = behaviors.filter { !$0.isAbsent }
            front.viewerProtocolPolicies = Property(.list(there.map { $0[names.viewerPolicy] }), at: body.place).strings
            let policies = there.enumerated().map { index, behavior in
                cachePolicy(behavior, "\(head.id).Behavior\(index)", head, names, inventory, &implied)
            }
            front.cachePolicies = .known(policies, at: body[names.defaultBehavior].place)
            front.cachedPaths = .known(there.map { $0[names.path].name.defaulting(to: "*") }, at: body.place)
            // What the default behaviour leaves out is GET and HEAD, as for all others.
            let methods = there.compactMap { $0[names.cachedMethods].strings.value }.flatMap { $0 }
            if !methods.isEmpty { front.cachedMethods = .known(Array(Set(methods)).sorted(), at: body.place) }
        }
        front.keptErrorCodes = keptErrors(body[names.errors], names)
        fillOrigins(of: &front, body[names.origins], names)
        front.webACL = body[names.webACL].unlessEmpty.name
        return front
    }

    private static func fillCertificate(
        of front: inout Distribution, _ certificate: Property, _ names: DistributionNames
    ) {
        front.minimumProtocolVersion = certificate[names.minimumVersion].string
        let isDefault = certificate[names.defaultCertificate].bool
        let hasOwn = names.ownCertificates.contains { !certificate[$0].unlessEmpty.isAbsent }
        front.usesDefaultCertificate =
            isDefault.isAbsent || isDefault.value == false
            ? (certificate.isUnknown
                ? .unknown(certificate.whyUnknown ?? "", at: certificate.place)
                : .known(!hasOwn, at: certificate.place)) : isDefault
    }

    /// CloudFront keeps an error for ten seconds unless told otherwise.
    private static func keptErrors(_ responses: Property, _ names: DistributionNames) -> Fact<[Int]> {
        if let why = responses.whyUnknown { return .unknown(why, at: responses.place) }
        var kept: Set<Int> = [500, 502, 503, 504]
        for response in responses.items {
            let seconds = response[names.errorTTL].int
            if let why = seconds.whyUnknown { return .unknown(why, at: response.place) }
            if let code = response[names.errorCode].int.value, seconds.value == 0 { kept.remove(code) }
        }
        return .known(kept.sorted(), at: responses.place)
    }

    private static func fillOrigins(of front: inout Distribution, _ origins: Property, _ names: DistributionNames) {
        if let why = origins.whyUnknown {
            (front.originProtocolPolicies, front.originTLSVersions) = (.unknown(why), .unknown(why))
            return
        }
        let custom = origins.items.map { $0[names.customOrigin].unlessEmptyList }.filter { !$0.isAbsent }
        guard !custom.isEmpty else { return }
        front.originProtocolPolicies = Property(.list(custom.map { $0[names.originPolicy] }), at: origins.place).strings
        let versions = custom.map { $0[names.originVersions] }
        if let missing = versions.first(where: \.isAbsent) {
            front.originTLSVersions = .absent(at: missing.place)
        } else {
            front.originTLSVersions = Property(.list(versions.flatMap(\.items)), at: origins.place).strings
        }
    }

    private static func cachePolicy(
        _ behavior: Property, _ id: String, _ head: ResourceHead, _ names: DistributionNames, _ inventory: Inventory,
        _ implied: inout [CachePolicy]
    ) -> Fact<Reference> {
        let named = behavior[names.cachePolicy].unlessEmpty
        if !named.isAbsent {
            let reference = inventory.directory.reference(named, to: "AWS::CloudFront::CachePolicy")
            guard case .external(let name)? = reference.value, let managed = CachePolicy.managed(name) else {
                return reference
            }
            if !implied.contains(where: { $0.id == managed.id }) { implied.append(managed) }
            return .known(.resource(managed.id), at: named.place)
        }
        guard !behavior[names.forwarded].unlessEmptyList.isAbsent else { return .absent(at: behavior.place) }
        var policy = CachePolicy(head: ResourceHead(id: id, at: behavior.place ?? head.place))
        policy.head.tags = head.tags
        policy.defaultTTLSeconds = behavior[names.defaultTTL].int
        policy.maxTTLSeconds = behavior[names.maxTTL].int
        policy.headers = behavior[names.forwarded][names.forwardedHeaders].strings.defaulting(to: [])
        implied.append(policy)
        return .known(.resource(id), at: behavior.place)
    }
}

extension CachePolicy {
    /// The headers and query strings of a key; absent where the policy does not say which headers.
    static func keyParts(headers: Property, behavior: Property, queryStrings: Property) -> Fact<[String]> {
        let named = headers.unlessEmptyList.strings.otherwise(behavior.string.map { _ in [] })
        let queried = queryStrings.strings
        if queried.isUnknown { return queried }
        return named.map { $0 + (queried.value ?? []) }
    }

    /// AWS's own cache policies that keep answers, by their documented ids; the one that keeps nothing stays a name.
    static func managed(_ id: String) -> CachePolicy? {
        let kept: [String: (name: String, defaultSeconds: Int, maxSeconds: Int)] = [
            "658327ea-f89d-4fab-a63d-7e88639e58f6": ("Managed-CachingOptimized", 86_400, 31_536_000),
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d":
                ("Managed-CachingOptimizedForUncompressedObjects", 86_400, 31_536_000),
        ]
        guard let found = kept[id] else { return nil }
        return CachePolicy(found.name) {
            $0.defaultTTLSeconds = .known(found.defaultSeconds)
            $0.maxTTLSeconds = .known(found.maxSeconds)
            $0.headers = .known([])
        }
    }
}
