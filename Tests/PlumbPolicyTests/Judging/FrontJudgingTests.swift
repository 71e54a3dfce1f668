// A front, a second region and both, as they are compiled and as they are rendered, break no policy.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

@Suite struct FrontJudgingTests {
    static let overlays = [
        "critical: false", "cache: {deterministic: false, repeatRate: 0, ttl: 0s, reason: answers are sampled}", "",
    ]

    private static func failures(_ graph: Graph) -> [String] {
        PolicyBook.assess(graph, path: "plumb.yaml").findings.filter { $0.verdict == .fails }
            .map { "\($0.control) \($0.resource): \($0.message)" }
    }

    @Test(arguments: overlays)
    func whatIsCompiledBreaksNoPolicy(overlay: String) throws {
        #expect(Self.failures(try BaseSpec.graph(overlay: overlay)) == [])
    }

    /// Judged as a template, which proves more than a spec can.
    @Test(arguments: overlays)
    func whatIsRenderedBreaksNoPolicyOfTheFront(overlay: String) throws {
        let files = Rendering.files(
            of: try BaseSpec.spec(overlay: overlay), as: .cloudformation, asOf: BaseSpec.today)
        let documents = try files.filter { $0.path.hasSuffix(".yaml") }.map { file in
            try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
        }
        let reading = TemplateReader.read(documents, environment: .production, asOf: BaseSpec.today)
        var graph = try #require(reading.worlds.first).graph
        graph.declarations = try BaseSpec.graph(overlay: overlay).declarations
        let assessment = PolicyBook.assess(graph, path: "template.yaml")
        for control in ["SEC-1.2", "SEC-1.3", "PERF-3.3", "PERF-3.4", "REL-3.3", "REL-3.7"] {
            let findings = assessment.findings.filter { $0.control == control && $0.verdict == .fails }
            #expect(findings.isEmpty, "\(findings.map(\.message))")
        }
        let fronts = graph.distributions.map(\.id) + graph.entryPoints.map(\.id)
        let safe = assessment.findings.filter { $0.control == "PERF-3.4" && $0.verdict == .unknown }
        #expect(safe.filter { fronts.contains($0.resource) }.isEmpty, "\(safe.map(\.message))")
    }
}
