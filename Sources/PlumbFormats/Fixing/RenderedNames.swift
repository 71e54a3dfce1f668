// The names of one graph in place of another's, in everything that is rendered.

import PlumbModel

/// What each id and each physical name is called elsewhere.
struct RenderedNames {
    var ids: [String: String]
    /// What stands in every physical name; most begin with it.
    var prefix: String
    /// Tags with another value, or with none at all where that is nil.
    var tags: [String: String?] = [:]
    /// What stands for the endpoint's name in an architecture of several, and what that name makes of it.
    var standIns: [(own: String, other: String)] = []
    /// Physical names that begin with the prefix, by their letters up to the first that no name has; the longer first,
    /// because one may be the start of another.
    private var names: [String: [(own: String, other: String)]] = [:]
    /// The other physical names, the longer first.
    private var loose: [(own: String, other: String)] = []

    init(ids: [String: String], names: [String: String], prefix: String) {
        self.ids = ids
        self.prefix = prefix
        for (own, other) in names.sorted(by: { ($0.key.utf8.count, $0.key) > ($1.key.utf8.count, $1.key) }) {
            if !prefix.isEmpty, own.hasPrefix(prefix) {
                self.names[String(Self.start(of: own[...])), default: []].append((own, other))
            } else {
                loose.append((own, other))
            }
        }
    }

    func resource(_ resource: RenderedResource) -> RenderedResource {
        var renamed = resource
        renamed.fields = resource.fields.map(field)
        renamed.note = resource.note.map(standing)
        return renamed
    }

    private func field(_ field: RenderedField) -> RenderedField {
        var renamed = field
        renamed.value = value(field.value)
        return renamed
    }

    private func value(_ value: RenderedValue) -> RenderedValue {
        switch value {
        case .text(let text): .text(self.text(text))
        case .list(let items): .list(items.map(self.value))
        case .block(let fields): .block(fields.map(field))
        case .blocks(let blocks): .blocks(blocks.map { $0.map(field) })
        case .object(let fields): .object(fields.map(field))
        case .map(let map): .map(map.mapValues(self.value))
        case .document(let inner): .document(self.value(inner))
        case .json(let inner): .json(self.value(inner))
        case .pairs(let pairs): .pairs(pairs.map { RenderedPair($0.key, self.value($0.value)) })
        case .link(let id, let template, let plan): .link(ids[id] ?? id, template: template, plan: plan)
        // What a spec settles is no question to whoever mends a finding.
        case .parameter(let parameter): parameter.standard.map(self.value) ?? value
        case .tags(let tags):
            .tags(tags.reduce(into: [:]) { $0[$1.key] = self.tags[$1.key] ?? standing($1.value) })
        case .expression(let text): .expression(standing(text))
        case .number, .bool: value
        }
    }

    func text(_ text: String) -> String {
        var renamed = text
        if text.holds("${") { renamed = withIDs(renamed) }
        guard prefix.isEmpty || renamed.holds(prefix) else { return standing(renamed) }
        for (own, other) in loose { renamed = Self.replacing(own, in: renamed, other) }
        return standing(prefix.isEmpty ? renamed : withNames(renamed))
    }

    /// The text with the endpoint's name in the place of the one that stands for it.
    private func standing(_ text: String) -> String {
        standIns.reduce(text) { $0.putting($1.other, for: $1.own) }
    }

    /// A name is replaced where it stands alone: `digits-production` is no part of `digits-production-drift`.
    private static func replacing(_ own: String, in text: String, _ other: String) -> String {
        var (parts, rest) = ("", Substring(text))
        while let found = rest.place(of: own) {
            let isAlone = !goesOn(own, in: rest[found.upperBound...])
            parts += rest[..<found.lowerBound] + (isAlone ? other : own)
            rest = rest[found.upperBound...]
        }
        return parts.isEmpty ? text : parts + rest
    }

    private static func goesOn(_ own: String, in rest: Substring) -> Bool {
        guard let last = own.utf8.last, last != UInt8(ascii: "-"), isOfName(last), let next = rest.utf8.first else {
            return false
        }
        return isOfName(next)
    }

    /// Whether a byte is of a letter, a digit or a hyphen.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: byte == UInt8(ascii: "-")
        }
    }

    /// The letters, digits and hyphens that a name or the rest of a text begins with.
    private static func start(of text: Substring) -> Substring { Substring(text.utf8.prefix(while: isOfName)) }

    /// Wherever the prefix stands, the longest name that begins there is replaced.
    private func withNames(_ text: String) -> String {
        var (parts, rest) = ("", Substring(text))
        while let found = rest.place(of: prefix) {
            parts += rest[..<found.lowerBound]
            rest = rest[found.lowerBound...]
            let fitting = names[String(Self.start(of: rest))]?.first { rest.utf8.starts(with: $0.own.utf8) }
            let own = fitting?.own ?? prefix
            parts += fitting?.other ?? own
            rest = Substring(rest.utf8.dropFirst(own.utf8.count))
        }
        return parts + rest
    }

    private func withIDs(_ text: String) -> String {
        var (parts, rest) = ("", Substring(text))
        while let start = rest.place(of: "${"),
            let end = rest.utf8[start.upperBound...].firstIndex(of: UInt8(ascii: "}"))
        {
            let inside = rest[start.upperBound..<end]
            let id = Substring(inside.utf8.prefix { $0 != UInt8(ascii: ".") })
            parts += rest[..<start.upperBound]
            parts += ids[String(id)] ?? String(id)
            rest = rest[id.endIndex...]
            parts += rest[..<end]
            rest = rest[end...]
        }
        return parts + rest
    }
}
