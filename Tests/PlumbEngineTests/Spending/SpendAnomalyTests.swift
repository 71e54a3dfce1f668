// Odd days, found in series of three shapes that were drawn from seeds, and counted.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct SpendAnomalyTests {
    enum Shape: CaseIterable {
        case alwaysOn, weekdays, autoscaled
    }

    /// 28 days to learn from, then 84 that are scored, with five bursts, a fault of a weekend and a slow leak.
    private func series(_ shape: Shape, seed: UInt64) -> (costs: [DayCost], odd: Set<Int>) {
        var luck = SeededGenerator(seed: seed)
        func around(_ level: Double, _ percent: Int) -> Double {
            // The sum of three even draws is nearly normal.
            let draw = (0..<3).reduce(0) { sum, _ in sum + luck.number(-100...100) }
            return level * (1 + Double(draw) / 173 * Double(percent) / 100)
        }
        var odd: Set<Int> = []
        var costs: [DayCost] = []
        let bursts = (0..<5).map { 30 + $0 * 9 + luck.number(0...3) }
        let leak = 96
        for index in 0..<112 {
            // 2026-01-05 is a Monday.
            let day = Day(daysSinceEpoch: 20_458 + index)
            let isWeekend = index % 7 >= 5
            var usd: Double
            switch shape {
            case .alwaysOn: usd = around(67, 3)
            case .weekdays: usd = isWeekend ? 0 : around(25.3, 3)
            case .autoscaled: usd = around(isWeekend ? 45 : 80, 8)
            }
            if bursts.contains(index) {
                odd.insert(index)
                usd = usd * 1.6 + 12
            }
            if index >= leak, shape != .weekdays || !isWeekend {
                odd.insert(index)
                for _ in leak...index { usd *= 1.02 }
            }
            costs.append(DayCost(day: day, usd: usd))
        }
        return (costs, odd)
    }

    /// Precision and recall by day, and false days of a hundred.
    private func score(_ shapes: [Shape]) -> (precision: Double, recall: Double, falsePer100: Double) {
        var (right, wrong, odd, scored) = (0, 0, 0, 0)
        for shape in shapes {
            for seed in UInt64(0)..<40 {
                let series = series(shape, seed: seed)
                let judged = SpendAnomalyDetector().judge(series.costs)
                for (index, cost) in series.costs.enumerated() where index >= 28 {
                    let isFlagged = judged.first { $0.cost.day == cost.day }?.cause != nil
                    let isOdd = series.odd.contains(index)
                    scored += 1
                    odd += isOdd ? 1 : 0
                    right += isFlagged && isOdd ? 1 : 0
                    wrong += isFlagged && !isOdd ? 1 : 0
                }
            }
        }
        return (
            Double(right) / Double(max(1, right + wrong)), Double(right) / Double(odd),
            100 * Double(wrong) / Double(scored)
        )
    }

    @Test func whatIsFoundIsRightAndMostIsFound() {
        let all = score(Shape.allCases)
        #expect(all.precision >= 0.95)
        #expect(all.recall >= 0.65)
        #expect(all.falsePer100 <= 0.5)
    }

    @Test func aPlanLetsTheFirstDayBeJudged() {
        let first = DayCost(day: Day(daysSinceEpoch: 20_000), usd: 9, plannedUSD: 5)
        let found = SpendAnomalyDetector().anomalies(in: [first])
        #expect(found.map(\.cause) == [.unlikeItsPlan] && found.map(\.impactUSD) == [4])
        let unplanned = DayCost(day: Day(daysSinceEpoch: 20_000), usd: 9)
        #expect(SpendAnomalyDetector().anomalies(in: [unplanned]).isEmpty)
    }

    @Test func daysInARowAreOneAndSmallChangeIsNone() {
        var costs = (0..<42).map { DayCost(day: Day(daysSinceEpoch: 20_000 + $0), usd: 50) }
        for index in 30..<33 { costs[index].usd = 90 }
        let found = SpendAnomalyDetector().anomalies(in: costs)
        #expect(found.count == 1)
        #expect(found.first?.first == costs[30].day && found.first?.last == costs[32].day)
        #expect(found.first?.impactUSD == 120)
        #expect(SpendAnomalyDetector(impactMin: 100).anomalies(in: costs).isEmpty)
    }

    /// A fault in the second week is not made the rule for the same day of the third.
    @Test func anOddDayWhileLearningMakesNoOtherDayOdd() {
        var costs = (0..<42).map { DayCost(day: Day(daysSinceEpoch: 20_458 + $0), usd: 100) }
        (costs[3].usd, costs[8].usd) = (55, 70)
        #expect(SpendAnomalyDetector().anomalies(in: costs).isEmpty)
        costs[31].usd = 60
        #expect(SpendAnomalyDetector().anomalies(in: costs).map(\.impactUSD) == [-40])
    }

    @Test func aWeekendThatWasLeftOnIsFoundAndThePlannedOneIsNot() {
        var costs = (0..<56).map { DayCost(day: Day(daysSinceEpoch: 20_458 + $0), usd: $0 % 7 >= 5 ? 0 : 25) }
        #expect(SpendAnomalyDetector().anomalies(in: costs).isEmpty)
        costs[47].usd = 25
        costs[48].usd = 25
        #expect(SpendAnomalyDetector().anomalies(in: costs).map(\.impactUSD) == [50])
    }

    @Test(arguments: ["2026-01-01", "x,1\ny,2", "2026-01-01,inf", "2026-01-01,1\n2026-01-01,2", "2026-01-01,1,many"])
    func aLineThatIsNoDayIsRefused(text: String) {
        #expect(throws: PlumbError.self) { try DayCost.read(csv: text, file: "costs.csv") }
    }

    @Test func aDayThatComesTwiceIsToldWithItsFirstLine() {
        let error = #expect(throws: PlumbError.self) {
            try DayCost.read(csv: "day,usd\n2026-01-02,1\n\n2026-01-02,2\n", file: "costs.csv")
        }
        #expect(error?.message == "2026-01-02 stands in line 2 already" && error?.place?.line == 4)
    }

    /// A credit that is booked on one day is as odd as a cost, and marks and quotation marks of other tools are no part
    /// of a day.
    @Test func aRefundIsReadAndTold() throws {
        var text = "\u{FEFF}\"day\",\"usd\"\r\n"
        for day in 0..<42 {
            text += "\"\(Day(daysSinceEpoch: 20_000 + day))\", \"\(day == 30 ? "-40" : "12.50")\"\r\n"
        }
        let costs = try DayCost.read(csv: text, file: "costs.csv")
        #expect(costs.count == 42)
        let found = SpendAnomalyDetector().anomalies(in: costs)
        #expect(found.map(\.impactUSD) == [-52.5] && found.first?.first == Day(daysSinceEpoch: 20_030))
        // Credits that outweigh all costs are a series like any other.
        let negative = costs.map { DayCost(day: $0.day, usd: -$0.usd) }
        #expect(SpendAnomalyDetector().anomalies(in: negative).map(\.impactUSD) == [52.5])
    }

    @Test func aFirstLineOfNamesIsPassedOver() throws {
        let costs = try DayCost.read(csv: "day,usd,planned\n2026-01-01,1.5,\n2026-01-02,2,3\r\n", file: "costs.csv")
        #expect(costs.map(\.usd) == [1.5, 2] && costs.map(\.plannedUSD) == [nil, 3])
    }
}
