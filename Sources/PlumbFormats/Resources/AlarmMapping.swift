// Alarms, alarms over alarms, and the times in which they are mute.

import PlumbModel

/// Reads CloudWatch's alarms, composite alarms and mute rules.
enum AlarmMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        for resource in tongue.resources("AWS::CloudWatch::Alarm", "aws_cloudwatch_metric_alarm", in: inventory) {
            graph.alarms.append(alarm(resource.head, Bilingual(resource, tongue), inventory))
        }
        for resource in tongue.resources(
            "AWS::CloudWatch::CompositeAlarm", "aws_cloudwatch_composite_alarm", in: inventory)
        {
            let source = Bilingual(resource, tongue)
            var composite = CompositeAlarm(head: resource.head)
            composite.rule = source["AlarmRule", "alarm_rule"].name.map { rule($0, inventory) }
            composite.actions = inventory.actionReferences(source["AlarmActions", "alarm_actions"].property)
            composite.isActionsEnabled = source["ActionsEnabled", "actions_enabled"].bool
            let suppressor = source["ActionsSuppressor", "actions_suppressor"]
            composite.actionsSuppressor =
                (tongue == .template ? suppressor : suppressor["", "alarm"]).orNothing.name
                .map { alarmName($0, inventory) }
            graph.compositeAlarms.append(composite)
        }
        for resource in tongue.resources(
            "AWS::CloudWatch::AlarmMuteRule", "aws_cloudwatch_alarm_mute_rule", in: inventory)
        {
            let source = Bilingual(resource, tongue)
            var rule = AlarmMuteRule(head: resource.head)
            rule.alarmNames = source["MuteTargets", "mute_targets"]["AlarmNames", "alarm_names"].list { item in
                item.name.map { alarmName($0, inventory) }
            }
            rule.expression = source["Rule", "rule"]["Schedule", "schedule"]["Expression", "expression"].string
            graph.alarmMuteRules.append(rule)
        }
    }

    private static func alarm(_ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory) -> Alarm {
        var alarm = Alarm(head: head)
        alarm.queries = AlarmQueries.ofAlarm(source)
        let comparison = source["ComparisonOperator", "comparison_operator"]
        alarm.comparison = comparison.choice()
        if let word = comparison.string.value, word.holds("UpperThreshold") || word.holds("LowerThreshold") {
            alarm.comparison = .unknown("\(word) compares with a band that CloudWatch learns", at: comparison.place)
        }
        alarm.threshold = source["Threshold", "threshold"].double
        if alarm.threshold.isAbsent, source["ThresholdMetricId", "threshold_metric_id"].orNothing.isPresent {
            alarm.threshold = .unknown("its threshold is a band that CloudWatch learns", at: source.place)
        }
        alarm.periodSeconds = source["Period", "period"].int
        alarm.evaluationPeriods = source["EvaluationPeriods", "evaluation_periods"].int
        alarm.datapointsToAlarm = source["DatapointsToAlarm", "datapoints_to_alarm"].int
        alarm.missingData = source["TreatMissingData", "treat_missing_data"].orNothing.choice()
        alarm.lowSamples =
            source["EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles"].orNothing.choice()
        alarm.isActionsEnabled = source["ActionsEnabled", "actions_enabled"].bool
        alarm.actions = inventory.actionReferences(source["AlarmActions", "alarm_actions"].property)
        return alarm
    }

    /// An alarm's name, however it was named: by reference, ARN or name.
    static func alarmName(_ text: String, _ inventory: Inventory) -> String {
        let form = inventory.directory.canonical(text)
        if let (id, _) = inventory.directory.resourceNamed(form) { return inventory[id: id]?.head.name.value ?? form }
        let parts = ARN.split(form)
        guard parts.count == 6, parts[2] == "cloudwatch", parts[5].hasPrefix("alarm:") else { return form }
        return String(parts[5].dropFirst(6))
    }

    /// A composite's rule with every alarm by its name: rules may name ARNs.
    private static func rule(_ text: String, _ inventory: Inventory) -> String {
        var rest = text[...]
        var written = ""
        while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
            written += rest[...open]
            let inside = rest[rest.index(after: open)..<close]
            if inside.contains("(") {
                // A bracket that only groups: the next one is looked at.
                rest = rest[rest.index(after: open)...]
                continue
            }
            let name = inside.trimming { $0 == " " || $0 == "\"" || $0 == "'" || $0 == "\n" || $0 == "\t" }
            written += "\"\(alarmName(String(name), inventory))\""
            rest = rest[close...]
        }
        return written + rest
    }
}

extension Substring {
    fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
        var trimmed = drop(while: isLeftOut)
        while let last = trimmed.last, isLeftOut(last) { trimmed = trimmed.dropLast() }
        return trimmed
    }
}
