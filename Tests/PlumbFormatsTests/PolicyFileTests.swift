// The policy file: what it may say, and what is wrong with it, with place and hint.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbFormats

struct PolicyFileTests {
    private func read(_ text: String) -> PolicyFileReading {
        PolicyFileReader.read([UInt8](text.utf8), file: "plumb.policy.yaml")
    }

    @Test func aWholeFileIsRead() throws {
        let reading = read(
            """
            thresholds: {errorRatePercent: 0.5, instancesMinimum: 3}
            waivers:
              - {control: COST-3.5, owner: ada, reason: growth, expires: 2027-01-31, resource: Budget}
            only: [OPS-1, sec-2.1]
            skip: [COST-1.1]
            failOn: high
            strict: true
            """)
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        let overlay = try #require(reading.overlay)
        #expect(overlay.thresholds.errorRatePercent == 0.5 && overlay.thresholds.instancesMinimum == 3)
        #expect(overlay.thresholds.latencyP99Milliseconds == 500)
        #expect(overlay.waivers.first?.place == Place(file: "plumb.policy.yaml", line: 3, column: 5))
        #expect(overlay.only == ["OPS-1", "sec-2.1"] && overlay.skip == ["COST-1.1"])
        #expect(overlay.failOn == .high && overlay.isStrict == true)
    }

    @Test(arguments: ["", "  \n\n", "# nothing yet\n---\n# at all\n{}\n"]) func anEmptyFileChangesNothing(text: String)
    {
        #expect(read(text).overlay == PolicyOverlay())
    }

    @Test(arguments: [
        ("waiver: []", "unknown key `waiver`", "did you mean `waivers`?"),
        ("team: x", "unknown key `team`", "Known keys: `waivers`"),
        ("canaryPercent: 5", "unknown key `canaryPercent`", "Known keys: `waivers`"),
        ("thresholds: {errorRate: 1}", "unknown key `errorRate`", "did you mean `errorRatePercent`?"),
        ("thresholds: {errorRatePercent: often}", "expected: number", ""),
        ("waivers: [{control: OPS-1.2, owner: a, reason: b}]", "`waivers.0.expires` is missing", "2027-01-31"),
        ("waivers: [{control: OPS-1.2, owner: a, expires: 2027-01-01}]", "`waivers.0.reason` is missing", ""),
        (
            "waivers: [{control: OPS-1.2, owner: a, reason: b, expires: 2027-02-30}]", "expected: day",
            "a day that exists"
        ),
        ("skip: [everything]", "expected: policy or control", "plumb explain"),
        ("failOn: severe", "expected: one of `low`", ""), ("[]", "expected: a mapping", "its keys are"),
        ("thresholds: {errorRatePercent: 2}", "asks for less than the seed's 1", "a waiver of OPS-1.2, PERF-2.4"),
        ("thresholds: {instancesMinimum: 1}", "asks for less than the seed's 2", "a waiver of REL-1.1"),
        ("a: *b", "not YAML", ""), ("a: [", "not YAML", ""),
    ])
    func whatIsWrongIsToldWithItsPlace(text: String, message: String, hint: String) throws {
        let reading = read(text)
        #expect(reading.overlay == nil)
        let found = try #require(reading.diagnostics.first { $0.message.contains(message) }, "\(reading.diagnostics)")
        #expect(found.severity == .error && found.place != nil)
        #expect(hint.isEmpty || found.hint?.contains(hint) == true)
    }

    @Test func aLooserNumberIsReadWithItsWaivers() throws {
        let text = """
            thresholds: {instancesMaximum: 8}
            waivers:
              - {control: REL-2.2, owner: ada, reason: growth, expires: 2027-01-31}
            """
        #expect(read(text).overlay?.thresholds.instancesMaximum == 8)
        #expect(read(text.replacing("growth,", with: "growth, resource: One,")).overlay == nil)
    }

    @Test func bytesThatAreNoTextAreAnError() {
        let reading = PolicyFileReader.read([0xFF, 0xFE, 0x00], file: "p")
        #expect(reading.overlay == nil && reading.diagnostics.first?.message.contains("UTF-8") == true)
    }

    @Test func theReferenceIsThatOfTheKeys() {
        expectDocument(PolicyFileSchema.reference(), at: SpecSamples.root.appending(path: "docs/POLICY.md"))
    }

    @Test func theSchemaSaysEveryKey() throws {
        let data = Data(PolicyFileSchema.jsonSchema().utf8)
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        #expect(Set(properties.keys) == ["waivers", "attestations", "thresholds", "only", "skip", "failOn", "strict"])
        let thresholds = try #require(properties["thresholds"]?["properties"] as? [String: [String: Any]])
        #expect(thresholds.count == Thresholds.all.count)
        #expect(thresholds["errorRatePercent"]?["default"] as? Double == 1)
    }
}
