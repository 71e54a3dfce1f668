// From what was seen in an account to graphs, one for each environment that the endpoints' tags name.

public import PlumbModel

/// What was read of one environment of an account.
public struct AccountReading: Sendable {
    /// `aws://eu-west-1 (production)`
    public var name: String
    public var graph: Graph
    public var diagnostics: [Diagnostic]
}

/// Reads an account as a template whose references are names, ids and ARNs.
public enum AccountReader {
    /// Makes a graph of each environment: its endpoints, all that belongs to them, and what the whole account shares.
    ///
    /// - Parameters:
    ///   - inventory: What was seen, in CloudFormation's words.
    ///   - environment: The environment to judge: endpoints whose tag `ml:environment` names another are left out, and
    ///     those without the tag are taken for it. Without it, untagged endpoints are taken for production.
    ///   - day: The day the graphs are judged on.
    /// - Returns: The readings, the strictest environment first; always at least one.
    public static func read(
        _ inventory: AccountInventory, environment: Environment? = nil, asOf day: Day
    ) -> [AccountReading] {
        let names = AccountNames(inventory)
        let places = AccountEnvironments(inventory, names, wanted: environment)
        return places.found.map { found in
            var source = Inventory()
            source.directory.account = AccountNames.ownAccount
            for (index, resource) in inventory.resources.enumerated() where places.holds(index, in: found) {
                enter(resource, names.ids[index], names, into: &source)
            }
            var graph = Graph(source: .live, environment: found, asOf: day)
            graph.region = .known(inventory.region)
            CloudFormationMapping.fill(&graph, from: source)
            AccountFacts.add(to: &graph, from: source)
            graph.environmentIsAssumed = environment == nil && places.isAssumed(found)
            let endpoints = Set(graph.endpoints.compactMap(\.name.value))
            graph.evidence += inventory.evidence.filter {
                $0.endpointName.isEmpty || endpoints.contains($0.endpointName)
            }
            graph.notes.parts = source.parts
            graph.notes.unseen = unseen(inventory)
            let isOne = places.found.count == 1 && environment == nil
            return AccountReading(
                name: "aws://\(inventory.region)" + (isOne ? "" : " (\(found.rawValue))"), graph: graph,
                diagnostics: places.diagnostics(of: found) + refusals(inventory))
        }
    }

    private static func enter(
        _ resource: AccountResource, _ id: String, _ names: AccountNames, into source: inout Inventory
    ) {
        var head = ResourceHead(id: id)
        let physical = Fact<String>.known(resource.name)
        // Ids that AWS makes up are no names that anybody has given.
        if ResourceNaming.of(resource.type).nameProperty != nil { head.name = physical }
        if let region = resource.region, region != names.region { head.region = .known(region) }
        if let alias = resource.otherNames.first, head.name.isAbsent { head.name = .known(alias) }
        head.tags = resource.tags.map { .known($0) } ?? names.property(resource.properties["Tags"]).tags
        if let stack = resource.properties["LiveStack"].plainText {
            // Some types have no tags; their stack lists them all the same.
            let tag = ["aws:cloudformation:stack-id": stack]
            head.tags = .known((head.tags.value ?? [:]).merging(tag) { own, _ in own })
        }
        head.deletionPolicy = .unknown("an account does not show what its template says of it")
        head.updateReplacePolicy = head.deletionPolicy
        source.directory.enter(id, kind: resource.type, name: physical)
        for other in resource.otherNames { source.directory.addName(other, kind: resource.type, to: id) }
        source.append(
            SourceResource(
                id: id, type: resource.type, properties: names.property(resource.properties), head: head))
    }

    /// Why resources of a type may be there that were not seen, by type.
    private static func unseen(_ inventory: AccountInventory) -> [String: String] {
        var reasons: [String: String] = [:]
        for gap in inventory.gaps {
            guard let type = gap.type else { continue }
            reasons[type] = reasons[type].map { $0.contains(gap.reason) ? $0 : "\($0); \(gap.reason)" } ?? gap.reason
        }
        return reasons
    }

    private static let refusalsMax = 20

    private static func refusals(_ inventory: AccountInventory) -> [Diagnostic] {
        let reasons = Set(inventory.gaps.map(\.reason)).sorted()
        guard !reasons.isEmpty else { return [] }
        let told = reasons.prefix(refusalsMax).joined(separator: "; ")
        let more = reasons.count > refusalsMax ? "; and \(reasons.count - refusalsMax) more" : ""
        return [
            Diagnostic(
                .warning, "not everything was seen, and what rests on it is unknown: \(told)\(more)",
                hint: "plumb check aws:// --print-policy prints the policy that a complete look needs")
        ]
    }
}
