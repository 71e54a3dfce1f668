// When two values are the same: walked through field by field, each difference told at its own path.

/// Compares what two resources state and collects where they differ.
struct ValueComparison {
    let names: NameComparison
    /// Whether a value that one side leaves out says nothing of the other's.
    let needsBoth: Bool
    private(set) var differences: [PropertyDifference] = []
    private(set) var untold: [(path: String, why: String, place: Place?)] = []

    /// Lists whose order is part of what they say: each goes with another one, item by item.
    private static let ordered: Set<String> = ["replicaRegions", "replicaKeys", "cachePolicies", "cachedPaths"]
    /// Fields by which items of a list are known.
    private static let keys = ["name", "id", "sid", "expression"]

    init(_ names: NameComparison, needsBoth: Bool) {
        self.names = names
        self.needsBoth = needsBoth
    }

    mutating func compare(_ old: Stated, _ new: Stated, at path: String) {
        switch (old.value, new.value) {
        case (.nothing, .nothing): return
        case (.unknown(let why), _), (_, .unknown(let why)): leave(path, why, old, new)
        case (.nothing, _) where needsBoth, (_, .nothing) where needsBoth:
            leave(path, "only one side says anything of it", old, new)
        case (.record(let before), .record(let after)):
            for key in Set(before.keys).union(after.keys).sorted() {
                compare(old[key], new[key], at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (.list(let before), .list(let after)):
            compare(before, after, at: path)
        case (.text(let before), .text(let after)): settle(names.compare(before, after), path, old, new)
        case (.reference(let before), .reference(let after)): settle(names.compare(before, after), path, old, new)
        default: if old != new { settle(.different, path, old, new) }
        }
    }

    private mutating func settle(_ agreement: Agreement, _ path: String, _ old: Stated, _ new: Stated) {
        switch agreement {
        case .same: return
        case .untold(let why): leave(path, why, old, new)
        case .different:
            func said(_ stated: Stated) -> StatedValue? { stated.value == .nothing ? nil : stated.value }
            differences.append(
                PropertyDifference(path, from: said(old), at: old.place, to: said(new), at: new.place))
        }
    }

    private mutating func leave(_ path: String, _ why: String, _ old: Stated, _ new: Stated) {
        untold.append((path, why, old.place ?? new.place))
    }

    // MARK: - Lists

    /// Items are paired first by being the same, then by their names, then by differing in nothing that is known, and
    /// what is left in order.
    private mutating func compare(_ before: [Stated], _ after: [Stated], at path: String) {
        let name = String(path.split(separator: ".").last ?? "")
        var (old, new) = (Array(before.enumerated()), Array(after.enumerated()))
        func pair(_ isPair: (Stated, Stated) -> Bool, _ found: (Int, Stated, Stated) -> Void) {
            old.removeAll { index, item in
                guard let position = new.firstIndex(where: { isPair(item, $0.element) }) else { return false }
                found(index, item, new.remove(at: position).element)
                return true
            }
        }
        var found: [(Int, Stated, Stated)] = []
        if !Self.ordered.contains(name) {
            pair({ agree($0, $1).isSame }, { _, _, _ in })
            pair(
                { left, right in Self.key(left).map { $0 == Self.key(right) } ?? false }, { found.append(($0, $1, $2)) }
            )
            pair({ agree($0, $1).mayBe }, { found.append(($0, $1, $2)) })
        }
        for (index, item) in old {
            found.append((index, item, new.isEmpty ? Stated(.nothing) : new.removeFirst().element))
        }
        for (index, item) in new { found.append((before.count + index, Stated(.nothing), item)) }
        for (index, left, right) in found.sorted(by: { $0.0 < $1.0 }) {
            let label = Self.key(left) ?? Self.key(right) ?? "\(index)"
            compare(left, right, at: "\(path)[\(label)]")
        }
    }

    private func agree(_ old: Stated, _ new: Stated) -> (isSame: Bool, mayBe: Bool) {
        if old == new { return (true, true) }
        var inner = ValueComparison(names, needsBoth: needsBoth)
        inner.compare(old, new, at: "")
        return (inner.differences.isEmpty && inner.untold.isEmpty, inner.differences.isEmpty)
    }

    private static func key(_ item: Stated) -> String? {
        for key in keys { if case .text(let text) = item[key].value { return text } }
        return nil
    }
}
