// Disaster recovery plan must be documented and tested.

import PlumbModel

extension PolicyBook {
    static let disasterRecovery = Policy(
        "REL-3", .reliability, "Disaster recovery plan must be documented and tested.",
        controls: [
            recoveryPlan, recoveryDrill, recoveryTime, dataLoss, artefactReplication, backups, secondRegion,
        ])

    /// Most days since the plan was reviewed or practised.
    private static let daysMax = 180

    private static let recoveryPlan = Control(
        "REL-3.1", "A DR plan exists, complete and current",
        severities: Severities(staging: .low, production: .high),
        provableAt: [.spec, .engine],
        isAttestable: true,
        seed: "Disaster recovery plan must be documented and tested.",
        limit: "reviewed within 180 days; RTO under 60 min if critical, RPO at most 15 min",
        remedy:
            "Write the plan into the spec: recovery with runbook, owner, region, rtoMinutes, rpoMinutes, steps and "
            + "the day it was reviewed.",
        traps: [
            "A runbook that needs the failed region (its console, its pipeline, its registry) cannot be followed.",
            "A plan without numbers cannot be tested.",
        ],
        holds: [
            ControlExample("a complete plan, reviewed six weeks ago"),
            ControlExample("in staging as well", in: .staging),
        ],
        fails: [
            ControlExample("no plan") { $0.changeDeclarations { $0.recovery = .absent } },
            ControlExample("a plan last reviewed a year ago", spec: "recovery: {reviewed: 2025-11-01}"),
            ControlExample("a plan without steps", spec: "recovery: {steps: []}"),
            ControlExample("a plan that tolerates the loss of an hour", spec: "recovery: {rpoMinutes: 60}"),
            ControlExample("a plan that takes two hours", spec: "recovery: {rtoMinutes: 120}"),
            ControlExample("a plan that recovers into the region that failed") { graph in
                let region = graph.region.value
                graph.changeDeclarations { declaration in
                    guard var plan = declaration.recovery.value else { return }
                    plan.region = region
                    declaration.recovery = .known(plan)
                }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                guard let plan = ask.needRecoveryPlan(of: endpoint, in: graph) else { return }
                requireComplete(plan, &ask)
                ask.requireFresh(plan.reviewed, "the plan's review", daysMax: daysMax, on: graph.asOf)
                if graph.region.isUnknown {
                    ask.doubt("whether the plan recovers into another region: the primary region is not known")
                } else if let region = plan.region, region == graph.region.value {
                    ask.fail("the plan recovers into \(region), the region it must do without")
                }
                requireTargets(plan, isCritical: graph.isCritical(endpoint), graph.thresholds, &ask)
            }
        }
    }

    private static func requireComplete(_ plan: RecoveryPlan, _ ask: inout Inquiry) {
        let parts: [(isThere: Bool, name: String)] = [
            (plan.runbook?.isEmpty == false, "runbook"), (plan.owner?.isEmpty == false, "owner"),
            (plan.region?.isEmpty == false, "region"), (plan.rtoMinutes ?? 0 > 0, "rtoMinutes"),
            (plan.rpoMinutes ?? 0 > 0, "rpoMinutes"), (!plan.steps.isEmpty, "steps"),
        ]
        let missing = parts.filter { !$0.isThere }.map(\.name)
        guard missing.isEmpty else {
            return ask.fail("the plan has no \(missing.formatted(joinedBy: "and")) (spec: recovery)")
        }
        ask.prove("the plan names its runbook, owner, region, targets and \(plan.steps.count) steps")
    }

    /// What the plan promises must be what the policy asks for.
    private static func requireTargets(
        _ plan: RecoveryPlan, isCritical: Fact<Bool>, _ thresholds: Thresholds, _ ask: inout Inquiry
    ) {
        let (time, point) = (thresholds.recoveryTimeMinutes, thresholds.recoveryPointMinutes)
        if let minutes = plan.rpoMinutes, minutes > point {
            ask.fail(
                "the plan tolerates \(Arithmetic.text(minutes)) min of loss, wanted at most \(Arithmetic.text(point))")
        }
        if let minutes = plan.rtoMinutes, minutes >= time, isCritical.value != false {
            let told =
                "the plan takes \(Arithmetic.text(minutes)) min, wanted under \(Arithmetic.text(time)) for a critical "
                + "endpoint"
            if isCritical.isKnown { ask.fail(told) } else { ask.doubt("\(told), and whether it is one is not known") }
        }
    }

    private static let recoveryDrill = Control(
        "REL-3.2", "It was tested recently and met its numbers",
        severities: Severities(production: .high),
        provableAt: [.spec, .live, .engine],
        isAttestable: true,
        seed: "documented and tested",
        limit: "a drill within 180 days, a restore test every quarter",
        remedy: "Practise the recovery, record the day and the measured minutes (spec: recovery.drill), and schedule "
            + "a restore test that selects what is backed up.",
        traps: [
            "A restore testing plan without a selection tests nothing.",
            "A restored bucket is not a restored endpoint: only a drill that answered a request counts.",
        ],
        holds: [
            ControlExample("a drill five weeks ago, within its targets"),
            ControlExample("a restore of last month in the account") { $0.showRestores("COMPLETED", daysAgo: 24) },
            ControlExample("a restore test every month") { graph in
                graph.restoreTestingPlans.mutateEach { $0.scheduleExpression = "cron(0 5 1 * ? *)" }
            },
        ],
        fails: [
            ControlExample("a restore that failed in the account") { $0.showRestores("FAILED", daysAgo: 24) },
            ControlExample("no restore for half a year") { $0.showRestores("COMPLETED", daysAgo: 180) },
            ControlExample("never practised") { graph in
                graph.changeDeclarations { declaration in
                    guard var plan = declaration.recovery.value else { return }
                    plan.drill = nil
                    declaration.recovery = .known(plan)
                }
            },
            ControlExample(
                "a drill that took longer than the plan allows", spec: "recovery: {drill: {rtoMinutes: 70}}"),
            ControlExample("a drill that failed", spec: "recovery: {drill: {succeeded: false}}"),
            ControlExample("a drill seven months ago", spec: "recovery: {drill: {day: 2026-04-20}}"),
            ControlExample("a restore test that selects nothing") { graph in
                graph.restoreTestingPlans.mutateEach { $0.selectedTypes = .known([]) }
            },
            ControlExample("a restore test once a year") { graph in
                graph.restoreTestingPlans.mutateEach { $0.scheduleExpression = "cron(0 5 1 1 ? *)" }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                if graph.source != .engine { requireRestoreTest(in: graph, &ask) }
                guard let plan = ask.needRecoveryPlan(of: endpoint, in: graph) else { return }
                guard let drill = plan.drill else { return ask.fail("no drill is recorded (spec: recovery.drill)") }
                ask.requireFresh(drill.day, "the drill", daysMax: daysMax, on: graph.asOf)
                guard drill.succeeded else { return ask.fail("the drill of \(drill.day) did not succeed") }
                requireMet(drill.rtoMinutes, plan.rtoMinutes, "recovered", &ask)
                requireMet(drill.rpoMinutes, plan.rpoMinutes, "lost", &ask)
            }
        }
    }

    private static func requireMet(_ measured: Double, _ target: Double?, _ what: String, _ ask: inout Inquiry) {
        guard let target else { return ask.fail("the plan sets no number for what is \(what)") }
        let told = "the drill \(what) \(Arithmetic.text(measured)) min, \(Arithmetic.text(target)) min were planned"
        if measured <= target { ask.prove(told) } else { ask.fail(told) }
    }

    private static func requireRestoreTest(in graph: Graph, _ ask: inout Inquiry) {
        if graph.restoreTestingPlans.isEmpty, [.cloudformation, .terraform].contains(graph.source) {
            return ask.doubt("no restore is tested here; the record of a drill or of restore jobs decides it")
        }
        ask.requireOne(of: graph.restoreTestingPlans, orFail: "no restore is tested", name: \.id) { plan, ask in
            guard let types = ask.need(plan.selectedTypes, "its selection"),
                let schedule = ask.need(plan.scheduleExpression, "its schedule")
            else { return }
            guard !types.isEmpty else { return ask.fail("it selects nothing, and so tests nothing") }
            guard let days = ScheduleInterval.longestDays(of: schedule) else {
                return ask.doubt("how often '\(schedule)' runs cannot be told")
            }
            guard days <= 93 else {
                return ask.fail("it runs every \(Arithmetic.text(days)) days, wanted every quarter")
            }
            ask.prove("it restores \(types.joined(separator: ", ")) every \(Arithmetic.text(days)) days or sooner")
            requireRestores(by: plan, in: graph, &ask)
        }
    }

    /// In an account, the newest restore must have come to its end within the quarter.
    private static func requireRestores(by plan: RestoreTestingPlan, in graph: Graph, _ ask: inout Inquiry) {
        guard graph.source == .live else { return }
        switch (graph.live.restores[plan.id] ?? .absent).state {
        case .absent: ask.doubt("its restores were not read: backup:ListRestoreJobs decides it")
        case .unknown(let why): ask.doubt("its restores cannot be told: \(why)")
        case .known(let runs):
            // One that is under way says nothing yet.
            let ended = runs.filter { !["PENDING", "RUNNING"].contains($0.status) }
            guard let newest = ended.first else { return ask.doubt("it has restored nothing yet: its first run decides") }
            guard newest.status == "COMPLETED" else { return ask.fail("its newest restore is \(newest.status)") }
            ask.requireFresh(newest.day, "its newest restore", daysMax: 93, on: graph.asOf)
        }
    }

    private static let recoveryTime = Control(
        "REL-3.3", "Computed recovery time is under one hour",
        severities: Severities(production: .critical),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "RTO (Recovery Time Objective): < 1 hour for critical endpoints",
        limit: "3600 s",
        remedy: "Cap the model download at 900 s and the container's start-up at 600 s, or let the engine decide the "
            + "failover, or keep the second region warm (spec: model.downloadTimeout, model.startupTimeout).",
        traps: [
            "Two generous time-outs alone exceed the hour.",
            "A GPU type may not be had in the second region without a reservation.",
        ],
        holds: [
            ControlExample("a pilot light with capped time-outs"),
            ControlExample("a shorter download time-out") { graph in
                graph.changeVariants { $0.modelDataDownloadTimeoutSeconds = 600 }
            },
        ],
        fails: [
            ControlExample("two time-outs of an hour each") { graph in
                graph.changeVariants {
                    $0.modelDataDownloadTimeoutSeconds = 3600
                    $0.containerStartupTimeoutSeconds = 3600
                }
            },
            ControlExample("time-outs that are not set, and so may be an hour each") { graph in
                graph.changeVariants {
                    $0.modelDataDownloadTimeoutSeconds = .absent
                    $0.containerStartupTimeoutSeconds = .absent
                }
            },
        ],
        judge: recoversWithinTheHour)

    @Sendable private static func recoversWithinTheHour(_ graph: Graph) -> [Judgement] {
        graph.endpoints.map { endpoint in
            graph.ifCritical(graph.isCritical(endpoint), endpoint.id, at: endpoint.place) {
                .about(endpoint) { ask in
                    if graph.source == .engine { return requireMeasuredRecovery(endpoint, in: graph, &ask) }
                    let variants = graph.variants(of: endpoint, &ask).filter { !$0.isServerless && $0.isServing }
                    guard !variants.isEmpty else { return }
                    let notice = graph.deathNotice(of: endpoint, variants)
                    switch notice {
                    case .never(let why): ask.doubt("recovery never begins: \(why) (OPS-1.4)")
                    case .unknown(let why): ask.doubt(why)
                    case .within(let seconds, let alarm):
                        ask.relate("the health alarm \(alarm.id)", at: alarm.place)
                        requireUnderAnHour(seconds, endpoint, variants, in: graph, &ask)
                    }
                }
            }
        }
    }

    /// What an engine can show of its recovery is the drill it ran.
    private static func requireMeasuredRecovery(_ endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard let minutes = graph.declaration(of: endpoint)?.recovery.value?.drill?.rtoMinutes else {
            return ask.doubt("no drill has measured the recovery; recovery.drill in the spec decides it")
        }
        let limit = graph.thresholds.recoveryTimeMinutes
        guard minutes < limit else {
            return ask.fail("the drill took \(minutes) min, wanted under \(Arithmetic.text(limit))")
        }
        ask.prove("the drill took \(minutes) min")
    }

    private static func requireUnderAnHour(
        _ alarmSeconds: Int, _ endpoint: Endpoint, _ variants: [Variant], in graph: Graph, _ ask: inout Inquiry
    ) {
        let plan = graph.declaration(of: endpoint)?.recovery.value
        // The variants that would be created: the second region's where they are known.
        let away = graph.endpointConfigs.filter { graph.isElsewhere($0).value == true }.flatMap {
            $0.variants.value ?? []
        }
        let created = (away.isEmpty ? variants : away).filter { !$0.isShadow && !$0.isServerless }
        let timeouts = created.map { ($0.modelDataDownloadTimeoutSeconds, $0.containerStartupTimeoutSeconds) }
        if let open = timeouts.flatMap({ [$0.0, $0.1] }).first(where: \.isUnknown) {
            return ask.doubt("a time-out of the variant cannot be told: \(open.whyUnknown ?? "")")
        }
        func bound(_ fact: Fact<Int>) -> Int { fact.value ?? RecoveryTime.timeoutSecondsMax }
        let types = created.compactMap { $0.instanceType.value.flatMap(InstanceType.named) }
        let checks = graph.healthChecks.compactMap { check -> Int? in
            guard let interval = check.intervalSeconds.value else { return nil }
            return interval * (check.failureThreshold.value ?? 3)
        }
        let isWarm = graph.endpoints.contains { $0.id != endpoint.id && graph.isElsewhere($0).value == true }
        let time = RecoveryTime(
            alarmSeconds: alarmSeconds,
            decisionSeconds: plan?.isDecisionAutomatic == true ? 0 : RecoveryTime.humanDecisionSeconds,
            isWarm: isWarm,
            provisioningSeconds: types.map { RecoveryTime.provisioningSeconds(of: $0) }.max() ?? 600,
            downloadTimeoutSeconds: timeouts.map { bound($0.0) }.max() ?? RecoveryTime.timeoutSecondsMax,
            startupTimeoutSeconds: timeouts.map { bound($0.1) }.max() ?? RecoveryTime.timeoutSecondsMax,
            recordTTLSeconds: graph.failoverTTLs.max() ?? RecoveryTime.recordTTLSeconds,
            healthCheckSeconds: checks.max() ?? RecoveryTime.healthCheckSeconds)
        let unset = timeouts.contains { $0.0.isAbsent || $0.1.isAbsent }
        let note = unset && !isWarm ? " (a time-out that is not set is bounded by SageMaker's 3600 s)" : ""
        let limit = graph.thresholds.recoveryTimeMinutes * 60
        guard Double(time.seconds) < limit else {
            return ask.fail("\(time.sum), wanted under \(Arithmetic.text(limit)) s\(note)")
        }
        ask.prove(time.sum)
    }
}
