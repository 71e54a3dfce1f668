// The board: what needs a person, the fifteen policies, the endpoints, and what has changed since yesterday.

import PlumbEngine
import PlumbModel

/// What waits for a person now.
struct Need: Sendable {
    let kind: String
    let symbol: String
    let word: String
    let text: String
    let path: String

    static func fault(_ word: String, _ text: String, _ path: String) -> Need {
        Need(kind: "fails", symbol: "✗", word: word, text: text, path: path)
    }
    static func wait(_ word: String, _ text: String, _ path: String) -> Need {
        Need(kind: "unknown", symbol: "!", word: word, text: text, path: path)
    }
}

struct HomePage: Page {
    static let template = "home"
    struct Tab: Sendable {
        let name: String
        let path: String
        let count: String
        let isHere: Bool
    }
    struct Policy: Sendable {
        let id: String
        let title: String
        let verdict: Badge
        let holds: Int
        let fails: Int
        let unknown: Int
        /// What would decide the first of those that are unknown.
        let decides: String?
    }
    struct Pillar: Sendable {
        let name: String
        let policies: [Policy]
    }
    struct Column: Sendable {
        let title: String
        let short: String
    }
    struct Row: Sendable {
        let name: String
        let path: String
        let environment: String
        let state: String
        let rate: String
        let errors: String
        let p99: String
        let fails: String
        let unknown: String
        let cells: [Badge]
    }
    struct Change: Sendable {
        let at: Moment
        let subject: String
        let path: String
        let text: String
    }
    let title = "Board"
    let environments: [Tab]
    let livePath: String
    let needs: [Need]
    let judged: String
    let pillars: [Pillar]
    let hasEndpoints: Bool
    let shown: String
    let columns: [Column]
    let endpoints: [Row]
    let hasPages: Bool
    let pages: [Tab]
    let changes: [Change]

    /// Endpoints on one page, and changes that are told.
    static let rowsMax = 40
    private static let changesMax = 40
    private static let daySeconds = 86_400.0

    /// `status` holds the endpoints that the reader may read; `access` is nil for whoever may not see it.
    init(
        _ status: EngineStatus, of board: Board, _ policies: [PlumbModel.Policy], access: AccessReport?,
        environment: Environment?, page: Int, now: Double
    ) {
        let all = status.endpoints
        let wanted = all.filter { environment == nil || $0.record.environment == environment }
        let judged = board.judged(wanted.map(\.record.name))
        let verdicts = Dictionary(judged.map { ($0.endpoint, $0.judged) }, uniquingKeysWith: { first, _ in first })
        let query = environment.map { "?environment=\($0.rawValue)" } ?? ""
        environments =
            [Tab(name: "All", path: "/", count: "\(all.count)", isHere: environment == nil)]
            + Environment.allCases.map { one in
                Tab(
                    name: one.rawValue, path: "/?environment=\(one.rawValue)",
                    count: "\(all.count { $0.record.environment == one })", isHere: environment == one)
            }
        let pageCount = max(1, (wanted.count + Self.rowsMax - 1) / Self.rowsMax)
        let page = min(max(1, page), pageCount)
        let glue = query.isEmpty ? "?" : "&"
        pages = (1...pageCount).map {
            Tab(name: "\($0)", path: "/\(query)\(glue)page=\($0)", count: "", isHere: $0 == page)
        }
        hasPages = pageCount > 1
        livePath = "/live/home\(query)\(glue)page=\(page)"
        let slice = wanted.dropFirst((page - 1) * Self.rowsMax).prefix(Self.rowsMax)
        hasEndpoints = !slice.isEmpty
        shown =
            pageCount > 1
            ? "\(slice.count) of \(wanted.count) endpoints" : PageWords.counted(wanted.count, "endpoint")
        columns = policies.map { Column(title: "\($0.id) \($0.title)", short: $0.id) }
        endpoints = slice.map { Self.row($0, verdicts[$0.record.name]?.assessment, policies) }
        self.judged =
            judged.count == wanted.count
            ? "The worst verdict of \(PageWords.counted(judged.count, "endpoint")), and how many say what"
            : "\(judged.count) of \(wanted.count) endpoints are judged so far"
        pillars = Self.pillars(policies, judged.map(\.judged.assessment))
        needs = Self.needs(status, wanted, verdicts, access, now)
        changes = Self.changes(wanted, board, since: now - Self.daySeconds)
    }

    private static func row(
        _ endpoint: EndpointStatus, _ assessment: Assessment?, _ policies: [PlumbModel.Policy]
    ) -> Row {
        let record = endpoint.record
        let traffic = endpoint.traffic.first { $0.revision == record.active }
        let known = Dictionary(
            assessment?.policies.map { ($0.id, $0.verdict) } ?? [], uniquingKeysWith: { first, _ in first })
        return Row(
            name: record.name, path: PageWords.escaped(record.name), environment: record.environment.rawValue,
            state: endpoint.state, rate: traffic.map { PageWords.number($0.requestsPerSecond) } ?? "–",
            errors: PageWords.number(traffic?.errorPercent, "%"),
            p99: PageWords.number(traffic?.p99Milliseconds, "ms"),
            fails: assessment.map { "\($0.count(.fails))" } ?? "…",
            unknown: assessment.map { "\($0.count(.unknown))" } ?? "…",
            cells: policies.map { known[$0.id].map { Badge($0) } ?? Badge("none", "…", "not judged yet") })
    }

    private static func pillars(_ policies: [PlumbModel.Policy], _ assessments: [Assessment]) -> [Pillar] {
        let byPolicy = Dictionary(grouping: assessments.flatMap(\.policies), by: \.id)
        let open = Dictionary(
            assessments.flatMap(\.findings).filter { $0.verdict == .unknown }.map { ($0.policy, $0.message) },
            uniquingKeysWith: { first, _ in first })
        return PlumbModel.Policy.Pillar.allCases.map { pillar in
            Pillar(
                name: pillar.rawValue,
                policies: policies.filter { $0.pillar == pillar }.map { policy in
                    let verdicts = byPolicy[policy.id]?.map(\.verdict) ?? []
                    return Policy(
                        id: policy.id, title: policy.title,
                        verdict: assessments.isEmpty
                            ? Badge("none", "…", "not judged yet") : Badge(verdicts.combined),
                        holds: verdicts.count { [.holds, .attested, .waived].contains($0) },
                        fails: verdicts.count { $0 == .fails }, unknown: verdicts.count { $0 == .unknown },
                        decides: open[policy.id].map { "Unknown: \(PageWords.clipped($0, to: 160))" })
                })
        }
    }

    private static func needs(
        _ status: EngineStatus, _ endpoints: [EndpointStatus], _ verdicts: [String: Board.Judged],
        _ access: AccessReport?, _ now: Double
    ) -> [Need] {
        var needs = (status.notices ?? []).map { Need.wait("Engine", $0, "/audit") }
        for plan in access?.plans ?? [] where plan.approver == nil {
            needs.append(.wait("Approval", "\(plan.summary), asked by \(plan.requester)", "/approvals"))
        }
        for review in access?.reviews ?? [] {
            needs.append(.wait("Review", "\(review.action) by \(review.by): \(review.reason)", "/approvals#reviews"))
        }
        for endpoint in endpoints {
            let record = endpoint.record
            let path = "/endpoints/\(PageWords.escaped(record.name))"
            for alarm in endpoint.alarms where alarm.state == .alarm {
                needs.append(.fault("ALARM", "\(alarm.name): \(alarm.reason)", path))
            }
            for fleet in endpoint.fleets {
                if let failure = fleet.failure {
                    needs.append(.fault("Cannot start", "\(record.name) r\(fleet.revision): \(failure)", path))
                }
            }
            if record.rollout?.pausedAt != nil {
                needs.append(.wait("Paused", "the rollout of \(record.name) waits for a word", path))
            }
            if let last = record.history.last, case .rolledBack(let reason) = last.outcome,
                now - last.endedAt < daySeconds
            {
                needs.append(.wait("Rolled back", "\(record.name) r\(last.new): \(reason)", path))
            }
            if let assessment = verdicts[record.name]?.assessment, assessment.count(.fails) > 0 {
                let broken = assessment.findings.filter { $0.verdict == .fails }.map(\.control)
                let told = broken.prefix(3).joined(separator: ", ")
                needs.append(
                    .wait("Policy", "\(record.name) breaks \(assessment.count(.fails)) controls: \(told)", path))
            }
        }
        return Array(needs.prefix(30))
    }

    private static func changes(_ endpoints: [EndpointStatus], _ board: Board, since: Double) -> [Change] {
        var told: [(at: Double, change: Change)] = []
        func add(_ at: Double, _ endpoint: String, _ text: String) {
            guard at >= since else { return }
            told.append(
                (
                    at,
                    Change(
                        at: Moment(at), subject: endpoint, path: "/endpoints/\(PageWords.escaped(endpoint))",
                        text: text)
                ))
        }
        for record in endpoints.map(\.record) {
            for rollout in record.history { add(rollout.endedAt, record.name, rollout.told) }
            for activity in record.scaling?.activities ?? [] {
                add(activity.at, record.name, "\(activity.from) → \(activity.to) instances: \(activity.reason)")
            }
        }
        let names = Set(endpoints.map(\.record.name))
        for change in board.changes(since: since) where names.contains(change.endpoint) {
            add(change.at, change.endpoint, change.text)
        }
        return told.sorted { $0.at > $1.at }.prefix(changesMax).map(\.change)
    }
}

extension RolloutRecord {
    /// How it ended, in words.
    var told: String {
        switch outcome {
        case .promoted: "r\(new) became active" + (old.map { " in place of r\($0)" } ?? "")
        case .rolledBack(let reason): "r\(new) was rolled back: \(reason)"
        }
    }
}
