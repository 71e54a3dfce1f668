// What may rightly differ between what is declared and what runs: the work of autoscaling, of schedules and of
// rollbacks (T-15). Everything else is drift.

public import PlumbModel

/// What must be known, beside the graphs, to tell drift from the work of the three other writers.
public struct DriftCircumstances: Sendable {
    /// The minute of the week, from Monday 00:00, that it is in a time zone (an IANA name); nil for an unknown one.
    public var minuteOfWeek: @Sendable (_ timezone: String) -> Int?
    /// The day on which the declaration became what it is; nil when nobody knows, and then no rollback explains
    /// anything.
    public var declaredOn: Day?

    public init(declaredOn: Day?, minuteOfWeek: @escaping @Sendable (_ timezone: String) -> Int?) {
        self.declaredOn = declaredOn
        self.minuteOfWeek = minuteOfWeek
    }
}

extension GraphDifference {
    /// The difference with the reason beside each part that is no drift, and the number of instances, which is
    /// measured and not declared, among its parts.
    ///
    /// - Parameters:
    ///   - declared: The graph that the difference starts from.
    ///   - running: The graph of what runs, with its evidence.
    ///   - circumstances: The time of day, and the age of what is declared.
    /// - Returns: The same difference, told apart.
    public func allowing(
        from declared: Graph, to running: Graph, in circumstances: DriftCircumstances
    ) -> GraphDifference {
        var allowances = DriftAllowances(
            declared: declared, running: running, circumstances: circumstances, difference: self)
        for endpoint in declared.endpoints {
            allowances.allowInstanceCounts(of: endpoint)
            allowances.allowAbsence(of: endpoint)
            allowances.allowOlderConfig(of: endpoint)
        }
        return allowances.difference
    }
}

private struct DriftAllowances {
    let declared: Graph
    let running: Graph
    let circumstances: DriftCircumstances
    var difference: GraphDifference

    private func partner(of endpoint: Endpoint) -> Endpoint? {
        difference.pairs[endpoint.id].flatMap { running.endpoints[id: $0] }
    }

    private mutating func allow(_ reason: String, where isMeant: (ResourceDifference) -> Bool) {
        for index in difference.resources.indices where isMeant(difference.resources[index]) {
            difference.resources[index].allowance = difference.resources[index].allowance ?? reason
            allow(reason, at: index) { _ in true }
        }
    }

    private mutating func allow(_ reason: String, at index: Int, where isMeant: (PropertyDifference) -> Bool) {
        for position in difference.resources[index].properties.indices
        where isMeant(difference.resources[index].properties[position]) {
            let known = difference.resources[index].properties[position].allowance
            difference.resources[index].properties[position].allowance = known ?? reason
        }
    }
}

// MARK: - Autoscaling

extension DriftAllowances {
    /// How few and how many instances autoscaling may run.
    private struct Bounds {
        var minimum = 0
        var maximum = 0
    }

    mutating func allowInstanceCounts(of endpoint: Endpoint) {
        guard let runs = partner(of: endpoint), let config = declared.endpointConfigs[endpoint.config],
            let variants = config.variants.value
        else { return }
        var total = Bounds()
        for variant in variants {
            guard let bounds = bounds(of: variant, of: endpoint) else { return }
            total.minimum += bounds.minimum
            total.maximum += bounds.maximum
            allowInitialCount(of: variant, in: config, bounds)
        }
        addFleet(of: endpoint, as: runs, within: total, declared: variants.compactMap(\.initialInstanceCount.value))
    }

    /// Nil where what the bounds are cannot be told.
    private func bounds(of variant: Variant, of endpoint: Endpoint) -> Bounds? {
        switch declared.scalableTarget(of: variant, of: endpoint) {
        case .found(let target):
            let actions = target.scheduled.value ?? []
            guard let minimum = target.minimum.value, let maximum = target.maximum.value else { return nil }
            return Bounds(
                minimum: actions.compactMap(\.minimum.value).reduce(minimum, min),
                maximum: actions.compactMap(\.maximum.value).reduce(maximum, max))
        case .none:
            guard let initial = variant.initialInstanceCount.value else { return nil }
            return Bounds(
                minimum: variant.managedMinimum.value ?? initial, maximum: variant.managedMaximum.value ?? initial)
        case .unknown: return nil
        }
    }

    private mutating func allowInitialCount(of variant: Variant, in config: EndpointConfig, _ bounds: Bounds) {
        guard let index = difference.resources.firstIndex(where: { $0.before == config.id }) else { return }
        let path = "variants[\(variant.name.value ?? "")].initialInstanceCount"
        allow(reason(bounds), at: index) { property in
            guard property.path == path, case .number(let count)? = property.after else { return false }
            return Double(bounds.minimum)...Double(max(bounds.minimum, bounds.maximum)) ~= count
        }
    }

    private func reason(_ bounds: Bounds) -> String {
        "autoscaling may run \(bounds.minimum) to \(bounds.maximum) instances"
    }

    /// The measured number of instances, where it is not the declared one.
    private mutating func addFleet(
        of endpoint: Endpoint, as runs: Endpoint, within bounds: Bounds, declared counts: [Int]
    ) {
        guard let name = runs.name.value, let fleet = running.evidence(.fleet, for: name).first,
            let count = fleet.numbers["running"], count != Double(counts.reduce(0, +))
        else { return }
        var property = PropertyDifference(
            "instances", from: .number(Double(counts.reduce(0, +))), at: endpoint.place, to: .number(count))
        if Double(bounds.minimum)...Double(max(bounds.minimum, bounds.maximum)) ~= count {
            property.allowance = reason(bounds)
        }
        if let index = difference.resources.firstIndex(where: { $0.before == endpoint.id }) {
            difference.resources[index].properties.append(property)
        } else {
            var changed = ResourceDifference(
                .changed, Endpoint.type, before: endpoint.id, after: runs.id, at: endpoint.place)
            changed.properties = [property]
            difference.resources.append(changed)
        }
    }
}

// MARK: - Schedules

extension DriftAllowances {
    mutating func allowAbsence(of endpoint: Endpoint) {
        guard declared.environment != .production, let name = endpoint.name.value else { return }
        let schedules = declared.schedules(of: endpoint).filter { $0.isEnabled.defaulting(to: true).value == true }
        let stops = schedules.filter { declared.act(of: $0) == .stops }
        let starts = schedules.filter { declared.act(of: $0) == .starts }
        guard isOff(stops, starts), let stop = stops.first else { return }
        let reason = "\(stop.id) stopped \(name) outside its working hours"
        if partner(of: endpoint) == nil {
            // What scales an endpoint goes with it: AWS takes its registration away.
            let targets = Set(
                declared.scalableTargets.filter { $0.resourceID.value?.hasPrefix("endpoint/\(name)/") == true }
                    .map(\.id))
            let policies = declared.scalingPolicies.filter { policy in
                policy.resourceID.value?.hasPrefix("endpoint/\(name)/") == true
                    || declared.scalableTargets[policy.target].map { targets.contains($0.id) } == true
            }
            let gone = targets.union(policies.map(\.id)).union([endpoint.id])
            allow(reason) { $0.kind == .missing && $0.before.map(gone.contains) == true }
        }
        allowMuting(reason)
    }

    /// Alarms whose actions the declared schedules switch off for the same hours.
    private mutating func allowMuting(_ reason: String) {
        func calls(_ call: String, _ alarm: String) -> [Schedule] {
            declared.schedules.filter { schedule in
                schedule.isEnabled.defaulting(to: true).value == true
                    && schedule.targetARN.value?.hasSuffix(":cloudwatch:\(call)") == true
                    && schedule.input.value?.contains("\"\(alarm)\"") == true
            }
        }
        for index in difference.resources.indices {
            guard let alarm = difference.resources[index].before.flatMap({ declared.alarms[id: $0] }),
                let name = alarm.name.value,
                isOff(calls("disableAlarmActions", name), calls("enableAlarmActions", name))
            else { continue }
            allow(reason, at: index) { $0.path == "isActionsEnabled" && $0.after == .flag(false) }
        }
    }

    /// Whether the last thing that happened was a stop. Where it cannot be told it is no excuse.
    private func isOff(_ stops: [Schedule], _ starts: [Schedule]) -> Bool {
        guard let stopped = sinceLast(stops), let started = sinceLast(starts) else { return false }
        return stopped < started
    }

    /// Minutes since one of the schedules ran last; nil for none, or where the time of one cannot be told.
    private func sinceLast(_ schedules: [Schedule]) -> Int? {
        var least: Int?
        for schedule in schedules {
            // EventBridge Scheduler's own default is UTC.
            guard let timezone = schedule.timezone.defaulting(to: "UTC").value,
                let now = circumstances.minuteOfWeek(timezone),
                let minutes = WeeklyTimes.minutes(of: schedule.expression).value
            else { return nil }
            let week = WeeklyTimes.minutesPerWeek
            for minute in minutes { least = min(least ?? week, (now - minute + week) % week) }
        }
        return least
    }
}

// MARK: - Rollbacks

extension DriftAllowances {
    mutating func allowOlderConfig(of endpoint: Endpoint) {
        guard let runs = partner(of: endpoint), let name = runs.name.value, let declaredOn = circumstances.declaredOn,
            let event = newestRollout(of: name), event.day >= declaredOn, event.wentBack
        else { return }
        // Days are all that is kept of an event's time: one on the day of the declaration counts as younger, since a
        // rollout that fails is rolled back within the hour.
        let reason = "\(name) was rolled back on \(event.day)" + (event.reason.map { ": \($0)" } ?? "")
        let before = Self.serving(endpoint, in: declared)
        let after = Self.serving(runs, in: running)
        allow(reason) { resource in
            resource.before.map(before.contains) == true || resource.after.map(after.contains) == true
        }
        if let index = difference.resources.firstIndex(where: { $0.before == endpoint.id }) {
            allow(reason, at: index) { $0.path == "config" }
        }
    }

    private struct Rollout {
        var day: Day
        var wentBack: Bool
        var reason: String?
    }

    /// The last rollout that ended; of one day's, the one that was recorded last.
    private func newestRollout(of name: String) -> Rollout? {
        let rollouts = running.evidence.filter { $0.kind == .rollout && $0.endpointName == name }
        guard let last = rollouts.enumerated().max(by: { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) })
        else { return nil }
        let texts = last.element.texts
        return Rollout(
            day: last.element.day, wentBack: texts["outcome"] == "rolledBack" || texts["isReturn"] == "true",
            reason: texts["reason"])
    }

    /// The configuration that an endpoint serves, and its models.
    private static func serving(_ endpoint: Endpoint, in graph: Graph) -> Set<String> {
        guard let config = graph.endpointConfigs[endpoint.config] else { return [] }
        let models = (config.variants.value ?? []).compactMap { graph.models[$0.model]?.id }
        return Set(models).union([config.id])
    }
}
