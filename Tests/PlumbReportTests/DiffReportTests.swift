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

    /// A spec, the template made of it and what runs, each with something of its own.
    private var steps: [DriftStep] {
        func graph(_ source: SourceKind, _ file: String, threshold: Fact<Double>, _ change: (inout Graph) -> Void)
            -> Graph
        {
            var graph = Graph(source: source, environment: .staging, asOf: Day(daysSinceEpoch: 20_000))
            graph.endpoints.append(Endpoint("Endpoint", at: Place(file: file, line: 3)) { $0.head.name = "digits" })
            graph.alarms.append(
                Alarm("ErrorRateAlarm", at: Place(file: file, line: 12)) {
                    $0.threshold = Fact(threshold.state, at: Place(file: file, line: 14, column: 9))
                })
            change(&graph)
            return graph
        }
        let spec = graph(.spec, "plumb.yaml", threshold: 1) { $0.topics.append(Topic("AlarmTopic")) }
        let template = graph(.cloudformation, "template.yaml", threshold: 5) {
            $0.buckets.append(Bucket("Old\u{1B}[31m\nBucket", at: Place(file: "template.yaml", line: 90)))
        }
        let running = graph(.live, "aws", threshold: .unknown("no right to see it")) { $0.endpoints = [] }
        var later = GraphDifference(from: template, to: running)
        later.resources[0].allowance = "StopSchedule stopped digits outside its working hours"
        return [
            DriftStep(
                from: "plumb.yaml", to: "template.yaml", DriftStep.Cause(from: .spec, to: .cloudformation),
                GraphDifference(from: spec, to: template)),
            DriftStep(from: "template.yaml", to: "aws:", DriftStep.Cause(from: .cloudformation, to: .live), later),
        ]
    }

    @Test func tellsWhereResourcesDifferStepByStep() throws {
        let diff = AssessmentDiff(from: Sample.many, to: Sample.many)
        let text = DiffReport.text(diff, resources: steps)
        expectGolden(text, "resources.diff.txt")
        #expect(text.contains("~ ErrorRateAlarm.threshold: 1 (plumb.yaml:14:9) -> 5 (template.yaml:14:9)"))
        #expect(text.hasSuffix("\nno verdict changed\n") && !text.contains("\u{1B}"))
        let json = DiffReport.json(diff, resources: steps)
        expectGolden(json, "resources.diff.json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let told = try #require(report["resources"] as? [[String: Any]])
        #expect(told.map { $0["cause"] as? String } == ["notDeployed", "changedOutside"])
    }
}
