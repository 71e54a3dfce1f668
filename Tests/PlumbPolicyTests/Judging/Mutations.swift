// Templates with one fact changed at a time: how the lists beside them are read and carried out.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

/// One entry of `mutations.yaml` or `wirings.yaml` beside the templates.
struct TemplateMutation: CustomTestStringConvertible, Sendable {
    var base: String
    var title: String
    /// The control whose trap it is.
    var control: String
    /// What the control may answer.
    var verdicts: Set<String>
    /// Controls that the same fault touches as well and that may fail with it.
    var also: [String]
    /// Where given, the resource that the failing judgement names.
    var resource: String?
    var edits: [DocumentNode]

    var testDescription: String { "\(control): \(title) (\(base))" }

    /// The folder of templates that people of another team wrote.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("PlumbFormatsTests/Templates")

    static func document(_ name: String) throws -> SourceDocument {
        let bytes = try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
        return try SourceDocument.read(SourceFile(path: name, bytes: bytes)).get()
    }

    /// The entries of a list; empty when it cannot be read, which the first test of the suite notices.
    static func list(_ name: String) -> [TemplateMutation] {
        // An unreadable list is told by the test that counts the entries.
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)),
            case .success(let root) = DocumentReader.read([UInt8](data), file: name)
        else { return [] }
        return root.items.map { item in
            let isRight = item["holds"]?.text == "true"
            let verdicts = item["verdicts"]?.items.compactMap(\.text) ?? []
            let others = (item["also"]?.items ?? []) + (item["may"]?.items ?? [])
            return TemplateMutation(
                base: item["base"]?.text ?? "", title: item["title"]?.text ?? "?",
                control: item["control"]?.text ?? "",
                verdicts: verdicts.isEmpty
                    ? (isRight ? ["holds", "unknown", "notApplicable"] : ["fails"]) : Set(verdicts),
                also: others.compactMap(\.text), resource: item["resource"]?.text, edits: item["edits"]?.items ?? [])
        }
    }

    /// The base with the edits carried out. Throws when an edit finds nothing to change.
    func document() throws -> SourceDocument {
        let base = try Self.document(base)
        var root = base.root
        for edit in edits {
            let path = (edit["path"]?.items ?? []).compactMap(\.text)
            let change: DocumentNode.Change =
                if let value = edit["set"] { .set(value) } else if let value = edit["add"] { .add(value) } else {
                    .delete
                }
            try root.change(path[...], change)
        }
        return SourceDocument(path: base.path, root: root)
    }
}

struct NothingToChange: Error, CustomStringConvertible {
    var path: String
    var description: String { "there is nothing to change at \(path)" }
}

extension DocumentNode {
    enum Change {
        case set(DocumentNode)
        case add(DocumentNode)
        case delete
    }

    mutating func change(_ path: ArraySlice<String>, _ change: Change) throws {
        guard let key = path.first else {
            switch change {
            case .set(let value): self = value
            case .add(let value):
                switch (content, value.content) {
                case (.map(let own), .map(let new)):
                    content = .map(own.filter { entry in !new.contains { $0.key == entry.key } } + new)
                case (.list(let own), .list(let new)): content = .list(own + new)
                case (.list(let own), _): content = .list(own + [value])
                default: throw NothingToChange(path: "the end")
                }
            case .delete: throw NothingToChange(path: "the end")
            }
            return
        }
        switch content {
        case .map(var entries):
            if let index = entries.lastIndex(where: { $0.key == key }) {
                if path.count == 1, case .delete = change {
                    entries.remove(at: index)
                } else {
                    try entries[index].value.change(path.dropFirst(), change)
                }
            } else if path.count == 1, case .set(let value) = change {
                entries.append(Entry(key: key, mark: mark, value: value))
            } else {
                throw NothingToChange(path: key)
            }
            content = .map(entries)
        case .list(var items):
            guard let index = Int(key), items.indices.contains(index) else { throw NothingToChange(path: key) }
            if path.count == 1, case .delete = change {
                items.remove(at: index)
            } else {
                try items[index].change(path.dropFirst(), change)
            }
            content = .list(items)
        default: throw NothingToChange(path: key)
        }
    }
}
