// plumb rollout: look at a rollout, hold it, let it go on, hurry it, or end it.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct RolloutCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Look at the rollout under way on the running engine, and steer it.",
        discussion: """
            A paused rollout keeps its shares; alarms still bring the old revision
            back. promote passes over waiting and missing evidence, never over alarms
            and proven faults. docs/ROLLOUTS.md

            Examples:
              plumb rollout status digits
              plumb rollout pause digits --reason "let us look at the scores"
              plumb rollout promote digits --reason "experiment won"
              plumb rollout abort digits --reason "experiment lost"
            """,
        subcommands: [Status.self, Pause.self, Resume.self, Promote.self, Abort.self])

    struct Target: ParsableArguments {
        @Argument(help: "The endpoint.") var endpoint: String
        @OptionGroup var home: HomeOption
        @OptionGroup var format: FormatOption
    }

    struct Wish: ParsableArguments {
        @OptionGroup var target: Target
        @Option(name: .long, help: "Why; kept in the audit record.") var reason = "asked for by hand"

        func tell(_ command: RolloutCommand) async throws {
            try await RemotePlane.with(socketPath: target.home.controlSocket) { plane in
                let receipt = try await plane.steer(target.endpoint, command, reason: reason, by: Actor.name)
                let status = try await RolloutStatus.of(target.endpoint, on: plane)
                if target.format.format == .json { return try Terminal.printJSON(status) }
                print("\(target.endpoint) r\(receipt.revision): \(status.text)")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the rollout under way, else the last: phase, evidence, and its four moments.")
        @OptionGroup var target: Target

        func run() async throws {
            try await RemotePlane.with(socketPath: target.home.controlSocket) { plane in
                let status = try await RolloutStatus.of(target.endpoint, on: plane)
                if target.format.format == .json { return try Terminal.printJSON(status) }
                print(status.lines.joined(separator: "\n"))
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep the shares as they are until it is resumed.")
        @OptionGroup var wish: Wish
        func run() async throws { try await wish.tell(.pause) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a paused rollout go on.")
        @OptionGroup var wish: Wish
        func run() async throws { try await wish.tell(.resume) }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the new revision all traffic as soon as its fleet is whole.")
        @OptionGroup var wish: Wish
        func run() async throws { try await wish.tell(.promote) }
    }

    struct Abort: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send the traffic back to the old revision.")
        @OptionGroup var wish: Wish
        func run() async throws { try await wish.tell(.abort) }
    }
}

/// One endpoint's rollout, as `plumb rollout` prints it.
struct RolloutStatus: Codable {
    var endpoint: String
    /// `provisioning`, `promoted`, … in words.
    var text: String
    var isUnderWay: Bool
    var isPaused: Bool
    var new: Int?
    var old: Int?
    var startedAt: Double?
    var deadline: Double?
    var faultAt: Double?
    var detectedAt: Double?
    var movedAt: Double?
    var fullAt: Double?
    var evidence: String?

    static func of(_ endpoint: String, on plane: some ControlPlane) async throws -> RolloutStatus {
        let endpoints = try await plane.status().endpoints
        guard let found = endpoints.first(where: { $0.record.name == endpoint }) else {
            let known = endpoints.map(\.record.name).joined(separator: ", ")
            throw PlumbError(
                .notFound, "there is no endpoint '\(endpoint)'", hint: known.isEmpty ? nil : "there is \(known)")
        }
        var status = RolloutStatus(
            endpoint: endpoint, text: found.rolloutText ?? "nothing was rolled out yet",
            isUnderWay: found.record.rollout != nil, isPaused: found.record.rollout?.pausedAt != nil)
        if let rollout = found.record.rollout {
            (status.new, status.old) = (rollout.order.new, rollout.order.old)
            (status.startedAt, status.deadline) = (rollout.startedAt, rollout.deadline)
            (status.detectedAt, status.movedAt, status.evidence) =
                (rollout.detectedAt, rollout.movedAt, rollout.evidence)
        } else if let last = found.record.history.last {
            (status.new, status.old, status.startedAt) = (last.new, last.old, last.startedAt)
            (status.faultAt, status.detectedAt) = (last.faultAt, last.detectedAt)
            (status.movedAt, status.fullAt, status.evidence) = (last.movedAt, last.fullAt, last.evidence)
        }
        return status
    }

    var lines: [String] {
        var lines = ["\(endpoint): \(text)"]
        if let evidence { lines.append("  evidence         \(evidence)") }
        for (name, moment) in [
            ("first fault", faultAt), ("detected", detectedAt), ("traffic moved", movedAt), ("old fleet full", fullAt),
        ] {
            guard let moment else { continue }
            lines.append("  " + (name + "                ").prefix(17) + Self.time(moment))
        }
        if let deadline { lines.append("  deadline         \(Self.time(deadline))") }
        return lines
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(.iso8601.time(includingFractionalSeconds: true))
    }
}
