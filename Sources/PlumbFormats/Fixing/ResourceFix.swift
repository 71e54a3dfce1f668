// What changes about one resource so that it satisfies a control, and nothing else.

import PlumbModel

/// One resource of a fix.
struct ResourceFix: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The resource is not there yet.
        case add
        /// These of its properties change.
        case change
        /// The resource as a whole: properties that it has now contradict those that it needs.
        case replace
    }
    var kind: Kind
    var resource: RenderedResource
    /// Properties that are taken out.
    var removed: [String] = []

    /// The resource whole: one to be added, or in place of what is there.
    init(whole resource: RenderedResource, _ kind: Kind) {
        self.kind = kind
        self.resource = resource
    }

    /// What of `wanted` differs from `present` and bears the control; nil where nothing does. `words` are those of the
    /// finding's message, which names what must go.
    init?(
        _ wanted: RenderedResource, from present: RenderedResource, for control: String, in tongue: Tongue,
        mentioned words: Set<String>
    ) {
        let change = FieldChange(control: control, tongue: tongue)
        // A small resource is about one thing: all that it says bears the control that asks for it.
        let isWhole = wanted.controls.contains(control) && Self.small.contains(wanted.template ?? "")
        var fields = change.changes(
            isWhole ? wanted.fields.filter(Self.isMeaningful) : wanted.fields, from: present.fields, isMeant: isWhole)
        let isUnkept =
            wanted.deletionPolicy == "Retain"
            && (present.deletionPolicy != "Retain" || present.updateReplacePolicy != "Retain")
        if control == "OPS-3.6" {
            guard isUnkept else { return nil }
            fields = []
        }
        let removed = present.fields.compactMap { field -> String? in
            guard let key = field.key(in: tongue), wanted.fields[key, tongue] == nil else { return nil }
            return words.contains(field.template ?? key) ? key : nil
        }
        guard !fields.isEmpty || !removed.isEmpty || control == "OPS-3.6" else { return nil }
        let isOfMetric = isWhole || fields.contains(where: Self.isMetric)
        let isAlarm = wanted.template == "AWS::CloudWatch::Alarm"
        if isAlarm, isOfMetric, Self.contradict(wanted, present, tongue) {
            kind = .replace
            resource = wanted
        } else {
            kind = .change
            resource = wanted.reduced(to: fields, keepingPolicies: control == "OPS-3.6")
            self.removed = removed
        }
    }

    /// Whether a property that changes is one of the words.
    func isMentioned(in words: Set<String>) -> Bool {
        func isMentioned(_ fields: [RenderedField]) -> Bool {
            fields.contains { field in
                if let key = field.template, words.contains(key) { return true }
                switch field.value {
                case .block(let inner): return isMentioned(inner)
                case .blocks(let blocks): return blocks.contains(where: isMentioned)
                default: return false
                }
            }
        }
        return !removed.isEmpty || isMentioned(resource.fields)
    }

    private static let small: Set<String> = [
        "AWS::CloudWatch::Alarm", "AWS::Budgets::Budget", "AWS::Scheduler::Schedule", "AWS::Events::Rule",
        "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::CE::AnomalySubscription", "AWS::CE::AnomalyMonitor",
        "AWS::AccessAnalyzer::Analyzer", "AWS::Lambda::EventSourceMapping", "AWS::Logs::LogGroup",
    ]

    /// Names and words for people are everybody's own.
    private static func isMeaningful(_ field: RenderedField) -> Bool {
        let own: Set<String> = [
            "AlarmName", "AlarmDescription", "Description", "Name", "PolicyName", "Tags", "AlarmActions",
            "ActionsEnabled", "EvaluateLowSampleCountPercentile",
        ]
        return !own.contains(field.template ?? "")
    }

    private static func isMetric(_ field: RenderedField) -> Bool {
        ["Metrics", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period"]
            .contains(field.template)
    }

    /// A single metric and metric math exclude each other, and so do the two sorts of statistic.
    private static func contradict(_ wanted: RenderedResource, _ present: RenderedResource, _ tongue: Tongue) -> Bool {
        let own = Set(wanted.fields.compactMap { $0.key(in: tongue) })
        return present.fields.contains { field in
            isMetric(field) && field.key(in: tongue).map { !own.contains($0) } ?? false
        }
    }
}

extension RenderedResource {
    /// The resource with these properties and nothing else.
    fileprivate func reduced(to fields: [RenderedField], keepingPolicies: Bool) -> RenderedResource {
        var reduced = RenderedResource(id, template, plan, in: concern, region: region) { _ in }
        reduced.fields = fields
        if keepingPolicies {
            reduced.deletionPolicy = deletionPolicy
            reduced.updateReplacePolicy = updateReplacePolicy
        }
        return reduced
    }
}

/// Finds the properties that differ and bear a control.
struct FieldChange {
    let control: String
    let tongue: Tongue

    /// `isMeant` says that the structure which these stand in bears the control, so that all of them count.
    func changes(_ wanted: [RenderedField], from present: [RenderedField], isMeant: Bool) -> [RenderedField] {
        wanted.compactMap { field in
            guard let key = field.key(in: tongue) else { return nil }
            let other = present[key, tongue]
            guard other?.value.bare != field.value.bare, isMeant || bears(field) else { return nil }
            guard let other else { return field }
            return change(field, from: other, isMeant: isMeant || field.controls.contains(control))
        }
    }

    private func bears(_ field: RenderedField) -> Bool {
        if control == "COST-1.2", case .tags = field.value { return true }
        return field.bears(control)
    }

    private func change(_ field: RenderedField, from other: RenderedField, isMeant: Bool) -> RenderedField? {
        var reduced = field
        switch (field.value, other.value) {
        case (.block(let wanted), .block(let present)):
            let changed = changes(wanted, from: present, isMeant: isMeant)
            guard !changed.isEmpty else { return nil }
            reduced.value = .block(changed)
        case (.blocks(let wanted), .blocks(let present)):
            guard let changed = elements(wanted, from: present, isMeant: isMeant) else { return field }
            guard !changed.isEmpty else { return nil }
            reduced.value = .blocks(changed)
        case (.tags(let wanted), .tags(let present)):
            let missing = wanted.filter { present[$0.key] != $0.value }
            guard !missing.isEmpty else { return nil }
            reduced.value = .tags(missing)
        case (.map(let wanted), .map(let present)):
            reduced.value = .map(wanted.filter { present[$0.key]?.bare != $0.value.bare })
        default: break
        }
        return reduced
    }

    /// Elements that are told apart by a name, each reduced to it and what changes; nil where they have none, so that
    /// the list is only right as a whole.
    private func elements(
        _ wanted: [[RenderedField]], from present: [[RenderedField]], isMeant: Bool
    ) -> [[RenderedField]]? {
        let names = wanted.map(name)
        guard names.allSatisfy({ $0 != nil }), wanted.count >= present.count else { return nil }
        var changed: [[RenderedField]] = []
        for (element, name) in zip(wanted, names) {
            guard let name, let other = present.first(where: { self.name($0)?.value == name.value }) else {
                changed.append(element)
                continue
            }
            let fields = changes(element, from: other, isMeant: isMeant)
            if !fields.isEmpty { changed.append([name] + fields) }
        }
        return changed
    }

    private func name(_ element: [RenderedField]) -> RenderedField? {
        element.first { ["VariantName", "AttributeName"].contains($0.template) }
    }
}
