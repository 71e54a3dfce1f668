// Reads what was called in an AWS account: CloudTrail's records, and the debug log of the AWS CLI.
//
// `CloudTrailReader` and `DebugLogReader` each give the same `AccessUsage`.

public import PlumbModel

/// Calls that were allowed, and how many records were something else.
public struct AccessUsage: Sendable {
    public var calls: [ObservedCall]
    /// Records of calls that were refused; a policy made from them would grant what somebody was not to have.
    public var refused: Int
    /// Records that are no calls of a service's API: sign-ins, insights, events of a service's own.
    public var others: Int

    public init(calls: [ObservedCall] = [], refused: Int = 0, others: Int = 0) {
        self.calls = calls
        self.refused = refused
        self.others = others
    }

    public mutating func add(_ more: AccessUsage) {
        calls += more.calls
        refused += more.refused
        others += more.others
    }
}

/// Collects the texts among a request's parameters under their last names.
struct ParameterTexts {
    private(set) var texts: [String: [String]] = [:]

    /// `VpcConfig: {Subnets: [a]}` gives `subnets: [a]`; a list of tags gives `tag:KEY: [value]`.
    init(_ node: DocumentNode?) {
        guard let node else { return }
        for entry in node.entries { add(entry.value, named: entry.key) }
    }

    private mutating func add(_ node: DocumentNode, named name: String) {
        let name = name.prefix(1).lowercased() + name.dropFirst()
        if let text = node.text { texts[name, default: []].append(text) }
        for item in node.items {
            if let text = item.text { texts[name, default: []].append(text) }
            let (key, value) = (item["key"] ?? item["Key"], item["value"] ?? item["Value"])
            if name.lowercased().hasSuffix("tags"), let key = key?.text, let value = value?.text {
                texts["tag:\(key)", default: []].append(value)
            } else {
                for entry in item.entries { add(entry.value, named: entry.key) }
            }
        }
        for entry in node.entries { add(entry.value, named: entry.key) }
    }
}
