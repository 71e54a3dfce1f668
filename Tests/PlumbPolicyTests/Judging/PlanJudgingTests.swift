// What is right is not called wrong, and what is wrong is found by its own control: on plans of other hands.

import Foundation
import PlumbModel
import PlumbPolicy
import Testing

@testable import PlumbFormats

@Suite struct PlanJudgingTests {
    private static let today = Day(daysSinceEpoch: 20_781)

    private static func assess(_ document: SourceDocument) throws -> Assessment {
        let reading = PlanReader.read(document, asOf: today)
        let graph = try #require(reading.graph)
        return PolicyBook.assess(graph, path: document.path, diagnostics: reading.diagnostics)
    }

    private static func failures(_ assessment: Assessment) -> [Finding] {
        assessment.findings.filter { $0.verdict == .fails }
    }

    private static func verdict(of control: String, in assessment: Assessment) -> Verdict? {
        assessment.policies.lazy.flatMap(\.controls).first { $0.id == control }?.verdict
    }

    /// What already fails in the fleet, which is silent about much that is not asked there.
    private static func fleetFailures() throws -> [Finding] { failures(try assess(PlanMutation.document("fleet"))) }

    @Test(arguments: ["compliant", "compliant-modules", "staging", "dev"])
    func `a plan that keeps every policy has no failure`(name: String) throws {
        let assessment = try Self.assess(PlanMutation.document(name))
        for finding in Self.failures(assessment) {
            Issue.record("\(finding.control) \(finding.resource): \(finding.message)")
        }
        #expect(assessment.count(.holds) > 20)
    }

    /// What is not seen: subscription filters are no part of the graph, and a record that keeps its versions in one
    /// region counts as kept.
    private static let unseen: Set<String> = [
        "The endpoint's log ends in its log group", "The audit log is in one region",
    ]

    @Test(arguments: PlanMutation.list("mutations.yaml"))
    func `each violation fails its control and no other`(mutation: PlanMutation) throws {
        let assessment = try Self.assess(try mutation.document())
        let failures = Self.failures(assessment)
        let asked = Set(mutation.failures.map(\.control))
        withKnownIssue {
            for control in asked {
                let verdict = Self.verdict(of: control, in: assessment)
                if mutation.isUnknown {
                    #expect(verdict == .unknown || verdict == .fails, "\(control) is called decided")
                } else {
                    #expect(verdict == .fails, "it is not found by \(control)")
                }
            }
        } when: {
            Self.unseen.contains(mutation.title)
        }
        for finding in failures where !asked.contains(finding.control) && !mutation.also.contains(finding.control) {
            Issue.record("also \(finding.control) \(finding.resource): \(finding.message)")
        }
    }

    @Test(arguments: PlanMutation.list("wirings.yaml"))
    func `each wrong wiring of the fleet fails on its resource and nothing else begins to fail`(
        wiring: PlanMutation
    ) throws {
        let before = try Self.fleetFailures()
        let told = Set(before.map { "\($0.control) \($0.resource) \($0.message)" })
        let known = Set(before.map { "\($0.control) \($0.resource)" })
        let failures = Self.failures(try Self.assess(try wiring.document()))
        let new = failures.filter { !told.contains("\($0.control) \($0.resource) \($0.message)") }
        for wanted in wiring.failures {
            let isFound = new.contains { finding in
                finding.control == wanted.control
                    && ([finding.resource, finding.message] + finding.related.map(\.message)).contains {
                        $0.contains(wanted.resource ?? "")
                    }
            }
            #expect(isFound, "\(wanted.control) does not name \(wanted.resource ?? "anything")")
        }
        let allowed = wiring.also.union(wiring.failures.map(\.control))
        for finding in failures
        where !known.contains("\(finding.control) \(finding.resource)") && !allowed.contains(finding.control) {
            Issue.record("also \(finding.control) \(finding.resource): \(finding.message)")
        }
    }

    @Test(arguments: PlanMutation.items("changes/changes.yaml").compactMap { $0["plan"]?.text })
    func `a plan that destroys state or the endpoint fails, and no other`(name: String) throws {
        let entry = try #require(
            PlanMutation.items("changes/changes.yaml").first { $0["plan"]?.text == name })
        let assessment = try Self.assess(PlanMutation.document("changes/\(name)"))
        #expect(Self.verdict(of: "OPS-3.6", in: assessment)?.rawValue == entry["verdict"]?.text)
        let failed = Self.failures(assessment).filter { $0.control == "OPS-3.6" }.map(\.resource)
        if let resource = entry["resource"]?.text {
            #expect(failed.contains(resource))
        } else {
            #expect(failed.isEmpty)
        }
    }

    @Test func `the lists are read whole`() {
        #expect(PlanMutation.list("mutations.yaml").count > 300)
        #expect(PlanMutation.list("wirings.yaml").count == 14)
        #expect(PlanMutation.items("changes/changes.yaml").count == 9)
    }
}
