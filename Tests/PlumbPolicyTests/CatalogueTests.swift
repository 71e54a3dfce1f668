// Every example of every control is a test: what a control says it accepts it accepts, and so with what it refuses.

import PlumbModel
import Testing

@testable import PlumbPolicy

/// One example of one control, and the verdict it must bring about.
struct Specimen: Sendable, CustomTestStringConvertible {
    var control: Control
    var example: ControlExample
    var wanted: Verdict

    var testDescription: String {
        "\(control.id) \(wanted == .holds ? "holds" : "fails"): \(example.title) (\(example.environment.rawValue))"
    }

    static let all: [Specimen] = PolicyBook.policies.flatMap(\.controls).flatMap { control in
        control.holds.map { Specimen(control: control, example: $0, wanted: .holds) }
            + control.fails.map { Specimen(control: control, example: $0, wanted: .fails) }
    }

    /// The example as it would be read from a source that can prove the control.
    func graph() throws -> Graph {
        var graph = try BaseSpec.graph(in: example.environment, overlay: example.spec)
        let preferred: [SourceKind] = [.cloudformation, .spec, .terraform, .live, .engine]
        graph.source = try #require(preferred.first { control.provableAt.contains($0) })
        example.change(&graph)
        return graph
    }
}

@Suite struct CatalogueTests {
    @Test(arguments: Specimen.all) func everyExampleShowsWhatItSays(_ specimen: Specimen) throws {
        let graph = try specimen.graph()
        let verdict = PolicyBook.verdict(of: specimen.control, on: graph, Exceptions(graph))
        let told = verdict.judgements.map { "\($0.verdict.rawValue) \($0.resource): \($0.message)" }
        #expect(verdict.verdict == specimen.wanted, "\(told.joined(separator: "\n"))")
    }
}
