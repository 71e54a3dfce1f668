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
        for untold in difference.untold {
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
            try expectNoDifference(try #require(made.reading.spec, "seed \(made.seed)"))
        }
    }
}
