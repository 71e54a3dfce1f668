// Fuzzing without libFuzzer: files of the corpus, bent at random, for builds that are there anyway.

import Foundation

/// Feeds a reader bent files until the time is over. What breaks it is the last input that was written down.
enum BlindMutation {
    private static let bytesMax = 16_384
    private static let edges = [
        "0", "-1", "255", "65536", "2147483648", "9223372036854775807", "-9223372036854775808", "1e999", "null", "[]",
        "\"\"", "\u{0}", "\r\n", "\n\n", "%2F", "..", "\u{FEFF}", "\u{E9}",
    ].map { Array($0.utf8) }

    /// SplitMix64: the same seed makes the same inputs.
    private struct Luck: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Answers how many inputs were fed. Each is written to `last` before.
    static func run(_ reader: FuzzedReader, files: [[UInt8]], seconds: Double, seed: UInt64, last: String) -> Int {
        var luck = Luck(state: seed)
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            var input = files.randomElement(using: &luck) ?? []
            for _ in 0..<Int.random(in: 1...6, using: &luck) { bend(&input, files, &luck) }
            input = Array(input.prefix(bytesMax))
            _ = FileManager.default.createFile(atPath: last, contents: Data(input))
            reader.feed(input)
            count += 1
        }
        return count
    }

    private static func bend(_ input: inout [UInt8], _ files: [[UInt8]], _ luck: inout Luck) {
        let place = Int.random(in: 0...input.count, using: &luck)
        let end = min(input.count, place + Int.random(in: 1...24, using: &luck))
        switch Int.random(in: 0..<7, using: &luck) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &luck)
        case 1 where place < input.count: input[place] = UInt8.random(in: 0...255, using: &luck)
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: input[place..<end], at: place)
        case 4: input.replaceSubrange(place..<end, with: edges.randomElement(using: &luck) ?? [])
        case 5:
            // A number in its place becomes another.
            let digits = input[place...].prefix { (0x30...0x39).contains($0) }
            if !digits.isEmpty { input.replaceSubrange(digits.indices, with: edges.randomElement(using: &luck) ?? []) }
        default:
            let other = files.randomElement(using: &luck) ?? []
            let from = Int.random(in: 0...other.count, using: &luck)
            input.replaceSubrange(place..., with: other[from...])
        }
    }
}
