// Looking for texts in texts, and quoting them for JSON.

import Foundation
import PlumbModel
import Testing

@Suite struct TextSearchTests {
    @Test func aPartIsFoundWhereItStandsFirst() throws {
        let text = "é${A}${B}"[...]
        let found = try #require(text.place(of: "${"))
        #expect(text[..<found.lowerBound] == "é")
        #expect(text[found.upperBound...] == "A}${B}")
        let second = try #require(text[found.upperBound...].place(of: "${"))
        #expect(text[second.upperBound...] == "B}")
        #expect(text.place(of: "${C") == nil)
        #expect("$"[...].place(of: "${") == nil)
        #expect("".holds("a") == false)
        #expect("abc".holds(""))
    }

    @Test(arguments: [
        ("a'b''", "'", "''", "a''b''''"), ("${A}-${B}", "${", "$${", "$${A}-$${B}"), ("plain", "'", "''", "plain"),
        ("", "a", "b", ""), ("aaa", "aa", "b", "ba"), ("text", "", "b", "text"),
    ])
    func everyPartIsReplacedOnce(text: String, part: String, other: String, expected: String) {
        #expect(text.putting(other, for: part) == expected)
    }

    @Test(arguments: [
        "plain", "a \"quoted\" \\ text", "two\nlines\tand\r\u{1}\u{7F}", "é\nü", "\u{2028} \u{2029} … \n", "🙂\n",
    ])
    func aQuotedTextReadsBackAsItIs(text: String) throws {
        let quoted = JSONText.quoted(text)
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
        #expect(!quoted.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{2028}" || $0 == "\u{2029}" })
    }
}
