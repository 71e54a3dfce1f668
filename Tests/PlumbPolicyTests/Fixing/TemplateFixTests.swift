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
            let kinds = rendering.fixes(for: finding).fixes.map(\.kind)
            document = SourceDocument(
                path: document.path, root: document.root.pasting(try DocumentNode.resources(of: patch), kinds))
        }
        let mended = try #require(TemplateReader.read([document], asOf: today).worlds.first?.graph)
        outcome.left = PolicyBook.assess(mended, path: "").findings.filter {
            $0.control == mutation.control && $0.verdict == .fails
        }
        outcome.isMended = !findings.isEmpty && outcome.left.isEmpty
        return outcome
    }

    @Test func `most violations are mended by what is pasted`() throws {
        var mended = 0
        for violation in Self.violations {
            let outcome = try Self.outcome(violation)
            if outcome.isMended { mended += 1 }
            if !outcome.isMended {
                print("UNMENDED \(violation.control) | \(violation.title) | \(violation.base)")
                for patch in outcome.patches { print("PATCH \(patch?.language.rawValue ?? "none")\n\(patch?.text ?? "")") }
                for finding in outcome.left { print("LEFT \(finding.resource): \(finding.message)") }
            }
        }
        print("MENDED \(mended) of \(Self.violations.count)")
        #expect(mended > 250)
    }
}
