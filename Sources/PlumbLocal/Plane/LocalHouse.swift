// Puts the embedded engine together: state, identity, gateway, fleets and plane, in the order they depend on each
// other.

import Foundation
public import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
public import NIOSSL
public import PlumbEngine
public import PlumbModel
public import PlumbStore
public import ServiceLifecycle

/// Where an embedded engine keeps its state and listens.
public struct LocalSettings: Sendable {
    public var folder: String
    public var host: String
    public var port: Int
    public var workerPath: String
    /// Event loops of the gateway.
    public var threads: Int
    public var version: String
    /// Each worker may have so much memory resident; nil leaves it to the instance type.
    public var workerMemoryBytesMax: Int?
    /// How often a worker has to answer the example, in seconds.
    var examinationSeconds = 30.0
    /// The region that signatures of AWS's tools have to name.
    public var region: String
    /// Where the state is shipped to as it changes, and by every engine of this folder from now on.
    public var backup: (any RemotePlace)?
    /// Where checkpoints of the audit log are kept, and how often, in seconds.
    public var anchor: (any RemotePlace)?
    public var anchorSeconds = 300.0
    /// Whether clients are asked for a certificate of the engine's authority.
    public var asksClients = false
    /// Whether only those are answered who show one.
    public var needsClientCertificates = false
    /// NVIDIA's management library.
    var gpuLibrary = ProcessInfo.processInfo.environment[GPULibrary.pathVariable] ?? GPULibrary.fileName
    /// Where spans of requests go; nil where none are recorded.
    public var tracing: TracingSettings?
    /// Where memory that is a file system is looked for, for plain copies of models; nil for Linux's own places.
    public var memoryPlaces: [String]?
    /// What closes the files of the key rings; nil where nothing does.
    public var passphrase: String?
    /// By which instances are metered.
    public var prices = PriceBook.embedded
    /// How old the last recovery drill may become, in seconds; nil where none is asked for.
    public var drillSeconds: Double?
    /// Who is called when somebody acts without a second person, and told of spending.
    public var alarmChannels: [AlarmChannel] = []
    public init(
        folder: String, host: String, port: Int, workerPath: String, threads: Int, version: String,
        region: String = "us-east-1"
    ) {
        self.folder = folder
        self.host = host
        self.port = port
        self.workerPath = workerPath
        self.threads = threads
        self.version = version
        self.region = region
    }
}

/// Everything one embedded engine consists of.
public final class LocalHouse: Sendable {
    public let store: Store
    /// What was practised and reviewed, from the audit log.
    public let practised: FollowedEntries
    let log: Logger
    let folder: String
    let version: String
    let certificates: CertificateAuthority
    let gateway: GatewayState
    /// The tracer of this engine, for libraries; nil where nothing is recorded.
    public let tracer: SpanTracer?
    let engine: LocalEngine
    let launcher: WorkerLauncher
    let tokenPath: String
    let vault: Vault
    let artifacts: ArtifactStore
    let copies: ArtifactCopies
    private let captureService: CaptureService
    let captures: Captures
    let monitor: any TrafficMonitor
    private let gatewayService: GatewayService
    private let incidents: Incidents
    private let group: MultiThreadedEventLoopGroup
    private let host: String
    let settings: LocalSettings
    let notices = KeeperNotices()
    let herald: ChannelHerald
    var alarms: [AlarmService] { herald.channels }
    let tls: NIOLockedValueBox<NIOSSLContext>

    /// Opens the state, makes certificates and the first token when they are missing, and ends what an earlier daemon
    /// left running. Nothing listens or runs yet.
    public init(_ settings: LocalSettings, monitor: any TrafficMonitor, log: Logger) async throws {
        self.settings = settings
        folder = settings.folder
        version = settings.version
        host = settings.host
        self.log = log
        self.monitor = monitor
        store = try Store(folder: settings.folder)
        for note in store.openingNotes { log.warning("\(note)") }
        practised = FollowedEntries(store.reader, actions: Self.practisedActions)
        let handover = try Handover.received()
        let orphans = WorkerLauncher.endOrphans(
            of: settings.folder, except: Set(handover?.workers.map(\.processID) ?? []))
        if orphans > 0 { log.warning("ended \(orphans) workers that an earlier daemon left running") }
        let now = Date().timeIntervalSince1970
        certificates = try CertificateAuthority.prepare(
            in: settings.folder, hosts: Self.hosts(settings.host), now: now, asksClients: settings.asksClients)
        tls = NIOLockedValueBox(try certificates.serverContext())
        vault = try Vault(folder: settings.folder, at: now, passphrase: settings.passphrase)
        try await store.seal(with: vault)
        artifacts = try ArtifactStore(folder: settings.folder, vault: vault)
        copies = try ArtifactCopies(of: artifacts, home: settings.folder, places: settings.memoryPlaces)
        // What an earlier daemon left; workers that are handed over still read theirs.
        if handover?.workers.isEmpty ?? true { copies.sweep() }
        launcher = try WorkerLauncher(
            settings, artifacts: artifacts, copies: copies,
            confinement: await Confinement.find(
                worker: settings.workerPath, folders: [settings.folder, RunFolder.path(for: settings.folder)],
                models: copies.folder))
        tokenPath = "\(settings.folder)/token"
        let tokens = TokenRegistry()
        let processes = ProcessBook()
        tracer = settings.tracing.map { SpanTracer(sampleRatio: $0.sampleRatio) }
        gateway = GatewayState(
            tokens: tokens, accessKeys: AccessKeyRegistry(region: settings.region),
            secondsSinceEpoch: Date().timeIntervalSince1970,
            accessLog: try AccessLog.asked(by: ProcessInfo.processInfo.environment), tracer: tracer,
            gpuLibrary: settings.gpuLibrary, needsCertificates: settings.needsClientCertificates
        ) { processes.suspect($0) }
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, settings.threads))
        let gateway = gateway
        let notices = notices
        herald = ChannelHerald(
            settings.alarmChannels, store: store, notices: notices, now: { gateway.seconds() }, log: log)
        incidents = Incidents(ledger: StoreLedger(store: store), now: { gateway.seconds() }, log: log)
        engine = LocalEngine(
            gateway: gateway, launcher: launcher, copies: copies, processes: processes, monitor: monitor,
            baselines: BaselineFiles(artifacts: artifacts), group: group, adoptable: handover?.workers ?? [],
            incidents: incidents, log: log)
        captures = try Captures(folder: settings.folder, vault: vault)
        captureService = CaptureService(gateway: gateway, captures: captures, monitor: monitor, log: log)
        // Clients that wait already are let in once everything that was handed over answers.
        let given = handover == nil ? ListeningSocket.given() : nil
        let endpoints = Set(
            try await given == nil
                ? handover?.workers.map(\.endpoint) ?? []
                : StoreLedger(store: store).load()
                    .filter { $0.active != nil && $0.parking?.isAway != true }.map(\.name))
        gatewayService = GatewayService(
            state: gateway, tls: tls, host: settings.host, port: settings.port, group: group,
            handedOver: handover?.listener ?? given, isServing: { endpoints.allSatisfy { gateway.isServing($0) } },
            log: log)
        try await loadCallers(into: tokens)
    }

    private func loadCallers(into tokens: TokenRegistry) async throws {
        try await loadTokens(into: tokens)
        try await loadAccessKeys()
        try await loadPrincipals()
    }

    private static let practisedActions: Set<String> = [
        "drill.dr", "drill.failover", "drill.rollback", "cost.review",
    ]

    /// The plane over the endpoints on record, and the services to run, in order of dependence.
    public func furnish() async throws -> (plane: LocalPlane, services: [any Service]) {
        // Once, and before anybody waits for it.
        _ = try practised.newest(1)
        let records = try await StoreLedger(store: store).load()
        let plane = LocalPlane(self, records: records)
        // Shut down in reverse: runners first, then the gateway drains, then the workers end.
        let gateway = gateway
        let renewal = CertificateRenewal(
            folder: folder, hosts: Self.hosts(host), asksClients: certificates.asksClients,
            tell: { days in gateway.certificateDays.withLockedValue { $0 = days } }, context: tls,
            now: { gateway.seconds() }, log: log)
        for review in gateway.principals.read({ $0.reviews.values }) {
            for alarm in alarms { alarm.raise(EngineAlarm(review)) }
        }
        try await herald.resume(at: now())
        return (
            plane,
            try await keepers() + alarms + [
                incidents, engine, renewal, captureService, gateway.frontDesk, gatewayService, plane,
            ]
        )
    }

    /// What carries the state and the proofs of it elsewhere. Last to be shut down, so that it sees everything.
    private func keepers() async throws -> [any Service] {
        var keepers: [any Service] = []
        let gateway = gateway
        if let place = settings.backup {
            try Backup.setTarget(of: folder, to: place.address)
            let backup = BackupService(
                backup: try Backup(of: store, to: place, at: now(), passphrase: settings.passphrase),
                notices: notices, now: { gateway.seconds() }, log: log)
            try await backup.begin(home: folder)
            keepers.append(backup)
        }
        if let tracer, let tracing = settings.tracing {
            keepers.append(
                try SpanService(tracer, settings: tracing, folder: folder, version: version, log: log))
        }
        if let anchor = settings.anchor {
            keepers.append(
                AnchorService(
                    reader: store.reader, place: anchor, pauseSeconds: settings.anchorSeconds, notices: notices,
                    log: log))
        }
        return keepers
    }

    /// Ends this program by becoming `executable`, with the same process id, listening socket and workers. New
    /// connections wait meanwhile; requests under way are answered first. Returns only by throwing.
    public func handOver(to executable: String, arguments: [String]) async throws {
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw PlumbError(.notFound, "\(executable) cannot be run")
        }
        try await store.append([AuditEntry(at: now(), actor: "plumb", action: "handOver", subject: "engine")])
        let listener = try await gatewayService.handOver()
        let handover = Handover(listener: listener, workers: await engine.workersToHandOver())
        try store.close()
        try handover.become(executable, arguments: arguments)
    }

    /// Lets go of the threads and the state; to be called after the services have ended.
    public func close() async throws {
        try await group.shutdownGracefully()
        launcher.removeGoldenFiles()
        copies.end()
        try store.close()
    }

    func makeRunner(_ record: EndpointRecord) -> EndpointRunner {
        let gateway = gateway
        return EndpointRunner(
            record, engine: engine, ledger: StoreLedger(store: store), now: { gateway.seconds() }, log: log)
    }

    func now() -> Double { gateway.seconds() }

    /// The certificate of this engine, for another listener; the one that is in service when it is asked for.
    public var serverContext: @Sendable () -> NIOSSLContext {
        let tls = tls
        return { tls.withLockedValue { $0 } }
    }

    var gatewayPort: Int? { gatewayService.listeningPort }
    var gatewayAddress: String { "https://\(host.contains(":") ? "[\(host)]" : host):\(gatewayPort ?? 0)" }

    /// Takes a copy of the model artefact and answers its digest; of a command, the digest of its words.
    func takeIn(_ spec: Spec, folder: String) throws(PlumbError) -> String {
        if spec.model.isMultiModel { return try takeInModels(spec, folder: folder) }
        if let command = spec.model.command { return TokenRegistry.digest(of: command.joined(separator: "\0")) }
        guard let path = spec.model.path else {
            throw PlumbError(.invalidInput, "the spec names neither model.path nor model.command")
        }
        guard !path.contains("://") else {
            throw PlumbError(
                .unsupported, "the embedded engine reads model files from this machine, not \(path)",
                hint: "write model.path: FILE.onnx, or give the endpoint to AWS", at: spec.place(of: "model.path"))
        }
        return try artifacts.add(fileAt: WorkerLauncher.absolute(path, from: folder))
    }

    /// Takes a copy of every model of a folder, and answers the digest of their list.
    private func takeInModels(_ spec: Spec, folder: String) throws(PlumbError) -> String {
        guard let path = spec.model.path, !path.contains("://") else {
            throw PlumbError(
                .unsupported, "the embedded engine serves a multi-model endpoint from a folder of ONNX files here",
                hint: "write model.path: FOLDER, and no model.command", at: spec.place(of: "model.multiModel"))
        }
        return try artifacts.add(modelsIn: WorkerLauncher.absolute(path, from: folder))
    }

    /// Keeps the example request's file with the revision; nil when the spec holds the request itself.
    func takeInExample(of revision: Revision) throws(PlumbError) -> String? {
        guard let file = revision.spec.example.file else { return nil }
        return try artifacts.add(fileAt: revision.absolute(file))
    }

    /// Keeps the files of the revision's baseline with it; nil when the spec names none.
    ///
    /// Throws `notFound` when `statistics.json` is not there.
    func takeInBaseline(of revision: Revision) throws(PlumbError) -> Revision.Baseline? {
        guard let folder = revision.spec.drift.baseline else { return nil }
        guard !folder.contains("://") else {
            throw PlumbError(
                .unsupported, "the embedded engine reads baselines from this machine, not \(folder)",
                hint: "write drift.baseline: FOLDER, made by plumb drift baseline DATA",
                at: revision.spec.place(of: "drift.baseline"))
        }
        let path = revision.absolute(folder)
        let statistics = try artifacts.add(fileAt: "\(path)/statistics.json")
        func optional(_ name: String) throws(PlumbError) -> String? {
            guard FileManager.default.fileExists(atPath: "\(path)/\(name)") else { return nil }
            return try artifacts.add(fileAt: "\(path)/\(name)")
        }
        return Revision.Baseline(
            statisticsDigest: statistics, constraintsDigest: try optional("constraints.json"),
            referenceDigest: try optional("plumbline_reference.json"))
    }

    /// Erases what was captured of one subject and answers how many records that were.
    func eraseCaptures(ofSubject subject: String) async throws(PlumbError) -> Int {
        try await captureService.erase(subject: subject)
    }

    func removeArtifacts(except needed: Set<String>) throws(PlumbError) { try artifacts.prune(keeping: needed) }

    func tryHandshakes() async -> (accepted: [String], refused: [String]) {
        guard let gatewayPort else { return ([], []) }
        return await HandshakeProbe.run(
            host: host, port: gatewayPort, authorityPath: certificates.authorityPath, on: group.next())
    }

    // MARK: - Identity

    private static func hosts(_ host: String) -> [String] {
        var names = ["localhost", "127.0.0.1", "::1"]
        if !names.contains(host) { names.append(host) }
        return names
    }

    private struct TokenRecord: Codable, Sendable {
        var name: String
        var digest: String
    }

    /// The tokens on record; on first run one is made and its text written to a file only the owner can read.
    private func loadTokens(into registry: TokenRegistry) async throws {
        var records = try await store.records("token", as: TokenRecord.self)
        if records.isEmpty || !FileManager.default.fileExists(atPath: tokenPath) {
            let token = TokenRegistry.make()
            let record = TokenRecord(name: "first", digest: TokenRegistry.digest(of: token))
            try AtomicFile.write(Data(token.utf8), to: tokenPath)
            try await store.save(
                "token", ["first": record],
                audit: [
                    AuditEntry(at: now(), actor: "plumb", action: "token.made", subject: "token/first")
                ])
            records["first"] = record
        }
        for record in records.values {
            registry.add(digest: record.digest, holder: TokenHolder(name: record.name))
        }
    }
}
