// What lets a promotion through.

import PlumbFormats
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct PromotionTests {
    private static let now = Double(BaseSpec.today.daysSinceEpoch) * 86_400 + 43_200

    /// A run in staging that may go on.
    private static func run(of spec: Spec) throws -> StagedRun {
        var run = StagedRun(endpoint: spec.name, environment: .staging, origin: "digits r3 on .plumb")
        run.modelDigest = .known(try #require(spec.model.digest))
        run.image = .known(try #require(spec.model.image))
        run.configuration = .known(ServedConfiguration(spec))
        run.servesSince = .known(now - 61 * 60)
        run.failing = []
        return run
    }

    private static func rules(
        overlay: String = "", _ change: (inout StagedRun) -> Void = { _ in }
    ) throws -> [String: Verdict] {
        var spec = try BaseSpec.spec(overlay: overlay)
        var run = try run(of: try BaseSpec.spec(in: .staging))
        change(&run)
        let digest: Fact<String> = spec.model.digest.map { .known($0) } ?? .absent
        let deployed = spec
        spec.provenance?.staging = Promotion.record(of: run, for: deployed, at: now)
        let assessment = PolicyBook.assess(
            Architecture.compile(spec, asOf: BaseSpec.today), path: "plumb.yaml", diagnostics: [])
        let rules = Promotion.rules(run, to: deployed, modelDigest: digest, under: assessment, at: now)
        for rule in rules where !rule.isMet { #expect(!rule.told.isEmpty && !rule.remedy.isEmpty, "\(rule)") }
        return Dictionary(uniqueKeysWithValues: rules.map { ($0.id, $0.verdict) })
    }

    private static func unmet(_ rules: [String: Verdict]) -> [String] {
        rules.filter { $0.value == .fails || $0.value == .unknown }.keys.sorted()
    }

    @Test func whatRanBelowGoesOn() throws {
        let rules = try Self.rules()
        #expect(Self.unmet(rules).isEmpty, "\(rules)")
        #expect(rules.count == 10 && rules["OPS-3.5"] == .holds)
    }

    @Test func anotherModelOrImageDoesNot() throws {
        let other = String(repeating: "ab", count: 32)
        #expect(
            Self.unmet(try Self.rules { $0.modelDigest = .known(other) }) == ["OPS-3.5", "load test", "model"])
        #expect(Self.unmet(try Self.rules { $0.image = .known("r/i@sha256:\(other)") }) == ["OPS-3.5", "image"])
        #expect(try Self.rules { $0.image = .absent }["image"] == .unknown)
    }

    @Test func sizesMayDifferAndNothingElse() throws {
        #expect(Self.unmet(try Self.rules(overlay: "instances: {maximum: 3}")).isEmpty)
        let other = try Self.rules(overlay: "limits: {timeout: 3s}")
        #expect(Self.unmet(other) == ["configuration"])
        #expect(try Self.rules { $0.configuration = .unknown("no tag") }["configuration"] == .unknown)
    }

    @Test func anHourIsAnHour() throws {
        #expect(Self.unmet(try Self.rules { $0.servesSince = .known(Self.now - 3_600) }).isEmpty)
        #expect(
            Self.unmet(try Self.rules { $0.servesSince = .known(Self.now - 3_599) }) == ["OPS-3.5", "soak"])
        #expect(try Self.rules { $0.servesSince = .unknown("nobody knows") }["soak"] == .unknown)
        // A clock that was set back makes nobody older.
        #expect(try Self.rules { $0.servesSince = .known(Self.now + 900) }["soak"] == .fails)
    }

    @Test func troubleBelowStopsIt() throws {
        #expect(try Self.rules { $0.troubles = ["ErrorRate is in ALARM"] }["checks"] == .fails)
        #expect(try Self.rules { $0.failing = ["SEC-1.1"] }["checks"] == .fails)
        #expect(try Self.rules { $0.failing = nil }["checks"] == .unknown)
    }

    @Test func anAuthorDoesNotApprove() throws {
        let rules = try Self.rules(
            overlay: "provenance: {commit: 0123456789abcdef, pullRequest: '7', author: ada, approver: Ada, "
                + "treeClean: true}")
        #expect(rules["OPS-3.4"] == .fails)
    }

    @Test func aBrokenControlStopsIt() throws {
        #expect(Self.unmet(try Self.rules(overlay: "alarms: {notify: []}")).contains("policies"))
    }

    @Test func aWaiverOfTheControlIsOneOfTheseRules() throws {
        let waiver =
            "waivers: [{control: OPS-3.5, owner: ops@example.org, reason: staging is gone, expires: 2026-12-31}]"
        let rules = try Self.rules(overlay: waiver) { $0.servesSince = .known(Self.now - 60) }
        #expect(rules["soak"] == .waived && rules["OPS-3.5"] == .waived && Self.unmet(rules).isEmpty, "\(rules)")
        // What is not known is not accepted.
        #expect(Self.unmet(try Self.rules(overlay: waiver) { $0.modelDigest = .unknown("no") }).contains("model"))
    }

    @Test func theRecordIsWhatTheRulesFound() throws {
        let spec = try BaseSpec.spec()
        var run = try Self.run(of: spec)
        run.troubles = ["its state is Updating"]
        let record = Promotion.record(of: run, for: spec, at: Self.now)
        #expect(record.soakMinutes == 61 && record.loadTested == true && record.checksPassed == false)
        #expect(record.modelDigest == spec.model.digest && record.day == BaseSpec.today)
        #expect(spec.model.image?.hasSuffix(record.imageDigest ?? "?") == true)
    }
}
