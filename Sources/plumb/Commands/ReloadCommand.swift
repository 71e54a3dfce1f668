// plumb reload: a new program, the same workers.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Replace the running engine by the program that lies at its path now.",
        discussion: """
            Workers go on running, new connections wait some tenths of a second, and
            requests under way are answered first. docs/FAILURES.md says what is
            measured of it.
            """)

    @OptionGroup var home: HomeOption
    private static let waitSecondsMax = 60.0

    func run() async throws {
        let before = try await RemotePlane.with(socketPath: home.controlSocket) { try await $0.status() }
        guard kill(pid_t(before.processID), SIGUSR2) == 0 else {
            throw PlumbError(.refused, "process \(before.processID) cannot be signalled", hint: "it is another user's")
        }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.waitSecondsMax)
        while clock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            // Between the old program and the new one nobody answers.
            let after = try? await RemotePlane.with(socketPath: home.controlSocket) { try await $0.status() }
            if let after, after.startedAt != before.startedAt, !after.gateway.hasSuffix(":0") {
                print("plumb \(after.version) has taken over on \(after.gateway), process \(after.processID)")
                return
            }
            guard kill(pid_t(before.processID), 0) == 0 else {
                throw PlumbError(
                    .internalFault, "the engine has ended instead of going on",
                    hint: "its log is \(home.folder)/logs/daemon.log; plumb up starts it")
            }
        }
        throw PlumbError(.timedOut, "the engine has not been replaced within \(Int(Self.waitSecondsMax)) s")
    }
}
