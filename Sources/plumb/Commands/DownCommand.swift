// plumb down: ends the engine, or takes one endpoint off.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "End the engine, or remove endpoints; the state stays.",
        discussion: """
            Requests under way are answered first. Examples:
              plumb down                 end the engine; plumb up brings everything back
              plumb down digits          take one endpoint out of service and forget it
            """)

    @Argument(help: "Endpoints to remove; none ends the engine.") var endpoints: [String] = []
    @OptionGroup var home: HomeOption
    /// Draining takes at most this long.
    private static let waitSecondsMax = 90.0

    func run() async throws {
        let socket = home.controlSocket
        let processID = try await RemotePlane.with(socketPath: socket) { plane -> Int? in
            if endpoints.isEmpty {
                let processID = try await plane.status().processID
                try await plane.shutDown(by: Actor.name)
                return processID
            }
            for endpoint in endpoints {
                try await plane.remove(endpoint, by: Actor.name)
                print("\(endpoint) is out of service")
            }
            return nil
        }
        guard let processID else { return }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.waitSecondsMax)
        while kill(pid_t(processID), 0) == 0 && clock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        guard kill(pid_t(processID), 0) != 0 else {
            throw PlumbError(.timedOut, "the engine (process \(processID)) has not ended within 90 s")
        }
        print("the engine has ended")
    }
}
