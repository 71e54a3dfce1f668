// A rule of the policy book as a value: what it asks, how bad its breach is, how it is proved, how it is mended, and
// the examples that prove the rule itself.

/// A resource or place that belongs to a judgement's chain of reasons.
public struct RelatedPlace: Sendable, Hashable, Codable {
    public var message: String
    public var place: Place?
    public init(_ message: String, at place: Place? = nil) {
        self.message = message
        self.place = place
    }
}

/// What a control says of one resource.
public struct Judgement: Sendable, Hashable, Codable {
    public var verdict: Verdict
    /// The id or name of what was judged.
    public var resource: String
    public var place: Place?
    /// The number found and the number wanted, with the arithmetic; for an unknown, what would decide it.
    public var message: String
    /// What to write instead, when it differs from the control's general remedy.
    public var fix: String?
    public var related: [RelatedPlace]
    /// Overrides the control's severity, where the catalogue grades a breach.
    public var severity: Severity?

    public init(
        _ verdict: Verdict, _ resource: String, at place: Place? = nil, _ message: String, fix: String? = nil,
        related: [RelatedPlace] = [], severity: Severity? = nil
    ) {
        self.verdict = verdict
        self.resource = resource
        self.place = place
        self.message = message
        self.fix = fix
        self.related = related
        self.severity = severity
    }
}

/// One case that shows what a control accepts or refuses: a spec, and what is changed in the graph compiled from it.
///
/// The room of policies does not read YAML; the tests own the reader, compile `spec`, apply `change` and judge.
public struct ControlExample: Sendable {
    /// What is shown, as a short clause: `the threshold is 5 %`.
    public var title: String
    public var environment: Environment
    /// Lines added to the tests' compliant base spec, in YAML; empty to take that spec as it is.
    public var spec: String
    public var change: @Sendable (inout Graph) -> Void

    public init(
        _ title: String, in environment: Environment = .production, spec: String = "",
        change: @escaping @Sendable (inout Graph) -> Void = { _ in }
    ) {
        self.title = title
        self.environment = environment
        self.spec = spec
        self.change = change
    }
}

/// One rule: the smallest thing that can hold or fail.
public struct Control: Sendable {
    /// `OPS-1.1`: pillar, policy, control. Never used again for another rule.
    public let id: String
    public let statement: String
    public let severities: Severities
    /// Where it can be proved. Elsewhere a breach can still be shown, but never that it holds.
    public let provableAt: Set<SourceKind>
    /// Whether signed evidence of a person may stand in for proof.
    public let isAttestable: Bool
    /// The seed's own words.
    public let seed: String
    /// The number the policy text names, if it names one.
    public let limit: String?
    /// How to mend a breach, in one or two sentences.
    public let remedy: String
    /// What makes people get it wrong.
    public let traps: [String]
    public let holds: [ControlExample]
    public let fails: [ControlExample]
    /// Judges every subject in the graph; none means the control does not apply.
    public let judge: @Sendable (Graph) -> [Judgement]

    public init(
        _ id: String, _ statement: String, severities: Severities, provableAt: Set<SourceKind>,
        isAttestable: Bool = false, seed: String, limit: String? = nil, remedy: String, traps: [String] = [],
        holds: [ControlExample], fails: [ControlExample], judge: @escaping @Sendable (Graph) -> [Judgement]
    ) {
        self.id = id
        self.statement = statement
        self.severities = severities
        self.provableAt = provableAt
        self.isAttestable = isAttestable
        self.seed = seed
        self.limit = limit
        self.remedy = remedy
        self.traps = traps
        self.holds = holds
        self.fails = fails
        self.judge = judge
    }
}

/// One of the seed's fifteen policies and its controls.
public struct Policy: Sendable {
    public enum Pillar: String, Sendable, Codable, Hashable, CaseIterable {
        case operationalExcellence = "Operational Excellence"
        case security = "Security"
        case reliability = "Reliability"
        case performanceEfficiency = "Performance Efficiency"
        case costOptimization = "Cost Optimization"
    }
    /// `OPS-1`.
    public let id: String
    public let pillar: Pillar
    /// The seed's sentence.
    public let title: String
    public let controls: [Control]

    public init(_ id: String, _ pillar: Pillar, _ title: String, controls: [Control]) {
        self.id = id
        self.pillar = pillar
        self.title = title
        self.controls = controls
    }
}
