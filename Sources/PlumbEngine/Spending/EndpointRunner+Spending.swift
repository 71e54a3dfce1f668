// What the meter and the budgets want to know of one endpoint.

import PlumbModel

/// One endpoint as the desk of spending sees it.
struct SpendSight: Sendable {
    var sample: MeterSample
    /// What its budget is, and how people are told; nil before there is an active revision.
    var plan: BudgetPlan?
    var type: String?
    var floor = 0
    var count = 0
    var ceiling = 0
    /// Hours in which it is to run from now to the end of the month.
    var hoursLeft = 0.0
}

extension EndpointRunner {
    /// Looks at the fleets for the meter.
    func spendSight(at moment: Double) async throws -> SpendSight? {
        guard let newest = record.revision(record.active) ?? record.revisions.last else { return nil }
        let (fleets, requests) = (try await engine.observe(record.name), try await engine.requests(record.name))
        var sample = MeterSample(
            endpoint: record.name, environment: record.environment, team: newest.spec.team, region: newest.spec.region)
        for fleet in fleets where fleet.desired > 0 {
            guard let revision = record.revision(fleet.revision) else { continue }
            sample.running[revision.spec.instances.type, default: 0] += fleet.desired
        }
        sample.requests = requests
        var sight = SpendSight(sample: sample)
        guard let active = record.revision(record.active) else { return sight }
        let plan = ScalingPlan(active.spec)
        (sight.plan, sight.type) = (active.spec.budget, active.spec.instances.type)
        (sight.floor, sight.ceiling) = (record.scaling?.floor ?? plan.floor, record.scaling?.ceiling ?? plan.ceiling)
        sight.count = record.scaling?.count ?? plan.floor
        let calendar = Self.calendar(of: active)
        if calendar?.isOn(at: moment) ?? true {
            sight.sample.planned[active.spec.instances.type] = active.spec.instances.initial
        }
        if isAway, sample.running.isEmpty {
            sight.sample.isParked = true
            sight.sample.avoided[active.spec.instances.type] = sight.count
        }
        let end = Month(secondsSinceEpoch: moment).end
        // A budget that has stopped it keeps it stopped for the rest of its month.
        if restraint != .stopped {
            sight.hoursLeft = calendar?.hours(from: moment, to: end) ?? (end - moment) / 3600
        }
        return sight
    }
}
