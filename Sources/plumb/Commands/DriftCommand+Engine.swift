// plumb drift status and captures: the traffic of a running engine.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbModel

extension DriftCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what the detectors of a running engine have found.",
            discussion: """
                Drift is looked for in endpoints whose spec has capture.enabled and
                drift.baseline, quality in those with drift.qualityMetric once labels come
                (POST /endpoints/NAME/ground-truth).

                Exit codes: 0 nothing, 1 an alarm stands, 3 no engine.
                """)

        @Argument(help: "An endpoint; none shows all.") var endpoint: String?
        @OptionGroup var home: HomeOption
        @OptionGroup var format: FormatOption

        func run() async throws {
            let found = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                try await plane.monitoring(of: endpoint)
            }
            if format.format == .json {
                try Terminal.printJSON(found)
            } else {
                for one in found { print(MonitoringText.render(one)) }
            }
            let isAlarm = found.flatMap(\.revisions).contains {
                $0.drift.state == .alarm || $0.quality?.state == .alarm
            }
            if isAlarm { throw ExitCode(1) }
        }
    }

    struct Captures: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open what was captured of an endpoint, as JSON lines in SageMaker's form.",
            discussion: """
                Captures are sealed on disk. Each file that is opened is an entry of the
                audit record.

                Example: plumb drift captures digits -o today.jsonl
                """)

        @Argument(help: "The endpoint.") var endpoint: String
        @Option(name: .shortAndLong, help: "A file to write to, mode 0600 (default: standard output).")
        var output: String?
        @OptionGroup var home: HomeOption

        func run() async throws {
            let file = try output.map { try Self.open($0) } ?? .standardOutput
            try await RemotePlane.with(socketPath: home.controlSocket) { plane in
                var last: String?
                repeat {
                    let captured = try await plane.captures(of: endpoint, after: last, by: Actor.name)
                    try file.write(contentsOf: Data(captured.lines.utf8))
                    last = captured.hasMore ? captured.file : nil
                } while last != nil
            }
        }

        private static func open(_ path: String) throws -> FileHandle {
            let isMade = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            guard isMade, let file = FileHandle(forWritingAtPath: path) else {
                throw PlumbError(.invalidInput, "\(path) cannot be written")
            }
            return file
        }
    }
}

/// What the detectors have found, for people.
enum MonitoringText {
    static func render(_ one: EndpointMonitoring) -> String {
        var lines = ["\(one.endpoint): \(one.captured) exchanges captured (\(one.samplingPercent) %)"]
        if one.dropped > 0 { lines[0] += ", \(one.dropped) dropped for want of room" }
        if one.revisions.isEmpty {
            lines.append("  nothing is watched: the spec names neither a baseline nor a quality")
        }
        for status in one.revisions {
            let drift = status.drift
            lines.append("  r\(status.revision) drift \(word(drift.state)): \(drift.reason)")
            if drift.state != .notWatched {
                let unreadable = drift.unreadable > 0 ? ", \(drift.unreadable) could not be read" : ""
                lines.append("     \(drift.records) rows\(unreadable); at \(percent(drift.level)) of an alarm")
            }
            for feature in drift.features where drift.state == .alarm {
                lines.append("     \(feature.name)  \(feature.expected) → \(feature.observed)  \(feature.change)")
            }
            guard let quality = status.quality else { continue }
            lines.append("  r\(status.revision) quality \(word(quality.state)): \(quality.reason)")
            let unmatched = quality.unmatched > 0 ? ", \(quality.unmatched) without an answer" : ""
            lines.append("     \(quality.labels) labels\(unmatched); limit \(quality.metric) \(quality.limit)")
        }
        return lines.joined(separator: "\n")
    }

    private static func word(_ state: DetectorState) -> String {
        switch state {
        case .notWatched: "not watched"
        case .steady: "steady"
        case .alarm: "ALARM"
        }
    }

    private static func percent(_ level: Double) -> String {
        level < 0.001 ? "0 %" : "\(String(format: "%.1f", min(level, 1) * 100)) %"
    }
}
