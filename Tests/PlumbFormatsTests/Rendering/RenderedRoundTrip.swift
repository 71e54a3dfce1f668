// A deployment rendered as CloudFormation and read back, beside the graph that it was rendered from.

import PlumbFormats
import PlumbModel
import Testing

struct RenderedRoundTrip {
    let compiled: Graph
    let read: Graph

    init(_ spec: Spec) throws {
        let day = ArchitectureExample.today
        compiled = Architecture.compile(spec, asOf: day)
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: day).filter { $0.path.hasSuffix(".yaml") }
        let documents = try files.map {
            try SourceDocument.read(SourceFile(path: $0.path, bytes: $0.bytes)).get()
        }
        let reading = TemplateReader.read(documents, asOf: day)
        try #require(reading.worlds.count == 1, "\(reading.diagnostics.map(\.message))")
        read = reading.worlds[0].graph
    }

    /// Expects the resources of a table, by id, to be the same.
    func expectSame<Element: Resource>(
        _ table: KeyPath<Graph, ResourceTable<Element>>, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (before, after) = (compiled[keyPath: table], read[keyPath: table])
        #expect(before.map(\.id).sorted() == after.map(\.id).sorted(), sourceLocation: sourceLocation)
        for element in before {
            guard let other = after[id: element.id], other != element else { continue }
            Issue.record("\(differences(element, other))", sourceLocation: sourceLocation)
        }
    }

    private func differences(_ before: some Resource, _ after: some Resource) -> String {
        let pairs = zip(Mirror(reflecting: before).children, Mirror(reflecting: after).children)
        let found = pairs.compactMap { old, new -> String? in
            let (old, new) = (Self.text(old.value), Self.text(new.value))
            return old == new ? nil : "  \(old)\n  \(new)"
        }
        return "\(before.id) is read back otherwise:\n" + found.joined(separator: "\n")
    }

    /// Without places, which differ.
    private static func text(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text, maxDepth: 12)
        let lines = text.split(separator: "\n")
        return lines.filter { !$0.contains("place") && !$0.contains("line:") && !$0.contains("column:") }
            .joined(separator: "\n")
    }
}
