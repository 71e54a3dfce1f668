// Model Monitor's files are read and written as its own jobs do; its data is read whatever comes.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbSignals
import Testing

@Suite struct ModelMonitorTests {
    static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func profile(_ bytes: [UInt8]) throws -> DatasetProfile {
        let header = bytes.prefix { $0 != 10 }
        let names = DelimitedReader.fields(
            ofLine: String(decoding: header, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        var reader = DelimitedReader(names: names)
        var profile = DatasetProfile(names: names)
        var batch = RowBatch(columns: names.count)
        var position = header.count + 1
        while true {
            batch.removeAll()
            position = try reader.read(bytes.span, from: position, isLast: true, into: &batch)
            guard batch.rows > 0 else { return profile }
            profile.insert(batch)
        }
    }

    @Test func thePublishedBaselineIsReproducedItemByItem() throws {
        let published = try #require(
            JSONSerialization.jsonObject(with: Data(try Self.fixture("published_churn_baseline.json")))
                as? [String: Any])
        let statistics = try Self.profile(try Self.fixture("churn.csv")).statistics
        #expect(statistics.itemCount == 2333)
        let features = try #require(published["features"] as? [[String: Any]])
        #expect(features.count == 10)
        for expected in features {
            let name = try #require(expected["name"] as? String)
            let feature = try #require(statistics.features.first { $0.name == name })
            let numbers = try #require(feature.numerical)
            func number(_ key: String) -> Double { (expected[key] as? NSNumber)?.doubleValue ?? .nan }
            #expect(feature.inferredType.rawValue == expected["inferred_type"] as? String)
            #expect(feature.present == 2333 && feature.missing == 0)
            // The published numbers were printed with six digits behind the point.
            #expect(abs(numbers.mean - number("mean")) < 5.01e-7, "\(name)")
            #expect(abs(numbers.standardDeviation - number("std_dev")) < 5.01e-7, "\(name)")
            #expect(abs(numbers.sum - number("sum")) < 1e-6, "\(name)")
            #expect(numbers.minimum == number("min") && numbers.maximum == number("max"))
            let bucket = try #require(expected["bucket0"] as? [NSNumber]).map(\.doubleValue)
            #expect(abs(numbers.buckets[0].lowerBound - bucket[0]) < 1e-13, "\(name)")
            #expect(abs(numbers.buckets[0].upperBound - bucket[1]) < 1e-13, "\(name)")
            let first = try #require(expected["level0_first"] as? [NSNumber]).map(\.doubleValue)
            #expect(Array(numbers.sketch.levels[0].prefix(first.count)) == first, "\(name)")
            #expect(numbers.sketch.levels.map(\.count) == [283, 1025])
            #expect(numbers.buckets.reduce(0) { $0 + $1.count } == 2333)
        }
        let constraints = ConstraintCheck.suggest(statistics)
        let asked = constraints.features.filter { $0.completeness == 1 && $0.isNonNegative == true }
        #expect(asked.count == constraints.features.count)
    }

    @Test func statisticsAndConstraintsAreReadBackAsWritten() throws {
        var statistics = try Self.profile(try Self.fixture("churn.csv")).statistics
        let constraints = ConstraintCheck.suggest(statistics)
        for index in statistics.features.indices { statistics.features[index].typeCounts = [:] }
        #expect(try StatisticsFile.read(StatisticsFile.write(statistics)) == statistics)
        #expect(try ConstraintsFile.read(ConstraintsFile.write(constraints)) == constraints)
    }

    @Test func filesOfOtherVersionsAreRead() throws {
        let constraints = try ConstraintsFile.read(try Self.fixture("sdk_constraints.json"))
        #expect(constraints.features.map(\.name) == ["message", "second_message"])
        #expect(constraints.features[0].domains == ["preproc-not-YET-supported-for-csv-json"])
        #expect(constraints.comparison.isEnabled && constraints.comparison.threshold == 1)
        let statistics = try StatisticsFile.read(try Self.fixture("sdk_statistics.json"))
        #expect(statistics.itemCount == 418 && statistics.features[0].text?.distinctCount == 1)
        let violations = try ViolationsFile.read(try Self.fixture("sdk_constraint_violations.json"))
        #expect(violations.count == 7 && violations[0].check == .categories)
        #expect(try ViolationsFile.read(ViolationsFile.write(violations)) == violations)
    }

    @Test(arguments: ["linf_simple", "Simple"])
    func theSimpleDistanceHasTwoNames(_ name: String) throws {
        let text =
            #"{"features":[{"name":"a"}],"monitoring_config":{"distribution_constraints":{"comparion_method":""#
            + name + #"","perform_comparison":"Disabled"}}}"#
        let constraints = try ConstraintsFile.read(Array(text.utf8))
        #expect(constraints.comparison.method == .simple && !constraints.comparison.isEnabled)
    }

    @Test func thresholdsOfQualityAreRead() throws {
        let text =
            #"{"version":0.0,"binary_classification_constraints":{"recall":{"threshold":0.57,"#
            + #""comparison_operator":"LessThanThreshold"}}}"#
        let constraints = try ConstraintsFile.read(Array(text.utf8))
        #expect(
            constraints.quality == [
                QualityConstraint(
                    problem: "binary_classification", metric: "recall", threshold: 0.57, isBrokenBelow: true)
            ])
    }

    @Test func aDriftIsDescribedAsConsumersParseIt() throws {
        let before = try Self.profile(try Self.fixture("churn.csv")).statistics
        let text = "Day Mins\n" + (0..<500).map { "\(300 + $0)\n" }.joined()
        let now = try Self.profile(Array(text.utf8)).statistics
        let found = ConstraintCheck.violations(
            of: now, against: ConstraintCheck.suggest(before), baseline: before)
        let drift = try #require(found.first { $0.check == .drift })
        let match = try #require(drift.description.firstMatch(of: /distance: (.+) exceeds threshold: (.+)/))
        #expect(try #require(Double(match.1)) > 0.8)
        #expect(Double(match.2) == 0.1)
        #expect(found.count { $0.check == .missingColumn } == before.features.count - 1)
    }

    @Test func oddRecordsBreakTheTypeAsInThePublishedRun() throws {
        let lines = (0..<1412).map { $0 < 1407 ? "\($0)" : "\($0).5" }
        let now = try Self.profile(Array(("a\n" + lines.joined(separator: "\n")).utf8)).statistics
        let constraints = DatasetConstraints(features: [
            FeatureConstraints(name: "a", inferredType: .integral, completeness: 1)
        ])
        let found = ConstraintCheck.violations(of: now, against: constraints, baseline: nil)
        #expect(
            found.map(\.description) == [
                "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. "
                    + "Observed: Only 99.6458923512748% of data is Integral."
            ])
    }

    @Test func labelsAreReadByTheirIds() throws {
        let read = GroundTruthReader.read(try Self.fixture("ground_truth.jsonl") + Array("nonsense\n".utf8))
        #expect(read.labels == [GroundTruth(identity: "aaaa-bbbb-cccc", label: "1")])
        #expect(read.oddLines == 1)
        #expect(GroundTruthReader.read(try Self.fixture("sdk_actuals_head3.jsonl")).labels.count == 3)
    }
}
