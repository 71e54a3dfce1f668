// Which resources of an account belong to dev, which to staging, which to production: what each environment's endpoints
// reach, what speaks of them, and what the whole account shares.

import PlumbModel

/// The environments that an account's endpoints name, and what belongs to each.
struct AccountEnvironments {
    /// The strictest first; production alone where there is no endpoint.
    let found: [Environment]
    private let wanted: Environment?
    /// Names of endpoints whose tags say nothing, and of those that were left out.
    private let untagged: [String]
    private let leftOut: [String]
    /// By index of resource; empty means that everybody shares it.
    private var owners: [Set<Environment>]

    init(_ inventory: AccountInventory, _ names: AccountNames, wanted: Environment?) {
        self.wanted = wanted
        let resources = inventory.resources
        var (untagged, leftOut): ([String], [String]) = ([], [])
        var homes: [Int: Environment] = [:]
        let configs = Dictionary(
            resources.filter { $0.type == "AWS::SageMaker::EndpointConfig" }.map { ($0.name, $0) }
        ) { first, _ in first
        }
        for (index, resource) in resources.enumerated() where resource.type == "AWS::SageMaker::Endpoint" {
            let config = resource.properties["EndpointConfigName"].plainText.flatMap { configs[$0] }
            let told = Self.tagged(resource) ?? config.flatMap(Self.tagged)
            if told == nil { untagged.append(resource.name) }
            homes[index] = told ?? wanted ?? .production
            if let wanted, let told, told != wanted { leftOut.append(resource.name) }
        }
        self.untagged = untagged
        self.leftOut = leftOut
        let all = [Environment.production, .staging, .dev].filter { homes.values.contains($0) }
        found = wanted.map { [$0] } ?? (all.isEmpty ? [.production] : all)
        owners = Array(repeating: [], count: resources.count)
        if all.count > 1 || wanted != nil && all != found {
            owners = AccountReach(resources).owners(of: homes)
        }
    }

    func holds(_ index: Int, in environment: Environment) -> Bool {
        owners[index].isEmpty || owners[index].contains(environment)
    }

    /// Whether no endpoint's tag names this environment.
    func isAssumed(_ environment: Environment) -> Bool { environment == .production && untagged.count > 0 }

    func diagnostics(of environment: Environment) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if !untagged.isEmpty, environment == wanted ?? .production {
            notes.append(
                Diagnostic(
                    .note,
                    "no tag ml:environment says where \(Self.told(untagged)) belong\(untagged.count == 1 ? "s" : ""): "
                        + "taken for \(environment.rawValue)"))
        }
        if !leftOut.isEmpty {
            notes.append(
                Diagnostic(
                    .note,
                    "left out, being tagged with another environment than \(environment.rawValue): "
                        + Self.told(leftOut)))
        }
        return notes
    }

    private static func told(_ names: [String]) -> String {
        names.count > 3
            ? names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more" : names.joined(separator: ", ")
    }

    private static func tagged(_ resource: AccountResource) -> Environment? {
        resource.tags?["ml:environment"].flatMap(DeclarationMapping.environment)
    }
}

extension AccountValue {
    /// The text, where it is one.
    var plainText: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

/// What in an account points to what, by the names that stand in texts.
private struct AccountReach {
    private let resources: [AccountResource]
    /// The resources that each one's texts name.
    private var targets: [Set<Int>]
    private var sources: [Set<Int>]

    /// What serves everybody, whoever's tags it carries.
    private static let shared: Set<String> = [
        "AWS::CloudTrail::Trail", "AWS::AccessAnalyzer::Analyzer", "AWS::CE::AnomalyMonitor",
        "AWS::CE::AnomalySubscription", "aws_ce_cost_allocation_tag", "AWS::ECR::ReplicationConfiguration",
        "AWS::Config::ConfigurationRecorder",
    ]

    init(_ resources: [AccountResource]) {
        self.resources = resources
        var indices: [String: [Int]] = [:]
        for (index, resource) in resources.enumerated() {
            for name in Set([resource.name, resource.arn ?? resource.name] + resource.otherNames) {
                indices[name, default: []].append(index)
            }
        }
        targets = Array(repeating: [], count: resources.count)
        sources = Array(repeating: [], count: resources.count)
        for (index, resource) in resources.enumerated() {
            for text in resource.properties.texts {
                for target in (indices[text] ?? []) + Self.words(of: text).flatMap({ indices[$0] ?? [] })
                where target != index {
                    targets[index].insert(target)
                    sources[target].insert(index)
                }
            }
        }
    }

    /// Names inside an ARN, an address, a resource id or a document.
    private static func words(of text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || "-_.".contains($0)) }.map(String.init)
    }

    /// The environments that each resource belongs to, beginning with those of the endpoints; none for what is shared.
    func owners(of homes: [Int: Environment]) -> [Set<Environment>] {
        var owners: [Set<Environment>] = Array(repeating: [], count: resources.count)
        var isShared = resources.map { Self.shared.contains($0.type) }
        spreadShared(&isShared, from: homes)
        for (index, home) in homes { owners[index] = [home] }
        for (index, resource) in resources.enumerated() where homes[index] == nil && !isShared[index] {
            guard let tag = resource.tags?["ml:environment"].flatMap(DeclarationMapping.environment) else { continue }
            owners[index] = [tag]
        }
        // What is reached belongs to who reaches it; then what speaks of that, and what this reaches in turn.
        var fresh = owners.indices.filter { !owners[$0].isEmpty }
        while !fresh.isEmpty {
            spread(&owners, from: fresh, isShared, homes)
            let open = owners.indices.filter { owners[$0].isEmpty && !isShared[$0] }
            let speakers = open.map { index in
                (index, targets[index].reduce(into: Set<Environment>()) { $0.formUnion(owners[$1]) })
            }.filter { !$0.1.isEmpty }
            for (index, environments) in speakers { owners[index] = environments }
            fresh = speakers.map(\.0)
        }
        return owners
    }

    /// What a shared thing rests on is shared: a trail's bucket and its key.
    private func spreadShared(_ isShared: inout [Bool], from homes: [Int: Environment]) {
        var row = isShared.indices.filter { isShared[$0] }
        while let next = row.popLast() {
            for target in targets[next] where !isShared[target] && homes[target] == nil {
                isShared[target] = true
                row.append(target)
            }
        }
    }

    private func spread(
        _ owners: inout [Set<Environment>], from fresh: [Int], _ isShared: [Bool], _ homes: [Int: Environment]
    ) {
        var row = fresh
        while let next = row.popLast() {
            for target in targets[next]
            where !isShared[target] && homes[target] == nil && !owners[target].isSuperset(of: owners[next]) {
                owners[target].formUnion(owners[next])
                row.append(target)
            }
        }
    }
}

extension AccountValue {
    /// Every text in it.
    fileprivate var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let items): items.flatMap(\.texts)
        case .map(let members): members.values.flatMap(\.texts)
        case .absent, .unseen, .number, .bool: []
        }
    }
}
