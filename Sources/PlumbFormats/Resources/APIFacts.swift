// An API with its domains, methods and stages, before it becomes an entry point.

import PlumbModel

/// What either tongue says of one API of API Gateway.
struct APIFacts {
    struct Method {
        var httpMethod: Fact<String>
        var isAuthenticated: Fact<Bool>
        /// `method.request.header.Authorization` and the like.
        var cacheKey: Fact<[String]>
    }
    struct CacheSettings {
        var isCaching: Fact<Bool>
        var ttlSeconds: Fact<Int>
        var isEncrypted: Fact<Bool>
        var coversEverything: Bool
    }
    /// API Gateway's default for a stage with a cache.
    private static let defaultTTLSeconds = 300

    var head: ResourceHead
    /// REST APIs alone have a default address below TLS 1.2: HTTP and WebSocket APIs know only TLS 1.2.
    var isREST: Bool
    var isPrivate: Fact<Bool> = .absent
    var isDefaultAddressOff: Fact<Bool> = .absent
    /// The policy of the default address, where the API sets one.
    var ownPolicy: Fact<String> = .absent
    var domainFloors: [Fact<String>] = []
    var methods: [Method] = []
    /// Whether an OpenAPI document, which is not read here, holds the methods.
    var isDescribedElsewhere = false
    var hasMutualTLS = false
    /// Whether a stage has a cache cluster, for each stage.
    var cacheClusters: [Fact<Bool>] = []
    var settings: [CacheSettings] = []

    var entryPoint: EntryPoint {
        var entry = EntryPoint(head: head)
        entry.kind = .known(.apiGateway)
        fillTLS(of: &entry)
        entry.requiresAuthentication = authentication
        fillCache(of: &entry)
        return entry
    }

    private func fillTLS(of entry: inout EntryPoint) {
        if !isREST || isPrivate.value == true {
            entry.minimumTLS = .known("1.2", at: head.place)
            return
        }
        entry.minimumTLS = domainFloors.isEmpty ? .absent : TLSFloor.lowest(of: domainFloors)
        guard ownPolicy.isAbsent else {
            entry.minimumTLS = TLSFloor.lowest(of: domainFloors + [TLSFloor.ofDomainPolicy(ownPolicy)])
            return
        }
        let isOff = isDefaultAddressOff.defaulting(to: false)
        entry.hasDefaultAddress = isPrivate.isUnknown ? .unknown(isPrivate.whyUnknown ?? "") : isOff.map { !$0 }
        guard domainFloors.isEmpty else { return }
        if isOff.value == false {
            // The documented policy of default endpoints: TLS_1_0, and TLS_1_2 for private APIs alone.
            entry.minimumTLS = .known("1.0", at: isDefaultAddressOff.place ?? head.place)
        } else {
            entry.minimumTLS = .unknown("the domain that leads to this API is not in this input", at: head.place)
        }
    }

    /// Browsers ask with OPTIONS before they may show a credential.
    private var authentication: Fact<Bool> {
        if hasMutualTLS { return true }
        if isDescribedElsewhere {
            return .unknown("the API's OpenAPI document says which methods ask for a credential")
        }
        let asked = methods.filter { $0.httpMethod.value != "OPTIONS" }.map(\.isAuthenticated)
        if asked.isEmpty { return .absent }
        if let open = asked.first(where: { $0.value == false }) ?? asked.first(where: { !$0.isKnown }) { return open }
        return true
    }

    private func fillCache(of entry: inout EntryPoint) {
        let cluster = cacheClusters.anyIsTrue
        if let why = cluster.whyUnknown {
            (entry.cacheTTLSeconds, entry.encryptsCache) = (.unknown(why), .unknown(why))
            return
        }
        guard cluster.value == true else { return }
        let caching = settings.filter { $0.isCaching.value == true }
        if caching.isEmpty {
            // With a cluster GET methods are cached, unless the settings say otherwise for all.
            if settings.contains(where: { $0.coversEverything && $0.isCaching.value == false }) { return }
            entry.cacheTTLSeconds = .known(Self.defaultTTLSeconds, at: cluster.place)
            entry.encryptsCache = .known(false, at: cluster.place)
        } else {
            let lifetimes = caching.map { $0.ttlSeconds.defaulting(to: Self.defaultTTLSeconds) }
            entry.cacheTTLSeconds = lifetimes.max { ($0.value ?? Int.max) < ($1.value ?? Int.max) } ?? .absent
            entry.encryptsCache = caching.map(\.isEncrypted).first { $0.value != true } ?? true
        }
        entry.cacheKeyParts = keyParts
    }

    /// What is in the key of every answer that is kept.
    private var keyParts: Fact<[String]> {
        if isDescribedElsewhere { return .unknown("the API's OpenAPI document says what the cache's key is made of") }
        let kept = methods.filter { $0.httpMethod.value.map { $0 == "GET" || $0 == "ANY" } ?? true }
        guard let first = kept.first else { return .unknown("the methods of this API are not in this input") }
        var parts = first.cacheKey.defaulting(to: [])
        for method in kept.dropFirst() {
            let other = method.cacheKey.defaulting(to: [])
            guard let names = other.value else { return other }
            parts = parts.map { $0.filter(names.contains) }
        }
        return parts.map { names in
            // `method.request.header.X-Model-Revision` is known by its last part.
            names.map { String($0.split(separator: ".").last ?? "") }
        }
    }
}
