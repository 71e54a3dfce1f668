// A failure in the words of AWS Security Hub: the AWS Security Finding Format.

import PlumbModel

/// Whose findings they are.
public struct SecurityAccount: Sendable, Hashable, Codable {
    public var partition: String
    public var region: String
    public var account: String
    public init(partition: String, region: String, account: String) {
        self.partition = partition
        self.region = region
        self.account = account
    }
}

/// One finding as BatchImportFindings takes it.
public struct SecurityFinding: Sendable {
    /// The identity under which a ledger knows it.
    public let identity: String
    public let id: String
    public let json: JSON

    // What Security Hub takes at most.
    private static let titleMax = 256
    private static let descriptionMax = 1_024
    private static let remedyMax = 512
    private static let identifierMax = 512
    /// Findings of one call of BatchImportFindings.
    public static let batchMax = 100

    /// `isThere` is false for a failure that went: it is archived, as passed.
    init(_ identity: String, _ entry: SecurityLedger.Entry, isThere: Bool, in owner: SecurityAccount, at now: Double) {
        let finding = entry.finding
        self.identity = identity
        id = "plumbline/\(owner.region)/\(owner.account)/\(finding.control)/\(identity)"
        let place = finding.place.map { " at \($0)" } ?? ""
        json = [
            "SchemaVersion": "2018-10-08",
            "Id": .string(id),
            "ProductArn": .string(
                "arn:\(owner.partition):securityhub:\(owner.region):\(owner.account):product/\(owner.account)/default"),
            "GeneratorId": .string("plumbline/\(finding.control)"),
            "AwsAccountId": .string(owner.account),
            "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
            "FirstObservedAt": .string(NewsReport.time(entry.since)),
            "LastObservedAt": .string(NewsReport.time(now)),
            "CreatedAt": .string(NewsReport.time(entry.since)),
            "UpdatedAt": .string(NewsReport.time(now)),
            "Severity": [
                "Label": .string(finding.severity.rawValue.uppercased()),
                "Original": .string(finding.severity.rawValue),
            ],
            "Title": .string(Self.cut("\(finding.control) fails on \(finding.resource)", to: Self.titleMax)),
            "Description": .string(Self.cut(finding.message + place, to: Self.descriptionMax)),
            "Remediation": ["Recommendation": ["Text": .string(Self.cut(finding.fix, to: Self.remedyMax))]],
            "ProductFields": [
                "plumbline/control": .string(finding.control), "plumbline/policy": .string(finding.policy),
                "plumbline/seed": .string(Self.cut(finding.seed, to: Self.descriptionMax)),
            ],
            "Resources": [
                [
                    "Type": "Other", "Id": .string(Self.cut(finding.resource, to: Self.identifierMax)),
                    "Partition": .string(owner.partition), "Region": .string(owner.region),
                ]
            ],
            "Compliance": ["Status": isThere ? "FAILED" : "PASSED"],
            "Workflow": ["Status": isThere ? "NEW" : "RESOLVED"],
            "RecordState": isThere ? "ACTIVE" : "ARCHIVED",
        ]
    }

    /// Never empty, which Security Hub refuses.
    private static func cut(_ text: String, to count: Int) -> String {
        if text.isEmpty { return "-" }
        return text.count <= count ? text : text.prefix(count - 1) + "…"
    }
}

/// What Security Hub was told, so that it is told each thing once, and again before it forgets.
public struct SecurityLedger: Sendable, Codable {
    struct Entry: Sendable, Codable {
        var finding: Finding
        var since: Double
        var sentAt: Double
    }
    private var entries: [String: Entry] = [:]
    /// Security Hub deletes what was not told again for 90 days.
    static let refreshSeconds = 7 * 86_400.0

    public init() {}

    /// What it does not know: failures that are new, that became worse or milder, or that were told long ago; and those
    /// that went.
    public func due(
        _ failures: [String: WatchMachine.Failure], in owner: SecurityAccount, at now: Double
    ) -> [SecurityFinding] {
        var due: [SecurityFinding] = []
        for (identity, failure) in failures.sorted(by: { $0.key < $1.key }) {
            if let entry = entries[identity], entry.finding.severity == failure.finding.severity,
                now - entry.sentAt < Self.refreshSeconds
            {
                continue
            }
            let entry = Entry(finding: failure.finding, since: failure.since, sentAt: now)
            due.append(SecurityFinding(identity, entry, isThere: true, in: owner, at: now))
        }
        for (identity, entry) in entries.sorted(by: { $0.key < $1.key }) where failures[identity] == nil {
            due.append(SecurityFinding(identity, entry, isThere: false, in: owner, at: now))
        }
        return due
    }

    /// Security Hub has taken these; `failures` are those that `due` was asked about.
    public mutating func imported(
        _ identities: some Sequence<String>, of failures: [String: WatchMachine.Failure], at now: Double
    ) {
        for identity in identities {
            entries[identity] = failures[identity].map { Entry(finding: $0.finding, since: $0.since, sentAt: now) }
        }
    }
}
