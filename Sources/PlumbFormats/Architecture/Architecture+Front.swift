// The cached front: an API with GET in front of the endpoint, and an edge that keeps its answers. Signed POSTs to
// SageMaker are never cached by an edge (T-21), so only this facade is.

import PlumbModel

extension Architecture {
    static func addFront(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.hasFront, let ttl = plan.spec.cache?.ttlSeconds else { return }
        let lifetime = plan.said(ttl, "cache.ttl")
        graph.entryPoints.append(
            plan.make("EntryPoint", named: "api", from: "cache") {
                $0.kind = .known(.apiGateway)
                $0.minimumTLS = "1.2"
                $0.requiresAuthentication = true
                $0.cacheTTLSeconds = lifetime
                $0.encryptsCache = true
                $0.hasDefaultAddress = false
                // Two callers never share an answer, and a new revision never meets an old one's.
                $0.cacheKeyParts = .known(["Authorization", "Content-Type", "X-Model-Revision", "body"])
            })
        graph.cachePolicies.append(
            plan.make("CachePolicy", named: "answers", from: "cache") {
                $0.maxTTLSeconds = lifetime
                $0.defaultTTLSeconds = lifetime
                // CloudFront has no tags for it.
                $0.head.tags = .absent
                // The API knows its domain by the host that the edge hands on.
                $0.headers = .known(["Authorization", "Content-Type", "Host", "X-Model-Revision", "body"])
            })
        graph.distributions.append(
            plan.make("Distribution", named: nil, from: "cache") {
                $0.minimumProtocolVersion = "TLSv1.2_2021"
                $0.usesDefaultCertificate = false
                $0.viewerProtocolPolicies = .known(["https-only"])
                $0.originProtocolPolicies = .known(["https-only"])
                $0.originTLSVersions = .known(["TLSv1.2"])
                $0.cachePolicies = references(["CachePolicy"])
                $0.cachedMethods = .known(["GET", "HEAD"])
                $0.cachedPaths = .known(["*"])
                $0.keptErrorCodes = .known([])
            })
        graph.roles.append(
            role(
                "FrontRole", "front", .invoke, trust: trust("apigateway"), from: "cache", plan,
                may: [
                    .allow(
                        "Ask", ["sagemaker:InvokeEndpoint"], on: ["${Endpoint.Arn}"],
                        when: [.equals("aws:PrincipalTag/ml:purpose", ["invoke"])])
                ]))
    }
}
