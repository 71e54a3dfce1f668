// Keeps a detached engine running: holds its listening socket, and starts the daemon again when it dies.

import Foundation
import Logging
import PlumbEngine
import ServiceLifecycle
import UnixSignals

/// The parent of a daemon. It holds the socket that clients connect to and does nothing else, so that there is nothing
/// in it to fail; a client that connects while the daemon is started again waits in the socket's queue.
struct Supervisor {
    /// The listening socket; the daemon finds it as its standard input, as inetd and systemd's `StandardInput=socket`
    /// give it.
    let listener: Int32
    let executable: String
    let arguments: [String]
    let log: Logger

    /// Runs the daemon until it ends of its own will; answers the exit code. A daemon that fails before it has served
    /// for a while, three times in a row or the very first time, is given up.
    func run() async throws -> Int32 {
        var machine = RestartMachine()
        let clock = ContinuousClock()
        let origin = clock.now
        var hasServed = false
        while true {
            let start = Self.seconds(since: origin, clock)
            let end = try await runOnce()
            let now = Self.seconds(since: origin, clock)
            guard case .failed(let code, let words) = end else { return 0 }
            // Whoever was killed did not fail to start.
            if code == nil || now - start >= RestartMachine.healthySeconds {
                hasServed = true
                machine.becameReady(at: start)
            }
            let pause = machine.ended(at: now)
            if let code, !hasServed || machine.failedStarts >= RestartMachine.failuresMax { return code }
            log.critical(
                "the engine has died and is started again",
                metadata: ["reason": "\(words)", "pauseSeconds": "\(pause)"])
            try await Task.sleep(for: .seconds(pause))
        }
    }

    private enum End {
        case asked
        /// With the exit code, or nil of one that a signal has ended.
        case failed(code: Int32?, words: String)
    }

    /// One life of the daemon. Signals to this process are passed on to it.
    private func runOnce() async throws -> End {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle(fileDescriptor: listener, closeOnDealloc: false)
        let (ends, teller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        process.terminationHandler = { _ in teller.finish() }
        try process.run()
        let processID = process.processIdentifier
        let wasAsked = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in ends {}
                return false
            }
            group.addTask {
                var wasAsked = false
                for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    kill(processID, signal == .sigterm ? SIGTERM : SIGINT)
                    wasAsked = true
                }
                return wasAsked
            }
            var wasAsked = await group.next() ?? false
            group.cancelAll()
            for await other in group { wasAsked = wasAsked || other }
            return wasAsked
        }
        if process.terminationReason == .exit, process.terminationStatus == 0 { return .asked }
        if wasAsked { return .asked }
        let isSignal = process.terminationReason == .uncaughtSignal
        return .failed(
            code: isSignal ? nil : process.terminationStatus,
            words: "\(isSignal ? "killed by signal" : "it exited with") \(process.terminationStatus)")
    }

    private static func seconds(since origin: ContinuousClock.Instant, _ clock: ContinuousClock) -> Double {
        (clock.now - origin) / .seconds(1)
    }
}
