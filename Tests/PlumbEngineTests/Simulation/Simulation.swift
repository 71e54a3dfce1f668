// A rollout lived through in a simulated world: fleets that come up late or never, luck that is seeded, a daemon that
// is killed. Nothing here waits.

import Foundation
import PlumbModel
import PlumbTesting

@testable import PlumbEngine

/// What a simulated rollout has to live through, all of it drawn from one seed.
struct Course: Sendable {
    var order: RolloutOrder
    /// From the start of an instance until it is ready, at most; nil for a new revision that never is.
    var newStartSeconds: Double?
    var oldStartSeconds: Double
    /// Chances at each tick.
    var newCrashes = 0.0
    var oldCrashes = 0.0
    var losesAction = 0.0
    var kills = 0.0
    var alarmStarts = 0.0
    /// Requests a second to the whole endpoint.
    var requestsPerSecond: Double
    var abortAt: Double?
    var failsToStartAt: Double?
    /// When an alarm goes off for good, if the new revision has traffic by then.
    var alarmAt: Double?
    /// After this second nothing goes wrong any more, except what the revision does by itself.
    var calmAt: Double
    /// What the analysis says where a rollout asks for it: nothing is proven, or something is from a second on.
    var staysInconclusive = false
    var isProvenBadAt: Double?
    /// When every answer of the new revision becomes a server error.
    var errorsFromAt: Double?
    /// A person holds it, and lets it go; or promotes it.
    var pause: (from: Double, until: Double)?
    var promoteAt: Double?
    /// Answers to mirrored requests that differ, of a hundred.
    var differingPercent = 0
    var tickDeciseconds = 5...40

    /// Nothing goes wrong and there is enough traffic: such a rollout must be promoted.
    var mustPromote = false
    /// The new revision is bad beyond doubt: such a rollout must be rolled back.
    var mustRollBack = false

    /// Everything may go wrong, all along.
    static func hostile(seed: UInt64) -> Course {
        var luck = SeededGenerator(seed: seed)
        var course = Course(drawn: &luck)
        course.newStartSeconds = luck.happens(0.1) ? nil : Double(luck.number(0...30))
        course.newCrashes = luck.happens(0.4) ? 0.02 : 0
        course.oldCrashes = luck.happens(0.3) ? 0.02 : 0
        course.losesAction = luck.happens(0.4) ? 0.3 : 0
        course.kills = luck.happens(0.5) ? 0.03 : 0
        course.alarmStarts = luck.happens(0.3) ? 0.02 : 0
        course.abortAt = luck.happens(0.1) ? Double(luck.number(0...100)) : nil
        course.failsToStartAt = luck.happens(0.05) ? Double(luck.number(0...30)) : nil
        course.calmAt = luck.happens(0.5) ? Double(luck.number(0...120)) : 600
        course.staysInconclusive = luck.happens(0.15)
        course.isProvenBadAt = luck.happens(0.1) ? Double(luck.number(0...100)) : nil
        course.errorsFromAt = luck.happens(0.1) ? Double(luck.number(0...100)) : nil
        if luck.happens(0.15) {
            let from = luck.number(0...60)
            course.pause = (Double(from), Double(from + luck.number(1...100)))
        }
        course.promoteAt = luck.happens(0.05) ? Double(luck.number(0...100)) : nil
        course.differingPercent = luck.happens(0.2) ? luck.number(2...100) : 0
        course.addStages(&luck)
        return course
    }

    /// All is well, and there is traffic.
    static func healthy(seed: UInt64) -> Course {
        var luck = SeededGenerator(seed: seed)
        var course = Course(drawn: &luck)
        course.newStartSeconds = Double(luck.number(0...20))
        course.requestsPerSecond = 40
        course.order.plan.canaryPercent = max(10, course.order.plan.canaryPercent)
        course.order.plan.timeoutSeconds = 900
        course.addStages(&luck)
        course.order.plan.experiment?.holdSeconds = 20
        course.mustPromote = true
        return course
    }

    /// The new revision's alarm goes off as soon as it has had traffic for a moment, whatever else happens.
    static func alarming(seed: UInt64) -> Course {
        var luck = SeededGenerator(seed: seed)
        var course = Course(drawn: &luck)
        course.newStartSeconds = Double(luck.number(0...20))
        course.losesAction = luck.happens(0.5) ? 0.3 : 0
        course.kills = luck.happens(0.3) ? 0.02 : 0
        course.alarmAt = 0
        course.calmAt = 200
        // A first revision and a return have no bake: they are done with the last shift, before an alarm can speak.
        course.order.old = 1
        course.order.isRollback = false
        course.order.plan.waitSeconds = max(10, course.order.plan.waitSeconds)
        course.order.plan.terminationWaitSeconds = max(10, course.order.plan.terminationWaitSeconds)
        course.mustRollBack = true
        return course
    }

    /// Mirroring before, an experiment before the end.
    private mutating func addStages(_ luck: inout SeededGenerator) {
        if luck.happens(0.25) {
            var shadow = ShadowPlan()
            (shadow.percent, shadow.holdSeconds) = (luck.number(10...100), luck.number(1...20))
            shadow.requestsMinimum = luck.number(1...40)
            order.plan.shadow = shadow
        }
        if luck.happens(0.25) {
            var experiment = ExperimentPlan()
            experiment.percent = luck.number(1...99)
            experiment.holdSeconds = luck.number(1...40)
            order.plan.experiment = experiment
        }
    }

    private init(drawn luck: inout SeededGenerator) {
        let strategies: [TrafficRouting] = [.canary, .linear, .allAtOnce]
        let isFirst = luck.happens(0.1)
        order = RolloutOrder(
            new: 2, old: isFirst ? nil : 1, newCount: luck.number(1...4), oldCount: isFirst ? 0 : luck.number(1...4),
            plan: .sample(
                strategies[luck.number(0...2)], canary: luck.number(1...60), step: luck.number(5...60),
                wait: luck.number(0...20), termination: luck.number(0...20), timeout: luck.number(60...240),
                requestsMinimum: luck.happens(0.3) ? 0 : luck.number(1...40)),
            isRollback: !isFirst && luck.happens(0.1))
        newStartSeconds = 5
        oldStartSeconds = Double(luck.number(0...20))
        requestsPerSecond = luck.happens(0.2) ? 0 : Double(luck.number(1...40))
        calmAt = 0
    }
}

/// One fleet of the simulated world.
struct SimulatedFleet: Sendable {
    let number: Int
    var startSeconds: Double?
    /// When each instance is ready; infinite for never.
    var readyAt: [Double] = []
    var weight = 0
    var restarts = 0
    var requests = 0.0
    var failure: String?

    func ready(at now: Double) -> Int { readyAt.count { $0 <= now } }

    mutating func apply(_ count: Int, at now: Double, _ luck: inout SeededGenerator) {
        if readyAt.count > count { readyAt.removeLast(readyAt.count - count) }
        while readyAt.count < count { readyAt.append(start(at: now, &luck)) }
    }

    mutating func start(at now: Double, _ luck: inout SeededGenerator) -> Double {
        guard let startSeconds else { return .infinity }
        return now + startSeconds * Double(luck.number(50...100)) / 100
    }

    /// One of its instances ends unasked and is started again.
    mutating func crash(at now: Double, _ luck: inout SeededGenerator) {
        guard !readyAt.isEmpty else { return }
        readyAt[luck.number(0...readyAt.count - 1)] = start(at: now, &luck)
        restarts += 1
    }

    /// The fleet's processes are gone with the daemon that started them.
    mutating func lose() {
        readyAt = []
        restarts = 0
        requests = 0
        failure = nil
    }

    func observation(at now: Double) -> FleetObservation? {
        guard !readyAt.isEmpty || weight > 0 else { return nil }
        return FleetObservation(
            revision: number, desired: readyAt.count, ready: ready(at: now), readyZones: min(2, ready(at: now)),
            weight: weight, restarts: restarts, failure: failure)
    }
}

/// The world of one seed: the machine under test, what it acts on, and the eye that checks every tick.
struct Simulation {
    let course: Course
    private var luck: SeededGenerator
    private var machine: RolloutUnderTest
    private var record: EndpointRecord
    /// What is on disk: the record as it was saved last.
    private var durable: EndpointRecord
    private var eye: RolloutEye
    private var now = 0.0
    private var new: SimulatedFleet
    private var old: SimulatedFleet
    private var isAlarming = false
    private(set) var ticks = 0
    /// The share of the requests that is mirrored, and what came of it.
    private var mirrored: Int?
    private var mirroredRequests = 0.0
    private var mirroredDiffering = 0.0
    private var wasPaused = false
    private var wasResumed = false
    private var wasPromoted = false

    init(_ course: Course, seed: UInt64, flaw: Flaw = .none) {
        self.course = course
        luck = SeededGenerator(seed: seed ^ 0xABCD_EF01)
        let order = course.order
        machine = RolloutUnderTest(RolloutMachine(order, at: 0), flaw: flaw)
        record = EndpointRecord(name: "digits", environment: .staging)
        record.active = order.old
        record.rollout = machine.machine
        durable = record
        eye = RolloutEye(order)
        new = SimulatedFleet(number: order.new, startSeconds: course.newStartSeconds)
        old = SimulatedFleet(number: order.old ?? 0, startSeconds: course.oldStartSeconds)
        guard order.old != nil else { return }
        old.readyAt = Array(repeating: -1, count: order.oldCount)
        old.weight = 100
        // A fleet that comes back has a history: it may have lost instances in the weeks it served.
        if order.isRollback {
            new.readyAt = Array(repeating: -1, count: order.newCount)
            new.restarts = luck.number(0...5)
        }
    }

    /// Runs to the end, or to a bound no rollout may reach; every breach that was seen, in words.
    mutating func run() -> [String] {
        let slack = 60.0
        let excusable =
            (course.pause.map { $0.until - $0.from } ?? 0) + Double(course.order.experiment?.holdSeconds ?? 0)
        let afterwards = RolloutMachine.rollbackSecondsMax + slack + excusable
        var limit = course.calmAt + afterwards
        // Time that is excused moves the deadline.
        while now < max(limit, machine.machine.deadline + afterwards) {
            ticks += 1
            let step = Double(luck.number(course.tickDeciseconds)) / 10
            now += step
            happen(for: step)
            if luck.happens(isCalm ? 0 : course.kills) {
                // A rollback that was cut off starts its own clock again.
                limit = max(limit, now + RolloutMachine.rollbackSecondsMax + slack)
                restart()
            }
            if decide() { break }
            if eye.breaches.count > 3 { break }
        }
        eye.ended(machine.machine.outcome, record: record, at: now, course: course)
        return eye.breaches
    }

    /// How it ended, without the numbers.
    var way: String {
        switch machine.machine.outcome {
        case nil: "never"
        case .promoted: "promoted"
        case .rolledBack(let reason): String(reason.prefix { !$0.isNumber && $0 != ":" })
        }
    }

    private var isCalm: Bool { now >= course.calmAt }

    /// What the world does between two ticks.
    private mutating func happen(for seconds: Double) {
        let served = [new.weight, old.weight]
        if new.ready(at: now) > 0 { new.requests += course.requestsPerSecond * seconds * Double(served[0]) / 100 }
        if let share = mirrored, new.ready(at: now) > 0 {
            let sent = course.requestsPerSecond * seconds * Double(share * served[1]) / 10_000
            mirroredRequests += sent
            mirroredDiffering += sent * Double(course.differingPercent) / 100
        }
        if old.ready(at: now) > 0 { old.requests += course.requestsPerSecond * seconds * Double(served[1]) / 100 }
        if !isCalm {
            if luck.happens(course.newCrashes) { new.crash(at: now, &luck) }
            if luck.happens(course.oldCrashes) { old.crash(at: now, &luck) }
            if luck.happens(course.alarmStarts) { isAlarming = true }
        }
        if let at = course.alarmAt, at <= now, new.weight > 0, new.requests > 0 || course.requestsPerSecond == 0 {
            isAlarming = true
        }
        if let at = course.failsToStartAt, at <= now, new.ready(at: now) == 0, !new.readyAt.isEmpty {
            new.failure = "exit code 1"
        }
    }

    /// The daemon was killed and comes back a while later with what was on disk; its fleets may be gone with it.
    private mutating func restart() {
        now += Double(luck.number(0...20))
        // Everything survives, some of it, or nothing.
        switch luck.number(0...2) {
        case 0: break
        case 1:
            if luck.happens(0.5) { new.lose() }
            if luck.happens(0.5) { old.lose() }
            loseWeights()
        default:
            new.lose()
            old.lose()
            loseWeights()
        }
        isAlarming = false
        do {
            durable = try JSONDecoder().decode(EndpointRecord.self, from: JSONEncoder().encode(durable))
        } catch {
            eye.breach("the record does not survive its own encoding: \(error)")
        }
        record = durable
        guard let rollout = record.rollout else { return }
        machine.machine = rollout
        eye.resumed(rollout)
        machine.resume(at: now)
    }

    private mutating func loseWeights() {
        mirrored = nil
        new.weight = 0
        old.weight = record.active != nil && luck.happens(0.5) ? 100 : 0
    }

    /// One tick of the machine, and what comes of it; true once it has ended.
    private mutating func decide() -> Bool {
        let isAborted = course.abortAt.map { $0 <= now } ?? false
        command()
        let sight = RolloutSight(
            new: new.observation(at: now), old: course.order.old == nil ? nil : old.observation(at: now),
            newRequests: Int(new.requests), alarm: isAlarming && new.weight > 0 ? "error-rate is in ALARM" : nil,
            analysis: machine.machine.watchedSince(at: now).map { _ in analysis },
            errorsInARow: new.weight > 0 && course.errorsFromAt.map { $0 <= now } ?? false ? 7 : 0,
            shadow: mirrored.map {
                ShadowObservation(percent: $0, compared: Int(mirroredRequests), differing: Int(mirroredDiffering))
            }, abort: isAborted ? "stopped by hand: enough" : nil)
        let before = machine.machine
        let action = machine.tick(at: now, seeing: sight)
        eye.saw(sight, before: before, after: machine.machine, action: action, at: now)
        if case .finish = action {
            record.end(machine.machine, at: now, faultAt: nil)
            durable = record
            return true
        }
        eye.check(record)
        // A kill before the change is durable loses the change and the action with it.
        if luck.happens(isCalm ? 0 : course.kills / 2) { return restartInside() }
        record.rollout = machine.machine
        durable = record
        if luck.happens(isCalm ? 0 : course.kills / 2) { return restartInside() }
        if luck.happens(isCalm ? 0 : course.losesAction) { return false }
        perform(action)
        return false
    }

    private var analysis: AnalysisVerdict {
        if let at = course.isProvenBadAt, at <= now { return .fail("9 of 20 requests failed") }
        return course.staysInconclusive ? .inconclusive("1 of 30 requests failed") : .pass("all is well")
    }

    /// What people say, each thing once; what comes too late is refused.
    private mutating func command() {
        func told(_ command: RolloutCommand, _ machine: inout RolloutUnderTest) {
            do { try machine.machine.obey(command, at: now) } catch { return }
        }
        if let pause = course.pause {
            if pause.from <= now, !wasPaused {
                wasPaused = true
                told(.pause, &machine)
            }
            if pause.until <= now, !wasResumed {
                wasResumed = true
                told(.resume, &machine)
            }
        }
        if let at = course.promoteAt, at <= now, !wasPromoted {
            wasPromoted = true
            told(.promote, &machine)
        }
        // A person's word is durable before it is acknowledged.
        record.rollout = machine.machine
        durable.rollout = machine.machine
    }

    private mutating func restartInside() -> Bool {
        restart()
        return false
    }

    private mutating func perform(_ action: RolloutAction) {
        switch action {
        case .wait, .finish: break
        case .apply(let number, let count):
            number == new.number ? new.apply(count, at: now, &luck) : old.apply(count, at: now, &luck)
        case .mirror(_, let percent):
            guard mirrored != percent else { return }
            (mirrored, mirroredRequests, mirroredDiffering) = (percent, 0, 0)
        case .shift(let weights):
            mirrored = nil
            new.weight = weights[new.number] ?? 0
            if course.order.old != nil { old.weight = weights[old.number] ?? 0 }
        }
    }
}
