// What must be there for a rollback to start: alarms that are real, triggers of every class, signals behind them.

import PlumbModel
import PlumbSignals

// MARK: - The list (OPS-2.1)

extension Graph {
    func askForRollbackList(of endpoint: Endpoint, _ ask: inout Inquiry) {
        if source == .engine, endpoint.rollbackAlarms.isAbsent {
            return ask.doubt("the engine does not show which alarms guard this endpoint")
        }
        guard let listed = ask.need(endpoint.rollbackAlarms, "AutoRollbackConfiguration") else { return }
        let names = Set(listed.compactMap(\.value))
        if listed.isEmpty || listed.count > 10 {
            ask.fail("AutoRollbackConfiguration lists \(listed.count) alarms, wanted 1 to 10")
        } else {
            ask.prove("\(listed.count) alarms are listed")
        }
        for fact in listed where !fact.isKnown {
            ask.doubt("the name of a listed alarm cannot be told: \(fact.whyUnknown ?? "it is empty")")
        }
        let own = endpoint.head.region.isAbsent ? region : endpoint.head.region
        let join = joined(AlarmJoin.self)
        for name in names.sorted() {
            let heads =
                alarms[join.byName[name]].map(\.head) + compositeAlarms[join.compositesByName[name]].map(\.head)
            guard let head = heads.first(where: { !isElsewhere($0, than: endpoint.head) }) ?? heads.first else {
                let message = "no alarm of this input is called '\(name)'"
                if join.isAnyNameOpen {
                    ask.doubt(message + ", but an alarm's name is unknown")
                } else {
                    ask.fail(message)
                }
                continue
            }
            ask.relate("the alarm \(head.id)", at: head.place)
            let other = head.region.isAbsent ? region : head.region
            if let own = own.value, let other = other.value, own != other {
                ask.fail("'\(name)' stands in \(other), the endpoint in \(own)")
            }
            if alarms[id: head.id]?.state.value == .alarm {
                ask.doubt("'\(name)' is in ALARM: a deployment cannot start")
            }
        }
    }
}

// MARK: - Triggers (OPS-2.2)

extension Graph {
    func askForTriggers(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let endpointName = ask.need(endpoint.name, "the endpoint's name") else { return }
        let list = rollbackList(of: endpoint)
        for purpose in [AlarmClass.errorRate, .drift, .quality] {
            let candidates = list.alarms.filter { purposes(of: $0, for: endpointName).contains(purpose) }
            let nothing = "no listed alarm is a trigger on \(purpose.title)"
            if candidates.isEmpty, let why = list.openBecause {
                ask.doubt("\(nothing), as far as can be told: \(why)")
            } else if candidates.isEmpty, source == .engine {
                ask.doubt("the engine shows no \(purpose.title) trigger yet")
            } else if purpose == .errorRate {
                // One of any variant; that each has its own is OPS-1.2's matter.
                let own = watchedVariants(of: endpoint, &ask).flatMap { variant in
                    candidates.filter { variant.isWatched(by: $0.id) }.map { (variant, $0) }
                }
                ask.requireOne(of: own, orFail: nothing, name: { $0.1.id }) { pair, ask in
                    pair.0.ask(pair.1, as: purpose, &ask)
                }
            } else {
                ask.requireOne(of: candidates, orFail: nothing, name: \.id) {
                    askForSignal($0, as: purpose, of: endpointName, &$1)
                }
            }
        }
    }

    private func askForSignal(
        _ alarm: Alarm, as purpose: AlarmClass, of endpointName: String, _ ask: inout Inquiry
    ) {
        ask.relate("the alarm \(alarm.id)", at: alarm.place)
        let metrics = alarm.metrics.filter { Self.signals(of: $0.name).contains(purpose) }
        for metric in metrics {
            let isBetterLow = purpose == .drift || Self.errorMeasures.contains { metric.name.lowercased().contains($0) }
            ask.require(
                alarm.comparison, "the comparison of \(metric.name)",
                wanted: "to fire \(isBetterLow ? "above" : "below") its threshold"
            ) { $0.isBelow != isBetterLow }
            if metric.namespace.hasPrefix("/aws/sagemaker/Endpoints/"), source != .live || alarm.state.value == nil {
                ask.doubt(
                    "\(metric.namespace) is the documented namespace, but Model Monitor was seen to publish in "
                        + "aws/sagemaker/Endpoints/data-metrics: the alarm's state in the live account would decide")
            }
            let names = metric.dimensions.map(\.value)
            if !names.contains(endpointName) {
                ask.doubt("\(metric.name) does not name endpoint '\(endpointName)' in its dimensions")
            } else {
                ask.prove("\(metric.name) of '\(endpointName)'")
            }
        }
    }
}

// MARK: - Signals (OPS-2.3)

extension Graph {
    func askForSignals(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let config = config(of: endpoint, &ask) else { return }
        if source == .engine, config.dataCapture.isAbsent || monitoringSchedules.isEmpty {
            return ask.doubt("the engine shows no capture or detector yet: a baseline and its detector would decide")
        }
        if let capture = ask.need(config.dataCapture, "DataCaptureConfig") {
            ask.requireFlag(capture.isEnabled, "EnableCapture", absentAs: true)
            ask.require(capture.samplingPercentage, "the sampling percentage", wanted: "at least 20") { $0 >= 20 }
            ask.require(capture.modes, "CaptureOptions", wanted: "Input and Output") {
                $0.contains("Input") && $0.contains("Output")
            }
            ask.require(capture.destination, "the capture's destination", wanted: "a bucket") { !$0.isEmpty }
        }
        let isMultiModel = (config.variants.value ?? []).contains { models[$0.model]?.isMultiModel.value == true }
        let watching = monitoringSchedules[joined(SchedulesByEndpoint.self).monitoring(endpoint)]
        for kind in [MonitoringSchedule.Kind.dataQuality, .modelQuality] {
            let schedules = watching.filter { $0.kind.isUnknown || $0.kind.value == kind }
            let title = kind == .dataQuality ? "data quality" : "model quality"
            if schedules.isEmpty, let alarm = alarmOnOwnDetector(of: endpoint, kind == .dataQuality ? .drift : .quality)
            {
                ask.relate("the alarm \(alarm.id)", at: alarm.place)
                if source == .live {
                    askForData(of: alarm, &ask)
                } else {
                    ask.doubt(
                        "\(alarm.id) listens to a detector of \(title) that is not in this input: what the live "
                            + "account measures, or signed evidence, decides")
                }
                continue
            }
            ask.requireOne(of: schedules, orFail: "nothing watches the endpoint's \(title)", name: \.id) {
                askForDetector($0, kind, isMultiModel: isMultiModel, &$1)
            }
            askForData(kind == .dataQuality ? .drift : .quality, of: endpoint, &ask)
        }
    }

    /// An alarm on a metric of a detector that runs elsewhere, such as the gateway: not one that Model Monitor
    /// publishes.
    private func alarmOnOwnDetector(of endpoint: Endpoint, _ purpose: AlarmClass) -> Alarm? {
        guard let name = endpoint.name.value else { return nil }
        let join = joined(AlarmJoin.self)
        return alarms[join.watching(name)].first { alarm in
            purposes(of: alarm, for: name).contains(purpose)
                && alarm.metrics.contains {
                    Self.signals(of: $0.name).contains(purpose)
                        && !$0.namespace.lowercased().contains("aws/sagemaker/endpoints")
                }
        }
    }

    private func askForDetector(
        _ schedule: MonitoringSchedule, _ kind: MonitoringSchedule.Kind, isMultiModel: Bool, _ ask: inout Inquiry
    ) {
        ask.relate("the detector \(schedule.id)", at: schedule.place)
        if let why = schedule.kind.whyUnknown ?? schedule.endpointName.whyUnknown {
            ask.doubt("what it watches cannot be told: \(why)")
        }
        ask.require(schedule.baselineConstraints, "its baseline of constraints", wanted: "a file") { !$0.isEmpty }
        // A baseline of model quality has constraints alone.
        if kind == .dataQuality {
            ask.require(schedule.baselineStatistics, "its baseline of statistics", wanted: "a file") { !$0.isEmpty }
        }
        if kind == .modelQuality {
            ask.require(schedule.groundTruth, "its ground truth", wanted: "where labels arrive") { !$0.isEmpty }
        }
        if schedule.isStreaming.value == true { return ask.prove("compares as requests arrive") }
        if isMultiModel, schedule.isJob { ask.fail("Model Monitor does not take multi-model endpoints") }
        if isMultiModel, !schedule.isJob {
            ask.doubt("\(schedule.id) holds the traffic of all models to one baseline: whether that fits each is open")
        }
        ask.require(schedule.scheduleExpression, "its schedule", wanted: "hourly, such as cron(0 * ? * * *)") {
            Self.isHourly($0)
        }
        askForRun(of: schedule, &ask)
    }

    /// `cron(m * ? * * *)` or `rate(1 hour)`.
    private static func isHourly(_ expression: String) -> Bool {
        if expression == "rate(1 hour)" { return true }
        let fields = expression.replacing("cron(", with: "").split(separator: " ")
        return expression.hasPrefix("cron(") && fields.count == 6 && ["*", "0/1", "*/1"].contains(fields[1])
    }
}

// MARK: - What disables guardrails (OPS-2.7)

extension Graph {
    func askForGuardrailBreakers(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let all = variants(of: endpoint, &ask)
        for variant in all {
            let name = variant.name.value ?? "a variant"
            if !variant.isServerless {
                ask.require(
                    variant.instanceType, "the instance type of \(name)",
                    wanted: "one that guardrails support (no ml.inf1)"
                ) { !$0.hasPrefix("ml.inf1.") }
            }
            if variant.acceleratorType.isUnknown { ask.doubt("whether \(name) has an accelerator cannot be told") }
            if let accelerator = variant.acceleratorType.value {
                ask.fail("\(name) has the accelerator \(accelerator)", at: variant.acceleratorType.place)
            }
            guard variant.model.isKnown, let model = models[variant.model] else {
                ask.doubt(
                    "the model of \(name) is not part of this input: whether it is a Marketplace container is open")
                continue
            }
            if model.isMarketplace { ask.fail("\(model.id) is a Marketplace container", at: model.place) }
        }
        guard endpoint.rolling.isKnown else { return }
        if all.count > 1 { ask.fail("a rolling deployment of \(all.count) variants; SageMaker rolls only one") }
        if all.contains(where: \.isServerless) { ask.fail("a rolling deployment of a serverless variant") }
    }
}

// MARK: - The right to read alarms (OPS-2.8)

extension Graph {
    func askForAlarmReading(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let list = rollbackList(of: endpoint)
        if list.alarms.isEmpty {
            if let why = list.openBecause { return ask.doubt("which alarms are to be read cannot be told: \(why)") }
            return ask.doubt("no alarm is listed in AutoRollbackConfiguration (OPS-2.1), so there is none to read")
        }
        for variant in variants(of: endpoint, &ask) {
            guard let model = models[variant.model] else {
                ask.doubt("the model of \(variant.name.value ?? "a variant") is not part of this input")
                continue
            }
            guard let reference = ask.need(model.role, "the execution role of \(model.id)") else { continue }
            guard let role = roles[reference] else {
                ask.doubt("the execution role of \(model.id) is not part of this input: its policies would decide")
                continue
            }
            ask.relate("the execution role \(role.id)", at: role.place)
            if role.policies.isAbsent, let why = role.whyUndecided {
                ask.doubt("whether \(role.id) may cloudwatch:DescribeAlarms cannot be told: \(why)")
                continue
            }
            guard let documents = ask.need(role.policies, "the policies of \(role.id)") else { continue }
            let statements = documents.flatMap(\.statements).filter { $0.reaches("cloudwatch:DescribeAlarms") }
            let boundary = role.permissionsBoundary.value
            let places = Self.alarmPlaces(in: statements)
            for alarm in list.alarms {
                let spellings = spellings(of: alarm, in: places)
                let isAllowed = statements.contains { $0.effect == .allow && $0.coversAny(of: spellings) }
                let isDenied = statements.contains {
                    $0.effect == .deny && $0.conditions.isEmpty && $0.coversAny(of: spellings)
                }
                if isDenied {
                    ask.fail("\(role.id) is denied cloudwatch:DescribeAlarms on \(alarm.id)", at: role.place)
                } else if isAllowed {
                    ask.prove("\(role.id) may read \(alarm.id)")
                } else if role.managedPolicies.value?.isEmpty == false {
                    ask.doubt("whether a managed policy of \(role.id) allows cloudwatch:DescribeAlarms is open")
                } else if let why = role.whyUndecided {
                    ask.doubt("whether \(role.id) may cloudwatch:DescribeAlarms cannot be told: \(why)")
                } else {
                    ask.fail("\(role.id) may not cloudwatch:DescribeAlarms on \(alarm.id)", at: role.place)
                }
            }
            if let boundary { ask.doubt("what the permissions boundary \(boundary) leaves of it is open") }
        }
    }

    /// How a policy may name an alarm: by reference, or by an ARN with the region and account spelt out or not. An
    /// account that is written out is taken for the own one, and where the own region is not known, so is a region.
    private func spellings(of alarm: Alarm, in places: (regions: Set<String>, accounts: Set<String>)) -> [String] {
        let name = alarm.name.value ?? alarm.id
        let own = (alarm.head.region.isAbsent ? region : alarm.head.region).value
        let regions = ["${AWS::Region}"] + (own.map { [$0] } ?? places.regions.sorted())
        let accounts = ["${AWS::AccountId}"] + places.accounts.sorted()
        return ["${\(alarm.id).Arn}", "${\(alarm.id)}"]
            + regions.flatMap { region in
                accounts.map { "arn:aws:cloudwatch:\(region):\($0):alarm:\(name)" }
            }
    }

    /// The regions and accounts that statements write out in the ARNs of alarms.
    private static func alarmPlaces(
        in statements: [PolicyStatement]
    ) -> (regions: Set<String>, accounts: Set<String>) {
        var found: (regions: Set<String>, accounts: Set<String>) = ([], [])
        for resource in statements.flatMap(\.resources) {
            let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            guard parts.count == 6, parts[2] == "cloudwatch" else { continue }
            if !parts[3].contains("$"), !parts[3].contains("*") { found.regions.insert(String(parts[3])) }
            if parts[4].count == 12, parts[4].allSatisfy(\.isNumber) { found.accounts.insert(String(parts[4])) }
        }
        return found
    }
}
