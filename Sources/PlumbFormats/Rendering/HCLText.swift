// How values are written in Terraform's language, and lines aligned as `terraform fmt` aligns them.

import PlumbModel

/// One line of a configuration file: what stands before the equals sign, from it on, and after the number sign.
struct HCLLine: Sendable, Hashable {
    var indent: Int
    var lead: String
    /// `= value`, where the value ends on this line.
    var assign: String?
    var comment: String?

    init(_ indent: Int, _ lead: String, assign: String? = nil, comment: String? = nil) {
        self.indent = indent
        self.lead = lead
        self.assign = assign
        self.comment = comment
    }
}

enum HCLText {
    /// A quoted text; what would start an expression in it is escaped.
    static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped.putting("$${", for: "${").putting("%%{", for: "%{")
    }

    /// A key of an object: bare where it is an identifier.
    static func key(_ key: String) -> String {
        let isIdentifier = key.utf8.enumerated().allSatisfy { index, byte in
            (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
                || index > 0 && ((0x30...0x39).contains(byte) || byte == UInt8(ascii: "-"))
        }
        return isIdentifier && !key.isEmpty ? key : quoted(key)
    }

    /// The file's text. Equals signs of neighbouring lines stand below each other, and so do their comments.
    static func text(_ lines: [HCLLine]) -> String {
        var leads = lines.map { String(repeating: " ", count: $0.lead.isEmpty ? 0 : $0.indent) + $0.lead }
        align(&leads, lines.map { $0.assign })
        align(&leads, lines.map { $0.comment.map { "# \($0)" } })
        return leads.joined(separator: "\n") + "\n"
    }

    /// Appends a cell to each line that has one, in one column for each run of such lines.
    private static func align(_ texts: inout [String], _ cells: [String?]) {
        var start: Int?
        func close(_ end: Int) {
            guard let first = start else { return }
            let column = texts[first..<end].map(\.count).max() ?? 0
            for index in first..<end {
                let gap = String(repeating: " ", count: column - texts[index].count + 1)
                texts[index] += gap + (cells[index] ?? "")
            }
            start = nil
        }
        for index in cells.indices {
            if cells[index] == nil { close(index) } else if start == nil { start = index }
        }
        close(cells.count)
    }
}
