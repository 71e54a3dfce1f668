// Carries out what the parking machine decides: looks at the hours, writes down, and lets `hold` do the rest.

import Foundation
import Logging
import PlumbModel

extension EndpointRunner {
    /// An endpoint starts this long before its hours begin, so that it answers when they do.
    public static let startLeadSeconds = 900.0
    /// How long a wish to start it counts where nobody says.
    public static let startSeconds = 3600.0
    /// The longest that somebody may let it spend past its budget.
    public static let allowSecondsMax = 7 * 86_400.0

    /// What its budgets ask of it now.
    var restraint: SpendRestraint { record.spending?.restraint(at: now()) ?? .none }

    /// Whether its instances are away by plan.
    var isAway: Bool { record.parking?.isAway ?? false }

    // MARK: - What people and budgets ask for

    /// Carries out an order about hours or budget, and answers until when it holds; nil where it has no end.
    public func obey(
        _ order: SpendingOrder, until: Double?, reason: String, by actor: String
    ) async throws -> Double? {
        try requireNoRollout()
        guard let active = record.revision(record.active) else {
            throw PlumbError(
                .conflict, "\(record.name) has no active revision", hint: "plumb deploy SPEC brings one up")
        }
        guard record.environment != .production else {
            throw PlumbError(
                .refused, "\(record.name) is in production, which is never parked and whose budget stops nothing",
                hint: "instances.minimum and instances.maximum bound what it costs")
        }
        let moment = now()
        if let until, until <= moment {
            throw PlumbError(.invalidInput, "the time has passed already", hint: "name one that is yet to come")
        }
        var changed = record
        let end: Double?
        switch order {
        case .park: end = askForPark(&changed, until: until ?? beginOfHours(of: active, after: moment))
        case .start: end = try askForStart(&changed, until: until ?? moment + Self.startSeconds, at: moment)
        case .allow: end = try askForMoney(&changed, until: until, at: moment)
        }
        let details = ["reason": reason, "until": end.map(Self.time) ?? "somebody starts it"]
        try await keep(
            changed,
            audit: [
                entry("spending.\(order.rawValue)", by: actor, subject: "endpoint/\(record.name)", details: details)
            ])
        return end
    }

    private func askForPark(_ changed: inout EndpointRecord, until: Double?) -> Double? {
        var state = changed.parking ?? ParkingState()
        (state.isParkedByHand, state.parkedUntil, state.startedUntil) = (true, until, nil)
        changed.parking = state
        return until
    }

    private func askForStart(
        _ changed: inout EndpointRecord, until: Double, at moment: Double
    ) throws(PlumbError) -> Double {
        guard until - moment <= ParkingMachine.keepSecondsMax else {
            throw PlumbError(
                .refused, "\(record.name) may be kept on for 24 h at most", hint: "start it again tomorrow")
        }
        guard restraint != .stopped else {
            throw PlumbError(
                .refused, "\(record.name) is parked: \(record.spending?.reason ?? "its budget is spent")",
                hint: "plumb cost allow \(record.name) lets it run all the same, for a while")
        }
        var state = changed.parking ?? ParkingState()
        (state.isParkedByHand, state.parkedUntil, state.startedUntil) = (false, nil, until)
        changed.parking = state
        return until
    }

    private func askForMoney(
        _ changed: inout EndpointRecord, until: Double?, at moment: Double
    ) throws(PlumbError) -> Double {
        let until = until ?? moment + ParkingMachine.keepSecondsMax
        guard until - moment <= Self.allowSecondsMax else {
            throw PlumbError(
                .refused, "\(record.name) may spend past its budget for 7 days at most",
                hint: "a larger budget is a change of the spec: budget.monthlyUSD")
        }
        var control = changed.spending ?? SpendControl()
        control.allowedUntil = until
        changed.spending = control
        return until
    }

    /// What the endpoint's budgets ask for; written down when it changes, and carried out at the next looks.
    func restrain(_ restraint: SpendRestraint, reason: String) async throws {
        // A deployment is brought to its end first.
        guard restraint != record.spending?.restraint ?? .none, isHolding else { return }
        guard record.environment != .production || restraint == .none else { return }
        var changed = record
        var control = record.spending ?? SpendControl()
        (control.restraint, control.reason) = (restraint, reason)
        changed.spending = control
        try await keep(
            changed,
            audit: [
                entry(
                    "budget.\(restraint == .none ? "released" : restraint.rawValue)", by: "plumb",
                    subject: "endpoint/\(record.name)", details: ["reason": reason])
            ])
        log.warning("\(record.name): \(restraint.rawValue): \(reason)")
    }

    // MARK: - The loop

    /// Looks at the hours and the budget once a second; during a rollout nothing is taken away.
    func park(_ fleets: [FleetObservation], at moment: Double) async throws {
        let requests = try await engine.requests(record.name)
        if let seen = requestsSeen, requests > seen { lastCallAt = moment }
        requestsSeen = requests
        guard isWanted, !isChanging, record.environment != .production, let active = record.revision(record.active)
        else { return }
        // Until its fleet is up again after a restart of the engine, nothing can be said of it.
        guard isAway || record.rollout != nil || fleets.contains(where: { $0.revision == active.number }) else {
            return
        }
        let before = record.parking ?? ParkingState()
        var state = before
        if let until = state.startedUntil, until <= moment { state.startedUntil = nil }
        if let until = state.parkedUntil, until <= moment { (state.isParkedByHand, state.parkedUntil) = (false, nil) }
        let reason = whyUnwanted(state, active, at: moment)
        let look = look(state, active, fleets, isWanted: reason == nil)
        let action = state.machine.tick(at: moment, look)
        if action == .record || (state.machine.phase == .parked && state.record?.revision != active.number) {
            guard try await canStart(active) else { return }
            state.record = parkingRecord(of: active, reason: reason ?? "it was away", at: moment)
        }
        if !state.isAway, state.machine.phase != .parking { state.record = nil }
        if state.machine.phase == .parked, before.machine.phase != .parked { state.offAt = moment }
        let entries = audit(from: before, to: state, action, reason)
        guard state != before, isWanted, !isChanging else { return }
        var changed = record
        changed.parking = state
        try await keep(changed, audit: entries)
        for entry in entries { log.notice("\(record.name): \(entry.action): \(entry.details["reason"] ?? "")") }
    }

    /// Whether everything is there that brings it up again; what is missing is told once.
    private func canStart(_ active: Revision) async throws -> Bool {
        do {
            try await engine.verify(active)
            parkingTrouble = nil
            return true
        } catch let error as PlumbError {
            if parkingTrouble != error.message {
                log.error("\(record.name) stays on outside its hours, for it could not be started again: \(error)")
            }
            parkingTrouble = error.message
            return false
        }
    }

    private func look(
        _ state: ParkingState, _ active: Revision, _ fleets: [FleetObservation], isWanted: Bool
    ) -> ParkingMachine.Look {
        let running = fleets.filter { $0.desired > 0 }
        let fleet: ParkingMachine.Fleet =
            running.isEmpty
            ? .absent
            : running.contains { $0.ready > 0 } ? .serving : state.machine.phase == .starting ? .changing : .failed
        var look = ParkingMachine.Look(
            isWanted: isWanted, fleet: fleet, isRecorded: state.record?.revision == active.number)
        look.isLocked = record.rollout != nil
        // Who asks for it to be off, and a budget that is spent, wait for nobody.
        if !state.isParkedByHand, restraint != .stopped {
            look.lastCallAt = max(lastCallAt, record.history.last?.endedAt ?? 0)
        }
        return look
    }

    /// Why it is not wanted now; nil when it is.
    private func whyUnwanted(_ state: ParkingState, _ active: Revision, at moment: Double) -> String? {
        if restraint == .stopped { return record.spending?.reason ?? "its budget is spent" }
        if let until = state.startedUntil, moment < until { return nil }
        if state.isParkedByHand { return "it was parked by hand" }
        guard let calendar = Self.calendar(of: active) else { return nil }
        return calendar.isOn(at: moment) || calendar.isOn(at: moment + Self.startLeadSeconds)
            ? nil : "it is outside its working hours"
    }

    private func parkingRecord(of active: Revision, reason: String, at moment: Double) -> ParkingRecord {
        let plan = ScalingPlan(active.spec)
        return ParkingRecord(
            revision: active.number, count: record.scaling?.count ?? plan.floor,
            floor: record.scaling?.floor ?? plan.floor, ceiling: record.scaling?.ceiling ?? plan.ceiling,
            modelDigest: active.modelDigest, reason: reason, at: moment)
    }

    private func audit(
        from before: ParkingState, to state: ParkingState, _ action: ParkingMachine.Action, _ reason: String?
    ) -> [AuditEntry] {
        func told(_ action: String, _ reason: String) -> AuditEntry {
            entry(action, by: "plumb", subject: "endpoint/\(record.name)", details: ["reason": reason])
        }
        var entries: [AuditEntry] = []
        if state.isAway, !before.isAway { entries.append(told("park", reason ?? "it is away")) }
        if !state.isAway, before.isAway { entries.append(told("start", "it is wanted again")) }
        if case .page(let text) = action { entries.append(told("parking.overdue", text)) }
        return entries
    }

    // MARK: - Being away

    /// Keeps a parked endpoint off: its callers are told why before its instances go.
    func keepAway(_ fleets: [FleetObservation], at moment: Double) async throws {
        guard let active = record.revision(record.active) else { return }
        let absence = absence(of: active, at: moment)
        if absenceTold != absence {
            try await engine.standDown(active, absence)
            absenceTold = absence
        }
        for fleet in fleets where fleet.desired > 0 {
            guard isHolding, isAway else { return }
            if let revision = record.revision(fleet.revision) { try await engine.apply(revision, count: 0) }
        }
    }

    private func absence(of active: Revision, at moment: Double) -> Absence {
        // Told once: the next beginning of its hours stays the same as long as they have not begun.
        if let told = absenceTold, told.until ?? .infinity > moment, told.reason.hasSuffix(awayReason) { return told }
        let until: Double?
        if restraint == .stopped {
            until = Month(secondsSinceEpoch: moment).end
        } else if record.parking?.isParkedByHand == true {
            until = record.parking?.parkedUntil
        } else {
            until = beginOfHours(of: active, after: moment)
        }
        return Absence(reason: "\(record.name) is parked: \(awayReason)", until: until)
    }

    private var awayReason: String {
        restraint == .stopped
            ? record.spending?.reason ?? "its budget is spent" : record.parking?.record?.reason ?? "it is away"
    }

    /// When it starts again by itself: ahead of its next hours. Nil where it has none.
    func beginOfHours(of active: Revision, after moment: Double) -> Double? {
        guard let calendar = Self.calendar(of: active) else { return nil }
        var edge = calendar.nextEdge(after: moment)
        if let first = edge, calendar.isOn(at: moment) { edge = calendar.nextEdge(after: first) }
        return edge.map { max(moment, $0 - Self.startLeadSeconds) }
    }

    /// Nil where a spec names no hours. Its zone was looked at when it was read: one that nobody knows stops nothing.
    static func calendar(of revision: Revision) -> WorkCalendar? {
        guard revision.spec.environment != .production,
            let plan = revision.spec.workingHours.flatMap({ WeeklyPlan($0) })
        else { return nil }
        return try? WorkCalendar(plan)  // See above.
    }

    static func time(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }
}
