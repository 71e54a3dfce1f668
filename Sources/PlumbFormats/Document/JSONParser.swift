// JSON by its standard (RFC 8259), with line and column: no package keeps those.

import PlumbModel

/// A reader of JSON that goes over the bytes once.
struct JSONParser {
    private let bytes: [UInt8]
    private let file: String
    private var at: Int
    private var line: Int32 = 1
    private var lineStart: Int

    private init(_ bytes: [UInt8], from start: Int, file: String) {
        self.bytes = bytes
        self.file = file
        at = start
        lineStart = start
    }

    /// The value that the whole text holds. Throws `invalidInput` with the place of the first fault.
    static func parse(_ bytes: [UInt8], from start: Int, file: String) throws(PlumbError) -> DocumentNode {
        var parser = JSONParser(bytes, from: start, file: file)
        let node = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.fault("something follows the end of the document") }
        return node
    }

    private var here: Mark { Mark(line: line, column: Int32(clamping: at - lineStart + 1)) }
    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func fault(_ what: String) -> PlumbError {
        PlumbError(
            .invalidInput, "this is no JSON: \(what)", hint: "mend the text there, or write it anew",
            at: here.place(in: file))
    }

    private mutating func skipSpace() {
        while let byte = next {
            switch byte {
            case 0x20, 0x09, 0x0D: at += 1
            case 0x0A:
                at += 1
                line &+= 1
                lineStart = at
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(PlumbError) -> DocumentNode {
        skipSpace()
        guard depth < DocumentReader.depthMax else {
            throw fault("it is nested more than \(DocumentReader.depthMax) deep")
        }
        let mark = here
        switch next {
        case UInt8(ascii: "{"): return DocumentNode(.map(try map(depth: depth)), at: mark)
        case UInt8(ascii: "["): return DocumentNode(.list(try list(depth: depth)), at: mark)
        case UInt8(ascii: "\""): return DocumentNode(.scalar(try string(), isPlain: false), at: mark)
        case UInt8(ascii: "t"): return try word("true", .scalar("true", isPlain: true), mark)
        case UInt8(ascii: "f"): return try word("false", .scalar("false", isPlain: true), mark)
        case UInt8(ascii: "n"): return try word("null", .null, mark)
        case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
            return DocumentNode(.scalar(try number(), isPlain: true), at: mark)
        case nil: throw fault("it ends where a value should stand")
        default: throw fault("no value can start here")
        }
    }

    private mutating func word(
        _ word: String, _ content: DocumentNode.Content, _ mark: Mark
    ) throws(PlumbError) -> DocumentNode {
        guard bytes[at...].starts(with: word.utf8) else {
            throw fault("only true, false and null may stand without quotes")
        }
        at += word.utf8.count
        return DocumentNode(content, at: mark)
    }

    private mutating func map(depth: Int) throws(PlumbError) -> [DocumentNode.Entry] {
        at += 1
        var entries: [DocumentNode.Entry] = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            at += 1
            return entries
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a key in double quotes should stand here") }
            let mark = here
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw fault("a colon should follow the key '\(key)'") }
            at += 1
            entries.append(DocumentNode.Entry(key: key, mark: mark, value: try value(depth: depth + 1)))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return entries
            default: throw fault("a comma or a closing brace should follow the value of '\(key)'")
            }
        }
    }

    private mutating func list(depth: Int) throws(PlumbError) -> [DocumentNode] {
        at += 1
        var items: [DocumentNode] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            at += 1
            return items
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            switch next {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return items
            default: throw fault("a comma or a closing bracket should follow")
            }
        }
    }

    private mutating func number() throws(PlumbError) -> String {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let whole = digits()
        guard whole > 0 else { throw fault("a number needs a digit") }
        if next == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { throw fault("a decimal point needs a digit after it") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { throw fault("an exponent needs a digit") }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
        return at - start
    }

    private mutating func string() throws(PlumbError) -> String {
        at += 1
        let start = at
        var isASCII = true
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                // Most texts are ASCII, which needs no second look.
                guard
                    let text = isASCII
                        ? String(decoding: bytes[start..<at], as: UTF8.self)
                        : String(validating: bytes[start..<at], as: UTF8.self)
                else { throw fault("the text before is not UTF-8") }
                at += 1
                return text
            case 0x80...:
                isASCII = false
                at += 1
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw fault("a control character stands unescaped in a text")
            default: at += 1
            }
        }
        throw fault("a text has no closing quote")
    }

    private mutating func escapedString(from start: Int) throws(PlumbError) -> String {
        var text = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw fault("the text before is not UTF-8")
                }
                return valid
            case UInt8(ascii: "\\"): text += Array(try escape().utf8)
            case 0..<0x20: throw fault("a control character stands unescaped in a text")
            default: text.append(byte)
            }
        }
        throw fault("a text has no closing quote")
    }

    private mutating func escape() throws(PlumbError) -> String {
        guard let byte = next else { throw fault("an escape is cut off") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw fault("there is no such escape")
        }
    }

    private mutating func unicode() throws(PlumbError) -> String {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(UInt32(first)) { return String(Character(scalar)) }
        // A surrogate: it needs its second half.
        guard first < 0xDC00, next == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        at += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Unicode.Scalar(code).map { String(Character($0)) } ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(PlumbError) -> UInt16 {
        guard at + 4 <= bytes.count else { throw fault("an escape is cut off") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
                throw fault("four hexadecimal digits should follow \\u")
            }
            value = value << 4 | UInt16(digit)
            at += 1
        }
        return value
    }
}
