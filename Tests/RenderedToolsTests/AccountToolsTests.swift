// `plumb check aws://` from end to end: what our own deployment has made holds, what AWS's command line breaks fails.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct AccountToolsTests {
        private let double: AWSDouble
        private let plumb: Tool
        private let aws: Tool
        private let folder: URL

        init() throws {
            double = try AWSDouble("--creating", "0")
            plumb = try Tool.plumb.asking(double)
            aws = Tool.aws.asking(double)
            folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try ExampleSpec.write(to: folder, revision: 1, waivers: true)
            let deployed = try plumb.run(
                "deploy", "plumb.yaml", "--to", "aws", "--environment", "production", "--yes", in: folder)
            try #require(deployed.status == 0, "\(deployed.text.suffix(3_000))")
        }

        // MARK: - What holds, and what is broken

        @Test func ourOwnDeploymentHoldsAndThreeBreachesAreFound() throws {
            let whole = try check()
            // What a fresh account and the tags on an endpoint cannot show: provenance, and tags in the paying account.
            #expect(whole.failed == ["OPS-3.4", "COST-1.2", "COST-3.2"])
            #expect(whole.held.count >= 57, "\(whole.held.count) hold")
            #expect(whole.held.isSuperset(of: ["OPS-1.6", "SEC-1.1", "SEC-2.4", "SEC-2.5", "REL-1.4", "REL-2.6"]))
            let told = try check(["--spec", "plumb.yaml"])
            #expect(told.failed == ["COST-1.2", "COST-3.2"] && told.held.isSuperset(of: ["SEC-3.5", "SEC-3.7"]))
            #expect(told.verdicts["OPS-3.4"] == "waived")
            #expect(try check(["--tag", "ml:endpoint=fraud-scores"]).verdicts == whole.verdicts)

            let alarm = "fraud-scores-production-error-rate"
            try change(
                alarm: alarm, to: { $0["AlarmActions"] = nil }, expecting: ["OPS-1.6"], beside: whole)
            let bucket = "fraud-scores-production-artifacts-123456789012"
            let open = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
            func access(_ isBlocked: Bool) throws {
                try ask(
                    "s3api", "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration",
                    open.map { "\($0)=\(isBlocked)" }.joined(separator: ","))
            }
            let policy = try ask(
                "s3api", "get-bucket-policy", "--bucket", bucket, "--query", "Policy", "--output", "text")
            func put(_ statements: [[String: Any]]) throws {
                let document: [String: Any] = ["Version": "2012-10-17", "Statement": statements]
                try JSONSerialization.data(withJSONObject: document).write(to: folder.appending(path: "policy.json"))
                try ask("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", "file://policy.json")
            }
            let document = try JSONSerialization.jsonObject(with: Data(policy.utf8)) as? [String: Any]
            let statements = try #require(document?["Statement"] as? [[String: Any]])

            try access(false)
            try put(
                statements + [
                    [
                        "Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::\(bucket)/*",
                    ]
                ])
            #expect(try check().newlyFailed(beside: whole) == ["SEC-2.4"])
            try access(true)
            try put(statements.filter { !"\($0)".contains("SecureTransport") })
            #expect(try check().newlyFailed(beside: whole) == ["SEC-1.1"])
            try put(statements)
            #expect(try check().verdicts == whole.verdicts)
        }

        /// The account that was made of a spec costs what the spec does, to the cent.
        @Test func theAccountIsReckonedAsItsSpecIs() throws {
            func estimate(_ source: String, _ more: String...) throws -> [String: Any] {
                let words = ["cost", "estimate", source, "--environment", "production", "--format", "json"]
                let run = try plumb.run(words + more, in: folder)
                let told = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
                return try #require(told?.first, "\(run.text)")
            }
            let (own, account) = (try estimate("plumb.yaml"), try estimate("aws://", "--spec", "plumb.yaml"))
            for key in ["floorUSD", "expectedUSD", "worstUSD"] {
                #expect(account[key] as? Double == own[key] as? Double, "\(key): \(own)\n\(account)")
            }
            #expect(account["isComplete"] as? Bool == true, "\(account)")
        }

        @Test func driftIsDetectedWhenAskedForAndTwoRegionsAreTwoReports() throws {
            #expect(try check().verdicts["OPS-3.2"] == "unknown")
            #expect(try check(["--detect-drift"]).verdicts["OPS-3.2"] == "holds")
            let policy = try plumb.run("check", "aws://", "--print-policy", "--detect-drift", in: folder)
            #expect(policy.output.contains("cloudformation:DetectStackDrift"))
            let plain = try plumb.run("check", "aws://", "--print-policy", in: folder)
            #expect(!plain.output.contains("DetectStackDrift"))
            let two = try plumb.run("check", "aws://eu-central-1", "aws://eu-west-1", in: folder)
            #expect(two.status == 1, "\(two.errors)")
            #expect(two.output.contains("aws://eu-central-1 (live)") && two.output.contains("aws://eu-west-1 (live)"))
        }

        // MARK: - What goes wrong on the way

        /// Each service once with one of the faults, and the busiest one with all: nothing is told that was not seen.
        @Test func aServiceThatFailsLeavesWhatRestsOnItUnknown() throws {
            let whole = try check()
            let way = try FaultyWay(to: double.address)
            let services = [
                "access-analyzer", "apigateway", "application-autoscaling", "backup", "budgets", "ce", "cloudfront",
                "cloudtrail", "config", "dynamodb", "ec2", "ecr", "events", "iam", "kms", "lambda", "logs",
                "monitoring", "route53", "s3", "scheduler", "servicequotas", "sns", "synthetics", "tagging",
            ]
            var faults = services.enumerated().map { ($1, FaultyWay.kinds[$0 % FaultyWay.kinds.count]) }
            faults += FaultyWay.kinds.map { ("sagemaker", $0) }
            for (service, kind) in faults {
                try way.fail(service, kind)
                let seen = try check(through: way.address)
                for (control, verdict) in seen.verdicts where verdict != whole.verdicts[control] {
                    // What need not hold, as long as a tag says so, may be proved when that tag is not seen.
                    let isMore = whole.verdicts[control] == "notApplicable" && verdict == "holds"
                    #expect(isMore || verdict == "unknown", "\(control) \(verdict) while \(service) is \(kind)")
                }
                let isTold = seen.notes.contains { $0.contains("failed: ") }
                #expect(isTold, "\(service) \(kind): \(seen.notes)")
            }
            try way.fail("monitoring", "slow")
            #expect(try check(through: way.address).verdicts == whole.verdicts)
        }

        @Test func withoutGoodCredentialsNothingIsJudged() throws {
            let way = try FaultyWay(to: double.address)
            try way.fail("sts", "expired")
            let expired = try plumb.run(
                "check", "aws://eu-central-1", "--endpoint-url", way.address, "--format", "json", in: folder)
            #expect(expired.status == 3 && expired.output.isEmpty)
            #expect(expired.errors.contains("the AWS credentials from the environment have expired"))
        }

        // MARK: - Asking

        private struct Seen {
            var verdicts: [String: String]
            var notes: [String]
            var held: Set<String> { all("holds") }
            var failed: Set<String> { all("fails") }
            private func all(_ verdict: String) -> Set<String> { Set(verdicts.filter { $0.value == verdict }.keys) }
            func newlyFailed(beside other: Seen) -> Set<String> { failed.subtracting(other.failed) }
        }

        private struct Report: Decodable {
            struct Control: Decodable { var id, verdict: String }
            struct Note: Decodable { var message: String }
            var controls: [Control]
            var diagnostics: [Note]
        }

        private func check(_ options: [String] = [], through address: String? = nil) throws -> Seen {
            let way = address.map { ["--endpoint-url", $0] } ?? []
            let result = try plumb.run(
                ["check", "aws://eu-central-1", "--format", "json", "--no-fixes"] + options + way, in: folder)
            try #require([0, 1].contains(result.status), "\(result.text.suffix(2_000))")
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            return Seen(
                verdicts: Dictionary(report.controls.map { ($0.id, $0.verdict) }) { first, _ in first },
                notes: report.diagnostics.map(\.message))
        }

        @discardableResult
        private func ask(_ words: String...) throws -> String {
            let result = try aws.run(words, in: folder)
            try #require(result.status == 0, "\(words): \(result.text)")
            return result.output
        }

        /// Changes an alarm, sees which controls fail, and puts it back as it was.
        private func change(
            alarm name: String, to change: (inout [String: Any]) -> Void, expecting failures: Set<String>,
            beside whole: Seen
        ) throws {
            let told = try ask("cloudwatch", "describe-alarms", "--alarm-names", name, "--query", "MetricAlarms[0]")
            let all = try #require(try JSONSerialization.jsonObject(with: Data(told.utf8)) as? [String: Any])
            let states = ["AlarmArn", "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp"]
            let alarm = all.filter { key, value in
                !states.contains(key) && (!key.hasPrefix("State")) && (value as? [Any])?.isEmpty != true
            }
            func put(_ alarm: [String: Any]) throws {
                try JSONSerialization.data(withJSONObject: alarm).write(to: folder.appending(path: "alarm.json"))
                try ask("cloudwatch", "put-metric-alarm", "--cli-input-json", "file://alarm.json")
            }
            var changed = alarm
            change(&changed)
            try put(changed)
            #expect(try check().newlyFailed(beside: whole) == failures)
            try put(alarm)
        }
    }
}

/// Tests/Doubles/fault_proxy.py, from its start to the end of whoever holds it.
private final class FaultyWay {
    static let kinds = ["throttled", "broken", "busy", "html", "empty", "expired", "reset", "half", "truncated"]
    let address: String
    private let process = Process()
    // Closing it ends the proxy as well.
    private let input = Pipe()

    init(to target: String) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: Tool.awsPython.path)
        process.arguments = [
            Repository.root.appending(path: "Tests/Doubles/fault_proxy.py").path, "--to", target, "--with-parent",
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        address = said.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(address.hasPrefix("http://"), "the proxy did not start: \(said)")
    }

    deinit { process.terminate() }

    func fail(_ service: String, _ kind: String) throws {
        let text = """
            import sys, urllib.request
            urllib.request.urlopen(sys.argv[1] + "/fault", sys.argv[2].encode()).read()
            """
        let result = try Tool.awsPython.run(
            "-c", text, address, "{\"service\": \"\(service)\", \"kind\": \"\(kind)\"}")
        try #require(result.status == 0, "\(result.text)")
    }
}
