// A template with a fix pasted into it: what a person does with the lines that a finding brings.

import PlumbModel
import Testing

@testable import PlumbFormats

extension DocumentNode {
    /// The resources of a patch's text.
    static func resources(of patch: Patch) throws -> [Entry] {
        try DocumentReader.read(Array("Resources:\n\(patch.text)".utf8), file: "fix").get()["Resources"]?.entries ?? []
    }

    /// A template with a fix in it: a change is laid over what is there, anything else stands in its place.
    func pasting(_ entries: [Entry], _ fixes: [ResourceFix]) -> DocumentNode {
        var resources = self["Resources"] ?? DocumentNode(.map([]), at: mark)
        for (entry, fix) in zip(entries, fixes) {
            var value = entry.value
            if fix.kind == .change, let present = resources[entry.key] {
                value = present.laying(value).removing(fix.removed)
            }
            resources = resources.setting(entry.key, to: value)
        }
        return setting("Resources", to: resources)
    }

    private func removing(_ keys: [String]) -> DocumentNode {
        guard !keys.isEmpty, var properties = self["Properties"] else { return self }
        properties.content = .map(properties.entries.filter { !keys.contains($0.key) })
        return setting("Properties", to: properties)
    }

    private func setting(_ key: String, to value: DocumentNode) -> DocumentNode {
        var changed = self
        var entries = self.entries.filter { $0.key != key }
        entries.append(Entry(key: key, mark: mark, value: value))
        changed.content = .map(entries)
        return changed
    }

    /// Maps are laid over each other key by key, lists of named things name by name; all else is replaced.
    private func laying(_ other: DocumentNode) -> DocumentNode {
        switch (content, other.content) {
        case (.map, .map(let entries)) where !isFunction && !other.isFunction:
            return entries.reduce(self) { map, entry in
                map.setting(entry.key, to: map[entry.key]?.laying(entry.value) ?? entry.value)
            }
        case (.list(let own), .list(let others)):
            guard !others.isEmpty, others.allSatisfy({ $0.listName != nil }) else { return other }
            var items = own
            for new in others {
                if let index = items.firstIndex(where: { $0.listName == new.listName }) {
                    items[index] = items[index].laying(new)
                } else {
                    items.append(new)
                }
            }
            return DocumentNode(.list(items), at: mark)
        default: return other
        }
    }

    private var isFunction: Bool {
        tag != nil || entries.count == 1 && (entries[0].key == "Ref" || entries[0].key.hasPrefix("Fn::"))
    }

    private var listName: String? {
        ["VariantName", "Key", "AttributeName"].lazy.compactMap { self[$0]?.text }.first
    }
}
