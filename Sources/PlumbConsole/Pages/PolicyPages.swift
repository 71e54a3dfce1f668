// The policy book as it stands: every policy, every control, what was found, and what somebody has waived.

import PlumbEngine
import PlumbModel

/// The verdicts on endpoints that the reader may read.
typealias JudgedEndpoints = [(endpoint: String, judged: Board.Judged)]

struct PoliciesPage: Page {
    static let template = "policies"
    struct Policy: Sendable {
        let id: String
        let title: String
        let verdict: Badge
        let count: Int
    }
    struct Pillar: Sendable {
        let name: String
        let policies: [Policy]
    }
    struct Waived: Sendable {
        let until: String
        let isOver: Bool
        let isSoon: Bool
        let control: String
        let endpoint: String
        let owner: String
        let reason: String
    }
    let title = "The policy book"
    let pillars: [Pillar]
    let hasWaivers: Bool
    let waivers: [Waived]
    let more: String?
    /// Waivers that are told; the others end later.
    private static let waiversMax = 100
    private static let soonDays = 30

    init(_ policies: [PlumbModel.Policy], _ judged: JudgedEndpoints, _ records: [EndpointRecord], now: Double) {
        let byPolicy = Dictionary(grouping: judged.flatMap(\.judged.assessment.policies), by: \.id)
        pillars = PlumbModel.Policy.Pillar.allCases.map { pillar in
            Pillar(
                name: pillar.rawValue,
                policies: policies.filter { $0.pillar == pillar }.map { policy in
                    let verdicts = byPolicy[policy.id]?.map(\.verdict) ?? []
                    return Policy(
                        id: policy.id, title: policy.title,
                        verdict: verdicts.isEmpty ? Badge("none", "…", "not judged yet") : Badge(verdicts.combined),
                        count: policy.controls.count)
                })
        }
        let today = Day(secondsSinceEpoch: now)
        let all = records.flatMap { record in
            (record.revision(record.active)?.spec.waivers ?? []).map { (record.name, $0) }
        }
        let first = all.sorted { ($0.1.expires, $0.1.control, $0.0) < ($1.1.expires, $1.1.control, $1.0) }
            .prefix(Self.waiversMax)
        more = all.count > first.count ? "and \(all.count - first.count) more, which end later" : nil
        waivers = first.map { name, waiver in
            let days = waiver.expires.daysSinceEpoch - today.daysSinceEpoch
            return Waived(
                until: waiver.expires.description, isOver: days < 0, isSoon: (0...Self.soonDays).contains(days),
                control: waiver.control, endpoint: name, owner: waiver.owner, reason: waiver.reason)
        }
        hasWaivers = !waivers.isEmpty
    }
}

struct PolicyPage: Page {
    static let template = "policy"
    struct Found: Sendable {
        let verdict: Badge
        let endpoint: String
        let path: String
        let resource: String
        let message: String
        let fix: String?
    }
    struct Control: Sendable {
        let id: String
        let statement: String
        let seed: String
        let verdict: Badge
        let findings: [Found]
        let more: String?
    }
    let title: String
    let pillar: String
    let id: String
    let controls: [Control]
    private static let findingsMax = 12

    init(_ policy: Policy, _ judged: JudgedEndpoints) {
        (title, pillar, id) = (policy.title, policy.pillar.rawValue, policy.id)
        controls = policy.controls.map { control in
            var found: [(Verdict, Found)] = []
            for (endpoint, judged) in judged {
                let verdict = judged.assessment.policies.lazy.flatMap(\.controls).first { $0.id == control.id }
                for judgement in verdict?.judgements ?? [] {
                    // What a waiver stands for is told as such.
                    let told = verdict?.verdict == .waived && judgement.verdict == .fails ? .waived : judgement.verdict
                    found.append(
                        (
                            told,
                            Found(
                                verdict: Badge(told), endpoint: endpoint, path: PageWords.escaped(endpoint),
                                resource: judgement.resource, message: judgement.message,
                                fix: told == .fails ? judgement.fix ?? control.remedy : nil)
                        ))
                }
            }
            let verdicts = judged.compactMap { one in
                one.judged.assessment.policies.lazy.flatMap(\.controls).first { $0.id == control.id }?.verdict
            }
            let worst = found.sorted { Self.rank($0.0) > Self.rank($1.0) }
            let rest = worst.count - Self.findingsMax
            return Control(
                id: control.id, statement: control.statement, seed: control.seed,
                verdict: verdicts.isEmpty ? Badge("none", "…", "not judged yet") : Badge(verdicts.combined),
                findings: worst.prefix(Self.findingsMax).map(\.1), more: rest > 0 ? "and \(rest) more" : nil)
        }
    }

    private static func rank(_ verdict: Verdict) -> Int {
        switch verdict {
        case .fails: 3
        case .unknown: 2
        case .waived, .attested: 1
        case .holds, .notApplicable: 0
        }
    }
}

struct ControlPage: Page {
    static let template = "control"
    struct Evidence: Sendable {
        let verdict: Badge
        let endpoint: String
        let path: String
        let resource: String
        let message: String
        let place: String?
        let fix: String
    }
    let title: String
    let policy: String
    let id: String
    let statement: String
    let seed: String
    let limit: String?
    let remedy: String
    let severities: String
    let provable: String
    let hasTraps: Bool
    let traps: [String]
    let hasJudgements: Bool
    let judgements: [Evidence]
    private static let judgementsMax = 200

    init(_ control: Control, of policy: Policy, _ judged: JudgedEndpoints) {
        title = control.id
        self.policy = policy.id
        (id, statement, seed) = (control.id, control.statement, control.seed)
        (limit, remedy, traps) = (control.limit, control.remedy, control.traps)
        hasTraps = !control.traps.isEmpty
        severities = Environment.allCases.map {
            "\($0.rawValue): \(control.severities[$0]?.rawValue ?? "not asked")"
        }.joined(separator: ", ")
        provable = control.provableAt.map(\.rawValue).sorted().joined(separator: ", ")
        let all = judged.flatMap { endpoint, judged in
            judged.assessment.policies.lazy.flatMap(\.controls).filter { $0.id == control.id }.flatMap { verdict in
                verdict.judgements.map { judgement in
                    Evidence(
                        verdict: Badge(judgement.verdict), endpoint: endpoint, path: PageWords.escaped(endpoint),
                        resource: judgement.resource, message: judgement.message,
                        place: judgement.place?.description,
                        fix: judgement.verdict == .fails ? judgement.fix ?? control.remedy : "")
                }
            }
        }
        judgements = Array(all.prefix(Self.judgementsMax))
        hasJudgements = !judgements.isEmpty
    }
}
