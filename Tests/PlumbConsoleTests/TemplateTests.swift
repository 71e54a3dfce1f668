// What every template keeps: names for fields and tables, no code within a page, and colours that can be read.

import Foundation
import Mustache
import Testing

@testable import PlumbConsole

struct TemplateTests {
    private static let templates = SiteFiles.templates.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }

    @Test func everyTemplateIsReadAndNamesOnlyOthersThatAreThere() throws {
        for (name, text) in Self.templates {
            #expect(throws: Never.self, "\(name)") { try MustacheTemplate(string: text) }
            for match in text.matches(of: /\{\{>([a-z-]+)\}\}/) {
                #expect(SiteFiles.templates[String(match.1)] != nil, "\(name) names \(match.1)")
            }
        }
        #expect(Self.templates.count >= 20)
    }

    /// Escaping is what keeps strangers' words from being markup: nothing goes around it.
    @Test func nothingIsWrittenUnescapedAndNoCodeStandsInAPage() {
        for (name, text) in Self.templates {
            #expect(!text.contains("{{{") && !text.contains("{{&") && !text.contains("CONTENT_TYPE"), "\(name)")
            #expect(text.firstMatch(of: /\s(style|on[a-z]+)=/) == nil, "\(name) has code or looks within a tag")
            #expect(
                !text.contains("javascript:") && text.firstMatch(of: /(src|href)="(https?:)?\/\//) == nil, "\(name)")
            #expect(text.firstMatch(of: /<script(?! src="\/console\.js")/) == nil, "\(name)")
            // A value in an attribute stands between quotation marks.
            #expect(text.firstMatch(of: /\s[a-z-]+=\{\{/) == nil, "\(name)")
        }
    }

    @Test func everyFormThatChangesSomethingCarriesTheSessionsToken() {
        for (name, text) in Self.templates where name != "sign-in" {
            for form in text.matches(of: /<form method="post"[^>]*>(.{0,20})/) {
                #expect(form.1.hasPrefix("{{>form-token}}"), "\(name): \(form.0)")
            }
        }
    }

    @Test func everyFieldHasALabelAndEveryTableACaption() {
        for (name, text) in Self.templates {
            for field in text.matches(of: /<(input|select)(?![^>]*type="hidden")[^>]*>/) {
                let id = field.0.firstMatch(of: /id="([^"]+)"/).map { String($0.1) }
                let isNamed = id.map { text.contains("<label for=\"\($0)\">") } ?? false
                let isWithin = text[..<field.range.lowerBound].range(of: "<label", options: .backwards).map {
                    !text[$0.upperBound..<field.range.lowerBound].contains("</label")
                }
                #expect(isNamed || isWithin == true, "\(name): \(field.0)")
            }
            #expect(text.matches(of: /<table/).count == text.matches(of: /<caption/).count, "\(name)")
            for head in text.matches(of: /<th(\s[^>]*)?>/) { #expect(head.0.contains("scope="), "\(name): \(head.0)") }
        }
    }

    // MARK: - Colours

    /// What stands on what.
    private static let pairs: [(ink: String, ground: String)] = [
        ("ink", "ground"), ("ink", "raised"), ("soft", "ground"), ("soft", "raised"), ("link", "ground"),
        ("link", "raised"), ("red", "redground"), ("green", "greenground"), ("yellow", "yellowground"),
        ("blue", "blueground"), ("red", "ground"), ("green", "ground"), ("yellow", "ground"), ("blue", "ground"),
        ("ground", "link"), ("ground", "red"), ("ink", "redground"), ("ink", "greenground"), ("ink", "yellowground"),
        ("one", "ground"), ("two", "ground"), ("link", "greenground"),
    ]

    @Test func textCanBeReadInLightAndInDark() throws {
        let style = String(decoding: SiteFiles.style, as: UTF8.self)
        let blocks = style.matches(of: /:root \{([^}]*)\}/).map { String($0.1) }
        try #require(blocks.count == 2)
        var colours: [String: Double] = [:]
        for block in blocks {
            for match in block.matches(of: /--([a-z]+): #([0-9a-f]{3,6})/) {
                colours[String(match.1)] = try luminance(String(match.2))
            }
            for (ink, ground) in Self.pairs {
                let ratio = contrast(try #require(colours[ink]), try #require(colours[ground]))
                #expect(ratio >= 4.5, "\(ink) on \(ground) has \(ratio)")
            }
            // What is no text, such as the edge of a field or a line of a chart, needs 3.
            for edge in ["edge", "one", "two", "red"] {
                #expect(contrast(try #require(colours[edge]), try #require(colours["raised"])) >= 3, "\(edge)")
            }
        }
    }

    /// WCAG 2.1, relative luminance.
    private func luminance(_ hex: String) throws -> Double {
        let digits = hex.count == 3 ? hex.map { "\($0)\($0)" }.joined() : hex
        let parts = try stride(from: 0, to: 6, by: 2).map { start in
            let value = Double(try #require(UInt8(digits.dropFirst(start).prefix(2), radix: 16))) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ one: Double, _ other: Double) -> Double {
        (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    @Test func theFilesAreSmall() {
        #expect(SiteFiles.style.count + SiteFiles.script.count + SiteFiles.icon.count < 20_000)
        let script = String(decoding: SiteFiles.script, as: UTF8.self)
        #expect(!script.contains("eval(") && !script.contains("http:") && !script.contains("https:"))
    }
}
