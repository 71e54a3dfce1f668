// Strangers' words in a document: made harmless, and escaped for XML, HTML and Markdown.

/// Escaping for markup languages.
enum Markup {
    /// Text between two tags of XML or HTML.
    static func text(_ text: String) -> String { escaped(text, inAttribute: false) }

    /// Text between the quotation marks of an attribute; its line breaks survive a parser's normalisation.
    static func attribute(_ text: String) -> String { escaped(text, inAttribute: true) }

    private static func escaped(_ text: String, inAttribute: Bool) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.harmless.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            // `]]>` may not stand in the text of XML.
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n" where inAttribute: result += "&#10;"
            // XML 1.0 has no word for these two.
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Text between the tags `<code>` and `</code>` in Markdown. Tags, because backquotes end at a backquote and a
    /// table's cell at a bar.
    static func markdownCode(_ text: String) -> String {
        var result = ""
        for scalar in self.text(text).unicodeScalars {
            switch scalar {
            case "\n": result += " "
            case "|", "`", "*", "_", "[", "]", "~", "$", "\\": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Text in Markdown as GitHub reads it, for the beginning or the middle of a line: nothing in it is markup,
    /// mentions a person or refers to an issue.
    static func markdown(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        // Whether only spaces, or only digits, came before: what may begin a list.
        var (isStart, isNumber) = (true, true)
        for scalar in text.harmless.unicodeScalars {
            switch scalar {
            case " ", "\n":
                if !isStart { result += " " }
                isNumber = isNumber && isStart
                continue
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // A comment parts the sign from the name, so that nobody is called and no issue linked.
            case "@", "#": result += "\\\(scalar)<!-- -->"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "$": result += "\\\(scalar)"
            case "-" where isStart, "+" where isStart, "=" where isStart: result += "\\\(scalar)"
            case "." where isNumber && !isStart, ")" where isNumber && !isStart: result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
            isStart = false
            isNumber = isNumber && ("0"..."9").contains(scalar)
        }
        // Nor does an address become a link.
        return result.replacing("://", with: ":<!-- -->//").replacing("www.", with: "www<!-- -->.")
    }
}

extension String {
    /// The text without characters that steer a terminal or turn the direction of writing: names in a template are
    /// strangers' words. Line breaks stay, tabs become spaces.
    var harmless: String {
        if utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A }) { return self }
        var harmless = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\t": harmless.append(" ")
            case "\r": continue
            default: harmless.append(String.isSteering(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(harmless)
    }

    private static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Besides C0 and C1 also the marks that turn the direction of writing, and line breaks that few know.
        case .control: scalar != "\n"
        case .lineSeparator, .paragraphSeparator: true
        // Joiners only shape letters and emoji.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: false
        }
    }

    /// At most so many characters, the last of them an ellipsis where something was cut.
    func clipped(to count: Int) -> String {
        guard utf8.count > count, self.count > count else { return self }
        return prefix(max(0, count - 1)) + "…"
    }
}
