import PlumbTesting
import Testing

@testable import PlumbSignals

/// Labels one by one: silent while the promise is kept, quick when it is not.
struct QualityMachineTests {
    /// Labels until the first alarm for answers that are wrong with this chance; nil for none in `most`.
    private func labels(untilAlarmAt chance: Double, limit: Double, seed: UInt64, most: Int) throws -> Int? {
        var machine = try #require(QualityMachine(metric: .accuracy, limit: limit))
        // Streams of neighbouring seeds would be each other's, moved by a few numbers.
        var generator = SeededGenerator(seed: seed &* 0xD134_2543_DE82_EF95)
        for count in 1...most {
            let isWrong = Double.random(in: 0..<1, using: &generator) < chance
            if machine.observe(predicted: "a", actual: isWrong ? "b" : "a") == true { return count }
        }
        return nil
    }

    @Test func aPromiseThatIsKeptRaisesNoAlarm() throws {
        for seed in 1...4 {
            #expect(try labels(untilAlarmAt: 0.1, limit: 0.89, seed: UInt64(seed), most: 250_000) == nil)
        }
    }

    /// A promise of 89 % and a model that had 90 %: medians of 101 runs.
    @Test(arguments: [(0.15, 1400), (0.2, 300), (0.3, 90)])
    func aWorseModelIsFoundSoon(chance: Double, bound: Int) throws {
        let found = try (1...101).map { seed in
            try #require(try labels(untilAlarmAt: chance, limit: 0.89, seed: UInt64(seed), most: 50_000))
        }.sorted()
        #expect(found[50] <= bound, "median \(found[50]) labels")
    }

    @Test func errorsOfNumbersAreWatchedByTheirMean() throws {
        var machine = try #require(QualityMachine(metric: .mae, limit: 2))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50_000 {
            let error = Double.random(in: -3.6...3.6, using: &generator)
            #expect(machine.observe(predicted: "\(10 + error)", actual: "10") == false)
        }
        let before = machine.labels
        while machine.observe(predicted: "\(10 + Double.random(in: -8...8, using: &generator))", actual: "10") == false
        {
            try #require(machine.labels < before + 500)
        }
        #expect(machine.alarms == 1)
        #expect(machine.observe(predicted: "ten", actual: "10") == nil)
        let value = try #require(machine.value)
        #expect(value.lower < value.value && value.value < value.upper)
    }

    @Test func theValueIsThatOfTheLastLabels() throws {
        var machine = try #require(QualityMachine(metric: .accuracy, limit: 0.5))
        #expect(machine.value == nil)
        for count in 0..<100 { _ = machine.observe(predicted: "a", actual: count < 90 ? "a" : "b") }
        let value = try #require(machine.value)
        #expect(abs(value.value - 0.9) < 1e-12)
        // Wilson's interval of 90 in 100.
        #expect(abs(value.lower - 0.8256) < 0.0001)
        #expect(abs(value.upper - 0.9448) < 0.0001)
        for _ in 0..<QualityMachine.windowMax { _ = machine.observe(predicted: "a", actual: "a") }
        #expect(machine.value?.value == 1)
    }

    @Test func aLimitThatCannotBeJudgedMakesNoMachine() {
        #expect(QualityMachine(metric: .accuracy, limit: 1) == nil)
        #expect(QualityMachine(metric: .accuracy, limit: 0) == nil)
        #expect(QualityMachine(metric: .mae, limit: 0) == nil)
        #expect(QualityMachine(metric: .rmse, limit: .nan) == nil)
    }
}
