// Reports are texts that others read or parse: what they say is approved once and kept.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct TextReportTests {
    @Test func tellsThatNothingIsWrong() {
        expectGolden(TextReport.render(Sample.none, style: TextStyle()), "none.txt")
    }

    @Test func tellsOneFindingWithItsPlaceAndRemedy() {
        expectGolden(TextReport.render(Sample.one, style: TextStyle()), "one.txt")
    }

    @Test func tellsManyFindingsWorstFirst() {
        expectGolden(TextReport.render(Sample.many, style: TextStyle()), "many.txt")
    }

    @Test(arguments: [40, 60, 100, 200]) func noLineIsWiderThanAsked(width: Int) {
        let text = TextReport.render(Sample.many, style: TextStyle(width: width))
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test func coloursChangeNothingButColour() {
        let plain = TextReport.render(Sample.many, style: TextStyle())
        let coloured = TextReport.render(Sample.many, style: TextStyle(colours: true))
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31mcritical\u{1B}[0m"))
        #expect(coloured.replacing(#/\u{1B}\[[0-9]+m/#, with: "") == plain)
    }

    @Test func aStrangersNameCannotSteerTheTerminal() {
        let text = TextReport.render(Sample.many, style: TextStyle())
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 32 && $0 != "\u{202E}") })
    }
}

@Suite struct JSONReportTests {
    @Test func keepsItsContract() {
        expectGolden(JSONReport.render(Sample.none, style: TextStyle()), "none.json")
        expectGolden(JSONReport.render(Sample.one, style: TextStyle()), "one.json")
        expectGolden(JSONReport.render(Sample.many, style: TextStyle()), "many.json")
    }

    @Test func isReadBackByAnotherParser() throws {
        let data = Data(JSONReport.render(Sample.many, style: TextStyle()).utf8)
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(report["schema"] as? String == "plumbline.check/1")
        let findings = try #require(report["findings"] as? [[String: Any]])
        #expect(findings.map { $0["resource"] as? String } == Sample.many.findings.map(\.resource))
        #expect(findings.map { $0["message"] as? String } == Sample.many.findings.map(\.message))
        let wanted: Set = ["control", "policy", "verdict", "severity", "resource", "place", "message", "fix", "seed"]
        #expect(findings.allSatisfy { Set($0.keys) == wanted })
        #expect(findings[2]["place"] is NSNull)
        let summary = try #require(report["summary"] as? [String: Int])
        #expect(summary == ["holds": 1, "fails": 2, "unknown": 1, "notApplicable": 0, "attested": 0, "waived": 1])
    }

    @Test func keysStayInTheOrderOfTheContract() throws {
        let text = JSONReport.render(Sample.one, style: TextStyle())
        let keys = ["schema", "source", "environment", "summary", "policies", "controls", "findings", "diagnostics"]
        let places = try keys.map { try #require(text.range(of: "\n  \"\($0)\":"), "\($0)").lowerBound }
        #expect(places == places.sorted())
    }
}

@Suite struct JSONTests {
    @Test(arguments: [
        "", "plain", "\"quoted\" \\ back", "line\nbreak\r\ttab", "\u{0}\u{1}\u{8}\u{1F}\u{7F}", "naïve 予算 👩‍🔬",
        "\u{2028}\u{2029}", "</script>",
    ]) func everyStringComesBackAsItWent(text: String) throws {
        let data = Data(JSON.array([.string(text)]).text.utf8)
        #expect(try JSONDecoder().decode([String].self, from: data) == [text])
        #expect(data.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    }

    @Test func whatIsNoNumberIsNull() {
        #expect(JSON.double(.nan).text == "null")
        #expect(JSON.double(.infinity).text == "null")
        #expect(JSON.double(0.25).text == "0.25")
        #expect(JSON.integer(-3).text == "-3")
    }

    @Test func emptyListsStayOnTheirLine() {
        #expect((["a": [], "b": [:]] as JSON).text == "{\n  \"a\": [],\n  \"b\": {}\n}")
    }
}

@Suite struct ExplainReportTests {
    @Test func explainsAControlToPeople() {
        expectGolden(ExplainReport.text(Sample.control, of: Sample.policy), "explain.txt")
    }

    @Test func explainsAControlToPrograms() throws {
        let text = ExplainReport.json(Sample.control, of: Sample.policy)
        expectGolden(text, "explain.json")
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }

    @Test func listsEveryControlUnderItsPolicy() {
        expectGolden(ExplainReport.list([Sample.policy], style: TextStyle(width: 50)), "list.txt")
    }
}
