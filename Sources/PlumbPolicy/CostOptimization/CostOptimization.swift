// Keeps spending seen, bounded and mended: the tags by which the bill is split, which its three policies share.

import PlumbModel

/// The tags by which the bill is split; every resource that costs something carries all three.
enum CostTag {
    static let endpoint = "ml:endpoint"
    static let environment = "ml:environment"
    static let team = "ml:team"
    static let all = [endpoint, environment, team]
}

/// A budget's filter on one tag, in the only form AWS Budgets understands: `user:KEY$VALUE`.
struct TagFilter: Hashable {
    var key: String
    var value: String

    /// Nil for text in another form: AWS takes it without complaint, and the budget then counts nothing.
    init?(_ text: String) {
        guard text.hasPrefix("user:"), let dollar = text.firstIndex(of: "$") else { return nil }
        key = String(text.dropFirst(5).prefix { $0 != "$" })
        value = String(text[text.index(after: dollar)...])
        guard !key.isEmpty, !value.isEmpty else { return nil }
    }
}

extension Graph {
    /// What an endpoint's budget must count: endpoint, configuration, buckets, keys and topics.
    ///
    /// Where a graph holds several endpoints, stores are shared, and only endpoint and configuration are one's own.
    func billedParts(of endpoint: Endpoint) -> [any Resource] {
        var parts: [any Resource] = [endpoint]
        if let config = endpointConfigs[endpoint.config] { parts.append(config) }
        guard endpoints.count == 1 else { return parts }
        parts += Array(buckets) as [any Resource]
        parts += keys.filter { $0.isCustomerManaged.value != false } as [any Resource]
        parts += Array(topics) as [any Resource]
        return parts
    }

    /// Every resource that costs something and can bear tags.
    var billedResources: [any Resource] {
        let parts: [[any Resource]] = [
            Array(endpoints), Array(endpointConfigs), Array(models), Array(topics), Array(functions),
            keys.filter { $0.isCustomerManaged.value != false }, Array(buckets), Array(tables), Array(repositories),
            Array(backupVaults), Array(logGroups), Array(vpcEndpoints), Array(canaries),
        ]
        return parts.flatMap { $0 }
    }

    /// Every resource must bear a tag, with this value where one is given; the first three that do not are named.
    func askTag(_ key: String, is value: String? = nil, on resources: [any Resource], _ ask: inout Inquiry) {
        let wanted = key + (value.map { "=\($0)" } ?? "")
        let open = resources.filter { $0.head.tags.isUnknown }
        let wrong = resources.filter { resource in
            guard !resource.head.tags.isUnknown else { return false }
            let found = resource.head.tags.value?[key]
            return value.map { $0 != found } ?? (found == nil)
        }
        if let first = wrong.first {
            let named = wrong.prefix(3).map(\.id).joined(separator: ", ") + (wrong.count > 3 ? ", …" : "")
            ask.fail(
                "\(wrong.count) of \(resources.count) billed resources do not bear the tag \(wanted): \(named)",
                at: first.place)
            for resource in wrong.prefix(3) { ask.relate("\(resource.id), without \(wanted)", at: resource.place) }
        } else if let first = open.first {
            let why = first.head.tags.whyUnknown ?? ""
            ask.doubt("the tags of \(open.count) billed resources cannot be told; \(first.id): \(why)")
        } else {
            ask.prove("\(resources.count) billed resources bear the tag \(wanted)")
        }
    }

    /// A tag must be activated in the paying account, or the bill does not know it.
    ///
    /// CloudFormation has no type for it, and a plan may leave it to another: there, silence tells nothing.
    func askActivation(of key: String, _ ask: inout Inquiry) {
        if let tag = costAllocationTags.first(where: { $0.name.value == key || $0.id == key }) {
            ask.requireFlag(tag.isActive, "the activation of the tag \(key)")
        } else if source == .live && !costAllocationTags.isEmpty {
            ask.fail("the tag \(key) is not among the account's cost allocation tags")
        } else {
            ask.doubt("whether the tag \(key) is activated: ce:ListCostAllocationTags in the paying account decides it")
        }
    }
}
