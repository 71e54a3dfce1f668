// What is right is not called wrong, and what is wrong is found by its own control: on templates of other hands.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

@Suite struct TemplateJudgingTests {
    private static let today = Day(daysSinceEpoch: 20_781)

    static func assess(_ documents: [SourceDocument]) -> Assessment {
        let reading = TemplateReader.read(documents, asOf: today)
        return PolicyBook.combine(
            reading.worlds.map {
                ($0.assumptions, PolicyBook.assess($0.graph, path: documents[0].path, diagnostics: reading.diagnostics))
            })
    }

    static func failures(_ assessment: Assessment) -> [Finding] { assessment.findings.filter { $0.verdict == .fails } }

    @Test(arguments: [
        "compliant.yaml", "compliant-gpu.yaml", "compliant-critical.yaml", "compliant-edge.yaml",
        "compliant-staging.yaml", "compliant-dev.yaml",
    ])
    func `a template that keeps every policy has no failure`(name: String) throws {
        let assessment = Self.assess([try TemplateMutation.document(name)])
        for finding in Self.failures(assessment) {
            Issue.record("\(finding.control) \(finding.resource): \(finding.message)")
        }
        #expect(assessment.count(.holds) > 20)
    }

    /// What is not seen: the export of log groups is no part of the graph.
    private static let unseen: Set<String> = ["The container logs reach no locked bucket"]

    @Test(arguments: TemplateMutation.list("mutations.yaml"))
    func `each violation fails its control and no other`(mutation: TemplateMutation) throws {
        let assessment = Self.assess([try mutation.document()])
        let failures = Self.failures(assessment)
        let verdict = assessment.policies.flatMap(\.controls).first { $0.id == mutation.control }?.verdict
        let answer = verdict?.rawValue ?? "nothing"
        withKnownIssue {
            #expect(mutation.verdicts.contains(answer), "\(mutation.control) answers \(answer)")
        } when: {
            Self.unseen.contains(mutation.title)
        }
        if let resource = mutation.resource, mutation.verdicts == ["fails"] {
            #expect(failures.contains { $0.control == mutation.control && $0.resource == resource })
        }
        for finding in failures where finding.control != mutation.control && !mutation.also.contains(finding.control) {
            Issue.record("also \(finding.control) \(finding.resource): \(finding.message)")
        }
    }

    @Test(arguments: TemplateMutation.list("wirings.yaml"))
    func `each wrong wiring in a fleet is found`(wiring: TemplateMutation) throws {
        func failures(_ document: SourceDocument) -> Set<String> {
            Set(Self.failures(Self.assess([document])).map { "\($0.control) \($0.resource)" })
        }
        let new = failures(try wiring.document()).subtracting(failures(try TemplateMutation.document(wiring.base)))
        // Endpoints bear the findings, whichever of their resources is wired wrongly.
        let isFound = new.contains { $0.hasPrefix(wiring.control + " ") }
        #expect(isFound || wiring.verdicts != ["fails"], "new are \(new.sorted())")
    }

    @Test func `the list of violations is read whole`() {
        #expect(TemplateMutation.list("mutations.yaml").count > 100)
    }
}
