// Templates that are too long for a request: they wait for their bucket, and lie in it then.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(.enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs moto, on which the double stands"))
struct LongTemplateTests {
    private func source(bytes: Int) -> StackSource {
        let filling = String(repeating: "x", count: bytes)
        return StackSource(
            name: "long", region: "eu-central-1",
            template: """
                Description: a topic
                Metadata: {Filling: \(filling)}
                Resources:
                  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: long}}

                """, types: ["Topic": "AWS::SNS::Topic"])
    }

    @Test func aLongTemplateIsPutIntoTheBucket() async throws {
        try await AWSDouble().withClient { client in
            let planner = ChangeSetPlanner(
                client: client, changeSetName: "plumb-1", parameters: [:],
                bucket: (name: "artifacts", region: "eu-central-1"))
            let waiting = try await planner.plan(source(bytes: 60_000), outputs: [:])
            #expect(waiting.status == .waits && waiting.changeSet == nil)
            _ = try await client.call(
                .s3, "CreateBucket",
                [
                    "Bucket": "artifacts",
                    "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"],
                ])
            let planned = try await planner.plan(source(bytes: 60_000), outputs: [:])
            #expect(planned.status == .planned)
            #expect(planned.changes.map(\.resource) == ["Topic"])
            let error = await #expect(throws: PlumbError.self) {
                _ = try await planner.plan(source(bytes: 2_000_000), outputs: [:])
            }
            #expect(error?.message.contains("CloudFormation takes 1048576") == true)
        }
    }
}
