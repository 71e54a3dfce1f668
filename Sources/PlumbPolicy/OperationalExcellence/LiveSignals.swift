// What a live account shows of endpoints, monitors and alarms: states and runs, where templates show intentions.

import PlumbModel

extension Graph {
    /// An endpoint that has failed answers nobody, whatever watches it.
    func askForService(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard source == .live, let status = live.endpoints[endpoint.id]?.status else { return }
        switch status.state {
        case .known("InService"): ask.prove("it is InService")
        case .known(let word) where ["Failed", "OutOfService", "UpdateRollbackFailed"].contains(word):
            ask.fail("it is \(word), wanted InService", at: status.place)
        case .known(let word): ask.doubt("it is \(word) now: it will show when that is over")
        case .absent: break
        case .unknown(let why): ask.doubt("its status cannot be told: \(why)")
        }
    }

    /// A monitoring job must have run to its end since yesterday: schedules are hourly, and start late.
    func askForRun(of schedule: MonitoringSchedule, _ ask: inout Inquiry) {
        guard source == .live, schedule.isJob else { return }
        switch (live.monitorRuns[schedule.id] ?? .absent).state {
        case .unknown(let why): ask.doubt("when it ran last cannot be told: \(why)")
        case .absent: ask.fail("it has never run, wanted a run since yesterday")
        case .known(let run):
            guard ["Completed", "CompletedWithViolations"].contains(run.status) else {
                return ask.fail("its last run is \(run.status), wanted Completed")
            }
            guard let day = run.day else { return ask.doubt("the day of its last run is not known") }
            let age = asOf.days(since: day)
            if age <= 1 {
                ask.prove("its last run is \(run.status), of \(day)")
            } else {
                ask.fail("its last run ended \(age) days ago (\(day)), wanted at most 1")
            }
        }
    }

    /// An alarm on drift or quality gets data points, and so something measures.
    func askForData(_ purpose: AlarmClass, of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard source == .live, let name = endpoint.name.value else { return }
        let watching = alarms[joined(AlarmJoin.self).watching(name)].filter {
            purposes(of: $0, for: name).contains(purpose)
        }
        guard !watching.isEmpty else { return }
        ask.requireOne(of: watching, orFail: "no alarm on it gets data", name: \.id) { askForData(of: $0, &$1) }
    }

    func askForData(of alarm: Alarm, _ ask: inout Inquiry) {
        switch alarm.state.state {
        case .known(.insufficientData):
            if let since = live.alarmStateSince[alarm.id]?.value, asOf.days(since: since) > 1 {
                ask.fail("it has been INSUFFICIENT_DATA since \(since): nothing measures what it watches")
            } else {
                ask.doubt("it is INSUFFICIENT_DATA: the next data point decides it")
            }
        case .known(let state): ask.prove("it gets data: it is \(state.rawValue)")
        case .absent: ask.doubt("its state was not read")
        case .unknown(let why): ask.doubt("its state cannot be told: \(why)")
        }
    }

    /// An alarm that sees nothing for days although its endpoint answers does not see that endpoint.
    func askForSight(of alarm: Alarm, _ endpointNames: Set<String>, _ ask: inout Inquiry) {
        guard source == .live, alarm.state.value == .insufficientData else { return }
        let requests = endpointNames.compactMap { evidence(.metrics, for: $0).first?.numbers["requests"] }
        if !requests.isEmpty, requests.allSatisfy({ $0 == 0 }) {
            return ask.prove("it is INSUFFICIENT_DATA, and no request came in")
        }
        let count = Int(bounded: requests.reduce(0, +))
        if count > 0, let since = live.alarmStateSince[alarm.id]?.value, asOf.days(since: since) > 1 {
            ask.fail("it has been INSUFFICIENT_DATA since \(since) though \(count) requests came in")
        } else {
            ask.doubt("it is INSUFFICIENT_DATA now: if requests come in, it does not see them")
        }
    }
}

// MARK: - Examples

extension Graph {
    /// An account in which every receiver has confirmed, or none has.
    mutating func showSubscriptions(confirmed: Bool) {
        source = .live
        topics.mutateEach { topic in
            topic.subscriptions = topic.subscriptions.map { all in
                all.map { subscription in
                    var seen = subscription
                    seen.isConfirmed = .known(confirmed)
                    return seen
                }
            }
        }
    }

    /// An account with requests, whose alarms have been in a state for so many days.
    mutating func showAlarms(_ state: AlarmState, sinceDaysAgo days: Int) {
        source = .live
        alarms.mutateEach { $0.state = .known(state) }
        for alarm in alarms { live.alarmStateSince[alarm.id] = .known(asOf.adding(days: -days)) }
        record(.metrics, numbers: ["requests": 5_000])
    }

    /// Model Monitor in place of detectors of one's own, every hour.
    mutating func useModelMonitor() {
        monitoringSchedules.mutateEach {
            $0.isStreaming = false
            $0.detector = .absent
            $0.scheduleExpression = "cron(0 * ? * * *)"
            $0.baselineConstraints = "s3://models/baseline/constraints.json"
            $0.baselineStatistics = "s3://models/baseline/statistics.json"
            $0.groundTruth = "s3://models/ground-truth"
        }
    }

    /// An account whose monitors ran last so many days ago, and whose alarms get data.
    mutating func showRuns(_ status: String, daysAgo days: Int) {
        source = .live
        alarms.mutateEach { $0.state = .known(.ok) }
        for schedule in monitoringSchedules {
            live.monitorRuns[schedule.id] = .known(LiveFacts.Run(status, on: asOf.adding(days: -days)))
        }
    }
}
