// How long audit entries are kept, and when whole bundles of them may go: S3 Object Lock's rules.

import Foundation
public import PlumbModel

/// The retention of one audit log. Changes of it, and every pruning, are entries of the log themselves.
public struct AuditRetention: Sendable, Codable, Hashable {
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// May be shortened by whoever says that it is to be walked around.
        case governance
        /// Nobody may shorten it or leave the mode.
        case compliance
    }
    public var mode = Mode.governance
    /// Six years, as HIPAA asks of documentation.
    public var days = 2192
    /// Why nothing may go, whatever its age; nil without a hold.
    public var legalHold: String?
    /// The latest time that was ever seen, in seconds since 1970: a clock that goes back releases nothing.
    public private(set) var latestSeen = 0.0
    /// Entries before this one are pruned; their hashes stay.
    public private(set) var minimumIndex = 0
    private static let daysMax = 36_500

    public init() {}

    /// What becomes of the retention. Throws `refused` for what its mode forbids.
    public func changed(
        mode: Mode?, days: Int?, bypassGovernance: Bool
    ) throws(PlumbError) -> AuditRetention {
        var next = self
        next.mode = mode ?? self.mode
        next.days = days ?? self.days
        guard (1...Self.daysMax).contains(next.days) else {
            throw PlumbError(.invalidInput, "a retention of \(next.days) days", hint: "1 to \(Self.daysMax) days")
        }
        if self.mode == .compliance, next.mode != .compliance {
            throw PlumbError(.refused, "compliance mode cannot be left", hint: "it ends with the log")
        }
        guard next.days < self.days else { return next }
        switch self.mode {
        case .compliance:
            throw PlumbError(
                .refused, "in compliance mode the retention of \(self.days) days cannot be shortened to \(next.days)",
                hint: "it can be made longer")
        case .governance where !bypassGovernance:
            throw PlumbError(
                .refused, "the retention of \(self.days) days cannot be shortened to \(next.days) as it stands",
                hint: "--bypass-governance-retention walks around it, and the log tells")
        case .governance: return next
        }
    }

    /// How many whole bundles from the beginning may go. `latest` holds, for each bundle, the latest time of its
    /// entries and of all before: one that was written while the clock was behind is no older than its forerunners.
    public mutating func expiredBundles(at now: Double, latest: [Double]) -> Int {
        let isBack = now < latestSeen
        latestSeen = max(latestSeen, now)
        guard !isBack, legalHold == nil else { return 0 }
        let limit = now - Double(days) * 86_400
        return latest.prefix { $0 < limit }.count
    }

    mutating func prune(to index: Int) { minimumIndex = max(minimumIndex, index) }
}
