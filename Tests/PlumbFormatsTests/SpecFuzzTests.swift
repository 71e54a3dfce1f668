// Files that nobody would write: the reader answers all of them, soon, with a spec or an error.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbFormats

struct SpecFuzzTests {
    /// Either a spec and no error, or an error, with a place in the file, and no spec.
    private func expectAnswer(to bytes: [UInt8], _ name: String) {
        let reading = SpecReader.read(bytes: bytes, file: "a.yaml")
        #expect((reading.spec != nil) == !reading.hasErrors, "\(name)")
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 2
        for diagnostic in reading.diagnostics {
            let line = diagnostic.place?.line ?? 1
            #expect(diagnostic.place?.file == "a.yaml" && (1...lines).contains(line), "\(name): \(diagnostic)")
            #expect((diagnostic.place?.column ?? 1) >= 1, "\(name): \(diagnostic)")
        }
    }

    @Test func everyTruncationIsAnswered() throws {
        for text in [SpecSamples.whole, try SpecSamples.example("plumb.yaml")] {
            let bytes = Array(text.utf8)
            for length in 0...bytes.count { expectAnswer(to: Array(bytes.prefix(length)), "first \(length)") }
        }
    }

    @Test func fiveThousandMutationsAreAnswered() {
        let original = Array(SpecSamples.whole.utf8)
        let pieces = [
            "\t", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "|\n", "'", "\"", "\u{0}", "\n", "é", "~",
            "? ", "%", "<<: *a", "1e999", "NaN", "---\n",
        ]
        for seed in 0..<5000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: position)
                case 3:
                    let end = min(bytes.count, position + Int.random(in: 1...80, using: &random))
                    bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &random))
                default:
                    bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...80, using: &random)))
                }
            }
            expectAnswer(to: bytes, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("aliases that multiply", SpecFuzzTests.aliasBomb(levels: 8, width: 9), "aliases"),
        ("aliases within the number, that multiply", SpecFuzzTests.aliasBomb(levels: 5, width: 3), "spec"),
        ("deep flow lists", String(repeating: "[", count: 100_000), "YAML"),
        ("deep flow mappings", "a: " + String(repeating: "{a: ", count: 50_000), "YAML"),
        ("deep block lists", String(repeating: "- ", count: 100_000), "YAML"),
        ("forty levels", "summary: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "levels"),
        ("many values", "summary: [" + String(repeating: "1,", count: 30_000) + "1]", "values"),
        ("a large file", "summary: " + String(repeating: "x", count: 300_000), "bytes"),
        ("a list of many notices", "alarms: {notify: [" + String(repeating: "a@b.cc,", count: 101) + "]}", "limit"),
    ])
    func excessIsRefusedSoon(name: String, text: String, message: String) {
        let clock = ContinuousClock()
        let took = clock.measure {
            let reading = SpecReader.read(SpecSamples.least + text + "\n", file: "a.yaml")
            #expect(reading.hasErrors && reading.spec == nil)
        }
        let messages = SpecReader.read(SpecSamples.least + text + "\n", file: "a.yaml").diagnostics.map(\.message)
        #expect(message == "spec" || messages.contains { $0.contains(message) }, "\(messages.prefix(3))")
        #expect(took < .seconds(5), "\(name) took \(took)")
    }

    static func aliasBomb(levels: Int, width: Int) -> String {
        var lines = ["l0: &l0 [a, a]"]
        for level in 1...levels {
            let items = Array(repeating: "*l\(level - 1)", count: width).joined(separator: ", ")
            lines.append("l\(level): &l\(level) [\(items)]")
        }
        return lines.joined(separator: "\n")
    }
}
