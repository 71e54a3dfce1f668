// Carries out what the scaling machine decides: writes it down, then the runner keeps the fleet at that number.

import Logging
import PlumbModel

extension EndpointRunner {
    /// A person's wish for a number of instances, within the bounds. Throws `refused` outside of them and `conflict`
    /// while a rollout moves.
    public func setCount(_ wanted: Int, reason: String, by actor: String) async throws -> ScalingActivity {
        try requireNoRollout()
        guard let active = record.revision(record.active) else {
            throw PlumbError(
                .conflict, "\(record.name) has no active revision", hint: "plumb deploy SPEC brings one up")
        }
        var machine = scaler(of: active)
        let activity = try machine.setCount(wanted, at: now(), reason: reason)
        try await keep(machine, activity, by: actor)
        return activity
    }

    /// Looks at the load when a period has passed; no scaling while a rollout moves.
    func scale(_ fleets: [FleetObservation], at moment: Double) async throws {
        guard isHolding, !isAway, let active = record.revision(record.active) else { return }
        var machine = scaler(of: active)
        let why = restraint == .none ? "the budget lets it scale again" : record.spending?.reason ?? ""
        if let activity = machine.freeze(restraint != .none, at: moment, reason: why) {
            return try await keep(machine, activity, by: "plumb")
        }
        let isDue = machine.isDue(at: moment)
        let load = isDue ? try await engine.load(record.name, revision: active.number) : nil
        guard isHolding, record.active == active.number else { return }
        let ready = fleets.first { $0.revision == active.number }?.ready ?? 0
        switch machine.tick(at: moment, seeing: ScalingSight(ready: ready, load: load)) {
        case .wait: record.scaling = machine
        case .change(let activity): try await keep(machine, activity, by: "plumb")
        }
    }

    private func scaler(of active: Revision) -> ScalingMachine {
        record.scaling
            ?? ScalingMachine(
                ScalingPlan(active.spec), count: record.startCount(of: active, isRollback: false), at: now())
    }

    /// Durable first: the fleet follows at the next look.
    private func keep(_ machine: ScalingMachine, _ activity: ScalingActivity, by actor: String) async throws {
        var changed = record
        changed.scaling = machine
        let details = [
            "kind": activity.kind.rawValue, "from": "\(activity.from)", "to": "\(activity.to)",
            "bounds": "\(activity.floor) to \(activity.ceiling)", "reason": activity.reason,
        ]
        try await keep(
            changed, audit: [entry("scale", by: actor, subject: "endpoint/\(record.name)", details: details)])
        log.info("\(record.name): \(activity.from) -> \(activity.to) instances: \(activity.reason)")
    }
}
