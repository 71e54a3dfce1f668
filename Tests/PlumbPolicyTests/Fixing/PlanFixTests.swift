// Every finding on a plan brings lines to paste, and most of them mend it.

import Foundation
import PlumbModel
import PlumbPolicy
import Testing

@testable import PlumbFormats

@Suite struct PlanFixTests {
    private static let today = Day(daysSinceEpoch: 20_781)

    static let violations = PlanMutation.list("mutations.yaml").filter { !$0.failures.isEmpty && !$0.isUnknown }

    static func outcome(_ mutation: PlanMutation) throws -> TemplateFixTests.Outcome {
        let document = try mutation.document()
        let graph = try #require(PlanReader.read(document, asOf: today).graph)
        var rendering = FixRendering(graph)
        let controls = Set(mutation.failures.map(\.control))
        func failures(_ graph: Graph) -> [Finding] {
            PolicyBook.assess(graph, path: "").findings.filter { controls.contains($0.control) && $0.verdict == .fails }
        }
        var outcome = TemplateFixTests.Outcome()
        let findings = failures(graph)
        var plan = EditedPlan(root: document.root)
        for finding in findings {
            let patch = rendering.patch(for: finding)
            outcome.patches.append(patch)
            guard let patch, patch.language == .terraform else { continue }
            let (fixes, deployment) = rendering.fixes(for: finding)
            for fix in fixes { try plan.paste(fix, deployment?.types ?? [:]) }
        }
        let mended = SourceDocument(path: document.path, root: plan.root)
        outcome.left = failures(try #require(PlanReader.read(mended, asOf: today).graph))
        outcome.isMended = !findings.isEmpty && outcome.left.isEmpty
        return outcome
    }

    @Test(arguments: violations) func `each failure of a plan brings blocks that name what is there`(
        violation: PlanMutation
    ) throws {
        let document = try violation.document()
        let graph = try #require(PlanReader.read(document, asOf: Self.today).graph)
        var rendering = FixRendering(graph)
        let own = Set(document.root["resource_changes"]?.items.compactMap { $0["address"]?.text } ?? [])
        let controls = Set(violation.failures.map(\.control))
        for finding in PolicyBook.assess(graph, path: "").findings
        where controls.contains(finding.control) && finding.verdict == .fails {
            let found = rendering.patch(for: finding)
            let patch = try #require(found, "\(finding.control) of \(finding.resource)")
            guard patch.language == .terraform else { continue }
            let isPin = finding.resource.hasPrefix("provider ")
            let start = isPin ? "terraform {" : "resource \"aws_"
            #expect(patch.text.split(separator: "\n").contains { $0.hasPrefix(start) })
            #expect(patch.text.count { $0 == "{" } == patch.text.count { $0 == "}" })
            for fix in rendering.fixes(for: finding).fixes where fix.kind == .change && !isPin {
                // The graph knows an API, but not under which addresses its domain, stage and methods stand.
                if fix.resource.plan?.hasPrefix("aws_api_gateway_") == true { continue }
                #expect(own.contains(fix.resource.id), "\(fix.resource.id) is not in the plan")
            }
        }
    }

    @Test func `most violations are mended by what is pasted`() throws {
        let unmended = try Self.violations.filter { try !Self.outcome($0).isMended }
        let mended = Self.violations.count - unmended.count
        #expect(mended >= 165, "not mended: \(unmended.map(\.title))")
    }
}
