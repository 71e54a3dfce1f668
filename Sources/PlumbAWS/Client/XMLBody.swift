// Reads the XML of Query and REST-XML answers, and writes the little that S3 wants as XML.

import Foundation
import PlumbModel

/// Reads XML as `AWSValue`.
///
/// An element without elements in it is a text. One whose children are all called `member` or `item` is a list. Any
/// other is a map, in which children of the same name are a list. Attributes are left out: nothing that is asked of AWS
/// is in one. Document types are refused, and with them every entity that could grow.
enum XMLBody {
    static let depthMax = 100

    /// The name of the root element, and what is in it.
    static func read(_ data: Data) throws(PlumbError) -> (name: String, value: AWSValue) {
        var reader = Reader(bytes: [UInt8](data))
        try reader.skipProlog()
        return try reader.element(depth: 0)
    }

    /// An element of that name; lists repeat it.
    static func write(_ name: String, _ value: AWSValue, namespace: String? = nil) -> String {
        let start = namespace.map { "\(name) xmlns=\"\($0)\"" } ?? name
        switch value {
        case .null: return ""
        case .list(let items): return items.map { write(name, $0) }.joined()
        case .map(let members):
            let content = members.sorted { $0.key < $1.key }.map { write($0.key, $0.value) }.joined()
            return "<\(start)>\(content)</\(name)>"
        default: return "<\(start)>\(XMLText.escaped(QueryBody.text(of: value)))</\(name)>"
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        func fault() -> PlumbError {
            PlumbError(.internalFault, "an answer is no XML: byte \(index) of \(bytes.count) cannot be read")
        }

        func isNext(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

        /// Moves behind `end` and answers what stands before it.
        mutating func take(upTo end: String) throws(PlumbError) -> ArraySlice<UInt8> {
            let start = index
            let end = Array(end.utf8)
            while index + end.count <= bytes.count {
                if bytes[index] == end[0], bytes[index...].starts(with: end) {
                    defer { index += end.count }
                    return bytes[start..<index]
                }
                index += 1
            }
            throw fault()
        }

        /// Skips a comment or an instruction; false where neither stands.
        mutating func skipAside() throws(PlumbError) -> Bool {
            if isNext("<!--") {
                _ = try take(upTo: "-->")
            } else if isNext("<?") {
                _ = try take(upTo: "?>")
            } else {
                return false
            }
            return true
        }

        mutating func skipProlog() throws(PlumbError) {
            if isNext("\u{FEFF}") { index += 3 }
            while index < bytes.count {
                if bytes[index] != UInt8(ascii: "<") {
                    index += 1
                } else if try !skipAside() {
                    return
                }
            }
        }

        mutating func element(depth: Int) throws(PlumbError) -> (name: String, value: AWSValue) {
            guard depth < XMLBody.depthMax, isNext("<"), !isNext("<!") else { throw fault() }
            index += 1
            let tag = try take(upTo: ">")
            let isClosed = tag.last == UInt8(ascii: "/")
            let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/")]
            let qualified = String(decoding: tag.prefix { !space.contains($0) }, as: UTF8.self)
            guard !qualified.isEmpty else { throw fault() }
            let name = qualified.split(separator: ":").last.map(String.init) ?? qualified
            if isClosed { return (name, .text("")) }

            var children: [(String, AWSValue)] = []
            var text: [UInt8] = []
            while !isNext("</") {
                guard index < bytes.count else { throw fault() }
                if isNext("<![CDATA[") {
                    index += 9
                    text += try take(upTo: "]]>")
                } else if try skipAside() {
                    continue
                } else if bytes[index] == UInt8(ascii: "<") {
                    children.append(try element(depth: depth + 1))
                } else if bytes[index] == UInt8(ascii: "&") {
                    text += try entity().utf8
                } else {
                    text.append(bytes[index])
                    index += 1
                }
            }
            index += 2
            guard try take(upTo: ">").prefix(qualified.utf8.count).elementsEqual(qualified.utf8) else { throw fault() }
            return (name, children.isEmpty ? .text(String(decoding: text, as: UTF8.self)) : Self.collect(children))
        }

        private static func collect(_ children: [(String, AWSValue)]) -> AWSValue {
            for name in ["member", "item"] where children.allSatisfy({ $0.0 == name }) {
                return .list(children.map(\.1))
            }
            return .map(
                Dictionary(grouping: children, by: \.0).mapValues { $0.count == 1 ? $0[0].1 : .list($0.map(\.1)) })
        }

        mutating func entity() throws(PlumbError) -> String {
            index += 1
            let name = String(decoding: try take(upTo: ";"), as: UTF8.self)
            let known = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
            if let text = known[name] { return text }
            let code =
                name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst(), radix: 10)
            guard name.hasPrefix("#"), let scalar = code.flatMap(Unicode.Scalar.init) else { throw fault() }
            return String(scalar)
        }
    }
}
