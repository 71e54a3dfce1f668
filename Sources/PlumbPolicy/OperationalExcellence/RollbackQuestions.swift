// Which alarms guard an endpoint's deployments, how long they take to notice, and how long it takes to go back.

import PlumbModel
import PlumbSignals

/// The alarms in an endpoint's AutoRollbackConfiguration, as far as they can be found.
struct RollbackList {
    /// Metric alarms, those behind composite alarms that any one of them sets off included.
    var alarms: [Alarm] = []
    /// Why there may be more than could be found; nil when all are known.
    var openBecause: String?
}

extension Graph {
    /// Judges the deployments of every endpoint; a serverless one has none that SageMaker would guard.
    func judgeGuarded(_ ask: (Endpoint, inout Inquiry) -> Void) -> [Judgement] {
        endpoints.map { endpoint in
            guard !isServerless(endpoint) else {
                return Judgement(
                    .notApplicable, endpoint.id, at: endpoint.place,
                    "serverless: SageMaker guards deployments of instances only")
            }
            return .about(endpoint) { ask(endpoint, &$0) }
        }
    }

    /// Whether all of an endpoint's production variants are known to be serverless.
    private func isServerless(_ endpoint: Endpoint) -> Bool {
        let serving = (endpointConfigs[endpoint.config]?.variants.value ?? []).filter { !$0.isShadow }
        return !serving.isEmpty && serving.allSatisfy(\.isServerless)
    }

    func rollbackList(of endpoint: Endpoint) -> RollbackList {
        var list = RollbackList()
        list.openBecause = endpoint.rollbackAlarms.whyUnknown
        let join = joined(AlarmJoin.self)
        for fact in endpoint.rollbackAlarms.value ?? [] {
            guard let name = fact.value else {
                list.openBecause = fact.whyUnknown ?? "a name in the list is empty"
                continue
            }
            let named = join.byName[name].filter { !isElsewhere(alarms[$0].head, than: endpoint.head) }
            let composites = compositeAlarms[join.compositesByName[name]]
            list.alarms += alarms[named]
            for composite in composites {
                if composite.rule.value == nil || !composite.isAnyOf {
                    list.openBecause = "what sets off the composite alarm '\(name)' is not simply any of its alarms"
                } else {
                    list.alarms += alarms[composite.alarmNames.reduce([]) { merged($0, join.byName[$1]) }]
                }
            }
            if named.isEmpty && composites.isEmpty {
                list.openBecause = list.openBecause ?? "'\(name)' is not part of this input"
            }
        }
        return list
    }

    /// The delays that apply to an alarm. A spec with a period that CloudWatch does not take is meant for the embedded
    /// engine.
    func timing(for alarm: Alarm) -> DetectionTiming {
        source == .engine || source == .spec && !alarm.hasCloudWatchPeriod ? .engine : .cloudWatch
    }

    /// How long the alarm takes to notice a fault, in seconds, and the arithmetic in words; A-1 of the catalogue.
    func detection(by alarm: Alarm, _ ask: inout Inquiry) -> (seconds: Int, arithmetic: String)? {
        guard let period = ask.need(alarm.effectivePeriodSeconds, "the period of \(alarm.id)"),
            let periods = ask.need(alarm.evaluationPeriods, "the evaluation periods of \(alarm.id)")
        else { return nil }
        if let why = alarm.datapointsToAlarm.whyUnknown {
            ask.doubt("the data points that \(alarm.id) needs cannot be told: \(why)")
            return nil
        }
        let needed = alarm.datapointsToAlarm.value ?? periods
        let timing = timing(for: alarm)
        let seconds = timing.detectionSeconds(periodSeconds: period, datapointsToAlarm: needed)
        let lag = timing.lagSeconds(periodSeconds: period) - timing.deliverySeconds
        return (seconds, "\(period) + \(needed) x \(period) + \(timing.deliverySeconds) + \(lag)")
    }

    /// The endpoint's alarms on errors, latency and health that guard its deployments: those listed, or, where none is,
    /// those that could be.
    func deploymentAlarms(of endpoint: Endpoint) -> [Alarm] {
        guard let name = endpoint.name.value else { return [] }
        func isGuard(_ alarm: Alarm) -> Bool {
            !purposes(of: alarm, for: name).isDisjoint(with: AlarmClass.deployment)
        }
        let listed = rollbackList(of: endpoint).alarms.filter(isGuard)
        guard listed.isEmpty else { return listed }
        return alarms[joined(AlarmJoin.self).watching(name)].filter { alarm in
            isGuard(alarm) && alarm.metrics.contains { $0.dimension("EndpointName") == name }
        }
    }

    /// The smallest number of instances a variant of the endpoint is deployed with; nil, with the reason told, when it
    /// is not known.
    func instanceCount(of endpoint: Endpoint, _ ask: inout Inquiry) -> Int? {
        let variants = variants(of: endpoint, &ask).filter { !$0.isServerless }
        var counts: [Int] = []
        for variant in variants {
            guard let count = ask.need(variant.initialInstanceCount, "a variant's instance count") else { return nil }
            counts.append(count)
        }
        return counts.min()
    }

    /// Seconds to make an instance and load the model, until it was measured: longer with a GPU.
    func provisioningSeconds(of endpoint: Endpoint) -> Int {
        let variants = endpointConfigs[endpoint.config]?.variants.value ?? []
        let hasGPU = variants.contains { variant in
            let family = variant.instanceType.value?.split(separator: ".").dropFirst().first ?? ""
            return family.hasPrefix("g") || family.hasPrefix("p")
        }
        return hasGPU ? 900 : DetectionTiming.cloudWatch.provisioningSeconds
    }

    /// The newest practised rollback that is younger than 90 days.
    func freshRollbackDrill(of endpoint: Endpoint) -> RollbackDrill? {
        guard let drill = declaration(of: endpoint)?.rollbackDrill.value else { return nil }
        return (0..<90).contains(asOf.days(since: drill.day)) ? drill : nil
    }

    /// Whether an ALARM of this alarm starts something after the deployment is over: its own action, or a rule.
    func askForAutomation(of alarm: Alarm, _ ask: inout Inquiry) {
        let own = (alarm.actions.value ?? []).compactMap(\.value).first { reference in
            guard case .external(let name) = reference else { return functions[reference] != nil }
            return [":lambda:", ":ssm:", ":states:"].contains { name.contains($0) }
        }
        if let own {
            ask.prove("\(alarm.id) starts an automation itself")
            return askForPermission(of: own, for: "lambda.alarms.cloudwatch.amazonaws.com", &ask)
        }
        let rules = eventRules[joined(AlarmRules.self).near(alarm)]
        ask.requireOne(
            of: rules,
            orFail: "after the deployment nothing answers \(alarm.id): no action and no rule starts anything",
            name: \.id
        ) { rule, ask in
            ask.relate("the rule \(rule.id)", at: rule.place)
            ask.requireFlag(rule.isEnabled, "that it is enabled", absentAs: true)
            if let why = rule.detailTypes.whyUnknown ?? rule.names.whyUnknown {
                ask.doubt("its pattern cannot be told: \(why)")
            }
            let names = rule.names.value ?? []
            let isNamed = names.isEmpty || names.contains { $0.value != nil && $0.value == alarm.name.value }
            if !isNamed {
                if names.contains(where: \.isUnknown) || alarm.name.value == nil {
                    ask.doubt("whether its pattern names \(alarm.id) cannot be told")
                } else {
                    ask.fail("its pattern does not name \(alarm.id)")
                }
            }
            guard let targets = ask.need(rule.targets, "its list of targets") else { return }
            ask.requireOne(of: targets, orFail: "it starts nothing", name: Self.named) { target, ask in
                guard let target = ask.need(target, "what it starts") else { return }
                askForStart(of: target, &ask)
            }
        }
    }

    private static func named(_ target: Fact<Reference>) -> String {
        switch target.value {
        case .resource(let id)?: id
        case .external(let name)?: name
        case nil: "a target"
        }
    }

    /// A message to people, a queue or a log is no automation.
    private func askForStart(of target: Reference, _ ask: inout Inquiry) {
        let isTold =
            if case .external(let name) = target {
                [":sns:", ":sqs:", ":logs:"].contains { name.contains($0) }
            } else {
                topics[target] != nil || logGroups[target] != nil
            }
        if isTold { return ask.fail("it tells, and starts nothing") }
        ask.prove("the rule starts it")
        askForPermission(of: target, for: "events.amazonaws.com", &ask)
    }

    /// A function that does not let a service call it is not called, and nobody hears of it.
    private func askForPermission(of target: Reference, for service: String, _ ask: inout Inquiry) {
        guard let function = functions[target], !function.invokers.isAbsent else { return }
        ask.relate("the function \(function.id)", at: function.place)
        guard let invokers = ask.need(function.invokers, "who may call \(function.id)") else { return }
        if invokers.contains(where: { $0.value == service || $0.value == "*" }) { return }
        if let open = invokers.first(where: \.isUnknown) {
            return ask.doubt("whether \(service) may call \(function.id) cannot be told: \(open.whyUnknown ?? "")")
        }
        ask.fail("\(function.id) lets no \(service) call it: it needs a permission (lambda:InvokeFunction)")
    }

    /// Every deployment class must be listed for rollback and answered after it (OPS-1.8).
    func askForResponse(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let list = rollbackList(of: endpoint)
        let listed = Set(list.alarms.map(\.id))
        for variant in watchedVariants(of: endpoint, &ask) {
            for purpose in AlarmClass.deployment {
                let candidates = variant.alarms.filter {
                    purposes(of: $0, for: variant.identity.endpoint).contains(purpose)
                }
                let isOpen =
                    source == .engine || variant.alarms.contains(where: \.isUnreadable)
                    || purpose == .health && variant.mayBeProbed
                if candidates.isEmpty, isOpen {
                    ask.doubt("whether there is a \(purpose.title) alarm cannot be told")
                    continue
                }
                ask.requireOne(
                    of: candidates, orFail: "no \(purpose.title) alarm of '\(variant.identity.variant)' is answered",
                    name: \.id
                ) { alarm, ask in
                    ask.relate("the alarm \(alarm.id)", at: alarm.place)
                    if listed.contains(alarm.id) {
                        ask.prove("listed in AutoRollbackConfiguration")
                    } else if isServerless(endpoint) {
                        ask.prove("no deployment of a serverless endpoint is guarded")
                    } else if let why = list.openBecause {
                        ask.doubt("whether it is listed in AutoRollbackConfiguration cannot be told: \(why)")
                    } else {
                        ask.fail("not listed in AutoRollbackConfiguration")
                    }
                    if source != .engine { askForAutomation(of: alarm, &ask) }
                }
            }
        }
        guard source == .engine else { return }
        let rollouts = evidence(.rollout, for: endpoint.name.value ?? "")
        if rollouts.contains(where: { $0.texts["outcome"] == "rolledBack" }) {
            ask.prove("the engine has rolled back by itself")
        } else {
            ask.doubt("the engine has no record of a rollback it made by itself: a drill would decide")
        }
    }
}
