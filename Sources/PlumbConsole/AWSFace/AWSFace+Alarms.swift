// CloudWatch's alarms over the live recorders, and the rollbacks that they bring about.

import Logging
import PlumbEngine
import PlumbModel
import PlumbSignals
import ServiceLifecycle

extension AWSFace {
    /// Nil for an operation that there is not.
    func cloudWatch(_ operation: String, _ input: FaceInput, by actor: String) async throws -> Shape? {
        switch operation {
        case "PutMetricAlarm": try await putAlarm(input, by: actor)
        case "DescribeAlarms": try describeAlarms(input)
        case "DeleteAlarms": try await deleteAlarms(input, by: actor)
        case "GetMetricData": try await metricData(input)
        case "ListMetrics": try await listMetrics(input)
        case "ListTagsForResource": try listAlarmTags(input)
        default: nil
        }
    }

    static func machines(for records: [FaceRecord]) throws -> [String: AlarmMachine] {
        var machines: [String: AlarmMachine] = [:]
        for record in records {
            machines[record.name] = try AlarmMachine(
                AlarmReading(FaceInput(record.body)).definition, state: record.state)
        }
        return machines
    }

    private func putAlarm(_ input: FaceInput, by actor: String) async throws -> Shape {
        let reading = try AlarmReading(input)
        let name = reading.definition.name
        let machine = try AlarmMachine(reading.definition)
        if let obstacle = RequestRecorder.obstacle(to: reading.definition) {
            throw FaceError.validation(obstacle.message)
        }
        return try await alone(with: [FaceRecord.key(.alarm, name)]) {
            let known = records[FaceRecord.key(.alarm, name)]
            if known == nil { try requireNew(.alarm, name) }
            var body = input.shape
            body["Tags"] = nil
            let now = await ground.now()
            var record = try known ?? FaceRecord(.alarm, name, body, tags: input.tags(), at: now)
            (record.body, record.changedAt) = (body, now)
            (record.state, record.stateAt) = (.insufficientData, now)
            record.stateReason = "Unchecked: Initial alarm creation"
            try await keep(record, "PutMetricAlarm", by: actor)
            alarmMachines[name] = machine
            return .map([:])
        }
    }

    private func deleteAlarms(_ input: FaceInput, by actor: String) async throws -> Shape {
        for name in try input.texts("AlarmNames") {
            try await alone(with: [FaceRecord.key(.alarm, name)]) {
                guard records[FaceRecord.key(.alarm, name)] != nil else { return }
                if let user = records(of: .endpoint).first(where: { Self.rollbackAlarms(of: $0).contains(name) }) {
                    throw FaceError.validation("The alarm \"\(name)\" guards the endpoint \"\(user.name)\".")
                }
                try await forget(.alarm, name, "DeleteAlarms", by: actor)
                alarmMachines[name] = nil
            }
        }
        return .map([:])
    }

    private func describeAlarms(_ input: FaceInput) throws -> Shape {
        let names = try input.texts("AlarmNames")
        let prefix = try input.optionalText("AlarmNamePrefix") ?? ""
        let state = try input.optionalText("StateValue")
        let types = try input.texts("AlarmTypes")
        let count = try input.optionalInteger("MaxRecords", in: 1...FacePage.countMax) ?? FacePage.countMax
        let token = try input.optionalText("NextToken") ?? ""
        let found = records(of: .alarm).filter { record in
            (names.isEmpty || names.contains(record.name)) && record.name.hasPrefix(prefix) && record.name > token
                && (state.map { $0 == record.state.rawValue } ?? true)
                && (types.isEmpty || types.contains("MetricAlarm"))
        }.sorted { $0.name < $1.name }
        let page = found.prefix(count)
        return .made([
            "MetricAlarms": .list(page.map(shape)), "CompositeAlarms": .list([]),
            "NextToken": found.count > page.count ? page.last.map { .text($0.name) } : nil,
        ])
    }

    private func shape(_ record: FaceRecord) -> Shape {
        var shape = record.body
        for name in ["AlarmActions", "OKActions", "InsufficientDataActions"] { shape[name] = .list([]) }
        shape["AlarmArn"] = .text(arn(.alarm, record.name))
        shape["ActionsEnabled"] = shape["ActionsEnabled"] ?? true
        shape["AlarmConfigurationUpdatedTimestamp"] = .time(record.changedAt)
        shape["StateValue"] = .text(record.state.rawValue)
        shape["StateReason"] = .text(record.stateReason)
        shape["StateUpdatedTimestamp"] = .time(record.stateAt)
        shape["StateTransitionedTimestamp"] = .time(record.stateAt)
        shape["Dimensions"] = shape["Dimensions"] ?? .list([])
        // Inputs of the Query protocol are texts.
        for name in ["Period", "EvaluationPeriods", "DatapointsToAlarm"] {
            if let number = shape[name]?.integer { shape[name] = .integer(number) }
        }
        if let number = shape["Threshold"]?.number { shape["Threshold"] = .number(number) }
        if let flag = shape["ActionsEnabled"]?.flag { shape["ActionsEnabled"] = .flag(flag) }
        return shape
    }

    private func listAlarmTags(_ input: FaceInput) throws -> Shape {
        let arn = try input.text("ResourceARN")
        guard let record = records(of: .alarm).first(where: { self.arn($0.kind, $0.name) == arn }) else {
            throw FaceError(code: "ResourceNotFoundException", message: "There is no \(arn.prefix(300)).", status: 404)
        }
        return .made(["Tags": Self.shape(record.tags)])
    }

    // MARK: - Watching

    /// Evaluates the alarms once a second, until the engine is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.watch()
                } catch is CancellationError {
                    return
                } catch {
                    await self.tell(error)
                }
                // Ending early is what cancelling is for.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func tell(_ error: any Error) { log.error("the alarms cannot be looked at: \(error)") }

    func watch() async throws {
        let statuses = try await plane.status().endpoints
        await nameVariants(statuses)
        guard !alarmMachines.isEmpty else { return }
        let source = try await liveMetrics()
        let now = await ground.now()
        for name in alarmMachines.keys.sorted() {
            guard var machine = alarmMachines[name], var record = records[FaceRecord.key(.alarm, name)],
                !isChanging(record.key)
            else { continue }
            let change = machine.tick(at: Int(now), source: source)
            alarmMachines[name] = machine
            guard let change else { continue }
            (record.state, record.stateReason, record.stateAt) = (change.to, change.reason, now)
            let changed = record
            try await alone(with: [record.key]) {
                try await keep(changed, "alarm.\(change.to.rawValue)", by: "plumb")
            }
        }
        try await rollBackWhereAlarmsFire()
    }

    static func rollbackAlarms(of record: FaceRecord) -> [String] {
        let alarms = record.body["DeploymentConfig"]?["AutoRollbackConfiguration"]?["Alarms"]?.list ?? []
        return alarms.compactMap { $0["AlarmName"]?.text }
    }

    /// A deployment goes back when an alarm that it names is in ALARM, whether it rose before or since.
    private func rollBackWhereAlarmsFire() async throws {
        let firing = Set(alarmMachines.filter { $0.value.state == .alarm }.keys)
        guard !firing.isEmpty else { return }
        for status in try await plane.status().endpoints {
            guard let record = records[FaceRecord.key(.endpoint, status.record.name)],
                let rollout = status.record.rollout, rollout.order.old != nil, !rollout.order.isRollback,
                let alarm = Self.rollbackAlarms(of: record).first(where: firing.contains)
            else { continue }
            switch rollout.phase {
            case .rollingBack, .ended: continue
            default: break
            }
            let reason = "the alarm \(alarm) is in ALARM: \(alarmMachines[alarm]?.latest?.reason ?? "")"
            do {
                _ = try await plane.rollback(record.name, to: nil, reason: reason, by: "plumb")
            } catch let error as PlumbError where error.kind == .conflict {
                // It ended, or went back, in between.
                log.notice("\(record.name): \(error)")
            }
        }
    }
}

/// What PutMetricAlarm says, as the one evaluator of alarms takes it.
struct AlarmReading: Sendable {
    var definition: AlarmDefinition

    init(_ input: FaceInput) throws {
        try input.allow([
            "AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions",
            "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit",
            "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData",
            "EvaluateLowSampleCountPercentile", "Metrics", "Tags",
        ])
        for name in ["AlarmActions", "OKActions", "InsufficientDataActions"] {
            guard try input.texts(name).isEmpty else {
                throw FaceError.validation("\(name): the engine on this machine carries out none; leave them out.")
            }
        }
        guard let comparison = ComparisonOperator(rawValue: try input.text("ComparisonOperator")) else {
            throw FaceError.validation("ComparisonOperator: the engine compares with a number only.")
        }
        guard let threshold = try input.optionalNumber("Threshold") else {
            throw FaceError.validation("Threshold: a number is needed.")
        }
        let missing = try input.optionalText("TreatMissingData") ?? "missing"
        guard let missingData = MissingDataTreatment(rawValue: missing) else {
            throw FaceError.validation("TreatMissingData: '\(missing)' is none of CloudWatch's.")
        }
        let low = try input.optionalText("EvaluateLowSampleCountPercentile") ?? "evaluate"
        guard let lowSamples = LowSampleCountPercentile(rawValue: low) else {
            throw FaceError.validation("EvaluateLowSampleCountPercentile: evaluate or ignore.")
        }
        let periods = try input.integer("EvaluationPeriods", in: 1...1440)
        let rows = try Self.rows(input)
        let returned = rows.first { $0.returnsData }?.periodSeconds
        guard let period = returned ?? rows.compactMap(\.periodSeconds).first else {
            throw FaceError.validation("Metrics: no row says the period.")
        }
        definition = AlarmDefinition(
            name: try input.text("AlarmName"), queries: rows, comparison: comparison, threshold: threshold,
            periodSeconds: period, evaluationPeriods: periods,
            datapointsToAlarm: try input.optionalInteger("DatapointsToAlarm", in: 1...periods),
            missingData: missingData, lowSamples: lowSamples)
    }

    private static func rows(_ input: FaceInput) throws -> [MetricDataQuery] {
        let rows = try input.structures("Metrics")
        if !rows.isEmpty { return try rows.map { try MetricRow.read($0) } }
        let identity = try MetricRow.identity(input)
        let text = try input.optionalText("Statistic") ?? input.text("ExtendedStatistic")
        return [
            MetricDataQuery(
                id: "m1",
                source: .metric(
                    identity, statistic: try MetricRow.statistic(text),
                    periodSeconds: try input.integer("Period", in: 1...86_400), unit: try input.optionalText("Unit")),
                returnsData: true)
        ]
    }
}

extension MetricDataQuery {
    /// Of a metric; an expression has that of its rows.
    var periodSeconds: Int? {
        if case .metric(_, _, let seconds, _) = source { seconds } else { nil }
    }
}
