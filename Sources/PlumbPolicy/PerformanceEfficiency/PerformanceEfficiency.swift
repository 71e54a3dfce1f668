// Fits machine, model and cache to the work: the questions its three policies share.

import PlumbModel

extension Graph {
    /// Judges what was declared of each endpoint; unknown where this input has no declaration of it.
    func judgeDeclarations(_ ask: (Endpoint, Declaration, inout Inquiry) -> Void) -> [Judgement] {
        endpoints.map { endpoint in
            .about(endpoint) { inquiry in
                guard let declaration = declaration(of: endpoint) else {
                    return inquiry.doubt("nothing is declared about the endpoint; its spec decides it")
                }
                ask(endpoint, declaration, &inquiry)
            }
        }
    }

    /// The SHA-256 of the artefact that is deployed: the declared one, or that of the model that serves.
    func deployedDigest(of endpoint: Endpoint, _ declaration: Declaration, _ ask: inout Inquiry) -> String? {
        if let digest = declaration.modelDigest.value { return digest.lowercased() }
        let variants = endpointConfigs[endpoint.config]?.variants.value ?? []
        if let digest = variants.compactMap({ models[$0.model]?.digest.value }).first { return digest.lowercased() }
        ask.doubt("the SHA-256 of the deployed model is not known; model.digest in the spec, or the engine, tells it")
        return nil
    }

    /// Whether `digest` is that of the deployed artefact.
    func requireDeployed(
        _ digest: String?, _ what: String, of endpoint: Endpoint, _ declaration: Declaration, _ ask: inout Inquiry
    ) {
        guard let digest else { return ask.fail("\(what) names no digest") }
        guard let deployed = deployedDigest(of: endpoint, declaration, &ask) else { return }
        guard digest.lowercased() == deployed else {
            return ask.fail("\(what) is of \(digest.prefix(12))…, and \(deployed.prefix(12))… is deployed")
        }
        ask.prove("\(what) is of the deployed \(deployed.prefix(12))…")
    }
}

extension CacheDecision {
    /// Whether the seed's "frequently accessed" holds: deterministic, one request in ten repeated, one a second or
    /// more.
    func isDue(atPeak requestsPerSecond: Double) -> Bool {
        isDeterministic && repeatRate ?? 0 >= 0.1 && requestsPerSecond >= 1
    }
}
