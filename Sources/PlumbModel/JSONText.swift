// How JSON quotes a string: the one place, for every room that writes JSON.

/// Text as a string of JSON by RFC 8259.
public enum JSONText {
    /// The text in quotation marks.
    public static func quoted(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 2)
        quote(text, to: &result)
        return result
    }

    /// Appends the text in quotation marks.
    ///
    /// Quotation marks, backslashes and control characters are escaped, as are the two separators that end a line in
    /// JavaScript; everything else stands as it is.
    public static func quote(_ value: String, to text: inout String) {
        text += "\""
        if value.utf8.allSatisfy(isPlain) {
            text += value
        } else {
            for scalar in value.unicodeScalars { escape(scalar, to: &text) }
        }
        text += "\""
    }

    private static func escape(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }

    /// Whether a byte of UTF-8 can only belong to a character that stands as it is: most text is copied whole.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
