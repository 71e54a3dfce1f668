// Values that are right in themselves but cannot stand together. Whether they keep a policy is for the controls to say.

import PlumbModel

enum SpecRules {
    /// Records an error for each contradiction; a rule over a value that could not be read is passed over.
    static func check(_ spec: Spec, _ context: inout SpecContext) {
        checkChoices(spec, &context)
        checkCapacity(spec, &context)
        checkAlarms(spec, &context)
        checkHours(spec, &context)
        checkScheduled(spec, &context)
    }

    private static func checkChoices(_ spec: Spec, _ context: inout SpecContext) {
        if context.isWritten("model"), context.isSound("model") {
            exactlyOne("path", spec.model.path != nil, "command", spec.model.command != nil, in: "model", &context)
            if spec.model.command?.isEmpty == true {
                context.error("`model.command` is empty", atPath: "model.command", hint: "name a program")
            }
        }
        if context.isWritten("example"), context.isSound("example") {
            exactlyOne("body", spec.example.body != nil, "file", spec.example.file != nil, in: "example", &context)
        }
        if let file = spec.model.path, file.hasPrefix("s3://"), file.dropFirst(5).split(separator: "/").count < 2 {
            context.error(
                "`model.path` names no object", atPath: "model.path", hint: "write `s3://BUCKET/KEY`")
        }
        if let cache = spec.cache, context.isSound("cache"), !cache.isDeterministic, cache.ttlSeconds ?? 0 > 0 {
            context.error(
                "answers that are not deterministic cannot be kept for `cache.ttl`", atPath: "cache.ttl",
                hint: "leave out `ttl`, or write `deterministic: true`")
        }
        if let image = spec.model.image, context.isSound("model.image"), image.contains(where: \.isWhitespace) {
            context.error("`model.image` holds white space", atPath: "model.image")
        }
    }

    private static func exactlyOne(
        _ first: String, _ hasFirst: Bool, _ second: String, _ hasSecond: Bool, in record: String,
        _ context: inout SpecContext
    ) {
        guard hasFirst == hasSecond else { return }
        guard context.isSound("\(record).\(first)"), context.isSound("\(record).\(second)") else { return }
        if hasFirst {
            context.error(
                "`\(record)` has both `\(first)` and `\(second)`", atPath: "\(record).\(second)",
                hint: "keep one of them; in an overlay, `\(first): null` takes the other away")
        } else {
            context.error(
                "`\(record)` has neither `\(first)` nor `\(second)`", atPath: record, hint: "write one of them")
        }
    }

    private static func checkCapacity(_ spec: Spec, _ context: inout SpecContext) {
        let instances = spec.instances
        ascending(
            "instances.minimum", Double(instances.minimum), "instances.maximum", Double(instances.maximum), &context)
        // Unwritten it is the minimum, of which enough has been said.
        if context.isWritten("instances.initial") {
            ascending(
                "instances.minimum", Double(instances.minimum), "instances.initial", Double(instances.initial),
                &context)
            ascending(
                "instances.initial", Double(instances.initial), "instances.maximum", Double(instances.maximum),
                &context)
        }
        ascending(
            "scaling.scaleInBelowPercent", spec.scaling.scaleInBelowPercent, "scaling.scaleOutAbovePercent",
            spec.scaling.scaleOutAbovePercent, &context)
        if context.isSound("budget.alerts"), Set(spec.budget.alertPercents).count < spec.budget.alertPercents.count {
            context.error("`budget.alerts` names a percentage twice", atPath: "budget.alerts")
        }
    }

    /// Records an error when `low` exceeds `high`, at whichever of the two was written, the later first.
    private static func ascending(
        _ lowPath: String, _ low: Double, _ highPath: String, _ high: Double, _ context: inout SpecContext
    ) {
        guard low > high, context.isSound(lowPath), context.isSound(highPath) else { return }
        func told(_ path: String, _ value: Double) -> String {
            "`\(path)` (\(SpecJSON.plain(value))\(context.isWritten(path) ? "" : ", the default here"))"
        }
        context.error(
            "\(told(lowPath, low)) is greater than \(told(highPath, high))",
            atPath: context.isWritten(highPath) ? highPath : lowPath, hint: "write both, the lesser first")
    }

    private static func checkAlarms(_ spec: Spec, _ context: inout SpecContext) {
        for (name, path) in SpecDefaults.alarmRules {
            let rule = spec.alarms[keyPath: path]
            ascending(
                "alarms.\(name).datapointsToAlarm", Double(rule.datapointsToAlarm),
                "alarms.\(name).evaluationPeriods", Double(rule.evaluationPeriods), &context)
        }
    }

    private static func checkHours(_ spec: Spec, _ context: inout SpecContext) {
        guard let hours = spec.workingHours, context.isSound("workingHours.start"),
            context.isSound("workingHours.stop"),
            context.isSound("workingHours.days")
        else { return }
        if let start = SpecForms.minutes(hours.start), let stop = SpecForms.minutes(hours.stop), start >= stop {
            let path = context.isWritten("workingHours.stop") ? "workingHours.stop" : "workingHours.start"
            context.error(
                "working hours stop (\(hours.stop)) before they start (\(hours.start))", atPath: path,
                hint: "both are on the same day; the latest stop is `24:00`")
        }
        if hours.days.isEmpty {
            context.error(
                "`workingHours.days` is empty", atPath: "workingHours.days",
                hint: "name the days, or write `workingHours: none` for an endpoint that is always on")
        }
    }

    private static func checkScheduled(_ spec: Spec, _ context: inout SpecContext) {
        guard context.isSound("scaling.scheduled") else { return }
        var names: Set<String> = []
        for (index, action) in spec.scaling.scheduled.enumerated() {
            let path = "scaling.scheduled.\(index)"
            guard context.isSound(path) else { continue }
            if !names.insert(action.name).inserted {
                context.error("two scheduled actions are called `\(action.name)`", atPath: "\(path).name")
            }
            if action.minimum == nil, action.maximum == nil {
                context.error("`\(path)` changes nothing", atPath: path, hint: "write `minimum`, `maximum` or both")
            }
            if let low = action.minimum, let high = action.maximum {
                ascending("\(path).minimum", Double(low), "\(path).maximum", Double(high), &context)
            }
        }
    }
}
