// How JSON quotes a string: the one place, for every room that writes JSON.

/// Text as a string of JSON by RFC 8259.
public enum JSONText {
    /// The text in quotation marks.
    public static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 2)
        quote(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text in quotation marks, as UTF-8.
    ///
    /// Quotation marks, backslashes and control characters are escaped, as are the two separators that end a line in
    /// JavaScript; everything else stands as it is.
    public static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let span = text.utf8.span
        var plain = 0
        while plain < span.count, isPlain(span[plain]) { plain += 1 }
        if plain == span.count {
            bytes.append(contentsOf: text.utf8)
        } else if text.utf8.contains(0xE2) {
            // The separators that end a line begin with this byte, as other characters do.
            for scalar in text.unicodeScalars { escape(scalar, to: &bytes) }
        } else {
            for byte in text.utf8 {
                if byte >= 0x80 || isPlain(byte) {
                    bytes.append(byte)
                } else {
                    escape(Unicode.Scalar(byte), to: &bytes)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Whether a byte of UTF-8 can only belong to a character that stands as it is: most text is copied whole.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
