// What an organisation lays over the book, and what it cannot make of it.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct PolicyOverlayTests {
    private let today = BaseSpec.today

    private func waiver(_ control: String, until day: Int, resource: String? = nil) -> Waiver {
        Waiver(
            control: control, owner: "ada", reason: "it is being mended", expires: today.adding(days: day),
            resource: resource, place: Place(file: "plumb.policy.yaml", line: 3, column: 5))
    }

    private func assess(_ overlay: PolicyOverlay, _ change: (inout Graph) -> Void = { _ in }) throws -> Assessment {
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        change(&graph)
        return PolicyBook.assess(graph, path: "t", under: overlay)
    }

    private func verdict(_ id: String, _ assessment: Assessment) throws -> ControlVerdict {
        try #require(assessment.policies.flatMap(\.controls).first { $0.id == id })
    }

    private func errorRate(_ percent: Double) -> (inout Graph) -> Void {
        { $0.alarms.mutateEach { if $0.id.contains("ErrorRate") { $0.threshold = .known(percent) } } }
    }

    @Test func aWaiverCoversAFailureUntilItsDay() throws {
        var overlay = PolicyOverlay()
        overlay.waivers = [waiver("OPS-1.2", until: 0)]
        #expect(try verdict("OPS-1.2", assess(overlay, errorRate(5))).verdict == .waived)
        overlay.waivers = [waiver("OPS-1.2", until: -1)]
        let lapsed = try assess(overlay, errorRate(5))
        #expect(try verdict("OPS-1.2", lapsed).verdict == .fails)
        #expect(lapsed.findings.contains { $0.control == "OPS-1.2" && $0.message.contains("lapsed") })
    }

    @Test func aWaiverThatLapsedIsAFindingThoughNothingElseFails() throws {
        var overlay = PolicyOverlay()
        overlay.waivers = [waiver("OPS-1.3", until: -1)]
        let found = try #require(try assess(overlay).findings.first { $0.control == "OPS-1.3" })
        #expect(found.verdict == .fails && found.place?.line == 3 && found.message.contains("lapsed on"))
        // A renewed one is none, nor one that counts.
        overlay.waivers.append(waiver("OPS-1.3", until: 30))
        #expect(try assess(overlay).findings.contains { $0.control == "OPS-1.3" } == false)
        overlay.waivers = [
            waiver("OPS-1.3", until: -1, resource: "Some"), waiver("OPS-1.3", until: 1, resource: "Other"),
        ]
        #expect(try assess(overlay).findings.contains { $0.control == "OPS-1.3" && $0.resource == "Some" })
    }

    @Test func whatIsLeftOutIsNotApplicableAndSaid() throws {
        var overlay = PolicyOverlay()
        overlay.leftOut = try PolicyBook.leftOut(only: [], skip: ["ops-1.2", "COST-1"], named: "on the command line")
        let assessment = try assess(overlay, errorRate(5))
        let left = try verdict("OPS-1.2", assessment)
        #expect(left.verdict == .notApplicable && left.isLeftOut)
        #expect(left.judgements.map(\.message) == ["skipped on the command line"])
        #expect(try verdict("COST-1.1", assessment).isLeftOut)
        #expect(try !verdict("OPS-1.3", assessment).isLeftOut)
        #expect(!assessment.findings.contains { $0.control == "OPS-1.2" })
        #expect(assessment.diagnostics.contains { $0.message.hasPrefix("6 controls were left out: OPS-1.2") })
        #expect(assessment.policies.flatMap(\.controls).count == 95)
    }

    @Test func onlyAndSkipTogetherLeaveTheDifference() throws {
        let left = try PolicyBook.leftOut(only: ["OPS-1"], skip: ["OPS-1.8"], named: "here")
        let kept = PolicyBook.policies.flatMap(\.controls).map(\.id).filter { left[$0] == nil }
        #expect(kept == (1...7).map { "OPS-1.\($0)" })
    }

    @Test(arguments: [
        ("OPS1.2", "did you mean OPS-1.2?"), ("ops_2", "did you mean OPS-2?"), ("SEC-2.99", "SEC-2 has SEC-2.1"),
        ("", "the policies are OPS-1"), ("rollback", "the policies are OPS-1"),
    ])
    func anUnknownIdIsAnErrorThatNamesNearOnes(id: String, hint: String) {
        let error = #expect(throws: PlumbError.self) {
            try PolicyBook.leftOut(only: [], skip: [id, "OPS-1"], named: "on the command line")
        }
        #expect(error?.kind == .invalidInput && error?.hint?.contains(hint) == true)
    }

    @Test func everyNumberOfTheTableNamesControlsThatExist() {
        for threshold in Thresholds.all {
            #expect(!threshold.controls.isEmpty && threshold.controls.allSatisfy { PolicyBook.control($0) != nil })
        }
        #expect(Set(Thresholds.all.map(\.name)).count == Thresholds.all.count)
    }

    @Test func aStricterNumberCountsAtOnce() throws {
        var overlay = PolicyOverlay()
        #expect(try verdict("OPS-1.2", assess(overlay, errorRate(1))).verdict == .holds)
        overlay.thresholds.errorRatePercent = 0.5
        let assessment = try assess(overlay, errorRate(1))
        #expect(try verdict("OPS-1.2", assessment).verdict == .fails)
        #expect(assessment.diagnostics.contains { $0.message.contains("errorRatePercent is 0.5") })
        #expect(try verdict("OPS-1.2", assess(overlay, errorRate(0.5))).verdict == .holds)
    }

    @Test func aLooserNumberCountsByWaiverOnlyAndNeverHolds() throws {
        var overlay = PolicyOverlay()
        overlay.thresholds.errorRatePercent = 3
        #expect(try verdict("OPS-1.2", assess(overlay, errorRate(2))).verdict == .fails)
        overlay.waivers = [waiver("OPS-1.2", until: 9), waiver("PERF-2.4", until: 9)]
        let waived = try verdict("OPS-1.2", assess(overlay, errorRate(2)))
        #expect(waived.verdict == .waived)
        #expect(waived.judgements.contains { $0.message.contains("looser number") })
        overlay.waivers = [waiver("OPS-1.2", until: -1), waiver("PERF-2.4", until: 9)]
        let lapsed = try assess(overlay, errorRate(2))
        #expect(try verdict("OPS-1.2", lapsed).verdict == .fails)
        #expect(lapsed.diagnostics.contains { $0.message.contains("again, not 3") })
    }
}
