// Who is told: SNS topics that others point to, with who listens and who may publish.

import PlumbModel

extension Concern {
    /// Each element of a topic's `Subscription` has, beside `Protocol` and `Endpoint`, `LiveConfirmed`: false where the
    /// receiver has not agreed yet, so that nothing reaches it. Its policy is a resource of its own, as in a template.
    static let topics = Concern(
        name: "topics", reads: [Read(.sns, "GetTopicAttributes"), Read(.sns, "ListSubscriptionsByTopic")],
        types: ["AWS::SNS::Topic"],
        look: { survey, _, topics in
            try await survey.inParallel(topics) { try await survey.lookAtTopic($0) }
        })
}

extension Survey {
    fileprivate func lookAtTopic(_ arn: String) async throws {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6 else { return }
        let region = parts[3]
        let input: AWSValue = ["TopicArn": .text(arn)]
        async let attributes = answer(
            .sns, "GetTopicAttributes", input, region: region, absentCodes: ["NotFound", "NotFoundException"])
        async let subscriptions = items(
            .sns, "ListSubscriptionsByTopic", input, in: "Subscriptions", region: region,
            absentCodes: ["NotFound", "NotFoundException"])
        var topic = AccountResource("AWS::SNS::Topic", name: parts[5], arn: arn, region: region)
        topic.properties["TopicName"] = .text(parts[5])
        switch try await attributes {
        case .absent:
            _ = try await subscriptions
            return
        case .unseen(let why):
            for name in ["KmsMasterKeyId", "FifoTopic"] { topic.properties[name] = .unseen(why) }
            note(policy: .unseen(why), of: arn, region)
        case .seen(let told):
            let told = told["Attributes"].entries
            topic.properties["KmsMasterKeyId"] = AccountValue(told["KmsMasterKeyId"] ?? .null)
            topic.properties["FifoTopic"] = AccountValue(told["FifoTopic"] ?? .null)
            if let policy = told["Policy"] { note(policy: AccountValue(policy), of: arn, region) }
        }
        switch try await subscriptions {
        case .absent: break
        case .unseen(let why): topic.properties["Subscription"] = .unseen(why)
        case .seen(let found):
            topic.properties["Subscription"] = .list(
                found.map { subscription in
                    // AWS writes "PendingConfirmation" or "Deleted" where an ARN would stand.
                    let isConfirmed = subscription["SubscriptionArn"].text?.hasPrefix("arn:") ?? false
                    var told = AccountValue(subscription, only: "Protocol", "Endpoint")
                    told["LiveConfirmed"] = .bool(isConfirmed)
                    return told
                })
        }
        notebook.note(topic)
    }

    private func note(policy: AccountValue, of topic: String, _ region: String) {
        notebook.note(
            AccountResource(
                "AWS::SNS::TopicPolicy", name: topic, region: region, tags: [:],
                properties: ["Topics": [.text(topic)], "PolicyDocument": policy]))
    }
}

extension AWSValue {
    /// A map as the Query protocol writes it: entries of a key and a value.
    fileprivate var entries: [String: AWSValue] {
        let pairs = self["entry"].items.map { ($0["key"].text ?? "", $0["value"]) }
        return Dictionary(pairs) { _, last in last }.filter { $0.value != "" }
    }
}
