// How many instances an endpoint has: bounds, set point, schedule, and the record of every change.

public import PlumbModel

/// By what rules one endpoint is scaled; settled from its active revision's spec.
public struct ScalingPlan: Sendable, Hashable, Codable {
    /// A change of the bounds at set times.
    public struct Scheduled: Sendable, Hashable, Codable {
        public var name: String
        public var expression: ScheduleExpression
        public var minimum: Int?
        public var maximum: Int?
    }
    public var isEnabled: Bool
    /// Never fewer and never more, whoever asks.
    public var floor: Int
    public var ceiling: Int
    public var targetPercent: Double
    public var outAbovePercent: Double
    public var inBelowPercent: Double
    public var outCooldownSeconds: Double
    public var inCooldownSeconds: Double
    /// The length of one look at the load.
    public var periodSeconds: Double
    public var scheduled: [Scheduled]

    /// A scheduled action whose expression cannot be read is left out: `ScheduleExpression.objections(to:)` refuses it
    /// before a deployment.
    public init(_ spec: Spec) {
        let scaling = spec.scaling
        isEnabled = scaling.isEnabled
        floor = max(1, spec.instances.minimum)
        ceiling = max(floor, spec.instances.maximum)
        targetPercent = scaling.targetPercent
        outAbovePercent = scaling.scaleOutAbovePercent
        inBelowPercent = min(50, scaling.scaleInBelowPercent)
        outCooldownSeconds = Double(scaling.scaleOutCooldownSeconds)
        inCooldownSeconds = Double(scaling.scaleInCooldownSeconds)
        periodSeconds = scaling.periodSeconds
        scheduled = scaling.scheduled.compactMap { action in
            ScheduleExpression(action.expression, timezone: action.timezone).map {
                Scheduled(name: action.name, expression: $0, minimum: action.minimum, maximum: action.maximum)
            }
        }
    }

    /// Below this use one of `count` instances goes: with one fewer the rest would still be a margin under the set
    /// point, so that taking one away never calls for it back (T-3).
    public func inBound(count: Int) -> Double {
        guard count > 1 else { return 0 }
        return min(inBelowPercent, Self.margin * targetPercent * Double(count - 1) / Double(count))
    }

    /// How far under the set point the rest must stay.
    static let margin = 0.95
}

/// What one instance has used so far.
public struct InstanceLoad: Sendable, Hashable, Codable {
    /// Names the process, so that one that was started again counts from zero.
    public var id: String
    public var cpuSeconds: Double
    /// Cores it may use.
    public var cores: Double
    public init(id: String, cpuSeconds: Double, cores: Double) {
        self.id = id
        self.cpuSeconds = cpuSeconds
        self.cores = cores
    }
}

/// What the machine is shown at each tick.
public struct ScalingSight: Sendable, Hashable {
    /// Ready instances of the active revision.
    public var ready: Int
    /// What each of them has used; nil when it cannot be measured.
    public var load: [InstanceLoad]?
    public init(ready: Int, load: [InstanceLoad]?) {
        self.ready = ready
        self.load = load
    }
}

/// What to do next.
public enum ScalingAction: Sendable, Hashable {
    case wait
    /// The number of instances, or its bounds, have changed: write it down, then make it so.
    case change(ScalingActivity)
}

/// One change of the number of instances or of its bounds, with the numbers that led to it.
public struct ScalingActivity: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case out, `in`, scheduled, manual, bounds
    }
    /// Seconds since 1970-01-01 UTC.
    public var at: Double
    public var kind: Kind
    public var from: Int
    public var to: Int
    public var floor: Int
    public var ceiling: Int
    public var reason: String
    public init(at: Double, kind: Kind, from: Int, to: Int, floor: Int, ceiling: Int, reason: String) {
        self.at = at
        self.kind = kind
        self.from = from
        self.to = to
        self.floor = floor
        self.ceiling = ceiling
        self.reason = reason
    }
}
