// Topics with their subscriptions and policies, inline or as resources of their own.

import PlumbModel

/// Reads SNS topics, and joins to each who listens and who may publish.
enum TopicMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let parts = TopicParts(inventory, tongue)
        for resource in tongue.resources("AWS::SNS::Topic", "aws_sns_topic", in: inventory) {
            let source = Bilingual(resource, tongue)
            var topic = Topic(head: resource.head)
            topic.key = inventory.keyReference(source["KmsMasterKeyId", "kms_master_key_id"].property)
            topic.isFIFO = source["FifoTopic", "fifo_topic"].bool
            topic.subscriptions = parts.subscriptions(of: resource, source)
            topic.policy = parts.policy(of: resource, source, inventory)
            graph.topics.append(topic)
        }
    }
}

/// Subscriptions and policies that stand beside their topics, by topic.
private struct TopicParts {
    private var subscriptions: [String: [Subscription]] = [:]
    private var policies: [String: Fact<PolicyDocument>] = [:]
    /// Why there may be more of either; nil when every one was placed.
    private var openSubscription: String?
    private var openPolicy: String?

    init(_ inventory: Inventory, _ tongue: Tongue) {
        for resource in tongue.resources("AWS::SNS::Subscription", "aws_sns_topic_subscription", in: inventory) {
            let source = Bilingual(resource, tongue)
            let reference = inventory.directory.reference(
                source["TopicArn", "topic_arn"].property, to: "AWS::SNS::Topic")
            if case .resource(let id)? = reference.value {
                subscriptions[id, default: []].append(TopicParts.subscription(source))
            } else if let why = reference.whyUnknown {
                openSubscription = "which topic \(resource.id) belongs to cannot be told: \(why)"
            }
        }
        for type in ["AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"] {
            for resource in tongue.resources(
                type, type.hasSuffix("TopicPolicy") ? "aws_sns_topic_policy" : "", in: inventory)
            {
                let source = Bilingual(resource, tongue)
                let named = source[type.hasSuffix("TopicPolicy") ? "Topics" : "TopicArn", "arn"].property
                let document = PolicyDocument.read(
                    source["PolicyDocument", "policy"].property, inventory.directory)
                let topics = inventory.directory.references(named, to: "AWS::SNS::Topic")
                for reference in topics.value ?? [] {
                    if case .resource(let id)? = reference.value { policies[id] = document }
                }
                let why = topics.whyUnknown ?? topics.value?.lazy.compactMap(\.whyUnknown).first
                if let why { openPolicy = "which topic \(resource.id) belongs to cannot be told: \(why)" }
            }
        }
    }

    private static func subscription(_ source: Bilingual) -> Subscription {
        var subscription = Subscription()
        subscription.protocolName = source["Protocol", "protocol"].string
        subscription.endpoint = source["Endpoint", "endpoint"].name
        // Only an account shows it.
        subscription.isConfirmed = source["LiveConfirmed", ""].bool
        return subscription
    }

    func subscriptions(of topic: SourceResource, _ source: Bilingual) -> Fact<[Subscription]> {
        let place = topic.head.place
        let inline = source.tongue == .template ? source["Subscription", ""].list(TopicParts.subscription) : .absent
        let all = (inline.value ?? []) + (subscriptions[topic.id] ?? [])
        if all.isEmpty, let why = inline.whyUnknown ?? openSubscription { return .unknown(why, at: place) }
        return .known(all, at: place)
    }

    func policy(of topic: SourceResource, _ source: Bilingual, _ inventory: Inventory) -> Fact<PolicyDocument> {
        if let policy = policies[topic.id] { return policy }
        if source.tongue == .plan {
            let own = source["", "policy"].orNothing
            if own.isPresent || own.whyUnknown != nil { return PolicyDocument.read(own.property, inventory.directory) }
        }
        return openPolicy.map { .unknown($0, at: topic.head.place) } ?? .absent(at: topic.head.place)
    }
}
