// The keys at the top of a JSON or YAML file, read one by one as they come.

/// Scans bytes for the keys of the outermost mapping; whatever is no mapping has none.
struct TopKeys: IteratorProtocol {
    /// More keys than any tongue has at its top.
    static let countMax = 1000
    /// A key that is longer belongs to no tongue.
    private static let bytesMax = 200

    private let bytes: [UInt8]
    private var index: Int
    private let isFlow: Bool
    private var isOver = false
    /// The column of block keys: that of the first one.
    private var indent: Int?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let from = start
        while start < bytes.count, Self.isBlank(bytes[start]) { start += 1 }
        isFlow = start < bytes.count && bytes[start] == UInt8(ascii: "{")
        // A block mapping is scanned by lines, so that its first key keeps its column.
        index = isFlow ? start + 1 : from
    }

    mutating func next() -> String? { isOver ? nil : isFlow ? nextInFlow() : nextInBlock() }

    /// `"key": value, …`: the value is passed over with all that is nested in it.
    private mutating func nextInFlow() -> String? {
        while index < bytes.count, Self.isBlank(bytes[index]) || bytes[index] == UInt8(ascii: ",") { index += 1 }
        guard index < bytes.count, bytes[index] != UInt8(ascii: "}") else {
            isOver = true
            return nil
        }
        let start = index
        if bytes[index] == UInt8(ascii: "\"") { passText() }
        while index < bytes.count, bytes[index] != UInt8(ascii: ":"), index - start <= Self.bytesMax { index += 1 }
        let key = Self.word(bytes[start..<index])
        passValue()
        return key
    }

    private mutating func passValue() {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                passText()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            index += 1
        }
    }

    private mutating func passText() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, bytes.count)
    }

    /// `key:` at the column of the first key.
    private mutating func nextInBlock() -> String? {
        while index < bytes.count {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            let line = bytes[start..<index]
            index += 1
            let body = line.drop { $0 == UInt8(ascii: " ") }
            guard let first = body.first, !Self.isBlank(first), !"#%-]}".utf8.contains(first) else { continue }
            let column = line.count - body.count
            if indent == nil { indent = column }
            guard column == indent, let key = Self.key(of: body) else { continue }
            return key
        }
        isOver = true
        return nil
    }

    private static func key(of line: ArraySlice<UInt8>) -> String? {
        guard let colon = line.prefix(bytesMax).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let next = line.index(after: colon)
        guard next == line.endIndex || isBlank(line[next]) else { return nil }
        return word(line[..<colon])
    }

    /// The key without its quotes and the blanks around it.
    private static func word(_ bytes: ArraySlice<UInt8>) -> String {
        let quotes = "\"' \t\r\n".utf8
        let text = bytes.drop { quotes.contains($0) }
        return String(
            decoding: text[..<(text.lastIndex { !quotes.contains($0) }.map { $0 + 1 } ?? text.startIndex)],
            as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
