// The names of one graph in place of another's, in everything that is rendered.

import PlumbModel

/// What each id and each physical name is called elsewhere.
struct RenderedNames {
    var ids: [String: String]
    /// Physical names; all of them begin with `prefix`.
    var names: [(own: String, other: String)]
    var prefix: String
    /// Tags with another value, or with none at all where that is nil.
    var tags: [String: String?] = [:]

    init(ids: [String: String], names: [String: String], prefix: String) {
        self.ids = ids
        // The longer first: one name may be the start of another.
        self.names = names.sorted { ($0.key.count, $0.key) > ($1.key.count, $1.key) }.map { ($0.key, $0.value) }
        self.prefix = prefix
    }

    func resource(_ resource: RenderedResource) -> RenderedResource {
        var renamed = resource
        renamed.fields = resource.fields.map(field)
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
            .tags(tags.reduce(into: [:]) { $0[$1.key] = self.tags[$1.key] ?? $1.value })
        case .number, .bool, .expression: value
        }
    }

    func text(_ text: String) -> String {
        var renamed = text
        if text.contains("${") { renamed = withIDs(renamed) }
        guard renamed.contains(prefix) else { return renamed }
        for (own, other) in names where renamed.contains(own) { renamed = Self.replacing(own, in: renamed, other) }
        return renamed
    }

    /// A name is replaced where it stands alone: `digits-production` is no part of `digits-production-drift`.
    private static func replacing(_ own: String, in text: String, _ other: String) -> String {
        func goesOn(_ character: Character?) -> Bool {
            guard own.last?.isLetter == true || own.last?.isNumber == true else { return false }
            return character.map { $0.isLetter || $0.isNumber || $0 == "-" } ?? false
        }
        var parts = ""
        var rest = Substring(text)
        while let found = rest.firstRange(of: own) {
            let after = found.upperBound == rest.endIndex ? nil : rest[found.upperBound]
            parts += rest[..<found.lowerBound] + (goesOn(after) ? own : other)
            rest = rest[found.upperBound...]
        }
        return parts + rest
    }

    private func withIDs(_ text: String) -> String {
        var parts = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let inside = rest[start.upperBound..<end]
            let id = inside.prefix { $0 != "." }
            parts += rest[..<start.upperBound] + (ids[String(id)] ?? String(id)) + inside.dropFirst(id.count)
            rest = rest[end...]
        }
        return parts + rest
    }
}
