// What only an account shows: states, the last run of a monitor, the stack that made a thing.

import PlumbModel

/// Takes the keys that begin with `Live` into the graph.
enum AccountFacts {
    static func add(to graph: inout Graph, from inventory: Inventory) {
        graph.alarms.mutateEach { alarm in
            guard let source = inventory[id: alarm.id] else { return }
            alarm.state = source["LiveState"].choice()
        }
    }
}
