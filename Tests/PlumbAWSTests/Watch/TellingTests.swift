// A queue, a topic and Security Hub, as moto plays them.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

extension MotoTests {
    @Test func messagesStayInTheQueueUntilTheyAreDeleted() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                let address = try #require(
                    try await client.call(.sqs, "CreateQueue", ["QueueName": "events"])["QueueUrl"].text)
                let queue = try EventQueue(address, client: client)
                for number in 0..<12 {
                    _ = try await client.call(
                        .sqs, "SendMessage",
                        [
                            "QueueUrl": .text(address),
                            "MessageBody": .text(number == 0 ? "poison" : #"{"detail-type":"Change \#(number)"}"#),
                        ])
                }
                var received: [QueueDelivery] = []
                while received.count < 12 { received += try await queue.receive(waitingSeconds: 1) }
                #expect(received.count { $0.event == .unreadable } == 1)
                #expect(Set(received.map(\.event)).count == 12)
                #expect(try await queue.receive(waitingSeconds: 0).isEmpty)
                #expect(try await Self.left(in: address, client) == "12")
                #expect(try await queue.delete(received) == 0)
                #expect(try await Self.left(in: address, client) == "0")
            }
        }
    }

    /// Messages that were received and not deleted.
    private static func left(in address: String, _ client: AWSClient) async throws -> String? {
        let answer = try await client.call(
            .sqs, "GetQueueAttributes", ["QueueUrl": .text(address), "AttributeNames": ["All"]])
        return answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"].text
    }

    @Test func newsArePublishedToATopicOfAnotherRegion() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                let region = "eu-west-3"
                let topic = try #require(
                    try await client.call(.sns, "CreateTopic", ["Name": "news"], region: region)["TopicArn"].text)
                let queue = try #require(
                    try await client.call(.sqs, "CreateQueue", ["QueueName": "seen"], region: region)["QueueUrl"].text)
                _ = try await client.call(
                    .sns, "Subscribe",
                    [
                        "TopicArn": .text(topic), "Protocol": "sqs",
                        "Endpoint": "arn:aws:sqs:eu-west-3:123456789012:seen",
                    ], region: region)
                let subject = "digits → worse\n" + String(repeating: "s", count: 200)
                try await client.publish("the news — ü", subject: subject, to: topic)
                let answer = try await client.call(
                    .sqs, "ReceiveMessage", ["QueueUrl": .text(queue), "WaitTimeSeconds": 1], region: region)
                let body = try #require(answer["Messages"].items.first?["Body"].text)
                let told = try #require(
                    try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
                #expect(told["Message"] as? String == "the news — ü")
                let shown = try #require(told["Subject"] as? String)
                #expect(shown.hasPrefix("digits ? worse?ss") && shown.utf8.count == 99)
                await #expect(throws: PlumbError.self) {
                    try await client.publish("m", subject: "s", to: "arn:aws:sqs:eu-west-3:123456789012:seen")
                }
            }
        }
    }

    @Test func findingsThatSecurityHubDoesNotTakeAreNamed() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                let owner = try await client.securityOwner()
                #expect(owner.partition == "aws" && owner.region == "eu-central-1" && owner.account == "123456789012")
                func finding(_ id: String, on resources: AWSValue) -> AWSValue {
                    [
                        "SchemaVersion": "2018-10-08", "Id": .text(id), "GeneratorId": "g",
                        "AwsAccountId": "123456789012",
                        "ProductArn": "arn:aws:securityhub:eu-central-1:123456789012:product/123456789012/default",
                        "Types": ["Software and Configuration Checks"], "CreatedAt": "2026-11-24T00:00:00Z",
                        "UpdatedAt": "2026-11-24T00:00:00Z", "Severity": ["Label": "HIGH"], "Title": "t",
                        "Description": "d",
                        "Resources": resources,
                    ]
                }
                let refused = try await client.importFindings([
                    finding("good", on: [["Type": "Other", "Id": "r"]]), finding("bad", on: []),
                ])
                #expect(refused.keys.sorted() == ["bad"])
            }
        }
    }

    @Test func whatIsNoQueueIsRefused() async throws {
        try await Self.client("http://127.0.0.1:9") { client in
            for address in ["events", "arn:aws:sqs:eu-west-1:123456789012:q", "https://sqs.eu-west-1.amazonaws.com"] {
                #expect(throws: PlumbError.self) { try EventQueue(address, client: client) }
            }
            _ = try EventQueue("https://sqs.eu-west-1.amazonaws.com/123456789012/q", client: client)
        }
    }
}
