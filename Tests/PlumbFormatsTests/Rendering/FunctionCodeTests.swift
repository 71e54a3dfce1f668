// The functions' Python code, run for real against AWS clients that write down what they are asked.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct FunctionCodeTests {
    // MARK: - Probe

    @Test func `an endpoint that answers is reported as 1`() throws {
        let run = try FunctionRun.of("ProbeFunction", event: "{}")
        #expect(run.raised == nil)
        #expect(run.arguments(of: "sagemaker-runtime.invoke_endpoint").first?.contains("0,0,5") == true)
        let reported = try #require(run.arguments(of: "cloudwatch.put_metric_data").first)
        #expect(reported.contains(#""MetricName": "ProbeSuccess", "Value": 1"#))
        #expect(reported.contains(#""Namespace": "Plumbline/Endpoints""#))
        #expect(reported.contains(#"{"Name": "EndpointName", "Value": "digits"}"#))
        #expect(reported.contains(#"{"Name": "VariantName", "Value": "primary"}"#))
    }

    @Test func `an endpoint that refuses is reported as 0, and the probe itself does not fail`() throws {
        let run = try FunctionRun.of(
            "ProbeFunction", event: "{}",
            answers: #"{"sagemaker-runtime.invoke_endpoint": [{"raise": "ModelError"}]}"#)
        #expect(run.raised == nil)
        let reported = try #require(run.arguments(of: "cloudwatch.put_metric_data").first)
        #expect(reported.contains(#""MetricName": "ProbeSuccess", "Value": 0"#))
    }

    @Test func `a body that does not fit the environment is fetched from the bucket`() throws {
        let run = try FunctionRun.of(
            "ProbeFunction", event: "{}",
            overlay: "example: {contentType: application/json, body: null, file: examples/large.json}",
            answers: #"{"s3.get_object": [{"Body": "the large one"}]}"#)
        #expect(run.arguments(of: "s3.get_object").first?.contains("examples/large.json") == true)
        #expect(run.arguments(of: "sagemaker-runtime.invoke_endpoint").first?.contains("the large one") == true)
    }

    @Test(arguments: [("COMPLETED", #""Value": 0"#), ("PENDING", #""Value": 3"#)])
    func `how long an artefact waits for its replica is told`(status: String, value: String) throws {
        let run = try FunctionRun.of(
            "ProbeFunction", event: "{}",
            answers: #"{"s3.head_object": [{"ReplicationStatus": "\#(status)", "LastModified": -3600}]}"#)
        let reported = run.arguments(of: "cloudwatch.put_metric_data")
        let lag = try #require(reported.first { $0.contains("ReplicationLagSeconds") })
        #expect(lag.contains(value), "\(lag)")
    }

    // MARK: - Late rollback

    private static let alarm =
        #"{"detail": {"alarmName": "digits-production-error-rate", "state": {"value": "ALARM"}}}"#

    /// The answers of an endpoint in `status` with `current` in service, and the configurations that there are.
    private func endpoint(_ status: String, _ current: String, _ configs: [String]) -> String {
        let list = configs.map { #"{"EndpointConfigName": "\#($0)"}"# }.joined(separator: ", ")
        return """
            {"sagemaker.describe_endpoint": [{"EndpointStatus": "\(status)", "EndpointConfigName": "\(current)"}],
             "sagemaker.list_endpoint_configs": [{"EndpointConfigs": [\(list)]}]}
            """
    }

    @Test func `an alarm brings the configuration before the newest back`() throws {
        let newest = "digits-production-b"
        let run = try FunctionRun.of(
            "LateRollbackFunction", event: Self.alarm,
            answers: endpoint("InService", newest, [newest, "old-digits-production-a", "digits-production-a"]))
        #expect(run.raised == nil)
        let update = try #require(run.arguments(of: "sagemaker.update_endpoint").first)
        #expect(update.contains(#""EndpointConfigName": "digits-production-a""#))
        #expect(update.contains(#""EndpointName": "digits""#))
        #expect(update.contains(#""RetainAllVariantProperties": true"#))
        let listing = try #require(run.arguments(of: "sagemaker.list_endpoint_configs").first)
        #expect(listing.contains(#""SortOrder": "Descending""#))
    }

    @Test func `nothing is undone where a rollback would make things worse`() throws {
        let (a, b) = ("digits-production-a", "digits-production-b")
        let cases = [
            ("rolled back already", Self.alarm, endpoint("InService", a, [b, a])),
            ("a deployment runs", Self.alarm, endpoint("Updating", b, [b, a])),
            ("nothing to go back to", Self.alarm, endpoint("InService", b, [b])),
            ("all is well", Self.alarm.replacing("\"ALARM\"", with: "\"OK\""), endpoint("InService", b, [b, a])),
            ("it is off", Self.alarm, #"{"sagemaker.describe_endpoint": [{"raise": "ValidationException"}]}"#),
        ]
        for (name, event, answers) in cases {
            let run = try FunctionRun.of("LateRollbackFunction", event: event, answers: answers)
            #expect(run.raised == nil, "\(name)")
            #expect(run.arguments(of: "sagemaker.update_endpoint").isEmpty, "\(name)")
            #expect(run.result.count > 5, "\(name): the answer says why")
        }
    }

    @Test func `an error that says nothing of the endpoint is not swallowed`() throws {
        let run = try FunctionRun.of(
            "LateRollbackFunction", event: Self.alarm,
            answers: #"{"sagemaker.describe_endpoint": [{"raise": "ThrottlingException"}]}"#)
        #expect(run.raised == "ClientError")
    }

    // MARK: - Archive

    @Test func `changes of the state table are kept, one line each`() throws {
        let run = try FunctionRun.of(
            "AuditArchiveFunction", event: #"{"Records": [{"eventID": "e1", "n": 1}, {"eventID": "e2", "n": 2}]}"#)
        #expect(run.result == "2")
        let kept = try #require(run.arguments(of: "s3.put_object").first)
        #expect(kept.contains(#"{\"eventID\": \"e1\", \"n\": 1}\n{\"eventID\": \"e2\", \"n\": 2}"#), "\(kept)")
        #expect(kept.contains("/e1.jsonl"))
        #expect(kept.contains(#""Bucket": "digits-production-audit-"#))
        // A bucket with Object Lock takes nothing without a checksum.
        #expect(kept.contains(#""ChecksumAlgorithm": "SHA256""#))
    }

    @Test func `the last whole hour of every log group is kept, and nothing is written for silence`() throws {
        let run = try FunctionRun.of(
            "AuditArchiveFunction", event: #"{"time": "2026-11-28T13:10:00Z"}"#,
            answers: #"{"logs.filter_log_events": [{"events": [{"message": "a"}]}, {"events": []}]}"#)
        #expect(run.raised == nil)
        let asked = run.arguments(of: "logs.filter_log_events")
        #expect(asked.count == 6)
        let (start, end) = (1_795_867_200_000, 1_795_870_800_000)
        #expect(asked.allSatisfy { $0.contains("\"startTime\": \(start)") && $0.contains("\"endTime\": \(end - 1)") })
        let kept = run.arguments(of: "s3.put_object")
        #expect(kept.count == 6)
        #expect(kept.contains { $0.contains("logs/aws_sagemaker_Endpoints_digits/2026/11/28/12-000000.jsonl") })
        #expect(run.result == "6")
    }
}
