// Quality is told with what is known of it, and an alarm comes of errors alone.

import PlumbSignals
import Testing

@Suite struct QualityTests {
    @Test func metricsHaveTheirNamesAndIntervals() throws {
        var quality = BinaryQuality()
        for index in 0..<100 { quality.insert(predicted: index < 40, actual: index >= 10 && index < 50) }
        let metrics = Dictionary(quality.metrics.map { ($0.name, $0) }) { first, _ in first }
        #expect(metrics["accuracy"]?.value == 0.8)
        #expect(metrics["precision"]?.value == 0.75 && metrics["recall"]?.value == 0.75)
        #expect(metrics["f1"]?.value == 0.75)
        let accuracy = try #require(metrics["accuracy"])
        #expect(abs((accuracy.lower ?? 0) - 0.7112) < 1e-3 && abs((accuracy.upper ?? 0) - 0.8666) < 1e-3)
    }

    @Test func aRegressionIsMeasured() throws {
        var quality = RegressionQuality()
        for (predicted, actual) in [(1.0, 2.0), (2.0, 2.0), (4.0, 3.0), (5.0, 5.0)] {
            quality.insert(predicted: predicted, actual: actual)
        }
        let metrics = Dictionary(quality.metrics.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(metrics["mae"] == 0.5 && metrics["mse"] == 0.5)
        #expect(abs((metrics["r2"] ?? 0) - (1 - 2.0 / 6)) < 1e-12)
    }

    @Test func theOldestAnswersAreGivenUp() {
        var join = LabelJoin<Bool>(waitingMax: 2)
        for identity in ["a", "b", "c"] { join.insert(true, identity: identity) }
        #expect(join.count == 2 && join.dropped == 1)
        let matches = ["a", "c", "c"].map { join.match($0) }
        #expect(matches == [nil, true, nil])
        #expect(join.unmatched == 2)
        for index in 0..<1000 { join.insert(false, identity: "\(index)") }
        #expect(join.count == 2)
    }

    @Test func aSmallSliceIsNotTheWorstByChance() throws {
        var slices = WorstSlice()
        for index in 0..<1000 { slices.insert(slice: "large", isError: index % 5 == 0) }
        for index in 0..<10 { slices.insert(slice: "tiny", isError: index < 9) }
        #expect(try #require(slices.worst).slice == "large")
        var estimate = ConfidenceEstimate()
        #expect(estimate.estimatedAccuracy == nil)
        for probability in [0.9, 0.2] { estimate.insert(probability: probability) }
        #expect(abs((estimate.estimatedAccuracy ?? 0) - 0.85) < 1e-12)
    }
}
