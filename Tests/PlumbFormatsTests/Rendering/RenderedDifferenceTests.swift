// A spec and the template that was rendered from it state the same; what is edited afterwards is told at its place.

import Foundation
import PlumbFormats
import PlumbModel
import Testing

@Suite struct RenderedDifferenceTests {
    private func example(_ environment: Environment) throws -> Spec {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Examples/aws/plumb.yaml").standardizedFileURL
        let text = try String(contentsOf: path, encoding: .utf8)
        let reading = SpecReader.read(text, file: "plumb.yaml", environment: environment)
        return try #require(reading.spec, "\(reading.diagnostics)")
    }

    private func expectNoDifference(_ spec: Spec, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let trip = try RenderedRoundTrip(spec)
        let difference = GraphDifference(from: trip.compiled, to: trip.read)
        #expect(difference.compared > 30, sourceLocation: sourceLocation)
        for resource in difference.resources {
            let properties = resource.properties.map {
                "  \($0.path): \($0.before?.description ?? "nothing") -> \($0.after?.description ?? "nothing")"
            }
            Issue.record(
                "\(resource.kind) \(resource.type) \(resource.id)\n\(properties.joined(separator: "\n"))",
                sourceLocation: sourceLocation)
        }
        // What the spec itself leaves open, such as an image, a template takes as a parameter.
        for untold in difference.untold where !untold.why.contains("the spec ") {
            Issue.record("\(untold.resource).\(untold.path): \(untold.why)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Environment.allCases)
    func aTemplateOfTheExampleStatesWhatTheSpecStates(environment: Environment) throws {
        try expectNoDifference(try example(environment))
    }

    @Test(arguments: Environment.allCases)
    func aTemplateOfACriticalSpecInTwoRegionsStatesWhatTheSpecStates(environment: Environment) throws {
        try expectNoDifference(try ArchitectureExample.spec(environment))
    }

    @Test func templatesOfSpecsMadeByChanceStateWhatTheyState() throws {
        for made in GeneratedSpecs(seed: 40).prefix(12) {
            let spec = try #require(made.reading.spec, "seed \(made.seed)")
            // What scales an instance type that nobody knows is not rendered.
            guard InstanceType.named(spec.instances.type) != nil else { continue }
            try expectNoDifference(spec)
        }
    }

    @Test func anEditedTemplateIsToldAtItsPlace() throws {
        let spec = try example(.production)
        let day = ArchitectureExample.today
        var changed = 0
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: day).filter { $0.path.hasSuffix(".yaml") }
        let documents = try files.map { file in
            let text = file.text.replacing("ErrorRateAlarm:\n", with: "ErrorRateAlarm: # watched\n", maxReplacements: 1)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let start = lines.firstIndex { $0.hasPrefix("  ErrorRateAlarm:") } ?? lines.endIndex
            let edited = lines.enumerated().map { index, line -> String in
                guard index > start, changed == 0, line.contains(" Threshold: ") else { return String(line) }
                changed = index + 1
                return String(line.prefix { $0 == " " }) + "Threshold: 5"
            }
            let bytes = Array(edited.joined(separator: "\n").utf8)
            return try SourceDocument.read(SourceFile(path: file.path, bytes: bytes)).get()
        }
        try #require(changed > 0)
        let reading = TemplateReader.read(documents, asOf: day)
        let graph = try #require(reading.worlds.first?.graph, "\(reading.diagnostics)")
        let difference = GraphDifference(from: Architecture.compile(spec, asOf: day), to: graph)
        let resource = try #require(difference.resources.first)
        let property = try #require(resource.properties.first)
        #expect(difference.resources.count == 1 && resource.id == "ErrorRateAlarm" && resource.properties.count == 1)
        #expect(property.path == "threshold" && property.before == .number(1) && property.after == .number(5))
        #expect(property.beforePlace?.file == "plumb.yaml" && property.afterPlace?.line == changed)
    }
}
