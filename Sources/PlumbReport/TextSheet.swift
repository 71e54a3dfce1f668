// The sheet that text reports are written on: wrapped lines, hanging labels, and colour where it is asked for.

/// Lines of text, wrapped at a width.
struct TextSheet {
    /// ANSI's basic colours, as far as a report needs them.
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case faint = "2"
        case bold = "1"
    }
    private let style: TextStyle
    private var lines: [String] = []

    init(_ style: TextStyle) { self.style = style }

    /// Everything written so far, ending in a line break.
    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func blank() { lines.append("") }

    /// A label in its colour, then text that is wrapped and hangs to the right of the label.
    ///
    /// `indent` is the label's column and `hang` that of the text; 0 hangs it one space after the label.
    mutating func write(
        _ label: String = "", _ colour: Colour? = nil, _ text: String = "", indent: Int = 0, hang: Int = 0
    ) {
        let label = label.harmless.replacing("\n", with: " ")
        let start = max(hang, indent + (label.isEmpty ? 0 : label.count + 1))
        let wrapped = Self.wrap(text.harmless, width: max(20, style.width - start))
        let gap = wrapped.isEmpty ? "" : String(repeating: " ", count: start - indent - label.count)
        lines.append(Self.spaces(indent) + painted(label, colour) + gap + (wrapped.first ?? ""))
        for line in wrapped.dropFirst() { lines.append(Self.spaces(start) + line) }
    }

    /// One line: a label in its colour padded to `column`, then as much of the text as fits.
    mutating func row(_ label: String, _ colour: Colour?, to column: Int, _ text: String, indent: Int = 0) {
        let label = label.harmless.replacing("\n", with: " ")
        let padding = Self.spaces(max(1, column - indent - label.count))
        let room = style.width - max(column, indent + label.count + 1)
        var text = text.harmless.replacing("\n", with: " ")
        if text.count > room { text = text.prefix(max(0, room - 1)) + "…" }
        lines.append(Self.spaces(indent) + painted(label, colour) + padding + text)
    }

    /// A line as it is, neither wrapped nor coloured: code.
    mutating func verbatim(_ text: String, indent: Int) { lines.append(Self.spaces(indent) + text.harmless) }

    private func painted(_ text: String, _ colour: Colour?) -> String {
        guard style.colours, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Breaks text between words; a word that is longer than a line has one of its own.
    private static func wrap(_ text: String, width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
            var lines: [String] = []
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty && line.count + 1 + word.count > width {
                    lines.append(line)
                    line = ""
                }
                line += line.isEmpty ? String(word) : " " + word
            }
            return line.isEmpty ? lines : lines + [line]
        }
    }
}
