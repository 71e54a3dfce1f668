// A JSON or YAML text as a tree in which every value knows its line and column.

import PlumbModel

/// Where a value starts in its text; both from 1.
struct Mark: Sendable, Hashable {
    var line: Int32
    var column: Int32

    func place(in file: String) -> Place { Place(file: file, line: Int(line), column: Int(column)) }
}

/// One value of a document.
struct DocumentNode: Sendable {
    enum Content: Sendable {
        case null
        /// `isPlain` is false for what stood in quotes: a quoted `true` is a text.
        case scalar(String, isPlain: Bool)
        case list([DocumentNode])
        case map([Entry])
    }
    struct Entry: Sendable {
        var key: String
        var mark: Mark
        var value: DocumentNode
    }
    var content: Content
    var mark: Mark
    /// A YAML tag of the document's own, without its mark: `Sub` for `!Sub`.
    var tag: String?

    init(_ content: Content, at mark: Mark, tag: String? = nil) {
        self.content = content
        self.mark = mark
        self.tag = tag
    }

    /// The value under a key of a map; the last one where a key stands twice. Nil for everything else.
    subscript(key: String) -> DocumentNode? {
        guard case .map(let entries) = content else { return nil }
        return entries.last { $0.key == key }?.value
    }

    var entries: [Entry] {
        if case .map(let entries) = content { entries } else { [] }
    }
    var items: [DocumentNode] {
        if case .list(let items) = content { items } else { [] }
    }
    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
    /// Values in it, itself included.
    var size: Int {
        switch content {
        case .null, .scalar: 1
        case .list(let items): items.reduce(1) { $0 + $1.size }
        case .map(let entries): entries.reduce(1) { $0 + $1.value.size }
        }
    }
    var isNull: Bool {
        if case .null = content { true } else { false }
    }
    /// `a list`, `a map`, …: how messages call it.
    var kindName: String {
        switch content {
        case .null: "nothing"
        case .scalar: "a single value"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// Reads a whole text; the first thing that is wrong ends it, with its place.
enum DocumentReader {
    /// Deeper nesting than any real file has; a deeper one would only serve to exhaust the stack.
    static let depthMax = 200
    /// Values that aliases may add to those that stand in the text. Real files add hundreds; an alias bomb of one
    /// kilobyte adds billions, and each of them would be resolved and judged.
    static let aliasedNodesMax = 200_000

    /// The document, or why there is none: `invalidInput` with the place. Never more than one error: what follows a
    /// broken value cannot be trusted.
    static func read(_ bytes: [UInt8], file: String) -> Result<DocumentNode, PlumbError> {
        do throws(PlumbError) {
            var start = 0
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
            let first = bytes[start...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
            switch first {
            case nil:
                throw PlumbError(
                    .invalidInput, "the file is empty", hint: "give a spec, a template or a plan",
                    at: Place(file: file, line: 1, column: 1))
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // YAML's flow style starts alike: what JSON refuses, YAML may still read.
                do throws(PlumbError) {
                    return .success(try JSONParser.parse(bytes, from: start, file: file))
                } catch {
                    return .success(try YAMLParser.parse(bytes, file: file, insteadOf: error))
                }
            default:
                return .success(try YAMLParser.parse(bytes, file: file, insteadOf: nil))
            }
        } catch {
            return .failure(error)
        }
    }

    /// A text inside a document, such as a policy written as a JSON string; its values all stand at `mark`.
    static func readEmbedded(_ text: String, file: String, at mark: Mark?) -> DocumentNode? {
        guard case .success(var node) = read(Array(text.utf8), file: file) else { return nil }
        if let mark { node.moveAll(to: mark) }
        return node
    }
}

extension DocumentNode {
    fileprivate mutating func moveAll(to mark: Mark) {
        self.mark = mark
        switch content {
        case .null, .scalar: return
        case .list(var items):
            for index in items.indices { items[index].moveAll(to: mark) }
            content = .list(items)
        case .map(var entries):
            for index in entries.indices {
                entries[index].mark = mark
                entries[index].value.moveAll(to: mark)
            }
            content = .map(entries)
        }
    }
}
