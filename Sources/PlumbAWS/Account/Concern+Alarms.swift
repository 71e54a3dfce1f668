// What watches the endpoints in CloudWatch: alarms, composite alarms, mute rules and dashboards.

import Foundation
import PlumbModel

extension Concern {
    /// An alarm is kept for the sake of the endpoint that its dimensions or expressions name, a composite alarm for
    /// that of an alarm in its rule, a dashboard for that of an endpoint in its body. An alarm of either kind has, beside
    /// CloudFormation's properties, `LiveState`, `LiveStateReason`, `LiveStateUpdatedTime` and
    /// `LiveStateTransitionedTime` (seconds since 1970), and `LiveEvaluationState` where not all data could be read.
    static let alarms = Concern(
        name: "alarms",
        reads: [
            Read(.cloudWatch, "DescribeAlarms"), Read(.cloudWatch, "ListAlarmMuteRules"),
            Read(.cloudWatch, "GetAlarmMuteRule"), Read(.cloudWatch, "ListDashboards"),
            Read(.cloudWatch, "GetDashboard"), Read(.cloudWatch, "DescribeAlarmHistory"),
        ],
        list: { survey in
            async let alarms: Void = survey.listAlarms()
            async let composites: Void = survey.listCompositeAlarms()
            async let rules: Void = survey.listMuteRules()
            try await survey.listDashboards()
            _ = try await (alarms, composites, rules)
        },
        measure: { survey, resources in try await survey.measureAlarms(resources) })
}

extension Survey {
    static let alarmType = "AWS::CloudWatch::Alarm"
    static let compositeType = "AWS::CloudWatch::CompositeAlarm"

    private static let alarmNames: [String: String?] = [
        "AlarmArn": nil, "StateValue": "LiveState", "StateReason": "LiveStateReason", "StateReasonData": nil,
        "StateUpdatedTimestamp": "LiveStateUpdatedTime", "StateTransitionedTimestamp": "LiveStateTransitionedTime",
        "AlarmConfigurationUpdatedTimestamp": nil, "EvaluationState": "LiveEvaluationState",
    ]

    fileprivate func listAlarms() async throws {
        let found = try await listed(
            Self.alarmType, .cloudWatch, "DescribeAlarms", ["AlarmTypes": ["MetricAlarm"], "MaxRecords": 100],
            in: "MetricAlarms")
        for alarm in found {
            notebook.consider(self.alarm(Self.alarmType, alarm), mentioning: Self.meant(by: alarm))
        }
    }

    private func alarm(_ type: String, _ alarm: AWSValue) -> AccountResource {
        var resource = AccountResource(
            type, name: alarm["AlarmName"].text ?? "", arn: alarm["AlarmArn"].text, region: region,
            properties: AccountValue(alarm, names: Self.alarmNames))
        // An alarm on one metric has no rows, which an answer may tell as an empty list of them.
        for list in ["Metrics", "Dimensions"] where resource.properties[list] == [] {
            resource.properties[list] = .absent
        }
        return resource
    }

    /// Whatever value of a dimension may be an endpoint's or a monitor's name, and the words of expressions.
    private static func meant(by alarm: AWSValue) -> [Wanted] {
        let rows = alarm["Metrics"].items
        let dimensions = alarm["Dimensions"].items + rows.flatMap { $0["MetricStat"]["Metric"]["Dimensions"].items }
        var meant: Set<Wanted> = []
        for dimension in dimensions {
            guard let value = dimension["Value"].text else { continue }
            meant.insert(.endpoint(value))
            if dimension["Name"].text == "MonitoringSchedule" {
                meant.insert(Wanted("AWS::SageMaker::MonitoringSchedule", value))
            }
        }
        for row in rows {
            for word in words(of: row["Expression"].text ?? "") { meant.insert(.endpoint(word)) }
        }
        return Array(meant)
    }

    fileprivate func listCompositeAlarms() async throws {
        let found = try await listed(
            Self.compositeType, .cloudWatch, "DescribeAlarms", ["AlarmTypes": ["CompositeAlarm"], "MaxRecords": 100],
            in: "CompositeAlarms")
        for composite in found {
            let children = AlarmRuleNames.read(composite["AlarmRule"].text ?? "").map { Wanted(Self.alarmType, $0) }
            notebook.consider(alarm(Self.compositeType, composite), mentioning: children, followUps: children)
        }
    }

    fileprivate func listMuteRules() async throws {
        let type = "AWS::CloudWatch::AlarmMuteRule"
        let found = try await listed(
            type, .cloudWatch, "ListAlarmMuteRules", ["MaxRecords": 100], in: "AlarmMuteRuleSummaries")
        try await inParallel(found) { summary in
            guard let arn = summary["AlarmMuteRuleArn"].text, let name = arn.split(separator: ":").last else { return }
            let answer = try await self.answer(
                .cloudWatch, "GetAlarmMuteRule", ["AlarmMuteRuleName": .text(String(name))])
            var resource = AccountResource(type, name: String(name), arn: arn, region: region)
            // Which alarms a rule mutes is not known where it is not shown: it may be those of an endpoint.
            guard let rule = answer.value else {
                resource.properties = answer.accountValue
                return notebook.note(resource)
            }
            resource.properties = AccountValue(
                rule, only: "Name", "Description", "Rule", "MuteTargets", "StartDate", "ExpireDate")
            resource.properties["LiveStatus"] = AccountValue(rule["Status"])
            let alarms = rule["MuteTargets"]["AlarmNames"].items.compactMap(\.text)
            notebook.consider(resource, mentioning: alarms.map { Wanted(Self.alarmType, $0) })
        }
    }

    fileprivate func listDashboards() async throws {
        let type = "AWS::CloudWatch::Dashboard"
        let found = try await listed(type, .cloudWatch, "ListDashboards", in: "DashboardEntries")
        try await inParallel(found) { entry in
            guard let name = entry["DashboardName"].text else { return }
            let answer = try await self.answer(.cloudWatch, "GetDashboard", ["DashboardName": .text(name)])
            var resource = AccountResource(type, name: name, arn: entry["DashboardArn"].text, region: nil)
            resource.properties = ["DashboardName": .text(name)]
            resource.properties["Tags"] = .unseen("the tags of dashboards are not read")
            resource.properties["DashboardBody"] = answer.map { $0["DashboardBody"] }.accountValue
            guard let body = answer.value?["DashboardBody"].text else { return notebook.note(resource) }
            // A search over all variants draws those in scope as well.
            if body.contains("EndpointName,VariantName"), body.contains("SEARCH(") { return notebook.note(resource) }
            notebook.consider(resource, mentioning: Self.words(of: body).map { .endpoint($0) })
        }
    }
}

/// The alarms that a composite alarm's rule names: `ALARM(a) AND NOT OK("b c")`.
enum AlarmRuleNames {
    static func read(_ rule: String) -> [String] {
        var names: [String] = []
        var rest = rule[...]
        while let open = rest.firstIndex(of: "(") {
            rest = rest[rest.index(after: open)...]
            let inside = rest.drop(while: \.isWhitespace)
            let name: Substring
            if let quote = inside.first, quote == "\"" || quote == "'" {
                name = inside.dropFirst().prefix { $0 != quote }
                rest = rest[name.endIndex...]
            } else {
                // A bracket that only groups is followed by a word and a bracket of its own.
                let word = inside.prefix { $0 != "(" && $0 != ")" }
                if word.endIndex < inside.endIndex, inside[word.endIndex] == "(" { continue }
                name = word
            }
            let text = name.trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty else { continue }
            let parts = text.split(separator: ":", maxSplits: 6).map(String.init)
            names.append(text.hasPrefix("arn:") && parts.count == 7 ? parts[6] : text)
        }
        return names
    }
}
