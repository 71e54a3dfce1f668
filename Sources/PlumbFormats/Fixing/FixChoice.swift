// Of everything that a control rests on, what a finding means: what it names, what is missing, what differs.

import PlumbModel

/// Chooses the resources that mend one finding.
struct FixChoice {
    let finding: Finding
    let index: ResourceIndex
    let tongue: Tongue
    /// Controls that several resources satisfy together only: an alarm, and the endpoint that lists it.
    private static let together: Set<String> = ["OPS-2.9"]
    /// How many resources are told whole.
    private static let askedMax = 4
    /// Words of the message: names of resources and properties among them.
    private let words: Set<String>

    init(_ finding: Finding, index: ResourceIndex, tongue: Tongue) {
        self.finding = finding
        self.index = index
        self.tongue = tongue
        words = Set(
            finding.message.split { !$0.isLetter && !$0.isNumber && !"_-.[]\"".contains($0) }
                .map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) })
    }

    /// The fixes that speak to the finding most; an unknown is mended only where something is surely missing.
    func fixes(of items: [FixDeployment.Item]) -> [ResourceFix] {
        let scored = items.compactMap { item -> (score: Int, fix: ResourceFix)? in
            guard let fix = fix(of: item) else { return nil }
            return (score(of: item, fix), fix)
        }
        guard let best = scored.map(\.score).max() else { return asked(items) }
        if finding.verdict == .unknown, best < 4 { return [] }
        let chosen = scored.filter { $0.score == best || Self.together.contains(finding.control) }.map(\.fix)
        return Array(chosen.prefix(FixRendering.resourcesMax))
    }

    private func fix(of item: FixDeployment.Item) -> ResourceFix? {
        guard let present = item.present else {
            if finding.control == "COST-1.2" || isForeign(item) { return nil }
            return ResourceFix(whole: item.wanted, isThere(item) || item.theirs == item.wanted.id ? .replace : .add)
        }
        return ResourceFix(item.wanted, from: present, for: finding.control, in: tongue, mentioned: words)
    }

    /// Nothing differs where it should: what the finding speaks of is told whole.
    private func asked(_ items: [FixDeployment.Item]) -> [ResourceFix] {
        guard finding.verdict == .fails else { return [] }
        let meant = items.filter { $0.theirs == finding.resource || $0.theirs.map(isNamed) ?? false }
        return (meant.isEmpty ? items.filter { !isForeign($0) } : meant).prefix(Self.askedMax).map {
            ResourceFix(whole: $0.wanted, $0.theirs == nil ? .add : .replace)
        }
    }

    // MARK: - How much a fix speaks to the finding

    private func score(of item: FixDeployment.Item, _ fix: ResourceFix) -> Int {
        var score = item.wanted.controls.contains(finding.control) ? 1 : 0
        if let their = item.theirs {
            // An endpoint bears the findings on everything that serves it.
            if their == finding.resource { score += index.graph.endpoints[id: their] == nil ? 4 : 2 }
            if their != finding.resource, isNamed(their) { score += 5 }
        }
        switch fix.kind {
        case .add: if saysMissing { score += 4 }
        // What is there and cannot be compared is the last to be touched.
        case .replace where item.present == nil: score -= 2
        case .change, .replace: if fix.isMentioned(in: words) { score += 3 }
        }
        return score
    }

    private var saysMissing: Bool {
        !words.isDisjoint(with: ["no", "No", "nothing", "nobody", "missing", "without", "neither"])
    }

    private func isNamed(_ id: String) -> Bool {
        if words.contains(id) { return true }
        let parts = id.split(separator: ".")
        // A logical id in a nested stack, an address in a module; `this` alone is a word of every message.
        return words.contains(parts.suffix(tongue == .template ? 1 : 2).joined(separator: "."))
    }

    /// What only the second region needs; most findings do not speak of it.
    private func isForeign(_ item: FixDeployment.Item) -> Bool {
        item.wanted.region != nil && !["REL-1.4", "REL-3"].contains { finding.control.hasPrefix($0) }
    }

    private func isThere(_ item: FixDeployment.Item) -> Bool {
        item.theirs.map { index.parts[$0] ?? [] }?.contains { $0.id == item.wanted.id } ?? false
    }
}
