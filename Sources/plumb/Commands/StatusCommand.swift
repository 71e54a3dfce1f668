// plumb status: what runs, once or live.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show endpoints, fleets, traffic, alarms and rollouts.",
        discussion: """
            Examples:
              plumb status                      once
              plumb status digits --watch       live, until Ctrl-C
              plumb status --format json        for programs
              plumb status digits --to aws      an endpoint in an AWS account
            """)

    @Argument(help: "Endpoints; none shows all.") var endpoints: [String] = []
    @Flag(name: .shortAndLong, help: "Refresh every second.") var watch = false
    @Option(help: "engine (on this machine) or aws.") var to = DeploymentTarget.engine
    @OptionGroup var account: AWSAccountOptions
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption
    /// SageMaker's states last minutes.
    private static let awsPauseSeconds = 5

    func run() async throws {
        if to == .aws { return try await showAWS() }
        try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            var isFirst = true
            repeat {
                var status = try await plane.status()
                if !endpoints.isEmpty { status.endpoints = try selected(status) }
                if format.format == .json {
                    try Terminal.printJSON(status)
                } else {
                    if !isFirst && Terminal.isInteractive { print("\u{1B}[H\u{1B}[2J", terminator: "") }
                    print(StatusText.render(status, now: Date().timeIntervalSince1970, style: Terminal.wantsColours))
                }
                isFirst = false
                if watch { try await Task.sleep(for: .seconds(1)) }
            } while watch
        }
    }

    private func showAWS() async throws {
        var isFirst = true
        repeat {
            let (text, data) = try await Composition.endpointsOnAWS(endpoints, target: account.target(home: home))
            if format.format == .json {
                try Terminal.printJSON(data)
            } else {
                if !isFirst && Terminal.isInteractive { print("\u{1B}[H\u{1B}[2J", terminator: "") }
                print(text)
            }
            isFirst = false
            if watch { try await Task.sleep(for: .seconds(Self.awsPauseSeconds)) }
        } while watch
    }

    private func selected(_ status: EngineStatus) throws -> [EndpointStatus] {
        try endpoints.map { name in
            guard let found = status.endpoints.first(where: { $0.record.name == name }) else {
                let known = status.endpoints.map(\.record.name).joined(separator: ", ")
                throw PlumbError(
                    .notFound, "there is no endpoint '\(name)'", hint: known.isEmpty ? nil : "there is \(known)")
            }
            return found
        }
    }
}

/// The status as a person reads it.
enum StatusText {
    static func render(_ status: EngineStatus, now: Double, style wantsColours: Bool) -> String {
        var lines = [
            "plumb \(status.version) on \(status.gateway), up \(duration(now - status.startedAt)), process "
                + "\(status.processID)"
        ]
        if let isolation = status.isolation { lines.append("workers have \(isolation)") }
        // Of interest where an endpoint is to have one.
        let types = status.endpoints.compactMap { $0.record.revision($0.record.active)?.spec.instances.type }
        if let gpus = status.gpus, types.contains(where: { InstanceType.named($0)?.gpus ?? 0 > 0 }) {
            lines.append(gpus)
        }
        lines += status.notices ?? []
        if status.endpoints.isEmpty { lines.append("no endpoints: plumb deploy SPEC makes one") }
        for endpoint in status.endpoints { lines += [""] + render(endpoint, now: now, wantsColours) }
        return lines.joined(separator: "\n")
    }

    private static func render(_ endpoint: EndpointStatus, now: Double, _ wantsColours: Bool) -> [String] {
        let record = endpoint.record
        let paint: (String) -> String = { text in
            guard wantsColours else { return text }
            switch text {
            case "InService", "OK": return "\u{1B}[32m\(text)\u{1B}[0m"
            case "Failed", "RollingBack", "ALARM": return "\u{1B}[31m\(text)\u{1B}[0m"
            default: return "\u{1B}[33m\(text)\u{1B}[0m"
            }
        }
        var lines = ["\(record.name)  \(paint(endpoint.state))  \(record.environment.rawValue)"]
        if let text = endpoint.rolloutText { lines.append("  rollout   \(text)") }
        for fleet in endpoint.fleets {
            let traffic = endpoint.traffic.first { $0.revision == fleet.revision }
            let role = fleet.revision == record.active ? "active" : fleet.revision == record.warm ? "warm" : ""
            var line = "  r\(fleet.revision)".padded(to: 6)
            line += role.padded(to: 8) + "\(fleet.weight) %".padded(to: 7)
            line += "\(fleet.ready)/\(fleet.desired) ready in \(fleet.readyZones) domains".padded(to: 26)
            if let traffic {
                line += "\(rounded(traffic.requestsPerSecond)) req/s".padded(to: 14)
                line += "errors \(traffic.errorPercent.map { rounded($0) + " %" } ?? "-")".padded(to: 16)
                line += "p50 \(milliseconds(traffic.p50Milliseconds))  p99 \(milliseconds(traffic.p99Milliseconds))"
            }
            lines.append(line)
            if let failure = fleet.failure { lines.append("        cannot start: \(failure)") }
        }
        for worker in endpoint.workers ?? [] where !worker.isReady || worker.trouble != nil {
            var line = "  \(worker.id)".padded(to: 18) + worker.zone.padded(to: 10)
            line += paint(worker.state.rawValue).padded(to: 11) + "restarts \(worker.restarts)".padded(to: 13)
            if let trouble = worker.trouble {
                line += "\(duration(now - (worker.troubleAt ?? now))) ago: \(trouble)"
            }
            lines.append(line)
        }
        for alarm in endpoint.alarms {
            lines.append("  \(paint(alarm.state.rawValue))  \(alarm.name): \(alarm.reason)")
        }
        if let scaling = record.scaling {
            lines.append("  scaling   \(scaling.text)")
            if let last = scaling.activities.last {
                lines.append("            last: \(last.from) -> \(last.to), \(last.reason)")
            }
        }
        lines += SpendText.lines(endpoint, now: now)
        let kept = record.revisions.map { "r\($0.number)" }.joined(separator: " ")
        lines.append("  kept      \(kept)")
        return lines
    }

    private static func milliseconds(_ value: Double?) -> String { value.map { "\(rounded($0)) ms" } ?? "-" }

    private static func rounded(_ value: Double) -> String {
        let scaled = (value * 100).rounded() / 100
        return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = max(0, Int(seconds))
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min" }
        return whole < 172_800 ? "\(whole / 3600) h" : "\(whole / 86_400) days"
    }
}

extension String {
    /// At least this wide, filled with spaces on the right.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
