// Recoveries, failovers and rollbacks that were practised, and the one that is under way.

import PlumbEngine
import PlumbModel

struct DrillsPage: Page {
    static let template = "drills"
    struct Run: Sendable {
        let kind: String
        let symbol: String
        let state: String
        let what: String
        let by: String
        let at: Moment
        let text: String?
    }
    struct Drill: Sendable {
        let at: Moment
        let name: String
        let subject: String
        let kind: String
        let symbol: String
        let outcome: String
        let rto: String
        let rpo: String
        let details: String
        let actor: String
    }
    struct Endpoint: Sendable {
        let name: String
        let environment: String
    }
    let title = "Drills"
    let run: Run?
    let charts: [Chart]
    let hasDrills: Bool
    let drills: [Drill]
    let endpoints: [Endpoint]
    static let drillsMax = 50

    init(_ latest: DrillRun?, _ entries: [AuditEntry], _ status: EngineStatus, now: Double) {
        run = latest.map { run in
            let badge =
                switch run.succeeded {
                case nil: Badge("unknown", "…", "Under way")
                case true?: Badge("holds", "✓", "Done")
                case false?: Badge("fails", "✗", "Failed")
                }
            return Run(
                kind: badge.kind, symbol: badge.symbol, state: badge.word,
                what: "\(run.kind.rawValue) of \(run.endpoint ?? "the engine")", by: run.by, at: Moment(run.startedAt),
                text: run.text.isEmpty ? nil : run.text)
        }
        drills = entries.reversed().map(Self.drill)
        hasDrills = !drills.isEmpty
        endpoints = status.endpoints.map {
            Endpoint(name: $0.record.name, environment: $0.record.environment.rawValue)
        }
        let recoveries = entries.filter { $0.action == "drill.dr" }
        func values(_ key: String) -> [Double?] { recoveries.map { $0.details[key].flatMap { Double($0) } } }
        charts =
            recoveries.count < 2
            ? []
            : [
                Chart(
                    "Recovery drills", unit: "s",
                    [
                        Chart.Points(name: "RTO", values: values("rtoSeconds")),
                        Chart.Points(name: "RPO", values: values("rpoSeconds")),
                    ], end: recoveries.last?.at ?? now,
                    stepSeconds: ((recoveries.last?.at ?? now) - (recoveries.first?.at ?? now))
                        / Double(recoveries.count))
            ]
    }

    private static func drill(_ entry: AuditEntry) -> Drill {
        let badge = Badge(entry.outcome)
        let numbers = entry.details.filter {
            ($0.key.hasSuffix("Seconds") || $0.key == "failedRequests")
                && !["rtoSeconds", "rpoSeconds"].contains($0.key)
        }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let told = numbers + [entry.details["failure"]].compactMap { $0 }.map { PageWords.clipped($0, to: 200) }
        return Drill(
            at: Moment(entry.at), name: String(entry.action.dropFirst(6)), subject: entry.subject, kind: badge.kind,
            symbol: badge.symbol, outcome: badge.word, rto: entry.details["rtoSeconds"] ?? "–",
            rpo: entry.details["rpoSeconds"] ?? "–", details: told.joined(separator: ", "), actor: entry.actor)
    }
}
