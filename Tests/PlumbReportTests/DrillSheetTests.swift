// A drill as a record to keep: what was not measured is never kept, and a file is whole.

import Foundation
import PlumbModel
import Testing

@testable import PlumbReport

@Suite struct DrillSheetTests {
    private func sheet(measured: String?, isMet: Bool?, succeeded: Bool = true) -> DrillSheet {
        var sheet = DrillSheet(
            title: "Recovery drill", subject: "<b>engine", when: "2026-11-29T12:00:00Z", who: "ada|eve",
            succeeded: succeeded, failure: succeeded ? nil : "<script>no backup",
            measures: [
                DrillSheet.Measure("RTO", measured: measured, target: "60 s (the specs)", isMet: isMet),
                DrillSheet.Measure("Failed requests", measured: "0 of 10"),
            ])
        sheet.steps = [DrillSheet.Step(name: "restore", seconds: 1.23456)]
        sheet.evidence = [("root of the log", "ab|<i>")]
        sheet.notes = ["kept & told"]
        return sheet
    }

    @Test(arguments: [
        ("12 s", true, "It worked", "✓ kept", "holds"),
        ("90 s", false, "It worked, and missed what was promised: RTO", "✗ missed", "fails"),
        (nil, nil, "It worked; not measured: RTO", "? unknown", "unknown"),
    ])
    func theVerdictIsThatOfTheMeasures(
        measured: String?, isMet: Bool?, verdict: String, word: String, kind: String
    ) {
        let sheet = sheet(measured: measured, isMet: isMet)
        #expect(sheet.verdict == verdict)
        #expect(sheet.html.contains("<span class=\"verdict \(kind)\">\(verdict)</span>") && sheet.html.contains(word))
        #expect(
            sheet.markdown.contains("**\(verdict)**") && sheet.markdown.contains("| \(measured ?? "not measured") |"))
        #expect(sheet.html.contains("1.235") && sheet.markdown.contains("| restore | 1.235 |"))
    }

    @Test func aDrillThatFailedIsToldSo() {
        let sheet = sheet(measured: nil, isMet: nil, succeeded: false)
        #expect(sheet.verdict == "Failed: <script>no backup")
        #expect(sheet.html.contains("verdict fails\">Failed: &lt;script&gt;no backup"))
    }

    @Test func strangersWordsAreHarmlessAndTheFileIsWhole() {
        let sheet = sheet(measured: "1 s", isMet: true)
        #expect(!sheet.markdown.contains("<b>engine") && !sheet.markdown.contains("ada|eve"))
        let page = ReportDocument.html(title: "<i>\(sheet.title)", version: "1", body: sheet.html)
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n") && !page.contains("<script"))
        #expect(page.contains("<title>&lt;i&gt;Recovery drill</title>") && page.contains("&lt;b&gt;engine"))
        #expect(page.contains("@page") && page.contains("default-src 'none'") && !page.contains("http://"))
        for tag in ["section", "table", "tbody", "ul", "main", "header", "body"] {
            let count = page.components(separatedBy: "<\(tag)").count
            #expect(count == page.components(separatedBy: "</\(tag)>").count, "\(tag)")
        }
    }
}
