// Two graphs compared resource by resource.

/// What two graphs state differently; moved lines, other ids and other spellings of one name are no difference.
public struct GraphDifference: Sendable, Hashable {
    /// In the order of the earlier graph, then what only the later one has.
    public var resources: [ResourceDifference] = []
    /// What cannot be told, because one side does not know it: no difference.
    public var untold: [UntoldProperty] = []
    /// Resources that both sides have.
    public var compared = 0
    /// Resources that the other side has no word for.
    public var leftOut = 0
    /// Ids of the later graph by those of the earlier one.
    public private(set) var pairs: [String: String] = [:]

    /// Compares two graphs, the earlier one being what should be.
    public init(from before: Graph, to after: Graph) {
        let (before, after) = (before.inComparableForm, after.inComparableForm)
        let sides = (before.source, after.source)
        func candidates(_ graph: Graph) -> [ResourcePairs.Candidate] {
            graph.resources.map { ResourcePairs.Candidate(resource: $0, stated: Stated(of: $0)) }
        }
        let (old, new) = (candidates(before), candidates(after))
        let pairs = ResourcePairs(old, new, from: before, to: after).ids
        self.pairs = pairs
        let names = NameComparison(pairs, from: before, to: after)
        let later = Dictionary(new.map { ($0.resource.id, $0) }, uniquingKeysWith: { first, _ in first })
        for candidate in old {
            if let partner = pairs[candidate.resource.id].flatMap({ later[$0] }) {
                compared += 1
                compare(candidate, partner, names, sides)
            } else if sides.1.mustHave(candidate.resource) {
                resources.append(
                    ResourceDifference(
                        .missing, candidate.type, before: candidate.resource.id, at: candidate.resource.place))
            } else {
                leftOut += 1
            }
        }
        let taken = Set(pairs.values)
        for candidate in new where !taken.contains(candidate.resource.id) {
            if sides.0.mustHave(candidate.resource), sides.1.mustHave(candidate.resource) {
                resources.append(
                    ResourceDifference(
                        .extra, candidate.type, after: candidate.resource.id, at: candidate.resource.place))
            } else {
                leftOut += 1
            }
        }
    }

    private mutating func compare(
        _ old: ResourcePairs.Candidate, _ new: ResourcePairs.Candidate, _ names: NameComparison,
        _ sides: (SourceKind, SourceKind)
    ) {
        var comparison = ValueComparison(names, needsBoth: sides.0 == .engine || sides.1 == .engine)
        let unsaid = sides.0.unsaid.union(sides.1.unsaid)
        guard case .record(let before) = old.stated.value, case .record(let after) = new.stated.value else { return }
        for key in Set(before.keys).union(after.keys).sorted() where !unsaid.contains(key) {
            comparison.compare(old.stated[key], new.stated[key], at: key)
        }
        let id = old.resource.id
        untold += comparison.untold.map { UntoldProperty(id, $0.path, why: $0.why, at: $0.place) }
        guard !comparison.differences.isEmpty else { return }
        var difference = ResourceDifference(
            .changed, old.type, before: id, after: new.resource.id, at: old.resource.place)
        difference.properties = comparison.differences
        resources.append(difference)
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { resources.isEmpty }
    /// Whether anything differs that is more than an allowance.
    public var isDrift: Bool { resources.contains(where: \.isDrift) }
}

extension SourceKind {
    /// Whether such a source must have a resource like this one, wherever it is declared.
    fileprivate func mustHave(_ resource: any Resource) -> Bool {
        // A streaming detector is a program's work and no resource of an account's.
        if self != .spec, self != .engine, (resource as? MonitoringSchedule)?.isStreaming.value == true { return false }
        let type = Swift.type(of: resource).type
        return switch self {
        case .cloudformation: type != CostAllocationTag.type
        // The engine on one machine has neither accounts nor networks, and alarms of its own for each revision.
        case .engine: [Endpoint.type, EndpointConfig.type, Model.type].contains(type)
        case .spec, .terraform, .live: true
        }
    }

    /// Properties that such a source does not speak of, or that are its own affair.
    fileprivate var unsaid: Set<String> {
        switch self {
        // Names of revisions are numbers there, and each revision's alarms count that revision's own traffic.
        case .engine: ["name", "tags", "rollbackAlarms", "queries", "dataURL"]
        // A plan names the archive of a program, and the provider has no word for keeping what variants became.
        case .terraform: ["deletionPolicy", "updateReplacePolicy", "code", "retainsAllVariantProperties"]
        // A template does not say where its stack is made.
        case .cloudformation: ["region"]
        case .spec, .live: []
        }
    }
}
