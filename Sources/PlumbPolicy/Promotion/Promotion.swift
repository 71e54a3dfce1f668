// What must be true before that which ran in one environment goes on to the next (OPS-3.4, OPS-3.5, PERF-2.4).

public import PlumbModel

/// What is known of the run in the lower environment.
public struct StagedRun: Sendable {
    public var endpoint: String
    public var environment: Environment
    /// Where it was seen: `digits r3 on .plumb`, `aws://eu-west-1`.
    public var origin: String
    public var modelDigest: Fact<String>
    public var image: Fact<String>
    public var configuration: Fact<ServedConfiguration>
    /// Since when this very revision has served, seconds since 1970-01-01 UTC.
    public var servesSince: Fact<Double>
    /// What is wrong with it now: a rollout under way, an alarm that fires, an instance that is not ready.
    public var troubles: [String]
    /// The controls that fail in the lower environment, nil where they were not judged.
    public var failing: [String]?

    public init(endpoint: String, environment: Environment, origin: String) {
        self.endpoint = endpoint
        self.environment = environment
        self.origin = origin
        modelDigest = .absent
        image = .absent
        configuration = .absent
        servesSince = .absent
        troubles = []
    }
}

/// What the model is started with and how it is asked: all that must not differ between two environments. How many
/// instances, of what size, with which budget and which alarms, may.
public struct ServedConfiguration: Sendable, Hashable, Codable {
    /// What is compared, by the key in the spec.
    public let values: [String: String]

    public init(_ spec: Spec) {
        let model = spec.model
        var values = [
            "workload": spec.workload.rawValue,
            "model.command": (model.command ?? []).joined(separator: " "),
            "model.multiModel": "\(model.isMultiModel)",
            "model.concurrencyMax": "\(model.concurrencyMax)",
            "model.startupTimeout": "\(model.startupTimeoutSeconds)",
            "model.downloadTimeout": "\(model.downloadTimeoutSeconds)",
            "example.contentType": spec.example.contentType,
            "limits.bodyMax": "\(spec.limits.bodyBytesMax)",
            "limits.timeout": "\(spec.limits.timeoutSeconds)",
            "limits.queueMax": "\(spec.limits.queueMax)",
        ]
        for (name, value) in model.environment { values["model.environment.\(name)"] = value }
        self.values = values
    }

    /// The keys whose values differ.
    func differences(from other: ServedConfiguration) -> [String] {
        Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
    }
}

/// One rule, and what came of it.
public struct PromotionRule: Sendable, Hashable, Codable {
    /// A word, or the control that it is.
    public var id: String
    public var statement: String
    public var verdict: Verdict
    public var told: String
    /// What to do about it; empty where nothing is to be done.
    public var remedy: String

    /// Whether it lets the promotion through. An unknown never does.
    public var isMet: Bool { verdict != .fails && verdict != .unknown }
}

/// The rules, and the record of what they found.
public enum Promotion {
    /// Minutes that a revision must have served below.
    public static let soakMinutesMin = 60.0
    /// The book's own rules of a promotion.
    static let controls = ["OPS-3.4", "OPS-3.5", "PERF-2.4"]

    /// What the spec of the next environment is to say of the run; nil where the run itself is not known.
    public static func record(of run: StagedRun, for spec: Spec, at now: Double) -> StagingRecord {
        var record = StagingRecord()
        record.modelDigest = run.modelDigest.value
        record.imageDigest = run.image.value.flatMap(digest)
        record.soakMinutes = run.servesSince.value.map { max(0, (now - $0) / 60).rounded(.down) }
        record.loadTested = loadTest(of: run, spec).verdict == .holds
        record.checksPassed = checks(of: run).verdict == .holds
        record.day = Day(secondsSinceEpoch: now)
        return record
    }

    /// Every rule with its verdict. `assessment` is the book's on the spec of the next environment with the record in
    /// it, `modelDigest` what that spec would deploy.
    public static func rules(
        _ run: StagedRun, to spec: Spec, modelDigest: Fact<String>, under assessment: Assessment, at now: Double
    ) -> [PromotionRule] {
        let judged = assessment.policies.flatMap(\.controls)
        // They are what OPS-3.5 asks for: whoever accepts a breach of it accepts theirs.
        let isWaived = judged.contains { $0.id == "OPS-3.5" && $0.verdict == .waived }
        let own = [
            model(of: run, modelDigest), image(of: run, spec), configuration(of: run, spec), checks(of: run),
            soak(of: run, at: now), loadTest(of: run, spec),
        ].map { rule in
            var rule = rule
            if isWaived, rule.verdict == .fails { rule.verdict = .waived }
            return rule
        }
        let book = controls.compactMap { id in judged.first { $0.id == id } }.map { control in
            PromotionRule(
                id: control.id, statement: control.statement, verdict: control.verdict,
                told: control.judgements.filter { $0.verdict == control.verdict }.map(\.message)
                    .joined(separator: "; "), remedy: control.remedy)
        }
        let others = assessment.findings.filter { $0.verdict == .fails && !controls.contains($0.control) }
        let rest = PromotionRule(
            id: "policies", statement: "No control fails in \(spec.environment.rawValue)",
            verdict: others.isEmpty ? .holds : .fails,
            told: others.isEmpty
                ? "none of \(judged.count) does" : Set(others.map(\.control)).sorted().joined(separator: ", "),
            remedy: "plumb check tells what each wants")
        return own + book + [rest]
    }

    // MARK: - The rules of its own

    private static func rule(
        _ id: String, _ statement: String, _ verdict: Verdict, _ told: String, _ remedy: String
    ) -> PromotionRule {
        PromotionRule(id: id, statement: statement, verdict: verdict, told: told, remedy: remedy)
    }

    private static func model(of run: StagedRun, _ wanted: Fact<String>) -> PromotionRule {
        let same = compare(run.modelDigest, wanted, bare)
        return rule(
            "model", "The same model runs in \(run.environment.rawValue)", same.verdict, same.told,
            "deploy this very artefact to \(run.environment.rawValue) first")
    }

    private static func image(of run: StagedRun, _ spec: Spec) -> PromotionRule {
        let statement = "The same image runs in \(run.environment.rawValue)"
        guard let image = spec.model.image else {
            return rule("image", statement, .notApplicable, "the spec names no image", "")
        }
        guard let digest = digest(image) else {
            return rule(
                "image", statement, .fails, "the spec's image has no digest: \(image)", "pin it: image@sha256:…")
        }
        let same = compare(run.image.map { self.digest($0) ?? $0 }, .known(digest), bare)
        return rule(
            "image", statement, same.verdict, same.told,
            "deploy this very image to \(run.environment.rawValue) first")
    }

    private static func configuration(of run: StagedRun, _ spec: Spec) -> PromotionRule {
        let statement = "It is started and asked in the same way, sizes apart"
        let remedy = "deploy these values to \(run.environment.rawValue) first"
        guard let staged = run.configuration.value else {
            return rule(
                "configuration", statement, .unknown,
                run.configuration.whyUnknown ?? "it is not known of \(run.origin)", remedy)
        }
        let differing = ServedConfiguration(spec).differences(from: staged)
        return rule(
            "configuration", statement, differing.isEmpty ? .holds : .fails,
            differing.isEmpty
                ? "\(staged.values.count) values are equal" : "differing: \(differing.joined(separator: ", "))",
            remedy)
    }

    private static func checks(of run: StagedRun) -> PromotionRule {
        let statement = "Its checks pass in \(run.environment.rawValue)"
        let remedy = "mend it in \(run.environment.rawValue) first"
        guard let failing = run.failing else {
            return rule("checks", statement, .unknown, "\(run.origin) was not seen as a whole", remedy)
        }
        let wrong = run.troubles + (failing.isEmpty ? [] : ["failing: \(failing.joined(separator: ", "))"])
        return rule(
            "checks", statement, wrong.isEmpty ? .holds : .fails,
            wrong.isEmpty ? "it is in service, no alarm fires, no control fails" : wrong.joined(separator: "; "), remedy
        )
    }

    private static func soak(of run: StagedRun, at now: Double) -> PromotionRule {
        let statement = "It has served there for \(Int(soakMinutesMin)) minutes"
        guard let since = run.servesSince.value else {
            return rule("soak", statement, .unknown, run.servesSince.whyUnknown ?? "since when is not known", "wait")
        }
        let minutes = max(0, (now - since) / 60)
        return rule(
            "soak", statement, minutes >= soakMinutesMin ? .holds : .fails, "for \(Int(bounded: minutes)) minutes",
            minutes >= soakMinutesMin
                ? "" : "wait \(Int(bounded: (soakMinutesMin - minutes).rounded(.up))) minutes more")
    }

    private static func loadTest(of run: StagedRun, _ spec: Spec) -> PromotionRule {
        let statement = "It has borne a load test"
        let remedy = "run one of this very artefact, and record it (spec: benchmark)"
        guard let benchmark = spec.benchmark else {
            return rule("load test", statement, .fails, "the spec has no record of one", remedy)
        }
        let same = compare(run.modelDigest, benchmark.modelDigest.map { .known($0) } ?? .absent, bare)
        guard same.verdict == .holds else {
            return rule("load test", statement, same.verdict, "of another model: \(same.told)", remedy)
        }
        guard let errors = benchmark.errorRatePercent else {
            return rule("load test", statement, .unknown, "its record has no error rate", remedy)
        }
        return rule(
            "load test", statement, errors <= 1 ? .holds : .fails, "\(errors) % errors, wanted at most 1 %", remedy)
    }

    // MARK: - Digests

    private static func compare(
        _ staged: Fact<String>, _ wanted: Fact<String>, _ plain: (String) -> String
    ) -> (verdict: Verdict, told: String) {
        guard let wanted = wanted.value else { return (.unknown, wanted.whyUnknown ?? "the spec names none") }
        guard let staged = staged.value else { return (.unknown, staged.whyUnknown ?? "the run names none") }
        let (a, b) = (plain(staged), plain(wanted))
        return a == b
            ? (.holds, "sha256:\(b.prefix(12))…")
            : (.fails, "sha256:\(a.prefix(12))… runs there, this is \(b.prefix(12))…")
    }

    private static func bare(_ digest: String) -> String { digest.lowercased().replacing("sha256:", with: "") }

    /// The digest that an image is pinned by.
    private static func digest(_ image: String) -> String? {
        image.firstRange(of: "@sha256:").map { String(image[$0.upperBound...]) }
    }
}
