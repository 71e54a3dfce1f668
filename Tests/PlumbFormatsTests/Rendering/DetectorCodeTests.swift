// The detectors' Python code, run for real on captured traffic: still on a stable stream, loud on one that has moved.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbFormats

@Suite struct DetectorCodeTests {
    private static let event = #"{"time": "2026-11-28T13:20:00Z"}"#
    private static let hour = "captures/digits/primary/2026/11/28/12"

    private func drift(_ traffic: [String: String], baseline: Baseline = Baseline()) throws -> FunctionRun {
        try FunctionRun.of("DriftFunction", event: Self.event, objects: baseline.files.merging(traffic) { $1 })
    }

    private func quality(
        _ objects: [String: String], overlay: String = "drift: {qualityMetric: accuracy, qualityThreshold: 0.9}"
    ) throws -> FunctionRun {
        try FunctionRun.of("QualityFunction", event: Self.event, overlay: overlay, objects: objects)
    }

    /// Rows under the hour that is judged, in three files.
    private func captured(_ rows: [String], in folder: String = hour) -> [String: String] {
        var files: [String: String] = [:]
        for part in 0..<3 {
            let own = rows.indices.filter { $0 % 3 == part }.map { rows[$0] }
            if !own.isEmpty { files["\(folder)/\(part).jsonl"] = own.joined(separator: "\n") + "\n" }
        }
        return files
    }

    // MARK: - Drift

    @Test(arguments: 1...8)
    func `a stable stream of thousands never comes near the limit`(seed: UInt64) throws {
        var stream = Stream(seed: seed)
        let run = try drift(captured((0..<4000).map { _ in stream.csv() }))
        #expect(run.raised == nil)
        let value = try #require(run.reported("FeatureDrift"))
        #expect((0..<0.5).contains(value), "\(value)")
    }

    @Test(arguments: 1...8)
    func `a few hundred rows of a stable stream raise no false alarm`(seed: UInt64) throws {
        var stream = Stream(seed: 100 + seed)
        let value = try #require(try drift(captured((0..<210).map { _ in stream.csv() })).reported("FeatureDrift"))
        #expect((0..<1).contains(value), "\(value)")
    }

    @Test func `whatever feature moves, the worst one is reported beyond the limit`() throws {
        let shifts: [(String, (inout Stream) -> Void)] = [
            ("half a deviation up", { $0.shift = 0.5 }), ("twice as wide", { $0.scale = 2.2 }),
            ("another country", { $0.germans = 0.75 }), ("a switch that is on more often", { $0.switchedOn = 0.75 }),
            ("values that go missing", { $0.missing = 0.3 }),
        ]
        for (name, move) in shifts {
            var stream = Stream(seed: 7)
            move(&stream)
            let run = try drift(captured((0..<3000).map { _ in stream.csv() }))
            let value = try #require(run.reported("FeatureDrift"), "\(name)")
            #expect(value > 1, "\(name): \(value)")
        }
    }

    @Test func `what is reported is a metric that the alarm watches`() throws {
        var stream = Stream(seed: 3)
        let run = try drift(captured((0..<300).map { _ in stream.csv() }))
        let reported = try #require(run.arguments(of: "cloudwatch.put_metric_data").first)
        #expect(reported.contains(#""Namespace": "Plumbline/Endpoints""#))
        #expect(reported.contains(#"[{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value""#))
        let alarm = try #require(try ArchitectureExample.graph().alarms[id: "DriftAlarm"])
        #expect(alarm.queries.value?.first?.metricName.value == "FeatureDrift" && alarm.threshold.value == 1)
    }

    @Test func `too few rows are no evidence, and other hours are not read`() throws {
        var stream = Stream(seed: 5)
        stream.shift = 9
        let few = try drift(captured((0..<150).map { _ in stream.csv() }))
        #expect(few.raised == nil && few.reported("FeatureDrift") == nil)
        #expect(few.printed.contains("150 rows"), "\(few.printed)")
        let elsewhere = captured(
            (0..<900).map { _ in stream.csv() }, in: Self.hour.replacing("/28/12", with: "/28/11"))
        let later = captured((0..<900).map { _ in stream.csv() }, in: Self.hour.replacing("/28/12", with: "/28/13"))
        #expect(try drift(elsewhere.merging(later) { $1 }).reported("FeatureDrift") == nil)
    }

    @Test func `every form of a body is read alike`() throws {
        let forms: [(String, (inout Stream) -> String)] = [
            ("instances", { $0.json { #"{"instances": [[\#($0.joined(separator: ", "))]]}"# } }),
            ("named", { $0.json { #"{"age": \#($0[0]), "switch": \#($0[1]), "country": \#($0[2])}"# } }),
            ("columns", { $0.json { #"{"age": [\#($0[0])], "switch": [\#($0[1])], "country": [\#($0[2])]}"# } }),
            ("base64", { $0.csv(encoding: "BASE64") }),
        ]
        for (name, write) in forms {
            var (still, moved) = (Stream(seed: 11), Stream(seed: 12))
            moved.shift = 1
            let stable = try drift(captured((0..<900).map { _ in write(&still) }))
            #expect(try #require(stable.reported("FeatureDrift"), "\(name)") < 0.5, "\(name)")
            let shifted = try drift(captured((0..<900).map { _ in write(&moved) }))
            #expect(try #require(shifted.reported("FeatureDrift"), "\(name)") > 1, "\(name)")
        }
    }

    @Test func `a baseline that begins with the label is held to the inputs behind it`() throws {
        var stream = Stream(seed: 13)
        let baseline = Baseline(hasLabel: true)
        let value = try #require(
            try drift(captured((0..<900).map { _ in stream.csv() }), baseline: baseline).reported("FeatureDrift"))
        #expect(value < 0.5, "\(value)")
    }

    @Test func `rows of other columns say nothing, and a missing baseline is an error`() throws {
        let strange = (0..<900).map { _ in Stream.record(input: "1,2,3,4,5,6,7", encoding: "CSV") }
        let run = try drift(captured(strange))
        #expect(run.raised == nil && run.reported("FeatureDrift") == nil)
        #expect(run.printed.contains("0 rows"), "\(run.printed)")
        let without = try FunctionRun.of("DriftFunction", event: Self.event, overlay: "drift: {baseline: null}")
        #expect(without.raised == "KeyError")
    }

    @Test func `the baseline's own threshold is the limit`() throws {
        var stream = Stream(seed: 15)
        stream.shift = 0.5
        let traffic = captured((0..<3000).map { _ in stream.csv() })
        let narrow = try #require(try drift(traffic).reported("FeatureDrift"))
        let wide = try #require(try drift(traffic, baseline: Baseline(threshold: 0.4)).reported("FeatureDrift"))
        #expect(abs(narrow - 4 * wide) < 0.001 && wide < 1)
    }

    // MARK: - Quality

    /// Answered requests of two days ago, `wrong` of a thousand of them wrong, and labels for `labelled` of them.
    private func answered(
        _ count: Int, wrong: Int, labelled: Int, answer: (Int) -> String = { "0.\($0 == 1 ? 9 : 2)" }
    ) -> [String: String] {
        var (captures, labels): ([String], [String]) = ([], [])
        for index in 0..<count {
            let truth = index % 2
            let said = index * 1000 / count < wrong ? 1 - truth : truth
            captures.append(Stream.record(input: "1,2", output: answer(said), encoding: "CSV", id: "e\(index)"))
            labels.append(
                #"{"groundTruthData": {"data": "\#(truth)", "encoding": "CSV"}, "#
                    + #""eventMetadata": {"eventId": "e\#(index)"}, "eventVersion": "0"}"#)
        }
        return captured(captures, in: Self.hour.replacing("/28/12", with: "/26/09"))
            .merging(captured(Array(labels.suffix(labelled)), in: "labels/2026/11/28/10")) { $1 }
    }

    @Test func `answers as good as they should be stay below the limit`() throws {
        let run = try quality(answered(2000, wrong: 60, labelled: 2000))
        #expect(run.raised == nil)
        let value = try #require(run.reported("QualityDegradation"))
        #expect(value < 1, "\(value)")
    }

    @Test func `answers that are wrong too often go beyond it`() throws {
        let value = try #require(
            try quality(answered(2000, wrong: 250, labelled: 2000)).reported("QualityDegradation"))
        #expect(value > 2 && value < 2.5, "25 % wrong of 10 % allowed, less three standard errors: \(value)")
    }

    @Test func `scores of classes are answered by the largest`() throws {
        let objects = answered(600, wrong: 500, labelled: 600) { $0 == 1 ? "0.1,0.9" : "0.8,0.2" }
        #expect(try #require(try quality(objects).reported("QualityDegradation")) > 4)
    }

    @Test func `without labels, or with few, nothing is said`() throws {
        let run = try quality(answered(600, wrong: 900, labelled: 60))
        #expect(run.raised == nil && run.reported("QualityDegradation") == nil)
        #expect(run.printed.contains("60 answers with labels"), "\(run.printed)")
        let none = try quality(answered(10, wrong: 0, labelled: 0))
        #expect(none.raised == nil && none.reported("QualityDegradation") == nil)
    }

    @Test func `the baseline's limit holds where the spec has none`() throws {
        let constraints = #"{"regression_constraints": {"r2": {"threshold": 0.9}, "rmse": {"threshold": 0.5}}}"#
        let objects = answered(800, wrong: 1000, labelled: 800) { "\($0)" }
            .merging(["baseline/constraints.json": constraints]) { $1 }
        let value = try #require(try quality(objects, overlay: "").reported("QualityDegradation"))
        #expect(value == 2, "every answer is off by 1, and a half is allowed")
        let unlimited = try quality(["baseline/constraints.json": "{}"], overlay: "")
        #expect(unlimited.raised == "ValueError")
    }
}

/// Traffic of three features that can be moved one by one.
private struct Stream {
    var shift = 0.0
    var scale = 1.0
    var germans = 0.55
    var switchedOn = 0.5
    var missing = 0.0
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func next() -> Double { Double.random(in: 0..<1, using: &generator) }

    /// Nearly normal: the sum of twelve.
    mutating func age() -> Double { ((0..<12).reduce(-6) { sum, _ in sum + next() }) * scale + shift }
    mutating func isSwitchedOn() -> Bool { next() < switchedOn }
    mutating func country() -> String { next() < germans ? "DE" : next() < 0.7 ? "FR" : "x\(Int(next() * 900))" }

    mutating func csv(encoding: String = "CSV") -> String {
        let age = next() < missing ? "" : "\(age())"
        let row = "\(age),\(isSwitchedOn() ? 1 : 0),\(country())"
        return Stream.record(
            input: encoding == "BASE64" ? Data(row.utf8).base64EncodedString() : row, encoding: encoding)
    }

    mutating func json(_ body: ([String]) -> String) -> String {
        Stream.record(
            input: body(["\(age())", isSwitchedOn() ? "1" : "0", "\"\(country())\""]), encoding: "JSON")
    }

    static func record(input: String, output: String = "0.5", encoding: String, id: String = "e") -> String {
        func part(_ mode: String, _ data: String, _ encoding: String) -> String {
            #"{"observedContentType": "text/csv", "mode": "\#(mode)", "encoding": "\#(encoding)", "#
                + #""data": \#(JSONText.quoted(data))}"#
        }
        let (asked, answered) = (part("INPUT", input, encoding), part("OUTPUT", output, "CSV"))
        return #"{"captureData": {"endpointInput": \#(asked), "endpointOutput": \#(answered)}, "#
            + #""eventMetadata": {"eventId": "\#(id)", "inferenceTime": "2026-11-28T12:00:00Z"}, "eventVersion": "0"}"#
    }
}

/// A baseline of the same stream in Model Monitor's form, its sketch in two levels.
private struct Baseline {
    var hasLabel = false
    var threshold = 0.1

    var files: [String: String] {
        var stream = Stream(seed: 4242)
        let rows = (0..<6000).map { _ in (age: stream.age(), isOn: stream.isSwitchedOn(), country: stream.country()) }
        let words = Dictionary(grouping: rows, by: \.country).sorted { $0.key < $1.key }
        let buckets = words.map { #"{"value": "\#($0.key)", "count": \#($0.value.count)}"# }
        let text =
            #"{"name": "country", "inferred_type": "String", "string_statistics": {"common": "#
            + #"{"num_present": 6000, "num_missing": 0}, "distinct_count": \#(buckets.count), "distribution": "#
            + #"{"categorical": {"buckets": [\#(buckets.joined(separator: ", "))]}}}}"#
        var features = [
            number("age", "Fractional", rows.map(\.age)), number("switch", "Integral", rows.map { $0.isOn ? 1 : 0 }),
            text,
        ]
        if hasLabel { features.insert(number("label", "Integral", rows.map { _ in 1 }), at: 0) }
        return [
            "baseline/statistics.json":
                #"{"version": 0, "dataset": {"item_count": 6000}, "features": [\#(features.joined(separator: ", "))]}"#,
            "baseline/constraints.json":
                #"{"version": 0, "features": [], "monitoring_config": {"distribution_constraints": "#
                + #"{"comparison_threshold": \#(threshold)}}}"#,
        ]
    }

    /// Every second of the larger values stands for two, as a sketch keeps them.
    private func number(_ name: String, _ type: String, _ values: [Double]) -> String {
        let sorted = values.sorted()
        let (single, double) = (sorted.prefix(1000), sorted.dropFirst(1000).enumerated().filter { $0.offset % 2 == 0 })
        let levels = [single.map { "\($0)" }, double.map { "\($0.element)" }].map { $0.joined(separator: ", ") }
        return #"{"name": "\#(name)", "inferred_type": "\#(type)", "numerical_statistics": {"common": "#
            + #"{"num_present": \#(values.count), "num_missing": 0}, "distribution": {"kll": {"buckets": [], "#
            + #""sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[\#(levels[0])], [\#(levels[1])]]}}}}}"#
    }
}
