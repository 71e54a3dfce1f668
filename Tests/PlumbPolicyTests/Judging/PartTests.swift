// A template without an endpoint is judged by what it holds.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

@Suite struct PartTests {
    private func assess(_ text: String) throws -> Assessment {
        let file = SourceFile(path: "part.yaml", bytes: Array(text.utf8))
        return TemplateJudgingTests.assess([try SourceDocument.read(file).get()])
    }

    @Test func `what a network stack lacks is not held against it, and a public bucket in it is`() throws {
        let network = try assess("Resources: {Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}")
        #expect(TemplateJudgingTests.failures(network).isEmpty)
        #expect(network.diagnostics.contains { $0.message.contains("not what it lacks") })
        let store = try assess("Resources: {Store: {Type: AWS::S3::Bucket}}")
        let failed = Set(TemplateJudgingTests.failures(store).map(\.control))
        #expect(failed.contains("SEC-2.4"))
        #expect(!failed.contains("SEC-3.1"))
    }

    @Test func `an endpoint makes it a deployment, whose missing trail is a fault`() throws {
        let deployment = try assess(
            "Resources: {E: {Type: AWS::SageMaker::Endpoint, Properties: {EndpointConfigName: elsewhere}}}")
        #expect(TemplateJudgingTests.failures(deployment).contains { $0.control == "SEC-3.1" })
    }
}
