// What an endpoint is made of: the questions that controls of every pillar ask first.

import PlumbModel

extension Graph {
    /// The endpoint's configuration; failed or doubted when it is not in the graph.
    func config(of endpoint: Endpoint, _ ask: inout Inquiry) -> EndpointConfig? {
        guard let reference = ask.need(endpoint.config, "the endpoint's configuration") else { return nil }
        guard let config = endpointConfigs[reference] else {
            ask.doubt("the endpoint's configuration is not part of this input")
            return nil
        }
        ask.relate("its configuration \(config.id)", at: config.place)
        return config
    }

    /// The endpoint's production variants, shadows left out; empty, with the reason told, when they cannot be had.
    func variants(of endpoint: Endpoint, _ ask: inout Inquiry) -> [Variant] {
        guard let config = config(of: endpoint, &ask) else { return [] }
        guard let variants = ask.need(config.variants, "the configuration's list of variants") else { return [] }
        let serving = variants.filter { !$0.isShadow }
        if serving.isEmpty { ask.fail("the configuration has no production variant", at: config.place) }
        return serving
    }

    /// What was declared of this endpoint; nil when nothing was, or when its name is not known.
    func declaration(of endpoint: Endpoint) -> Declaration? {
        endpoint.name.value.flatMap { declaration(for: $0) }
    }

    /// Whether two resources stand in different regions, as far as can be told: one alarm's name may stand in both.
    func isElsewhere(_ head: ResourceHead, than other: ResourceHead) -> Bool {
        (head.region.isAbsent ? region : head.region) != (other.region.isAbsent ? region : other.region)
    }
}
