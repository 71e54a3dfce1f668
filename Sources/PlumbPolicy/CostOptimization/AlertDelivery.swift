// Whether money is metered, and whether those who warn of it may use the topic that carries the warning.

import PlumbModel

extension PolicyBook {
    /// The services that warn of money: AWS Budgets and Cost Anomaly Detection.
    private static let warningServices = ["budgets.amazonaws.com", "costalerts.amazonaws.com"]

    /// Cost is metered where something runs, and every topic that carries its alerts lets them through.
    static func askTracking(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        if graph.source == .engine {
            askMeter(graph.costRecord(of: endpoint), on: graph.asOf, &ask)
            return
        }
        guard let budget = graph.budgetMeant(for: endpoint, &ask) else { return }
        ask.relate("the budget \(budget.id)", at: budget.place)
        guard let notifications = ask.need(budget.notifications, "the budget's list of notifications") else { return }
        var asked: Set<String> = []
        for subscriber in notifications.flatMap({ $0.subscribers.value ?? [] }) {
            guard let address = subscriber.value else {
                ask.doubt("a subscriber cannot be told from this input: \(subscriber.whyUnknown ?? "it is empty")")
                continue
            }
            guard asked.insert(address).inserted else { continue }
            if address.contains("@") {
                ask.prove("\(address) is told by e-mail")
            } else if let topic = graph.topic(at: address) {
                askDelivery(to: topic, in: graph, &ask)
            } else {
                ask.doubt("the topic \(address) is not part of this input: its policy and key would decide it")
            }
        }
        let isOpen = notifications.contains { notification in
            notification.subscribers.isUnknown || (notification.subscribers.value ?? []).contains(where: \.isUnknown)
        }
        if asked.isEmpty, !isOpen {
            ask.fail("no notification of the budget has a subscriber", at: budget.place)
        }
        if graph.source == .live { askReconciliation(graph.costRecord(of: endpoint), &ask) }
    }

    /// A meter's record of today or yesterday, with spending and forecast.
    private static func askMeter(_ record: Evidence?, on today: Day, _ ask: inout Inquiry) {
        guard let record, let spent = record.numbers["usd"], let forecast = record.numbers["forecastUSD"] else {
            ask.doubt("the engine shows no meter: a cost record with spending and forecast would decide it")
            return
        }
        if today.days(since: record.day) > 1 {
            ask.fail("the newest cost record is of \(record.day), \(today.days(since: record.day)) days old, wanted 1")
        } else {
            ask.prove("metered: \(MonthlyCost.usd(spent)) USD so far, \(MonthlyCost.usd(forecast)) USD forecast")
        }
    }

    /// Meter and bill agree within 5 % over seven whole days.
    private static func askReconciliation(_ record: Evidence?, _ ask: inout Inquiry) {
        guard let record, let difference = record.numbers["meterDifferencePercent"] else {
            // Without a meter of one's own, Cost Explorer and the budget are what follows the money.
            if let record, let spent = record.numbers["usd"], let limit = record.numbers["limitUSD"] {
                let told = "\(MonthlyCost.usd(spent)) of \(MonthlyCost.usd(limit)) USD spent by \(record.day)"
                return ask.prove("Cost Explorer and the budget answer: \(told)")
            }
            ask.doubt("spending by tag against the budget: ce:GetCostAndUsage would decide it")
            return
        }
        let days = Int(bounded: record.numbers["days"] ?? 0)
        if abs(difference) > 5 {
            ask.fail("meter and bill differ by \(difference) % over \(days) days, wanted at most 5 %")
        } else if days < 7 {
            ask.doubt("meter and bill agree over \(days) days; 7 full days would decide it")
        } else {
            ask.prove("meter and bill differ by \(difference) % over \(days) days")
        }
    }

    /// The topic's policy and its key let both services through.
    private static func askDelivery(to topic: Topic, in graph: Graph, _ ask: inout Inquiry) {
        ask.relate("the topic \(topic.id)", at: topic.place)
        if let policy = ask.need(topic.policy, "the policy of the topic \(topic.id)") {
            for service in warningServices {
                if policy.lets(service, do: "sns:publish") {
                    ask.prove("\(service) may publish to \(topic.id)")
                } else {
                    ask.fail("the policy of \(topic.id) does not let \(service) publish", at: topic.policy.place)
                }
            }
        }
        switch topic.key.state {
        case .absent: break
        case .unknown(let why): ask.doubt("the key of \(topic.id) cannot be told: \(why)")
        case .known(let reference): askKey(reference, of: topic, in: graph, &ask)
        }
    }

    private static func askKey(_ reference: Reference, of topic: Topic, in graph: Graph, _ ask: inout Inquiry) {
        if case .external(let name) = reference, name.contains("alias/aws/") {
            ask.fail("\(topic.id) is encrypted with \(name), which no other service may use", at: topic.key.place)
            return
        }
        guard let key = graph.keys[reference] else {
            ask.doubt("the key of \(topic.id) is not part of this input: its policy would decide it")
            return
        }
        if key.isCustomerManaged.value == false {
            ask.fail("\(topic.id) is encrypted with AWS's own key, which no other service may use", at: key.place)
            return
        }
        guard let policy = ask.need(key.policy, "the policy of the key \(key.id)") else { return }
        for service in warningServices {
            for action in ["kms:decrypt", "kms:generatedatakey"] where !policy.lets(service, do: action) {
                ask.fail("the policy of the key \(key.id) does not let \(service) call \(action)", at: key.place)
            }
        }
    }
}

extension Graph {
    /// The topic that an address means: `${Topic.Arn}`, `${Topic}`, or an ARN that ends in its name.
    fileprivate func topic(at address: String) -> Topic? {
        topics.first { topic in
            let name = topic.name.value ?? topic.id
            return ["${\(topic.id).Arn}", "${\(topic.id)}", topic.id].contains(address)
                || address.hasSuffix(":" + name)
        }
    }
}

extension PolicyDocument {
    /// Whether a service is allowed an action and not flatly denied it; conditions on an Allow narrow it to this
    /// account or source, and are taken as met.
    fileprivate func lets(_ service: String, do action: String) -> Bool {
        func speaks(_ statement: PolicyStatement) -> Bool {
            let isAbout = statement.principals.contains { $0.id == "*" || ($0.kind == "Service" && $0.id == service) }
            let isAction = statement.actions.contains { pattern in
                let pattern = pattern.lowercased()
                if pattern == action || pattern == "*" { return true }
                guard let star = pattern.firstIndex(of: "*") else { return false }
                return action.hasPrefix(pattern[..<star])
            }
            return isAbout && isAction
        }
        if statements.contains(where: { $0.effect == .deny && $0.conditions.isEmpty && speaks($0) }) { return false }
        return statements.contains { $0.effect == .allow && speaks($0) }
    }
}
