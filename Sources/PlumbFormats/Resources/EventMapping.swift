// Rules that start something on an event or by the clock.

import PlumbModel

/// Reads EventBridge's rules, with targets inline or as resources of their own.
enum EventMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        let targets = tongue == .plan ? PlanTargets(inventory) : nil
        let known = KnownNames(graph)
        for resource in tongue.resources("AWS::Events::Rule", "aws_cloudwatch_event_rule", in: inventory) {
            let source = Bilingual(resource, tongue)
            var rule = EventRule(head: resource.head)
            rule.isEnabled = isEnabled(source)
            rule.scheduleExpression = source["ScheduleExpression", "schedule_expression"].orNothing.string
            let pattern = EventPattern(
                source["EventPattern", "event_pattern"].orNothing.property.parsed,
                bus: source["EventBusName", "event_bus_name"].orNothing.name, known, inventory)
            rule.detailTypes = pattern.detailTypes
            rule.names = pattern.names
            rule.targets =
                targets?.of(resource)
                ?? source["Targets", ""].list { target in
                    let reference = inventory.directory.reference(
                        target["Arn", ""].property, to: "AWS::SNS::Topic", "AWS::Lambda::Function")
                    return inventory.functionReference(reference)
                }
            graph.eventRules.append(rule)
        }
    }

    private static func isEnabled(_ source: Bilingual) -> Fact<Bool> {
        if source.tongue == .plan, source["", "is_enabled"].bool.value == false {
            return .known(false, at: source.place)
        }
        let state = source["State", "state"].orNothing.string
        return state.map { $0 != "DISABLED" }
    }
}

/// Terraform's targets, by rule.
private struct PlanTargets {
    private var targets: [String: [Fact<Reference>]] = [:]
    private var openBecause: String?

    init(_ inventory: Inventory) {
        for resource in inventory["aws_cloudwatch_event_target"] {
            let rule = inventory.directory.reference(resource["rule"], to: "AWS::Events::Rule")
            let reference = inventory.functionReference(
                inventory.directory.reference(resource["arn"], to: "AWS::SNS::Topic", "AWS::Lambda::Function"))
            if case .resource(let id)? = rule.value {
                targets[id, default: []].append(reference)
            } else if let why = rule.whyUnknown {
                openBecause = "which rule \(resource.id) belongs to cannot be told: \(why)"
            }
        }
    }

    func of(_ rule: SourceResource) -> Fact<[Fact<Reference>]> {
        if let found = targets[rule.id] { return .known(found, at: rule.head.place) }
        return openBecause.map { .unknown($0, at: rule.head.place) } ?? .known([], at: rule.head.place)
    }
}

/// The names that a pattern with a prefix or wildcard can mean.
struct KnownNames {
    let names: [String]
    init(_ graph: Graph) {
        names =
            graph.alarms.compactMap(\.name.value) + graph.compositeAlarms.compactMap(\.name.value)
            + graph.endpoints.compactMap(\.name.value)
    }
}

/// What an event pattern lets through: kinds of events, and of whom.
private struct EventPattern {
    var detailTypes: Fact<[String]> = .absent
    var names: Fact<[Fact<String>]> = .absent

    private static let alarmChange = "CloudWatch Alarm State Change"

    init(_ pattern: Property, bus: Fact<String>, _ known: KnownNames, _ inventory: Inventory) {
        if let why = pattern.whyUnknown {
            detailTypes = .unknown(why, at: pattern.place)
            names = .unknown(why, at: pattern.place)
            return
        }
        if pattern.isAbsent { return }
        detailTypes = pattern["detail-type"].strings
        let detail = pattern["detail"]
        let filters = ["alarmName", "EndpointName"].map { detail[$0] }.filter { !$0.isAbsent }
        if let why = detail.whyUnknown ?? filters.lazy.compactMap(\.whyUnknown).first {
            names = .unknown(why, at: detail.place)
        } else {
            var found = filters.flatMap { filter in filter.items.flatMap { Self.names($0, known) } }
            // Alarms may also be meant by their ARNs.
            found += pattern["resources"].items.compactMap { item in
                guard case .text = item.state else { return nil }
                return item.name.map { AlarmMapping.alarmName($0, inventory) }
            }
            if !found.isEmpty { names = .known(found, at: detail.place ?? pattern.place) }
        }
        narrow(pattern, bus)
    }

    /// Leaves out the kinds of events that another part of the pattern keeps from ever arriving.
    private mutating func narrow(_ pattern: Property, _ bus: Fact<String>) {
        if let bus = bus.value, bus != "default", !bus.hasSuffix("event-bus/default") {
            // AWS's own events arrive on the default bus only.
            detailTypes = detailTypes.map { types in types.map { "\($0) on the bus \(bus)" } }
            return
        }
        let sources = pattern["source"].strings.value
        if let sources, !sources.contains("aws.cloudwatch") {
            detailTypes = detailTypes.map { types in types.filter { $0 != Self.alarmChange } }
        }
        if let states = pattern["detail"]["state"]["value"].strings.value, !states.contains("ALARM") {
            let told = states.joined(separator: ", ")
            detailTypes = detailTypes.map { types in
                types.map { $0 == Self.alarmChange ? "\($0) to \(told)" : $0 }
            }
        }
        // Without a kind, every event of the source gets through.
        if detailTypes.isAbsent, sources?.contains("aws.cloudwatch") == true {
            detailTypes = .known([Self.alarmChange])
        }
    }

    /// A name, or the known names that a rule on names lets through. A rule that lets none through still stands as a
    /// filter, by its own text.
    private static func names(_ item: Property, _ known: KnownNames) -> [Fact<String>] {
        guard let rule = item.fields.first else { return [item.name] }
        if rule.key == "exists" { return known.names.map { .known($0, at: item.place) } }
        let texts = rule.value.items.compactMap(\.name.value)
        let passing: ((String) -> Bool)? =
            switch rule.key {
            case "prefix": { name in texts.contains { name.hasPrefix($0) } }
            case "suffix": { name in texts.contains { name.hasSuffix($0) } }
            case "equals-ignore-case": { name in texts.contains { name.lowercased() == $0.lowercased() } }
            case "wildcard": { name in texts.contains { matches(name, $0) } }
            case "anything-but" where rule.value.items.allSatisfy(\.fields.isEmpty): { !texts.contains($0) }
            default: nil
            }
        guard let passing else { return [.unknown("the filter '\(rule.key)' is not read here", at: item.place)] }
        let found = known.names.filter(passing)
        if found.isEmpty { return [.known("\(rule.key) \(texts.joined(separator: ", "))", at: item.place)] }
        return found.map { .known($0, at: item.place) }
    }

    /// Whether a name matches a pattern in which `*` stands for anything.
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return name == pattern }
        guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
