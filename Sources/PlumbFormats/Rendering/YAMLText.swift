// How a text is written in YAML so that every reader takes it for the same text.

import PlumbModel

enum YAMLText {
    /// A scalar: plain where that is safe, else in single quotes, else (control characters) in double quotes.
    static func scalar(_ text: String) -> String {
        if text.unicodeScalars.contains(where: {
            $0.value < 0x20 || $0.value == 0x7F || (0x80..<0xA0).contains($0.value)
        }) {
            return doubleQuoted(text)
        }
        return isPlain(text) ? text : "'\(text.putting("''", for: "'"))'"
    }

    private static let words: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "~",
    ]

    /// Words and numbers that YAML 1.1 takes for something else than a text, and characters that mean something to it.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, last != UInt8(ascii: ":") else { return false }
        guard text.utf8.count > 5 || !words.contains(text.lowercased()) else { return false }
        let isLetter = (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == UInt8(ascii: "/")
        guard isLetter, last != UInt8(ascii: " ") else { return false }
        guard !text.holds(": "), !text.holds(" #") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            // The space and -_./:+@$()%
            case 0x20, 0x2D, 0x5F, 0x2E, 0x2F, 0x3A, 0x2B, 0x40, 0x24, 0x28, 0x29, 0x25: true
            default: false
            }
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x80..<0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Whether a text of several lines may stand as a literal block.
    static func isBlock(_ text: String) -> Bool {
        guard text.contains("\n"), let first = text.first, first != " ", first != "\n", !text.hasSuffix("\n\n") else {
            return false
        }
        return !text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) }
    }

    /// The lines of a literal block, the first of them the indicator that follows a key.
    static func block(_ text: String, indent: Int) -> [String] {
        let hasEnd = text.hasSuffix("\n")
        let margin = String(repeating: " ", count: indent)
        let lines = (hasEnd ? text.dropLast() : Substring(text)).split(
            separator: "\n", omittingEmptySubsequences: false)
        return [hasEnd ? "|" : "|-"] + lines.map { $0.isEmpty ? "" : margin + $0 }
    }
}
