// Quality over files, and the program in the place of Model Monitor's container.

import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct QualityFileTests {
    private let command: Command
    private var root: String { "\(command.home)/job" }
    private var ml: String { "\(root)/opt/ml" }

    init() throws { command = try Command() }

    private func write(_ text: String, _ path: String) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// Answers whose probability is 0.9 or 0.1, of which every tenth is wrong, or as many as are asked for.
    private func writeAnswers(_ count: Int, wrongInTen: Int, in folder: String) throws {
        var captures = ""
        var labels = ""
        for index in 0..<count {
            let isPositive = index % 2 == 0
            let isRight = index / 2 % 10 >= wrongInTen
            let colour = index % 4 < 2 ? "red" : "blue"
            captures +=
                #"{"captureData":{"endpointInput":{"data":"\#(index),\#(colour)","encoding":"CSV"},"#
                + #""endpointOutput":{"data":"\#(isPositive ? 0.9 : 0.1)","encoding":"CSV"}},"#
                + #""eventMetadata":{"eventId":"e\#(index)","inferenceId":"i\#(index)"},"eventVersion":"0"}"# + "\n"
            guard index % 5 != 0 else { continue }
            labels +=
                #"{"groundTruthData":{"data":"\#(isPositive == isRight ? 1 : 0)","encoding":"CSV"},"#
                + #""eventMetadata":{"eventId":"i\#(index)"},"eventVersion":"0"}"# + "\n"
        }
        try write(captures, "\(folder)/captures/digits/primary/2026/11/24/08/one.jsonl")
        try write(labels, "\(folder)/labels/2026/11/24/09/one.jsonl")
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func judge(_ folder: String, _ arguments: String...) throws -> Command.Result {
        try command.start(
            [
                "drift", "quality", "--data", "\(folder)/captures", "--labels", "\(folder)/labels", "--format", "json",
                "--slice", "1",
            ] + arguments)()
    }

    @Test func labelsAreJoinedMeasuredAndHeldToTheBaseline() throws {
        let (good, bad, baseline) = ("\(command.home)/good", "\(command.home)/bad", "\(command.home)/baseline")
        try writeAnswers(1000, wrongInTen: 1, in: good)
        try writeAnswers(1000, wrongInTen: 3, in: bad)
        let first = try judge(good, "--problem-type", "BinaryClassification", "-o", baseline)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        let report = try object(first.output)
        #expect(report["rows"] as? Int == 800 && report["unlabelled"] as? Int == 200)
        let estimate = try #require(report["estimate"] as? [String: Any])
        #expect(estimate["answers"] as? Int == 1000 && estimate["isEstimate"] as? Bool == true)
        #expect((report["worstSlices"] as? [Any])?.count == 1)
        let statistics = try object(try String(contentsOfFile: "\(baseline)/statistics.json", encoding: .utf8))
        let metrics = try #require(statistics["binary_classification_metrics"] as? [String: Any])
        let accuracy = try #require(metrics["accuracy"] as? [String: Any])
        #expect(abs((accuracy["value"] as? Double ?? 0) - 0.9) < 0.03)
        #expect(metrics["auc"] != nil && metrics["confusion_matrix"] != nil && metrics["precision_recall_curve"] != nil)

        let same = try judge(good, "--baseline", baseline)
        #expect(same.status == 0, "\(same.output)\(same.errors)")
        let worse = try judge(bad, "--baseline", baseline, "-o", "\(command.home)/report")
        #expect(worse.status == 1, "\(worse.output)\(worse.errors)")
        let file = try String(contentsOfFile: "\(command.home)/report/constraint_violations.json", encoding: .utf8)
        #expect(file.contains("Metric accuracy with 0.") && file.contains("was LessThanThreshold 0."), "\(file)")
    }

    @Test func aJobOfModelMonitorIsDoneAsItsContainerDoesIt() throws {
        try writeAnswers(400, wrongInTen: 4, in: "\(ml)/processing/input")
        let constraints = "\(ml)/processing/baseline/constraints/constraints.json"
        try write(
            #"{"version":0.0,"binary_classification_constraints":{"accuracy":{"threshold":0.8,"#
                + #""comparison_operator":"LessThanThreshold"}}}"#, constraints)
        var environment = [
            "analysis_type": "MODEL_QUALITY", "problem_type": "BinaryClassification", "probability_attribute": "0",
            "dataset_source": "\(ml)/processing/input/captures", "output_path": "\(ml)/processing/resultdata",
            "ground_truth_source": "\(ml)/processing/input/labels", "baseline_constraints": constraints,
            "publish_cloudwatch_metrics": "Disabled",
        ]
        let judged = try command.start(["drift", "run"], environment: environment)()
        #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
        let message = try String(contentsOfFile: "\(ml)/output/message", encoding: .utf8)
        #expect(message == "CompletedWithViolations: Job completed successfully with 1 violations.")
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(ml)/processing/resultdata").sorted()
        #expect(files == ["constraint_violations.json", "constraints.json", "statistics.json"])

        environment["dataset_source"] = "\(ml)/processing/nothing"
        let failed = try command.start(["drift", "run"], environment: environment)()
        #expect(failed.status != 0)
        let why = try String(contentsOfFile: "\(ml)/output/message", encoding: .utf8)
        #expect(why.hasPrefix("Failed: there is no "), "\(why)")
    }

    @Test func seasonsAreFoundInAnyDataByAColumnOfTimes() throws {
        func day(_ number: Int, isSwinging: Bool) -> String {
            (0..<24).flatMap { hour in
                (0..<30).map { row -> String in
                    let level = isSwinging ? Double((hour * 7) % 24) : Double(((hour + 12) * 7) % 24)
                    let minute = row * 2
                    let time = String(format: "2026-11-%02dT%02d:%02d:00Z", number, hour, minute)
                    return "\(time),\(level + Double((row * 13 + number * 5) % 30) / 30)\n"
                }
            }.joined()
        }
        let header = "at,load\n"
        let (past, same, other) = ("\(command.home)/past.csv", "\(command.home)/same.csv", "\(command.home)/other.csv")
        try write(header + (1...10).map { day($0, isSwinging: true) }.joined(), past)
        try write(header + (11...13).map { day($0, isSwinging: true) }.joined(), same)
        // The same values at other hours: only the season tells that something is wrong.
        try write(header + (11...13).map { day($0, isSwinging: false) }.joined(), other)
        let baseline = "\(command.home)/seasonal"
        let refused = try command.run("drift", "baseline", past, "-o", baseline, "--season", "hourOfDay")
        #expect(refused.status == 2 && refused.errors.contains("--time-column"), "\(refused.errors)")
        let made = try command.run(
            "drift", "baseline", past, "-o", baseline, "--season", "hourOfDay", "--time-column", "at")
        #expect(made.status == 0, "\(made.errors)")
        func alarms(_ data: String) throws -> Int {
            let run = try command.run(
                "drift", "run", "--baseline", baseline, "--data", data, "--time-column", "at", "--format", "json")
            return (try object(run.output)["alarms"] as? [Any])?.count ?? -1
        }
        #expect(try alarms(same) == 0)
        #expect(try alarms(other) > 0)
    }

    @Test func parquetIsRefusedWithTheLineThatConvertsIt() throws {
        let run = try command.run("drift", "baseline", "training.parquet")
        #expect(run.status == 2)
        #expect(run.errors.contains("COPY (FROM 'training.parquet') TO 'training.csv' (HEADER)"), "\(run.errors)")
    }
}
