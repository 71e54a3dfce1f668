// Where an endpoint's revisions come from, how they did, and what is known beyond the minute.

import PlumbEngine
import PlumbModel

/// The part of an endpoint's page that does not change by the second.
struct EndpointLineage: Sendable {
    struct Revision: Sendable {
        let number: Int
        let isActive: Bool
        let at: Moment
        let author: String
        let digest: String
        let commit: String?
        let approver: String?
        let benchmark: String?
        let outcome: String
    }
    struct Ended: Sendable {
        let at: Moment
        let kind: String
        let heading: String
        let text: String
        let moments: String?
    }
    struct Feature: Sendable {
        let name: String
        let change: String
        let distance: String
        let expected: String
        let observed: String
    }
    struct Table: Sendable {
        let caption: String
        let features: [Feature]
    }
    struct Monitored: Sendable {
        let revision: Int
        let state: String
        let reason: String
        let tables: [Table]
        let quality: String?
    }
    struct PolicyVerdict: Sendable {
        let id: String
        let verdict: Badge
    }
    var revisions: [Revision] = []
    var history: [Ended] = []
    var capture = ""
    var monitoring: [Monitored] = []
    /// In whole percent of the month's budget.
    struct Budget: Sendable {
        let spent: Int
        let forecast: Int?
        let isOver: Bool
    }
    var cost = ""
    var budget: Budget?
    /// What the month has come to, day by day, with the budget drawn in.
    var spending: [Chart] = []
    var cache = ""
    var verdictText = ""
    var verdicts: [PolicyVerdict] = []

    /// Nothing: for the live part alone.
    init() {}

    init(
        _ record: EndpointRecord, monitoring seen: EndpointMonitoring?, spend: EndpointSpend?,
        metered: EndpointStatement?, cache use: EndpointStatus.CacheUse? = nil, judged: Board.Judged?
    ) {
        revisions = record.revisions.sorted { $0.number > $1.number }.map { Self.revision($0, in: record) }
        history = record.history.reversed().map(Self.ended)
        capture =
            seen.map { seen in
                seen.samplingPercent > 0
                    ? "\(seen.samplingPercent) % of the requests are recorded: \(seen.captured) so far, "
                        + "\(seen.dropped) dropped."
                    : "Nothing of the traffic is recorded."
            } ?? "What is recorded of the traffic is not known."
        monitoring = (seen?.revisions ?? []).map(Self.monitored)
        let spec = (record.revision(record.active) ?? record.revisions.last)?.spec
        cost = (metered.map(Self.cost) ?? "") + Self.cost(spend, spec)
        budget = Self.budget(metered, spec)
        spending = Self.spending(metered, spec)
        cache = Self.cache(spec?.cache) + Self.told(use)
        if let judged {
            verdictText =
                "Judged \(Moment(judged.at).text): \(judged.assessment.count(.fails)) controls fail, "
                + "\(judged.assessment.count(.unknown)) are unknown, \(judged.assessment.count(.holds)) hold."
            verdicts = judged.assessment.policies.map { PolicyVerdict(id: $0.id, verdict: Badge($0.verdict)) }
        } else {
            verdictText = "Not judged yet."
        }
    }

    private static func revision(_ revision: PlumbEngine.Revision, in record: EndpointRecord) -> Revision {
        let spec = revision.spec
        let last = record.history.last { $0.new == revision.number }
        let outcome =
            revision.number == record.rollout?.order.new
            ? "is being rolled out" : last.map { PageWords.clipped($0.told, to: 120) } ?? "not rolled out yet"
        let dirty = spec.provenance?.isTreeClean == false ? " (with changes that are not committed)" : ""
        return Revision(
            number: revision.number, isActive: revision.number == record.active, at: Moment(revision.createdAt),
            author: spec.provenance?.author ?? revision.author, digest: String(revision.modelDigest.prefix(12)) + "…",
            commit: spec.provenance?.commit.map { String($0.prefix(12)) + dirty },
            approver: spec.provenance?.approver,
            benchmark: spec.benchmark.map { benchmark in
                [
                    benchmark.p99Milliseconds.map { "p99 \(PageWords.number($0)) ms" },
                    benchmark.requestsPerSecond.map { "\(PageWords.number($0)) req/s" },
                    benchmark.instanceType.map { "on \($0)" },
                ].compactMap { $0 }.joined(separator: ", ")
            }, outcome: outcome)
    }

    private static func ended(_ rollout: RolloutRecord) -> Ended {
        var told: [String] = []
        if let detected = rollout.detectedAt {
            if let fault = rollout.faultAt {
                told.append("detected \(tenths(detected - fault)) s after the first fault")
            }
            if let moved = rollout.movedAt { told.append("traffic back \(tenths(moved - detected)) s later") }
            if let moved = rollout.movedAt, let full = rollout.fullAt {
                told.append("old fleet full \(tenths(full - moved)) s later")
            }
        }
        if let evidence = rollout.evidence, case .promoted = rollout.outcome { told.append(evidence) }
        let isPromoted = rollout.outcome == .promoted
        return Ended(
            at: Moment(rollout.endedAt), kind: isPromoted ? "holds" : "fails",
            heading: isPromoted ? "✓ promoted" : "✗ rolled back", text: rollout.told,
            moments: told.isEmpty ? nil : told.joined(separator: ", "))
    }

    private static func tenths(_ seconds: Double) -> String { PageWords.number((seconds * 10).rounded() / 10) }

    private static func monitored(_ seen: MonitoringStatus) -> Monitored {
        let state =
            switch seen.drift.state {
            case .notWatched: "– not watched"
            case .steady: "✓ steady"
            case .alarm: "✗ drift"
            }
        let quality = seen.quality.map { quality in
            var text = "\(quality.metric) "
            text += quality.value.map { PageWords.number($0) } ?? "not measured yet"
            if let lower = quality.lower, let upper = quality.upper {
                text += " (95 %: \(PageWords.number(lower)) to \(PageWords.number(upper)))"
            }
            return text + ", limit \(PageWords.number(quality.limit)), \(quality.labels) labels: \(quality.reason)"
        }
        return Monitored(
            revision: seen.revision, state: state,
            reason: "\(seen.drift.reason) (\(seen.drift.records) records, level "
                + "\(PageWords.number(seen.drift.level)) of 1)",
            tables: tables(seen.drift), quality: quality)
    }

    private static func tables(_ drift: DriftObservation) -> [Table] {
        [
            ("Features that have drifted, the surest first", drift.features),
            ("Features in the last rows, the furthest from the reference first", drift.current ?? []),
        ].filter { !$0.1.isEmpty }.map { caption, features in
            Table(
                caption: caption,
                features: features.map {
                    Feature(
                        name: $0.name, change: $0.change, distance: PageWords.number($0.distance),
                        expected: $0.expected, observed: $0.observed)
                })
        }
    }

    private static func cost(_ metered: EndpointStatement) -> String {
        let least = metered.isComplete ? "" : "at least "
        var text = "This month \(least)\(PageWords.usd(metered.usd)) USD so far, priced as on AWS"
        if let forecast = metered.forecast {
            text += ", \(PageWords.usd(forecast.expectedUSD)) USD when it is over"
            text += " (\(PageWords.usd(forecast.lowUSD)) to \(PageWords.usd(forecast.highUSD)))"
        }
        if metered.avoidedUSD > 0 { text += ", \(PageWords.usd(metered.avoidedUSD)) USD saved by parking" }
        return text + ". "
    }

    private static func budget(_ metered: EndpointStatement?, _ spec: Spec?) -> Budget? {
        guard let metered, let limit = spec?.budget.monthlyUSD, limit > 0 else { return nil }
        func percent(_ usd: Double) -> Int { Int(min(1e6, 100 * usd / limit).rounded()) }
        let forecast = metered.forecast.map { percent($0.expectedUSD) }
        return Budget(
            spent: percent(metered.usd), forecast: forecast, isOver: max(forecast ?? 0, percent(metered.usd)) > 100)
    }

    private static func spending(_ metered: EndpointStatement?, _ spec: Spec?) -> [Chart] {
        guard let metered, let first = metered.days.first?.day, let last = metered.days.last?.day else { return [] }
        let byDay = Dictionary(metered.days.map { ($0.day, $0) }, uniquingKeysWith: { one, _ in one })
        var (spent, planned) = (0.0, 0.0)
        var lines: (spent: [Double?], planned: [Double?]) = ([], [])
        for number in 0...max(0, last.days(since: first)) {
            let part = byDay[first.adding(days: number)]
            spent += part?.usd ?? 0
            planned += part?.plannedUSD ?? 0
            lines.spent.append(spent)
            lines.planned.append(planned)
        }
        var limits: [(name: String, value: Double)] = []
        if let limit = spec?.budget.monthlyUSD { limits.append(("budget", limit)) }
        return [
            Chart(
                "Spent this month", unit: "USD",
                [
                    Chart.Points(name: "metered", values: lines.spent),
                    Chart.Points(name: "planned", values: lines.planned),
                ],
                limits: limits, end: Double(last.daysSinceEpoch + 1) * 86_400, stepSeconds: 86_400)
        ]
    }

    private static func cost(_ spend: EndpointSpend?, _ spec: Spec?) -> String {
        guard let spend else { return "What it costs on AWS is not known." }
        let least = spend.isComplete ? "" : "at least "
        let budget = spend.budgetUSD.map { "; the budget is \(PageWords.usd($0)) USD" } ?? "; no budget is declared"
        return "A month on AWS is reckoned at \(least)\(PageWords.usd(spend.expectedUSD)) USD, "
            + "\(PageWords.usd(spend.worstUSD)) USD at worst\(budget)."
    }

    private static func told(_ use: EndpointStatus.CacheUse?) -> String {
        guard let use else { return "" }
        let all = use.hits + use.misses
        let percent = PageWords.number(100 * Double(use.hits) / Double(max(1, all)))
        return " Since the engine's start a kept answer was there for \(use.hits) of \(all) requests (\(percent) %)."
    }

    private static func cache(_ decision: CacheDecision?) -> String {
        guard let decision else { return "Whether answers are cached was not decided." }
        if let seconds = decision.ttlSeconds { return "Answers are cached for \(seconds) s." }
        return "Answers are not cached" + (decision.reason.map { ": \($0)" } ?? "") + "."
    }
}
