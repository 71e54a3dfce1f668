// The arithmetic of a guarded deployment: bakes, recovery, sizes, timeouts and dilution.

import PlumbModel
import PlumbSignals

extension Graph {
    /// The endpoint's blue/green policy; nil, with nothing said, when it deploys otherwise or not at all.
    private func blueGreen(of endpoint: Endpoint) -> BlueGreenPolicy? { endpoint.blueGreen.value }

    /// Says what is missing when an endpoint has neither policy.
    private func tellMissingPolicy(of endpoint: Endpoint, _ ask: inout Inquiry) {
        if let why = endpoint.blueGreen.whyUnknown ?? endpoint.rolling.whyUnknown {
            ask.doubt("its deployment policy cannot be told: \(why)")
        } else if source == .engine {
            ask.doubt("the engine does not show how this endpoint is deployed")
        } else {
            ask.fail("it has no deployment policy: SageMaker then shifts all traffic at once, without a bake")
        }
    }

    // MARK: OPS-2.4

    func askForBake(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let guards = deploymentAlarms(of: endpoint)
        if guards.isEmpty {
            let why = rollbackList(of: endpoint).openBecause ?? endpoint.name.whyUnknown
            if let why { return ask.doubt("which alarms guard the deployment cannot be told: \(why)") }
            if source == .engine { return ask.doubt("the engine shows no alarm that guards the deployment yet") }
            return ask.fail("no alarm on errors, latency or health watches the deployment: it can never notice")
        }
        var waits: [(name: String, seconds: Fact<Int>, absent: Int?)] = []
        if let policy = blueGreen(of: endpoint) {
            guard let routing = ask.need(policy.routing, "TrafficRoutingConfiguration.Type") else { return }
            if routing != .allAtOnce { waits.append(("WaitIntervalInSeconds", policy.waitIntervalSeconds, nil)) }
            waits.append(("TerminationWaitInSeconds", policy.terminationWaitSeconds, 0))
        } else if let policy = endpoint.rolling.value {
            waits.append(("WaitIntervalInSeconds", policy.waitIntervalSeconds, nil))
        } else {
            return tellMissingPolicy(of: endpoint, &ask)
        }
        for alarm in guards {
            guard let (seconds, arithmetic) = detection(by: alarm, &ask) else { continue }
            ask.relate("\(alarm.id) detects within \(seconds) s = \(arithmetic)", at: alarm.place)
            for wait in waits {
                let told = "detection by \(alarm.id) \(seconds) s"
                switch wait.seconds.defaulting(to: wait.absent ?? -1).state {
                case .known(let bake) where bake >= seconds:
                    ask.prove("\(told) <= \(wait.name) \(bake) s: \(arithmetic)")
                case .known(let bake):
                    let found = bake < 0 ? "is not set" : "\(bake) s\(wait.seconds.isAbsent ? " (the default)" : "")"
                    ask.fail("\(told) > \(wait.name) \(found): \(arithmetic)", at: wait.seconds.place)
                case .unknown(let why): ask.doubt("\(wait.name) cannot be told: \(why)")
                case .absent: break
                }
            }
        }
        let slowest = guards.compactMap { detection(by: $0, &ask)?.seconds }.max() ?? 0
        ask.fix =
            "Set \(waits.map(\.name).joined(separator: " and ")) to \(slowest) or more, or shorten the slowest alarm."
    }

    // MARK: OPS-2.5

    private var rollbackLimit: String { Arithmetic.text(thresholds.rollbackSeconds) }

    func askForRecovery(of endpoint: Endpoint, _ ask: inout Inquiry) {
        if source == .engine { return askForMeasuredRecovery(of: endpoint, &ask) }
        if let drill = freshRollbackDrill(of: endpoint) {
            let told = "the drill of \(drill.day) took \(Int(bounded: drill.seconds.rounded(.up))) s"
            if drill.seconds < thresholds.rollbackSeconds {
                ask.prove(told)
            } else {
                ask.fail("\(told), wanted less than \(rollbackLimit)")
            }
            return
        }
        let timing = DetectionTiming.cloudWatch
        let provisioning = provisioningSeconds(of: endpoint)
        let cold = timing.pollSeconds + provisioning + timing.flipSeconds
        let coldArithmetic = "\(timing.pollSeconds) + \(provisioning) + \(timing.flipSeconds) = \(cold) s"
        if let policy = blueGreen(of: endpoint) {
            let warm = timing.warmRecoverySeconds
            let arithmetic = "\(timing.pollSeconds) + \(timing.flipSeconds) + \(timing.graceSeconds) = \(warm) s"
            ask.require(
                policy.terminationWaitSeconds, "TerminationWaitInSeconds",
                wanted: "above 0, so that recovery takes \(arithmetic) and not \(coldArithmetic)", absentAs: 0
            ) { $0 > 0 }
            if Double(warm) >= thresholds.rollbackSeconds {
                ask.fail("recovery takes \(arithmetic), wanted less than \(rollbackLimit)")
            }
            ask.prove("recovery takes \(arithmetic) while the old fleet lives, \(coldArithmetic) after the bake")
        } else if endpoint.rolling.isKnown {
            ask.fail(
                "a rolling deployment has to make the old instances again: \(coldArithmetic), wanted less than "
                    + "\(rollbackLimit); a drill "
                    + "of the last 90 days that took less would override this", at: endpoint.rolling.place)
        } else {
            tellMissingPolicy(of: endpoint, &ask)
        }
    }

    /// The rollbacks an engine has measured, newest first, in seconds from detection to completion.
    private func measuredRecoveries(of endpoint: Endpoint) -> [(day: Day, seconds: Double)] {
        evidence(.rollout, for: endpoint.name.value ?? "").filter { $0.texts["outcome"] == "rolledBack" }.compactMap {
            guard let moved = $0.numbers["detectedToMovedSeconds"] else { return nil }
            return ($0.day, moved + ($0.numbers["movedToFullSeconds"] ?? 0))
        }
    }

    private func askForMeasuredRecovery(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let newest = measuredRecoveries(of: endpoint).first else {
            return ask.doubt("the engine has not measured a rollback of this endpoint yet: a drill would decide")
        }
        let seconds = (newest.seconds * 100).rounded() / 100
        let told = "the rollback of \(newest.day) took \(seconds) s from detection to completion"
        if newest.seconds < thresholds.rollbackSeconds {
            ask.prove(told)
        } else {
            ask.fail("\(told), wanted less than \(rollbackLimit)")
        }
    }

    // MARK: OPS-2.6

    func askForLegality(of endpoint: Endpoint, _ ask: inout Inquiry) {
        if endpoint.blueGreen.isKnown, endpoint.rolling.isKnown {
            return ask.fail("it has both a blue/green and a rolling policy; SageMaker takes one")
        }
        guard endpoint.blueGreen.isKnown || endpoint.rolling.isKnown else {
            return tellMissingPolicy(of: endpoint, &ask)
        }
        let count = instanceCount(of: endpoint, &ask)
        if let policy = blueGreen(of: endpoint) {
            askForBlueGreen(policy, instances: count, provisioning: provisioningSeconds(of: endpoint), &ask)
        } else if let policy = endpoint.rolling.value {
            askForSize(policy.maximumBatchSize, "MaximumBatchSize", 5...50, instances: count, &ask)
            askForWait(policy.waitIntervalSeconds, "WaitIntervalInSeconds", &ask)
        }
    }

    private func askForBlueGreen(
        _ policy: BlueGreenPolicy, instances: Int?, provisioning: Int, _ ask: inout Inquiry
    ) {
        guard let routing = ask.need(policy.routing, "TrafficRoutingConfiguration.Type") else { return }
        var shifts = 0
        switch routing {
        case .allAtOnce: ask.prove("all at once")
        case .canary:
            shifts = 1
            askForSize(policy.canarySize, "CanarySize", 1...50, instances: instances, &ask)
            if policy.linearStepSize.isKnown { ask.fail("LinearStepSize does not go with CANARY") }
        case .linear:
            askForSize(policy.linearStepSize, "LinearStepSize", 10...50, instances: instances, &ask)
            if policy.canarySize.isKnown { ask.fail("CanarySize does not go with LINEAR") }
            guard let step = policy.linearStepSize.value, let share = share(of: step, instances: instances) else {
                break
            }
            shifts = Int(bounded: (1 / share).rounded(.up))
        }
        askForWait(policy.waitIntervalSeconds, "WaitIntervalInSeconds", absentAs: routing == .allAtOnce ? 0 : nil, &ask)
        askForWait(policy.terminationWaitSeconds, "TerminationWaitInSeconds", absentAs: 0, &ask)
        let waits = shifts * (policy.waitIntervalSeconds.value ?? 0)
        let termination = policy.terminationWaitSeconds.value ?? 0
        let needed = provisioning + waits + termination + 300
        let arithmetic = "\(provisioning) + \(shifts) x \(policy.waitIntervalSeconds.value ?? 0) + \(termination) + 300"
        let limit = source == .terraform ? 14_400 : 28_800
        switch policy.maximumExecutionTimeoutSeconds.state {
        case .absent:
            ask.doubt(
                "MaximumExecutionTimeoutInSeconds is not set and its default not documented; \(needed) are needed")
        case .unknown(let why): ask.doubt("MaximumExecutionTimeoutInSeconds cannot be told: \(why)")
        case .known(let timeout):
            let place = policy.maximumExecutionTimeoutSeconds.place
            if !(600...limit).contains(timeout) {
                ask.fail("MaximumExecutionTimeoutInSeconds is \(timeout), wanted 600 to \(limit)", at: place)
            }
            if timeout < needed {
                ask.fail(
                    "MaximumExecutionTimeoutInSeconds \(timeout) s < \(needed) s = \(arithmetic) "
                        + "(provisioning + shifts x wait + termination wait + 300)", at: place)
            } else {
                ask.prove("the timeout \(timeout) s covers \(arithmetic) = \(needed) s")
            }
        }
    }

    private func askForWait(_ fact: Fact<Int>, _ name: String, absentAs absent: Int? = nil, _ ask: inout Inquiry) {
        ask.require(fact, name, wanted: "0 to 3,600", absentAs: absent) { (0...3600).contains($0) }
    }

    /// The share of the fleet that a size stands for, rounded up to instances; nil where the count is needed and
    /// unknown.
    private func share(of size: CapacitySize, instances: Int?) -> Double? {
        switch size.unit {
        case .capacityPercent:
            guard let instances else { return Double(size.value) / 100 }
            return CanaryDilution(percent: Double(size.value), instances: instances)?.fraction
        case .instanceCount: return instances.map { Double(size.value) / Double(max(1, $0)) }
        }
    }

    private func askForSize(
        _ fact: Fact<CapacitySize>, _ name: String, _ percents: ClosedRange<Int>, instances: Int?, _ ask: inout Inquiry
    ) {
        guard let size = ask.need(fact, name) else { return }
        let limits = "\(percents.lowerBound) to \(percents.upperBound) %"
        if let instances, instances < 2 {
            return ask.fail(
                "\(name) on \(instances) instance: half of one is less than one, so no size is legal", at: fact.place)
        }
        switch size.unit {
        case .capacityPercent:
            if percents.contains(size.value) { return ask.prove("\(name) is \(size.value) %") }
            ask.fail("\(name) is \(size.value) %, wanted \(limits)", at: fact.place)
        case .instanceCount:
            guard let instances else {
                return ask.doubt("\(name) is \(size.value) instances of an unknown number")
            }
            let share = Double(size.value) / Double(instances) * 100
            let told = "\(name) is \(size.value) of \(instances) instances, \(Int(bounded: share.rounded())) %"
            if share >= Double(percents.lowerBound), share <= 50 { return ask.prove(told) }
            ask.fail("\(told), wanted \(limits)", at: fact.place)
        }
    }

    // MARK: OPS-2.9

    func askForUndilutedCanary(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let endpointName = ask.need(endpoint.name, "the endpoint's name") else { return }
        let list = rollbackList(of: endpoint)
        let configName = endpointConfigs[endpoint.config]?.name ?? .absent
        let errorAlarms = list.alarms.filter { purposes(of: $0, for: endpointName).contains(.errorRate) }
        let isolating = errorAlarms.first { alarm in
            alarm.metrics.contains {
                $0.dimension("EndpointConfigName") != nil && $0.dimension("EndpointConfigName") == configName.value
            }
        }
        if let isolating {
            ask.relate("the alarm \(isolating.id)", at: isolating.place)
            return ask.prove("\(isolating.id) sees the new configuration '\(configName.value ?? "")' alone")
        }
        if source == .engine {
            return ask.doubt("the engine shows no error alarm of one revision alone yet")
        }
        let size: Fact<CapacitySize>
        if let policy = blueGreen(of: endpoint) {
            guard let routing = ask.need(policy.routing, "TrafficRoutingConfiguration.Type") else { return }
            if routing == .allAtOnce { return ask.prove("all traffic moves at once: nothing is diluted") }
            size = routing == .canary ? policy.canarySize : policy.linearStepSize
        } else if let policy = endpoint.rolling.value {
            size = policy.maximumBatchSize
        } else {
            return tellMissingPolicy(of: endpoint, &ask)
        }
        guard let step = ask.need(size, "the size of the first shift"),
            let count = instanceCount(of: endpoint, &ask), let fraction = share(of: step, instances: count)
        else { return }
        let percent = Int(bounded: (fraction * 100).rounded())
        if fraction >= 0.5 { return ask.prove("the first shift is \(percent) % of \(count) instances") }
        if let why = list.openBecause {
            return ask.doubt("whether an error alarm sees the new fleet alone is open: \(why)")
        }
        if let open = errorAlarms.first(where: \.hasUnknownDimension) {
            return ask.doubt("the dimensions of \(open.id) cannot be told")
        }
        let rate = CanaryDilution(fraction: fraction).newRate(toExceed: 0.01, oldRate: 0.001) * 100
        ask.fail(
            "the first shift is \(percent) % of the traffic and no listed error alarm has EndpointConfigName="
                + "\(configName.value ?? "the new configuration"): the new fleet must fail more than "
                + "\((rate * 10).rounded() / 10) % before 1 % shows ((0.01 - (1 - \(fraction)) x 0.001) / \(fraction))")
    }

    // MARK: OPS-2.10

    func askForLateRollback(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let declaration = declaration(of: endpoint)
        var kept = declaration?.keptRevisions ?? .unknown("nothing was declared of this endpoint")
        // What an account holds counts, whatever was declared of it.
        if source == .live, let there = newestEvidence(.state, of: endpoint)?.numbers["revisionsKept"] {
            kept = .known(Int(bounded: there))
        }
        if let known = kept.value {
            if known >= 1 {
                ask.prove("\(known) earlier revisions are kept")
            } else {
                ask.fail("no earlier revision is kept, wanted 1 or more", at: kept.place)
            }
        } else if source != .live, endpointConfigs.count > endpoints.count {
            ask.prove("an earlier configuration is there")
        } else {
            ask.doubt("whether an earlier revision is kept cannot be told: a spec or the live account would show it")
        }
        if source == .engine, let measured = measuredRecoveries(of: endpoint).first {
            return askForDrill(RollbackDrill(day: measured.day, seconds: measured.seconds), at: nil, &ask)
        }
        for alarm in deploymentAlarms(of: endpoint) where source != .engine { askForAutomation(of: alarm, &ask) }
        let record = declaration?.rollbackDrill ?? .unknown("nothing was declared of this endpoint")
        if source == .engine, record.isAbsent {
            return ask.doubt("the engine has not rolled this endpoint back yet: a drill would decide")
        }
        guard let drill = ask.need(record, "the record of a rollback drill") else { return }
        askForDrill(drill, at: record.place, &ask)
    }

    private func askForDrill(_ drill: RollbackDrill, at place: Place?, _ ask: inout Inquiry) {
        let age = asOf.days(since: drill.day)
        if (0..<90).contains(age) {
            ask.prove("the rollback of \(drill.day) is \(age) days old")
        } else {
            ask.fail("the drill of \(drill.day) is \(age) days old, wanted less than 90", at: place)
        }
        if drill.seconds < thresholds.rollbackSeconds {
            ask.prove("it took \(Int(bounded: drill.seconds.rounded(.up))) s")
        } else {
            ask.fail(
                "it took \(Int(bounded: drill.seconds.rounded(.up))) s, wanted less than \(rollbackLimit)", at: place)
        }
    }
}
