// A detector is silent while nothing changes, quick when something does, and names what it was.

import PlumbModel
import PlumbSignals
import Testing

@Suite struct DriftMachineTests {
    private static let numbers = 5
    private static let names = (0..<numbers).map { "n\($0)" } + ["kind"]
    private static let kinds = ["red", "green", "blue"]

    /// Rows of independent features; `change` may replace a number, `kind` a text.
    struct Stream {
        var random: SeededRandom
        var time: Int64 = 0
        var change: (Int, Double) -> Double? = { $1 }
        var kind: (Int) -> String = { DriftMachineTests.kinds[$0] }

        init(_ seed: UInt64) { random = SeededRandom(seed) }

        mutating func fill(_ batch: inout RowBatch, rows: Int) {
            batch.removeAll()
            for _ in 0..<rows {
                for column in 0..<DriftMachineTests.numbers {
                    if let value = change(column, random.normal()) {
                        batch.append(number: value)
                    } else {
                        batch.appendMissing()
                    }
                }
                let part = random.uniform()
                batch.append(text: kind(part < 0.5 ? 0 : part < 0.8 ? 1 : 2))
                batch.endRow(at: time)
            }
        }
    }

    private static let reference: DriftReference = {
        var stream = Stream(1)
        var profile = DatasetProfile(names: names)
        var batch = RowBatch(columns: names.count)
        for _ in 0..<100 {
            stream.fill(&batch, rows: 100)
            profile.insert(batch)
        }
        return profile.reference
    }()

    /// What is seen of each feature, whether anything is wrong or not.
    @Test func everyFeatureIsComparedWithTheReference() throws {
        var machine = DriftMachine(reference: Self.reference)
        #expect(machine.comparison(10).isEmpty)
        var (stream, batch) = (Stream(3), RowBatch(columns: Self.names.count))
        stream.fill(&batch, rows: 1000)
        _ = machine.observe(batch)
        let quiet = machine.comparison(10)
        #expect(Set(quiet.map(\.name)) == Set(Self.names) && quiet.allSatisfy { $0.distance < 0.1 })
        stream.change = { $0 == 2 ? $1 + 3 : $1 }
        for _ in 0..<10 {
            stream.fill(&batch, rows: 500)
            _ = machine.observe(batch)
        }
        let moved = try #require(machine.comparison(2).first)
        #expect(moved.name == "n2" && moved.distance > 0.5 && moved.observed != moved.expected)
        #expect(machine.comparison(2).count == 2 && machine.comparison(2)[1].distance < 0.1)
    }

    /// The first alarm within so many rows after 1,000 rows without a change; its row is counted from the change.
    private static func firstAlarm(
        within rows: Int, settings: DriftSettings = DriftSettings(), _ change: (inout Stream) -> Void
    ) -> DriftAlarm? {
        var machine = DriftMachine(reference: reference, settings: settings)
        var stream = Stream(2)
        var batch = RowBatch(columns: names.count)
        for _ in 0..<10 {
            stream.fill(&batch, rows: 100)
            guard machine.observe(batch).isEmpty else { return nil }
        }
        change(&stream)
        for _ in 0..<rows / 50 {
            stream.fill(&batch, rows: 50)
            if var alarm = machine.observe(batch).first {
                alarm.row -= 1000
                return alarm
            }
        }
        return nil
    }

    @Test func itIsSilentWhileNothingChanges() {
        var machine = DriftMachine(reference: Self.reference)
        var stream = Stream(3)
        var batch = RowBatch(columns: Self.names.count)
        for _ in 0..<400 {
            stream.fill(&batch, rows: 100)
            let alarms = machine.observe(batch)
            #expect(alarms.isEmpty)
        }
        #expect(machine.rows == 40_000)
    }

    @Test func aFeatureTakesTwoKilobytes() { #expect(DriftMachine.bytesPerFeature <= 2048) }

    @Test(arguments: [(0.5, 400), (-0.5, 400), (1.0, 150)])
    func aShiftIsFoundAndNamed(_ shift: Double, within rows: Int) throws {
        let alarm = try #require(
            Self.firstAlarm(within: rows) { $0.change = { column, value in column == 3 ? value + shift : value } })
        #expect(alarm.features.map(\.name) == ["n3"])
        #expect(alarm.features[0].change.hasPrefix("moved by \(shift > 0 ? "+" : "-")"))
        #expect(abs(alarm.features[0].since - 1000) < 300)
    }

    @Test func aWiderSpreadIsFound() throws {
        let alarm = try #require(
            Self.firstAlarm(within: 400) { $0.change = { column, value in column == 1 ? value * 1.5 : value } })
        #expect(alarm.features.map(\.name) == ["n1"])
    }

    @Test func aBrokenSourceIsFoundAtOnce() throws {
        let constant = try #require(
            Self.firstAlarm(within: 100) { $0.change = { column, value in column == 0 ? 0.4 : value } })
        #expect(constant.row < 60 && constant.features.map(\.name) == ["n0"])
        let unit = try #require(
            Self.firstAlarm(within: 100) { $0.change = { column, value in column == 2 ? value * 1000 : value } })
        #expect(unit.row < 60 && unit.features.map(\.name) == ["n2"])
        let missing = try #require(
            Self.firstAlarm(within: 100) { $0.change = { column, value in column == 2 ? nil : value } })
        #expect(missing.row < 60 && missing.features[0].change.hasPrefix("no value in"))
    }

    @Test func aNewTextIsFound() throws {
        let alarm = try #require(Self.firstAlarm(within: 200) { $0.kind = { $0 == 2 ? "violet" : Self.kinds[$0] } })
        #expect(alarm.features.map(\.name) == ["kind"])
        #expect(alarm.features[0].change.hasPrefix("values never seen before"))
    }

    @Test func whatIsTolerableIsNoAlarmAndWhatIsNotIs() throws {
        let settings = DriftSettings(tolerance: 0.1)
        // A shift of 0.24 standard deviations moves the distribution by 0.095, one of 1 by 0.383.
        let small = Self.firstAlarm(within: 10_000, settings: settings) {
            $0.change = { column, value in column == 3 ? value + 0.24 : value }
        }
        #expect(small == nil)
        let large = try #require(
            Self.firstAlarm(within: 400, settings: settings) {
                $0.change = { column, value in column == 3 ? value + 1 : value }
            })
        #expect(large.features.map(\.name) == ["n3"])
    }

    /// A swing of half a standard deviation, in step with the hour.
    private static func swing(_ time: Int64) -> Double {
        [0, 0.25, 0.5, 0.25, 0, -0.25, -0.5, -0.25][Int(time / 3600) % 8]
    }

    @Test func theSwingOfADayIsNoDriftWhereTheReferenceKnowsIt() {
        func stream(_ seed: UInt64, rowsAnHour: Int, days: Int, _ take: (borrowing RowBatch) -> Void) {
            var stream = Stream(seed)
            var batch = RowBatch(columns: Self.names.count)
            for hour in 0..<24 * days {
                stream.time = Int64(hour) * 3600
                let swing = Self.swing(stream.time)
                stream.change = { column, value in column == 0 ? value + swing : value }
                for _ in 0..<rowsAnHour / 100 {
                    stream.fill(&batch, rows: 100)
                    take(batch)
                }
            }
        }
        var profile = DatasetProfile(names: Self.names, season: .hourOfDay)
        stream(4, rowsAnHour: 600, days: 1) { profile.insert($0) }
        var machine = DriftMachine(reference: profile.reference)
        var alarms = 0
        stream(5, rowsAnHour: 300, days: 2) { alarms += machine.observe($0).count }
        #expect(alarms == 0)
        var unaware = DriftMachine(reference: Self.reference)
        stream(5, rowsAnHour: 300, days: 1) { alarms += unaware.observe($0).count }
        #expect(alarms > 0)
    }

    @Test func fewRowsAreNoDrift() {
        // Twenty pairs of small samples of one distribution: none is said to differ.
        for seed in 0..<20 {
            var profiles = [DatasetProfile(names: Self.names), DatasetProfile(names: Self.names)]
            for index in 0..<2 {
                var stream = Stream(UInt64(100 + seed * 2 + index))
                var batch = RowBatch(columns: Self.names.count)
                for _ in 0..<2 {
                    stream.fill(&batch, rows: 100)
                    profiles[index].insert(batch)
                }
            }
            let compared = FeatureComparison.all(profiles[0].statistics, profiles[1].statistics)
            #expect(compared.count == Self.names.count)
            let differing = compared.filter { $0.differs }
            #expect(differing.isEmpty)
        }
    }
}
