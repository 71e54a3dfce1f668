// Open-loop loads: when requests are due, what is counted, and the search of a capacity.

import Foundation
import PlumbTesting
import Testing

@testable import PlumbSignals

struct LoadTests {
    private func schedule(_ schedule: ArrivalSchedule) -> [Double] {
        var schedule = schedule
        var times: [Double] = []
        while let next = schedule.next() { times.append(next) }
        return times
    }

    @Test func aConstantScheduleIsEvenAndKeepsItsRateOverHours() {
        let times = schedule(ArrivalSchedule(rate: 7, durationSeconds: 7200, arrivals: .constant))
        #expect(times.count == 7 * 7200)
        #expect(times[0] == 0 && times[7] == 1 && times[7 * 3600] == 3600)
    }

    @Test func poissonArrivalsHaveTheirRateAndItsSpread() {
        let times = schedule(ArrivalSchedule(rate: 1000, durationSeconds: 100, arrivals: .poisson, seed: 3))
        #expect(abs(times.count - 100_000) < 1500)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        // Counts of seconds have the variance of their mean: an even schedule would have none.
        var counts = [Double](repeating: 0, count: 100)
        for time in times { counts[Int(time)] += 1 }
        let variance = counts.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) } / 100
        #expect(variance > 500 && variance < 2000)
        let again = schedule(ArrivalSchedule(rate: 1000, durationSeconds: 100, arrivals: .poisson, seed: 3))
        let other = schedule(ArrivalSchedule(rate: 1000, durationSeconds: 100, arrivals: .poisson, seed: 4))
        #expect(again == times && other != times)
    }

    @Test func noRateIsNoRequest() {
        #expect(schedule(ArrivalSchedule(rate: 0, durationSeconds: 10, arrivals: .poisson)) == [])
    }

    @Test func latencyAndServiceTimeAreKeptApart() {
        var result = LoadResult(rate: 10)
        for index in 1...100 {
            result.requestWasDue()
            result.succeeded(latencyMicroseconds: index * 10_000, serviceMicroseconds: 1000)
        }
        #expect(abs((result.latency.milliseconds(atPercentile: 99) ?? 0) - 990) < 2)
        #expect(result.service.milliseconds(atPercentile: 100) == 1)
        let lines = result.latency.csv.split(separator: "\n")
        #expect(lines.count == 101 && lines.last?.hasSuffix(",1,100,100.0") == true)
    }

    @Test func kindsOfFailureAreBounded() {
        var result = LoadResult(rate: 1)
        for kind in 0..<100 {
            result.requestWasDue()
            result.failed("kind \(kind)")
        }
        #expect(result.failures.count == LoadResult.failureKindsMax + 1)
        #expect(result.failed == 100 && result.errorPercent == 100)
    }

    @Test(arguments: [3.0, 97, 1000, 12_345, 99_000])
    func theSearchFindsACapacityWithinItsGap(capacity: Double) {
        var machine = CapacitySearchMachine(startingAt: 100, rateMax: 100_000)
        while let rate = machine.next { machine.tried(holds: rate <= capacity) }
        let best = machine.best ?? 0
        #expect(best <= capacity && best >= capacity / (1 + CapacitySearchMachine.gapMax) - 1)
    }

    @Test func theSearchForgivesOneBadTrialAndEndsWhateverItSees() {
        var machine = CapacitySearchMachine(startingAt: 100, rateMax: 100_000)
        var trial = 0
        while let rate = machine.next {
            trial += 1
            machine.tried(holds: rate <= 5000 && trial % 2 == 0)
        }
        #expect((machine.best ?? 0) > 4500)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<1000 {
            var machine = CapacitySearchMachine(startingAt: 100, rateMax: 100_000)
            while machine.next != nil { machine.tried(holds: Bool.random(using: &generator)) }
            #expect(machine.trials <= CapacitySearchMachine.trialsMax)
        }
        var hopeless = CapacitySearchMachine(startingAt: 100, rateMax: 1000)
        while hopeless.next != nil { hopeless.tried(holds: false) }
        #expect(hopeless.best == nil)
    }
}
