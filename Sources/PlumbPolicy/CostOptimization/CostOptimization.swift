// Keeps spending seen, bounded and mended: the tags by which the bill is split, which its three policies share.

import PlumbModel

/// The tags by which the bill is split; every resource that costs something carries all three.
enum CostTag {
    static let endpoint = "ml:endpoint"
    static let environment = "ml:environment"
    static let team = "ml:team"
    static let all = [endpoint, environment, team]
    /// Tags that many endpoints bear with the same value: a filter on one of them means no single endpoint.
    static let shared: Set<String> = [environment, team, "ml:workload", "ml:critical", "ml:managed-by", "ml:purpose"]
}

/// A budget's filter on one tag, in the only form AWS Budgets understands: `user:KEY$VALUE`.
struct TagFilter: Hashable {
    var key: String
    var value: String

    init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Nil for text in another form: AWS takes it without complaint, and the budget then counts nothing.
    init?(_ text: String) {
        guard text.hasPrefix("user:"), let dollar = text.utf8.firstIndex(of: UInt8(ascii: "$")) else { return nil }
        key = String(text[..<dollar].dropFirst(5))
        value = String(text[text.index(after: dollar)...])
        guard !key.isEmpty, !value.isEmpty else { return nil }
    }
}

/// Which resources bear a tag, and which do not.
struct TagCoverage: Sendable {
    /// The tag, with its value where one is wanted.
    private let wanted: String
    private let count: Int
    private let wrongCount: Int
    /// The first three without the tag.
    private let wrong: [ResourceHead]
    private let openCount: Int
    private let firstOpen: ResourceHead?

    init(of key: String, is value: String? = nil, on heads: [ResourceHead]) {
        wanted = key + (value.map { "=\($0)" } ?? "")
        count = heads.count
        let open = heads.filter { $0.tags.isUnknown }
        let wrong = heads.filter { head in
            guard !head.tags.isUnknown else { return false }
            let found = head.tags.value?[key]
            return value.map { $0 != found } ?? (found == nil)
        }
        (wrongCount, self.wrong) = (wrong.count, Array(wrong.prefix(3)))
        (openCount, firstOpen) = (open.count, open.first)
    }

    /// Every resource must bear the tag; the first three that do not are named.
    func tell(_ ask: inout Inquiry) {
        if let first = wrong.first {
            let named = wrong.map(\.id).joined(separator: ", ") + (wrongCount > 3 ? ", …" : "")
            ask.fail(
                "\(wrongCount) of \(count) billed resources do not bear the tag \(wanted): \(named)", at: first.place)
            for head in wrong { ask.relate("\(head.id), without \(wanted)", at: head.place) }
        } else if let first = firstOpen {
            let why = first.tags.whyUnknown ?? ""
            ask.doubt("the tags of \(openCount) billed resources cannot be told; \(first.id): \(why)")
        } else {
            ask.prove("\(count) billed resources bear the tag \(wanted)")
        }
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
            Array(endpoints), Array(endpointConfigs), Array(models), Array(topics),
            // A document for automation costs nothing until it runs.
            functions.filter { $0.runtime.value != "ssm-automation" },
            keys.filter { $0.isCustomerManaged.value != false }, Array(buckets), Array(tables), Array(repositories),
            Array(backupVaults), Array(logGroups), Array(vpcEndpoints), Array(canaries),
        ]
        return parts.flatMap { $0 }
    }

    /// Every resource must bear a tag, with this value where one is given.
    func askTag(_ key: String, is value: String? = nil, on resources: [any Resource], _ ask: inout Inquiry) {
        TagCoverage(of: key, is: value, on: resources.map(\.head)).tell(&ask)
    }

    /// A tag must be activated in the paying account, or the bill does not know it.
    ///
    /// CloudFormation has no type for it, and a plan may leave all of them to another: there, silence tells nothing.
    func askActivation(of key: String, _ ask: inout Inquiry) {
        if let tag = costAllocationTags.first(where: { $0.name.value == key || $0.id == key }) {
            ask.requireFlag(tag.isActive, "the activation of the tag \(key)")
        } else if source == .live || source == .terraform, !costAllocationTags.isEmpty {
            ask.fail("the tag \(key) is not among the cost allocation tags, of which others are")
        } else {
            ask.doubt("whether the tag \(key) is activated: ce:ListCostAllocationTags in the paying account decides it")
        }
    }
}
