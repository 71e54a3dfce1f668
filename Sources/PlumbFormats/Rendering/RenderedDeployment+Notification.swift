// The topic that people hear from, who subscribes to it, and the events of the endpoint that reach it.

import PlumbModel

extension RenderedDeployment {
    func notification() -> [RenderedResource] {
        graph.topics.flatMap { topic in
            [self.topic(topic), policy(of: topic)].compactMap { $0 } + subscriptions(of: topic)
        }
            + graph.eventRules.filter(isForPeople).flatMap(rendered)
    }

    private func topic(_ topic: Topic) -> RenderedResource {
        RenderedResource(
            topic, "AWS::SNS::Topic", "aws_sns_topic", in: .notification,
            note: "Carries alarms, budgets and deployments to people; AWS's own key would silence every alarm.",
            for: ["OPS-1.6", "COST-3.4"]
        ) { fields in
            fields.put("TopicName", "name", topic.name)
            fields.put("KmsMasterKeyId", "kms_master_key_id", .link(topic.key, "Arn", "arn"), for: "OPS-1.6", "SEC-1.8")
            fields.put("Tags", "tags", topic.head.tags.value.map { .tags($0) }, for: "COST-1.2", "COST-3.2")
        }
    }

    private func policy(of topic: Topic) -> RenderedResource? {
        guard let document = topic.policy.value else { return nil }
        return RenderedResource(
            "\(topic.id)Policy", "AWS::SNS::TopicPolicy", "aws_sns_topic_policy", in: .notification,
            note: "Only these services of this account publish, and only over TLS."
        ) { fields in
            fields.put("Topics", nil, .list([.link(topic.id, template: nil, plan: "arn")]))
            fields.put(nil, "arn", .link(topic.id, template: nil, plan: "arn"))
            fields.put("PolicyDocument", "policy", .policy(document), for: "OPS-1.6", "COST-3.4", "SEC-1.2", "SEC-2.4")
        }
    }

    /// A single address is asked of whoever deploys; several stand as the spec has them.
    private func subscriptions(of topic: Topic) -> [RenderedResource] {
        let all = topic.subscriptions.value ?? []
        return all.enumerated().map { index, subscription in
            RenderedResource(
                all.count == 1 ? "\(topic.id)Subscription" : "\(topic.id)Subscription\(index + 1)",
                "AWS::SNS::Subscription", "aws_sns_topic_subscription", in: .notification,
                note: "A person or a hook that hears of it; an e-mail address must be confirmed by a click."
            ) { fields in
                fields.put("TopicArn", "topic_arn", .link(topic.id, template: nil, plan: "arn"))
                fields.put("Protocol", "protocol", subscription.protocolName)
                let address = subscription.endpoint.value.map { address in
                    all.count == 1 ? RenderedValue.parameter(asked(address)) : .text(address)
                }
                fields.put("Endpoint", "endpoint", address, for: "OPS-1.6")
            }
        }
    }

    private func asked(_ address: String) -> RenderedParameter {
        let isHook = address.hasPrefix("https://")
        return .text(
            "NotificationAddress", address, matching: isHook ? "^https://.+$" : "^[^@ ]+@[^@ ]+$",
            hint: isHook ? "An https address." : "An e-mail address.", "Who hears of alarms, budgets and deployments.")
    }
}

// MARK: - Event rules

extension RenderedDeployment {
    /// Whether a rule tells people; all others start functions.
    func isForPeople(_ rule: EventRule) -> Bool {
        (rule.targets.value ?? []).contains { target in
            target.value.map { graph.topics[$0] != nil } ?? false
        }
    }

    /// A rule, and in Terraform its targets, which are resources of their own there.
    func rendered(_ rule: EventRule) -> [RenderedResource] {
        let about = RuleText.of(rule.id)
        let concern: Concern = isForPeople(rule) ? .notification : .automation
        let targets = (rule.targets.value ?? []).compactMap(\.value)
        var resource = RenderedResource(
            rule, "AWS::Events::Rule", "aws_cloudwatch_event_rule", in: concern, note: about.note, for: about.controls
        ) { fields in
            fields.put("Name", "name", rule.name)
            fields.put("State", "state", rule.isEnabled.value.map { .text($0 ? "ENABLED" : "DISABLED") })
            fields.put("ScheduleExpression", "schedule_expression", rule.scheduleExpression)
            if let pattern = pattern(of: rule) { fields.put("EventPattern", "event_pattern", .document(pattern)) }
            let list = targets.enumerated().map { index, target in
                RenderedFields {
                    $0.put("Arn", nil, .link(target, has(topic: target) ? nil : "Arn"))
                    $0.put("Id", nil, .text("target-\(index + 1)"))
                }.list
            }
            fields.put("Targets", nil, .blocks(list))
            fields.put("Tags", "tags", rule.head.tags.value.map { .tags($0) })
        }
        // Before they are there, it would make them in the stack's place.
        if rule.id == "WorkingHoursRule" {
            let isTold = { (policy: ScalingPolicy) in policy.kind.value == .step || policy.metric.isKnown }
            resource.dependsOn = graph.scalingPolicies.filter(isTold).map(\.id)
        }
        let own = targets.enumerated().map { index, target in
            RenderedResource(
                targets.count == 1 ? "\(rule.id)Target" : "\(rule.id)Target\(index + 1)", nil,
                "aws_cloudwatch_event_target", in: concern
            ) { fields in
                fields.put(nil, "rule", .link(rule.id, template: nil, plan: "name"))
                fields.put(nil, "arn", .link(target, nil, "arn"))
            }
        }
        return [resource] + own
    }

    private func has(topic reference: Reference) -> Bool { graph.topics[reference] != nil }

    /// What an event must be like: alarms by their names and new state, endpoints by their names.
    private func pattern(of rule: EventRule) -> RenderedValue? {
        guard let kinds = rule.detailTypes.value else { return nil }
        let isAboutAlarms = kinds.contains("CloudWatch Alarm State Change")
        let names = RenderedValue.texts((rule.names.value ?? []).compactMap(\.value))
        var detail = [RenderedPair(isAboutAlarms ? "alarmName" : "EndpointName", names)]
        if isAboutAlarms {
            detail.append(RenderedPair("state", .pairs([RenderedPair("value", .texts(["ALARM"]))])))
        }
        return .pairs([
            RenderedPair("source", .texts([isAboutAlarms ? "aws.cloudwatch" : "aws.sagemaker"])),
            RenderedPair("detail-type", .texts(kinds)), RenderedPair("detail", .pairs(detail)),
        ])
    }
}

/// What a reader is told about a rule, and the controls that ask for it.
private struct RuleText {
    var note: String
    var controls: [String]

    static func of(_ id: String) -> RuleText { table[id] ?? RuleText(note: id, controls: []) }

    private static let table = [
        "EndpointStateRule": RuleText(
            note: "Tells when the endpoint changes its state, or a deployment of it does.",
            controls: ["OPS-1.4", "OPS-1.6"]),
        "ProbeRule": RuleText(note: "Asks the endpoint every minute.", controls: ["OPS-1.4"]),
        "LateRollbackRule": RuleText(
            note: "Brings the previous revision back when an alarm fires after the deployment has ended.",
            controls: ["OPS-1.8", "OPS-2.10"]),
        "LogArchiveRule": RuleText(
            note: "Ten minutes past every hour, the last hour's logs are kept.", controls: ["SEC-3.6"]),
        "DriftRule": RuleText(
            note: "Twenty minutes past every hour, when the last hour's captures have arrived.",
            controls: ["OPS-2.3"]),
        "QualityRule": RuleText(note: "Forty minutes past every hour.", controls: ["OPS-2.3"]),
        "WorkingHoursRule": RuleText(
            note: "Asks every ten minutes whether autoscaling came back with the endpoint.",
            controls: ["COST-2.3", "REL-2.1"]),
    ]
}
