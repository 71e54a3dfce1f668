// What is rendered is read back as the same graph, whatever the spec asks for.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct RoundTripTests {
    @Test(arguments: Array(GeneratedSpecs(seed: 7_000).prefix(24)))
    func aGeneratedSpecIsReadBackAsItWasCompiled(_ generated: GeneratedSpec) throws {
        let spec = try #require(generated.reading.spec)
        // What cannot be rendered is refused, and said.
        guard Rendering.diagnostics(of: spec).isEmpty else { return }
        try RenderedRoundTrip(spec).expectSameEverywhere()
    }
}
