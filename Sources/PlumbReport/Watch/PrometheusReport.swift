// Verdicts and the watch's own doings as metrics, in Prometheus' text format.

public import PlumbModel

/// What is exported; a few hundred lines an input.
public struct WatchMetrics: Sendable {
    /// The verdicts on one input, without the findings themselves.
    struct Board: Sendable {
        let path: String
        let environment: Environment
        let policies: [(id: String, verdict: Verdict)]
        let controls: [Verdict: Int]
        let failures: [Severity: Int]
    }
    /// What became of what was to be told.
    public struct Deliveries: Sendable {
        public var delivered = 0
        public var failed = 0
        public var dropped = 0
        public var waiting = 0
        public init() {}
    }

    public var version: String
    public var looks = 0
    public var lookErrors = 0
    public var events = 0
    /// Of the last look that succeeded.
    public var lastSuccessAt: Double?
    public var lastDurationSeconds: Double?
    public var deliveries: [String: Deliveries] = [:]
    private(set) var boards: [Board] = []

    public init(version: String) { self.version = version }

    public mutating func saw(_ assessments: [Assessment]) {
        boards = assessments.map { assessment in
            let failing = assessment.findings.filter { $0.verdict == .fails }
            return Board(
                path: assessment.path, environment: assessment.environment,
                policies: assessment.policies.map { ($0.id, $0.verdict) },
                controls: Dictionary(
                    assessment.policies.flatMap(\.controls).map { ($0.verdict, 1) }, uniquingKeysWith: +),
                failures: Dictionary(failing.map { ($0.severity, 1) }, uniquingKeysWith: +))
        }
    }
}

/// The text exposition format, version 0.0.4.
public enum PrometheusReport {
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public static func text(_ metrics: WatchMetrics) -> String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: [(String, String)], Double)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for (labels, value) in samples { text += "\(name)\(written(labels)) \(number(value))\n" }
        }
        func head(_ board: WatchMetrics.Board) -> [(String, String)] {
            [("source", board.path), ("environment", board.environment.rawValue)]
        }
        family(
            "plumb_policy_verdict", "gauge", "1 for the verdict that a policy has, 0 for the others.",
            metrics.boards.flatMap { board in
                board.policies.flatMap { policy in
                    Verdict.allCases.map {
                        (
                            head(board) + [("policy", policy.id), ("verdict", $0.rawValue)],
                            policy.verdict == $0 ? 1 : 0
                        )
                    }
                }
            })
        family(
            "plumb_controls", "gauge", "Controls by verdict.",
            metrics.boards.flatMap { board in
                Verdict.allCases.map { (head(board) + [("verdict", $0.rawValue)], Double(board.controls[$0] ?? 0)) }
            })
        family(
            "plumb_failures", "gauge", "Failing findings by severity.",
            metrics.boards.flatMap { board in
                Severity.allCases.map { (head(board) + [("severity", $0.rawValue)], Double(board.failures[$0] ?? 0)) }
            })
        family("plumb_build_info", "gauge", "The version that watches.", [([("version", metrics.version)], 1)])
        family("plumb_looks_total", "counter", "Looks that were made.", [([], Double(metrics.looks))])
        family("plumb_look_errors_total", "counter", "Looks that failed.", [([], Double(metrics.lookErrors))])
        family("plumb_events_total", "counter", "Events that asked for a look.", [([], Double(metrics.events))])
        family(
            "plumb_last_look_success_timestamp_seconds", "gauge", "When the last good look ended.",
            metrics.lastSuccessAt.map { [([], $0)] } ?? [])
        family(
            "plumb_last_look_duration_seconds", "gauge", "How long the last good look took.",
            metrics.lastDurationSeconds.map { [([], $0)] } ?? [])
        let channels = metrics.deliveries.sorted { $0.key < $1.key }
        family(
            "plumb_deliveries_total", "counter", "Messages by channel and what became of them.",
            channels.flatMap { name, count in
                [("delivered", count.delivered), ("failed", count.failed), ("dropped", count.dropped)].map {
                    ([("channel", name), ("outcome", $0.0)], Double($0.1))
                }
            })
        family(
            "plumb_deliveries_waiting", "gauge", "Messages that wait for their channel.",
            channels.map { ([("channel", $0.key)], Double($0.value.waiting)) })
        return text
    }

    private static func written(_ labels: [(String, String)]) -> String {
        labels.isEmpty ? "" : "{" + labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
