// Writes JSON straight into the answer's bytes.

/// Appends JSON to bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends text that is JSON already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends one byte that is JSON already.
    mutating func raw(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a quoted string.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            case ..<0x20:
                raw("\\u00")
                bytes.append(contentsOf: [byte >> 4, byte & 15].map { $0 + ($0 < 10 ? 0x30 : 0x57) })
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a comma unless `index` is the first.
    mutating func separator(_ index: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
    }

    /// Appends a value in JSON's spelling.
    mutating func value(_ value: some AnswerElement) {
        value.append(json: &self)
    }

    /// Appends a number's shortest text that reads back as the same number, or `null`: JSON has no NaN or infinity.
    mutating func number(_ text: String, isFinite: Bool = true) {
        bytes.append(contentsOf: (isFinite ? text : "null").utf8)
    }
}
