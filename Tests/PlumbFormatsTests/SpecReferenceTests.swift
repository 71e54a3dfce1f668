// What is written from the keys: reference, JSON Schema, starter.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbFormats

struct SpecReferenceTests {
    @Test func theReferenceIsThatOfTheKeys() {
        expectDocument(SpecSchema.reference(), at: SpecSamples.root.appending(path: "docs/SPEC.md"))
    }

    @Test func everyKeyIsExplained() {
        func check(_ keys: [SpecKeyDescription]) {
            #expect(Set(keys.map(\.name)).count == keys.count)
            for key in keys {
                #expect(key.summary.hasSuffix(".") && key.summary.first?.isLowercase == false, "\(key.path)")
                #expect(SpecSchema.key(at: key.path)?.summary == key.summary)
                #expect(key.help.contains(key.summary))
                check(key.children)
            }
        }
        check(SpecSchema.keys)
        #expect(SpecSchema.key(at: "alarms.errorRate.period")?.defaultText == "`1m`")
        let budget = SpecSchema.key(at: "budget.monthlyUSD")
        #expect(budget?.defaultText == "dev `95` · staging `495` · production `2000`")
        #expect(SpecSchema.nearest(to: "alarms.errorRate.perod") == "alarms.errorRate.period")
        #expect(SpecSchema.key(at: "alarms.errors") == nil)
    }

    @Test(arguments: [
        ("digits", "vision", "model.onnx"), ("a", "Team O'Brien", "s3://bucket/a key/model.onnx"),
        ("true", "123", "my: model #1.onnx"), ("x-1", "null", "'quoted'/\"model\""),
    ])
    func theStarterReadsClean(name: String, team: String, model: String) throws {
        let text = SpecStarter.text(name: name, team: team.replacing("'", with: "-"), model: model)
        let reading = SpecReader.read(text, file: "plumb.yaml")
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        let spec = try #require(reading.spec)
        #expect(spec.name == name && spec.team == team.replacing("'", with: "-") && spec.model.path == model)
    }

    @Test func theStartersDefaultsReadCleanAndAreTheDefaults() throws {
        let text = SpecStarter.text(name: "digits", team: "vision", model: "model.onnx")
        var isDefault = false
        let lines = text.split(separator: "\n").map { line -> Substring in
            if line.hasPrefix("# What follows") { isDefault = true } else if isDefault { return line.dropFirst(2) }
            return line
        }
        let reading = SpecReader.read(lines.joined(separator: "\n") + "\n", file: "plumb.yaml")
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        var all = try #require(reading.spec)
        var none = try #require(SpecReader.read(text, file: "plumb.yaml").spec)
        // Only for these an example is shown, there being no default.
        #expect(all.owner != nil && all.alarms.notify == ["oncall@example.org"] && all.drift.baseline != nil)
        (all.owner, all.alarms.notify, all.drift.baseline, all.places) = (nil, [], nil, [:])
        none.places = [:]
        #expect(all == none)
    }
}
