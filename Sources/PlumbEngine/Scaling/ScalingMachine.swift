// When instances are added and removed, as a pure decision: the load goes in, a change and its reason come out.

public import PlumbModel

/// Keeps the number of an endpoint's instances between its bounds and its load near the set point.
///
/// Out: three periods in a row above the out-threshold add at once, however short the last change is ago; a minute's
/// average (six periods) above the set point adds when the cooldown is over. Either way as many as bring the load back
/// to the set point. In: ten minutes (sixty periods) of averages under the no-flap bound remove one, after the
/// cooldown. Safety: a load that stays the same never changes the number twice in opposite directions, because the
/// bound is where the remaining instances stay under the set point; a load that sways around the bound is met with
/// growing patience.
public struct ScalingMachine: Sendable, Hashable, Codable {
    public private(set) var plan: ScalingPlan
    /// The bounds that hold now: the plan's, or what a scheduled action made of them.
    public private(set) var floor: Int
    public private(set) var ceiling: Int
    public private(set) var count: Int
    /// The ceiling without the freeze; nil while nothing is frozen.
    private var openCeiling: Int?
    /// The last changes, newest last.
    public private(set) var activities: [ScalingActivity] = []
    /// The last period's use in percent; nil when it is not known.
    public private(set) var utilizationPercent: Double?
    private var lastChangeAt: Double?
    private var lastInAt: Double?
    /// By how much longer than usual it must be quiet before an instance goes.
    private var patience = 1
    private var meter = UtilizationMeter()
    private var periods: [Double] = []
    private var quietPeriods = 0
    private var scheduleSeenAt: Double

    /// How many changes are remembered.
    static let activitiesMax = 50
    /// Periods in a row above the out-threshold that add at once.
    static let hotPeriods = 3
    /// Periods whose average is held against the set point.
    static let averagedPeriods = 6
    /// Averages in a row under the bound before one instance goes.
    static let quietPeriodsMin = 60
    /// An addition this soon after a removal shows that the removal was rash.
    static let regretSeconds = 3600.0
    static let patienceMax = 8

    public init(_ plan: ScalingPlan, count: Int, at now: Double) {
        self.plan = plan
        floor = plan.floor
        ceiling = plan.ceiling
        self.count = min(plan.ceiling, max(plan.floor, count))
        scheduleSeenAt = now
    }

    /// Whether the load is to be measured for the next tick.
    public func isDue(at now: Double) -> Bool {
        plan.isEnabled && meter.isDue(at: now, periodSeconds: plan.periodSeconds)
    }

    /// Looks once and decides. `now` is in seconds since 1970-01-01 UTC.
    public mutating func tick(at now: Double, seeing sight: ScalingSight) -> ScalingAction {
        if let activity = keepSchedule(at: now) { return .change(activity) }
        guard plan.isEnabled, let load = sight.load else { return .wait }
        guard isDue(at: now) else { return .wait }
        utilizationPercent = meter.look(load, at: now, periodSeconds: plan.periodSeconds)
        // Instances that were asked for and are not there yet: what they will take off the others is not known.
        guard let utilizationPercent, sight.ready >= count else {
            forgetLoad()
            return .wait
        }
        periods.append(utilizationPercent)
        periods.removeFirst(max(0, periods.count - Self.averagedPeriods))
        let average = periods.count == Self.averagedPeriods ? Self.mean(periods[...]) : nil
        let bound = plan.inBound(count: count)
        quietPeriods = average.map { $0 < bound ? quietPeriods + 1 : 0 } ?? 0
        if let activity = out(average, at: now) ?? takeOneAway(average, bound, at: now) { return .change(activity) }
        return .wait
    }

    private mutating func out(_ average: Double?, at now: Double) -> ScalingActivity? {
        let latest = periods.suffix(Self.hotPeriods)
        let isHot = latest.count == Self.hotPeriods && latest.allSatisfy { $0 > plan.outAbovePercent }
        let load: Double
        let why: String
        if isHot {
            load = Self.mean(latest)
            why =
                "\(Self.text(load)) % of the cores were used over \(Self.hotPeriods) periods of "
                + "\(Self.text(plan.periodSeconds)) s, each above \(Self.text(plan.outAbovePercent)) %"
        } else if let average, average > plan.targetPercent, isCool(plan.outCooldownSeconds, at: now) {
            load = average
            why =
                "\(Self.text(load)) % of the cores were used on average over "
                + "\(Self.text(plan.periodSeconds * Double(Self.averagedPeriods))) s, above the set point of "
                + "\(Self.text(plan.targetPercent)) %"
        } else {
            return nil
        }
        let wanted = Int((Double(count) * load / plan.targetPercent).rounded(.up))
        let next = min(ceiling, max(count + 1, wanted))
        guard next > count else { return nil }
        if let lastInAt, now - lastInAt < Self.regretSeconds, now >= lastInAt {
            patience = min(Self.patienceMax, patience * 2)
        } else {
            patience = 1
        }
        let used = Double(count) * load / Double(next)
        return change(
            .out, to: next, at: now,
            "\(why): \(next) instances bring it to \(Self.text(used)) %"
                + (wanted > ceiling ? "; more than the ceiling of \(ceiling) would be needed" : ""))
    }

    private mutating func takeOneAway(_ average: Double?, _ bound: Double, at now: Double) -> ScalingActivity? {
        let needed = Self.quietPeriodsMin * patience
        guard let average, quietPeriods >= needed, count > floor, isCool(plan.inCooldownSeconds, at: now) else {
            return nil
        }
        let after = average * Double(count) / Double(count - 1)
        lastInAt = now
        return change(
            .in, to: count - 1, at: now,
            "for \(Self.text(plan.periodSeconds * Double(needed))) s no average was above \(Self.text(bound)) % of the "
                + "cores, now \(Self.text(average)) %: one fewer brings it to \(Self.text(after)) %, under the set "
                + "point of \(Self.text(plan.targetPercent)) %")
    }

    // MARK: - What people and schedules ask for

    /// A person's wish; throws `refused` outside the bounds, which hold for every writer.
    public mutating func setCount(
        _ wanted: Int, at now: Double, reason: String
    ) throws(PlumbError) -> ScalingActivity {
        guard (floor...ceiling).contains(wanted) else {
            throw PlumbError(
                .refused, "\(wanted) instances are outside the bounds of \(floor) to \(ceiling)",
                hint: "the bounds hold for every writer; instances.minimum and instances.maximum of the spec set them")
        }
        return change(.manual, to: wanted, at: now, reason)
    }

    /// Another revision has become active with `count` instances: its plan holds from now on. A bound that a scheduled
    /// action has set stays where the plans are the same.
    public mutating func adopt(_ other: ScalingPlan, count: Int, at now: Double) {
        if other != plan {
            plan = other
            setBounds(other.floor, other.ceiling)
            scheduleSeenAt = now
        }
        self.count = min(ceiling, max(floor, count))
        lastChangeAt = now
        forgetLoad()
    }

    /// Lets nothing be added to what there is, or lets it again; nil where it is so already. The floor stays whole.
    public mutating func freeze(_ isFrozen: Bool, at now: Double, reason: String) -> ScalingActivity? {
        guard isFrozen != (openCeiling != nil) else { return nil }
        if let open = openCeiling {
            openCeiling = nil
            ceiling = open
        } else {
            openCeiling = ceiling
            ceiling = min(ceiling, max(floor, count))
        }
        return change(.bounds, to: min(ceiling, max(floor, count)), at: now, reason)
    }

    /// New bounds; while it is frozen the count stays the ceiling.
    private mutating func setBounds(_ least: Int, _ most: Int) {
        floor = least
        guard openCeiling != nil else {
            ceiling = most
            return
        }
        openCeiling = most
        ceiling = min(most, max(least, count))
    }

    /// After the engine was away, or a rollout: what was measured before says nothing of now.
    public mutating func resume() {
        forgetLoad()
        meter.forget()
        utilizationPercent = nil
    }

    /// Applies what scheduled actions have fallen due, in their order.
    private mutating func keepSchedule(at now: Double) -> ScalingActivity? {
        guard !plan.scheduled.isEmpty else { return nil }
        let since = scheduleSeenAt
        guard now >= since else {
            scheduleSeenAt = now
            return nil
        }
        let due = plan.scheduled.compactMap { action in
            action.expression.latest(after: since, upTo: now).map { ($0, action) }
        }
        scheduleSeenAt = now
        guard !due.isEmpty else { return nil }
        let before = (floor, ceiling)
        var names: [String] = []
        for (_, action) in due.sorted(by: { $0.0 < $1.0 }) {
            let least = max(1, action.minimum ?? floor)
            setBounds(least, max(least, action.maximum ?? openCeiling ?? ceiling))
            names.append("'\(action.name)'")
        }
        guard before != (floor, ceiling) else { return nil }
        return change(
            .scheduled, to: min(ceiling, max(floor, count)), at: now,
            "scheduled action \(names.joined(separator: ", ")): \(floor) to \(ceiling) instances, before "
                + "\(before.0) to \(before.1)")
    }

    // MARK: - Small things

    private mutating func change(
        _ kind: ScalingActivity.Kind, to next: Int, at now: Double, _ reason: String
    ) -> ScalingActivity {
        let activity = ScalingActivity(
            at: now, kind: kind, from: count, to: next, floor: floor, ceiling: ceiling, reason: reason)
        activities.append(activity)
        activities.removeFirst(max(0, activities.count - Self.activitiesMax))
        if next != count {
            count = next
            lastChangeAt = now
            forgetLoad()
        }
        return activity
    }

    private func isCool(_ seconds: Double, at now: Double) -> Bool {
        guard let lastChangeAt else { return true }
        return now - lastChangeAt >= seconds || now < lastChangeAt
    }

    private mutating func forgetLoad() {
        periods = []
        quietPeriods = 0
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

    static func text(_ value: Double) -> String {
        let scaled = (value * 10).rounded() / 10
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }
}

extension ScalingMachine {
    /// The state in words.
    public var text: String {
        var told = "\(count) instances of \(floor) to \(ceiling)"
        guard plan.isEnabled else { return told + ", autoscaling is off" }
        told += utilizationPercent.map { ", \(Self.text($0)) % of the cores used" } ?? ", load not measured yet"
        told += " (set point \(Self.text(plan.targetPercent)) %, out above \(Self.text(plan.outAbovePercent)) %"
        return told + (count > 1 ? ", in below \(Self.text(plan.inBound(count: count))) %)" : ")")
    }
}
