// A queue of SQS: messages are received, and deleted when what they ask for is done.

public import PlumbModel

/// Messages that were received and not yet deleted.
public struct QueueDelivery: Sendable {
    public let event: AccountEvent
    let receipt: String
}

/// One queue.
public struct EventQueue: Sendable {
    private let client: AWSClient
    private let address: String
    private let region: String?
    /// Messages of one call: SQS's own limit.
    static let batchMax = 10
    /// Whoever has not deleted a message after this gets it again.
    static let visibilitySeconds = 900

    /// Throws `invalidInput` where the address is no queue's.
    public init(_ address: String, client: AWSClient) throws(PlumbError) {
        let parts = address.split(separator: "/", omittingEmptySubsequences: true)
        guard address.hasPrefix("https://") || address.hasPrefix("http://"), parts.count >= 4 else {
            throw PlumbError(
                .invalidInput, "'\(address)' is no address of a queue",
                hint: "aws sqs get-queue-url --queue-name NAME prints it: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"
            )
        }
        let host = parts[1].split(separator: ".")
        self.client = client
        self.address = address
        region = host.count > 3 && host[0] == "sqs" ? String(host[1]) : nil
    }

    /// The next messages; waits up to `seconds` (SQS allows 20) for the first of them.
    public func receive(waitingSeconds seconds: Int) async throws -> [QueueDelivery] {
        let answer = try await client.call(
            .sqs, "ReceiveMessage",
            [
                "QueueUrl": .text(address), "MaxNumberOfMessages": .number(Double(Self.batchMax)),
                "WaitTimeSeconds": .number(Double(seconds)),
                "VisibilityTimeout": .number(Double(Self.visibilitySeconds)),
            ], region: region)
        return answer["Messages"].items.compactMap { message in
            message["ReceiptHandle"].text.map {
                QueueDelivery(event: AccountEvent(message["Body"].text ?? ""), receipt: $0)
            }
        }
    }

    /// Deletes messages; answers how many SQS did not delete: they come again.
    public func delete(_ deliveries: [QueueDelivery]) async throws -> Int {
        var failed = 0
        var rest = deliveries[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batchMax)
            rest = rest.dropFirst(Self.batchMax)
            let entries = batch.enumerated().map { index, delivery -> AWSValue in
                ["Id": .text("\(index)"), "ReceiptHandle": .text(delivery.receipt)]
            }
            let answer = try await client.call(
                .sqs, "DeleteMessageBatch", ["QueueUrl": .text(address), "Entries": .list(entries)], region: region)
            failed += answer["Failed"].items.count
        }
        return failed
    }
}
