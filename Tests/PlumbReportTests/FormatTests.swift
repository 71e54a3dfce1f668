// Every format, on ordinary, very long and hostile assessments: what another program reads must be what was meant.

import Foundation
import FoundationXML
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

/// Texts that break a format which forgets to escape something.
let hostileTexts = [
    "", " ", "]]>", "</script><script>alert(1)</script>", "\" onmouseover=\"x", "it's & <b>", "a|b\n| c |", "```\n~~~",
    "\u{0}\u{1}\u{8}\u{B}\u{1B}[31m\u{7F}\u{9B}", "line\r\nbreak\u{2028}x\u{85}y", "\u{202E}evil\u{2066}",
    "\u{FFFE}\u{FFFF}",
    "👩‍🔬 予算 é\u{301}\u{FE0F}", "::error::x", "100%,a:b%0A", "@everyone #12 https://x.example [a](b) ![c](d)",
    "\\", "{0} {{}} ${AWS::Region}", "/absolute/påth with space.yaml", "./a/../b?c#d", "aws://eu-west-1", "-->",
    String(repeating: "x", count: 3_000), "</details></summary>",
]

/// Text of a generator's choice, rich in characters that mean something somewhere.
func randomText(_ random: inout SeededGenerator) -> String {
    let alphabet: [Unicode.Scalar] =
        Array("<>&\"'`|[](){}@#%:,;\\/*_~!$- \n\r\tab0".unicodeScalars) + [
            "\u{0}", "\u{1B}", "\u{85}", "\u{2028}", "\u{202E}", "\u{200D}", "\u{FFFE}", "\u{FFFF}", "\u{1F600}",
            "\u{10FFFF}", "é",
        ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...24, using: &random) { text.append(alphabet.randomElement(using: &random) ?? "x") }
    return String(text)
}

@Suite struct FormatTests {
    @Test(arguments: ReportFormat.allCases) func endsInALineBreakAndIsTheSameEachTime(format: ReportFormat) {
        for assessments in [[Sample.none], [Sample.many], [Sample.one, Sample.large(40)], []] {
            let text = format.render(assessments)
            #expect(text.hasSuffix("\n") || assessments.isEmpty)
            #expect(text == format.render(assessments))
        }
    }

    @Test(arguments: hostileTexts) func isWellFormedWhateverThingsAreCalled(text: String) throws {
        try expectWellFormed(Sample.hostile(text))
    }

    @Test(arguments: 0..<200) func isWellFormedForAnyText(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        try expectWellFormed(Sample.hostile(randomText(&random)))
    }

    private func expectWellFormed(_ assessment: Assessment) throws {
        for format in [ReportFormat.json, .sarif] {
            let data = Data(format.render([assessment]).utf8)
            #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
        }
        #expect(XMLTree.parsed(JUnitReport.render(assessment, style: TextStyle())) != nil)
        #expect(HTMLTags.unbalanced(in: HTMLReport.render(assessment, style: TextStyle())) == nil)
        for line in GitHubReport.render(assessment, style: TextStyle()).split(separator: "\n") {
            let command = #/::(error|warning|notice) [^:]*::.*/#.matchingSemantics(.unicodeScalar)
            #expect(line.wholeMatch(of: command) != nil, "\(line)")
        }
        let fences = #/\n  (`{3,})\n(?:  .*\n)*?  \1\n/#.matchingSemantics(.unicodeScalar)
        let markdown = MarkdownReport.render(assessment, style: TextStyle()).replacing(fences, with: "\n")
        #expect(HTMLTags.unbalanced(in: markdown) == nil)
        let prose = markdown.replacing(#/<(code|summary)>.*?<\/\1>/#, with: "")
        #expect(!prose.contains("@everyone"))
    }
}

@Suite struct JUnitReportTests {
    @Test func tellsEveryControlAsATestCase() throws {
        let text = JUnitReport.render(Sample.many, style: TextStyle())
        expectGolden(text, "many.junit.xml")
        let suites = try #require(XMLTree.parsed(text))
        let suite = try #require(suites.children("testsuite").first)
        #expect(suite.attributes["tests"] == "5" && suite.attributes["failures"] == "2")
        #expect(suite.attributes["skipped"] == "1")
        let cases = suite.children("testcase")
        #expect(cases.map { $0.attributes["classname"] } == ["OPS-1", "OPS-1", "OPS-2", "OPS-2", "COST-3"])
        #expect(cases[0].children("skipped").first?.attributes["message"]?.contains("(and 4 more)") == true)
        #expect(cases[1].children("failure").first?.attributes["type"] == "critical")
        #expect(cases[2].children("system-out").first?.text.contains("waived by ops") == true)
        #expect(cases[3].children("failure").isEmpty && cases[3].children("skipped").isEmpty)
        let failure = try #require(cases[4].children("failure").first)
        #expect(failure.attributes["type"] == "high")
        #expect(failure.text.contains("seed: Budget allocation"))
    }

    @Test func aMessageIsReadBackAsItWasMeant() throws {
        let text = "a <b> & \"c\" ]]> d\ne 👩‍🔬"
        let suites = try #require(XMLTree.parsed(JUnitReport.render(Sample.hostile(text), style: TextStyle())))
        let failing = try #require(suites.children("testsuite").first?.children("testcase")[1])
        #expect(failing.children("failure").first?.attributes["message"] == "\(text): \(text)")
        #expect(failing.attributes["file"] == text)
    }

    @Test func severalAssessmentsAreSeveralSuites() throws {
        let suites = try #require(XMLTree.parsed(ReportFormat.junit.render([Sample.none, Sample.one])))
        #expect(suites.attributes["tests"] == "10" && suites.attributes["failures"] == "1")
        #expect(suites.children("testsuite").count == 2)
    }
}

@Suite struct BadgeReportTests {
    @Test func saysHowManyControlsAreProved() throws {
        let all = try #require(XMLTree.parsed(BadgeReport.render([Sample.many], style: TextStyle())))
        let words = all.children("g").first?.children("text").map(\.text) ?? []
        #expect(words.count == 2 && words[0].hasPrefix("plumb") && words[1] == "2 of 5 controls fail")
        #expect(all.attributes["aria-label"] == "\(words[0]): 2 of 5 controls fail")
        let nothing = BadgeReport.render([], style: TextStyle())
        #expect(nothing.contains("nothing judged") && !nothing.contains("#1b6e2c"))
    }
}

@Suite struct GitHubReportTests {
    @Test func annotatesTheLinesOfAPullRequest() {
        expectGolden(GitHubReport.render(Sample.many, style: TextStyle()), "many.github.txt")
    }

    @Test func escapesWhatTheRunnerDecodes() {
        let text = GitHubReport.render(Sample.hostile("50%, a:b\nc"), style: TextStyle())
        #expect(
            text.hasPrefix(
                "::error file=50%25%2C a%3Ab%0Ac,line=3,col=1,title=OPS-1.2 50%25%2C a%3Ab%0Ac::50%25, a:b%0A"))
    }

    @Test func tellsTheWorstFirstAndHowManyAreHidden() {
        var mild = Sample.one
        mild.findings[0].severity = .medium
        let lines = ReportFormat.github.render([mild, Sample.large(30)]).split(separator: "\n")
        #expect(lines.count == 32)
        #expect(lines[..<30].allSatisfy { $0.hasPrefix("::error ") })
        #expect(lines[30].hasPrefix("::warning "))
        #expect(lines[31].hasPrefix("::notice title=Plumbline::"))
        #expect(lines[31].contains("31 failing findings, of which GitHub hides 20"))
    }
}

@Suite struct MarkdownReportTests {
    @Test func isACommentOnAPullRequest() {
        expectGolden(MarkdownReport.render(Sample.none, style: TextStyle()), "none.md")
        expectGolden(MarkdownReport.render(Sample.many, style: TextStyle()), "many.md")
    }

    @Test func isNeverLongerThanGitHubTakes() {
        var assessment = Sample.large(400)
        for index in 0..<400 { assessment.findings[index].control = "OPS-1.\(index)" }
        let text = MarkdownReport.render(assessment, style: TextStyle())
        #expect(text.utf8.count <= 65_536)
        let told = text.split(separator: "\n").filter { $0.hasPrefix("<details><summary><b>critical") }.count
        #expect(told > 50)
        #expect(text.contains("**\(400 - told) findings left out**"))
    }

    @Test func manyInputsShareOneComment() {
        let text = MarkdownReport.render(Array(repeating: Sample.large(50), count: 300), style: TextStyle())
        #expect(text.utf8.count <= 65_536)
        #expect(text.contains("left out**"))
    }

    @Test(arguments: ["- a", "+ a", "= a", "1. a", "12) a", "# a", "> a", "    a"]) func aMessageBeginsNoList(
        text: String
    ) {
        var assessment = Sample.one
        assessment.findings[0].message = text
        let lines = MarkdownReport.render(assessment, style: TextStyle()).split(separator: "\n")
        let line = lines.firstIndex { $0.hasSuffix("\\") }.map { lines[$0 + 1] }
        #expect(line?.wholeMatch(of: #/  (\\\S|[0-9]+\\[.)]|&gt;|a).*/#) != nil, "\(line ?? "")")
    }

    @Test(arguments: hostileTexts) func aNameBreaksNoTable(text: String) {
        let rows = MarkdownReport.render(Sample.hostile(text), style: TextStyle()).split(separator: "\n").filter {
            $0.contains(" | OPS-1 | ")
        }
        #expect(rows.count == 1)
        for row in rows { #expect(row.replacing(#/\\./#, with: "").filter { $0 == "|" }.count == 8, "\(row)") }
    }
}

@Suite struct HTMLReportTests {
    @Test func isOnePageThatFetchesNothing() throws {
        let text = HTMLReport.render(Sample.many, style: TextStyle(toolVersion: "1.2.3"))
        let start = try #require(text.range(of: "<body>"))
        let end = try #require(text.range(of: "<script>"))
        expectGolden(String(text[start.lowerBound..<end.lowerBound]) + "\n", "many.body.html")
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("url("))
        #expect(!text.contains("src=") && !text.contains("@import"))
    }

    @Test func everyLinkLeadsSomewhere() {
        let text = ReportFormat.html.render([Sample.one, Sample.many])
        let links = text.matches(of: #/href="#([^"]+)"/#).map { String($0.1) }
        #expect(links.count == 6)
        for link in links { #expect(text.contains("id=\"\(link)\""), "\(link)") }
        let ids = text.matches(of: #/ id="([^"]+)"/#).map { String($0.1) }
        #expect(Set(ids).count == ids.count)
    }

    @Test func aNameIsNoMarkup() {
        let text = HTMLReport.render(Sample.hostile("</script><script>alert(1)</script>"), style: TextStyle())
        #expect(text.components(separatedBy: "<script>").count == 2)
        #expect(!text.contains("alert(1)</script>"))
    }

    @Test func nothingThatFailsIsLeftOut() {
        let text = HTMLReport.render(Sample.large(60), style: TextStyle())
        for index in 1...60 { #expect(text.contains("<code>Endpoint\(index)Alarm</code>")) }
        #expect(text.contains("<summary>and 55 more of the same</summary>"))
    }
}
