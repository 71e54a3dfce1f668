// Every finding on a template brings lines to paste, and most of them mend it.

import Foundation
import PlumbModel
import PlumbPolicy
import Testing

@testable import PlumbFormats

@Suite struct TemplateFixTests {
    private static let today = Day(daysSinceEpoch: 20_781)

    static let violations = TemplateMutation.list("mutations.yaml").filter { $0.verdicts == ["fails"] }

    struct Outcome {
        var patches: [Patch?] = []
        var isMended = false
        var left: [Finding] = []
    }

    static func outcome(_ mutation: TemplateMutation) throws -> Outcome {
        var document = try mutation.document()
        let graph = try #require(TemplateReader.read([document], asOf: today).worlds.first?.graph)
        var rendering = FixRendering(graph)
        let findings = PolicyBook.assess(graph, path: "").findings.filter {
            $0.control == mutation.control && $0.verdict == .fails
        }
        var outcome = Outcome()
        for finding in findings {
            let patch = rendering.patch(for: finding)
            outcome.patches.append(patch)
            guard let patch, patch.language == .cloudformation else { continue }
            let fixes = rendering.fixes(for: finding).fixes
            document = SourceDocument(
                path: document.path, root: document.root.pasting(try DocumentNode.resources(of: patch), fixes))
        }
        let mended = try #require(TemplateReader.read([document], asOf: today).worlds.first?.graph)
        outcome.left = PolicyBook.assess(mended, path: "").findings.filter {
            $0.control == mutation.control && $0.verdict == .fails
        }
        outcome.isMended = !findings.isEmpty && outcome.left.isEmpty
        return outcome
    }

    @Test(arguments: violations) func `each failure of a template brings lines that read and name what is there`(
        violation: TemplateMutation
    ) throws {
        let document = try violation.document()
        let graph = try #require(TemplateReader.read([document], asOf: Self.today).worlds.first?.graph)
        var rendering = FixRendering(graph)
        let own = Set(document.root["Resources"]?.entries.map(\.key) ?? [])
        for finding in PolicyBook.assess(graph, path: "").findings
        where finding.control == violation.control && finding.verdict == .fails {
            let found = rendering.patch(for: finding)
            let patch = try #require(found, "\(finding.control) of \(finding.resource)")
            guard patch.language == .cloudformation else { continue }
            let entries = try DocumentNode.resources(of: patch)
            #expect(!entries.isEmpty)
            for entry in entries { #expect(entry.value["Type"]?.text?.hasPrefix("AWS::") == true) }
            // What is changed is the input's own; what is added is nobody's yet.
            for (entry, fix) in zip(entries, rendering.fixes(for: finding).fixes) where fix.kind == .change {
                // The graph knows an API's domain, but not under which logical id it stands.
                if fix.resource.template == "AWS::ApiGateway::DomainName" { continue }
                #expect(own.contains(entry.key), "\(entry.key) is not in the template")
            }
        }
    }

    @Test func `most violations are mended by what is pasted`() throws {
        let unmended = try Self.violations.filter { try !Self.outcome($0).isMended }
        let mended = Self.violations.count - unmended.count
        #expect(mended >= 245, "not mended: \(unmended.map(\.title))")
    }
}
