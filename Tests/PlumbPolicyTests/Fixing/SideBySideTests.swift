// What is done on several cores comes out as it does on one.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

@Suite struct SideBySideTests {
    private static let today = Day(daysSinceEpoch: 20_781)

    private static func graph(_ mutation: TemplateMutation) throws -> Graph {
        try #require(TemplateReader.read([try mutation.document()], asOf: today).worlds.first?.graph)
    }

    @Test(arguments: TemplateFixTests.violations.prefix(5))
    func controlsJudgedSideBySideComeToTheSameVerdicts(_ mutation: TemplateMutation) async throws {
        let graph = try Self.graph(mutation)
        let sequential = PolicyBook.assess(graph, path: "a")
        let concurrent = await PolicyBook.assessSideBySide(graph, path: "a")
        #expect(sequential == concurrent)
        #expect(!sequential.findings.isEmpty)
    }

    @Test(arguments: TemplateFixTests.violations.prefix(5))
    func findingsMendedSideBySideBringTheSameLines(_ mutation: TemplateMutation) async throws {
        let graph = try Self.graph(mutation)
        let findings = PolicyBook.assess(graph, path: "a").findings
        var rendering = FixRendering(graph)
        let sequential = findings.map { rendering.patch(for: $0) }
        var workshop = FixWorkshop(graph, benches: 3)
        let first = await workshop.patches(for: Array(findings.prefix(2)))
        let rest = await workshop.patches(for: Array(findings.dropFirst(2)))
        #expect(first + rest == sequential)
        #expect(sequential.contains { $0 != nil })
    }
}
