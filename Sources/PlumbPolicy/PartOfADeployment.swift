// Templates and plans that hold no endpoint: a network, a store of logs, something that has nothing to do with models.

import PlumbModel

extension Graph {
    /// Whether this is a template or plan without anything that serves a model: a part of a deployment at most. What it
    /// holds can be right or wrong; what it lacks may stand in another stack.
    var isOnlyAPart: Bool {
        (source == .cloudformation || source == .terraform) && endpoints.isEmpty && endpointConfigs.isEmpty
            && models.isEmpty
    }

    /// Of the judgements on a part those that speak of one of its resources; all of them on a whole deployment.
    func withoutAbsences(_ judgements: [Judgement]) -> [Judgement] {
        guard isOnlyAPart else { return judgements }
        let ids = joined(ResourceIDs.self)
        return judgements.filter { ids.all.contains($0.resource) }
    }

    /// Says that only a part was judged; nil for a whole deployment.
    var partialNote: Diagnostic? {
        guard isOnlyAPart else { return nil }
        return Diagnostic(
            .note, "no endpoint, configuration or model stands in it: its resources were judged, not what it lacks",
            hint: "give all stacks of a deployment in one run: plumb check endpoint.yaml network.yaml")
    }
}

private struct ResourceIDs: GraphJoin {
    let all: Set<String>
    init(_ graph: Graph) { all = Set(graph.resources.map(\.id)) }
}
