// The topic through which alarms, budgets and deployments reach people.

import PlumbModel

extension Architecture {
    static func addNotification(to graph: inout Graph, _ plan: Blueprint) {
        graph.topics.append(
            plan.make("AlarmTopic", named: "alarms", from: "alarms.notify") { topic in
                // AWS's own key would look encrypted and silently stop every alarm action.
                topic.key = reference("AuditKey")
                topic.subscriptions = .known(
                    plan.spec.alarms.notify.map { subscription(to: $0, plan) }, at: plan.spec.place(of: "alarms.notify")
                )
                topic.policy = .known(topicPolicy)
            })
        graph.eventRules.append(
            plan.make("EndpointStateRule", named: "endpoint-state", from: "alarms.notify") { rule in
                rule.isEnabled = true
                rule.detailTypes = .known([
                    "SageMaker Endpoint State Change", "SageMaker Endpoint Deployment State Change",
                ])
                rule.names = .known([plan.said(plan.spec.name, "name")])
                rule.targets = references(["AlarmTopic"])
            })
    }

    private static func subscription(to address: String, _ plan: Blueprint) -> Subscription {
        var subscription = Subscription()
        subscription.protocolName = .known(address.hasPrefix("https://") ? "https" : "email")
        subscription.endpoint = plan.said(address, "alarms.notify")
        return subscription
    }

    private static var topicPolicy: PolicyDocument {
        let publishers = ["cloudwatch", "budgets", "costalerts", "events"].map { PolicyPrincipal.service($0) }
        return PolicyDocument([
            .allow(
                "PublishFromThisAccount", ["sns:Publish"], on: ["${AlarmTopic.Arn}"], to: publishers,
                when: [.fromThisAccount]),
            .deny(
                "OnlyOverTLS", ["sns:Publish"], on: ["${AlarmTopic.Arn}"], to: [.anyone], when: [.insecureTransport]),
        ])
    }
}
