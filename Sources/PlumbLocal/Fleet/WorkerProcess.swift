// One instance: a child process that is started, watched, restarted and at last stopped.

import Foundation
import Logging
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import Subprocess
import SystemPackage

/// How a worker is started.
struct WorkerLaunch: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var folder: String
    var logPath: String
    var startupSeconds: Double
    var probe: AlarmPlan
}

/// A supervised instance of one revision.
final class WorkerProcess: Sendable {
    private struct State {
        var processID: Int32?
        var isStopping = false
        var isNudged = false
        /// It has passed a health check since its last start.
        var isReady = false
        var restarts = 0
        var failure: String?
        var machine = RestartMachine()
        var startSeconds: Double?
    }
    let route: WorkerRoute
    private let endpoint: EndpointRoute
    private let launch: WorkerLaunch
    private let loop: any EventLoop
    private let log: Logger
    private let state = NIOLockedValueBox(State())
    /// How often a running worker is looked after between probes, in milliseconds.
    private static let pollMilliseconds = 25
    /// SageMaker waits 30 s between SIGTERM and SIGKILL.
    private static let graceSeconds = 30.0
    /// The log of a worker is begun anew at a start when it is larger than this.
    private static let logBytesMax = 10 << 20

    init(route: WorkerRoute, endpoint: EndpointRoute, launch: WorkerLaunch, loop: any EventLoop, log: Logger) {
        self.route = route
        self.endpoint = endpoint
        self.launch = launch
        self.loop = loop
        self.log = log
    }

    /// Unasked ends after it had been ready.
    var restarts: Int { state.withLockedValue { $0.restarts } }
    /// Why it cannot start, after several failures in a row.
    var failure: String? { state.withLockedValue { $0.failure } }
    var processID: Int32? { state.withLockedValue { $0.processID } }
    /// From start to ready, the last time, in seconds.
    var startSeconds: Double? { state.withLockedValue { $0.startSeconds } }

    /// Drains and ends it; `supervise` returns when that is done.
    func stop() {
        state.withLockedValue { $0.isStopping = true }
        endpoint.retire(route)
    }

    /// A request's connection to it broke: no more traffic until a probe has passed.
    func suspect() {
        endpoint.setReady(route, false)
        state.withLockedValue { $0.isNudged = true }
    }

    /// Keeps the process running until `stop`.
    func supervise() async {
        while !isStopping {
            await runOnce()
            endpoint.setReady(route, false)
            guard !isStopping else { break }
            let pause = state.withLockedValue { state -> Double in
                if state.isReady { state.restarts += 1 }
                state.isReady = false
                let pause = state.machine.ended(at: Self.now())
                if state.machine.failedStarts >= RestartMachine.failuresMax {
                    state.failure = state.failure ?? Self.lastLine(of: launch.logPath)
                }
                return pause
            }
            log.warning("worker ended", metadata: ["worker": "\(route.id)", "restartInSeconds": "\(pause)"])
            await pauseUnlessStopping(pause)
        }
        endpoint.remove(route)
        if let path = route.address.pathname, !path.isEmpty { unsafe unlink(path) }
    }

    private var isStopping: Bool { state.withLockedValue { $0.isStopping } }

    private func runOnce() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.runProcess() }
            group.addTask { await self.watch() }
            // The watch never ends before the process: it kills what it gives up on and waits.
            await group.next()
            group.cancelAll()
        }
    }

    private func runProcess() async {
        if let path = route.address.pathname, !path.isEmpty { unsafe unlink(path) }
        do {
            let log = try openLog()
            // The worker's standard input is a pipe that only this daemon holds open: its end tells it to go.
            let (readEnd, writeEnd) = try SystemPackage.FileDescriptor.pipe()
            defer { Self.close(writeEnd) }
            _ = fcntl(writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
            let environment = launch.environment.reduce(into: [Subprocess.Environment.Key: String]()) {
                $0[Subprocess.Environment.Key(stringLiteral: $1.key)] = $1.value
            }
            // A group of its own: Ctrl-C at a terminal is for the daemon, and signals reach a worker's helpers too.
            var options = PlatformOptions()
            options.processGroupID = 0
            _ = try await Subprocess.run(
                .path(FilePath(launch.executable)), arguments: Arguments(launch.arguments),
                environment: .custom(environment), workingDirectory: FilePath(launch.folder), platformOptions: options,
                input: .fileDescriptor(readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log, closeAfterSpawningProcess: true)
            ) { execution in
                let processID = execution.processIdentifier.value
                Self.letTheGatewayFirst(processID)
                self.state.withLockedValue { $0.processID = processID }
            }
        } catch is CancellationError {
            return
        } catch {
            state.withLockedValue { $0.failure = "\(launch.executable) cannot be started: \(error)" }
        }
        state.withLockedValue { $0.processID = nil }
    }

    // MARK: - Watching

    /// Waits until it is ready, then probes it; returns only when cancelled, which the process's end brings about.
    private func watch() async {
        let startedAt = Self.now()
        while !Task.isCancelled, !isStopping {
            if processID != nil, await probe() { break }
            guard Self.now() - startedAt < launch.startupSeconds else {
                log.error("worker is not ready in time", metadata: ["worker": "\(route.id)"])
                return await end(SIGKILL)
            }
            await Self.pause(milliseconds: Self.pollMilliseconds)
        }
        guard !Task.isCancelled else { return }
        if !isStopping {
            state.withLockedValue { state in
                state.isReady = true
                state.machine.becameReady(at: Self.now())
                state.failure = nil
                state.startSeconds = Self.now() - startedAt
            }
            endpoint.setReady(route, true)
            await probeUntilStopped()
        }
        guard !Task.isCancelled else { return }
        await drain()
    }

    private func probeUntilStopped() async {
        var failures = 0
        var nextProbe = Self.now() + launch.probe.probeIntervalSeconds
        while !Task.isCancelled, !isStopping {
            await Self.pause(milliseconds: Self.pollMilliseconds)
            let isNudged = state.withLockedValue { state in
                defer { state.isNudged = false }
                return state.isNudged
            }
            guard isNudged || Self.now() >= nextProbe, !isStopping else { continue }
            nextProbe = Self.now() + launch.probe.probeIntervalSeconds
            if await probe() {
                failures = 0
                if !isStopping { endpoint.setReady(route, true) }
                continue
            }
            failures += 1
            if failures >= launch.probe.probeFailuresMax {
                endpoint.setReady(route, false)
                log.error("worker is unhealthy", metadata: ["worker": "\(route.id)", "failures": "\(failures)"])
                return await end(SIGKILL)
            }
            // A failed probe is repeated soon: the interval is for healthy workers.
            nextProbe = Self.now() + min(1, launch.probe.probeIntervalSeconds)
        }
    }

    private func probe() async -> Bool {
        await WorkerProbe.isHealthy(
            route.address, timeout: .nanoseconds(Int64(launch.probe.probeTimeoutSeconds * 1e9)), on: loop)
    }

    /// No new requests come any more; those under way are given their time, then the process is asked to end.
    private func drain() async {
        let deadline = Self.now() + Self.graceSeconds
        while endpoint.inFlight(on: route) > 0, Self.now() < deadline, !Task.isCancelled {
            await Self.pause(milliseconds: Self.pollMilliseconds)
        }
        await end(SIGTERM)
    }

    /// Signals the process and waits for its end (which cancels this task); insists after the grace.
    private func end(_ signal: Int32) async {
        guard let processID else { return }
        kill(-processID, signal)
        let deadline = Self.now() + Self.graceSeconds
        while !Task.isCancelled {
            await Self.pause(milliseconds: Self.pollMilliseconds)
            if Self.now() >= deadline { kill(-processID, SIGKILL) }
        }
    }

    private func pauseUnlessStopping(_ seconds: Double) async {
        let deadline = Self.now() + seconds
        while Self.now() < deadline, !isStopping, !Task.isCancelled {
            await Self.pause(milliseconds: Self.pollMilliseconds)
        }
    }

    // MARK: - Small things

    /// A worker that is woken does not push the gateway off its core: requests are passed on in batches, and on one
    /// core
    /// a quarter more of them are answered. What does not take (an older kernel) costs speed only.
    private static func letTheGatewayFirst(_ processID: Int32) {
        var parameters = sched_param()
        parameters.sched_priority = 0
        _ = unsafe sched_setscheduler(processID, schedBatch, &parameters)
    }

    /// `SCHED_BATCH` of sched(7), which glibc hides behind `_GNU_SOURCE`.
    private static let schedBatch: Int32 = 3

    private func openLog() throws -> SystemPackage.FileDescriptor {
        // No log yet is no trouble.
        let size = try? FileManager.default.attributesOfItem(atPath: launch.logPath)[.size] as? Int
        let isLarge = (size ?? 0) > Self.logBytesMax
        return try SystemPackage.FileDescriptor.open(
            SystemPackage.FilePath(launch.logPath), .writeOnly,
            options: isLarge ? [.create, .truncate, .append] : [.create, .append],
            permissions: .ownerReadWrite)
    }

    private static func lastLine(of path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "it left no message" }
        let lines = String(decoding: data.suffix(4096), as: UTF8.self).split(separator: "\n")
        return lines.last.map { String($0.prefix(500)) } ?? "it left no message"
    }

    private static func pause(milliseconds: Int) async {
        try? await Task.sleep(for: .milliseconds(milliseconds))  // Cancelled early is what cancelling is for.
    }

    private static func close(_ descriptor: SystemPackage.FileDescriptor) {
        try? descriptor.close()  // A pipe that is gone already has done its work.
    }

    private static func now() -> Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }
}
