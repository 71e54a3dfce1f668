// Specs by chance, the same ones on every run: every environment, every option, and values that printers stumble over.

import PlumbFormats
import PlumbModel
import PlumbTesting

/// A file that nobody wrote, and what the reader makes of it.
struct GeneratedSpec: Sendable {
    /// Says which one it is when a test fails: `GeneratedSpecs(seed:)` makes it first.
    var seed: UInt64
    var environment: Environment
    var text: String

    var reading: SpecReading { SpecReader.read(text, file: "plumb.yaml", environment: environment) }
}

/// An endless row of specs that keep the reader's rules and the limits of AWS, though not every policy.
struct GeneratedSpecs: Sequence, IteratorProtocol {
    private var seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    mutating func next() -> GeneratedSpec? {
        defer { seed &+= 1 }
        var writer = SpecWriter(seed: seed)
        return GeneratedSpec(seed: seed, environment: writer.environment, text: writer.write())
    }
}

/// Writes one spec.
private struct SpecWriter {
    var random: SeededGenerator
    let environment: Environment
    let regions: [String]
    var lines: [String] = []

    private static let allRegions = ["us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "ap-southeast-2"]
    private static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        // Production has the most to render.
        environment = random.happens(0.6) ? .production : random.happens(0.5) ? .staging : .dev
        regions = Self.allRegions.shuffled(using: &random)
    }

    var isProduction: Bool { environment == .production }

    mutating func write() -> String {
        identity()
        model()
        capacity()
        hours()
        money()
        alarms()
        rollout()
        traffic()
        cache()
        recovery()
        personalData()
        records()
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Chance

    mutating func pick<Element>(_ items: [Element]) -> Element { items[random.number(0...(items.count - 1))] }

    mutating func add(_ line: String) { lines.append(line) }

    /// `key: {a: 1, b: 2}`; nothing where no pair is left.
    mutating func add(_ key: String, _ pairs: [String?]) {
        let kept = pairs.compactMap { $0 }
        if !kept.isEmpty { add("\(key): {\(kept.joined(separator: ", "))}") }
    }

    /// The pair at that probability.
    mutating func maybe(_ probability: Double, _ pair: String) -> String? { random.happens(probability) ? pair : nil }

    mutating func seconds(_ choices: [Int]) -> String { "\(pick(choices))s" }
}

// What it is, and what answers.
extension SpecWriter {
    private mutating func identity() {
        let names = [
            "digits", "Fraud-Score", "a", "x9", "speech-to-text", String(repeating: "long-name-", count: 6) + "end",
            String(repeating: "Z", count: 63),
        ]
        add("name: \(pick(names))")
        add("team: \(quoted(pick(["vision", "Risk and Fraud", "ml:platform", "a+b@c", "équipe"])))")
        if random.happens(0.7) { add("owner: \(pick(["vision@example.org", "Ada", "on-call"]))") }
        if random.happens(0.5) { add("summary: \(quoted(pick(Self.awkward)))") }
        add("region: \(regions[0])")
        add("workload: \(pick(["cpu", "gpu", "memory"]))")
        if random.happens(0.6) { add("critical: \(random.happens(0.7))") }
    }

    /// Texts that mean something to YAML, to CloudFormation or to Terraform.
    private static let awkward = [
        "plain", "it's \"quoted\"", "a: b # c", "${HOME}/bin", "%{if true}yes%{endif}", "back\\slash", "yes", "007",
        "-", "{\"a\": [1, null]}", "two\nlines", "tab\there", "naïve ✓", " spaces ", "!Ref Endpoint", "${!AWS::Region}",
    ]

    private mutating func model() {
        let source =
            random.happens(0.85)
            ? "path: \(pick(["model.onnx", "s3://models-example/digits/model.onnx", "models/"]))"
            : "command: [python3, server.py, \"--flag=a b\"]"
        var variables: String?
        if random.happens(0.6) {
            let names = ["OMP_NUM_THREADS", "MODE", "GREETING", "LOG_LEVEL"].prefix(random.number(1...4))
            variables = "environment: {\(names.map { "\($0): \(quoted(pick(Self.awkward)))" }.joined(separator: ", "))}"
        }
        let repository = "111122223333.dkr.ecr.\(regions[0]).amazonaws.com/\(pick(["worker", "team/worker"]))"
        let timeouts = [60, 120, 300, 600, 900, 3600]
        let pairs: [String?] = [
            source, variables, maybe(0.6, "image: \"\(repository)@sha256:\(Self.digest)\""),
            maybe(0.6, "digest: \(Self.digest)"), maybe(0.2, "name: the-model"), maybe(0.15, "multiModel: true"),
            maybe(0.4, "size: {parametersMillions: \(random.number(0...70_000)), bytesPerParameter: 2}"),
            maybe(0.4, "concurrencyMax: \(random.number(1...64))"),
            maybe(0.4, "startupTimeout: \(seconds(timeouts))"), maybe(0.4, "downloadTimeout: \(seconds(timeouts))"),
        ]
        add("model", pairs)
        let types = ["text/csv", "application/json", "application/json; charset=utf-8", "application/x-npy"]
        let body = random.happens(0.5) ? "body: \(quoted(pick(Self.awkward)))" : "file: request.csv"
        add("example", [body, maybe(0.7, "contentType: \(quoted(pick(types)))")])
    }
}

// How much there is of it, when, and for how much money.
extension SpecWriter {
    /// With disks of their own, without, and of families that nothing is known of.
    private static let types = [
        "ml.m5.large", "ml.c5.2xlarge", "ml.r5.xlarge", "ml.inf2.xlarge", "ml.p3.2xlarge", "ml.m5d.large",
        "ml.g4dn.xlarge", "ml.g5.xlarge", "ml.p5.48xlarge", "ml.zz9.large",
    ]

    private mutating func capacity() {
        // Lesser ones in the order in which they must stand.
        let counts = [random.number(1...4), random.number(1...4), random.number(1...4)].sorted()
        let floor = isProduction ? 1 : 0
        let pairs: [String?] = [
            maybe(0.6, "type: \(pick(Self.types))"), "minimum: \(counts[0] + floor)", "initial: \(counts[1] + floor)",
            "maximum: \(counts[2] + floor)", maybe(0.7, "zones: \(random.number(isProduction ? 2...4 : 1...3))"),
        ]
        if random.happens(0.7) { add("instances", pairs) }
        guard random.happens(0.6) else { return }
        var scheduled: String?
        if random.happens(0.4) {
            scheduled =
                "scheduled: [{name: morning, expression: \"cron(0 7 ? * MON-FRI *)\", timezone: Europe/Berlin, "
                + "minimum: 2, maximum: 4}, {name: night, expression: \"cron(0 22 * * ? *)\", minimum: 2}]"
        }
        add(
            "scaling",
            [
                maybe(0.2, "enabled: false"), maybe(0.5, "targetPercent: \(random.number(40...75))"),
                maybe(0.5, "scaleOutAbovePercent: \(random.number(76...95))"),
                maybe(0.5, "scaleInBelowPercent: \(random.number(5...39)).5"),
                maybe(0.5, "scaleInCooldown: \(seconds([0, 300, 600]))"),
                maybe(0.5, "scaleOutCooldown: \(seconds([0, 60, 300]))"), scheduled,
            ])
    }

    private mutating func hours() {
        guard !isProduction, random.happens(0.7) else { return }
        if random.happens(0.2) { return add("workingHours: none") }
        add(
            "workingHours",
            [
                "timezone: \(pick(["Etc/UTC", "Europe/Berlin", "America/New_York"]))",
                "days: \(pick(["mon-fri", "[sat, sun]", "mon-sun", "[wed]"]))",
                "start: \"\(pick(["00:00", "07:30", "09:00"]))\"", "stop: \"\(pick(["12:00", "18:45", "24:00"]))\"",
            ])
    }

    private mutating func money() {
        guard random.happens(0.6) else { return }
        let alerts = [50, 75, 80, 90, 95.5, 100, 120, 150, 200, 300].shuffled(using: &random)
        let count = random.number(0...10)
        let named = alerts.prefix(count).sorted().map { "\($0)" }.joined(separator: ", ")
        add(
            "budget",
            [
                maybe(0.7, "monthlyUSD: \(pick(["80", "99.5", "450", "2000", "4999.99"]))"),
                maybe(0.5, "alerts: [\(named)]"), maybe(0.3, "stopAtLimit: \(random.happens(0.5))"),
            ])
    }
}

// What watches it, and how it changes.
extension SpecWriter {
    private mutating func alarms() {
        guard random.happens(0.8) else { return }
        let people = [
            [], ["oncall@example.org"], ["https://example.org/hook?a=1&b=2"],
            ["oncall@example.org", "https://example.org/hook"], ["a@example.org", "b+c@example.org"],
        ]
        let notified = pick(people).map { quoted($0) }.joined(separator: ", ")
        add(
            "alarms",
            [
                alarm("errorRate", "thresholdPercent: \(pick(["0.5", "1", "0.25"]))"),
                alarm("latencyP99", "thresholdMilliseconds: \(pick(["50", "500", "12.5"]))"),
                alarm("health", "thresholdFailures: \(random.number(1...5))"),
                maybe(0.4, "requestsMinimum: \(random.number(0...100))"),
                maybe(0.3, "probe: {interval: 500ms, timeout: 2s, failuresMax: \(random.number(1...5))}"),
                maybe(0.8, "notify: [\(notified)]"),
            ])
    }

    private mutating func alarm(_ name: String, _ threshold: String) -> String? {
        guard random.happens(0.5) else { return nil }
        let periods = random.number(1...5)
        let missing = pick(["breaching", "notBreaching", "ignore", "missing"])
        let pairs = [
            maybe(0.7, threshold), maybe(0.6, "period: \(seconds([10, 30, 60, 300]))"),
            maybe(0.6, "evaluationPeriods: \(periods), datapointsToAlarm: \(random.number(1...periods))"),
            maybe(0.4, "missingData: \(missing)"),
        ].compactMap { $0 }
        return pairs.isEmpty ? nil : "\(name): {\(pairs.joined(separator: ", "))}"
    }

    private mutating func rollout() {
        guard random.happens(0.7) else { return }
        add(
            "rollout",
            [
                maybe(0.8, "strategy: \(pick(["canary", "linear", "allAtOnce"]))"),
                maybe(0.4, "canaryPercent: \(random.number(1...50))"),
                maybe(0.4, "stepPercent: \(random.number(10...50))"), maybe(0.4, "wait: \(seconds([0, 300, 3600]))"),
                maybe(0.4, "terminationWait: \(seconds([0, 300, 3600]))"),
                maybe(0.4, "timeout: \(seconds([600, 7200, 14_400]))"), maybe(0.3, "requestsMinimum: 50"),
                maybe(0.4, "keptRevisions: \(random.number(0...5))"),
                maybe(0.4, "warmRollback: \(random.number(0...180))m"),
                maybe(0.4, "rollsBackLate: \(random.happens(0.5))"),
            ])
    }

    private mutating func traffic() {
        if random.happens(0.5) {
            add(
                "capture",
                [
                    maybe(0.4, "enabled: \(random.happens(0.6))"),
                    maybe(0.7, "samplingPercent: \(random.number(0...100))"),
                    maybe(0.7, "ttlDays: \(random.number(1...400))"),
                ])
        }
        if random.happens(0.7) {
            add(
                "drift",
                [
                    "enabled: \(random.happens(0.7))", maybe(0.6, "baseline: baseline"),
                    maybe(0.5, "qualityMetric: accuracy, qualityThreshold: \(pick(["0.95", "0", "-1.5"]))"),
                ])
        }
        if random.happens(0.4) {
            let rate = pick(["requestsPerSecondMax: 100", "requestsPerSecondMax: 0.5", "requestsPerSecondMax: none"])
            add("limits", ["bodyMax: \(pick(["6MiB", "512KiB"]))", "timeout: \(seconds([1, 30, 60]))", rate])
        }
        if random.happens(0.4) { add("retentionDays: \(random.number(1...4000))") }
        if random.happens(0.5) { add("peakRequestsPerSecond: \(pick(["0.5", "40", "2500"]))") }
        if random.happens(0.3) { add("deploymentsPerMonth: \(random.number(0...60))") }
    }
}

// What is decided and recorded of it.
extension SpecWriter {
    private mutating func cache() {
        guard random.happens(0.7) else { return }
        let decisions = [
            "deterministic: true, repeatRate: 0.2, ttl: 5m", "deterministic: true, repeatRate: 0.5, ttl: 1s",
            "deterministic: true, repeatRate: 0.3, ttl: 1h", "deterministic: true, repeatRate: 0.01, reason: rare",
            "deterministic: false, reason: \(quoted(pick(Self.awkward)))",
        ]
        add("cache: {\(pick(decisions))}")
    }

    private mutating func recovery() {
        guard random.happens(0.7) else { return }
        add(
            "recovery",
            [
                maybe(0.8, "region: \(regions[1])"), maybe(0.7, "owner: vision@example.org"),
                maybe(0.6, "runbook: docs/recovery.md"), maybe(0.6, "rtoMinutes: 55, rpoMinutes: 10"),
                maybe(0.5, "steps: [confirm, \(quoted(pick(Self.awkward)))]"), maybe(0.5, "reviewed: 2026-10-15"),
                maybe(0.5, "decisionAutomatic: \(random.happens(0.5))"),
                maybe(0.5, "strategy: \(pick(["pilotLight", "warm"]))"),
                maybe(0.4, "drill: {day: 2026-10-20, rtoMinutes: 41, rpoMinutes: 6, succeeded: true}"),
            ])
    }

    private mutating func personalData() {
        if random.happens(0.6) {
            // With and without the second region.
            let residency = regions.prefix(random.number(1...3)).joined(separator: ", ")
            add(
                "personalData",
                [
                    "processed: \(random.happens(0.8))", maybe(0.8, "residency: [\(residency)]"),
                    maybe(0.5, "legalBasis: contract"), maybe(0.5, "captureTTLDays: \(random.number(0...60))"),
                    maybe(0.4, "subjectKey: customerId"), maybe(0.4, "erasureDrill: 2026-09-30"),
                ])
        }
        if random.happens(0.4) {
            let names = ["soc2", "hipaa", "gdpr"].shuffled(using: &random).prefix(random.number(0...3))
            add("regimes: {names: [\(names.joined(separator: ", "))], processesHealthData: \(random.happens(0.5))}")
        }
    }

    private mutating func records() {
        if random.happens(0.5) {
            add(
                "provenance",
                [
                    "commit: 3f2a9c1e8b7d", maybe(0.7, "pullRequest: \"https://git.example.org/digits/pulls/7\""),
                    maybe(0.5, "author: ada@example.org, approver: grace@example.org"),
                ])
        }
        if random.happens(0.4) { add("optimization: {technique: \(pick(["quantization", "pruning", "tensorrt"]))}") }
        if random.happens(0.3) { add("rollbackDrill: {day: 2026-11-10, seconds: 95}") }
        if random.happens(0.3) { add("costReview: {day: 2026-11-03, owner: ada, decisions: [keep the type]}") }
        if random.happens(0.2) {
            add("waivers: [{control: COST-3.5, owner: ada, reason: being measured, expires: 2027-01-31}]")
        }
        if random.happens(0.2) {
            add(
                "attestations: [{control: REL-3.2, path: drill.pdf, sha256: \(Self.digest), day: 2026-11-01, "
                    + "signer: grace}]")
        }
    }

    /// As YAML takes it between double quotes.
    private func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
