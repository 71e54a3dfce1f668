// The provenance of a spec, written into its text.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct ProvenanceTextTests {
    private static let head = "name: digits\nteam: vision\nworkload: cpu\nmodel: {path: m.onnx}\nexample: {body: '1'}\n"

    private static var provenance: Provenance {
        var provenance = Provenance()
        provenance.commit = "0123456789abcdef"
        provenance.pullRequest = "https://example.org/pull/7 # \"quoted\""
        provenance.author = "ada: the first"
        provenance.approver = "grace"
        provenance.isTreeClean = true
        var staging = StagingRecord()
        staging.modelDigest = String(repeating: "0a", count: 32)
        (staging.soakMinutes, staging.loadTested, staging.checksPassed) = (61, true, false)
        staging.day = Day("2026-11-24")
        provenance.staging = staging
        return provenance
    }

    @Test(arguments: [
        "", "provenance: {commit: abcdef0123, author: bob}\n", "provenance:\n  commit: abcdef0123\n\n  author: bob\n",
        "provenance: {\n  commit: abcdef0123,\n}\n",
        "\"provenance\" :\n    author: bob\n# said of it\n    approver: eve\n",
    ])
    func theSpecSaysItAndNothingElseIsChanged(_ before: String) throws {
        for tail in ["", "owner: ada@example.org\n", "# the end\n"] {
            let text = Self.head + before + tail
            let written = ProvenanceText.replaced(in: text, by: Self.provenance)
            let reading = SpecReader.read(written, file: "plumb.yaml", environment: .production)
            #expect(reading.spec?.provenance == Self.provenance, "\(written)")
            #expect(written.hasPrefix(Self.head) && (tail.hasPrefix("#") || written.contains(tail)))
            #expect(!written.contains("bob"))
            // Once more changes nothing.
            #expect(ProvenanceText.replaced(in: written, by: Self.provenance) == written)
        }
    }
}
