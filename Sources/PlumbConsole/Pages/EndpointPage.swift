// One endpoint: what it answers, how its rollout goes, what its revisions are, and what is known of its traffic.

import PlumbEngine
import PlumbModel

struct EndpointPage: Page {
    static let template = "endpoint"
    struct Step: Sendable {
        let text: String
        let kind: String
        let isNow: Bool
    }
    struct Fleet: Sendable {
        let revision: Int
        let role: String
        let weight: Int
        let ready: String
        let domains: Int
        let rate: String
        let errors: String
        let p50: String
        let p99: String
        let failure: String?
    }
    struct Alarm: Sendable {
        let kind: String
        let symbol: String
        let state: String
        let name: String
        let reason: String
    }
    struct Activity: Sendable {
        let at: Moment
        let change: String
        let reason: String
    }
    struct Zone: Sendable {
        let name: String
        let workers: [Worker]
    }
    struct Worker: Sendable {
        let id: String
        let revision: Int
        let kind: String
        let symbol: String
        let state: String
        let restarts: Int
        let start: String?
        let trouble: String?
    }
    let title: String
    let name: String
    let path: String
    let environment: String
    let team: String
    let livePath: String
    let state: String
    let stateKind: String
    let stateSymbol: String
    let rollout: String?
    let hasSteps: Bool
    let steps: [Step]
    let charts: [Chart]
    let fleets: [Fleet]
    let alarms: [Alarm]
    let scaling: String
    let activities: [Activity]
    let zones: [Zone]
    /// What does not change by the second; nil where the live part alone is written.
    let count: Int
    let revisions: [EndpointLineage.Revision]
    let history: [EndpointLineage.Ended]
    let capture: String
    let monitoring: [EndpointLineage.Monitored]
    let cost: String
    let cache: String
    let verdictText: String
    let verdicts: [EndpointLineage.PolicyVerdict]
    let budget: EndpointLineage.Budget?
    let spending: [Chart]
    let past: EndpointPast?
    let errors: [RequestsPage.Line]

    private static let activitiesMax = 8
    /// Errors that are shown before somebody looks for them.
    static let errorsMax = 5

    init(
        _ status: EndpointStatus, charts: [Chart], lineage: EndpointLineage, past: EndpointPast? = nil,
        errors: [RequestLine] = [], now: Double
    ) {
        let record = status.record
        let spec = (record.revision(record.active) ?? record.revisions.last)?.spec
        name = record.name
        title = record.name
        path = PageWords.escaped(record.name)
        environment = record.environment.rawValue
        team = spec?.team ?? ""
        livePath = "/live/endpoints/\(path)"
        state = status.state
        (stateKind, stateSymbol) =
            switch status.state {
            // What serves does, but its last deployment did not: a rollback never looks like success.
            case "InService" where Self.wentBack(record):
                ("unknown", "!")
            case "InService": ("holds", "✓")
            case "Failed", "RollingBack": ("fails", "✗")
            case "OutOfService": ("none", "–")
            default: ("unknown", "…")
            }
        rollout = status.rolloutText
        steps = record.rollout.map(Self.steps) ?? []
        hasSteps = !steps.isEmpty
        self.charts = charts
        fleets = status.fleets.map { Self.fleet($0, status) }
        alarms = status.alarms.map { alarm in
            let badge = Badge(alarm.state)
            return Alarm(
                kind: badge.kind, symbol: badge.symbol, state: badge.word, name: alarm.name, reason: alarm.reason)
        }
        scaling = record.scaling?.text ?? "There is nothing to scale yet."
        activities = (record.scaling?.activities ?? []).suffix(Self.activitiesMax).reversed().map {
            Activity(at: Moment($0.at), change: "\($0.from) → \($0.to)", reason: $0.reason)
        }
        zones = Dictionary(grouping: status.workers ?? [], by: \.zone).sorted { $0.key < $1.key }.map { zone, workers in
            Zone(name: zone, workers: workers.map { Self.worker($0, now) })
        }
        count = record.scaling?.count ?? spec?.instances.initial ?? 1
        (revisions, history) = (lineage.revisions, lineage.history)
        (capture, monitoring) = (lineage.capture, lineage.monitoring)
        (cost, cache) = (lineage.cost, lineage.cache)
        (verdictText, verdicts) = (lineage.verdictText, lineage.verdicts)
        (budget, spending) = (lineage.budget, lineage.spending)
        (self.past, self.errors) = (past, errors.map { RequestsPage.Line($0) })
    }

    /// Whether the last deployment was rolled back, and none is under way.
    private static func wentBack(_ record: EndpointRecord) -> Bool {
        guard record.rollout == nil, case .rolledBack? = record.history.last?.outcome else { return false }
        return true
    }

    private static func fleet(_ fleet: FleetObservation, _ status: EndpointStatus) -> Fleet {
        let record = status.record
        let traffic = status.traffic.first { $0.revision == fleet.revision }
        let role =
            fleet.revision == record.active
            ? "active"
            : fleet.revision == record.rollout?.order.new ? "new" : fleet.revision == record.warm ? "warm" : ""
        return Fleet(
            revision: fleet.revision, role: role, weight: fleet.weight, ready: "\(fleet.ready) of \(fleet.desired)",
            domains: fleet.readyZones, rate: traffic.map { PageWords.number($0.requestsPerSecond) } ?? "–",
            errors: PageWords.number(traffic?.errorPercent, "%"),
            p50: PageWords.number(traffic?.p50Milliseconds, "ms"),
            p99: PageWords.number(traffic?.p99Milliseconds, "ms"), failure: fleet.failure)
    }

    private static func worker(_ worker: WorkerStatus, _ now: Double) -> Worker {
        let badge = Badge(worker.state)
        let trouble = worker.trouble.map { text in
            "\(PageWords.duration(now - (worker.troubleAt ?? now))) ago: \(PageWords.clipped(text, to: 300))"
        }
        return Worker(
            id: worker.id, revision: worker.revision, kind: badge.kind, symbol: badge.symbol, state: badge.word,
            restarts: worker.restarts, start: worker.startSeconds.map { "\(PageWords.number($0)) s" },
            trouble: trouble)
    }

    /// The way of a rollout, and how far it has come.
    static func steps(_ rollout: RolloutMachine) -> [Step] {
        let order = rollout.order
        var words = ["r\(order.new) comes up"]
        if order.shadow != nil { words.append("mirrored requests") }
        let first = words.count
        words += order.shares.map { "\($0) % of the traffic" }
        words.append("promotion")
        let last = words.count - 1
        let here: Int
        var isGoingBack = false
        switch rollout.phase {
        case .provisioning: here = 0
        case .shadowing: here = first - 1
        case .shifting(let step), .baking(let step, _, _): here = first + step
        case .terminationWait: here = last
        case .rollingBack:
            here = last
            isGoingBack = true
        case .ended: here = last + 1
        }
        if isGoingBack { words[last] = "going back to r\(order.old ?? 0)" }
        return words.enumerated().map { index, word in
            let isNow = index == here
            let text = (index < here && !isGoingBack ? "✓ " : isNow ? "→ " : "") + word
            return Step(text: text, kind: index < here && !isGoingBack ? "holds" : "open", isNow: isNow)
        }
    }
}
