// The detector by itself, over data whose drift is known: `detector speed|delays|tolerance|season|dependence`.
//
// Benchmarks/drift.py compiles it with the sources of PlumbModel and PlumbSignals.

import Foundation
import PlumbModel
import PlumbSignals

/// xoshiro256** (Blackman and Vigna), and what comes of it.
struct Source {
    private var state: (UInt64, UInt64, UInt64, UInt64)
    private var spare: Double?

    init(_ seed: UInt64) {
        var mixed = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> UInt64 {
            mixed = mixed &+ 0x9E37_79B9_7F4A_7C15
            var word = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
        state = (next(), next(), next(), next())
    }

    mutating func word() -> UInt64 {
        let product = state.1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    mutating func uniform() -> Double { Double(word() >> 11) * 0x1p-53 }

    mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}

/// 20 normal numbers and 5 texts, one of which may change.
struct Traffic {
    static let numbers = 20
    static let sizes = [2, 3, 5, 10, 50]
    static let names = (0..<numbers).map { "n\($0)" } + sizes.indices.map { "c\($0)" }
    static let texts = sizes.map { size in (0..<size).map { "value-\($0)" } }

    var source: Source
    /// Of the number 3, what it becomes; the row stands beside it.
    var change: (Double, Int) -> Double = { value, _ in value }
    /// The part of all rows in which the first of the three values of a text becomes its second.
    var moved = 0.0
    /// How much of a row's values stays in the next.
    var memory = 0.0
    var secondsPerRow = 0.0
    private(set) var rows = 0
    private var last = [Double](repeating: 0, count: numbers)

    init(_ seed: UInt64) { source = Source(seed) }

    mutating func fill(_ batch: inout RowBatch, rows count: Int = RowBatch.rowsMax) {
        batch.removeAll()
        let fresh = (1 - memory * memory).squareRoot()
        for _ in 0..<count {
            for column in 0..<Self.numbers {
                last[column] = memory * last[column] + fresh * source.normal()
                batch.append(number: column == 3 ? change(last[3], rows) : last[column])
            }
            for (column, texts) in Self.texts.enumerated() {
                var index = min(texts.count - 1, Int(Double(texts.count) * source.uniform()))
                if column == 1, index == 0, moved > 0, source.uniform() < moved * Double(texts.count) { index = 1 }
                batch.append(text: texts[index])
            }
            batch.endRow(at: Int64(Double(rows) * secondsPerRow))
            rows += 1
        }
    }

    mutating func reference(rows: Int, season: Season = .none) -> DriftReference {
        var profile = DatasetProfile(names: Self.names, season: season)
        var batch = RowBatch(columns: Self.names.count)
        for _ in 0..<rows / 100 {
            fill(&batch, rows: 100)
            profile.insert(batch)
        }
        return profile.reference
    }
}

/// CPU seconds of some work: others may share the processor.
func seconds(_ work: () -> Void) -> Double {
    let start = clock()
    work()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}

func speed() {
    var traffic = Traffic(1)
    let reference = traffic.reference(rows: 100_000)
    // As many as stay in the cache, as rows do that were read a moment ago.
    let batches = (0..<16).map { _ in
        var batch = RowBatch(columns: Traffic.names.count)
        traffic.fill(&batch)
        return batch
    }
    let rows = 25 * batches.count * RowBatch.rowsMax
    var machine = DriftMachine(reference: reference)
    var alarms = 0
    let times = (0..<9).map { _ in
        seconds { for _ in 0..<25 { for batch in batches { alarms += machine.observe(batch).count } } }
    }
    print("detector: \(Int(Double(rows) / (times.min() ?? 1))) rows/s of CPU x 25 features (\(alarms) alarms)")
    print("detector: \(DriftMachine.bytesPerFeature) bytes a feature")
    var profile = DatasetProfile(names: Traffic.names, keepsOrder: false)
    let sketching = (0..<5).map { _ in
        seconds { for _ in 0..<25 { for batch in batches { profile.insert(batch) } } }
    }
    print("profile: \(Int(Double(rows) / (sketching.min() ?? 1))) rows/s of CPU x 25 features")
    let items = profile.statistics.features.compactMap { $0.numerical?.sketch.levels.map(\.count).reduce(0, +) }
    print("sketch: \((items.max() ?? 0) * 8) bytes of items after \(profile.rows) rows")
}

/// Rows until the first alarm; nil when it comes before the change, and not within `limit` rows.
func delay(
    _ reference: DriftReference, _ seed: UInt64, settings: DriftSettings = DriftSettings(), calm: Int = 2000,
    limit: Int = 60_000, like: (inout Traffic) -> Void = { _ in }, _ change: (inout Traffic) -> Void
) -> (row: Int, name: String?)? {
    var machine = DriftMachine(reference: reference, settings: settings)
    var traffic = Traffic(seed)
    like(&traffic)
    var batch = RowBatch(columns: Traffic.names.count)
    while traffic.rows < calm {
        traffic.fill(&batch, rows: min(100, calm - traffic.rows))
        if !machine.observe(batch).isEmpty { return nil }
    }
    change(&traffic)
    while traffic.rows < calm + limit {
        traffic.fill(&batch, rows: 100)
        if let alarm = machine.observe(batch).first { return (alarm.row - calm + 1, alarm.features.first?.name) }
    }
    return (limit, nil)
}

func tell(_ title: String, _ delays: [(row: Int, name: String?)?], named: String) {
    let rows = delays.compactMap { $0?.row }.sorted()
    guard !rows.isEmpty else { return print("\(title): nothing was found in \(delays.count) runs") }
    let wrong = delays.filter { $0.map { $0.name != named } ?? false }.count
    print(
        "\(title): median \(rows[rows.count / 2]), nine tenths \(rows[rows.count * 9 / 10]), \(rows.count) runs, "
            + "\(wrong) named another, \(delays.count - rows.count) alarms before")
}

func alarms(
    _ reference: DriftReference, _ traffic: Traffic, rows: Int, settings: DriftSettings = DriftSettings()
) -> Int {
    var traffic = traffic
    var machine = DriftMachine(reference: reference, settings: settings)
    var batch = RowBatch(columns: Traffic.names.count)
    var count = 0
    for _ in 0..<rows / RowBatch.rowsMax {
        traffic.fill(&batch)
        count += machine.observe(batch).count
    }
    return count
}

/// At the rate of false alarms that is the default, and at one in a million rows.
let rates = [10_000_000.0, 1_000_000]

func delays(_ runs: Int) {
    for (rows, rate) in [(100_000, rates[0]), (100_000, rates[1]), (20_000, rates[0]), (20_000, rates[1])] {
        let settings = DriftSettings(rowsPerFalseAlarm: rate)
        print("rows to a false alarm at the least: \(Int(rate))")
        var traffic = Traffic(7)
        let reference = traffic.reference(rows: rows)
        for shift in [0.25, 0.5, 1] {
            tell(
                "reference \(rows), shift \(shift)",
                (0..<runs).map { run in
                    delay(reference, UInt64(run + 100), settings: settings) {
                        $0.change = { value, _ in value + shift }
                    }
                }, named: "n3")
        }
        tell(
            "reference \(rows), spread x 1.5",
            (0..<runs).map { run in
                delay(reference, UInt64(run + 100), settings: settings) { $0.change = { value, _ in value * 1.5 } }
            }, named: "n3")
        tell(
            "reference \(rows), a tenth of a category",
            (0..<runs).map { run in delay(reference, UInt64(run + 100), settings: settings) { $0.moved = 0.1 } },
            named: "c1")
    }
}

func tolerance(_ runs: Int, _ rows: Int) {
    var traffic = Traffic(7)
    let reference = traffic.reference(rows: 100_000)
    // A shift by s moves a normal distribution by 2 Φ(s / 2) - 1.
    for (shift, distance) in [(0.5, 0.197), (1.0, 0.383)] {
        for rate in rates {
            let settings = DriftSettings(rowsPerFalseAlarm: rate, tolerance: 0.1)
            tell(
                "tolerance 0.1, distance \(distance), rate \(Int(rate))",
                (0..<runs).map { run in
                    delay(reference, UInt64(run + 500), settings: settings) {
                        $0.change = { value, _ in value + shift }
                    }
                }, named: "n3")
        }
    }
    let settings = DriftSettings(rowsPerFalseAlarm: rates[1], tolerance: 0.1)
    var shifted = Traffic(9)
    shifted.change = { value, _ in value + 0.25 }
    print(
        "tolerance 0.1, distance 0.0995: "
            + "\(alarms(reference, shifted, rows: rows, settings: settings)) alarms in \(rows) rows")
}

func season(_ runs: Int, days: Int) {
    func swing(_ traffic: inout Traffic) {
        traffic.secondsPerRow = 4
        traffic.change = { value, row in value + 0.5 * sin(2 * Double.pi * Double(row) * 4 / 86_400) }
    }
    let rowsADay = 86_400 / 4
    for season in [Season.none, .hourOfDay] {
        var past = Traffic(21)
        swing(&past)
        let reference = past.reference(rows: 7 * rowsADay, season: season)
        var live = Traffic(22)
        swing(&live)
        print(
            "season \(season.rawValue): "
                + "\(alarms(reference, live, rows: days * rowsADay)) alarms in \(days) days of a swing of 0.5")
        guard season != .none else { continue }
        tell(
            "season \(season.rawValue), shift 0.5 beside the swing",
            (0..<runs).map { run in
                delay(reference, UInt64(run + 900), like: swing) { traffic in
                    let before = traffic.change
                    traffic.change = { before($0, $1) + 0.5 }
                }
            }, named: "n3")
    }
}

func dependence(_ runs: Int, _ rows: Int) {
    for memory in [0.5, 0.9] {
        var past = Traffic(31)
        past.memory = memory
        let reference = past.reference(rows: 100_000)
        let measured = reference.features[3].dependence
        var live = Traffic(32)
        live.memory = memory
        print(
            "rows that keep \(memory) of the last (measured \(String(format: "%.1f", measured)), "
                + "true \(String(format: "%.1f", (1 + memory) / (1 - memory)))): "
                + "\(alarms(reference, live, rows: rows)) alarms in \(rows) rows")
        tell(
            "the same, shift 1",
            (0..<runs).map { run in
                delay(reference, UInt64(run + 700), like: { $0.memory = memory }) {
                    $0.change = { value, _ in value + 1 }
                }
            }, named: "n3")
    }
}

/// No alarm that is not there; a reference may be a small one.
func silence(_ rows: Int) {
    for size in [100_000, 20_000, 5_000, 1_000, 200] {
        var traffic = Traffic(3)
        let reference = traffic.reference(rows: size)
        print("reference \(size): \(alarms(reference, Traffic(4), rows: rows)) alarms in \(rows) rows")
    }
}

let words = CommandLine.arguments
func number(_ place: Int, _ usual: Int) -> Int { words.count > place ? Int(words[place]) ?? usual : usual }
switch words.count > 1 ? words[1] : "" {
case "speed": speed()
case "delays": delays(number(2, 101))
case "tolerance": tolerance(number(2, 51), number(3, 1_000_000))
case "season": season(number(2, 21), days: number(3, 10))
case "dependence": dependence(number(2, 21), number(3, 1_000_000))
case "silence": silence(number(2, 1_000_000))
default: print("detector speed | delays | tolerance | season | dependence | silence [RUNS [ROWS]]")
}
