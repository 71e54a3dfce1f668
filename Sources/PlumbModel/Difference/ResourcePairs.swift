// Which resource of one graph answers to which of another: by id, else by name, else by what it is for.

/// The resources of two graphs that stand for the same thing.
struct ResourcePairs {
    /// Ids of the later graph by those of the earlier one.
    private(set) var ids: [String: String] = [:]
    private var taken: Set<String> = []
    private let before: [Candidate]
    private let after: [Candidate]

    /// A resource and what it states.
    struct Candidate {
        var resource: any Resource
        var stated: Stated
        var type: String { Swift.type(of: resource).type }
    }

    init(_ before: [Candidate], _ after: [Candidate], from old: Graph, to new: Graph) {
        self.before = before
        self.after = after
        pair { $0.resource.id }
        pair { Self.folded($0.resource.id) }
        pair { Self.name(of: $0) }
        pairBySpelling(from: old, to: new)
        pair { candidate in
            if case .text(let purpose) = candidate.stated["purpose"].value { purpose } else { nil }
        }
        pair { Self.watched(by: $0) }
        while pairByUse() {}
    }

    /// Pairs what alone of its type has the same word on both sides.
    private mutating func pair(_ word: (Candidate) -> String?) {
        func index(_ candidates: [Candidate], _ isFree: (Candidate) -> Bool) -> [String: [Candidate]] {
            Dictionary(
                grouping: candidates.filter { isFree($0) && word($0) != nil },
                by: { "\($0.type) \(word($0) ?? "")" })
        }
        let old = index(before) { ids[$0.resource.id] == nil }
        let new = index(after) { !taken.contains($0.resource.id) }
        for (word, olds) in old {
            guard olds.count == 1, let news = new[word], news.count == 1 else { continue }
            join(olds[0].resource.id, news[0].resource.id)
        }
    }

    private mutating func join(_ old: String, _ new: String) {
        ids[old] = new
        taken.insert(new)
    }

    /// `module.x.aws_sns_topic.alarm_topic` and `AlarmTopic` are both `alarmtopic`.
    private static func folded(_ id: String) -> String? {
        let last = id.split(separator: ".").last.map(String.init) ?? id
        let word = last.lowercased().filter { $0.isLetter || $0.isNumber }
        return word.isEmpty ? nil : word
    }

    /// The physical name; the same name in another region is another thing.
    private static func name(of candidate: Candidate) -> String? {
        candidate.resource.name.value.map { "\(candidate.resource.head.region.value ?? "") \($0)" }
    }

    /// What an alarm watches: the names of its metrics, beside the requests that all rates are reckoned by.
    private static func watched(by candidate: Candidate) -> String? {
        guard let alarm = candidate.resource as? Alarm else { return nil }
        let names = Set(alarm.metrics.map(\.name)).subtracting(["Invocations"])
        return names.isEmpty ? nil : names.sorted().joined(separator: " ")
    }

    /// Names with open parts, such as a bucket's that ends in the account.
    private mutating func pairBySpelling(from old: Graph, to new: Graph) {
        let names = NameComparison(ids, from: old, to: new)
        for candidate in before where ids[candidate.resource.id] == nil {
            guard let name = candidate.resource.name.value else { continue }
            let found = after.filter { other in
                guard !taken.contains(other.resource.id), other.type == candidate.type,
                    let second = other.resource.name.value, name.contains("${") || second.contains("${")
                else { return false }
                return names.compare(name, second) == .same
                    && other.resource.head.region.value == candidate.resource.head.region.value
            }
            if found.count == 1 { join(candidate.resource.id, found[0].resource.id) }
        }
    }

    /// What two resources of a pair refer to in the same place, has the same use. Tells whether that paired any.
    private mutating func pairByUse() -> Bool {
        let news = Dictionary(after.map { ($0.resource.id, $0) }, uniquingKeysWith: { first, _ in first })
        let olds = Dictionary(before.map { ($0.resource.id, $0) }, uniquingKeysWith: { first, _ in first })
        let count = ids.count
        for candidate in before {
            guard let partner = ids[candidate.resource.id].flatMap({ news[$0] }) else { continue }
            let (left, right) = (Self.uses(candidate.stated), Self.uses(partner.stated))
            for (path, targets) in left {
                let free = targets.filter { ids[$0] == nil && olds[$0] != nil }
                let others = (right[path] ?? []).filter { !taken.contains($0) && news[$0] != nil }
                guard free.count == 1, others.count == 1, let old = free.first, let new = others.first,
                    olds[old]?.type == news[new]?.type
                else { continue }
                join(old, new)
            }
        }
        return ids.count > count
    }

    /// Ids that a resource refers to, by path; all items of a list are in one place.
    private static func uses(_ stated: Stated) -> [String: Set<String>] {
        var uses: [String: Set<String>] = [:]
        func collect(_ stated: Stated, _ path: String) {
            switch stated.value {
            case .reference(.resource(let id)): uses[path, default: []].insert(id)
            case .list(let items): for item in items { collect(item, path) }
            case .record(let fields): for (key, field) in fields { collect(field, "\(path).\(key)") }
            default: return
            }
        }
        collect(stated, "")
        return uses
    }
}
