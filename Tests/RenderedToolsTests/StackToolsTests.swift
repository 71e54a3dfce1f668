// Templates, deployed, updated, rolled back and deleted with the AWS command line, on the double of AWS.
//
// The double makes every resource through the API of its own service, and fails a stack at what it cannot make: what is
// asserted here has really been there.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct StackToolsTests {
        private let double: AWSDouble
        private let aws: Tool

        init() throws {
            double = try AWSDouble("--answering", "30")
            aws = Tool.aws.asking(double)
        }

        @Test func aDevEndpointIsDeployedUpdatedAndDeleted() throws {
            let folder = try RenderedSpec.dev.folder(.cloudformation)
            let stacks = try deploy(.dev, from: folder)
            #expect(try text("sagemaker", "describe-endpoint", "EndpointStatus") == "InService")
            let first = try text("sagemaker", "describe-endpoint", "EndpointConfigName")
            let guards = "LastDeploymentConfig.AutoRollbackConfiguration.Alarms[].AlarmName"
            #expect(try text("sagemaker", "describe-endpoint", guards).contains("error-rate"))
            #expect(try capacity("MinCapacity") == "1")

            // The same again changes nothing; another value of a parameter changes what rests on it.
            let endpoint = try #require(stacks.first { $0.name.hasSuffix("-endpoint") })
            #expect(try deploy(endpoint, from: folder).text.contains("No changes to deploy"))
            _ = try succeeded(deploy(endpoint, from: folder, ["MinimumInstances=2"]))
            #expect(try capacity("MinCapacity") == "2")

            // Another model is another configuration, and the endpoint goes over to it.
            var other = RenderedSpec.dev
            other.overlay =
                "model: {image: \(Self.image), digest: \(String(repeating: "5", count: 64)), path: m.tar.gz}\n"
            let changed = try other.folder(.cloudformation)
            // Under an alarm it comes back, and the stack says why.
            let alarm = try text("sagemaker", "describe-endpoint", "\(guards)|[0]")
            _ = try succeeded(set(alarm, "ALARM"))
            let failed = try deploy(endpoint, from: changed)
            #expect(failed.status != 0)
            #expect(try text("sagemaker", "describe-endpoint", "EndpointConfigName") == first)
            let events = try aws.run("cloudformation", "describe-stack-events", "--stack-name", endpoint.name)
            #expect(events.output.contains("went into ALARM state"), "\(events.text.suffix(2_000))")
            _ = try succeeded(set(alarm, "OK"))
            _ = try succeeded(deploy(endpoint, from: changed))
            let second = try text("sagemaker", "describe-endpoint", "EndpointConfigName")
            #expect(second != first && second.contains("55555555"))

            for stack in stacks.reversed() { try delete(stack) }
            #expect(try aws.run("sagemaker", "list-endpoints", "--query", "Endpoints").output.hasPrefix("[]"))
            #expect(try aws.run("s3api", "list-buckets", "--query", "Buckets").output.hasPrefix("[]"))
        }

        @Test func twoRegionsAreDeployed() throws {
            let stacks = try deploy(.critical, from: try RenderedSpec.critical.folder(.cloudformation))
            #expect(stacks.map(\.region).contains("eu-west-1"))
            #expect(try text("sagemaker", "describe-endpoint", "EndpointStatus") == "InService")
            let models = try aws.run(
                "sagemaker", "list-models", "--region", "eu-west-1", "--query", "Models[].ModelName")
            #expect(models.output.contains("fraud-scores"), "\(models.text)")
            // What production keeps stays when its stack goes.
            let data = try #require(stacks.first { $0.name.hasSuffix("-data") })
            for stack in stacks.reversed().prefix(while: { $0.name != data.name }) { try delete(stack) }
            try delete(data)
            let buckets = try aws.run("s3api", "list-buckets", "--query", "Buckets[].Name").output
            #expect(buckets.contains("audit") && buckets.contains("artifacts"), "\(buckets)")
        }

        private static let image =
            "111122223333.dkr.ecr.eu-central-1.amazonaws.com/fraud@sha256:\(String(repeating: "0", count: 64))"

        // MARK: - Stacks

        private struct Stack {
            var name: String
            var file: String
            var region: String
        }

        /// Deploys each template with the command at its head, and sees that everything in it was made.
        private func deploy(_ spec: RenderedSpec, from folder: URL) throws -> [Stack] {
            var stacks: [Stack] = []
            for file in try spec.files(.cloudformation) where file.path.hasSuffix(".yaml") {
                func told(_ option: String) -> String? {
                    let words = file.text.split(whereSeparator: \.isWhitespace)
                    return words.firstIndex(of: Substring(option)).map { String(words[$0 + 1]) }
                }
                let stack = Stack(
                    name: try #require(told("--stack-name")), file: file.path,
                    region: told("--region") ?? "eu-central-1")
                var values: [String] = []
                let section = file.text.split(separator: "\nResources:")[0].split(separator: "\nParameters:\n")
                for block in (section.count > 1 ? "\n\(section[1])" : "").split(separator: "\n  ")
                where block.hasSuffix(":") && !block.hasPrefix(" ") {
                    let name = String(block.dropLast())
                    if let value = try RenderedSpec.parameters[name] ?? given(name, by: stacks) {
                        values.append("\(name)=\(value)")
                    }
                }
                _ = try succeeded(deploy(stack, from: folder, values))
                let made = try aws.run(
                    "cloudformation", "list-stack-resources", "--stack-name", stack.name, "--region", stack.region,
                    "--query", "length(StackResourceSummaries)")
                let asked = file.text.split(separator: "\n").count { $0.hasPrefix("    Type: AWS::") }
                #expect(made.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(asked)", "\(stack.name)")
                stacks.append(stack)
            }
            return stacks
        }

        /// What an earlier stack gives for a parameter, whatever region it is in.
        private func given(_ parameter: String, by stacks: [Stack]) throws -> String? {
            let output = parameter == "PrimaryKeyArn" ? "DataKeyArn" : parameter
            for stack in stacks {
                let query = "Stacks[0].Outputs[?OutputKey=='\(output)'].OutputValue"
                let found = try aws.run(
                    "cloudformation", "describe-stacks", "--stack-name", stack.name, "--region", stack.region,
                    "--query",
                    query, "--output", "text")
                let value = found.output.trimmingCharacters(in: .whitespacesAndNewlines)
                if !value.isEmpty { return value }
            }
            return nil
        }

        private func deploy(_ stack: Stack, from folder: URL, _ values: [String] = []) throws -> Tool.Result {
            try aws.run(
                [
                    "cloudformation", "deploy", "--stack-name", stack.name, "--region", stack.region, "--template-file",
                    stack.file, "--capabilities", "CAPABILITY_NAMED_IAM",
                ] + (values.isEmpty ? [] : ["--parameter-overrides"] + values), in: folder)
        }

        private func delete(_ stack: Stack) throws {
            _ = try succeeded(
                aws.run("cloudformation", "delete-stack", "--stack-name", stack.name, "--region", stack.region))
            let left = try aws.run(
                "cloudformation", "describe-stacks", "--stack-name", stack.name, "--region", stack.region)
            #expect(left.status != 0 && left.errors.contains("does not exist"), "\(left.text)")
        }

        // MARK: - What is there

        private func succeeded(_ result: Tool.Result) throws -> Tool.Result {
            if result.status != 0 {
                let stacks = try aws.run(
                    "cloudformation", "describe-stacks", "--query", "Stacks[].[StackName,StackStatusReason]")
                try #require(result.status == 0, "\(result.text.suffix(2_000))\n\(stacks.output.suffix(4_000))")
            }
            return result
        }

        private func text(_ service: String, _ operation: String, _ query: String) throws -> String {
            let result = try aws.run(
                service, operation, "--endpoint-name", "fraud-scores", "--query", query, "--output", "text")
            return try succeeded(result).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func capacity(_ name: String) throws -> String {
            let result = try aws.run(
                "application-autoscaling", "describe-scalable-targets", "--service-namespace", "sagemaker", "--query",
                "ScalableTargets[0].\(name)", "--output", "text")
            return try succeeded(result).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func set(_ alarm: String, _ state: String) throws -> Tool.Result {
            try aws.run(
                "cloudwatch", "set-alarm-state", "--alarm-name", alarm, "--state-value", state, "--state-reason", "test"
            )
        }
    }
}
