// Quality is told with what is known of it, and an alarm comes of errors alone.

import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@Suite struct QualityTests {
    private func metrics(_ tally: QualityTally) -> [String: QualityMetric] {
        Dictionary(tally.quality.metrics.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Counts a confusion matrix, label first.
    private func tally(_ problem: QualityProblem, _ counts: [(String, String, Int)]) -> QualityTally {
        var tally = QualityTally(problem: problem)
        for (actual, predicted, count) in counts {
            for _ in 0..<count { tally.insert(predicted: predicted, actual: actual) }
        }
        return tally
    }

    @Test func metricsHaveTheirNamesAndIntervals() throws {
        let metrics = metrics(tally(.binary, [("1", "1", 30), ("0", "1", 10), ("1", "0", 10), ("0", "0", 50)]))
        #expect(metrics["accuracy"]?.value == 0.8)
        #expect(metrics["precision"]?.value == 0.75 && metrics["recall"]?.value == 0.75)
        #expect(metrics["f1"]?.value == 0.75)
        let accuracy = try #require(metrics["accuracy"])
        #expect(abs((accuracy.lower ?? 0) - 0.7112) < 1e-3 && abs((accuracy.upper ?? 0) - 0.8666) < 1e-3)
        // Of so few rows Model Monitor does not tell the scatter either.
        #expect(accuracy.standardDeviation == nil)
    }

    @Test func thePublishedBinaryExampleIsReproduced() {
        let metrics = metrics(tally(.binary, [("0", "0", 1), ("0", "1", 2), ("1", "1", 1)])).mapValues(\.value)
        let published = [
            "recall": 1, "precision": 1 / 3.0, "accuracy": 0.5, "recall_best_constant_classifier": 1,
            "precision_best_constant_classifier": 0.25, "accuracy_best_constant_classifier": 0.25,
            "true_positive_rate": 1, "true_negative_rate": 1 / 3.0, "false_positive_rate": 2 / 3.0,
            "false_negative_rate": 0, "f0_5": 0.3846153846153846, "f1": 0.5, "f2": 0.7142857142857143,
            "f0_5_best_constant_classifier": 0.29411764705882354, "f1_best_constant_classifier": 0.4,
            "f2_best_constant_classifier": 0.625,
        ]
        for (name, value) in published {
            #expect(abs((metrics[name] ?? .nan) - value) < 1e-15, "\(name): \(metrics[name] ?? .nan)")
        }
    }

    @Test func thePublishedMulticlassExampleIsReproduced() {
        let all = metrics(
            tally(.multiclass, [("0", "0", 1180), ("0", "1", 510), ("1", "0", 268), ("1", "1", 138)]))
        let published = [
            "accuracy": 0.6288167938931297, "weighted_recall": 0.6288167938931297,
            "weighted_precision": 0.6983172269629505, "weighted_f0_5": 0.6803947317178771,
            "weighted_f1": 0.6571162346664904, "weighted_f2": 0.6384024354394601,
        ]
        for (name, value) in published {
            #expect(abs((all[name]?.value ?? .nan) - value) < 1e-12, "\(name)")
            // The published deviations of the five samples are between 0.0038 and 0.0062.
            let deviation = all[name]?.standardDeviation ?? .nan
            #expect(deviation > 0.001 && deviation < 0.02, "\(name): \(deviation)")
        }
        #expect(abs((all["accuracy_best_constant_classifier"]?.value ?? 0) - 1690.0 / 2096) < 1e-12)
    }

    @Test func theAreaUnderTheCurveIsTheChanceOfTheRightOrder() throws {
        var generator = SeededGenerator(seed: 7)
        var tally = QualityTally(problem: .binary)
        var rows: [(score: Double, isPositive: Bool)] = []
        for _ in 0..<400 {
            let isPositive = Bool.random(using: &generator)
            // Few values, so that there are ties.
            let score = Double(Int.random(in: isPositive ? 3...20 : 0...14, using: &generator)) / 20
            rows.append((score, isPositive))
            tally.insert(predicted: score > 0.5 ? "1" : "0", actual: isPositive ? "1" : "0", probability: score)
        }
        var wins = 0.0
        for one in rows where one.isPositive {
            for other in rows where !other.isPositive {
                wins += one.score > other.score ? 1 : one.score == other.score ? 0.5 : 0
            }
        }
        let positives = Double(rows.count(where: \.isPositive))
        let auc = try #require(metrics(tally)["auc"])
        #expect(abs(auc.value - wins / (positives * (400 - positives))) < 1e-12)
        #expect((auc.lower ?? 1) < auc.value && auc.value < (auc.upper ?? 0))
        let curve = tally.quality.receiverOperating
        #expect(curve.first.first == 0 && curve.first.last == 1 && curve.second.last == 1)
        #expect(try #require(metrics(tally)["au_prc"]).value > 0.5)
    }

    @Test func manyProbabilitiesAreTakenTogether() throws {
        var generator = SeededGenerator(seed: 3)
        var tally = QualityTally(problem: .binary)
        for _ in 0..<300_000 {
            let score = Double.random(in: 0..<1, using: &generator)
            tally.insert(
                predicted: score > 0.5 ? "1" : "0",
                actual: Double.random(in: 0..<1, using: &generator) < score ? "1" : "0", probability: score)
        }
        // Of scores that are right and evenly spread it is 5/6.
        #expect(abs(try #require(metrics(tally)["auc"]).value - 5.0 / 6) < 0.005)
        #expect(abs(try #require(metrics(tally)["accuracy"]).value - 0.75) < 0.005)
    }

    @Test func aRegressionIsMeasured() throws {
        var tally = QualityTally(problem: .regression)
        for (predicted, actual) in [("1", "2"), ("2", "2"), ("4", "3"), ("5", "5"), ("x", "5")] {
            tally.insert(predicted: predicted, actual: actual)
        }
        let metrics = metrics(tally).mapValues(\.value)
        #expect(tally.oddRows == 1 && metrics["mae"] == 0.5 && metrics["mse"] == 0.5)
        #expect(abs((metrics["r2"] ?? 0) - (1 - 2.0 / 6)) < 1e-12)
    }

    @Test func intervalsHoldTheTruthAboutAsOftenAsTheySay() {
        var generator = SeededGenerator(seed: 11)
        var (inside, runs) = (0, 0)
        for _ in 0..<200 {
            var tally = QualityTally(problem: .regression)
            for _ in 0..<400 {
                let error = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
                tally.insert(predicted: "\(error)", actual: "0")
            }
            // The errors have a standard deviation of 1.
            let rmse = metrics(tally)["rmse"]
            if (rmse?.lower ?? 2) <= 1, (rmse?.upper ?? 0) >= 1 { inside += 1 }
            runs += 1
        }
        #expect(inside >= runs * 9 / 10, "\(inside) of \(runs)")
    }

    @Test func constraintsAreHeldOrUnknown() {
        let quality = tally(.binary, [("1", "1", 30), ("0", "1", 10), ("1", "0", 10), ("0", "0", 50)]).quality
        let suggested = QualityCheck.suggest(quality)
        #expect(QualityCheck.judge(quality, by: suggested).violations.isEmpty)
        #expect(suggested.first { $0.metric == "false_positive_rate" }?.isBrokenBelow == false)
        let asked = [
            QualityConstraint(problem: "binary_classification", metric: "recall", threshold: 0.8, isBrokenBelow: true),
            QualityConstraint(problem: "binary_classification", metric: "auc", threshold: 0.8, isBrokenBelow: true),
        ]
        let judged = QualityCheck.judge(quality, by: asked)
        #expect(judged.violations.map(\.description) == ["Metric recall with 0.75 was LessThanThreshold 0.8"])
        #expect(judged.unknown == ["auc"])
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

    @Test func anEstimateIsCalibratedByWhatLabelsThereAre() throws {
        var estimate = ConfidenceEstimate()
        // The model is too sure of itself: of what it gives 0.9, seven tenths are positive.
        for index in 0..<100 { estimate.insert(probability: 0.9, actual: index % 10 < 7) }
        for _ in 0..<900 { estimate.insert(probability: 0.9) }
        #expect(abs(try #require(estimate.estimatedAccuracy) - 0.7) < 1e-12)
        #expect(estimate.labels == 100 && estimate.answers == 1000)
    }

    @Test func aRegressionHasAWorstSliceToo() throws {
        var slices = WorstSlice(isRegression: true)
        for index in 0..<200 {
            slices.insert(slice: index % 2 == 0 ? "even" : "odd", loss: index % 2 == 0 ? 1 : 3 + Double(index % 3))
        }
        let worst = try #require(slices.worst)
        #expect(worst.slice == "odd" && worst.rows == 100 && slices.isWorseThanAll)
        #expect(worst.errors.name == "mae")
    }
}
