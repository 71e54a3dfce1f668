// The meter lived through: nothing is counted twice, and what nobody saw is not counted at all.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct SpendMeterTests {
    private static let type = "ml.m5.large"
    /// 2027-01-15 08:00:00 UTC.
    private static let begin = 1_800_000_000.0

    private static func sample(_ count: Int, requests: Int = 0, endpoint: String = "digits") -> MeterSample {
        var sample = MeterSample(
            endpoint: endpoint, environment: .dev, team: "vision", region: "us-east-1")
        sample.running = [type: count]
        sample.planned = [type: 1]
        sample.requests = requests
        return sample
    }

    @Test func instancesAreCountedByTheHourAndByTheirPrice() throws {
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        for second in 0...5400 {
            _ = meter.look(
                [Self.sample(second <= 3600 ? 2 : 4, requests: second * 3)], at: Self.begin + Double(second),
                prices: .embedded)
        }
        let rows = meter.toSave
        #expect(rows.map(\.seenSeconds) == [3600, 1800])
        #expect(rows.map { $0.running[Self.type] } == [7200, 7200])
        #expect(rows.map(\.requests) == [10_800, 5400])
        // 0.115 $/h in us-east-1.
        let statement = try #require(EndpointStatement(rows, until: Self.begin + 5400))
        #expect(abs(statement.usd - 4 * 0.115) < 1e-9 && statement.isComplete)
        #expect(abs(try #require(statement.usdPerThousandRequests) - 4 * 0.115 / 16.2) < 1e-9)
        #expect(statement.unmeteredHours == 0)
    }

    @Test func whatNobodySawIsChargedToNobodyAndTold() throws {
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        for second in Array(0...600) + Array(4200...4800) {
            _ = meter.look([Self.sample(1)], at: Self.begin + Double(second), prices: .embedded)
        }
        let statement = try #require(EndpointStatement(meter.toSave, until: Self.begin + 4800))
        #expect(statement.meteredHours == 1200 / 3600.0)
        #expect(statement.unmeteredHours == 1)
        #expect(abs(statement.usd - 0.115 / 3) < 1e-9)
    }

    @Test func whatHasNoPriceIsUnknownAndNotNothing() throws {
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        var sample = Self.sample(1, requests: 5)
        sample.running = ["ml.new.large": 1]
        for second in 0...60 { _ = meter.look([sample], at: Self.begin + Double(second), prices: .embedded) }
        let statement = try #require(EndpointStatement(meter.toSave, until: nil))
        #expect(statement.unpriced == ["ml.new.large"] && !statement.isComplete)
        #expect(statement.usdPerThousandRequests == nil)
    }

    @Test func aMonthEndsAndTheNextBegins() {
        let end = Month(secondsSinceEpoch: Self.begin).end
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        var left: [MeteredHour] = []
        for second in -30...30 { left += meter.look([Self.sample(1)], at: end + Double(second), prices: .embedded) }
        #expect(left.map(\.seenSeconds) == [30])
        #expect(meter.month == Month("2027-02") && meter.toSave.map(\.seenSeconds) == [30])
    }

    /// What was written down of the old month stands: a clock that is set back over its turn counts it no second time,
    /// and puts nothing smaller in its place.
    @Test func aClockThatIsSetBackOverTheTurnOfTheMonthOpensItNoMore() {
        let end = Month(secondsSinceEpoch: Self.begin).end
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        var left: [MeteredHour] = []
        for second in -600...30 { left += meter.look([Self.sample(1)], at: end + Double(second), prices: .embedded) }
        #expect(left.map(\.seenSeconds) == [600])
        meter.saved(meter.toSave)
        // Five minutes back, and on again.
        for second in -300...60 { left += meter.look([Self.sample(1)], at: end + Double(second), prices: .embedded) }
        #expect(left.count == 1)
        #expect(meter.month == Month("2027-02") && meter.toSave.map(\.seenSeconds) == [60])
        #expect(meter.hours.count == 1)
    }

    /// A daemon that is killed at any moment, on a clock that is set back at times, and a disk that is full at times.
    @Test(arguments: UInt64(0)..<40) func nothingIsCountedTwiceOverRestarts(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let ledger = MemorySpendLedger()
        let month = Month(secondsSinceEpoch: Self.begin)
        var now = Self.begin
        var meter = SpendMeter(month: month)
        var covered: Set<Int> = []
        for _ in 0..<4000 {
            let step = Double(Int.random(in: 1...3, using: &random))
            for second in 0..<Int(step) { covered.insert(Int(now) + second) }
            now += step
            _ = meter.look([Self.sample(2)], at: now, prices: .embedded)
            switch Int.random(in: 0..<200, using: &random) {
            case 0..<8:
                if Bool.random(using: &random) { ledger.refuseWrites(1) }
                let rows = meter.toSave
                do {
                    try await ledger.save(rows)
                    meter.saved(rows)
                } catch {}
            case 8:
                // Killed: what was not saved is lost, and the next process goes on from the ledger.
                meter = SpendMeter(month: month, hours: try await ledger.hours(in: month))
                now += Double(Int.random(in: 0...40, using: &random))
            case 9: now -= Double(Int.random(in: 1...20, using: &random))
            default: break
            }
        }
        let seconds = meter.hours.values.reduce(0) { $0 + $1.seenSeconds }
        let counted = meter.hours.values.reduce(0) { $0 + ($1.running[Self.type] ?? 0) }
        #expect(seconds <= Double(covered.count) && counted == 2 * seconds)
        for row in meter.hours.values { #expect(row.seenSeconds <= 3600 && row.seenSeconds <= row.until - row.from) }
    }

    @Test func anHourThatWentOnWhileItWasSavedStaysUnsaved() {
        var meter = SpendMeter(month: Month(secondsSinceEpoch: Self.begin))
        for second in 0...5 { _ = meter.look([Self.sample(1)], at: Self.begin + Double(second), prices: .embedded) }
        let rows = meter.toSave
        _ = meter.look([Self.sample(1)], at: Self.begin + 6, prices: .embedded)
        meter.saved(rows)
        #expect(meter.toSave.map(\.seenSeconds) == [6])
        meter.saved(meter.toSave)
        #expect(meter.toSave.isEmpty)
    }
}
