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
        var region: String?
    }

    init(_ pairs: [String: String], from before: Graph, to after: Graph) {
        self.pairs = pairs
        func side(_ graph: Graph) -> Side {
            let heads = graph.resources.map { ($0.id, $0.head) }
            return Side(
                heads: Dictionary(heads, uniquingKeysWith: { first, _ in first }), region: graph.region.value)
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
    private func translate(_ text: String) -> String {
        Self.split(text).map { part in
            guard part.isOpen, let (id, attribute) = resource(part.text, in: before) else { return part.text }
            return pairs[id].map { "${\($0)\(attribute)}" } ?? part.text
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
            let region = other.region
            switch part.text {
            case "${AWS::Partition}": piece.fits = { ["aws", "aws-cn", "aws-us-gov"].contains($0) }
            case "${AWS::AccountId}": piece.fits = { $0.count == 12 && $0.allSatisfy(\.isNumber) }
            case "${AWS::Region}":
                piece.fits = { text in region.map { $0 == text } ?? (text.count(where: { $0 == "-" }) >= 2) }
            default:
                let known = resource(part.text, in: before) ?? resource(part.text, in: after)
                guard let (id, _) = known else {
                    piece.isUnknown = true
                    break
                }
                let names = [id, before.heads[id]?.name.value, after.heads[id]?.name.value, pairs[id]].compactMap(
                    \.self)
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
