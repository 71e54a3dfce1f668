// What a monitoring job finds, read back from CloudWatch by AWS's own command line.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct MonitoringToolsTests {
        private let double: AWSDouble
        private let aws: Tool
        private let plumb: Tool
        private let folder: URL

        init() throws {
            double = try AWSDouble()
            plumb = try Tool.plumb.asking(double)
            aws = Tool.aws.asking(double)
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)/opt/ml")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        /// Rows of a load that goes up and down, moved by `shift`.
        private func write(_ name: String, shift: Double) throws -> String {
            let rows = (0..<2000).map { "\(Double($0 * 37 % 101) / 10 + shift)" }
            let path = folder.appending(path: name).path
            try (["load"] + rows).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        /// The largest value of `FeatureDrift` of an endpoint, as an alarm would read it; nil where there is none.
        private func drift(of endpoint: String) throws -> Double? {
            let day: (Double) -> String = {
                Date(timeIntervalSinceNow: $0 * 86_400).formatted(.iso8601)
            }
            let result = try aws.run(
                "cloudwatch", "get-metric-statistics", "--namespace", "Plumbline/Endpoints", "--metric-name",
                "FeatureDrift", "--dimensions", "Name=EndpointName,Value=\(endpoint)",
                "Name=VariantName,Value=primary", "--start-time", day(-1), "--end-time", day(1), "--period", "86400",
                "--statistics", "Maximum", "--query", "max_by(Datapoints, &Maximum).Maximum", "--output", "text",
                "--endpoint-url", double.address, in: folder)
            #expect(result.status == 0, "\(result.text)")
            return Double(result.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }

        @Test func aJobsFindingsStandUnderTheNameThatAlarmsRead() throws {
            let baseline = folder.appending(path: "processing/baseline").path
            let made = try plumb.run("drift", "baseline", try write("past.csv", shift: 0), "-o", baseline)
            try #require(made.status == 0, "\(made.text)")
            for (endpoint, shift) in [("steady", 0.0), ("moved", 5.0)] {
                var job = plumb
                job.environment.merge([
                    "dataset_source": try write("\(endpoint).csv", shift: shift),
                    "output_path": folder.appending(path: "processing/\(endpoint)").path,
                    "baseline_statistics": "\(baseline)/statistics.json",
                    "baseline_constraints": "\(baseline)/constraints.json",
                    "publish_cloudwatch_metrics": "Enabled", "sagemaker_endpoint_name": endpoint,
                ]) { $1 }
                let judged = try job.run("drift", "run")
                #expect(judged.status == 0, "\(judged.text)")
            }
            let (steady, moved) = (try #require(try drift(of: "steady")), try #require(try drift(of: "moved")))
            #expect(steady < 1 && moved >= 1, "alarms fire from 1 on: \(steady), \(moved)")
            #expect(try drift(of: "nobody") == nil)
        }
    }
}
