// A watch with everything that it has of AWS: events of a queue wake it, a topic and Security Hub hear of it.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct WatchToolsTests {
        private let double: AWSDouble
        private let aws: Tool
        private let python: Tool
        private let folder: URL
        private var spec: String { folder.appending(path: "plumb.yaml").path }

        init() throws {
            double = try AWSDouble()
            (aws, python) = (Tool.aws.asking(double), Tool.awsPython.asking(double))
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try write(isBroken: false)
        }

        private func write(isBroken: Bool) throws {
            let example = Repository.root.appending(path: "Examples/digits/plumb.yaml")
            try String(contentsOf: example, encoding: .utf8)
                .replacing("{control: COST-1.1", with: isBroken ? "{control: COST-1.2" : "{control: COST-1.1")
                .write(toFile: spec, atomically: true, encoding: .utf8)
        }

        private func say(_ arguments: String...) throws -> String {
            // The command line knows queues by an older name, which AWS_ENDPOINT_URL does not reach.
            let result = try aws.run(
                arguments + ["--output", "text", "--endpoint-url", double.address], in: folder)
            #expect(result.status == 0, "\(result.text)")
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// What is looked for, as soon as it is there.
        private func wait(for found: () throws -> Bool) throws -> Bool {
            let deadline = ContinuousClock.now + .seconds(90)
            while ContinuousClock.now < deadline {
                if try found() { return true }
                Thread.sleep(forTimeInterval: 0.1)
            }
            return false
        }

        private func findings() throws -> [[String: Any]] {
            let result = try aws.run("securityhub", "get-findings", "--output", "json", in: folder)
            let answer = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            return answer?["Findings"] as? [[String: Any]] ?? []
        }

        @Test func eventsWakeItAndATopicAndSecurityHubHearOfIt() throws {
            let queue = try say("sqs", "create-queue", "--queue-name", "events")
            let seen = try say("sqs", "create-queue", "--queue-name", "seen")
            let topic = try say("sns", "create-topic", "--name", "news")
            _ = try say(
                "sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint",
                "arn:aws:sqs:eu-central-1:123456789012:seen")
            let watch = try Watch(
                [
                    "watch", spec, "--interval", "1h", "--queue", queue, "--sns", topic, "--security-hub",
                    "--prometheus", "off", "--format", "json",
                ], in: folder, environment: double.environment)
            #expect(try wait { watch.output.contains("\"board\"") }, "\(watch.errors)")
            #expect(try findings().isEmpty)

            try write(isBroken: true)
            _ = try say("sqs", "send-message", "--queue-url", queue, "--message-body", "poison")
            _ = try say(
                "sqs", "send-message", "--queue-url", queue, "--message-body",
                #"{"detail-type":"SageMaker Endpoint State Change","detail":{"EndpointStatus":"IN_SERVICE"}}"#)
            #expect(try wait { watch.output.contains("\"changed\"") }, "\(watch.errors)")
            #expect(watch.errors.contains("is no event"))
            #expect(try wait { try !findings().isEmpty })
            let finding = try #require(try findings().first)
            #expect(finding["RecordState"] as? String == "ACTIVE")
            #expect(finding["GeneratorId"] as? String == "plumbline/COST-1.1")
            #expect((finding["Compliance"] as? [String: Any])?["Status"] as? String == "FAILED")
            var mail = ""
            _ = try wait {
                mail += try say("sqs", "receive-message", "--queue-url", seen, "--wait-time-seconds", "1")
                return mail.contains("COST-1.1")
            }
            #expect(mail.contains("COST-1 waived -> fails") || mail.contains("COST-1 unknown -> fails"), "\(mail)")
            #expect(
                try wait {
                    try say(
                        "sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All", "--query",
                        "Attributes.[ApproximateNumberOfMessages,ApproximateNumberOfMessagesNotVisible]") == "0\t0"
                })
            try checkShape()

            try write(isBroken: false)
            _ = try say("sqs", "send-message", "--queue-url", queue, "--message-body", #"{"detail-type":"Change"}"#)
            #expect(try wait { try findings().first?["RecordState"] as? String == "ARCHIVED" })
            #expect(try findings().count == 1)
            #expect(watch.end() == 0)
        }

        /// AWS's own model of a finding takes what lies in Security Hub.
        private func checkShape() throws {
            let program = """
                import boto3, botocore.validate
                client = boto3.client("securityhub")
                shape = client.meta.service_model.operation_model("BatchImportFindings").input_shape
                findings = client.get_findings()["Findings"]
                report = botocore.validate.ParamValidator().validate({"Findings": findings}, shape)
                required = shape.members["Findings"].member.required_members
                print(len(findings), report.has_errors(), report.generate_report())
                known = shape.members["Findings"].member.members
                print([k for f in findings for k in f if k not in known])
                print([k for f in findings for k in required if k not in f])
                """
            let result = try python.run("-c", program)
            #expect(result.output == "1 False \n[]\n[]\n", "\(result.text)")
        }
    }
}

/// A watch in a process of its own; it ends with the test.
final class Watch {
    private let process = Process()
    private let files: [URL]

    init(_ arguments: [String], in folder: URL, environment: [String: String]) throws {
        files = ["out", "err"].map { folder.appending(path: "watch.\($0)") }
        for file in files { try Data().write(to: file) }
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: bundle).deletingLastPathComponent().appending(path: "plumb")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
    }

    var output: String { (try? String(contentsOf: files[0], encoding: .utf8)) ?? "" }  // A look at it fails visibly.
    var errors: String { (try? String(contentsOf: files[1], encoding: .utf8)) ?? "" }  // Likewise.

    func end() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
