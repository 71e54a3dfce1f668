// Templates, as cfn-lint judges them and as the AWS command line deploys them.

import Foundation
import PlumbFormats
import PlumbModel
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs cfn-lint, the AWS command line and moto"))
    struct CloudFormationToolsTests {
        /// Errors, warnings and what it merely notes: nothing is left.
        @Test(arguments: RenderedSpec.all) func theLinterFindsNothing(spec: RenderedSpec) throws {
            let folder = try spec.folder(.cloudformation)
            let files = try spec.files(.cloudformation).map(\.path)
            let recovery = files.filter { $0 == "recovery.yaml" }
            for (region, files) in [("eu-central-1", files.filter { !recovery.contains($0) }), ("eu-west-1", recovery)]
            where !files.isEmpty {
                let result = try Tool.cfnLint.run(
                    ["--include-checks", "I", "--format", "parseable", "--regions", region, "--template"] + files,
                    in: folder)
                #expect(result.status == 0 && result.text.isEmpty, "\(result.text)")
            }
        }

        @Test(arguments: RenderedSpec.all) func noControlFailsOnTheTemplates(spec: RenderedSpec) throws {
            let documents = try spec.files(.cloudformation).filter { $0.path.hasSuffix(".yaml") }.map { file in
                try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
            }
            let reading = TemplateReader.read(documents, environment: spec.environment, asOf: RenderedSpec.today)
            #expect(reading.worlds.count == 1 && !reading.hasErrors, "\(reading.diagnostics.map(\.message))")
            var graph = try #require(reading.worlds.first?.graph)
            // A template does not say which region it is deployed in; its bounds were reckoned with the spec's prices.
            graph.region = .known("us-east-1")
            #expect(broken(graph).isEmpty, "\(broken(graph).joined(separator: "\n"))")
            graph.region = .known(try spec.spec().region)
            try spec.expectSameSpend(graph, "CloudFormation")
        }
    }
}
