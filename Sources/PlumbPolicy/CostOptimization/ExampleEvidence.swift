// Evidence that the examples of cost controls bring with them.

import PlumbModel

extension Graph {
    /// For examples: adds a record of today about every endpoint, as an account or engine would show it.
    mutating func record(_ kind: Evidence.Kind, numbers: [String: Double] = [:], texts: [String: String] = [:]) {
        for name in endpoints.compactMap(\.name.value) {
            evidence.append(
                Evidence(kind, endpointName: name, day: asOf, origin: "example", numbers: numbers, texts: texts))
        }
    }

    /// For examples: changes what was declared of every endpoint.
    mutating func redeclare(_ change: (inout Declaration) -> Void) {
        for index in declarations.indices { change(&declarations[index]) }
    }
}
