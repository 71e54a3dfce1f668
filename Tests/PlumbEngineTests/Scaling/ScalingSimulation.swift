// Six hours of one endpoint under a load: instances take their time to come up, and what is asked beyond them waits.

import PlumbModel
import PlumbTesting

@testable import PlumbEngine

struct ScalingSimulation {
    /// Ways a scaler could be wrong: each must be noticed, or the checks are blind.
    enum Flaw: String, CaseIterable, Sendable {
        case none, ignoresTheBound, neverAdds, neverRemoves, countsComingInstances, exceedsTheCeiling
    }
    let shape: LoadShape
    let seed: UInt64
    let flaw: Flaw
    let floor: Int
    private let startSeconds: Double
    private(set) var breaches: [String] = []
    private(set) var activities: [ScalingActivity] = []
    private(set) var instanceHours = 0.0
    /// Seconds in which more was asked for than the instances could do, though more instances were allowed.
    private(set) var saturatedSeconds = 0.0
    private var machine: ScalingMachine
    private var instances: [(id: String, readyAt: Double, used: Double)] = []
    private var made = 0
    static let ceiling = 4
    static let hours = LoadShape.periodSeconds * Double(LoadShape.periods) / 3600

    init(_ shape: LoadShape, seed: UInt64, flaw: Flaw = .none) {
        self.shape = shape
        self.seed = seed
        self.flaw = flaw
        var luck = SeededGenerator(seed: seed ^ 0x5CA1)
        floor = luck.number(1...2)
        startSeconds = luck.happens(0.5) ? 0.5 : Double(luck.number(1...60))
        var plan = ScalingPlan(Self.spec(floor: floor))
        switch flaw {
        case .neverAdds: (plan.targetPercent, plan.outAbovePercent) = (100, 100)
        case .neverRemoves: plan.inBelowPercent = 0
        case .exceedsTheCeiling: plan.ceiling = 9
        case .none, .ignoresTheBound, .countsComingInstances: break
        }
        machine = ScalingMachine(plan, count: floor, at: 0)
        fit(at: -1000)
    }

    static func spec(floor: Int) -> Spec {
        var spec = Spec.sample(count: floor)
        spec.instances.maximum = ceiling
        spec.scaling.isEnabled = true
        spec.scaling.targetPercent = 70
        spec.scaling.scaleOutAbovePercent = 80
        spec.scaling.scaleInBelowPercent = floor == 1 ? 35 : 46
        spec.scaling.scaleInCooldownSeconds = 300
        spec.scaling.scaleOutCooldownSeconds = 300
        return spec
    }

    mutating func run() {
        let course = shape.course(seed: seed)
        for (period, cores) in course.enumerated() {
            let now = Double(period + 1) * LoadShape.periodSeconds
            let ready = instances.count { $0.readyAt <= now - LoadShape.periodSeconds }
            note(cores, ready: ready)
            for index in instances.indices where instances[index].readyAt <= now - LoadShape.periodSeconds {
                instances[index].used += min(1, cores / Double(max(1, ready))) * LoadShape.periodSeconds
            }
            let before = machine
            guard let activity = decide(at: now) else { continue }
            check(activity, before, cores, ready: instances.count { $0.readyAt <= now })
            activities.append(activity)
            fit(at: now)
        }
        checkTheWhole(course)
    }

    private mutating func decide(at now: Double) -> ScalingActivity? {
        let up = instances.filter { $0.readyAt <= now }
        let sight = ScalingSight(
            ready: flaw == .countsComingInstances ? instances.count : up.count,
            load: up.map { InstanceLoad(id: $0.id, cpuSeconds: $0.used, cores: 1) })
        if case .change(let activity) = machine.tick(at: now, seeing: sight) { return activity }
        let isQuiet = (machine.utilizationPercent ?? 100) < 50 && now - (activities.last?.at ?? 0) > 600
        guard flaw == .ignoresTheBound, isQuiet, machine.count > floor else { return nil }
        do {
            var activity = try machine.setCount(machine.count - 1, at: now, reason: "below 50 %")
            activity.kind = .in
            return activity
        } catch {
            return nil
        }
    }

    private mutating func fit(at now: Double) {
        while instances.count > machine.count { instances.removeLast() }
        while instances.count < machine.count {
            made += 1
            instances.append(("\(made)", now + startSeconds, 0))
        }
    }

    private mutating func note(_ cores: Double, ready: Int) {
        instanceHours += Double(machine.count) * LoadShape.periodSeconds / 3600
        if cores > Double(ready), machine.count < Self.ceiling { saturatedSeconds += LoadShape.periodSeconds }
    }

    private mutating func check(_ activity: ScalingActivity, _ before: ScalingMachine, _ cores: Double, ready: Int) {
        let at = "\(activity.at): \(activity.from) -> \(activity.to)"
        if activity.from != before.count { breaches.append("\(at): it did not have as many") }
        if !(floor...Self.ceiling).contains(activity.to) { breaches.append("\(at): out of bounds") }
        if activity.reason.isEmpty { breaches.append("\(at): no reason") }
        if activity.kind == .in, activity.from - activity.to != 1 { breaches.append("\(at): more than one went") }
        if activity.kind == .out, ready < activity.from { breaches.append("\(at): while instances were coming up") }
        guard let last = activities.last else { return }
        let since = activity.at - last.at
        if activity.kind == .in, since < 300 { breaches.append("\(at): in \(since) s after the last change") }
        // Out soon after in is right only when the load has grown.
        if activity.kind == .out, last.kind == .in, since < 300, cores / Double(activity.from) < 0.7 {
            breaches.append("\(at): out \(since) s after in, at \(cores) cores")
        }
    }

    private mutating func checkTheWhole(_ course: [Double]) {
        let turns = zip(activities, activities.dropFirst()).count { $0.kind != $1.kind }
        // From the floor up it may overshoot once, and come back.
        if shape.isConstant, turns > 0 { breaches.append("it turned \(turns) times under a constant load") }
        if shape == .noisyFlat, turns > 4 { breaches.append("it turned \(turns) times under a noisy constant load") }
        // What cannot be helped: half a minute to see each jump, and what the instances take to come up.
        let jumps = Double(activities.count { $0.kind == .out } + 1)
        let allowed = jumps * (6 * LoadShape.periodSeconds + startSeconds) + (shape == .ramp ? 300 : 0)
        if saturatedSeconds > allowed { breaches.append("saturated for \(saturatedSeconds) s, allowed \(allowed) s") }
        let quiet = course.suffix(600).max() ?? 0
        let needed = max(floor, Int((quiet / 0.3).rounded(.up)))
        if shape.isConstant || shape == .spike, machine.count > needed {
            breaches.append("\(machine.count) instances are left for \(quiet) cores")
        }
    }
}
