// What people can ask of the embedded engine, checked, written down and done.

import Foundation
import Logging
import NIOCore
public import PlumbEngine
public import PlumbModel
import PlumbSignals
import PlumbStore
public import ServiceLifecycle

/// The control plane of one daemon: one runner for each endpoint, over one store.
public actor LocalPlane: ControlPlane, Service {
    let house: LocalHouse
    private let ledger: StoreLedger
    private let engine: LocalEngine
    let books: SpendDesk
    /// The past of the endpoints.
    let chronicle: HistoryDesk
    let log: Logger
    let startedAt: Double
    private(set) var runners: [String: EndpointRunner] = [:]
    private let starts: AsyncStream<EndpointRunner>
    private let startsContinuation: AsyncStream<EndpointRunner>.Continuation
    /// Deployments whose artefacts are taken in and not on record yet, and how many there ever were.
    private var deploymentsUnderWay = 0
    private var deploymentsBegun = 0
    private var onShutDown: (@Sendable () -> Void)?
    private var auditProof: AuditProofOfAll?
    /// Endpoints of one daemon.
    private static let endpointsMax = 250

    init(_ house: LocalHouse, records: [EndpointRecord]) {
        self.house = house
        ledger = StoreLedger(store: house.store)
        engine = house.engine
        log = house.log
        startedAt = house.now()
        let gateway = house.gateway
        books = SpendDesk(
            ledger: StoreLedger(store: house.store), prices: house.settings.prices, herald: house.herald,
            now: { gateway.seconds() }, log: house.log)
        chronicle = HistoryDesk(ledger: StoreLedger(store: house.store))
        (starts, startsContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.endpointsMax))
        for record in records {
            let runner = house.makeRunner(record)
            runners[record.name] = runner
            startsContinuation.yield(runner)
        }
    }

    /// Runs every endpoint's runner until the engine is shut down.
    public func run() async throws {
        let starts = starts
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepBooks() }
            group.addTask { await self.keepHistory() }
            for await runner in starts.cancelOnGracefulShutdown() {
                group.addTask { await runner.run(clock: ContinuousClock()) }
            }
            group.cancelAll()
        }
    }

    /// Called when a person asks the engine to end.
    public func whenShutDown(_ action: @escaping @Sendable () -> Void) { onShutDown = action }

    // MARK: - ControlPlane

    public func deploy(_ request: DeploymentRequest, by actor: String) async throws -> DeploymentReceipt {
        deploymentsUnderWay += 1
        deploymentsBegun += 1
        defer { deploymentsUnderWay -= 1 }
        do {
            let receipt = try await begin(request, by: actor)
            await removeOldArtifacts()
            return receipt
        } catch let error as PlumbError {
            try await refused("deploy", request.spec.name, error, by: actor)
            await forgetIfEmpty(request.spec.name)
            throw error
        }
    }

    /// Removes the artefacts of revisions that are forgotten; one that serves, is warm or may be returned to is on
    /// record. While another deployment is taking its artefact in, nothing is removed: the next one will do it.
    private func removeOldArtifacts() async {
        let begun = deploymentsBegun
        var needed: Set<String> = []
        for runner in runners.values { needed.formUnion(await runner.record.artifactDigests) }
        guard deploymentsUnderWay == 1, deploymentsBegun == begun else { return }
        do {
            try house.removeArtifacts(except: needed)
        } catch {
            log.warning("old artefacts are still there: \(error)")
        }
    }

    /// A first deployment that was refused leaves no endpoint behind.
    private func forgetIfEmpty(_ endpoint: String) async {
        guard let runner = runners[endpoint], await runner.record.revisions.isEmpty else { return }
        runners[endpoint] = nil
        await runner.retire()
    }

    private func begin(_ request: DeploymentRequest, by actor: String) async throws -> DeploymentReceipt {
        let spec = request.spec
        let runner = try runner(for: spec)
        let record = await runner.record
        let arithmetic = RolloutArithmetic(spec, replacesRevision: record.active != nil)
        if let objection = (arithmetic.objections + ScheduleExpression.objections(to: spec)).first {
            throw PlumbError(.invalidInput, objection.message, hint: objection.hint, at: objection.place)
        }
        let digest = try house.takeIn(spec, folder: request.folder)
        if let declared = spec.model.digest, declared != digest {
            throw PlumbError(
                .refused, "the model's digest is \(digest), the spec says \(declared)",
                hint: "deploy the artefact that was reviewed, or have the new one reviewed",
                at: spec.place(of: "model.digest"))
        }
        var revision = Revision(
            number: record.nextNumber, spec: spec, modelDigest: digest, createdAt: house.now(), author: actor,
            folder: request.folder)
        revision.exampleDigest = try house.takeInExample(of: revision)
        revision.baseline = try house.takeInBaseline(of: revision)
        try house.launcher.check(revision)
        let order = try await runner.deploy(
            revision, by: actor,
            details: ["modelDigest": digest, "environment": spec.environment.rawValue])
        return DeploymentReceipt(
            endpoint: spec.name, revision: revision.number, replaces: order.old, arithmetic: arithmetic)
    }

    public func rollback(
        _ endpoint: String, to revision: Int?, reason: String, by actor: String
    ) async throws -> DeploymentReceipt {
        do {
            let runner = try endpointRunner(endpoint)
            let order = try await runner.rollBack(to: revision, reason: reason, by: actor)
            let record = await runner.record
            guard let spec = record.revision(order.new)?.spec else {
                throw PlumbError(.internalFault, "revision r\(order.new) is not on record")
            }
            return DeploymentReceipt(
                endpoint: endpoint, revision: order.new, replaces: order.old,
                arithmetic: RolloutArithmetic(spec, replacesRevision: false))
        } catch let error as PlumbError {
            try await refused("rollback", endpoint, error, by: actor)
            throw error
        }
    }

    public func steer(
        _ endpoint: String, _ command: RolloutCommand, reason: String, by actor: String
    ) async throws -> DeploymentReceipt {
        do {
            let runner = try endpointRunner(endpoint)
            let order = try await runner.steer(command, reason: reason, by: actor)
            guard let spec = await runner.record.revision(order.new)?.spec else {
                throw PlumbError(.internalFault, "revision r\(order.new) is not on record")
            }
            return DeploymentReceipt(
                endpoint: endpoint, revision: order.new, replaces: order.old,
                arithmetic: RolloutArithmetic(spec, replacesRevision: order.old != nil))
        } catch let error as PlumbError {
            try await refused("rollout.\(command.rawValue)", endpoint, error, by: actor)
            throw error
        }
    }

    public func scale(
        _ endpoint: String, to count: Int, reason: String, by actor: String
    ) async throws -> ScalingActivity {
        do {
            return try await endpointRunner(endpoint).setCount(count, reason: reason, by: actor)
        } catch let error as PlumbError {
            try await refused("scale", endpoint, error, by: actor)
            throw error
        }
    }

    public func remove(_ endpoint: String, by actor: String) async throws {
        do {
            let runner = try endpointRunner(endpoint)
            try await runner.remove(by: actor)
            runners[endpoint] = nil
            await engine.forget(endpoint)
            try await chronicle.forget(endpoint)
        } catch let error as PlumbError {
            try await refused("remove", endpoint, error, by: actor)
            throw error
        }
    }

    public func status() async throws -> EngineStatus {
        var endpoints: [EndpointStatus] = []
        for name in runners.keys.sorted() {
            if let runner = runners[name] { endpoints.append(try await status(of: runner)) }
        }
        return EngineStatus(
            version: house.version, processID: Int(getpid()), startedAt: startedAt, gateway: house.gatewayAddress,
            certificateAuthorityPath: house.certificates.authorityPath, tokenPath: house.tokenPath,
            endpoints: endpoints, isolation: house.launcher.confinement.text, gpus: house.gateway.gpus.text,
            notices: try notices())
    }

    public func status(of endpoint: String) async throws -> EndpointStatus? {
        guard let runner = runners[endpoint] else { return nil }
        return try await status(of: runner)
    }

    public func graph(of endpoint: String?) async throws -> Graph {
        try await graph(of: endpoint, auditProvenWithin: 0)
    }

    /// How long the audit log was when all of it was recomputed, and when that was.
    private struct AuditProofOfAll {
        var entries: Int
        var hash: String
        var verified: Int
        var at: Double
    }

    private func auditProof(within seconds: Double) async throws -> AuditProofOfAll {
        if let auditProof, house.now() - auditProof.at < seconds { return auditProof }
        let at = house.now()
        let head = try await house.store.auditHead()
        let verified = try await house.store.verifyAudit()
        let proof = AuditProofOfAll(entries: head.entries, hash: head.hash, verified: verified, at: at)
        auditProof = proof
        return proof
    }

    /// The same, with a proof of the audit log that may be so many seconds old: to recompute a long log takes longer
    /// than everything else, and it is the same for every endpoint.
    public func graph(of endpoint: String?, auditProvenWithin seconds: Double) async throws -> Graph {
        let day = Day(secondsSinceEpoch: house.now())
        let records = try await records(of: endpoint)
        var graph = Graph(source: .engine, environment: records.first?.environment ?? .production, asOf: day)
        let handshake = await house.tryHandshakes()
        graph.entryPoints.append(
            EngineGraph.gateway(
                addresses: [house.gatewayAddress], minimumTLS: handshake.accepted.first ?? "none"))
        let proof = try await auditProof(within: seconds)
        let drill = try lastRecoveryDrill()
        for record in records {
            guard let runner = runners[record.name] else { continue }
            EngineGraph.add(record, try await evidence(for: record, runner), to: &graph, on: day)
            if let drill { graph.takeIn(drill, of: record.name) }
            try takeInDrills(of: record.name, into: &graph)
            func add(_ kind: Evidence.Kind, _ numbers: [String: Double], _ texts: [String: String]) {
                graph.evidence.append(
                    Evidence(
                        kind, endpointName: record.name, day: day, origin: "engine", numbers: numbers, texts: texts))
            }
            add(
                .handshake, ["port": Double(house.gatewayPort ?? 0)],
                [
                    "accepted": handshake.accepted.joined(separator: ","),
                    "refused": handshake.refused.joined(separator: ","),
                ])
            add(.audit, ["entries": Double(proof.entries), "verified": Double(proof.verified)], ["head": proof.hash])
            add(
                .state, ["revisionsKept": Double(record.revisions.count { $0.number != record.active })],
                [
                    "encryption": "AES-256-GCM, each with a key of its own under version \(house.vault.keyVersion)",
                    "artefactEncryption": try artefactEncryption(), "path": house.folder,
                ])
            add(
                .access, [:],
                [
                    "authentication": "signed tokens that expire, AWS Signature Version 4, client certificates",
                    "roles": AccessRole.allCases.map(\.rawValue).joined(separator: ", "),
                ])
        }
        return graph
    }

    public func auditEntries(limit: Int) async throws -> [AuditEntry] {
        try await house.store.auditEntries(limit: limit)
    }

    /// Actions that are decided outside.
    private static let notedActions: Set<String> = [
        "approve", "promote", "drill.dr", "drill.mark", "drill.failover", "drill.rollback", "drill.start",
        "cost.review",
    ]

    public func note(_ entry: AuditEntry, by actor: String) async throws {
        guard Self.notedActions.contains(entry.action) else {
            throw PlumbError(
                .invalidInput, "'\(entry.action)' is not noted from outside",
                hint: "only \(Self.notedActions.sorted().joined(separator: ", ")) is")
        }
        var entry = entry
        (entry.at, entry.actor) = (house.now(), actor)
        try await ledger.append(entry)
    }

    public func shutDown(by actor: String) async throws {
        try await ledger.append(
            AuditEntry(at: house.now(), actor: actor, action: "shutDown", subject: "engine"))
        onShutDown?()
    }

    // MARK: - Small things

    private func status(of runner: EndpointRunner) async throws -> EndpointStatus {
        let record = await runner.record
        let fleets = try await engine.observe(record.name)
        let second = Int(house.now())
        let traffic = house.gateway.route(record.name)?.withTraffic { traffic in
            traffic.sorted { $0.key < $1.key }.map { number, traffic in
                EndpointStatus.Traffic(lastMinuteOf: traffic, revision: number, endpoint: record.name, at: second)
            }
        }
        let last = record.history.last.map(\.text)
        var status = EndpointStatus(
            record: record, state: record.stateText(ready: fleets), rolloutText: record.rollout?.phaseText ?? last,
            fleets: fleets, alarms: await runner.alarmStates(), traffic: traffic ?? [],
            workers: await engine.instances(of: record.name), spend: metered(record.name))
        if let counters = house.gateway.route(record.name)?.cache.counters, counters.hits + counters.misses > 0 {
            status.cache = EndpointStatus.CacheUse(hits: counters.hits + counters.sampled, misses: counters.misses)
        }
        return status
    }

    private func evidence(for record: EndpointRecord, _ runner: EndpointRunner) async throws -> EndpointEvidence {
        let traffic = house.gateway.route(record.name)?.withTraffic { $0[record.active ?? 0] }
        let totals = traffic?.requests.totals
        let instances = await engine.instances(of: record.name)
        var evidence = EndpointEvidence(
            fleets: try await engine.observe(record.name), alarms: await runner.alarmStates(),
            metricNames: RequestMetric.allCases.map(\.rawValue) + ["ProbeSuccess"],
            requests: Int(totals?.requests ?? 0),
            good: Int((totals?.requests ?? 0) - (totals?.serverErrors ?? 0)),
            measuredDays: (house.now() - startedAt) / 86_400, startSeconds: instances.compactMap(\.startSeconds).max())
        evidence.spend = metered(record.name)
        evidence.subscribers = budgetSubscribers
        evidence.offHoursRunning = record.offHoursRunning(workers: instances.count, at: house.now()).map { Double($0) }
        return evidence
    }

    func records(of endpoint: String?) async throws -> [EndpointRecord] {
        if let endpoint { return [await (try endpointRunner(endpoint)).record] }
        var records: [EndpointRecord] = []
        for name in runners.keys.sorted() {
            if let runner = runners[name] { records.append(await runner.record) }
        }
        return records
    }

    func endpointRunner(_ endpoint: String) throws(PlumbError) -> EndpointRunner {
        if let runner = runners[endpoint] { return runner }
        let known = runners.keys.sorted().joined(separator: ", ")
        throw PlumbError(
            .notFound, "there is no endpoint '\(endpoint)'",
            hint: known.isEmpty ? "plumb deploy SPEC makes one" : "there is \(known)")
    }

    private func runner(for spec: Spec) throws(PlumbError) -> EndpointRunner {
        if let runner = runners[spec.name] { return runner }
        guard runners.count < Self.endpointsMax else {
            throw PlumbError(.refused, "this engine has \(Self.endpointsMax) endpoints already")
        }
        let runner = house.makeRunner(EndpointRecord(name: spec.name, environment: spec.environment))
        runners[spec.name] = runner
        startsContinuation.yield(runner)
        return runner
    }

    func refused(_ action: String, _ endpoint: String, _ error: PlumbError, by actor: String) async throws {
        try await ledger.append(
            AuditEntry(
                at: house.now(), actor: actor, action: action, subject: "endpoint/\(endpoint)", outcome: .denied,
                details: ["reason": error.message]))
    }
}

extension EndpointRecord {
    /// SageMaker's word for the endpoint's state.
    func stateText(ready fleets: [FleetObservation]) -> String {
        if let rollout {
            if case .rollingBack = rollout.phase { return "RollingBack" }
            return active == nil ? "Creating" : "Updating"
        }
        guard let active else { return history.isEmpty ? "Creating" : "Failed" }
        // SageMaker's word for one that cannot take requests; it has none for one that is not to.
        if parking?.isAway == true { return "OutOfService" }
        if parking?.machine.phase == .starting { return "Updating" }
        return (fleets.first { $0.revision == active }?.ready ?? 0) > 0 ? "InService" : "Failed"
    }
}

extension RolloutRecord {
    /// How it ended, with the seconds that matter.
    var text: String {
        switch outcome {
        case .promoted: return "r\(new) became active"
        case .rolledBack(let reason):
            var times = ""
            if let detectedAt, let movedAt {
                if let faultAt { times += " Detected \(Self.tenths(detectedAt - faultAt)) s after the first fault," }
                times += " traffic back \(Self.tenths(movedAt - detectedAt)) s later."
            }
            return "r\(new) was rolled back: \(reason)." + times
        }
    }

    private static func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }
}

extension EndpointStatus.Traffic {
    /// The last whole minute of a revision.
    init(lastMinuteOf traffic: RevisionTraffic, revision: Int, endpoint: String, at second: Int) {
        let identity = VariantIdentity(
            endpoint: endpoint, variant: Revision.variantName, config: traffic.configName)
        let metrics = RequestMetrics(
            endpoint: endpoint, variant: Revision.variantName, recorders: [traffic.configName: traffic.requests])
        func value(_ metric: RequestMetric, _ statistic: Statistic) -> Double? {
            metrics.datapoint(
                identity.metric(metric), statistic: statistic, periodStart: second - 60, periodSeconds: 60)?.value
        }
        self.init(
            revision: revision, requestsPerSecond: (value(.invocations, .sum) ?? 0) / 60,
            errorPercent: value(.serverErrors, .average).map { $0 * 100 },
            p50Milliseconds: value(.modelLatency, .percentile(rank: 50)).map { $0 / 1000 },
            p99Milliseconds: value(.modelLatency, .percentile(rank: 99)).map { $0 / 1000 })
    }
}
