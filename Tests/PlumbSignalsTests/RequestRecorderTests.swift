import Foundation
import PlumbModel
import PlumbSignals
import Testing

struct RequestRecorderTests {
    private func read(
        _ recorder: RequestRecorder, _ metric: RequestMetric, _ statistic: Statistic, from start: Int, seconds: Int
    ) -> Double? {
        RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": recorder])
            .datapoint(digits.metric(metric), statistic: statistic, periodStart: start, periodSeconds: seconds)?.value
    }

    @Test func errorMetricsAreOneOrZeroForEachRequest() {
        var recorder = RequestRecorder()
        for (status, count) in [(200, 93), (404, 3), (500, 2), (503, 1), (302, 1)] {
            for _ in 0..<count { recorder.record(latencyMicroseconds: 1000, status: status, at: 60) }
        }
        let expected: [(RequestMetric, Double)] = [
            (.invocations, 100), (.clientErrors, 3), (.serverErrors, 3), (.modelErrors, 7),
        ]
        for (metric, count) in expected {
            #expect(read(recorder, metric, .sum, from: 60, seconds: 60) == count)
            #expect(read(recorder, metric, .average, from: 60, seconds: 60) == count / 100)
            #expect(read(recorder, metric, .sampleCount, from: 60, seconds: 60) == 100)
            #expect(read(recorder, metric, .maximum, from: 60, seconds: 60) == 1)
        }
        #expect(read(recorder, .serverErrors, .minimum, from: 60, seconds: 60) == 0)
        #expect(read(recorder, .serverErrors, .percentile(rank: 97), from: 60, seconds: 60) == 0)
        #expect(read(recorder, .serverErrors, .percentile(rank: 97.5), from: 60, seconds: 60) == 1)
        #expect(recorder.totals.requests == 100 && recorder.totals.modelErrors == 7)
    }

    @Test func noRequestsAreNoData() {
        var recorder = RequestRecorder()
        #expect(read(recorder, .invocations, .sum, from: 0, seconds: 60) == nil)
        recorder.record(latencyMicroseconds: 1000, status: 200, at: 30)
        for statistic in [Statistic.sum, .average, .percentile(rank: 99)] {
            #expect(read(recorder, .modelLatency, statistic, from: 0, seconds: 60) == 1000)
            #expect(read(recorder, .modelLatency, statistic, from: 60, seconds: 60) == nil)
        }
    }

    @Test func dimensionsMatchExactly() {
        var old = RequestRecorder()
        var new = RequestRecorder()
        for _ in 0..<90 { old.record(latencyMicroseconds: 1000, status: 200, at: 0) }
        for _ in 0..<10 { new.record(latencyMicroseconds: 3000, status: 500, at: 0) }
        let metrics = RequestMetrics(endpoint: "digits", variant: "main", recorders: ["v1": old, "v2": new])
        func rate(_ identity: VariantIdentity) -> Double? {
            metrics.datapoint(
                identity.metric(.serverErrors), statistic: .average, periodStart: 0, periodSeconds: 60)?.value
        }
        #expect(rate(digits) == 0.1)
        #expect(rate(VariantIdentity(endpoint: "digits", variant: "main", config: "v1")) == 0)
        #expect(rate(VariantIdentity(endpoint: "digits", variant: "main", config: "v2")) == 1)
        #expect(rate(VariantIdentity(endpoint: "digits", variant: "main", config: "v3")) == nil)
        #expect(rate(VariantIdentity(endpoint: "digits", variant: "Main")) == nil)
        #expect(rate(VariantIdentity(endpoint: "letters", variant: "main", config: "v1")) == nil)
        let latency = metrics.datapoint(
            digits.metric(.modelLatency), statistic: .percentile(rank: 95), periodStart: 0, periodSeconds: 60)
        #expect(latency?.sampleCount == 100)
        #expect(abs((latency?.value ?? 0) - 3000) <= 30)
    }

    enum Shape: CaseIterable { case uniform, exponential, bimodal, heavyTailed, constant, tiny }

    private func sample(_ shape: Shape, _ generator: inout SeededGenerator) -> Int {
        let unit = Double.random(in: 0.000_001..<1, using: &generator)
        switch shape {
        case .uniform: return Int.random(in: 100...50_000, using: &generator)
        case .exponential: return Int(-20_000 * log(unit))
        case .bimodal: return unit < 0.98 ? Int(2000 + 500 * unit) : Int(900_000 + 1000 * unit)
        case .heavyTailed: return min(Int(500 / (unit * unit)), RequestRecorder.latencyMicrosecondsMax)
        case .constant: return 123_457
        case .tiny: return Int.random(in: 0...200, using: &generator)
        }
    }

    @Test(arguments: Shape.allCases)
    func percentilesAreWithinOnePercentOfTheSortedSamples(shape: Shape) {
        var generator = SeededGenerator(seed: 7)
        var recorder = RequestRecorder()
        var samples: [Int] = []
        for index in 0..<30_000 {
            let latency = sample(shape, &generator)
            samples.append(latency)
            recorder.record(latencyMicroseconds: latency, status: 200, at: 600 + index % 60)
        }
        samples.sort()
        for rank in [0, 1, 25, 50, 90, 99, 99.9, 99.99, 100] {
            let position = max(1, Int((Double(samples.count) * rank / 100).rounded(.up)))
            let exact = Double(samples[position - 1])
            let read = read(recorder, .modelLatency, .percentile(rank: rank), from: 600, seconds: 60) ?? -1
            #expect(abs(read - exact) <= exact * 0.01, "\(shape) p\(rank): \(read) for \(exact)")
            let lifetime = recorder.lifetimePercentileMicroseconds(rank) ?? -1
            #expect(
                abs(lifetime - exact) <= max(exact * 0.01, 1), "\(shape) lifetime p\(rank): \(lifetime) for \(exact)")
        }
        #expect(read(recorder, .modelLatency, .sum, from: 600, seconds: 60) == Double(samples.reduce(0, +)))
        #expect(read(recorder, .modelLatency, .maximum, from: 600, seconds: 60) == samples.last.map(Double.init))
        #expect(read(recorder, .modelLatency, .minimum, from: 600, seconds: 60) == samples.first.map(Double.init))
    }

    @Test func oldSecondsGiveWayWhenTheRingIsFull() {
        var recorder = RequestRecorder()
        for second in 0..<5000 { recorder.record(latencyMicroseconds: second, status: 200, at: second) }
        #expect(read(recorder, .invocations, .sum, from: 4940, seconds: 60) == 60)
        #expect(read(recorder, .invocations, .sum, from: 4020, seconds: 60) == 60)
        #expect(read(recorder, .invocations, .sum, from: 3900, seconds: 60) == nil)
        #expect(read(recorder, .modelLatency, .percentile(rank: 0), from: 4020, seconds: 60) == 4020)
        // One-second percentiles reach two minutes back, ten-second ones the whole window.
        #expect(read(recorder, .modelLatency, .percentile(rank: 50), from: 4890, seconds: 1) == 4890)
        #expect(read(recorder, .modelLatency, .percentile(rank: 50), from: 4801, seconds: 1) == nil)
        #expect(read(recorder, .modelLatency, .percentile(rank: 0), from: 4800, seconds: 10) == 4800)
        #expect(read(recorder, .modelLatency, .average, from: 4801, seconds: 1) == 4801)
        #expect(recorder.totals.requests == 5000)
    }

    @Test func aClockThatGoesBackRecordsWhereItPoints() {
        var recorder = RequestRecorder()
        for second in [100, 101, 102, 99, 100, 103] {
            recorder.record(latencyMicroseconds: 50, status: 200, at: second)
        }
        #expect(read(recorder, .invocations, .sum, from: 100, seconds: 1) == 2)
        #expect(read(recorder, .invocations, .sum, from: 99, seconds: 1) == 1)
        #expect(read(recorder, .invocations, .sum, from: 90, seconds: 20) == 6)
        #expect(read(recorder, .modelLatency, .percentile(rank: 50), from: 100, seconds: 1) == 50)
        // A day back is a new clock: what it says counts from now on.
        recorder.record(latencyMicroseconds: 70, status: 500, at: 103 - 86_400)
        #expect(recorder.newestSecond == 103 - 86_400)
        #expect(read(recorder, .serverErrors, .average, from: 103 - 86_400, seconds: 1) == 1)
        #expect(read(recorder, .modelLatency, .percentile(rank: 99), from: 103 - 86_400, seconds: 1) == 70)
        #expect(recorder.totals.requests == 7)
    }

    @Test func mergedRecordersAreOneRecorderThatSawBoth() {
        var generator = SeededGenerator(seed: 3)
        var parts = [RequestRecorder(), RequestRecorder()]
        var whole = RequestRecorder()
        for index in 0..<20_000 {
            let latency = Int.random(in: 0...400_000, using: &generator)
            let status = latency % 50 == 0 ? 500 : 200
            parts[index % 2].record(latencyMicroseconds: latency, status: status, at: index / 10)
            whole.record(latencyMicroseconds: latency, status: status, at: index / 10)
        }
        var merged = parts[0]
        merged.merge(parts[1])
        #expect(merged.totals == whole.totals)
        for start in [1200, 1500, 1940] {
            for statistic in [Statistic.sum, .maximum, .percentile(rank: 99)] {
                let expected = read(whole, .modelLatency, statistic, from: start, seconds: 60)
                #expect(expected != nil)
                #expect(read(merged, .modelLatency, statistic, from: start, seconds: 60) == expected)
            }
        }
        #expect(merged.lifetimePercentileMicroseconds(99) == whole.lifetimePercentileMicroseconds(99))
        #expect(
            merged.lifetimeCounts(atOrBelow: [0, 200_000, 400_000])
                == whole.lifetimeCounts(atOrBelow: [0, 200_000, 400_000]))
        #expect(merged.lifetimeCounts(atOrBelow: [Int.max]) == [20_000])
    }

    @Test func latenciesOutsideTheScaleAreHeldAtItsEnds() {
        var recorder = RequestRecorder()
        recorder.record(latencyMicroseconds: -5, status: 200, at: 0)
        recorder.record(latencyMicroseconds: .max, status: 200, at: 0)
        #expect(read(recorder, .modelLatency, .minimum, from: 0, seconds: 60) == 0)
        #expect(
            read(recorder, .modelLatency, .percentile(rank: 100), from: 0, seconds: 60)
                == Double(RequestRecorder.latencyMicrosecondsMax))
    }

    @Test func anAlarmThatLooksFurtherBackThanTheRecorderIsTold() {
        #expect(RequestRecorder.obstacle(to: alarm(.serverErrors, .average, above: 0.01, period: 300, of: 3)) == nil)
        #expect(RequestRecorder.obstacle(to: alarm(.serverErrors, .average, above: 0.01, period: 600, of: 2)) != nil)
        let fine = alarm(.modelLatency, .percentile(rank: 99), above: 500_000, period: 1, of: 300)
        #expect(RequestRecorder.obstacle(to: fine)?.hint?.contains("multiple of 10 s") == true)
    }

    @Test func aGaugeKeepsGapsAndAnswersOnlyForItself() {
        let source = gauge([1, nil, 3])
        #expect(
            source.datapoints(probeMetric, statistic: .average, periodSeconds: 1, count: 3, before: 0).map { $0?.value }
                == [1, nil, 3])
        #expect(
            source.datapoint(probeMetric, statistic: .average, periodStart: -3, periodSeconds: 3)
                == Datapoint(value: 2, sampleCount: 2))
        #expect(
            source.datapoint(digits.metric(.invocations), statistic: .sum, periodStart: -3, periodSeconds: 3) == nil)
        let percent = source.datapoints(
            probeMetric, statistic: .average, unit: "Percent", periodSeconds: 1, count: 3, before: 0)
        #expect(percent == [nil, nil, nil])
    }
}
