// Inclusion and overlap of patterns, held to trying every short text.

import PlumbTesting
import Testing

@testable import PlumbPolicy

@Suite struct AccessGlobTests {
    @Test(arguments: [
        ("*", "anything*", true), ("s3:*", "s3:Get*", true), ("s3:Get*", "s3:*", false), ("a*", "a", true),
        ("a*b", "a?b", true), ("a?b", "a*b", false), ("*a*", "*a", true), ("a*", "a*b*c", true), ("?*", "*?", true),
        ("*?", "*", false), ("arn:aws:s3:::b*", "arn:aws:s3:::b/*", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b*", false),
        ("a${*}", "a*", false), ("a*", "a${*}", true), ("*b*", "*ab*", true), ("*ab*", "*b*", false),
    ])
    func knowsWhichPatternLiesWithinWhich(wide: String, narrow: String, isIncluded: Bool) {
        #expect(Glob.includes(wide, narrow) == isIncluded)
    }

    /// All texts over two letters, and one that no pattern names, up to six long.
    private static let texts: [String] = {
        var texts = [""]
        var last = [""]
        for _ in 0..<6 {
            last = last.flatMap { text in ["a", "b", "z"].map { text + $0 } }
            texts += last
        }
        return texts
    }()

    @Test(arguments: 0..<40 as Range<UInt64>) func agreesWithTryingEveryShortText(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func pattern() -> String {
            let count = Int.random(in: 0...3, using: &generator)
            return (0..<count).map { _ in ["a", "b", "?", "*"].randomElement(using: &generator) ?? "a" }.joined()
        }
        for _ in 0..<25 {
            let (one, other) = (pattern(), pattern())
            let matchedByOne = Self.texts.filter { Glob.matches(one, $0) }
            let matchedByBoth = matchedByOne.filter { Glob.matches(other, $0) }
            let matchedByOther = Self.texts.filter { Glob.matches(other, $0) }
            // Patterns of three letters that differ do so on some text of at most six.
            #expect(
                Glob.includes(one, other) == (matchedByBoth.count == matchedByOther.count), "\(one) includes \(other)")
            #expect(Glob.overlap(one, other) == !matchedByBoth.isEmpty, "\(one) overlaps \(other)")
        }
    }

    @Test func endsSoonOnPatternsMadeToBeSlow() {
        let wide = "*a" + String(repeating: "?", count: 40)
        let narrow = String(repeating: "*a?", count: 30)
        #expect(!Glob.includes(wide, narrow))
        #expect(Glob.overlap(wide, narrow))
    }
}
