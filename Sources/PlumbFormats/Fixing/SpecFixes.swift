// The keys of a spec that satisfy a control, with values as they could be written.

import PlumbModel

enum SpecFixes {
    /// The lines of a spec for a control; nil for a control that no key of a spec decides.
    static func text(for control: String, in environment: Environment) -> String? {
        guard let paths = paths[control] else { return nil }
        let tree = SpecFixTree(paths, in: environment)
        return tree.lines.joined(separator: "\n") + "\n"
    }

    /// The keys by control. A key that is a record brings all keys below it.
    static let paths: [String: [String]] = [
        "OPS-1.1": ["alarms.notify"],
        "OPS-1.2": ["alarms.errorRate"],
        "OPS-1.3": ["alarms.latencyP99"],
        "OPS-1.4": ["alarms.health"],
        "OPS-1.6": ["alarms.notify"],
        "OPS-2.3": ["drift"],
        "OPS-2.5": ["rollout.wait", "rollout.terminationWait"],
        "OPS-2.6": ["rollout.strategy", "rollout.canaryPercent"],
        "OPS-2.10": ["rollout.keptRevisions", "rollout.warmRollback", "rollbackDrill"],
        "OPS-3.3": ["model.image", "model.digest"],
        "OPS-3.4": ["provenance.commit", "provenance.pullRequest", "provenance.author", "provenance.approver"],
        "OPS-3.5": ["provenance.staging"],
        "SEC-3.7": ["retentionDays"],
        "SEC-3.8": ["personalData"],
        "SEC-3.9": ["regimes"],
        "REL-1.1": ["instances.minimum", "instances.initial"],
        "REL-1.2": ["instances.minimum"],
        "REL-1.3": ["instances.zones"],
        "REL-1.5": ["deploymentsPerMonth"],
        "REL-2.1": ["scaling.enabled"],
        "REL-2.2": ["instances.minimum", "instances.maximum"],
        "REL-2.3": ["scaling.targetPercent"],
        "REL-2.4": ["scaling.scaleOutAbovePercent"],
        "REL-2.5": ["scaling.scaleInBelowPercent"],
        "REL-3.1": ["recovery"],
        "REL-3.2": ["recovery.drill"],
        "REL-3.3": ["recovery.region", "recovery.rtoMinutes", "recovery.strategy"],
        "REL-3.4": ["recovery.rpoMinutes"],
        "REL-3.7": ["recovery.region"],
        "PERF-1.1": ["workload"],
        "PERF-1.2": ["instances.type"],
        "PERF-1.3": ["model.size"],
        "PERF-1.4": ["benchmark"],
        "PERF-2.1": ["optimization"],
        "PERF-2.2": ["optimization"],
        "PERF-2.3": ["optimization"],
        "PERF-2.4": ["benchmark"],
        "PERF-3.1": ["cache"],
        "COST-1.1": ["costReview"],
        "COST-1.4": ["benchmark"],
        "COST-2.1": ["instances.type"],
        "COST-2.2": ["workingHours"],
        "COST-2.4": ["budget.monthlyUSD"],
        "COST-2.5": ["instances.maximum", "workingHours"],
        "COST-3.1": ["budget.monthlyUSD"],
        "COST-3.5": ["instances.maximum"],
    ]
}

/// Keys as a tree, each with the value that it could have.
private struct SpecFixTree {
    private(set) var lines: [String] = []

    init(_ paths: [String], in environment: Environment) {
        var open: [Substring] = []
        for path in paths {
            guard let key = SpecSchema.key(at: path) else { continue }
            let parents = path.split(separator: ".").dropLast()
            for (depth, part) in parents.enumerated() where open.count <= depth || open[depth] != part {
                lines.append("\(Self.margin(depth))\(part):")
            }
            open = Array(parents)
            add(key, depth: parents.count, environment)
        }
    }

    private mutating func add(_ key: SpecKeyDescription, depth: Int, _ environment: Environment) {
        guard !key.children.isEmpty, !key.children.contains(where: { $0.path.contains("[]") }) else {
            lines.append("\(Self.margin(depth))\(key.name): \(Self.value(of: key, environment))")
            return
        }
        lines.append("\(Self.margin(depth))\(key.name):")
        for child in key.children { add(child, depth: depth + 1, environment) }
    }

    /// What holds by default, else the example.
    private static func value(of key: SpecKeyDescription, _ environment: Environment) -> String {
        let index = Environment.allCases.firstIndex(of: environment) ?? 0
        let standard = key.defaults.count > 1 ? key.defaults[index] : key.defaults.first ?? nil
        if let standard, standard != "[]" { return standard }
        return key.example ?? "null"
    }

    private static func margin(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
