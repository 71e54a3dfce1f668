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
        // Lines to paste stay as they are, and are no wider than 40 here.
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

@Suite struct TextFoldingTests {
    @Test func aWallOfAlikeFindingsIsFolded() {
        let text = TextReport.render(Sample.large(300), style: TextStyle())
        #expect(text.contains("Endpoint5Alarm at template.yaml:45:5"))
        #expect(!text.contains("Endpoint6Alarm at"))
        #expect(text.contains("and 295 more (--format json lists all)"))
        #expect(text.split(separator: "\n").count < 60)
    }

    @Test func differentMessagesAreToldEach() {
        var assessment = Sample.large(8)
        for (index, word) in ["red", "green", "blue", "white", "black", "brown", "pink", "grey"].enumerated() {
            assessment.findings[index].message = "the colour is \(word)"
        }
        let text = TextReport.render(assessment, style: TextStyle())
        for index in 1...8 { #expect(text.contains("Endpoint\(index)Alarm at")) }
    }

    @Test func aFixThatNeighboursShareIsToldOnce() {
        var assessment = Sample.large(3)
        for index in 0..<3 { assessment.findings[index].fix = "Do this." }
        assessment.findings[1].message = "quite another matter"
        #expect(TextReport.render(assessment, style: TextStyle()).components(separatedBy: "Do this.").count == 2)
        assessment.findings[1].fix = "Do that."
        let text = TextReport.render(assessment, style: TextStyle())
        #expect(text.components(separatedBy: "Do this.").count == 2)
        #expect(text.contains("Do that."))
    }

    @Test func whatIsOpenIsALineAControlUnlessAskedFor() {
        let short = TextReport.render(Sample.many, style: TextStyle())
        #expect(short.contains("unproved 1 control"))
        #expect(!short.contains("ScaleInAlarm"))
        let full = TextReport.render(Sample.many, style: TextStyle(showsUnknown: true))
        for name in ["ScaleInAlarm", "ScaleOutAlarm", "HealthAlarm", "DriftAlarm"] { #expect(full.contains(name)) }
    }

    @Test func whatIsNotProvedIsNeverCountedAsProved() {
        let open = Sample.assessment(verdicts: [[.holds, .unknown], [.attested], [.notApplicable]])
        let text = TextReport.render(open, style: TextStyle())
        #expect(text.contains("policies 0 proved, 0 failed, 1 unproved, 1 attested, 1 not applicable\n"))
        #expect(text.contains("controls 1 proved, 0 failed, 1 unproved, 1 attested, 1 not applicable\n"))
    }

    @Test func linesToPasteKeepTheirIndentation() {
        let text = TextReport.render(Sample.one, style: TextStyle())
        #expect(
            text.contains("\n           ErrorRateAlarm:\n             Properties:\n               Threshold: 0.01\n"))
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
        let wanted: Set = [
            "control", "policy", "title", "verdict", "severity", "resource", "place", "message", "fix", "seed",
        ]
        #expect(findings.dropFirst().allSatisfy { Set($0.keys) == wanted })
        #expect(Set(findings[0].keys) == wanted.union(["related"]))
        let related = try #require(findings[0]["related"] as? [[String: Any]])
        #expect(
            related.map { $0["message"] as? String } == ["the endpoint Endpoint", "its configuration EndpointConfig"])
        #expect(related[1]["place"] is NSNull)
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
