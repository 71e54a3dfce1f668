// Plans with one fact changed at a time: how the lists beside them are read. Their README says what each edit changes.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

/// One entry of `mutations.yaml` or `wirings.yaml` beside the plans.
struct PlanMutation: CustomTestStringConvertible, Sendable {
    /// What must fail, and on which resource where the entry names one.
    struct Failure: Sendable {
        var control: String
        var resource: String?
    }
    var base: String
    var title: String
    var failures: [Failure]
    /// Controls that the same fault touches as well and that may fail with it.
    var also: Set<String>
    /// Whether the control need only not hold: the edit hides what decides it.
    var isUnknown: Bool
    var edits: [DocumentNode]

    var testDescription: String { "\(failures.first?.control ?? "holds"): \(title) (\(base))" }

    /// The folder of plans that people of another team wrote.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("PlumbFormatsTests/Plans")

    /// The plans that entries start from. One that cannot be read is missed by every test that asks for it.
    private static let bases = ["compliant", "compliant-modules", "staging", "dev", "fleet"].reduce(
        into: [String: SourceDocument]()
    ) { $0[$1] = try? read($1 + ".json") }

    static func document(_ name: String) throws -> SourceDocument { try bases[name] ?? read(name + ".json") }

    private static func read(_ name: String) throws -> SourceDocument {
        let bytes = try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
        return try SourceDocument.read(SourceFile(path: name, bytes: bytes)).get()
    }

    /// The items of a list; empty when it cannot be read, which the test that counts them notices.
    static func items(_ name: String) -> [DocumentNode] {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)),
            case .success(let root) = DocumentReader.read([UInt8](data), file: name)
        else { return [] }
        return root.items
    }

    static func list(_ name: String) -> [PlanMutation] {
        items(name).map { item in
            var failures = (item["fails"]?.items ?? []).map {
                Failure(control: $0["control"]?.text ?? "", resource: $0["resource"]?.text)
            }
            if let control = item["control"]?.text { failures.append(Failure(control: control)) }
            return PlanMutation(
                base: item["base"]?.text ?? "", title: item["title"]?.text ?? "?", failures: failures,
                also: Set((item["also"]?.items ?? []).compactMap(\.text)), isUnknown: item["unknown"]?.text == "true",
                edits: item["edits"]?.items ?? [])
        }
    }

    /// The base with the edits carried out. Throws when an edit finds nothing to change.
    func document() throws -> SourceDocument {
        let base = try Self.document(base)
        var plan = EditedPlan(root: base.root)
        for edit in edits { try plan.apply(edit) }
        return SourceDocument(path: base.path, root: plan.root)
    }
}

// MARK: - Trees

extension DocumentNode {
    static func plain(_ text: String) -> DocumentNode { DocumentNode(.scalar(text, isPlain: true), at: Mark.start) }
    static func list(_ items: [DocumentNode]) -> DocumentNode { DocumentNode(.list(items), at: Mark.start) }
    static func map(_ entries: [(String, DocumentNode)]) -> DocumentNode {
        DocumentNode(.map(entries.map { Entry(key: $0.0, mark: Mark.start, value: $0.1) }), at: Mark.start)
    }
    static var nothing: DocumentNode { DocumentNode(.null, at: Mark.start) }

    var isMap: Bool { if case .map = content { true } else { false } }
    var isList: Bool { if case .list = content { true } else { false } }

    /// What stands at a path of keys and indices; nil where the path ends before.
    func node(_ path: some Sequence<String>) -> DocumentNode? {
        var found = self
        for key in path {
            if case .list(let items) = found.content {
                guard let index = Int(key), items.indices.contains(index) else { return nil }
                found = items[index]
            } else {
                guard let next = found[key] else { return nil }
                found = next
            }
        }
        return found
    }

    /// Puts a value at a path: in the place of what is there, or as a new key or last item.
    mutating func put(_ path: ArraySlice<String>, _ value: DocumentNode) throws {
        guard let key = path.first else {
            self = value
            return
        }
        switch content {
        case .map(var entries):
            if let index = entries.lastIndex(where: { $0.key == key }) {
                try entries[index].value.put(path.dropFirst(), value)
            } else {
                guard path.count == 1 else { throw NothingToChange(path: key) }
                entries.append(Entry(key: key, mark: mark, value: value))
            }
            content = .map(entries)
        case .list(var items):
            guard let index = Int(key), index <= items.count, index < items.count || path.count == 1 else {
                throw NothingToChange(path: key)
            }
            if index == items.count { items.append(value) } else { try items[index].put(path.dropFirst(), value) }
            content = .list(items)
        default: throw NothingToChange(path: key)
        }
    }

    /// Takes out what stands at a path, if anything does.
    mutating func leave(_ path: ArraySlice<String>) {
        guard let key = path.first else { return }
        switch content {
        case .map(var entries):
            guard let index = entries.lastIndex(where: { $0.key == key }) else { return }
            if path.count == 1 { entries.remove(at: index) } else { entries[index].value.leave(path.dropFirst()) }
            content = .map(entries)
        case .list(var items):
            guard let index = Int(key), items.indices.contains(index) else { return }
            if path.count == 1 { items.remove(at: index) } else { items[index].leave(path.dropFirst()) }
            content = .list(items)
        default: return
        }
    }

    /// The text of a JSON document.
    var json: String {
        switch content {
        case .null: return "null"
        case .scalar(let text, let isPlain):
            return isPlain && (Double(text) != nil || text == "true" || text == "false") ? text : Self.quoted(text)
        case .list(let items): return "[" + items.map(\.json).joined(separator: ",") + "]"
        case .map(let entries):
            return "{" + entries.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"" + escaped.replacingOccurrences(of: "\n", with: "\\n") + "\""
    }
}

extension Mark {
    static let start = Mark(line: 1, column: 1)
}
