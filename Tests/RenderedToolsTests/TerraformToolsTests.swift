// A module, through every step of Terraform against the double of AWS.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(
        .enabled(if: Tool.terraform != nil, "Terraform is not on the search path"),
        .enabled(
            if: Tool.hasTerraformProvider, "Terraform finds no AWS provider, neither on a mirror nor in the registry"),
        .enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs moto, which the double of AWS is made of")
    )
    struct TerraformToolsTests {
        private let double: AWSDouble
        private let terraform: Tool

        init() throws {
            double = try AWSDouble()
            var tool = try #require(Tool.terraform)
            tool.environment.merge(double.environment) { $1 }
            // The provider is told where each service is in the module itself.
            tool.environment["AWS_ENDPOINT_URL"] = nil
            terraform = tool
        }

        @Test(arguments: [RenderedSpec.dev, .critical]) func isAppliedAndThenNothingIsLeftToChange(
            spec: RenderedSpec
        ) throws {
            let folder = try spec.folder(.terraform)
            defer {
                // The system clears its temporary folder.
                try? FileManager.default.removeItem(at: folder)
            }
            // As it was rendered.
            try expectSuccess(folder, "fmt", "-check", "-recursive", "-diff")
            try makeReady(folder, hasRecovery: spec.overlay.contains("recovery:"))
            try expectSuccess(folder, "init", "-input=false")
            try expectSuccess(folder, "validate")
            let plan = try expectSuccess(folder, "plan", "-input=false", "-out=plan.bin")
            #expect(!plan.contains("Warning"), "\(plan.suffix(4_000))")
            let json = try expectSuccess(folder, "show", "-json", "plan.bin")
            try expectNothingBroken(json, spec)

            try expectSuccess(folder, "apply", "-input=false", "-parallelism=30", "plan.bin")
            let second = try terraform.run("plan", "-input=false", "-detailed-exitcode", "-no-color", in: folder)
            #expect(second.status == 0 && second.output.contains("No changes"), "\(second.text.suffix(8_000))")
            try expectSuccess(folder, "destroy", "-input=false", "-parallelism=30", "-auto-approve")
        }

        /// Points the providers to the double, and lets go of what production keeps.
        private func makeReady(_ folder: URL, hasRecovery: Bool) throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".tf") {
                let place = folder.appending(path: name)
                let text = try String(contentsOf: place, encoding: .utf8)
                let loose = text.replacing("prevent_destroy = true", with: "prevent_destroy = false")
                    .replacing("deletion_protection_enabled = true", with: "deletion_protection_enabled = false")
                if loose != text { try loose.write(to: place, atomically: true, encoding: .utf8) }
            }
            let variables = try String(contentsOf: folder.appending(path: "variables.tf"), encoding: .utf8)
            let values = RenderedSpec.parameters.map { (key: Self.snakeCase($0.key), value: $0.value) }.filter {
                variables.contains("variable \"\($0.key)\"")
            }
            try values.map { "\($0.key) = \"\($0.value)\"\n" }.joined().write(
                to: folder.appending(path: "terraform.tfvars"), atomically: true, encoding: .utf8)
            let services = [
                "accessanalyzer", "apigateway", "appautoscaling", "backup", "budgets", "ce", "cloudfront", "cloudtrail",
                "cloudwatch", "dynamodb", "ec2", "ecr", "events", "iam", "kms", "lambda", "logs", "route53", "s3",
                "s3control", "sagemaker", "scheduler", "sns", "sts",
            ]
            let shared = """
                  skip_credentials_validation = true
                  skip_metadata_api_check     = true
                  s3_use_path_style           = true
                  endpoints {
                \(services.map { "    \($0) = \"\(double.address)\"" }.joined(separator: "\n"))
                  }
                }

                """
            var text = "provider \"aws\" {\n\(shared)"
            if hasRecovery { text += "\nprovider \"aws\" {\n  alias = \"recovery\"\n\(shared)" }
            try text.write(to: folder.appending(path: "override.tf"), atomically: true, encoding: .utf8)
        }

        private static func snakeCase(_ name: String) -> String {
            name.reduce(into: "") { $0 += ($1.isUppercase && !$0.isEmpty ? "_" : "") + $1.lowercased() }
        }

        @discardableResult
        private func expectSuccess(_ folder: URL, _ arguments: String...) throws -> String {
            let quiet = ["fmt", "show", "init"].contains(arguments[0]) ? [] : ["-no-color"]
            let result = try terraform.run([arguments[0]] + quiet + arguments.dropFirst(), in: folder)
            let name = "terraform \(arguments.joined(separator: " "))"
            try #require(result.status == 0, "\(name): \(result.output.suffix(2_000))\n\(result.errors.suffix(8_000))")
            return result.output
        }

        private func expectNothingBroken(_ json: String, _ spec: RenderedSpec) throws {
            let document = try SourceDocument.read(SourceFile(path: "plan.json", bytes: Array(json.utf8))).get()
            let reading = PlanReader.read(document, environment: spec.environment, asOf: RenderedSpec.today)
            let graph = try #require(reading.graph, "\(reading.diagnostics.map(\.message))")
            #expect(broken(graph).isEmpty, "\(broken(graph).joined(separator: "\n"))")
            try spec.expectSameSpend(graph, "Terraform")
        }
    }
}
