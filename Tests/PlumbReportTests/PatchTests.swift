// Lines to paste stand in every report, whole where programs read them.

import Foundation
import PlumbModel
import Testing

@testable import PlumbReport

@Suite struct PatchTests {
    private static let lines = "  # Change in Alarm:\n  Alarm:\n    Properties:\n      Threshold: 0.01  # OPS-1.2\n"

    private static var patched: Assessment {
        var assessment = Sample.one
        for index in assessment.findings.indices { assessment.findings[index].patch = Patch(.cloudformation, lines) }
        return assessment
    }

    /// A badge has room for a number alone.
    @Test(arguments: ReportFormat.allCases.filter { $0 != .badge }) func everyFormatTellsTheLines(format: ReportFormat)
    {
        let text = format.render([Self.patched])
        #expect(text.contains("Threshold: 0.01  # OPS-1.2"))
        // The lines of the patch stand in the place of those that the sentence brings along.
        #expect(!format.render([Sample.one]).contains("# Change in Alarm"))
    }

    @Test func jsonHasTheLinesAndTheirLanguageUnderKeysOfTheirOwn() throws {
        let data = Data(JSONReport.render(Self.patched, style: TextStyle()).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let finding = try #require((object["findings"] as? [[String: Any]])?.first)
        #expect(finding["fixText"] as? String == Self.lines)
        #expect(finding["fixLanguage"] as? String == "cloudformation")
    }

    @Test func textTellsTheFirstLinesOfALongPatch() {
        var assessment = Sample.one
        let long = (1...100).map { "line \($0)\n" }.joined()
        assessment.findings[0].patch = Patch(.terraform, long)
        let text = TextReport.render(assessment, style: TextStyle())
        #expect(text.contains("line 60"))
        #expect(!text.contains("line 61\n"))
        #expect(text.contains("and 40 lines more"))
    }

    @Test func findingsWithDifferentLinesAreEachToldTheirOwn() {
        var assessment = Sample.one
        var other = assessment.findings[0]
        other.resource = "OtherAlarm"
        assessment.findings.append(other)
        for index in assessment.findings.indices {
            assessment.findings[index].patch = Patch(.cloudformation, "  Alarm\(index):\n")
        }
        let text = TextReport.render(assessment, style: TextStyle())
        #expect(text.contains("Alarm0:"))
        #expect(text.contains("Alarm1:"))
    }
}
