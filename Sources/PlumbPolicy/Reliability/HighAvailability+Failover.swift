// Failover inside the region, and how available the endpoint is by reckoning and by measurement.

import PlumbModel
import PlumbSignals

extension PolicyBook {
    static let regionalFailover = Control(
        "REL-1.4", "Failover inside the region is automatic and has no single-AZ crutch",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Failover: Automatic failover within same region",
        limit: "a dead worker is out within 15 s",
        remedy:
            "Put every interface endpoint into subnets of two zones, and keep an alarm that fires when the container "
            + "is dead.",
        traps: [
            "An interface endpoint in one zone takes the endpoint down with that zone.",
            "A blue/green update needs twice the endpoint-instance quota.",
            "Some zones do not offer every GPU type.",
        ],
        holds: [
            ControlExample("interface endpoints in two zones and a health alarm"),
            ControlExample("a gateway endpoint for S3, which has no subnets") { graph in
                graph.vpcEndpoints.removeAll { $0.kind.value == "Interface" }
            },
            ControlExample("an account whose quota has room for two fleets") { graph in
                graph.showServing(["primary": 2])
                graph.record(.fleet, numbers: ["running": 2, "quotaMissing": 0], texts: ["quota": "8 of 20"])
            },
        ],
        fails: [
            ControlExample("an account whose quota is too small for two fleets") { graph in
                graph.showServing(["primary": 2])
                graph.record(.fleet, numbers: ["running": 2, "quotaMissing": 3], texts: ["quota": "8 of 5"])
            },
            ControlExample("an account in which a single instance runs") { graph in
                graph.showServing(["primary": 1])
                graph.record(.fleet, numbers: ["running": 1, "quotaMissing": 0], texts: ["quota": "8 of 20"])
            },
            ControlExample("only the way to the logs lies in one zone") { graph in
                graph.vpcEndpoints.mutateEach { endpoint in
                    guard endpoint.service.value?.hasSuffix(".logs") == true else { return }
                    endpoint.subnets = endpoint.subnets.map { Array($0.prefix(1)) }
                }
            },
            ControlExample("one interface endpoint with a single subnet") { graph in
                graph.vpcEndpoints.mutateEach { $0.subnets = $0.subnets.map { Array($0.prefix(1)) } }
            },
        ],
        judge: failsOver)

    @Sendable private static func failsOver(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeEvidence(.healthProbe) { endpoint, probe, ask in
                guard let interval = ask.need(probe.number("intervalSeconds"), "the probe's interval"),
                    let failures = ask.need(probe.number("failuresToEject"), "the failures that eject"),
                    let timeout = ask.need(probe.number("timeoutSeconds"), "the probe's time-out")
                else { return }
                let seconds = interval * failures + timeout
                let sum = "\(interval) s x \(failures) + \(timeout) s = \(seconds) s"
                guard seconds < 15 else { return ask.fail("a dead worker is out after \(sum), wanted under 15 s") }
                ask.prove("a dead worker is out after \(sum)")
                tellDrill(probe, &ask)
            }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            for crutch in graph.vpcEndpoints where crutch.kind.value == "Interface" {
                requireTwoZones(crutch, in: graph, &ask)
            }
            requireHealthAlarm(endpoint, variants, in: graph, &ask)
            if let startup = graph.newestEvidence(.startup, of: endpoint)?.numbers["seconds"] {
                for timeout in variants.map(\.containerStartupTimeoutSeconds) where !timeout.isAbsent {
                    ask.require(timeout, "the start-up time-out", wanted: "at least the measured \(startup) s") {
                        Double($0) >= startup
                    }
                }
            }
            // What runs in an account now is the proof that its zones have room for it.
            for variant in variants { graph.requireRunning(variant, of: endpoint, &ask) }
            if graph.source == .live { requireQuota(of: endpoint, in: graph, &ask) }
        }
    }

    /// What was measured when a failure domain was lost on purpose, where that was practised.
    private static func tellDrill(_ probe: Evidence, _ ask: inout Inquiry) {
        guard let outcome = probe.texts["drill.outcome"], let day = probe.texts["drill.day"] else { return }
        let outage = probe.numbers["drill.outageSeconds"]
        guard outcome == "done", let outage, let full = probe.numbers["drill.fullSeconds"] else {
            return ask.doubt("the failover drill of \(day) failed; another one decides it: plumb drill failover")
        }
        guard outage < 15 else {
            return ask.fail("in the failover drill of \(day) requests failed for \(outage) s, wanted under 15 s")
        }
        let failed = Arithmetic.text(probe.numbers["drill.failedRequests"] ?? 0)
        let sent = Arithmetic.text(probe.numbers["drill.requests"] ?? 0)
        ask.prove(
            "the drill of \(day) lost a failure domain: \(failed) of \(sent) requests failed, full after \(full) s")
    }

    /// An update runs the old fleet and the new one at the same time.
    private static func requireQuota(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let fleet = graph.newestEvidence(.fleet, of: endpoint)
        guard let missing = fleet?.numbers["quotaMissing"] else {
            let why = fleet?.texts["quotaUnseen"] ?? "servicequotas:ListServiceQuotas decides it"
            return ask.doubt("whether the quota of instances has room for two fleets was not read: \(why)")
        }
        let told = fleet?.texts["quota"] ?? "instances"
        if missing > 0 {
            ask.fail("two fleets at their largest need \(told) that the quota allows: an update may fail")
        } else {
            ask.prove("two fleets at their largest need \(told) that the quota allows")
        }
    }

    private static func requireTwoZones(_ crutch: VPCEndpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard let subnets = ask.need(crutch.subnets, "the list of subnets of \(crutch.id)") else { return }
        switch graph.spread(of: subnets) {
        case .atLeast(let count): ask.prove("\(crutch.id) lies in \(count) zones")
        case .one(let why):
            ask.fail("\(crutch.id) lies in one zone, wanted at least 2: \(why)", at: crutch.place)
        case .unknown(let why): ask.doubt("the zones of \(crutch.id) cannot be told: \(why)")
        }
    }

    private static func requireHealthAlarm(
        _ endpoint: Endpoint, _ variants: [Variant], in graph: Graph, _ ask: inout Inquiry
    ) {
        switch graph.deathNotice(of: endpoint, variants) {
        case .within(let seconds, let alarm):
            ask.relate("the health alarm \(alarm.id)", at: alarm.place)
            ask.prove("\(alarm.id) fires \(seconds) s after the container died")
        // That there is no such alarm is OPS-1.4's to tell.
        case .never(let why): ask.doubt("\(why) (OPS-1.4)")
        case .unknown(let why): ask.doubt(why)
        }
    }

    static let computedAvailability = Control(
        "REL-1.5", "Computed availability is at least 99.9 %",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Target: 99.9% uptime SLA (less than 8.76 hours downtime per year)",
        limit: "99.9 %, 8.76 hours a year",
        remedy: "Run at least two instances in at least two zones, and switch nothing off by schedule.",
        traps: [
            "8.76 hours are for a year; a month has 43.8 minutes.",
            "AWS's service level is a promise of credit, not an availability.",
            "Four instances in one zone are still 99.5 %.",
        ],
        holds: [
            ControlExample("two instances in two zones"),
            ControlExample("a floor of three instances", spec: "instances: {minimum: 3, initial: 3}"),
        ],
        fails: [
            ControlExample("a single instance", spec: "instances: {minimum: 1, initial: 1}"),
            ControlExample("four instances in one zone", spec: "instances: {minimum: 3, initial: 4}") { graph in
                graph.subnets.mutateEach { $0.availabilityZone = "${AZ.0}" }
            },
            ControlExample("twelve hours a day switched off") { graph in
                graph.schedules.append(
                    Schedule("NightStop") {
                        $0.expression = "cron(0 20 * * ? *)"
                        $0.isEnabled = true
                        $0.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint"
                        $0.endpointName = graph.endpoints.first?.name ?? .absent
                    })
            },
        ],
        judge: reckonsAvailability)

    @Sendable private static func reckonsAvailability(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeEvidence(.fleet) { _, fleet, ask in
                guard let floor = ask.need(fleet.number("floor"), "the scaler's floor"),
                    let domains = ask.need(fleet.number("domains"), "the number of failure domains")
                else { return }
                requireTarget(
                    Availability(instances: Int(bounded: floor), zones: Int(bounded: domains)), 70, in: graph, &ask)
            }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            // 8.76 hours a year are 1.4 minutes a day: any switching off spends them all.
            graph.requireNoStop(of: endpoint, &ask)
            for variant in variants {
                guard let count = leastCount(of: variant, of: endpoint, in: graph, &ask) else { continue }
                switch graph.zoneSpread(of: variant, &ask) {
                case .atLeast(let zones):
                    requireTarget(Availability(instances: count, zones: zones), 70, in: graph, &ask)
                case .one: requireTarget(Availability(instances: count, zones: 1), 70, in: graph, &ask)
                case .unknown(let why) where count >= 2:
                    ask.doubt("the zones of \(variant.title) cannot be told: \(why)")
                case .unknown: requireTarget(Availability(instances: count, zones: 1), 70, in: graph, &ask)
                case nil: break
                }
            }
        }
    }

    /// The fewest instances that any writer of the count may leave.
    private static func leastCount(
        of variant: Variant, of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry
    ) -> Int? {
        if let managed = variant.managedMinimum.value { return managed }
        guard let first = ask.need(variant.initialInstanceCount, "the first count of \(variant.title)") else {
            return nil
        }
        switch graph.scalableTarget(of: variant, of: endpoint) {
        case .none: return first
        case .unknown(let why):
            ask.doubt("what scales \(variant.title) cannot be told: \(why)")
            return nil
        case .found(let target):
            guard let minimum = ask.need(target.minimum, "MinCapacity of \(target.id)") else { return nil }
            let planned = (target.scheduled.value ?? []).flatMap { [$0.minimum.value, $0.maximum.value] }
            return ([first, minimum] + planned.compactMap { $0 }).min()
        }
    }

    private static func requireTarget(
        _ reached: Availability, _ load: Double, in graph: Graph, _ ask: inout Inquiry
    ) {
        let percent = Arithmetic.text(reached.value * 100, places: 4)
        let told =
            "\(reached.instances) instances in \(reached.zones) zones reach \(percent) %, "
            + "\(Arithmetic.text(reached.hoursDownPerYear)) hours down a year"
        let target = graph.thresholds.availabilityPercent
        guard reached.value >= target / 100 else {
            let hours = Arithmetic.text((1 - target / 100) * Availability.hoursPerYear, places: 2)
            return ask.fail("\(told), wanted at least \(Arithmetic.text(target, places: 4)) %, under \(hours) hours")
        }
        let after = Arithmetic.text(reached.loadAfterZoneLoss(from: load))
        ask.prove(
            "\(told); when a zone goes, \(Arithmetic.text(load)) % load becomes \(after) % until new instances "
                + "serve, some 15 minutes"
        )
    }

    static let measuredAvailability = Control(
        "REL-1.6", "Availability is measured against the target",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Target: 99.9% uptime SLA",
        limit: "99.9 %, 43.8 minutes a month",
        remedy: "Alarm on the burn of the error budget: 14.4 times over one hour (1.44 % errors) and 6 times over "
            + "six hours (0.6 %).",
        traps: [
            "CloudWatch keeps 1-minute data for 15 days, 5-minute data for 63 and hourly data for 455.",
            "No traffic is not downtime.",
            "An alarm on one bad minute says nothing about the month.",
        ],
        holds: [
            ControlExample("a fast and a slow burn alarm"),
            ControlExample("99.97 % in the account's last 30 days") { graph in
                graph.source = .live
                graph.record(.availability, numbers: ["good": 999_700, "total": 1_000_000, "days": 30])
            },
            ControlExample("a stricter slow burn alarm") { graph in
                let threshold = graph.alarms[id: "BurnRateSlowAlarm"]?.threshold.value ?? 0
                graph.alarms[id: "BurnRateSlowAlarm"]?.threshold = .known(threshold * 0.8)
            },
        ],
        fails: [
            ControlExample("99.5 % in the account's last 30 days") { graph in
                graph.source = .live
                graph.record(.availability, numbers: ["good": 995_000, "total": 1_000_000, "days": 30])
            },
            ControlExample("no burn alarms") { graph in
                graph.alarms.removeAll { $0.id.hasPrefix("BurnRate") }
            },
            ControlExample("a slow burn alarm that is never reached") { graph in
                let threshold = graph.alarms[id: "BurnRateSlowAlarm"]?.threshold.value ?? 0
                graph.alarms[id: "BurnRateSlowAlarm"]?.threshold = .known(threshold * 100)
            },
        ],
        judge: measuresAvailability)

    @Sendable private static func measuresAvailability(_ graph: Graph) -> [Judgement] {
        if graph.source == .engine {
            return graph.judgeEvidence(.availability) { requireMeasured($0, $1, in: graph, &$2) }
        }
        return graph.judgeInstanceEndpoints { endpoint, variants, ask in
            if graph.source == .live {
                guard let measured = graph.newestEvidence(.availability, of: endpoint) else {
                    return ask.doubt("no 30 days of availability were read from the account, which decide it")
                }
                if let days = measured.numbers["days"], days < 30 {
                    ask.doubt("the measurement is \(Arithmetic.text(days)) days old; 30 days decide it")
                }
                requireMeasured(endpoint, measured, in: graph, &ask)
            }
            for variant in variants {
                guard let identity = graph.identity(of: variant, of: endpoint, &ask) else { continue }
                requireBurnAlarm(over: 3600, named: "an hour", of: identity, in: graph, &ask)
                requireBurnAlarm(over: 21_600, named: "six hours", of: identity, in: graph, &ask)
            }
        }
    }

    /// The share of requests that were answered, against the target.
    ///
    /// Fewer requests than one error in a thousand can show decide nothing but a run without any error.
    private static func requireMeasured(
        _ endpoint: Endpoint, _ measured: Evidence, in graph: Graph, _ ask: inout Inquiry
    ) {
        guard let good = ask.need(measured.number("good"), "the good answers"),
            let total = ask.need(measured.number("total"), "the requests counted"),
            let days = ask.need(measured.number("days"), "the days measured")
        else { return }
        guard total > 0 else { return ask.doubt("no request has been measured yet, and no traffic is no downtime") }
        let told =
            "\(Arithmetic.text(good)) of \(Arithmetic.text(total)) requests answered well in "
            + "\(Arithmetic.text(days)) days, \(Arithmetic.text(good / total * 100, places: 3)) %"
        let target = graph.thresholds.availabilityPercent
        if good / total >= target / 100 {
            ask.prove(told)
        } else if total < Availability.requestsMin {
            ask.doubt("\(told); \(Arithmetic.text(Availability.requestsMin)) requests decide it")
        } else {
            ask.fail("\(told), wanted at least \(Arithmetic.text(target, places: 4)) %")
        }
    }

    /// An alarm whose window is at least `seconds` long, that fires on 2 % errors and neither on 0.2 % nor on silence.
    private static func requireBurnAlarm(
        over seconds: Int, named window: String, of identity: VariantIdentity, in graph: Graph, _ ask: inout Inquiry
    ) {
        let judge = AlarmJudge(identity)
        let join = graph.joined(AlarmJoin.self)
        let positions = join.watching(identity.endpoint).filter { position in
            join.readings[position].metrics.contains {
                RequestMetric($0) == .serverErrors || RequestMetric($0) == .modelErrors
            }
        }
        ask.requireOne(
            of: positions.map { (graph.alarms[$0], join.readings[$0]) },
            orFail: "no alarm watches the error budget of variant \(identity.variant) over \(window)",
            name: \.0.id
        ) { candidate, ask in
            let (alarm, reading) = candidate
            guard let definition = ask.need(reading.definition, "the alarm's definition") else { return }
            let covered = definition.periodSeconds * definition.evaluationPeriods
            guard covered >= seconds, covered <= 4 * seconds else {
                return ask.fail("it looks at \(covered) s, wanted about \(seconds) s")
            }
            let replay = graph.joined(AlarmReplays.self).replay(definition, by: judge)
            let answers = [CanonicalTrace.serverErrors, .healthy, .idle].map { replay.behaviour(on: $0) }
            for case .unknown(let why) in answers { return ask.doubt("what it does cannot be told: \(why)") }
            guard answers[0].isFiring else { return ask.fail("it stays silent when 2 % of the answers are errors") }
            guard !answers[1].isFiring, !answers[2].isFiring else {
                return ask.fail("it fires on a healthy or an idle endpoint")
            }
            ask.relate("the burn alarm \(alarm.id)", at: alarm.place)
            ask.prove("it fires on 2 % errors over \(covered) s")
        }
    }
}
