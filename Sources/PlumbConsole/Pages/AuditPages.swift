// The audit record: a search, one entry with its proof, and the newest checkpoint.

import PlumbModel

struct AuditPage: Page {
    static let template = "audit"
    struct Choice: Sendable {
        let name: String
        let isHere: Bool
    }
    struct Entry: Sendable {
        let index: Int
        let at: Moment
        let actor: String
        let action: String
        let subject: String
        let kind: String
        let symbol: String
        let outcome: String
        let details: String
    }
    let title = "Audit"
    let actor: String
    let action: String
    let endpoint: String
    let outcomes: [Choice]
    let days: String
    let text: String
    let found: String
    let entries: [Entry]
    let checkpoint: String
    static let entriesMax = 200

    init(_ search: AuditSearch, days: Int?, _ entries: [IndexedEntry], checkpoint: String) {
        (actor, action, endpoint) = (search.actor ?? "", search.action ?? "", search.endpoint ?? "")
        outcomes = [AuditEntry.Outcome.done, .denied, .failed].map {
            Choice(name: $0.rawValue, isHere: search.outcome == $0)
        }
        self.days = days.map { "\($0)" } ?? ""
        text = search.text ?? ""
        found =
            entries.count == Self.entriesMax
            ? "The newest \(Self.entriesMax) entries that fit, the newest first"
            : "\(entries.count == 1 ? "1 entry" : "\(entries.count) entries"), the newest first"
        self.entries = entries.reversed().map { one in
            let badge = Badge(one.entry.outcome)
            let details = one.entry.details.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return Entry(
                index: one.index, at: Moment(one.entry.at), actor: one.entry.actor, action: one.entry.action,
                subject: one.entry.subject, kind: badge.kind, symbol: badge.symbol, outcome: badge.word,
                details: PageWords.clipped(details.joined(separator: ", "), to: 200))
        }
        self.checkpoint = checkpoint
    }
}

struct AuditEntryPage: Page {
    static let template = "audit-entry"
    struct Fact: Sendable {
        let name: String
        let value: String
    }
    let title: String
    let index: Int
    let facts: [Fact]
    let proof: String

    init(_ one: IndexedEntry, proof: String) {
        index = one.index
        title = "Entry \(one.index)"
        facts =
            [
                Fact(name: "When", value: "\(Moment(one.entry.at).text) UTC"),
                Fact(name: "Who", value: one.entry.actor),
                Fact(name: "Action", value: one.entry.action), Fact(name: "Subject", value: one.entry.subject),
                Fact(name: "Outcome", value: one.entry.outcome.rawValue),
            ] + one.entry.details.sorted { $0.key < $1.key }.map { Fact(name: $0.key, value: $0.value) }
        self.proof = proof
    }
}
