// When two names are of the same thing, though each side writes them in its own way: by id, by ARN, with open parts.

/// What can be said of two values.
enum Agreement: Hashable {
    case same, different
    /// One side leaves open what would decide it; the text says what.
    case untold(String)
}

/// Compares names of two graphs whose resources have been paired.
struct NameComparison {
    /// Ids of the later graph by those of the earlier one.
    let pairs: [String: String]
    private let before: Side
    private let after: Side

    private struct Side {
        var heads: [String: ResourceHead] = [:]
        /// The graph's own, and those of resources elsewhere.
        var regions: Set<String> = []
        /// A key of several regions has one id in all of them, and texts name it by that.
        var primaryKeys: [String: String] = [:]
    }

    init(_ pairs: [String: String], from before: Graph, to after: Graph) {
        self.pairs = pairs
        func side(_ graph: Graph) -> Side {
            let heads = graph.resources.map { ($0.id, $0.head) }
            var side = Side(heads: Dictionary(heads, uniquingKeysWith: { first, _ in first }))
            side.regions = Set(heads.compactMap(\.1.region.value))
            if let own = graph.region.value { side.regions.insert(own) }
            let shared = graph.keys.filter { $0.isMultiRegion.value == true && $0.isReplica.value != true }
            if shared.count == 1, let primary = shared.first {
                for key in graph.keys where key.isReplica.value == true { side.primaryKeys[key.id] = primary.id }
            }
            return side
        }
        self.before = side(before)
        self.after = side(after)
    }

    /// Whether two references lead to the same thing.
    func compare(_ old: Reference, _ new: Reference) -> Agreement {
        switch (old, new) {
        case (.resource(let old), .resource(let new)): pairs[old] == new ? .same : .different
        case (.external(let old), .external(let new)): compare(old, new)
        case (.resource(let id), .external(let name)): compare(before.heads[id], name)
        case (.external(let name), .resource(let id)): compare(after.heads[id], name)
        }
    }

    /// Whether a name or ARN is that of a resource.
    private func compare(_ head: ResourceHead?, _ name: String) -> Agreement {
        guard let head else { return .different }
        if name == head.id || name == "${\(head.id)}" || name.hasPrefix("${\(head.id).") { return .same }
        guard let own = head.name.value else { return .untold("\(head.id) has no name that is known") }
        if own == name || isEnd(own, of: name) { return .same }
        return Self.matches(pieces(of: own, beside: after), name)
            || name.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map {
                Self.matches(pieces(of: own, beside: after), String($0))
            } == true ? .same : .different
    }

    /// Whether two texts say the same, whatever each calls the resources and the account that they speak of.
    func compare(_ old: String, _ new: String) -> Agreement {
        if old == new { return .same }
        let translated = translate(old)
        let new = normal(new, in: after) { $0 }
        if translated == new { return .same }
        let (left, right) = (pieces(of: translated, beside: after), pieces(of: new, beside: before))
        if Self.matches(left, new) || Self.matches(right, translated) { return .same }
        // What nobody knows may be anything.
        guard let open = (left + right).first(where: \.isUnknown) else { return .different }
        let mayBe = Self.matches(left, new, lenient: true) || Self.matches(right, translated, lenient: true)
        return mayBe ? .untold("\(open.text) is open") : .different
    }

    // MARK: - Texts with open parts

    /// A part of a text: as it stands, or in the place of what is not written.
    private struct Piece {
        var text: String
        var isOpen = false
        /// Whether nothing is known of what stands there.
        var isUnknown = false
        var fits: @Sendable (Substring) -> Bool = { _ in false }
    }

    /// The earlier graph's text with the later one's ids.
    private func translate(_ text: String) -> String { normal(text, in: before) { pairs[$0] ?? $0 } }

    /// A text in which each resource is named in one way.
    private func normal(_ text: String, in side: Side, _ rename: (String) -> String) -> String {
        guard text.contains("${") else { return text }
        return Self.split(text).map { part in
            guard part.isOpen, let (id, attribute) = resource(part.text, in: side) else { return part.text }
            return "${\(rename(side.primaryKeys[id] ?? id))\(attribute == ".Id" ? "" : attribute)}"
        }.joined()
    }

    /// `${Id}` or `${Id.Arn}` of a resource, as its id and `.Arn`.
    private func resource(_ open: String, in side: Side) -> (id: String, attribute: String)? {
        let inner = String(open.dropFirst(2).dropLast())
        if side.heads[inner] != nil { return (inner, "") }
        guard let dot = inner.lastIndex(of: ".") else { return nil }
        let id = String(inner[..<dot])
        return side.heads[id] == nil ? nil : (id, String(inner[dot...]))
    }

    /// Text and open parts in turn.
    private static func split(_ text: String) -> [(text: String, isOpen: Bool)] {
        var parts: [(text: String, isOpen: Bool)] = []
        var rest = text[...]
        while let start = rest.indices.first(where: { rest[$0...].hasPrefix("${") }),
            let end = rest[start...].firstIndex(of: "}")
        {
            if start > rest.startIndex { parts.append((String(rest[..<start]), false)) }
            parts.append((String(rest[start...end]), true))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append((String(rest), false)) }
        return parts
    }

    private func pieces(of text: String, beside other: Side) -> [Piece] {
        guard text.contains("${") else { return [Piece(text: text)] }
        return Self.split(text).map { part in
            guard part.isOpen else { return Piece(text: part.text) }
            var piece = Piece(text: part.text, isOpen: true)
            let regions = other.regions
            switch part.text {
            case "${AWS::Partition}": piece.fits = { ["aws", "aws-cn", "aws-us-gov"].contains($0) }
            case "${AWS::AccountId}": piece.fits = { $0.count == 12 && $0.allSatisfy(\.isNumber) }
            case "${AWS::Region}":
                piece.fits = { text in
                    regions.isEmpty ? text.count(where: { $0 == "-" }) >= 2 : regions.contains(String(text))
                }
            default:
                let known = resource(part.text, in: before) ?? resource(part.text, in: after)
                guard let (id, _) = known else {
                    piece.isUnknown = true
                    break
                }
                // An ARN may be spelled around the id: `arn:…:subnet/${SubnetA}`.
                let ids = [id, pairs[id]].compactMap(\.self)
                let named = [before.heads[id]?.name.value, after.heads[id]?.name.value].compactMap(\.self)
                let names = ids + ids.map { "${\($0)}" } + named
                piece.fits = { text in names.contains { self.isEnd($0, of: String(text)) } }
            }
            return piece
        }
    }

    /// Whether an ARN, URL or the like ends in a name.
    private func isEnd(_ name: String, of text: String) -> Bool {
        text == name || text.hasSuffix(":\(name)") || text.hasSuffix("/\(name)")
    }

    private static func matches(_ pieces: [Piece], _ text: String, lenient: Bool = false) -> Bool {
        matches(pieces[...], text[...], lenient)
    }

    private static func matches(_ pieces: ArraySlice<Piece>, _ text: Substring, _ lenient: Bool) -> Bool {
        guard let piece = pieces.first else { return text.isEmpty }
        let rest = pieces.dropFirst()
        // The other side may leave the same part open.
        if text.hasPrefix(piece.text), matches(rest, text.dropFirst(piece.text.count), lenient) { return true }
        guard piece.isOpen, lenient || !piece.isUnknown else { return false }
        // What is open ends where the next written text begins.
        let next = rest.first.map { $0.isOpen ? "" : $0.text } ?? ""
        for end in text.indices + [text.endIndex] where rest.isEmpty ? end == text.endIndex : true {
            let (part, remainder) = (text[..<end], text[end...])
            guard remainder.hasPrefix(next), piece.isUnknown || piece.fits(part) else { continue }
            if matches(rest, remainder, lenient) { return true }
        }
        return false
    }
}
