// YAML through libyaml's events, which Yams carries: its tree of nodes costs ten times as much to build.

import CYaml
import PlumbModel

/// Builds a document from libyaml's events. Aliases stand for the very value of their anchor; one that stands inside
/// its own anchor is refused, and so is a document that aliases blow up beyond all measure.
struct YAMLParser {
    private struct Open {
        var mark: Mark
        var tag: String?
        var anchor: String?
        /// Nil for a list.
        var entries: [DocumentNode.Entry]?
        var items: [DocumentNode] = []
        var key: (text: String, mark: Mark)?
        /// Values in it, aliases followed.
        var size = 1
        /// Levels in it, its own included, aliases followed.
        var depth = 1
    }
    private struct Anchored {
        var node: DocumentNode
        var size: Int
        var depth: Int
    }

    private let file: String
    private var stack: [Open] = []
    private var anchors: [String: Anchored] = [:]
    private var root: DocumentNode?
    /// Values that aliases have added to those that stand in the text.
    private var aliased = 0

    private init(file: String) { self.file = file }

    /// The first document of the text. Throws `invalidInput` with the place of the first fault; `jsonFault` is what is
    /// thrown instead where the text looks like JSON and neither tongue reads it.
    static func parse(_ bytes: [UInt8], file: String, insteadOf jsonFault: PlumbError?) throws(PlumbError)
        -> DocumentNode
    {
        var builder = YAMLParser(file: file)
        do throws(PlumbError) {
            return try builder.build(bytes)
        } catch {
            throw jsonFault ?? error
        }
    }

    private mutating func build(_ bytes: [UInt8]) throws(PlumbError) -> DocumentNode {
        var parser = unsafe yaml_parser_t()
        guard unsafe yaml_parser_initialize(&parser) == 1 else {
            throw PlumbError(.internalFault, "there is no memory left to read \(file)")
        }
        defer { unsafe yaml_parser_delete(&parser) }
        unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        let fault: PlumbError? = unsafe bytes.withUnsafeBufferPointer { buffer -> PlumbError? in
            unsafe yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            do throws(PlumbError) {
                while try unsafe step(&parser) {}
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw fault }
        guard let root else {
            throw PlumbError(
                .invalidInput, "the file holds no value", hint: "give a spec, a template or a plan",
                at: Place(file: file, line: 1, column: 1))
        }
        return root
    }

    /// Takes one event; false after the last one that matters.
    private mutating func step(_ parser: inout yaml_parser_t) throws(PlumbError) -> Bool {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(&parser, &event) == 1 else { throw unsafe Self.fault(in: parser, file: file) }
        defer { unsafe yaml_event_delete(&event) }
        let mark = unsafe Mark(
            line: Int32(clamping: event.start_mark.line + 1), column: Int32(clamping: event.start_mark.column + 1))
        switch unsafe event.type {
        case YAML_SCALAR_EVENT: try unsafe scalar(event, at: mark)
        case YAML_ALIAS_EVENT:
            let name = unsafe Self.text(event.data.alias.anchor) ?? ""
            guard let anchored = anchors[name] else {
                throw fault("the alias '*\(name)' has no finished anchor before it", at: mark)
            }
            aliased += anchored.size
            guard aliased <= DocumentReader.aliasedNodesMax else {
                throw fault("its aliases add more than \(DocumentReader.aliasedNodesMax) values", at: mark)
            }
            guard stack.count + anchored.depth <= DocumentReader.depthMax else {
                throw fault("its aliases nest it more than \(DocumentReader.depthMax) deep", at: mark)
            }
            try add(anchored)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            try begin(
                Open(mark: mark, tag: unsafe Self.tag(start.tag), anchor: unsafe Self.text(start.anchor)), at: mark)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            try begin(
                Open(
                    mark: mark, tag: unsafe Self.tag(start.tag), anchor: unsafe Self.text(start.anchor), entries: []),
                at: mark)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try end()
        case YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT: return false
        default: break
        }
        return true
    }

    private mutating func scalar(_ event: yaml_event_t, at mark: Mark) throws(PlumbError) {
        let scalar = unsafe event.data.scalar
        let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        let tag = unsafe Self.tag(scalar.tag)
        let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
        let isNull = isPlain && tag == nil && Self.nulls.contains(text)
        let node = DocumentNode(isNull ? .null : .scalar(text, isPlain: isPlain), at: mark, tag: tag)
        let added = Anchored(node: node, size: 1, depth: 0)
        if let anchor = unsafe Self.text(scalar.anchor) { anchors[anchor] = added }
        try add(added)
    }

    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private mutating func begin(_ item: Open, at mark: Mark) throws(PlumbError) {
        guard stack.count < DocumentReader.depthMax else {
            throw fault("it is nested more than \(DocumentReader.depthMax) deep", at: mark)
        }
        stack.append(item)
    }

    private mutating func end() throws(PlumbError) {
        guard let done = stack.popLast() else { return }
        let content: DocumentNode.Content = done.entries.map { .map($0) } ?? .list(done.items)
        let node = DocumentNode(content, at: done.mark, tag: done.tag)
        let added = Anchored(node: node, size: done.size, depth: done.depth)
        if let anchor = done.anchor { anchors[anchor] = added }
        try add(added)
    }

    /// A finished value goes into what is open: as key, as value or as item.
    private mutating func add(_ added: Anchored) throws(PlumbError) {
        let node = added.node
        guard let top = stack.indices.last else {
            root = node
            return
        }
        stack[top].size += added.size
        stack[top].depth = max(stack[top].depth, added.depth + 1)
        guard stack[top].entries != nil else {
            stack[top].items.append(node)
            return
        }
        guard let key = stack[top].key else {
            guard let text = node.isNull ? "" : node.text else {
                throw fault("\(node.kindName) cannot be a key", at: node.mark)
            }
            stack[top].key = (text, node.mark)
            return
        }
        stack[top].key = nil
        if key.text == "<<", merge(node, into: top) { return }
        stack[top].entries?.append(DocumentNode.Entry(key: key.text, mark: key.mark, value: node))
    }

    /// YAML's merge key: the entries of the maps it names, behind those that stand in the map itself.
    private mutating func merge(_ node: DocumentNode, into top: Int) -> Bool {
        let maps = node.items.isEmpty ? [node] : node.items
        let inherited = maps.reversed().flatMap(\.entries)
        guard !inherited.isEmpty else { return false }
        // The last entry of a key counts, so what is inherited stands first.
        stack[top].entries?.insert(contentsOf: inherited, at: 0)
        return true
    }

    private func fault(_ what: String, at mark: Mark) -> PlumbError {
        PlumbError(.invalidInput, "this cannot be read: \(what)", at: mark.place(in: file))
    }

    private static func fault(in parser: yaml_parser_t, file: String) -> PlumbError {
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "it is no YAML"
        let context = unsafe parser.context.map { " " + (unsafe String(cString: $0)) } ?? ""
        // A fault of the encoding has no mark, only an offset; the line is then the one that was being read.
        let mark = unsafe parser.problem_mark.index == 0 ? parser.mark : parser.problem_mark
        return PlumbError(
            .invalidInput, "this is no YAML: \(problem)\(context)",
            hint: "look at the line's indentation, quotes and colons",
            at: Place(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1))
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    /// `Sub` for `!Sub`; YAML's own tags and `!` alone say nothing.
    private static func tag(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let text = unsafe text(pointer), text.count > 1, text.first == "!" else { return nil }
        return String(text.dropFirst())
    }
}
