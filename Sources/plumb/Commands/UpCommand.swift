// plumb up: the embedded engine, here, now.

import ArgumentParser
import Foundation
import Logging
import PlumbEngine
import PlumbModel
import ServiceLifecycle
import UnixSignals

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start the embedded engine and deploy specs to it.",
        discussion: """
            Starts one daemon: workers in two failure domains behind a TLS gateway.
            On first run it makes its own certificate authority and a token, in
            files only you can read. What was deployed before comes back.

            Examples:
              plumb up Examples/digits/plumb.yaml            Ctrl-C drains and ends it
              plumb up --detach Examples/digits/plumb.yaml   returns when it answers
            """)

    @Argument(help: "Specs to deploy.") var specs: [String] = []
    @OptionGroup var environment: EnvironmentOption
    @OptionGroup var home: HomeOption
    @Option(name: .long, help: "The address to listen on.") var host = "127.0.0.1"
    @Option(name: .long, help: "The port to listen on; 0 chooses a free one.") var port = 8443
    @Option(help: "The console's port (default: the one after --port); 0 chooses a free one.") var consolePort: Int?
    @Option(help: "The address that the console listens on.") var consoleHost = "127.0.0.1"
    @Flag(inversion: .prefixedNo, help: "Serve the console (docs/CONSOLE.md).") var console = true
    @Option(name: .long, help: "Event loops of the gateway (default: one for each two cores).") var threads: Int?
    @Option(help: "The region that AWS's tools sign their requests for.") var region = "us-east-1"
    @Flag(
        name: .customLong("s3-models"),
        help: "Models created through the AWS face may lie in S3, in the account of this environment.")
    var s3Models = false
    @Option(help: "off, optional or required: certificates of clients, which plumb access cert issue makes.")
    var clientCertificates = ClientCertificates.off
    @Flag(name: .shortAndLong, help: "Run in the background; return once every endpoint answers.") var detach = false
    @Option(name: .long, help: "Memory of one worker in MiB (default: what its instance type has).")
    var workerMemory: Int?
    @Option(help: "Ship the state to this folder or s3://BUCKET/PREFIX as it changes (default: as the last time).")
    var backup: String?
    @OptionGroup var anchoring: AnchorOptions
    @OptionGroup var alarms: AlarmOptions
    @Flag(inversion: .prefixedNo, help: "With --detach: start the engine again when it dies.") var restart = true
    @Option(help: "Record a share from 0 to 1 of the requests as spans, and whatever its client wants recorded.")
    var traceSample: Double?
    @Option(help: "Deliver spans to this OpenTelemetry collector, such as http://127.0.0.1:4318.") var traces: String?
    @Option(help: "A file with the passphrase that closes the key rings (default: $PLUMB_PASSPHRASE, or asked for).")
    var passphraseFile: String?
    @Option(
        help: "Practise a recovery from the backup whenever the last is this old, such as 30d or 12h.",
        transform: { try TimeText.seconds($0, from: "10s", to: "366d") })
    var drillEvery: Double?
    @Flag(name: .long, help: .hidden) var background = false
    /// In the background, and watched by a supervisor that is this very program.
    @Flag(name: .long, help: .hidden) var supervised = false
    /// How long the start of a daemon may take before it is given up, in seconds.
    private static let startSecondsMax = 60.0

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
        guard consolePort.map({ (0...65_535).contains($0) }) ?? true else {
            throw ValidationError("--console-port takes 0 to 65535")
        }
        guard threads.map({ (1...64).contains($0) }) ?? true else { throw ValidationError("--threads takes 1 to 64") }
        guard traceSample.map({ (0...1).contains($0) }) ?? true else {
            throw ValidationError("--trace-sample takes 0 to 1")
        }
        guard workerMemory.map({ $0 >= 16 }) ?? true else { throw ValidationError("--worker-memory takes 16 or more") }
    }

    func run() async throws {
        let loaded = try specs.map { try Composition.loadSpec($0, environment: environment.environment) }
        if !background {
            for spec in loaded { try await DeploymentGate.check(spec) { print($0) } }
        }
        if detach {
            try await startDaemon()
            try await RemotePlane.with(socketPath: home.localSocket) { plane in
                try await deploy(loaded, on: plane)
            }
        } else if background, restart, !supervised {
            try await supervise()
        } else {
            try await serve(loaded)
        }
    }

    /// Opens the port and runs the daemon in a process below this one, which takes no memory worth the name.
    private func supervise() async throws {
        setsid()
        var log = Logger(label: "plumb") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .notice
        let supervisor = Supervisor(
            listener: try Composition.openListener(host: host, port: port), executable: Composition.executablePath,
            arguments: CommandLine.arguments.dropFirst() + ["--supervised"], log: log)
        let code = try await supervisor.run()
        if code != 0 { throw ExitCode(code) }
    }

    // MARK: - In the foreground

    private func serve(_ loaded: [Composition.LoadedSpec]) async throws {
        if background { setsid() }
        Self.raiseDescriptorLimit()
        var log = Logger(label: "plumb") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .notice
        let threads = threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
        let keeping = Composition.Keeping(
            backup: backup.map(Composition.placeAddress), anchoring: anchoring, alarms: alarms,
            passphrase: try Composition.passphraseOrAsk(file: passphraseFile, home: home.folder),
            drillSeconds: drillEvery)
        let line = try Composition.OutsideLine(for: keeping, home: home.folder, log: log)
        let engine: Composition.EmbeddedEngine
        do {
            engine = try await Composition.embeddedEngine(
                home: home.folder, host: host, port: port, threads: threads, region: region,
                readsModelsFromS3: s3Models, clientCertificates: clientCertificates, workerMemoryMiB: workerMemory,
                keeping: keeping,
                console: Composition.ConsolePlace(host: consoleHost, port: consolePort, isOff: !console),
                tracing: try Composition.Tracing(sampleRatio: traceSample, collector: traces), through: line,
                log: log)
        } catch {
            try await line.close()
            throw error
        }
        let plane = engine.plane
        let opening = Opening(
            open: { try await deploy(loaded, on: plane) },
            isServing: {
                // An engine that does not answer serves nothing.
                (try? await plane.status())?.endpoints.contains { $0.record.active != nil } ?? false
            })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (engine.services + [opening, Replacement(replace: engine.replace, log: log)]).map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        await engine.whenShutDown { kill(getpid(), SIGTERM) }
        do {
            try await group.run()
        } catch {
            try await engine.close()
            throw error
        }
        try await engine.close()
    }

    /// Connections are file descriptors: the usual soft limit of 1,024 is less than the gateway takes.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Deploys what is not live already, waits for each, and says how to call it.
    private func deploy(_ loaded: [Composition.LoadedSpec], on plane: some ControlPlane) async throws {
        try await Self.untilListening(plane)
        for spec in loaded {
            if try await isLive(spec, on: plane) {
                print(try await Self.liveText(spec.spec.name, on: plane))
                continue
            }
            guard try await !isUnderWay(spec, on: plane) else {
                print("\(spec.spec.name) is being rolled out as this spec says; plumb status watches it")
                continue
            }
            let receipt = try await plane.deploy(
                DeploymentRequest(spec: spec.spec, folder: spec.folder), by: Actor.name)
            print(DeployCommand.announcement(receipt, spec.spec))
            let ended = try await RolloutWatch.untilEnded(
                receipt, on: plane, timeoutSeconds: Double(spec.spec.rollout.timeoutSeconds) + 300
            ) { print($0) }
            try DeployCommand.conclude(ended, receipt) { print($0) }
        }
        let status = try await plane.status()
        print(Self.greeting(status))
    }

    private func isLive(_ loaded: Composition.LoadedSpec, on plane: some ControlPlane) async throws -> Bool {
        let status = try await plane.status().endpoints.first { $0.record.name == loaded.spec.name }
        guard let record = status?.record, let active = record.revision(record.active) else { return false }
        return active.spec == loaded.spec && active.folder == loaded.folder
            && record.rollout == nil && Composition.isUnchanged(active, in: home.folder)
    }

    private static func liveText(_ name: String, on plane: some ControlPlane) async throws -> String {
        let status = try await plane.status().endpoints.first { $0.record.name == name }
        guard status?.record.parking?.isAway == true else { return "\(name) is live as this spec says" }
        return "\(name) is as this spec says, and parked; plumb start \(name) brings it up"
    }

    /// Whether a rollout of this very spec goes on: a daemon that was killed goes on with it by itself.
    private func isUnderWay(_ loaded: Composition.LoadedSpec, on plane: some ControlPlane) async throws -> Bool {
        let status = try await plane.status().endpoints.first { $0.record.name == loaded.spec.name }
        guard let record = status?.record, let rollout = record.rollout else { return false }
        return record.revision(rollout.order.new)?.spec == loaded.spec
    }

    private static func untilListening(_ plane: some ControlPlane) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(startSecondsMax)
        while clock.now < deadline {
            if try await !plane.status().gateway.hasSuffix(":0") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw PlumbError(.timedOut, "the gateway does not listen after \(Int(startSecondsMax)) s")
    }

    /// Endpoints of which the greeting shows how they are called.
    private static let greetedMax = 3

    private static func greeting(_ status: EngineStatus) -> String {
        var lines = [
            "", "listening on \(status.gateway) (TLS 1.2 and 1.3; authority \(status.certificateAuthorityPath))",
        ]
        for endpoint in status.endpoints.prefix(greetedMax) {
            let name = endpoint.record.name
            lines.append("")
            lines.append("  plumb invoke \(name)")
            lines.append("  curl --cacert \(status.certificateAuthorityPath) \\")
            lines.append("    -H \"Authorization: Bearer $(cat \(status.tokenPath))\" \\")
            if let active = endpoint.record.revision(endpoint.record.active) {
                let example = active.spec.example
                lines.append("    -H 'Content-Type: \(example.contentType)' \\")
                let body = example.file.map { "@" + active.absolute($0) } ?? example.body ?? ""
                lines.append("    --data-binary '\(body)' \\")
            }
            lines.append("    \(status.gateway)/endpoints/\(name)/invocations")
        }
        let rest = status.endpoints.count - greetedMax
        if rest > 0 { lines += ["", "and \(rest) endpoints more: plumb status lists them"] }
        if let isolation = status.isolation { lines += ["", "workers have \(isolation)"] }
        lines.append("")
        lines.append("AWS's tools speak to the same address: plumb access key create NAME --role operator")
        lines.append("plumb status watches it, plumb console opens its pages, plumb down ends it.")
        return lines.joined(separator: "\n")
    }

    // MARK: - In the background

    /// Starts a daemon unless one runs already; returns when it answers.
    private func startDaemon() async throws {
        let socket = home.localSocket
        if await Self.answers(socket) { return }
        let logPath = "\(home.folder)/logs/daemon.log"
        try FileManager.default.createDirectory(
            atPath: "\(home.folder)/logs", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let isThere = FileManager.default.fileExists(atPath: logPath)
        guard
            isThere
                || FileManager.default.createFile(
                    atPath: logPath, contents: nil, attributes: [.posixPermissions: 0o600]),
            let logFile = FileHandle(forWritingAtPath: logPath)
        else {
            throw PlumbError(.internalFault, "cannot write \(logPath)")
        }
        try logFile.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Composition.executablePath)
        var arguments = [
            "up", "--background", "--home", home.folder, "--host", host, "--port", "\(port)", "--region", region,
            "--client-certificates", clientCertificates.rawValue,
        ]
        if !restart { arguments.append("--no-restart") }
        if !console { arguments.append("--no-console") }
        if consoleHost != "127.0.0.1" { arguments += ["--console-host", consoleHost] }
        if let consolePort { arguments += ["--console-port", "\(consolePort)"] }
        if let threads { arguments += ["--threads", "\(threads)"] }
        if let workerMemory { arguments += ["--worker-memory", "\(workerMemory)"] }
        if s3Models { arguments.append("--s3-models") }
        if let backup { arguments += ["--backup", Composition.placeAddress(backup)] }
        arguments += anchoring.words + alarms.words
        if let traceSample { arguments += ["--trace-sample", "\(traceSample)"] }
        if let traces { arguments += ["--traces", traces] }
        if let drillEvery { arguments += ["--drill-every", "\(drillEvery)s"] }
        process.arguments = arguments
        if let passphrase = try Composition.passphraseOrAsk(file: passphraseFile, home: home.folder) {
            // Other users do not see a process's environment, as they do its arguments.
            process.environment = ProcessInfo.processInfo.environment.merging(["PLUMB_PASSPHRASE": passphrase]) { $1 }
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = logFile
        process.standardError = logFile
        try process.run()
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.startSecondsMax)
        while clock.now < deadline {
            if await Self.answers(socket) { return }
            guard process.isRunning else {
                // Another start was quicker, or the supervisor's own.
                if await Self.answersSoon(socket) { return }
                let text = FileManager.default.contents(atPath: logPath).map {
                    String(decoding: $0.suffix(2000), as: UTF8.self)
                }
                let last = text?.split(separator: "\n").suffix(2).joined(separator: "\n  ") ?? "it left no message"
                throw PlumbError(.internalFault, "the engine did not start:\n  \(last)", hint: "its log is \(logPath)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw PlumbError(
            .timedOut, "the engine does not answer after \(Int(Self.startSecondsMax)) s", hint: "its log is \(logPath)")
    }

    private static func answersSoon(_ socket: String) async -> Bool {
        for _ in 0..<50 {
            if await answers(socket) { return true }
            // Cancelled early is what cancelling is for.
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private static func answers(_ socket: String) async -> Bool {
        guard FileManager.default.fileExists(atPath: socket) else { return false }
        // No answer is the answer: nobody serves there.
        return (try? await RemotePlane.with(socketPath: socket) { try await $0.status() }) != nil
    }
}

/// Whether clients are asked for a certificate of the engine's authority.
enum ClientCertificates: String, ExpressibleByArgument, CaseIterable {
    case off, optional, required
}

/// Deploys once the other services run, then stays until the end.
private struct Opening: Service {
    let open: @Sendable () async throws -> Void
    /// Whether anything is in service that a failed deployment must not take down.
    let isServing: @Sendable () async -> Bool

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await open() }
        } catch {
            if Task.isShuttingDownGracefully { return }
            guard await isServing() else { throw error }
            // Told in full where it happened; what is in service stays so.
            Terminal.printError("the deployment did not succeed (\(error)); what is in service stays in service")
        }
        try await gracefulShutdown()
    }
}

/// Becomes the program anew when `plumb reload` asks for it.
private struct Replacement: Service {
    let replace: @Sendable () async throws -> Void
    let log: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr2).cancelOnGracefulShutdown() {
            do {
                try await replace()
            } catch {
                log.critical("the engine could not be replaced, and ends", metadata: ["error": "\(error)"])
                throw error
            }
        }
    }
}
