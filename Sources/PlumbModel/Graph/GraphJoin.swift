// What is worked out from a whole graph once, so that a question about one resource need not search all the others.

import Synchronization

/// A relation between the resources of a graph: alarms by the endpoint they name, budgets by the tag they filter on.
///
/// Built by reading every resource once. Where a graph is judged it is built once and kept (`Graph.keepingJoins`), so
/// that judging takes a time linear in the number of resources. A join must not hold the graph: the graph holds it.
public protocol GraphJoin: Sendable {
    init(_ graph: Graph)
}

/// The joins that were asked for so far. It is no part of what a graph says: all are equal, and none is written down.
struct KeptJoins: Sendable, Hashable, Codable {
    private final class Store: Sendable {
        let joins = Mutex<[ObjectIdentifier: any GraphJoin]>([:])
    }
    private var store: Store?

    init() {}
    init(from decoder: any Decoder) {}
    func encode(to encoder: any Encoder) {}
    static func == (left: KeptJoins, right: KeptJoins) -> Bool { true }
    func hash(into hasher: inout Hasher) {}

    /// Joins that are kept from now on: those that are kept already, else none so far.
    var keeping: KeptJoins {
        var kept = self
        kept.store = store ?? Store()
        return kept
    }

    func join<Join: GraphJoin>(_ graph: Graph) -> Join {
        guard let store else { return Join(graph) }
        let key = ObjectIdentifier(Join.self)
        if let kept = store.joins.withLock({ $0[key] }) as? Join { return kept }
        // Outside the lock, because a join may ask for another.
        let made = Join(graph)
        store.joins.withLock { $0[key] = made }
        return made
    }
}

extension Graph {
    /// This graph, remembering its joins. For reading only: a change would not show in a join that is kept already.
    public var keepingJoins: Graph {
        var graph = self
        graph.joins = joins.keeping
        return graph
    }

    /// The join of this type: the kept one, or one made for this question.
    public func joined<Join: GraphJoin>(_ type: Join.Type = Join.self) -> Join { joins.join(self) }
}
