// News told through AWS: a message to a topic, findings to Security Hub.

import PlumbModel

extension AWSClient {
    /// SNS takes a subject of this many ASCII characters, and a message of this many bytes.
    private static let subjectMax = 99
    private static let messageBytesMax = 256_000

    /// Publishes to a topic, in the region that its ARN names.
    public func publish(_ message: String, subject: String, to topic: String) async throws {
        let parts = topic.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "sns" else {
            throw PlumbError(
                .invalidInput, "'\(topic)' is no ARN of a topic", hint: "arn:aws:sns:REGION:ACCOUNT:NAME")
        }
        let plain = subject.unicodeScalars.map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" }
        _ = try await call(
            .sns, "Publish",
            [
                "TopicArn": .text(topic), "Subject": .text(String(plain.prefix(Self.subjectMax))),
                "Message": .text(Self.cut(message)),
            ], region: String(parts[3]))
    }

    private static func cut(_ message: String) -> String {
        guard message.utf8.count > messageBytesMax else { return message }
        return String(decoding: message.utf8.prefix(messageBytesMax), as: UTF8.self) + "\n… cut off"
    }

    /// Whose findings Security Hub takes from here: the caller's account in the client's region.
    public func securityOwner() async throws -> (partition: String, region: String, account: String) {
        let caller = try await caller()
        let parts = caller.arn.split(separator: ":")
        return (parts.count > 1 ? String(parts[1]) : "aws", try region, caller.account)
    }

    /// Imports findings, at most 100. Answers why each that was not taken was not, by its `Id`.
    public func importFindings(_ findings: [AWSValue]) async throws -> [String: String] {
        let answer = try await call(.securityHub, "BatchImportFindings", ["Findings": .list(findings)])
        let failed = answer["FailedFindings"].items.map { item in
            (item["Id"].text ?? "", "\(item["ErrorCode"].text ?? "?"): \(item["ErrorMessage"].text ?? "")")
        }
        return Dictionary(failed, uniquingKeysWith: { first, _ in first })
    }
}
