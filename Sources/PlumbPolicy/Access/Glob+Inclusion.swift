// Whether one pattern matches all, or some, of what another matches: globs are regular languages, so both have answers.

extension Glob {
    /// A pattern's letters, one by one.
    enum Letter: Hashable {
        case any
        case one
        case character(UInt8)

        var byte: UInt8? { if case .character(let byte) = self { byte } else { nil } }
    }

    /// `${*}`, `${?}` and `${$}` are IAM's spelling of the letters themselves.
    static func letters(_ pattern: String) -> [Letter] {
        let bytes = Array(pattern.utf8)
        var letters: [Letter] = []
        var index = 0
        while index < bytes.count {
            if index + 3 < bytes.count, bytes[index] == UInt8(ascii: "$"), bytes[index + 1] == UInt8(ascii: "{"),
                bytes[index + 3] == UInt8(ascii: "}"), [UInt8]("*?$".utf8).contains(bytes[index + 2])
            {
                letters.append(.character(bytes[index + 2]))
                index += 4
                continue
            }
            switch bytes[index] {
            case UInt8(ascii: "*"): if letters.last != .any { letters.append(.any) }
            case UInt8(ascii: "?"): letters.append(.one)
            case let byte: letters.append(.character(byte))
            }
            index += 1
        }
        return letters
    }

    /// How many pairs of states are looked at before inclusion counts as not shown; only patterns with long runs of
    /// `?` after a `*` come near.
    static let statesMax = 20_000

    /// Whether `wide` matches every text that `narrow` matches.
    ///
    /// The narrow pattern is walked letter by letter beside the set of places where the wide one may be; a letter
    /// stands for itself, and all letters that neither pattern names behave alike, so one of them stands for the rest.
    static func includes(_ wide: String, _ narrow: String) -> Bool {
        if wide == narrow || wide == "*" { return true }
        let (wide, narrow) = (letters(wide), letters(narrow))
        var alphabet: [Letter] = [.one]
        for letter in wide + narrow where letter != .any && letter != .one && !alphabet.contains(letter) {
            alphabet.append(letter)
        }
        var seen: Set<Inclusion> = []
        var open: [Inclusion] = []
        func visit(_ states: Set<Int>, _ place: Int) {
            let next = Inclusion(place: place, states: closed(states, in: wide))
            if seen.insert(next).inserted { open.append(next) }
        }
        visit([0], 0)
        while let pair = open.popLast() {
            guard seen.count <= statesMax else { return false }
            if pair.place == narrow.count {
                if !pair.states.contains(wide.count) { return false }
                continue
            }
            switch narrow[pair.place] {
            case .any:
                visit(pair.states, pair.place + 1)
                for letter in alphabet { visit(step(pair.states, by: letter, in: wide), pair.place) }
            case .one:
                for letter in alphabet { visit(step(pair.states, by: letter, in: wide), pair.place + 1) }
            case let letter: visit(step(pair.states, by: letter, in: wide), pair.place + 1)
            }
        }
        return true
    }

    private struct Inclusion: Hashable {
        var place: Int
        var states: Set<Int>
    }

    /// A star may match nothing, so the place behind it is reached as well.
    static func closed(_ states: Set<Int>, in letters: [Letter]) -> Set<Int> {
        var closed = states
        for state in states {
            var place = state
            while place < letters.count, letters[place] == .any {
                place += 1
                closed.insert(place)
            }
        }
        return closed
    }

    static func step(_ states: Set<Int>, by letter: Letter, in letters: [Letter]) -> Set<Int> {
        var next: Set<Int> = []
        for state in states where state < letters.count {
            switch letters[state] {
            case .any: next.insert(state)
            case .one: next.insert(state + 1)
            case .character where letters[state] == letter: next.insert(state + 1)
            case .character: break
            }
        }
        return next
    }

    /// Whether some text matches both patterns.
    static func overlap(_ one: String, _ other: String) -> Bool {
        let (one, other) = (letters(one), letters(other))
        // reached[j]: the letters so far of `one` and the first j of `other` can match one text.
        var reached = [Bool](repeating: false, count: other.count + 1)
        reached[0] = true
        for place in other.indices { reached[place + 1] = reached[place] && other[place] == .any }
        for letter in one {
            var next = [Bool](repeating: false, count: other.count + 1)
            next[0] = reached[0] && letter == .any
            for place in other.indices {
                switch (letter, other[place]) {
                case (.any, _), (_, .any): next[place + 1] = reached[place + 1] || next[place] || reached[place]
                case (.one, _), (_, .one): next[place + 1] = reached[place]
                case (.character(let left), .character(let right)):
                    next[place + 1] = reached[place] && left == right
                }
            }
            reached = next
        }
        return reached[other.count]
    }
}
