// `plumb deploy --to aws` from end to end, on the double of AWS: promoted, rolled back, taken back by hand.
//
// Metrics are published with AWS's own library, as SageMaker publishes them; the double's alarms judge them.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs AWS's library and moto"))
    struct DeploymentToolsTests {
        private let double: AWSDouble
        private let plumb: Tool
        private let python: Tool
        private let folder: URL

        init() throws {
            double = try AWSDouble("--updating", "24", "--rolling-back", "3", "--evaluating", "0.5")
            plumb = try Tool.plumb.asking(double)
            python = Tool.awsPython.asking(double)
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try publisher.write(to: folder.appending(path: "publish.py"), atomically: true, encoding: .utf8)
        }

        @Test func aDevEndpointIsDeployedAndABadRevisionComesBack() throws {
            try revision(1)
            let shown = try plumb.run(deploy("dev", "--plan-only"), in: folder)
            #expect(shown.status == 0 && shown.output.contains("4 stacks planned on the way"), "\(shown.text)")
            // Nobody is there to be asked.
            let unasked = try plumb.run(deploy("dev"), in: folder)
            #expect(unasked.status == 2 && unasked.errors.contains("--yes agrees"), "\(unasked.text)")
            #expect(try python.run("-c", Self.listing, in: folder).output.contains("[]"))

            let first = try plumb.run(deploy("dev", "--yes"), in: folder)
            try #require(first.status == 0, "\(first.text.suffix(3_000))")
            let one = try serving()
            #expect(first.output.contains("fraud-scores promoted: \(one) serves"))
            #expect(first.output.contains("CREATE_COMPLETE Endpoint (AWS::SageMaker::Endpoint)"))
            let again = try plumb.run(deploy("dev", "--yes"), in: folder)
            #expect(again.status == 0 && again.output.contains("No changes."), "\(again.text)")

            try publish("good")
            try revision(2)
            let second = try plumb.run(deploy("dev", "--yes"), in: folder)
            try #require(second.status == 0, "\(second.text.suffix(3_000))")
            let two = try serving()
            #expect(two != one && second.output.contains("Baking \(two)"))

            try revision(3)
            let bad = try whileUpdating("bad") { try plumb.run(deploy("dev", "--yes"), in: folder) }
            #expect(bad.status == 3, "\(bad.text.suffix(3_000))")
            #expect(try serving() == two)
            #expect(bad.output.contains("RollingBack (\(two))"))
            #expect(
                bad.output.contains("fraud-scores-dev-error-rate went into ALARM at"), "\(bad.output.suffix(2_000))")
            #expect(bad.output.contains("were greater than the threshold (1.0)"))
            #expect(bad.output.contains("rate: ") && bad.output.contains("(limit > 1)"))
            #expect(bad.output.contains("\(two) serves, as before the deployment"))

            let log = try plumb.run("audit", "log", "--format", "json", in: folder)
            let actions = try Self.entries(log.output).filter { !$0.subject.hasPrefix("stack/") }.map(\.told)
            #expect(
                actions.suffix(4) == [
                    "aws.plan done", "aws.agree done", "aws.publish done", "aws.outcome failed rolled back",
                ], "\(actions)")
            // Without production's retention there is nothing to go back to, and that is said.
            let back = try plumb.run("rollback", "fraud-scores", "--to", "aws", "--yes", in: folder)
            #expect(back.status == 2 && back.errors.contains("is kept"), "\(back.text)")
        }

        @Test func aProductionEndpointIsGuardedAndTakenBackByHand() throws {
            try revision(1)
            let refused = try plumb.run(deploy("production", "--yes"), in: folder)
            #expect(refused.status == 3 && refused.errors.contains("production is not deployed"), "\(refused.text)")
            try revision(1, waivers: true)
            let first = try plumb.run(deploy("production", "--yes"), in: folder)
            try #require(first.status == 0, "\(first.text.suffix(3_000))")
            let one = try serving()

            try publish("good")
            try revision(2, waivers: true)
            let second = try plumb.run(deploy("production", "--yes", "--format", "json"), in: folder)
            try #require(second.status == 0, "\(second.text.suffix(3_000))")
            let two = try serving()
            #expect(second.output.contains(#""outcome" : "promoted""#) && two != one)

            // Only the new revision fails: its own alarm brings it back, and goes with the stack's changes.
            try revision(3, waivers: true)
            let bad = try whileUpdating("bad-revision") { try plumb.run(deploy("production", "--yes"), in: folder) }
            #expect(bad.status == 3, "\(bad.text.suffix(3_000))")
            #expect(try serving() == two)
            #expect(bad.output.contains("10 % of the traffic"), "\(bad.output.suffix(3_000))")
            #expect(bad.output.contains("went into ALARM at") && bad.output.contains("(limit > 1)"))
            #expect(bad.output.contains("\(two) serves, as before the deployment"))

            try publish("good")
            let back = try plumb.run(
                "rollback", "fraud-scores", "--to", "aws", "--to-config", one, "--yes", "--reason", "scores look wrong",
                in: folder)
            #expect(back.status == 0 && back.output.contains("fraud-scores is back: \(one) serves"), "\(back.text)")
            #expect(try serving() == one)
            let status = try plumb.run("status", "--to", "aws", in: folder)
            #expect(status.output.contains("serves    \(one)") && status.output.contains("fraud-scores  InService"))
            // The stacks say otherwise, and the same spec again must not look like success.
            try revision(2, waivers: true)
            let unsaid = try plumb.run(deploy("production", "--yes"), in: folder)
            #expect(unsaid.status == 3 && unsaid.output.contains("somebody went back"), "\(unsaid.text.suffix(2_000))")
            let log = try plumb.run("audit", "log", "--format", "json", in: folder)
            #expect(try Self.entries(log.output).contains { $0.action == "aws.rollback" }, "\(log.text)")
            #expect(log.output.contains("scores look wrong"))
        }

        // MARK: - The spec

        private func deploy(_ environment: String, _ words: String...) -> [String] {
            ["deploy", "plumb.yaml", "--to", "aws", "--environment", environment] + words
        }

        private func revision(_ number: UInt8, waivers: Bool = false) throws {
            try ExampleSpec.write(to: folder, revision: number, waivers: waivers)
        }

        // MARK: - The account

        private func serving() throws -> String {
            let text = """
                import boto3
                print(boto3.client("sagemaker").describe_endpoint(EndpointName="fraud-scores")["EndpointConfigName"])
                """
            let result = try python.run("-c", text, in: folder)
            try #require(result.status == 0, "\(result.text)")
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private static let listing = """
            import boto3
            print(boto3.client("cloudformation").describe_stacks()["Stacks"])
            """

        private func publish(_ kind: String) throws {
            let result = try python.run("publish.py", kind, in: folder)
            try #require(result.status == 0, "\(result.text)")
        }

        /// Publishes as soon as the endpoint is being updated.
        private func whileUpdating(_ kind: String, _ work: () throws -> Tool.Result) throws -> Tool.Result {
            let process = Process()
            process.executableURL = URL(filePath: python.path)
            process.arguments = ["publish.py", kind, "when-updating"]
            process.currentDirectoryURL = folder
            process.environment = ProcessInfo.processInfo.environment.merging(python.environment) { $1 }
            try process.run()
            defer { process.terminate() }
            return try work()
        }

        private struct Entry: Decodable {
            var action: String
            var subject: String
            var outcome: String
            var details: [String: String]
            var told: String {
                let words = [action, outcome, details["outcome"]]
                return words.compactMap { $0 }.joined(separator: " ")
            }
        }

        private static func entries(_ json: String) throws -> [Entry] {
            try JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        }

        /// Eight minutes of what SageMaker and the probe publish; a bad revision fails one request in ten.
        private let publisher = """
            import sys
            import time
            from datetime import datetime, timedelta, timezone

            import boto3

            sagemaker, cloudwatch = boto3.client("sagemaker"), boto3.client("cloudwatch")
            kind, pending = sys.argv[1], None
            while len(sys.argv) > 2:
                endpoint = sagemaker.describe_endpoint(EndpointName="fraud-scores")
                pending = endpoint.get("PendingDeploymentSummary")
                if pending and pending["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Baking":
                    # The bake lasts seven seconds, and plumb looks every two: it has met the new fleet at work by then.
                    time.sleep(4)
                    break
                time.sleep(0.2)
            fleet = [{"Name": "EndpointName", "Value": "fraud-scores"}, {"Name": "VariantName", "Value": "primary"}]
            sets = {"all": fleet}
            if pending:
                sets["new"] = fleet + [{"Name": "EndpointConfigName", "Value": pending["EndpointConfigName"]}]
            now = datetime.now(timezone.utc)
            for back in range(8):
                moment = now - timedelta(minutes=back)
                for name, dimensions in sets.items():
                    fails = kind == "bad" or kind == "bad-revision" and name == "new"
                    values = {
                        "Invocations": 600.0, "Invocation5XXErrors": 67.0 if fails and back < 3 else 0.0,
                        "ModelLatency": 40_000.0}
                    cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[
                        {"MetricName": key, "Value": value, "Timestamp": moment, "Dimensions": dimensions}
                        for key, value in values.items()])
                cloudwatch.put_metric_data(Namespace="Plumbline/Endpoints", MetricData=[{
                    "MetricName": "ProbeSuccess", "Value": 1.0, "Timestamp": moment, "Dimensions": fleet}])
            """
    }
}
