// Caching and content delivery must be used for frequently accessed models.

import PlumbModel

extension PolicyBook {
    static let cachingAndContentDelivery = Policy(
        "PERF-3", .performanceEfficiency,
        "Caching and content delivery must be used for frequently accessed models.",
        controls: [cacheDecision, modelCache, effectiveCache, safeCache])

    private static let cacheDecision = Control(
        "PERF-3.1", "Cacheability is decided",
        severities: Severities(dev: .medium, staging: .medium, production: .medium),
        provableAt: [.spec],
        seed: "Use case: Static content, frequently accessed inference endpoints",
        limit: "a cache from 10 % repeated requests and 1 request/s on",
        remedy:
            "Say whether answers are deterministic, what share of requests repeats, and for how long an answer is "
            + "good or why none is kept (spec: cache).",
        traps: [
            "A model that samples does not answer the same question twice alike.",
            "An answer that depends on who asks must not be kept for others.",
        ],
        holds: [
            ControlExample("a deterministic model, one request in five repeated, kept for 300 s"),
            ControlExample("a model that samples") { graph in
                graph.decideCache(CacheDecision(isDeterministic: false, reason: "answers are sampled"))
            },
            ControlExample("too few repeats to be worth a cache") { graph in
                graph.decideCache(
                    CacheDecision(isDeterministic: true, repeatRate: 0.02, reason: "2 % of requests repeat"))
            },
        ],
        fails: [
            ControlExample("nothing decided") { $0.changeDeclarations { $0.cache = .absent } },
            ControlExample("every other request repeated, and no cache") { graph in
                graph.decideCache(CacheDecision(isDeterministic: true, repeatRate: 0.5, reason: "not needed"))
            },
            ControlExample("a cache for a model that samples") { graph in
                graph.decideCache(CacheDecision(isDeterministic: false, repeatRate: 0.5, ttlSeconds: 300))
            },
            ControlExample("a deterministic model whose repeats nobody measured") { graph in
                graph.decideCache(CacheDecision(isDeterministic: true, reason: "not needed"))
            },
        ],
        judge: decidesCache)

    @Sendable private static func decidesCache(_ graph: Graph) -> [Judgement] {
        graph.judgeDeclarations { _, declaration, ask in
            guard let decision = ask.need(declaration.cache, "the decision on caching (spec: cache)") else { return }
            let isKept = decision.ttlSeconds ?? 0 > 0
            guard decision.isDeterministic else {
                if isKept {
                    ask.fail("answers are kept for \(decision.ttlSeconds ?? 0) s, and the model is not deterministic")
                } else {
                    ask.prove("the model is not deterministic: no answer is kept")
                }
                return
            }
            guard let repeated = decision.repeatRate else {
                return ask.fail("what share of requests repeats (cache.repeatRate) was not measured")
            }
            if isKept {
                return ask.prove("answers are kept for \(decision.ttlSeconds ?? 0) s")
            }
            guard decision.reason?.isEmpty == false else {
                return ask.fail("answers are not kept, and no reason is given (cache.reason)")
            }
            let percent = Arithmetic.text(repeated * 100)
            guard repeated >= 0.1 else { return ask.prove("\(percent) % of requests repeat, too few for a cache") }
            guard let peak = ask.need(declaration.peakRequestsPerSecond, "the peak load (spec: peakRequestsPerSecond)")
            else { return }
            guard !decision.isDue(atPeak: peak) else {
                return ask.fail(
                    "\(percent) % of requests repeat at \(Arithmetic.text(peak)) requests/s, which asks for a cache: "
                        + "wanted cache.ttl above 0")
            }
            ask.prove("\(Arithmetic.text(peak)) requests/s are too few for a cache")
        }
    }

    private static let modelCache = Control(
        "PERF-3.2", "Model cache is not disabled",
        severities: Severities(production: .medium),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Implementation: SageMaker Model Cache",
        remedy: "Leave ModelCacheSetting of multi-model containers at Enabled.",
        traps: [
            "A setting that is not written is Enabled.",
            "It keeps models in memory, not answers, in spite of its name.",
            "Model Monitor does not work on multi-model endpoints.",
        ],
        holds: [
            ControlExample("a single model, which always stays in memory"),
            ControlExample("many models and no setting written") { graph in
                graph.models.mutateEach { $0.isMultiModel = true }
            },
        ],
        fails: [
            ControlExample("many models, each loaded anew") { graph in
                graph.models.mutateEach {
                    $0.isMultiModel = true
                    $0.modelCacheSetting = "Disabled"
                }
            },
            ControlExample("one of two models without the cache") { graph in
                graph.models.append(
                    Model("SecondModel") {
                        $0.isMultiModel = true
                        $0.modelCacheSetting = "Disabled"
                    })
            },
        ]
    ) { graph in
        guard !graph.models.isEmpty else {
            return graph.endpoints.map { .about($0) { $0.doubt("its model is not part of this input") } }
        }
        return graph.models.map { model in
            .about(model) { ask in
                switch model.isMultiModel.defaulting(to: false).state {
                case .known(true):
                    ask.require(
                        model.modelCacheSetting, "ModelCacheSetting", wanted: "Enabled", absentAs: "Enabled"
                    ) { $0 != "Disabled" }
                case .unknown(let why): ask.doubt("whether it holds many models cannot be told: \(why)")
                default: ask.prove("a single model always stays in memory")
                }
            }
        }
    }

    private static let effectiveCache = Control(
        "PERF-3.3", "A response cache is effective where PERF-3.1 asks for one",
        severities: Severities(production: .medium),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "CloudFront for API responses / Benefits: Reduced latency, lower backend load, cost savings",
        remedy:
            "Keep answers in the gateway or the API's stage (spec: cache.ttl), or put CloudFront before a GET facade "
            + "with a cache policy whose TTLs are above 0.",
        traps: [
            "CloudFront caches GET, never POST.",
            "A DefaultTTL of 0 without Cache-Control caches nothing.",
            "The managed policy CachingDisabled is a cache policy too.",
        ],
        holds: [
            ControlExample("answers kept for 300 s"),
            ControlExample("CloudFront before a GET facade") { graph in
                graph.entryPoints.mutateEach { $0.cacheTTLSeconds = .absent }
                graph.addDistribution(methods: ["GET", "HEAD"], defaultTTL: 60)
            },
        ],
        fails: [
            ControlExample("no cache anywhere") { $0.removeCaches() },
            ControlExample("CloudFront that caches nothing by its default") { graph in
                graph.removeCaches()
                graph.addDistribution(methods: ["GET", "HEAD"], defaultTTL: 0, maxTTL: 0)
            },
            ControlExample("CloudFront with the managed policy that disables caching") { graph in
                graph.removeCaches()
                graph.addDistribution(methods: ["GET", "HEAD"], defaultTTL: 60)
                graph.distributions.mutateEach {
                    $0.cachePolicies = .known([.known(.external(cachingDisabledPolicy))])
                }
            },
            ControlExample("CloudFront that does not cache GET") { graph in
                graph.removeCaches()
                graph.addDistribution(methods: ["OPTIONS"], defaultTTL: 60)
            },
        ],
        judge: cachesAnswers)

    /// CloudFront's managed policy CachingDisabled.
    private static let cachingDisabledPolicy = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

    @Sendable private static func cachesAnswers(_ graph: Graph) -> [Judgement] {
        graph.endpoints.map { endpoint in
            let declaration = graph.declaration(of: endpoint)
            if let decision = declaration?.cache.value {
                let isAsked =
                    decision.ttlSeconds ?? 0 > 0
                    || decision.isDue(atPeak: declaration?.peakRequestsPerSecond.value ?? 0)
                guard isAsked && decision.isDeterministic else {
                    return Judgement(
                        .notApplicable, endpoint.id, at: endpoint.place,
                        "no cache is asked for: \(decision.reason ?? "too few requests repeat")")
                }
            }
            return .about(endpoint) { ask in
                guard declaration?.cache.isKnown == true else {
                    return ask.doubt("whether answers may be kept is not declared (PERF-3.1), and decides it")
                }
                let caches = graph.caches
                if graph.source == .engine && caches.isEmpty {
                    return ask.doubt("the engine's gateway shows no cache; its TTL decides it")
                }
                ask.requireOne(of: caches, orFail: "no answer is kept anywhere", name: \.id) { cache, ask in
                    ask.relate("the cache \(cache.id)", at: cache.place)
                    requireEffect(cache, in: graph, &ask)
                }
            }
        }
    }

    private static func requireEffect(_ cache: AnswerCache, in graph: Graph, _ ask: inout Inquiry) {
        switch cache {
        case .entryPoint(let point):
            ask.require(point.cacheTTLSeconds, "its TTL in s", wanted: "above 0") { $0 > 0 }
        case .distribution(let distribution):
            ask.require(
                distribution.cachedMethods, "its cached methods", wanted: "GET", absentAs: ["GET", "HEAD"]
            ) { $0.contains("GET") }
            guard let references = ask.need(distribution.cachePolicies, "its cache policies") else { return }
            ask.requireOne(of: references, orFail: "no cache policy keeps anything", name: { _ in "its policy" }) {
                requireKeeping($0, in: graph, &$1)
            }
        }
    }

    private static func requireKeeping(_ reference: Fact<Reference>, in graph: Graph, _ ask: inout Inquiry) {
        guard let known = ask.need(reference, "which cache policy it is") else { return }
        guard let policy = graph.cachePolicies[known] else {
            if case .external(let id) = known, id.contains(cachingDisabledPolicy) {
                return ask.fail("CachingDisabled keeps nothing")
            }
            return ask.doubt("the cache policy is not part of this input")
        }
        // CloudFront's own defaults: a day, and a year.
        ask.require(policy.defaultTTLSeconds, "DefaultTTL of \(policy.id)", wanted: "above 0", absentAs: 86_400) {
            $0 > 0
        }
        ask.require(policy.maxTTLSeconds, "MaxTTL of \(policy.id)", wanted: "above 0", absentAs: 31_536_000) { $0 > 0 }
    }

    private static let safeCache = Control(
        "PERF-3.4", "The cache is safe",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "CloudFront for API responses",
        limit: "300 s",
        remedy:
            "Make the caller's authorisation, the content type and the model's revision part of the cache's key, "
            + "encrypt what is kept, and keep it for at most 300 s.",
        traps: [
            "Without Authorization in the key one caller is given another's answers.",
            "Without the revision in the key a rollback goes on answering as the bad model did.",
            "CloudFront keeps errors for ten seconds by default.",
        ],
        holds: [
            ControlExample("authorisation, content type and revision in the key, encrypted, 300 s"),
            ControlExample("a public route without authorisation in its key") { graph in
                graph.entryPoints.mutateEach {
                    $0.requiresAuthentication = false
                    $0.cacheKeyParts = $0.cacheKeyParts.map { $0.filter { $0.lowercased() != "authorization" } }
                }
            },
        ],
        fails: [
            ControlExample("no authorisation in the key") { graph in
                graph.changeCache { $0.cacheKeyParts = .known(["contentType", "revision", "body"]) }
            },
            ControlExample("no revision in the key") { graph in
                graph.changeCache { $0.cacheKeyParts = .known(["authorization", "contentType", "body"]) }
            },
            ControlExample("answers kept for an hour") { graph in
                graph.changeCache { $0.cacheTTLSeconds = 3600 }
            },
            ControlExample("answers kept in the clear") { graph in
                graph.changeCache { $0.encryptsCache = .absent }
            },
        ],
        judge: cachesSafely)

    /// The longest an answer may be kept.
    private static let cacheTTLSecondsMax = 300

    @Sendable private static func cachesSafely(_ graph: Graph) -> [Judgement] {
        graph.caches.map { cache in
            .about(cache.id, at: cache.place) { ask in
                switch cache {
                case .entryPoint(let point): requireSafety(of: point, &ask)
                case .distribution(let distribution): requireSafety(of: distribution, in: graph, &ask)
                }
            }
        }
    }

    private static func requireSafety(of point: EntryPoint, _ ask: inout Inquiry) {
        ask.require(point.cacheTTLSeconds, "its TTL in s", wanted: "at most 300") { $0 <= cacheTTLSecondsMax }
        ask.requireFlag(point.encryptsCache, "encryption of what is kept", absentAs: false)
        guard let parts = ask.need(point.cacheKeyParts, "what its key is made of") else { return }
        let isPublic = point.requiresAuthentication.value == false
        requireKey(parts, mayOmitAuthorization: isPublic, &ask)
    }

    private static func requireSafety(of distribution: Distribution, in graph: Graph, _ ask: inout Inquiry) {
        // "200 only": an error that is kept outlives its cause. What is not told is not kept by an engine's front.
        ask.require(
            distribution.keptErrorCodes, "errors that are kept", wanted: "none (ErrorCachingMinTTL 0)", absentAs: []
        ) {
            $0.isEmpty
        }
        let paths = distribution.cachedPaths.value ?? []
        for (index, reference) in (distribution.cachePolicies.value ?? []).enumerated() {
            let path = index < paths.count ? paths[index].value ?? "" : ""
            // What is not kept needs no key.
            if case .external(let id)? = reference.value, id.contains(cachingDisabledPolicy) { continue }
            guard let policy = reference.value.flatMap({ graph.cachePolicies[$0] }) else {
                ask.doubt("a cache policy is not part of this input, and its key decides it")
                continue
            }
            ask.relate("the cache policy \(policy.id)", at: policy.place)
            ask.require(
                policy.maxTTLSeconds, "MaxTTL of \(policy.id)", wanted: "at most 300", absentAs: 31_536_000
            ) { $0 <= cacheTTLSecondsMax }
            guard let headers = ask.need(policy.headers, "the headers in the key of \(policy.id)") else { continue }
            requireKey(headers, mayOmitAuthorization: false, path: path, &ask)
        }
    }

    /// The path is part of every key: `/r7/*` holds the revision as well as a header does.
    private static func namesRevision(_ path: String) -> Bool {
        path.split(separator: "/").contains { part in
            let word = part.lowercased()
            let isNumbered = word.contains(where: \.isNumber) && (word.hasPrefix("r") || word.hasPrefix("v"))
            return isNumbered || word.contains("revision") || word.contains("version")
        }
    }

    private static func requireKey(
        _ parts: [String], mayOmitAuthorization: Bool, path: String = "", _ ask: inout Inquiry
    ) {
        let names = parts.map { $0.lowercased().filter(\.isLetter) }
        let shown = parts.joined(separator: ", ")
        if !names.contains("authorization") && !mayOmitAuthorization {
            ask.fail("its key has no part for the caller's authorisation: [\(shown)]")
        }
        // A GET has no content of its own: what it accepts is what it gets.
        if !names.contains("contenttype") && !names.contains("accept") {
            ask.fail("its key has no part for the content type: [\(shown)]")
        }
        if !names.contains(where: { $0.contains("revision") }) && !namesRevision(path) {
            ask.fail("its key has no part for the model's revision, so that a rollback serves stale answers")
        }
        ask.prove("its key is [\(parts.joined(separator: ", "))]")
    }
}

/// Something that keeps answers: an API's stage, an engine's gateway, a content-delivery front.
private enum AnswerCache {
    case entryPoint(EntryPoint)
    case distribution(Distribution)

    var id: String {
        switch self {
        case .entryPoint(let point): point.id
        case .distribution(let distribution): distribution.id
        }
    }

    var place: Place? {
        switch self {
        case .entryPoint(let point): point.place
        case .distribution(let distribution): distribution.place
        }
    }
}

extension Graph {
    /// Everything that is set up to keep answers, whether it does or not.
    fileprivate var caches: [AnswerCache] {
        entryPoints.filter { !$0.cacheTTLSeconds.isAbsent }.map { .entryPoint($0) }
            + distributions.filter { $0.cachePolicies.value?.isEmpty != true && !$0.cachePolicies.isAbsent }
            .map { .distribution($0) }
    }

    /// Sets what was decided about caching for every endpoint, for examples.
    fileprivate mutating func decideCache(_ decision: CacheDecision) {
        changeDeclarations { $0.cache = .known(decision) }
    }

    /// Changes every entry point that keeps answers, for examples.
    fileprivate mutating func changeCache(_ change: (inout EntryPoint) -> Void) {
        entryPoints.mutateEach { point in
            if !point.cacheTTLSeconds.isAbsent { change(&point) }
        }
    }

    /// Takes every cache away, for examples.
    fileprivate mutating func removeCaches() {
        entryPoints.mutateEach { $0.cacheTTLSeconds = .absent }
        distributions = []
    }

    /// Adds a content-delivery front, for examples.
    fileprivate mutating func addDistribution(methods: [String], defaultTTL: Int, maxTTL: Int = 300) {
        cachePolicies.append(
            CachePolicy("AnswersPolicy") {
                $0.defaultTTLSeconds = .known(defaultTTL)
                $0.maxTTLSeconds = .known(maxTTL)
                $0.headers = .known(["Authorization", "Content-Type", "X-Model-Revision"])
            })
        distributions.append(
            Distribution("AnswersFront") {
                $0.cachedMethods = .known(methods)
                $0.cachePolicies = .known([.known(.resource("AnswersPolicy"))])
            })
    }
}
