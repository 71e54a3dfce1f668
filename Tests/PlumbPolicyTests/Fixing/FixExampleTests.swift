// Every control shows what satisfies it, in each language that it can be shown in.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

@Suite struct FixExampleTests {
    private static let today = Day(daysSinceEpoch: 20_781)
    static let controls = PolicyBook.policies.flatMap(\.controls).map(\.id)

    /// Only a running system or an account decides them, and no key of a spec.
    private static let runningOnly: Set<String> = ["OPS-3.1", "OPS-3.2", "COST-1.5"]

    @Test(arguments: controls, [Rendering.Format.cloudformation, .terraform])
    func `each control has an example that reads`(control: String, format: Rendering.Format) throws {
        let patch = FixRendering.example(of: control, as: format, asOf: Self.today)
        guard !Self.runningOnly.contains(control) else {
            #expect(patch == nil)
            return
        }
        let found = try #require(patch)
        #expect(found.text.contains(found.language == .terraform ? "resource \"aws_" : ":"))
        #expect(found.text.hasSuffix("\n"))
    }

    @Test(arguments: controls) func `the keys of a spec that a control is mended by are read as a spec`(
        control: String
    ) throws {
        let graph = Graph(source: .spec, environment: .production, asOf: Self.today)
        let finding = Finding(
            control: control, policy: "", verdict: .fails, severity: .high, resource: "Endpoint", place: nil,
            message: "", fix: "", seed: "")
        var rendering = FixRendering(graph)
        guard let patch = rendering.patch(for: finding) else { return }
        #expect(patch.language == .spec)
        let base = "name: a\nteam: b\nexample: {contentType: text/csv, body: a}\n"
        let own = patch.text.hasPrefix("workload:") ? "" : "workload: cpu\n"
        let model = patch.text.hasPrefix("model:") ? "" : "model: {path: m.onnx}\n"
        let reading = SpecReader.read(base + own + model + patch.text, file: "fix.yaml", environment: .production)
        let errors = reading.diagnostics.filter { $0.severity == .error && !$0.message.contains("model") }
        #expect(errors.isEmpty, "\(errors.map(\.message)) in\n\(patch.text)")
    }
}
