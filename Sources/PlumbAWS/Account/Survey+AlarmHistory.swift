// What the alarms have done: their state, and how often it has changed.

import Foundation
import PlumbModel

extension Survey {
    /// Up to so many alarms are asked for one by one; for more the history of the whole region is read and sifted.
    private static let alarmsMax = 50

    /// Tells the state of each alarm, once for each endpoint that it watches: `Evidence.Kind.alarm`.
    func measureAlarms(_ resources: [AccountResource]) async throws {
        let alarms = resources.filter { $0.type == Self.alarmType || $0.type == Self.compositeType }
        guard !alarms.isEmpty else { return }
        let history = try await alarmHistory(Set(alarms.map(\.name)))
        let endpoints = Set(resources.lazy.filter { $0.type == "AWS::SageMaker::Endpoint" }.map(\.name))
        var watched: [String: Set<String>] = [:]
        for alarm in alarms where alarm.type == Self.alarmType {
            watched[alarm.name] = Self.names(in: alarm.properties).intersection(endpoints)
        }
        for composite in alarms where composite.type == Self.compositeType {
            let children = AlarmRuleNames.read(composite.properties["AlarmRule"].text ?? "")
            watched[composite.name] = children.reduce(into: []) { $0.formUnion(watched[$1] ?? []) }
        }
        for alarm in alarms {
            for endpoint in (watched[alarm.name] ?? []).sorted() {
                notebook.note(evidence(of: alarm, for: endpoint, history.value?[alarm.name], history.value != nil))
            }
        }
    }

    /// What may be an endpoint's name: values of dimensions, and words of expressions.
    private static func names(in alarm: AccountValue) -> Set<String> {
        let rows = alarm["Metrics"].items
        let dimensions = [alarm["Dimensions"]] + rows.map { $0["MetricStat"]["Metric"]["Dimensions"] }
        var names = Set(dimensions.flatMap(\.items).compactMap { $0["Value"].text })
        for row in rows { names.formUnion(words(of: row["Expression"].text ?? "")) }
        return names
    }

    private func evidence(
        of alarm: AccountResource, for endpoint: String, _ states: [String]?, _ isHistoryKnown: Bool
    ) -> Evidence {
        let properties = alarm.properties
        let state = properties["LiveState"].text ?? ""
        let reason = properties["LiveStateReason"].text ?? ""
        var evidence = Evidence(
            .alarm, endpointName: endpoint, day: today, origin: "account",
            texts: ["alarm": alarm.name, "state": state, "reason": reason])
        evidence.numbers["periodSeconds"] = properties["Period"].number
        evidence.numbers["datapointsToAlarm"] =
            properties["DatapointsToAlarm"].number ?? properties["EvaluationPeriods"].number
        let changes = states ?? []
        // CloudWatch says so of an alarm that it has not looked at yet.
        let isNew = state == "INSUFFICIENT_DATA" && reason.hasPrefix("Unchecked")
        evidence.numbers["evaluated"] = isNew && changes.isEmpty ? 0 : 1
        if isHistoryKnown {
            evidence.numbers["days"] = Self.windowDays
            evidence.numbers["changes"] = Double(changes.count)
            evidence.numbers["raised"] = Double(changes.count { $0 == "ALARM" })
        }
        return evidence
    }

    /// The states that each alarm has come into in the last days.
    private func alarmHistory(_ names: Set<String>) async throws -> Seen<[String: [String]]> {
        // The day's beginning, so that the question is the same whenever it is asked.
        let start = Double(today.daysSinceEpoch) * 86_400 - Self.windowDays * 86_400
        let all: AWSValue = [
            "HistoryItemType": "StateUpdate", "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100,
            "StartDate": .number(start),
        ]
        var inputs = [all]
        if names.count <= Self.alarmsMax {
            inputs = names.sorted().map { name in
                var input = all
                input["AlarmName"] = .text(name)
                return input
            }
        }
        return try await items(.cloudWatch, "DescribeAlarmHistory", each: inputs, in: "AlarmHistoryItems").map {
            found in
            var states: [String: [String]] = [:]
            for item in found {
                guard let name = item["AlarmName"].text, names.contains(name) else { continue }
                if let state = Self.newState(item["HistoryData"].text) { states[name, default: []].append(state) }
            }
            return states
        }
    }

    private static func newState(_ data: String?) -> String? {
        // A change whose data cannot be read is not counted; CloudWatch writes JSON.
        guard let data, let told = try? JSONBody.read(Data(data.utf8)) else { return nil }
        return told["newState"]["stateValue"].text
    }
}
