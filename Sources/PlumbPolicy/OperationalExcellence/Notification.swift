// Whether an alarm's message gets to a person (OPS-1.6).

import PlumbModel

extension Graph {
    /// Judges every alarm that is meant for people: all but those that only drive autoscaling.
    func judgeNotification() -> [Judgement] {
        let told = alarms.filter { !$0.isForScaling(in: self) }
        if told.isEmpty, !endpoints.isEmpty {
            return endpoints.map { endpoint in
                .about(endpoint) { ask in
                    let message = "there is no alarm, so nobody hears of a fault"
                    if source == .engine { ask.doubt(message + " yet") } else { ask.fail(message) }
                }
            }
        }
        return told.map { alarm in .about(alarm) { askForReceiver(of: alarm, &$0) } }
    }

    private func askForReceiver(of alarm: Alarm, _ ask: inout Inquiry) {
        if source == .engine, alarm.actions.value?.isEmpty != false {
            return ask.doubt("the engine shows no receiver of this alarm: a record of a delivered message would decide")
        }
        let composites = compositesActing(on: alarm)
        if alarm.actions.value?.isEmpty != false, !alarm.actions.isUnknown, !composites.isEmpty {
            return ask.requireOne(of: composites, orFail: "no composite alarm tells anyone", name: \.id) {
                composite, ask in
                ask.requireFlag(composite.isActionsEnabled, "ActionsEnabled", absentAs: true)
                if let suppressor = composite.actionsSuppressor.value {
                    ask.fail("the alarm '\(suppressor)' suppresses its actions", at: composite.actionsSuppressor.place)
                } else if let why = composite.actionsSuppressor.whyUnknown {
                    ask.doubt("whether another alarm suppresses its actions cannot be told: \(why)")
                }
                askForSilence(of: composite.name, &ask)
                askForTopic(among: composite.actions, of: composite.head, &ask)
            }
        }
        ask.requireFlag(alarm.isActionsEnabled, "ActionsEnabled", absentAs: true)
        askForTopic(among: alarm.actions, of: alarm.head, &ask)
        askForSilence(of: alarm.name, &ask)
    }

    /// No rule may keep an alarm of production from acting; elsewhere the nights are meant to be quiet (T-15).
    private func askForSilence(of name: Fact<String>, _ ask: inout Inquiry) {
        guard environment == .production, !alarmMuteRules.isEmpty else { return }
        let muted = joined(MutedAlarms.self)
        if let rule = name.value.flatMap({ muted.rules[$0] }) {
            ask.relate("the mute rule \(rule.id)", at: rule.place)
            let time = rule.expression.value.map { " at \($0)" } ?? ""
            ask.fail("the mute rule \(rule.id) keeps it from acting\(time)", at: rule.place)
        } else if let open = muted.open {
            ask.doubt("whether the mute rule \(open.id) keeps it from acting cannot be told")
        }
    }

    /// Composite alarms whose rule names this alarm.
    private func compositesActing(on alarm: Alarm) -> [CompositeAlarm] {
        guard let name = alarm.name.value else { return [] }
        return compositeAlarms[joined(AlarmJoin.self).compositesByAlarm[name]].filter {
            $0.actions.value?.isEmpty == false
        }
    }

    private func askForTopic(among actions: Fact<[Fact<Reference>]>, of head: ResourceHead, _ ask: inout Inquiry) {
        guard let actions = ask.need(actions, "its list of actions") else { return }
        if actions.count > 5 { ask.fail("it has \(actions.count) actions; CloudWatch takes 5") }
        let found = actions.compactMap(\.value).compactMap { topics[$0] }
        if found.isEmpty {
            let isOpen = actions.contains { action in
                guard case .external(let name)? = action.value else { return action.isUnknown }
                return name.contains(":sns:")
            }
            if isOpen {
                ask.doubt("its topic is not part of this input: its subscriptions and policy would decide")
            } else {
                ask.fail("none of its \(actions.count) actions is a topic that people read")
            }
            return
        }
        ask.requireOne(of: found, orFail: "no topic of this alarm reaches a person", name: \.id) { topic, ask in
            ask.relate("the topic \(topic.id)", at: topic.place)
            askForReach(of: topic, from: head, &ask)
        }
    }

    private func askForReach(of topic: Topic, from head: ResourceHead, _ ask: inout Inquiry) {
        ask.requireFlag(topic.isFIFO, "FIFO, which alarms cannot act on,", is: false, absentAs: false)
        let regions = [topic.head.region, head.region].map { $0.isAbsent ? region : $0 }
        if let own = regions[0].value, let other = regions[1].value, own != other {
            ask.fail("the topic stands in \(own), the alarm in \(other)")
        }
        askForSubscription(of: topic, &ask)
        // Without a policy of its own a topic takes messages from its owner's alarms.
        switch topic.policy.state {
        case .absent: break
        case .unknown(let why): ask.doubt("the topic's policy cannot be told: \(why)")
        case .known(let policy):
            if policy.admits("cloudwatch.amazonaws.com", to: "sns:Publish") {
                ask.prove("its policy lets CloudWatch publish")
            } else {
                ask.fail("the topic's policy does not let cloudwatch.amazonaws.com publish (sns:Publish)")
            }
        }
        askForKey(of: topic, &ask)
    }

    private func askForSubscription(of topic: Topic, _ ask: inout Inquiry) {
        guard let all = ask.need(topic.subscriptions, "the list of the topic's subscriptions") else { return }
        let confirmed = all.filter { $0.isConfirmed.value != false }
        if confirmed.isEmpty {
            return ask.fail(
                all.isEmpty
                    ? "the topic has no subscription" : "none of the topic's \(all.count) subscriptions is confirmed")
        }
        let protocols = confirmed.compactMap(\.protocolName.value)
        let personal: Set<String> = ["email", "email-json", "sms", "https", "http", "application"]
        if source == .live, confirmed.allSatisfy({ $0.isConfirmed.value == nil }) {
            ask.doubt("whether a subscription was confirmed cannot be told")
        } else if protocols.contains(where: personal.contains) {
            ask.prove("\(confirmed.count) subscriptions: \(protocols.joined(separator: ", "))")
        } else {
            ask.doubt("whether a person reads what goes to \(protocols.joined(separator: ", ")) cannot be told")
        }
    }

    private func askForKey(of topic: Topic, _ ask: inout Inquiry) {
        let wanted = "wanted a customer key that lets cloudwatch.amazonaws.com use it"
        switch topic.key.state {
        case .absent: return
        case .unknown(let why): ask.doubt("the topic's key cannot be told: \(why)")
        case .known(.external(let name)):
            if name.contains("alias/aws/") {
                ask.fail("the topic is encrypted with \(name), which CloudWatch cannot use; \(wanted)")
            } else {
                ask.doubt("the policy of the topic's key \(name) is not part of this input")
            }
        case .known(.resource(let id)):
            guard let key = keys[id: id] else { return ask.doubt("the topic's key \(id) is not part of this input") }
            ask.relate("its key \(key.id)", at: key.place)
            ask.requireFlag(key.isCustomerManaged, "that the topic's key is the customer's", absentAs: true)
            guard let policy = ask.need(key.policy, "the policy of the topic's key") else { return }
            for action in ["kms:Decrypt", "kms:GenerateDataKey"]
            where !policy.admits("cloudwatch.amazonaws.com", to: action) {
                ask.fail("the policy of key \(key.id) does not give cloudwatch.amazonaws.com \(action)")
            }
        }
    }
}

/// Alarms by name, each with a rule that mutes it.
private struct MutedAlarms: GraphJoin {
    private(set) var rules: [String: AlarmMuteRule] = [:]
    /// A rule of which it cannot be told what it mutes.
    private(set) var open: AlarmMuteRule?

    init(_ graph: Graph) {
        for rule in graph.alarmMuteRules {
            let names = rule.alarmNames.value ?? []
            for name in names.compactMap(\.value) where rules[name] == nil { rules[name] = rule }
            if rule.alarmNames.isUnknown || names.contains(where: \.isUnknown) { open = open ?? rule }
        }
    }
}

extension PolicyDocument {
    /// Whether a statement lets this service do this, by name or wildcard.
    func admits(_ service: String, to action: String) -> Bool {
        statements.contains { statement in
            statement.effect == .allow && statement.reaches(action)
                && statement.principals.contains { principal in
                    principal.id == "*" || principal.kind.lowercased() == "service" && principal.id == service
                }
        }
    }
}

extension CompositeAlarm {
    /// The alarms its rule names: `ALARM("name")`, `ALARM(name)`.
    var alarmNames: [String] {
        (rule.value ?? "").matches(of: /ALARM\(\s*"?([^")]+?)"?\s*\)/).map { String($0.1) }
    }

    /// Whether any one of those alarms sets it off: the rule has no AND and no NOT.
    var isAnyOf: Bool {
        let words = (rule.value ?? "").uppercased().split(whereSeparator: { !$0.isLetter })
        return !words.contains("AND") && !words.contains("NOT")
    }
}
