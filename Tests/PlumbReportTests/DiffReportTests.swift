// What changed between two assessments.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbReport

@Suite struct DiffReportTests {
    @Test func nothingChangedIsToldAsSuch() {
        let diff = AssessmentDiff(from: Sample.many, to: Sample.many)
        #expect(diff.isEmpty)
        #expect(DiffReport.text(diff).hasSuffix("\nnothing changed\n"))
    }

    @Test func tellsWhatGotWorse() {
        let diff = AssessmentDiff(from: Sample.one, to: Sample.many)
        #expect(diff.policies.map(\.id) == ["OPS-2", "COST-3"])
        #expect(diff.controls.map(\.id) == ["OPS-1.1", "OPS-2.1", "COST-3.1"])
        #expect(diff.newFailures().map(\.control) == ["COST-3.1"])
        #expect(diff.newFailures(atLeast: .critical).isEmpty)
        #expect(diff.gone.isEmpty)
        expectGolden(DiffReport.text(diff), "worse.diff.txt")
        expectGolden(DiffReport.json(diff), "worse.diff.json")
    }

    @Test func tellsWhatGotBetter() {
        let diff = AssessmentDiff(from: Sample.many, to: Sample.none)
        #expect(diff.new.isEmpty)
        #expect(diff.gone.count == Sample.many.findings.count)
        expectGolden(DiffReport.text(diff), "better.diff.txt")
    }

    @Test func aMovedFindingIsNotNew() {
        var moved = Sample.one
        moved.findings[0].place = Place(file: "other.yaml", line: 1)
        #expect(AssessmentDiff(from: Sample.one, to: moved).isEmpty)
    }

    @Test func aSecondFindingOfTheSameKindIsNew() {
        var more = Sample.one
        more.findings.append(more.findings[0])
        #expect(AssessmentDiff(from: Sample.one, to: more).new.count == 1)
    }

    @Test func isReadByAnotherParser() throws {
        let text = DiffReport.json(AssessmentDiff(from: Sample.one, to: Sample.many))
        let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(report["schema"] as? String == "plumbline.diff/1")
        #expect((report["new"] as? [[String: Any]])?.count == 6)
    }
}
