// From text to a tree of nodes, within limits, so that no file, however made, exhausts memory, stack or patience.

import Foundation
import PlumbModel
import Yams

/// A file's text as one YAML mapping.
enum SpecText {
    /// The largest file, in bytes. Larger requests stand in a file of their own (`example.file`).
    static let bytesMax = 262_144
    /// Nodes after aliases are expanded.
    static let nodesMax = 20_000
    /// Mappings and lists within one another.
    static let depthMax = 32
    /// Aliases in a file. Sixteen cannot multiply a file beyond what `nodesMax` then counts out in a moment.
    static let aliasesMax = 16

    /// The root, or nil with the error.
    static func compose(_ text: String, file: String) -> (root: Node?, error: Diagnostic?) {
        if text.utf8.count > bytesMax {
            return (
                nil,
                Diagnostic(
                    .error, "the file has \(text.utf8.count) bytes; \(bytesMax) is the limit", at: Place(file: file),
                    hint: "move a long request into a file of its own: `example.file`")
            )
        }
        if let error = aliasError(text, file: file) { return (nil, error) }
        do {
            // Scalars stay text: what they mean is for the key to say, so that a day is not a date and 08:00 no number.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.nextRoot(), !isEmpty(root) else {
                return (
                    nil,
                    Diagnostic(
                        .error, "the file is empty", at: Place(file: file, line: 1, column: 1),
                        hint: "`plumb spec init` writes one to start from")
                )
            }
            if let error = sizeError(root, file: file) { return (nil, error) }
            if let second = try parser.nextRoot() {
                return (
                    nil,
                    Diagnostic(
                        .error, "the file holds more than one document; a spec is one",
                        at: Place(file: file, line: second.mark?.line, column: second.mark?.column),
                        hint: "write one file an endpoint, and overlays under `environments`")
                )
            }
            return (root, nil)
        } catch let error as YamlError {
            return (nil, diagnostic(of: error, in: text, file: file))
        } catch {
            return (nil, Diagnostic(.error, "the file is not YAML: \(error)", at: Place(file: file)))
        }
    }

    private static func isEmpty(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.string.isEmpty && scalar.style == .plain
    }

    /// Counts what looks like an alias: `*name` at the beginning of a value.
    private static func aliasError(_ text: String, file: String) -> Diagnostic? {
        var (count, line) = (0, 1)
        var before = UInt8(ascii: " ")
        var isStar = false
        for byte in text.utf8 {
            let isWord = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
            if isStar, isWord { count += 1 }
            if count > aliasesMax {
                return Diagnostic(
                    .error, "the file has more than \(aliasesMax) aliases", at: Place(file: file, line: line),
                    hint: "write the values out")
            }
            isStar = byte == UInt8(ascii: "*") && " \n\t,[{:-?".utf8.contains(before)
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        return nil
    }

    private static func sizeError(_ root: Node, file: String) -> Diagnostic? {
        var nodes = 0
        /// The first node beyond a limit.
        func excess(_ node: Node, depth: Int) -> (Node, String)? {
            nodes += 1
            if nodes > nodesMax { return (node, "the file has more than \(nodesMax) values, aliases expanded") }
            if depth > depthMax { return (node, "the file is nested more than \(depthMax) levels deep") }
            switch node {
            case .mapping(let mapping):
                for (key, value) in mapping {
                    if let found = excess(key, depth: depth + 1) ?? excess(value, depth: depth + 1) { return found }
                }
            case .sequence(let sequence):
                for item in sequence { if let found = excess(item, depth: depth + 1) { return found } }
            case .scalar, .alias: break
            }
            return nil
        }
        return excess(root, depth: 0).map { node, message in
            Diagnostic(.error, message, at: Place(file: file, line: node.mark?.line, column: node.mark?.column))
        }
    }

    private static func diagnostic(of error: YamlError, in text: String, file: String) -> Diagnostic {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let during = context.map { ", \($0.text) that began in line \($0.mark.line)" } ?? ""
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let hasTab = lines.indices.contains(mark.line - 1) && lines[mark.line - 1].contains("\t")
            return Diagnostic(
                .error, "the file is not YAML: \(problem)\(during)",
                at: Place(file: file, line: mark.line, column: mark.column),
                hint: hasTab ? "YAML is indented by spaces; this line holds a tab" : nil)
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.filter(\.isNewline).count + 1
            let column = offset == nil ? nil : before.reversed().prefix { !$0.isNewline }.count + 1
            return Diagnostic(
                .error, "the file is not YAML: \(problem)",
                at: Place(file: file, line: offset == nil ? nil : line, column: column))
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { "`\($0.shortened)`" }.joined(separator: ", ")
            return Diagnostic(
                .error, "\(list) is written twice in one mapping",
                at: Place(file: file, line: context.mark.line, column: context.mark.column), hint: "keep one of them")
        default:
            return Diagnostic(.error, "the file is not YAML: \(error)", at: Place(file: file))
        }
    }
}
