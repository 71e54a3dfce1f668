// Whether an endpoint of dev or staging is off when nobody works, and whether off means that nothing is billed.

import PlumbModel

extension PolicyBook {
    /// A schedule that deletes the endpoint and one that creates it, both awake, in one time zone.
    static func askSchedules(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let acting = graph.schedules(of: endpoint).map { (schedule: $0, act: graph.act(of: $0)) }
        let stops = acting.filter { $0.act == .stops }.map(\.schedule)
        let starts = acting.filter { $0.act == .starts }.map(\.schedule)
        if stops.isEmpty || starts.isEmpty {
            let missing = stops.isEmpty ? "deletes the endpoint outside business hours" : "creates the endpoint again"
            tellMissingSchedule("no schedule \(missing)", acting, of: endpoint, in: graph, &ask)
            return
        }
        for schedule in stops + starts {
            ask.relate("the schedule \(schedule.id)", at: schedule.place)
            ask.requireFlag(schedule.isEnabled, "the state 'enabled' of \(schedule.id)", absentAs: true)
            ask.require(schedule.timezone, "the time zone of \(schedule.id)", wanted: "an IANA name") { !$0.isEmpty }
            _ = ask.need(schedule.role, "the role of \(schedule.id)")
        }
        let zones = Set((stops + starts).compactMap(\.timezone.value))
        if zones.count > 1 { ask.fail("the schedules are in different time zones: \(zones.sorted())") }
        ask.require(
            graph.weeklyHours(of: endpoint).defaulting(to: 168), "the number of hours a week in which it runs",
            wanted: "at most \(Arithmetic.text(graph.thresholds.runningHoursPerWeek))"
        ) { $0 > 0 && $0 <= graph.thresholds.runningHoursPerWeek }
    }

    private static func tellMissingSchedule(
        _ message: String, _ acting: [(schedule: Schedule, act: ScheduledAct)], of endpoint: Endpoint,
        in graph: Graph, _ ask: inout Inquiry
    ) {
        var found: [String] = []
        for (schedule, act) in acting {
            switch act {
            case .unclear(let why):
                ask.doubt("\(message) that can be read here; \(schedule.id): \(why)")
                return
            case .other(let what): found.append("\(schedule.id) \(what)")
            case .stops, .starts: break
            }
        }
        if graph.scalesToZero(endpoint) {
            ask.doubt("its inference components may scale to zero: the hours billed at night would decide it")
            return
        }
        ask.fail(message + (found.isEmpty ? "" : " (" + found.joined(separator: "; ") + ")"))
    }

    /// The engine keeps the declared hours itself; that nothing ran at night is what it has to show.
    static func askOffHoursOfEngine(_ endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        ask.require(
            graph.weeklyHours(of: endpoint).defaulting(to: 168), "the number of hours a week in which it runs",
            wanted: "at most \(Arithmetic.text(graph.thresholds.runningHoursPerWeek))"
        ) { $0 > 0 && $0 <= graph.thresholds.runningHoursPerWeek }
        askWorkersAtNight(of: endpoint, in: graph, &ask)
    }

    private static func askWorkersAtNight(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        let records = graph.evidence(.fleet, for: endpoint.name.value ?? "")
        guard let running = records.compactMap({ $0.numbers["offHoursRunning"] }).first else {
            ask.doubt("the number of workers that run outside the working hours would decide it")
            return
        }
        if running > 0 {
            ask.fail("\(Int(bounded: running)) workers run outside the working hours, wanted 0")
        } else {
            ask.prove("no worker runs outside the working hours")
        }
    }

    /// What being off comes to on the bill: the endpoint gone, or no instance left.
    static func askBilling(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        if graph.source == .engine {
            askWorkersAtNight(of: endpoint, in: graph, &ask)
            return
        }
        let acting = graph.schedules(of: endpoint).map { (schedule: $0, act: graph.act(of: $0)) }
        for (schedule, _) in acting {
            let call = schedule.targetARN.value?.split(separator: ":").last.map { $0.lowercased() } ?? ""
            if ["deleteendpointconfig", "deletemodel"].contains(call) {
                ask.fail(
                    "\(schedule.id) deletes what the endpoint is created from in the morning", at: schedule.place)
            }
        }
        if graph.scalesToZero(endpoint) {
            ask.prove("its inference components scale to zero instances")
        } else if let stop = acting.first(where: { $0.act == .stops })?.schedule {
            ask.relate("the schedule \(stop.id)", at: stop.place)
            ask.prove("\(stop.id) deletes the endpoint")
        } else if let target = graph.scalableTargets.first(where: { target in
            (target.scheduled.value ?? []).contains { $0.minimum.value == 0 || $0.maximum.value == 0 }
        }) {
            ask.fail(
                "\(target.id) schedules a count of 0, which a plain variant refuses: only inference components scale "
                    + "to zero", at: target.place)
        } else {
            tellMissingSchedule("no schedule deletes the endpoint", acting, of: endpoint, in: graph, &ask)
        }
    }
}

extension Graph {
    /// Whether every variant hosts inference components and may go down to no instance at all.
    fileprivate func scalesToZero(_ endpoint: Endpoint) -> Bool {
        guard let variants = endpointConfigs[endpoint.config]?.variants.value, !variants.isEmpty else { return false }
        return variants.allSatisfy { $0.managedMinimum.value == 0 }
    }
}
