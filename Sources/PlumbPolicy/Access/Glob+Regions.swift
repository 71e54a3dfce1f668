// The texts that a set of patterns tells apart: one example for each combination of patterns that some text matches.

extension Glob {
    /// Texts that match the same patterns.
    struct Region {
        /// Indices of the patterns that they match.
        var matches: Set<Int>
        /// A shortest one of them.
        var example: String
    }

    /// Every combination of the patterns that some text matches, that of no pattern included, with an example each.
    /// Nil where there are too many to look at.
    ///
    /// All patterns are walked beside each other, breadth first. At each place only the letters that some pattern waits
    /// for matter, and one that none waits for stands for the rest.
    static func regions(of patterns: [String]) -> [Region]? {
        let walks = patterns.map(letters)
        let named = Set(walks.joined().compactMap(\.byte))
        // Letters first: an example should look like a name. A byte that no pattern has stands for all others.
        let others = Array("xyzqkwvj0123456789abcdefghilmnoprstu-_/:.".utf8)
        guard let other = others.first(where: { !named.contains($0) }) else { return nil }
        var seen: Set<[Set<Int>]> = []
        var found: [Set<Int>: [UInt8]] = [:]
        var open: [(states: [Set<Int>], text: [UInt8])] = []
        var next = 0
        func visit(_ states: [Set<Int>], _ text: [UInt8]) {
            let states = zip(states, walks).map { closed($0, in: $1) }
            if seen.insert(states).inserted { open.append((states, text)) }
        }
        visit(walks.map { _ in [0] }, [])
        while next < open.count {
            guard seen.count <= statesMax else { return nil }
            let (states, text) = open[next]
            next += 1
            let matches = Set(walks.indices.filter { states[$0].contains(walks[$0].count) })
            if found[matches] == nil { found[matches] = text }
            if states.allSatisfy(\.isEmpty) { continue }
            var awaited: Set<UInt8> = [other]
            for (places, walk) in zip(states, walks) {
                for place in places where place < walk.count { walk[place].byte.map { _ = awaited.insert($0) } }
            }
            for byte in awaited.sorted(by: { ($0 != other ? 0 : 1, $0) < ($1 != other ? 0 : 1, $1) }) {
                visit(zip(states, walks).map { step($0, by: .character(byte), in: $1) }, text + [byte])
            }
        }
        return found.map { Region(matches: $0.key, example: String(decoding: $0.value, as: UTF8.self)) }
            .sorted { ($0.example.utf8.count, $0.example) < ($1.example.utf8.count, $1.example) }
    }

    /// The text as a pattern that matches nothing else.
    static func literal(_ text: String) -> String {
        text.map { "*?$".contains($0) ? "${\($0)}" : String($0) }.joined()
    }
}
