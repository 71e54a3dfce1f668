// Sketches stay small, can be merged, and are as wrong as they say.

import PlumbModel
import PlumbSignals
import Testing

@Suite struct SketchTests {
    private static func sketch(_ values: some Sequence<Double>, size: Int = 2048) -> QuantileSketch {
        var sketch = QuantileSketch(size: size)
        for value in values { sketch.insert(value) }
        return sketch
    }

    @Test func distancesAreThoseOfDeequ() {
        let (one, other) = (Self.sketch([1, 2, 3, 4], size: 4), Self.sketch([2, 3, 4, 5], size: 4))
        #expect(SketchDistance.simple(one, other) == 0.25)
        #expect(SketchDistance.robust(one, other) == 0)
        let (a, b) = (
            ["a": 10, "b": 20, "c": 25, "d": 10, "e": 5], ["a": 11, "b": 20, "c": 25, "d": 10, "e": 10]
        )
        #expect(abs(SketchDistance.simple(a, b) - 0.06015037593984962) < 1e-15)
        #expect(SketchDistance.robust(a, b) == 0)
        let c = ["a": 207, "b": 20, "c": 25, "d": 14, "e": 25, "g": 13]
        let d = ["a": 22, "b": 20, "c": 25, "d": 12, "e": 13, "f": 15]
        #expect(abs(SketchDistance.robust(c, d, chance: 0.003) - 0.2726338046550349) < 1e-15)
        #expect(abs(SketchDistance.robust(c, d, chance: 0.1) - 0.33774199396969184) < 1e-15)
    }

    @Test func equalValuesCountOnceInTheCompatibleWayOnly() {
        var random = SeededRandom(7)
        let before = Self.sketch((0..<10_000).map { _ in random.uniform() < 0.14 ? 1 : 0 })
        let after = Self.sketch((0..<10_000).map { _ in random.uniform() < 0.5 ? 1 : 0 })
        #expect(SketchDistance.simple(before, after, ties: .compat) == 0)
        #expect(abs(SketchDistance.simple(before, after, ties: .fixed) - 0.36) < 0.03)
    }

    @Test func aMillionthOfTheValuesTellsTheirQuantiles() {
        var random = SeededRandom(3)
        var halves = [QuantileSketch(), QuantileSketch()]
        for index in 0..<100_000 { halves[index % 2].insert(random.uniform()) }
        var merged = halves[0]
        merged.merge(halves[1])
        #expect(merged.count == 100_000)
        #expect(merged.items.levels.reduce(0) { $0 + $1.count } < 6000)
        let ranks = merged.ranks()
        for part in stride(from: 0.05, to: 1, by: 0.05) {
            #expect(abs(Double(ranks.rank(of: part)) / 100_000 - part) < 0.006 + 4 * merged.rankError)
        }
    }

    @Test func manyTextsAreCountedWithinTheErrorThatIsSaid() {
        var random = SeededRandom(5)
        var sketch = CategorySketch()
        for index in 0..<40_000 { sketch.insert(index % 4 == 0 ? "often" : "rare \(Int(random.uniform() * 20_000))") }
        let often = sketch.categories(max: 1)[0]
        #expect(often.value == "often")
        #expect(often.count <= 10_000 && often.count + sketch.countError >= 10_000)
        #expect(abs(sketch.distinctCount / 15_500 - 1) < 0.1)
    }

    @Test func profilesOfPartsMergeToThatOfTheWhole() throws {
        var random = SeededRandom(9)
        var (whole, one, other) = (ColumnProfile(), ColumnProfile(), ColumnProfile())
        for round in 0..<20 {
            var batch = RowBatch(columns: 1)
            for _ in 0..<100 {
                if random.uniform() < 0.1 { batch.appendMissing() } else { batch.append(number: 1e6 + random.normal()) }
                batch.endRow()
            }
            whole.insert(batch, column: 0, rows: 0..<100)
            if round % 2 == 0 {
                one.insert(batch, column: 0, rows: 0..<100)
            } else {
                other.insert(batch, column: 0, rows: 0..<100)
            }
        }
        one.merge(other)
        #expect(one.present == whole.present && one.missing == whole.missing)
        #expect(abs(one.mean - whole.mean) < 1e-6)
        #expect(abs(one.standardDeviation - whole.standardDeviation) < 1e-9)
    }

    @Test func rowsThatRepeatOneAnotherAreFoundAndOthersAreNot() {
        var random = SeededRandom(11)
        let independent = (0..<8000).map { _ in Float(random.normal()) }
        #expect(Dependence.rowsPerIndependentRow(of: independent) == 1)
        var last = 0.0
        let dependent = (0..<8000).map { _ -> Float in
            last = 0.9 * last + random.normal()
            return Float(last)
        }
        // A first-order process of 0.9 has (1 + 0.9) / (1 - 0.9) = 19 rows to one.
        let found = Dependence.rowsPerIndependentRow(of: dependent)
        #expect(found > 9 && found < 40)
    }
}

/// Numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Twelve uniform numbers less six have the mean and the spread of a normal one, and nearly its shape.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
}
