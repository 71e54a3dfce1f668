// All verdicts on one graph, ready to be told.

/// A broken or undecided control on one resource.
public struct Finding: Sendable, Hashable, Codable {
    public var control: String
    public var policy: String
    public var verdict: Verdict
    public var severity: Severity
    public var resource: String
    public var place: Place?
    public var message: String
    public var fix: String
    /// What to paste, in the input's own language; nil until it is asked for, and where there is nothing to paste.
    public var patch: Patch?
    public var seed: String
    public var related: [RelatedPlace]
    /// Control, resource and a digest of what was judged, for baselines and comparison: it changes when the resource
    /// does, not when a line moves. Nil until it is asked for.
    public var fingerprint: String?

    public init(
        control: String, policy: String, verdict: Verdict, severity: Severity, resource: String, place: Place?,
        message: String, fix: String, seed: String, related: [RelatedPlace] = []
    ) {
        self.control = control
        self.policy = policy
        self.verdict = verdict
        self.severity = severity
        self.resource = resource
        self.place = place
        self.message = message
        self.fix = fix
        self.seed = seed
        self.related = related
    }
}

/// Lines to paste that mend a finding.
public struct Patch: Sendable, Hashable, Codable {
    /// The language of the lines.
    public enum Language: String, Sendable, Codable, Hashable {
        /// Keys of a spec.
        case spec
        /// Resources of a CloudFormation template, as they stand under `Resources`.
        case cloudformation
        /// Resource blocks of a Terraform configuration.
        case terraform
    }
    public var language: Language
    /// Whole lines; the last one ends too.
    public var text: String

    public init(_ language: Language, _ text: String) {
        self.language = language
        self.text = text
    }
}

/// The verdict on one control.
public struct ControlVerdict: Sendable, Hashable, Codable {
    public var id: String
    public var statement: String
    public var verdict: Verdict
    /// Nil where the control does not apply to the environment.
    public var severity: Severity?
    /// The judgements behind the verdict: evidence for what holds as well.
    public var judgements: [Judgement]
    /// The seed's own words; empty where the control was not judged by the book.
    public var seed = ""
    /// How a breach is mended in general; empty where the control was not judged by the book.
    public var remedy = ""

    public init(id: String, statement: String, verdict: Verdict, severity: Severity?, judgements: [Judgement]) {
        self.id = id
        self.statement = statement
        self.verdict = verdict
        self.severity = severity
        self.judgements = judgements
    }
}

/// The verdict on one policy: its controls combined.
public struct PolicyVerdict: Sendable, Hashable, Codable {
    public var id: String
    public var pillar: String
    public var title: String
    public var verdict: Verdict
    public var controls: [ControlVerdict]

    public init(id: String, pillar: String, title: String, verdict: Verdict, controls: [ControlVerdict]) {
        self.id = id
        self.pillar = pillar
        self.title = title
        self.verdict = verdict
        self.controls = controls
    }
}

/// The whole answer: fifteen policies, every control, every finding, and what was odd about the input.
public struct Assessment: Sendable, Hashable, Codable {
    public var source: SourceKind
    /// The file, folder, region or engine that was judged.
    public var path: String
    public var environment: Environment
    public var environmentIsAssumed: Bool
    public var policies: [PolicyVerdict]
    /// Every `fails` and every `unknown`, worst first, then in seed order, then by place and resource.
    public var findings: [Finding]
    public var diagnostics: [Diagnostic]

    public init(
        source: SourceKind, path: String, environment: Environment, environmentIsAssumed: Bool,
        policies: [PolicyVerdict], findings: [Finding], diagnostics: [Diagnostic]
    ) {
        self.source = source
        self.path = path
        self.environment = environment
        self.environmentIsAssumed = environmentIsAssumed
        self.policies = policies
        self.findings = findings
        self.diagnostics = diagnostics
    }

    /// How many controls have this verdict.
    public func count(_ verdict: Verdict) -> Int {
        policies.reduce(0) { $0 + $1.controls.filter { $0.verdict == verdict }.count }
    }
}
