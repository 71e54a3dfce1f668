// One instance: a child process that is started, watched, restarted and at last stopped.

import Foundation
import Glibc
import Logging
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import Subprocess
import SystemPackage

/// How a worker is started, and what it is held to.
struct WorkerLaunch: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var folder: String
    var logPath: String
    var startupSeconds: Double
    var probe: AlarmPlan
    /// The worker is ended when more of its memory is resident.
    var memoryBytesMax: Int?
    /// The example request, with which it is examined now and then; nil where the spec has none that can be sent.
    var example: ByteBuffer?
    /// It loads models as they are asked for, and is asked how that goes.
    var hasManyModels = false
    /// How long an examination may take, in seconds.
    var answerSecondsMax: Double
    /// Between two examinations, in seconds.
    var examinationSeconds: Double
}

/// A supervised instance of one revision.
final class WorkerProcess: Sendable {
    private struct State {
        var processID: Int32?
        /// Our end of the pipe that is the worker's standard input: its end tells the worker to go.
        var pipe: Int32?
        var isStopping = false
        var isNudged = false
        /// It has passed a health check since its last start.
        var isReady = false
        /// It passed its last health check.
        var isHealthy = false
        var isEjected = false
        var restarts = 0
        var failure: String?
        var machine = RestartMachine()
        var startSeconds: Double?
        var adopted: AdoptedWorker?
        /// Why it was ended from here; nil when it ends by itself.
        var reason: String?
        var trouble: (text: String, at: Double)?
    }
    let route: WorkerRoute
    let number: Int
    let endpoint: EndpointRoute
    private let launch: WorkerLaunch
    private let golden: NIOLockedValueBox<GoldenAnswer>
    let loop: any EventLoop
    let incidents: Incidents
    private let log: Logger
    private let state: NIOLockedValueBox<State>
    /// How often a running worker is looked after between probes, in milliseconds.
    private static let pollMilliseconds = 25
    private static let memoryMilliseconds = 250
    /// SageMaker waits 30 s between SIGTERM and SIGKILL.
    private static let graceSeconds = 30.0
    /// The log of a worker is begun anew at a start when it is larger than this.
    private static let logBytesMax = 10 << 20
    /// Wrong answers to the example in a row that end a worker.
    private static let wrongAnswersMax = 2

    /// `golden` is the whole fleet's; `adopted` is a process that an earlier daemon has left to this one.
    init(
        route: WorkerRoute, number: Int, endpoint: EndpointRoute, launch: WorkerLaunch,
        golden: NIOLockedValueBox<GoldenAnswer>, adopted: AdoptedWorker?, loop: any EventLoop, incidents: Incidents,
        log: Logger
    ) {
        self.route = route
        self.number = number
        self.endpoint = endpoint
        self.launch = launch
        self.golden = golden
        self.loop = loop
        self.incidents = incidents
        self.log = log
        state = NIOLockedValueBox(State(adopted: adopted))
    }

    /// Unasked ends after it had been ready.
    var restarts: Int { state.withLockedValue { $0.restarts } }
    /// Why it cannot start, after several failures in a row.
    var failure: String? { state.withLockedValue { $0.failure } }
    var processID: Int32? { state.withLockedValue { $0.processID } }

    var status: WorkerStatus {
        state.withLockedValue { state in
            let word: WorkerStatus.State =
                state.isStopping
                ? .stopping
                : !state.isReady ? .starting : state.isEjected ? .ejected : state.isHealthy ? .ready : .suspected
            return WorkerStatus(
                id: route.id, revision: route.revision, zone: route.zone, processID: state.processID, state: word,
                restarts: state.restarts, startSeconds: state.startSeconds, trouble: state.trouble?.text,
                troubleAt: state.trouble?.at)
        }
    }

    /// What the next daemon has to know to go on with this process; nil when there is none that is well.
    var handedOver: AdoptedWorker? {
        state.withLockedValue { state in
            guard let processID = state.processID, let pipe = state.pipe, state.isReady, !state.isStopping else {
                return nil
            }
            return AdoptedWorker(
                endpoint: endpoint.name, revision: route.revision, number: number, zone: route.zone,
                processID: processID, pipe: pipe, port: route.address.port, startSeconds: state.startSeconds)
        }
    }

    /// Drains and ends it; `supervise` returns when that is done.
    func stop() {
        state.withLockedValue { $0.isStopping = true }
        endpoint.retire(route)
    }

    /// A request's connection to it broke: no more traffic until a probe has passed.
    func suspect() {
        setHealthy(false)
        state.withLockedValue { $0.isNudged = true }
    }

    /// It answers neither requests nor for its health.
    func stalled(_ reason: String) {
        guard setHealthy(false) else { return }
        state.withLockedValue { $0.isNudged = true }
        tell("worker.stalled", reason)
    }

    /// No traffic for a while, because it does worse than its siblings.
    func eject(_ reason: String, seconds: Double) {
        state.withLockedValue { $0.isEjected = true }
        refresh()
        tell("worker.ejected", "\(reason); no traffic for \(Int(seconds)) s")
    }

    func readmit() {
        state.withLockedValue { $0.isEjected = false }
        refresh()
        tell("worker.readmitted", "its time out is over")
    }

    /// Ends the process; a new one takes its place.
    func restart(_ reason: String) {
        guard let processID, !isStopping else { return }
        state.withLockedValue { state in
            state.reason = reason
            state.isHealthy = false
        }
        refresh()
        kill(-processID, SIGKILL)
    }

    /// Keeps the process running until `stop`.
    func supervise() async {
        while !isStopping {
            let ended = await runOnce()
            setHealthy(false)
            guard !isStopping, !Task.isCancelled else { break }
            let reason = state.withLockedValue { $0.reason } ?? ended
            let pause = state.withLockedValue { state -> Double in
                if state.isReady { state.restarts += 1 }
                state.isReady = false
                state.isEjected = false
                state.reason = nil
                let pause = state.machine.ended(at: Self.now())
                if state.machine.failedStarts >= RestartMachine.failuresMax {
                    state.failure = state.failure ?? Self.lastLine(of: launch.logPath)
                }
                return pause
            }
            route.vitals.clear()
            tell("worker.ended", reason + (pause > 0 ? "; it is started again in \(pause) s" : ""))
            await pauseUnlessStopping(pause)
        }
        endpoint.remove(route)
        if let path = route.address.pathname, !path.isEmpty { unsafe unlink(path) }
    }

    private var isStopping: Bool { state.withLockedValue { $0.isStopping } }

    /// Answers whether that was news.
    @discardableResult
    private func setHealthy(_ isHealthy: Bool) -> Bool {
        let isNew = state.withLockedValue { state in
            defer { state.isHealthy = isHealthy }
            return state.isHealthy != isHealthy
        }
        refresh()
        return isNew
    }

    /// Traffic is for a worker that is healthy, not ejected and not on its way out.
    private func refresh() {
        endpoint.setReady(
            route, state.withLockedValue { $0.isHealthy && $0.isReady && !$0.isEjected && !$0.isStopping })
    }

    private func tell(_ action: String, _ reason: String) {
        state.withLockedValue { $0.trouble = (reason, incidents.now()) }
        incidents.tell(Incident(action: action, worker: route.id, endpoint: endpoint.name, reason: reason))
    }

    /// Runs the process to its end, and answers in words how it ended.
    private func runOnce() async -> String {
        await withTaskGroup(of: String?.self) { group in
            let adopted = state.withLockedValue { state in
                defer { state.adopted = nil }
                return state.adopted
            }
            group.addTask {
                if let adopted { return await self.runAdopted(adopted) }
                return await self.runProcess()
            }
            group.addTask { await self.watch(isAdopted: adopted != nil) }
            group.addTask { await self.watchMemory() }
            if self.launch.hasManyModels { group.addTask { await self.watchModels() } }
            // The watches never end before the process: they kill what they give up on and wait.
            let ended = await group.next() ?? nil
            group.cancelAll()
            return ended ?? "it ended"
        }
    }

    private func runProcess() async -> String {
        defer {
            state.withLockedValue { state in
                state.processID = nil
                state.pipe = nil
            }
        }
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
            let result = try await Subprocess.run(
                .name(launch.executable), arguments: Arguments(launch.arguments),
                environment: .custom(environment), workingDirectory: FilePath(launch.folder), platformOptions: options,
                input: .fileDescriptor(readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log, closeAfterSpawningProcess: true)
            ) { execution in
                let processID = execution.processIdentifier.value
                Self.letTheGatewayFirst(processID)
                self.state.withLockedValue { state in
                    state.processID = processID
                    state.pipe = writeEnd.rawValue
                }
            }
            switch result.terminationStatus {
            case .exited(let code): return "it exited with \(code): \(Self.lastLine(of: launch.logPath))"
            case .signaled(let signal): return "it was killed by signal \(signal)"
            }
        } catch is CancellationError {
            return "it was cancelled"
        } catch {
            let failure = "\(launch.executable) cannot be started: \(error)"
            state.withLockedValue { $0.failure = failure }
            return failure
        }
    }

    /// Waits for the end of a process that an earlier daemon started: it is this one's child all the same.
    private func runAdopted(_ adopted: AdoptedWorker) async -> String {
        state.withLockedValue { state in
            state.processID = adopted.processID
            state.pipe = adopted.pipe
            state.startSeconds = adopted.startSeconds
        }
        _ = fcntl(adopted.pipe, F_SETFD, FD_CLOEXEC)
        defer {
            state.withLockedValue { state in
                state.processID = nil
                state.pipe = nil
            }
            Glibc.close(adopted.pipe)
        }
        while true {
            var status: Int32 = 0
            let ended = unsafe waitpid(adopted.processID, &status, WNOHANG)
            if ended != 0 {
                let signal = status & 0x7F
                return signal != 0 ? "it was killed by signal \(signal)" : "it exited with \(status >> 8 & 0xFF)"
            }
            if Task.isCancelled {
                kill(-adopted.processID, SIGKILL)
                _ = unsafe waitpid(adopted.processID, &status, 0)
                return "it was cancelled"
            }
            await Self.pause(milliseconds: Self.pollMilliseconds)
        }
    }

    // MARK: - Watching

    /// Waits until it is ready, then probes it; returns only when cancelled, which the process's end brings about.
    private func watch(isAdopted: Bool) async -> String? {
        let startedAt = Self.now()
        while !Task.isCancelled, !isStopping {
            if processID != nil, await probe() { break }
            guard Self.now() - startedAt < launch.startupSeconds else {
                await end(SIGKILL, because: "it was not ready after \(Int(launch.startupSeconds)) s")
                return nil
            }
            await Self.pause(milliseconds: Self.pollMilliseconds)
        }
        guard !Task.isCancelled else { return nil }
        if !isStopping {
            state.withLockedValue { state in
                state.isReady = true
                state.machine.becameReady(at: Self.now())
                state.failure = nil
                if !isAdopted { state.startSeconds = Self.now() - startedAt }
            }
            setHealthy(true)
            await probeUntilStopped()
        }
        guard !Task.isCancelled else { return nil }
        await drain()
        return nil
    }

    private func probeUntilStopped() async {
        var failures = 0
        var wrongAnswers = 0
        var nextProbe = Self.now() + launch.probe.probeIntervalSeconds
        var nextExamination = Self.now()
        while !Task.isCancelled, !isStopping {
            await Self.pause(milliseconds: Self.pollMilliseconds)
            if Self.now() >= nextExamination, !isStopping, !Task.isCancelled {
                let objection = await examine()
                wrongAnswers = objection == nil ? 0 : wrongAnswers + 1
                if let objection, wrongAnswers >= Self.wrongAnswersMax {
                    return await end(SIGKILL, because: objection)
                }
                nextExamination = Self.now() + (objection == nil ? launch.examinationSeconds : 0.2)
            }
            let isNudged = state.withLockedValue { state in
                defer { state.isNudged = false }
                return state.isNudged
            }
            guard isNudged || Self.now() >= nextProbe, !isStopping else { continue }
            nextProbe = Self.now() + launch.probe.probeIntervalSeconds
            let isAlive = await probe()
            if isAlive, await answersAgain() {
                failures = 0
                if !isStopping { setHealthy(true) }
                continue
            }
            guard !Task.isCancelled else { return }
            failures += 1
            if failures >= launch.probe.probeFailuresMax {
                setHealthy(false)
                return await end(
                    SIGKILL,
                    because: isAlive
                        ? "its answers are no HTTP, to the example neither"
                        : "it failed \(failures) health checks in a row")
            }
            // A failed probe is repeated soon: the interval is for healthy workers.
            nextProbe = Self.now() + min(1, launch.probe.probeIntervalSeconds)
        }
    }

    /// Has it answer the example; what is wrong with the answer, or nil. No answer in time is the probe's affair.
    private func examine() async -> String? {
        guard let example = launch.example, state.withLockedValue({ $0.isHealthy }) else { return nil }
        let answer = await WorkerProbe.ask(
            example, route.address, timeout: .nanoseconds(Int64(launch.answerSecondsMax * 1e9)), on: loop)
        guard let answer else { return nil }
        return golden.withLockedValue { $0.objection(to: String(buffer: answer.body), status: answer.status) }
    }

    /// Whether a worker that answered requests with garbage answers the example; its health is no proof then.
    private func answersAgain() async -> Bool {
        guard route.vitals.isDoubtful, let example = launch.example else { return true }
        let answer = await WorkerProbe.ask(
            example, route.address, timeout: .nanoseconds(Int64(launch.probe.probeTimeoutSeconds * 1e9)), on: loop)
        guard answer != nil else { return false }
        route.vitals.clear()
        return true
    }

    private func watchMemory() async -> String? {
        while !Task.isCancelled {
            await Self.pause(milliseconds: Self.memoryMilliseconds)
            guard let max = launch.memoryBytesMax, let processID,
                let resident = WorkerMemory.residentBytes(of: processID), resident > max
            else { continue }
            await end(SIGKILL, because: "it used \(resident >> 20) MiB of memory, and may use \(max >> 20)")
        }
        return nil
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
        await end(SIGTERM, because: nil)
    }

    /// Signals the process and waits for its end (which cancels this task); insists after the grace.
    private func end(_ signal: Int32, because reason: String?) async {
        guard let processID else { return }
        if let reason { state.withLockedValue { $0.reason = $0.reason ?? reason } }
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

    static func pause(milliseconds: Int) async {
        try? await Task.sleep(for: .milliseconds(milliseconds))  // Cancelled early is what cancelling is for.
    }

    private static func close(_ descriptor: SystemPackage.FileDescriptor) {
        try? descriptor.close()  // A pipe that is gone already has done its work.
    }

    private static func now() -> Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }
}
