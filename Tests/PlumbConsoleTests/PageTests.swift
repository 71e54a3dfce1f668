// Whole pages: written for an engine full of endpoints whose names are attacks, and for a large one.

import Foundation
import Logging
import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbConsole
@testable import PlumbEngine

extension SilentPlane: AccessGround, FrontDeskGround {
    func identify(_ call: SignedCall) async throws -> Principal { throw SignInFault.notProven("silent") }
    func complete(_ context: AccessContext, for principal: Principal) async -> AccessContext { context }
    func isUser(_ name: String) async -> Bool { false }
    func digest(of bytes: [UInt8]) async -> String { "" }
    func useApproval(of digest: String, by principal: Principal) async throws -> String? { nil }
    func propose(_ plan: ChangePlan) async throws {}
    func noteDenied(_ request: AccessRequest, why: String, by principal: Principal) async throws {}
    func demandReview(of action: String, reason: String, by principal: Principal) async throws {}
    func now() async -> Double { 1_800_000_000 }
    func region() async -> String { "eu-central-1" }
    func metrics(of endpoint: String) async throws -> (any MetricSource & Sendable)? { nil }
    func nameVariant(_ name: String?, of endpoint: String) async {}
    func deskRecords<Record: Codable & Sendable>(as type: Record.Type) async throws -> [String: Record] { [:] }
    func saveDesk<Record: Codable & Sendable>(_ changes: [String: Record?], audit: [AuditEntry]) async throws {}
}

private struct NoDrills: DrillGround {
    func latest() -> DrillRun? { nil }
    func start(_ run: DrillRun) throws {}
}

private struct NoFace: FrontDesk {
    func answer(_ call: SignedCall) async -> CallAnswer { CallAnswer(status: 404, headers: [], body: []) }
}

struct PageTests {
    private static let now = 1_800_000_000.0
    private static let attacks = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)' autofocus='",
        "javascript:alert(1)", "{{formToken}}", "{{{user}}}", "a\u{202E}gnp.exe", "../../etc/passwd", "%3Cscript%3E",
        "</title><script>x</script>", "a b&c=d#e?f", "\u{0}\u{1B}[31m",
    ]

    private static let policies: [Policy] = {
        let pillars: [(String, Policy.Pillar)] = [
            ("OPS", .operationalExcellence), ("SEC", .security), ("REL", .reliability),
            ("PERF", .performanceEfficiency), ("COST", .costOptimization),
        ]
        return pillars.flatMap { short, pillar in
            (1...3).map { number in
                Policy(
                    "\(short)-\(number)", pillar, "Something must hold, and is said in a sentence of this length.",
                    controls: (1...6).map { control in
                        Control(
                            "\(short)-\(number).\(control)", "A statement", severities: Severities(production: .high),
                            provableAt: [.engine], seed: "The seed's words", remedy: "Mend it", holds: [], fails: []
                        ) { _ in [] }
                    })
            }
        }
    }()

    private static func site() throws -> Site {
        let plane = SilentPlane()
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try Site(
            ConsoleGround(
                plane: plane, policies: policies, judge: { _ in throw SilentPlane.Silence() },
                audit: { _, _ in [] }, practised: { _ in [] }, entry: { _ in nil }, proof: { _ in "" },
                checkpoint: { "" },
                estimate: { _ in nil }, drills: NoDrills()),
            desk: ControlDesk(plane, face: NoFace(), log: log), log: log)
    }

    private static func visit(as name: String) throws -> Visit {
        var book = SessionBook()
        let session = book.open(.owner(name), at: now)
        return Visit(
            session: try #require(session), principal: Principal.owner(named: name),
            call: SignedCall(
                method: "GET", uri: "/", headers: [], body: [], caller: .failure(SignatureRefusal("", "")),
                requestID: "r"), now: now, query: [:])
    }

    private static func status(_ name: String, rollouts: Int) -> EndpointStatus {
        var record = EndpointRecord(name: name, environment: .production)
        record.active = 2
        var spec = Spec.sample(name: name)
        spec.team = name
        spec.waivers = [
            Waiver(control: "OPS-1.1", owner: name, reason: name, expires: Day(secondsSinceEpoch: now + 86_400))
        ]
        var provenance = Provenance()
        (provenance.commit, provenance.author, provenance.approver) = (name, name, name)
        spec.provenance = provenance
        record.revisions = [.sample(1, spec), .sample(2, spec)]
        record.history = (0..<rollouts).map { number in
            RolloutRecord(
                new: number, old: number - 1, isRollback: false, startedAt: now - 3600, endedAt: now - Double(number),
                outcome: number % 2 == 0 ? .promoted : .rolledBack(reason: name))
        }
        record.scaling = ScalingMachine(ScalingPlan(spec), count: 2, at: now)
        return EndpointStatus(
            record: record, state: "InService", rolloutText: name,
            fleets: [FleetObservation(revision: 2, desired: 2, ready: 2, readyZones: 2, weight: 100, failure: name)],
            alarms: [.init(name: name, state: .alarm, reason: name)],
            traffic: [
                .init(
                    revision: 2, requestsPerSecond: 1.5, errorPercent: 0, p50Milliseconds: 1, p99Milliseconds: 9)
            ],
            workers: [
                WorkerStatus(
                    id: name, revision: 2, zone: name, processID: 1, state: .ready, restarts: 0, startSeconds: 1,
                    trouble: name, troubleAt: now)
            ])
    }

    private static func assessment(_ name: String) -> Assessment {
        let verdicts = policies.map { policy in
            PolicyVerdict(
                id: policy.id, pillar: policy.pillar.rawValue, title: policy.title, verdict: .unknown,
                controls: policy.controls.map { control in
                    ControlVerdict(
                        id: control.id, statement: control.statement, verdict: .unknown, severity: .high,
                        judgements: [Judgement(.unknown, name, at: Place(file: name, line: 1), name, fix: name)])
                })
        }
        return Assessment(
            source: .engine, path: name, environment: .production, environmentIsAssumed: false, policies: verdicts,
            findings: policies.map {
                Finding(
                    control: "\($0.id).1", policy: $0.id, verdict: .unknown, severity: .high, resource: name,
                    place: nil,
                    message: name, fix: name, seed: "")
            }, diagnostics: [])
    }

    private static func engine(_ endpoints: [EndpointStatus]) -> EngineStatus {
        EngineStatus(
            version: "1", processID: 1, startedAt: 0, gateway: "https://127.0.0.1:8443", certificateAuthorityPath: "",
            tokenPath: "", endpoints: endpoints, notices: endpoints.prefix(1).map(\.record.name))
    }

    /// What a page may hold besides text: nothing that a name could have brought in.
    private func check(_ bytes: [UInt8], _ what: String) {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text.matches(of: /<script/).count == 1 && text.contains("<script src=\"/console.js\" defer>"), "\(what)")
        // Between quotation marks anything may stand: what ends them is escaped.
        let tags = text.replacing(/"[^"]*"/, with: "\"\"")
        #expect(!text.contains("<img") && tags.firstMatch(of: /<[a-z][^>]*\s(on[a-z]+|autofocus)=/) == nil, "\(what)")
        #expect(text.firstMatch(of: /(href|src|action)="javascript:/) == nil, "\(what)")
        #expect(text.matches(of: /<title>/).count == 1, "\(what)")
        #expect(!text.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{1B}" || $0 == "\u{0}" }, "\(what)")
    }

    @Test(arguments: attacks)
    func aNameIsTextWhereverItStands(name: String) throws {
        let site = try Self.site()
        let visit = try Self.visit(as: name)
        let status = Self.status(name, rollouts: 3)
        let record = status.record
        site.board.take(Self.assessment(name), of: name, at: Self.now)
        let judged = site.board.judged([name])
        var plan = ChangePlan(
            digest: "0123456789abcdef0123", verb: .deploy, resource: "endpoint/\(name)", environment: .production,
            summary: name, by: Principal.owner(named: name), author: name, at: Self.now)
        plan.proposal = Spec.sample(name: name + "2")
        let user = AccessUser(
            name: name, owner: name, grants: [AccessGrant(id: name, allow: .viewer, on: [name])], createdAt: 0)
        let report = AccessReport(
            users: [user], tokens: [AccessToken(id: name, user: name, issuer: name, issuedAt: 0, expiresAt: 1)],
            keys: [AccessKey(id: name, holder: name, role: .viewer, createdAt: 0, expiresAt: nil)], plans: [plan],
            reviews: [AccessReviewEntry(id: name, action: name, by: Principal.owner(named: name), reason: name, at: 0)],
            keyVersions: [], at: Self.now)
        let entry = AuditEntry(at: 0, actor: name, action: name, subject: name, details: [name: name])
        var search = AuditSearch()
        (search.actor, search.text) = (name, name)
        let lineage = EndpointLineage(record, monitoring: nil, spend: nil, metered: nil, judged: site.board[name])
        let chart = Chart(
            name, unit: name, [.init(name: name, values: [1])], limits: [(name, 1)], end: 0, stepSeconds: 1)
        let endpoint = EndpointPage(status, charts: [chart], lineage: lineage, now: Self.now)
        let home = HomePage(
            Self.engine([status]), of: site.board, Self.policies, access: report, environment: nil, page: 1,
            now: Self.now)
        check(site.write(home, for: visit), "home")
        check(site.write(endpoint, for: visit), "endpoint")
        check(site.write(PoliciesPage(Self.policies, judged, [record], now: Self.now), for: visit), "policies")
        check(site.write(PolicyPage(Self.policies[0], judged), for: visit), "policy")
        check(
            site.write(ControlPage(Self.policies[0].controls[0], of: Self.policies[0], judged), for: visit), "control")
        check(site.write(ApprovalsPage(report, [record], by: visit.principal, now: Self.now), for: visit), "approvals")
        check(site.write(AccessPage(report), for: visit), "access")
        let one = IndexedEntry(index: 1, entry: entry)
        check(site.write(AuditPage(search, days: 1, [one], checkpoint: name), for: visit), "audit")
        check(site.write(AuditEntryPage(one, proof: name), for: visit), "entry")
        var run = DrillRun(kind: .failover, endpoint: name, by: name, startedAt: 0)
        run.text = name
        check(site.write(DrillsPage(run, [entry], Self.engine([status]), now: 0), for: visit), "drills")
        check(site.write(CostPage([status], now: Self.now) { _ in nil }, for: visit), "cost")
        let line = RequestLine(
            id: name, at: 0, caller: name, revision: 1, worker: name, status: 424, milliseconds: 1, requestBytes: 1,
            answerBytes: 1, errorType: name, reason: name)
        check(
            site.write(
                RequestsPage(
                    RequestSearch(id: name), RequestLines(endpoint: name, lines: [line], since: 0, errorsSince: 0)),
                for: visit), "requests")
        check(site.write(SignInPage(code: name, trouble: name), for: nil), "sign-in")
        check(site.write(FaultPage(title: name, heading: name, message: name, hint: name), for: nil), "fault")
        let live = String(decoding: site.writePart(endpoint), as: UTF8.self)
        #expect(!live.contains("<script") && !live.contains("<img"))
    }

    @Test func aPlanIsShownAsTheKeysThatDiffer() {
        var (old, new) = (Spec.sample(), Spec.sample())
        new.alarms.errorRate.threshold = 2
        new.peakRequestsPerSecond = 12
        old.owner = "ann"
        old.places = ["name": Place(file: "a", line: 1)]
        let lines = ApprovalsPage.difference(from: old, to: new)
        #expect(lines.map(\.key) == ["alarms.errorRate.threshold", "owner", "peakRequestsPerSecond"])
        #expect(lines.map(\.old) == ["1", "ann", nil] && lines.map(\.new) == ["2", nil, "12"])
        #expect(ApprovalsPage.difference(from: nil, to: new).count > 50)
        #expect(ApprovalsPage.difference(from: new, to: new).isEmpty)
    }

    @Test func aRolloutIsShownAsItsSteps() throws {
        var spec = RolloutPlan.sample(.linear, step: 50)
        spec.shadow = nil
        let machine = RolloutMachine(
            RolloutOrder(new: 2, old: 1, newCount: 2, oldCount: 2, plan: spec), at: 0)
        let steps = EndpointPage.steps(machine)
        #expect(steps.map(\.text) == ["→ r2 comes up", "50 % of the traffic", "100 % of the traffic", "promotion"])
        #expect(steps.map(\.isNow) == [true, false, false, false])
    }

    /// The board of 200 endpoints, each with all that an engine remembers of it. `PLUMB_BENCHMARK=100 swift test
    /// --filter PageTests` prints how long it takes.
    @Test func theBoardOfALargeEngineIsLight() throws {
        let site = try Self.site()
        let visit = try Self.visit(as: "ada")
        let endpoints = (0..<200).map { Self.status("endpoint-\($0)", rollouts: 20) }
        for endpoint in endpoints {
            site.board.take(Self.assessment(endpoint.record.name), of: endpoint.record.name, at: Self.now)
        }
        func write() -> [UInt8] {
            site.write(
                HomePage(
                    Self.engine(endpoints), of: site.board, Self.policies, access: nil, environment: nil, page: 1,
                    now: Self.now), for: visit)
        }
        let page = write()
        let weight = page.count + SiteFiles.style.count + SiteFiles.script.count + SiteFiles.icon.count
        #expect(weight < 150_000, "\(weight)")
        let times = Int(ProcessInfo.processInfo.environment["PLUMB_BENCHMARK"] ?? "") ?? 0
        guard times > 0 else { return }
        let clock = ContinuousClock()
        let took = (0..<times).map { _ in clock.measure { _ = write() } }.sorted()
        print("the board of 200 endpoints: \(weight) bytes in all, median \(took[times / 2]), worst \(took[times - 1])")
    }
}
