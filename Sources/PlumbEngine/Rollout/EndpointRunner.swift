// Carries out what the machines decide for one endpoint: looks, decides, writes it down, acts, and looks again.

public import Logging
import PlumbModel
import PlumbSignals

/// Keeps one endpoint as its record says it should be, and moves it from one revision to the next.
///
/// The record is durable before an action is begun, so a daemon that is killed at any moment finds on its next start
/// what it was about to do; every action is idempotent.
public actor EndpointRunner {
    public internal(set) var record: EndpointRecord
    let engine: any Engine
    let ledger: any EngineLedger
    let now: @Sendable () -> Double
    let log: Logger
    private var alarms: [Int: RevisionWatch] = [:]
    private var abort: (reason: String, actor: String)?
    /// Entries of a way back that was begun while the ledger could not be written.
    private var unwritten: [AuditEntry] = []
    private(set) var isWanted = true
    /// When somebody was last seen to call it; the engine's own start counts, since nobody knows of the time before.
    var lastCallAt: Double
    /// Requests answered at the last look.
    var requestsSeen: Int?
    /// Why it cannot be parked, as it was told last.
    var parkingTrouble: String?
    /// What callers of a parked endpoint are told.
    var absenceTold: Absence?
    /// A change that somebody asked for, or the end of a rollout, is being written down; nothing else is begun until it
    /// is durable.
    var isChanging = false
    /// The revision a late alarm has already been answered for: one fault, one rollback.
    private var lateRollbackOf: Int?
    private var lastSecond: Int?
    /// Longer than this between two looks, and nobody was watching: the process was stopped, or the clock was set.
    static let blindSecondsMax = 5
    /// How often the endpoint is looked at.
    static let tickMilliseconds = 200

    /// `now` answers seconds since 1970-01-01 UTC.
    public init(
        _ record: EndpointRecord, engine: any Engine, ledger: any EngineLedger, now: @escaping @Sendable () -> Double,
        log: Logger
    ) {
        self.record = record
        // A record with a rollout is that of an engine that was away.
        self.record.rollout?.resume(at: now())
        self.record.scaling?.resume()
        self.engine = engine
        self.ledger = ledger
        self.now = now
        self.log = log
        lastCallAt = now()
    }

    // MARK: - What people ask for

    /// Adds a revision and begins to roll it out. Throws `conflict` while a rollout is under way, or when its number
    /// was taken meanwhile.
    public func deploy(_ revision: Revision, by actor: String, details: [String: String]) async throws -> RolloutOrder {
        try requireNoRollout()
        guard revision.number >= record.nextNumber else {
            throw PlumbError(
                .conflict, "another deployment of \(record.name) took the number r\(revision.number)",
                hint: "deploy again")
        }
        var changed = record
        changed.revisions.append(revision)
        changed.environment = revision.spec.environment
        let order = order(to: revision, in: changed, isRollback: false)
        try await begin(order, changed, action: "deploy", by: actor, details: details)
        return order
    }

    /// Stops the rollout under way, or begins a return to an earlier revision.
    public func rollBack(to number: Int?, reason: String, by actor: String) async throws -> RolloutOrder {
        if let rollout = record.rollout { return try await stop(rollout, reason: reason, by: actor) }
        try requireNoRollout()
        guard let number = number ?? record.previous, number != record.active else {
            throw PlumbError(
                .notFound, "\(record.name) has no revision to return to",
                hint: "plumb status \(record.name) lists the revisions that are kept")
        }
        guard let revision = record.revision(number) else {
            let kept = record.revisions.map { "r\($0.number)" }.joined(separator: ", ")
            throw PlumbError(.notFound, "revision r\(number) is not kept", hint: "kept are \(kept)")
        }
        let order = order(to: revision, in: record, isRollback: true)
        try await begin(order, record, action: "rollback", by: actor, details: ["reason": reason])
        return order
    }

    /// Tells the rollout under way to pause, go on, or take all traffic.
    public func steer(_ command: RolloutCommand, reason: String, by actor: String) async throws -> RolloutOrder {
        guard !isChanging, isWanted else {
            throw PlumbError(.conflict, "\(record.name) is being changed", hint: "try again")
        }
        guard var machine = record.rollout else {
            throw PlumbError(
                .conflict, "no rollout of \(record.name) is under way",
                hint: "plumb status \(record.name) shows the last")
        }
        if command == .abort { return try await stop(machine, reason: reason, by: actor) }
        try machine.obey(command, at: now())
        var changed = record
        changed.rollout = machine
        let details = ["reason": reason, "revision": "\(machine.order.new)", "phase": machine.phaseText]
        try await keep(
            changed,
            audit: [
                entry("rollout.\(command.rawValue)", by: actor, subject: "endpoint/\(record.name)", details: details)
            ])
        return machine.order
    }

    private func stop(_ rollout: RolloutMachine, reason: String, by actor: String) async throws -> RolloutOrder {
        guard !isChanging else {
            throw PlumbError(
                .conflict, "r\(rollout.order.new) is just ending its rollout",
                hint: "plumb status \(record.name) shows how it ended")
        }
        // The stop does not wait for the ledger: trouble is not left running because a disk is slow or full.
        // What the engine itself stops, at an alarm's word, nobody has stopped by hand.
        abort = (actor == "plumb" ? reason : "stopped by hand: \(reason)", actor)
        try await ledger.append(
            entry("rollback", by: actor, subject: "endpoint/\(record.name)", details: ["reason": reason]))
        return rollout.order
    }

    /// Takes the endpoint off and stops its fleets; the runner ends. When the ledger refuses, nothing has changed.
    public func remove(by actor: String) async throws {
        guard !isChanging else {
            throw PlumbError(.conflict, "\(record.name) is being changed", hint: "try again")
        }
        isChanging = true
        defer { isChanging = false }
        try await ledger.remove(
            record.name, audit: [entry("remove", by: actor, subject: "endpoint/\(record.name)", details: [:])])
        isWanted = false
        try await engine.shift(record.name, to: [:])
        for revision in record.revisions { try await engine.apply(revision, count: 0) }
    }

    /// Ends a runner whose endpoint never came to be.
    public func retire() { isWanted = false }

    /// The state of every alarm of the revisions that have traffic, by revision.
    public func alarmStates() -> [EndpointStatus.AlarmStatus] {
        alarms.sorted { $0.key < $1.key }.flatMap(\.value.machines).map {
            EndpointStatus.AlarmStatus(
                name: $0.evaluator.definition.name, state: $0.state, reason: $0.latest?.reason ?? "not looked at yet")
        }
    }

    // MARK: - The loop

    /// Runs until cancelled, or until the endpoint is removed.
    public func run(clock: some Clock<Duration>) async {
        while !Task.isCancelled && isWanted {
            do {
                try await tick()
            } catch is CancellationError {
                return
            } catch {
                log.error("\(record.name): \(error)")
            }
            // Ending early is what cancelling is for.
            try? await clock.sleep(for: .milliseconds(Self.tickMilliseconds))
        }
    }

    /// Looks once and does what is to be done next.
    public func tick() async throws {
        guard isWanted, !isChanging else { return }
        let moment = now()
        if let lastSecond, !(0...Self.blindSecondsMax).contains(Int(moment) - lastSecond) {
            // What nobody saw proves nothing, neither good nor bad.
            alarms = [:]
            record.rollout?.resume(at: moment)
            record.scaling?.resume()
        }
        let isNewSecond = Int(moment) != lastSecond
        let fleets = try await engine.observe(record.name)
        try await evaluateAlarms(fleets, at: moment)
        if isNewSecond { try await park(fleets, at: moment) }
        guard isWanted, !isChanging else { return }
        if let rollout = record.rollout {
            absenceTold = nil
            try await advance(rollout, fleets, at: moment)
        } else {
            try await scale(fleets, at: moment)
            try await hold(fleets, at: moment)
        }
    }

    private func advance(_ rollout: RolloutMachine, _ fleets: [FleetObservation], at moment: Double) async throws {
        var machine = rollout
        let order = rollout.order
        let traffic = try await engine.traffic(record.name, revision: order.new)
        let sight = RolloutSight(
            new: fleets.first { $0.revision == order.new }, old: fleets.first { $0.revision == order.old },
            newRequests: traffic.requests, alarm: firingAlarm(of: order.new),
            analysis: await analysis(of: rollout, at: moment), errorsInARow: traffic.errorsInARow,
            shadow: order.shadow == nil ? nil : try await engine.shadow(record.name), abort: abort?.reason)
        let action = machine.tick(at: moment, seeing: sight)
        guard record.rollout == rollout, isWanted, !isChanging else { return }
        if case .finish(let outcome) = action {
            return try await finish(machine, outcome, traffic, at: moment)
        }
        if machine != rollout {
            var changed = record
            changed.rollout = machine
            let entries = audit(of: machine, before: rollout)
            do {
                try await ledger.save(changed, audit: unwritten + entries)
            } catch {
                // On a full disk a fault must not stay live: the way back is safe to begin, and to begin again.
                guard case .rollingBack = machine.phase, case .shift = action else { throw error }
                if unwritten.isEmpty { unwritten = entries }
                log.error("\(record.name): going back, though it cannot be written down: \(error)")
                return try await perform(action)
            }
            unwritten = []
            guard isWanted, !isChanging else { return }
            record = changed
            log.info("\(record.name): \(machine.phaseText)")
        }
        try await perform(action)
    }

    /// What the whole bake says, once it could end.
    private func analysis(of rollout: RolloutMachine, at moment: Double) async -> AnalysisVerdict? {
        guard let since = rollout.watchedSince(at: moment), let revision = record.revision(rollout.order.new) else {
            return nil
        }
        do {
            let source = try await engine.metrics(record.name)
            let old = record.revision(rollout.order.old)
            return RolloutAnalysis(revision: revision, old: old, source: source).verdict(since: since, until: moment)
        } catch {
            return .error("\(error)")
        }
    }

    private func perform(_ action: RolloutAction) async throws {
        switch action {
        case .wait, .finish: break
        case .apply(let number, let count):
            guard let revision = record.revision(number) else {
                throw PlumbError(.internalFault, "revision r\(number) of \(record.name) is not on record")
            }
            do {
                try await engine.apply(revision, count: count)
            } catch let error as PlumbError where error.kind == .invalidInput || error.kind == .notFound {
                // It can never start: that is a verdict on the revision, not a fault of the engine.
                abort = ("r\(number) cannot be started: \(error.message)", "plumb")
            }
        case .shift(let weights): try await engine.shift(record.name, to: weights)
        case .mirror(let number, let percent):
            guard let revision = record.revision(number) else {
                throw PlumbError(.internalFault, "revision r\(number) of \(record.name) is not on record")
            }
            try await engine.mirror(revision, percent: percent)
        }
    }

    private func finish(
        _ machine: RolloutMachine, _ outcome: RolloutOutcome, _ traffic: TrafficObservation, at moment: Double
    ) async throws {
        var changed = record
        changed.end(machine, at: moment, faultAt: machine.detectedAt == nil ? nil : traffic.firstFaultAt)
        var details = ["revision": "\(machine.order.new)"]
        var action = "rollout.promoted"
        if case .rolledBack(let reason) = outcome {
            action = "rollout.rolledBack"
            details["reason"] = reason
        }
        if let ended = changed.history.last { details.merge(ended.moments) { first, _ in first } }
        do {
            // Whoever comes to stop it now is told that it is too late, and not that it was stopped.
            isChanging = true
            defer { isChanging = false }
            try await ledger.save(
                changed,
                audit: unwritten + [entry(action, by: "plumb", subject: "endpoint/\(changed.name)", details: details)])
            unwritten = []
            record = changed
            abort = nil
        }
        log.info("\(record.name): \(action)", metadata: .init(uniqueKeysWithValues: details.map { ($0, "\($1)") }))
        if let shadowed = record.revision(machine.order.new), machine.order.shadow != nil {
            try await engine.mirror(shadowed, percent: 0)
        }
        let fleets = try await engine.observe(record.name)
        try await hold(fleets, at: moment)
    }

    /// Whether nobody has asked for anything; every `await` is a door through which a person may have come in.
    var isHolding: Bool { isWanted && !isChanging && record.rollout == nil }

    /// Without a rollout: the active revision has all traffic and all its instances, everything else is gone.
    private func hold(_ fleets: [FleetObservation], at moment: Double) async throws {
        guard isHolding else { return }
        if isAway { return try await keepAway(fleets, at: moment) }
        absenceTold = nil
        let active = record.revision(record.active)
        if let active {
            let fleet = fleets.first { $0.revision == active.number }
            let count = record.scaling?.count ?? record.startCount(of: active, isRollback: false)
            if fleet?.desired != count { try await engine.apply(active, count: count) }
            guard isHolding else { return }
            if fleet?.weight != 100 { try await engine.shift(record.name, to: [active.number: 100]) }
            guard isHolding else { return }
            if let until = record.warmUntil, until <= moment {
                var changed = record
                changed.warm = nil
                changed.warmUntil = nil
                try await ledger.save(changed, audit: [])
                guard isHolding else { return }
                record = changed
            }
        }
        for other in fleets where other.revision != record.active && other.revision != record.warm && other.desired > 0
        {
            guard isHolding else { return }
            if let revision = record.revision(other.revision) { try await engine.apply(revision, count: 0) }
        }
        if let active, isHolding { try await answerLateAlarm(of: active) }
    }

    /// A regression may show hours after the rollout: SageMaker's own rollback is over by then, this one is not.
    private func answerLateAlarm(of active: Revision) async throws {
        guard active.spec.rollout.rollsBackLate, lateRollbackOf != active.number, let previous = record.previous,
            previous != active.number, record.revision(previous) != nil, let alarm = firingAlarm(of: active.number)
        else { return }
        // Going back to the revision that this one was itself a retreat from would only swap one fault for another.
        guard record.history.last(where: { $0.new == active.number })?.isRollback != true else { return }
        _ = try await rollBack(to: previous, reason: "late alarm: \(alarm)", by: "plumb")
        lateRollbackOf = active.number
    }

    // MARK: - Alarms

    private func evaluateAlarms(_ fleets: [FleetObservation], at moment: Double) async throws {
        let second = Int(moment)
        guard second != lastSecond else { return }
        lastSecond = second
        // A fleet is watched from when it has traffic and can answer it; from then on it is watched for losing that.
        let watched = Set(
            fleets.filter { $0.weight > 0 && ($0.ready > 0 || alarms[$0.revision] != nil) }.map(\.revision))
        alarms = alarms.filter { watched.contains($0.key) }
        let source = try await engine.metrics(record.name)
        for number in watched.sorted() {
            guard let revision = record.revision(number) else { continue }
            var watch = try alarms[number] ?? RevisionWatch(revision, since: second)
            let changes = watch.tick(at: second, source: source)
            // Held before it is written down: an alarm counts even when the disk is full.
            alarms[number] = watch
            for change in changes {
                log.notice("\(change.alarm): \(change.from.rawValue) -> \(change.to.rawValue): \(change.reason)")
                guard change.to == .alarm || change.from == .alarm else { continue }
                try await ledger.append(
                    entry(
                        "alarm.\(change.to.rawValue)", by: "plumb", subject: "alarm/\(change.alarm)",
                        details: ["reason": change.reason]))
            }
        }
    }

    private func firingAlarm(of revision: Int) -> String? {
        let firing = alarms[revision]?.machines.first { $0.state == .alarm }
        return firing.map { "\($0.evaluator.definition.name) is in ALARM: \($0.latest?.reason ?? "")" }
    }

    // MARK: - Small things

    func requireNoRollout() throws(PlumbError) {
        guard !isChanging, isWanted else {
            throw PlumbError(.conflict, "\(record.name) is being changed", hint: "try again")
        }
        guard let rollout = record.rollout else { return }
        throw PlumbError(
            .conflict, "\(record.name) is being rolled out to r\(rollout.order.new): \(rollout.phaseText)",
            hint: "wait for it (plumb status \(record.name)) or stop it (plumb rollback \(record.name))")
    }

    private func order(to revision: Revision, in record: EndpointRecord, isRollback: Bool) -> RolloutOrder {
        // A parked endpoint has no fleet that could keep the traffic meanwhile: the new one comes up like a first.
        let old = record.parking?.isAway == true ? nil : record.revision(record.active)
        return RolloutOrder(
            new: revision.number, old: old?.number,
            newCount: record.startCount(of: revision, isRollback: isRollback),
            oldCount: old.map { record.scaling?.count ?? $0.spec.instances.initial } ?? 0, plan: revision.spec.rollout,
            isRollback: isRollback)
    }

    private func begin(
        _ order: RolloutOrder, _ base: EndpointRecord, action: String, by actor: String, details: [String: String]
    ) async throws {
        var changed = base
        changed.rollout = RolloutMachine(order, at: now())
        var details = details
        details["revision"] = "\(order.new)"
        if let old = order.old { details["replaces"] = "\(old)" }
        // Not durable, so not begun.
        try await keep(
            changed, audit: [entry(action, by: actor, subject: "endpoint/\(changed.name)", details: details)])
        abort = nil
    }

    /// Makes a changed record the endpoint's, once it is written down with its entries; meanwhile nothing else changes.
    func keep(_ changed: EndpointRecord, audit entries: [AuditEntry]) async throws {
        isChanging = true
        defer { isChanging = false }
        try await ledger.save(changed, audit: entries)
        record = changed
    }

    private func audit(of machine: RolloutMachine, before: RolloutMachine) -> [AuditEntry] {
        guard case .rollingBack(let reason, _) = machine.phase, before.phase != machine.phase else { return [] }
        return [
            entry(
                "rollout.rollingBack", by: abort?.actor ?? "plumb", subject: "endpoint/\(record.name)",
                details: ["reason": reason, "revision": "\(machine.order.new)"])
        ]
    }

    func entry(_ action: String, by actor: String, subject: String, details: [String: String]) -> AuditEntry {
        AuditEntry(at: now(), actor: actor, action: action, subject: subject, details: details)
    }
}
