// What judging answers, and how answers combine.

/// The answer to "does this hold?".
///
/// An unknown is never counted as holding. Verdicts combine in any order: the worst one wins.
public enum Verdict: String, Sendable, Codable, Hashable, CaseIterable {
    /// Proved.
    case holds
    /// Shown broken.
    case fails
    /// This input cannot show it; the finding says what would.
    case unknown
    /// There is nothing here it speaks of.
    case notApplicable
    /// A person stands in for proof, with signed evidence.
    case attested
    /// It fails, and an owner accepts that until a date.
    case waived

    /// From the most harmless to the worst.
    private var rank: Int {
        switch self {
        case .notApplicable: 0
        case .holds: 1
        case .attested: 2
        case .waived: 3
        case .unknown: 4
        case .fails: 5
        }
    }

    /// Both must hold: the worse of the two. Commutative, associative, and `notApplicable` changes nothing.
    public func and(_ other: Verdict) -> Verdict { rank >= other.rank ? self : other }
}

extension Sequence where Element == Verdict {
    /// All must hold; `notApplicable` when there is none.
    public var combined: Verdict { reduce(.notApplicable) { $0.and($1) } }
}

/// How bad a broken control is.
public enum Severity: String, Sendable, Codable, Hashable, CaseIterable, Comparable {
    case low, medium, high, critical

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// How bad it is in each environment; nil where the control does not apply.
public struct Severities: Sendable, Hashable, Codable {
    public var dev: Severity?
    public var staging: Severity?
    public var production: Severity?
    public init(dev: Severity? = nil, staging: Severity? = nil, production: Severity? = nil) {
        self.dev = dev
        self.staging = staging
        self.production = production
    }
    public subscript(environment: Environment) -> Severity? {
        switch environment {
        case .dev: dev
        case .staging: staging
        case .production: production
        }
    }
}
