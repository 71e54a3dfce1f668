// What was measured: records that back a verdict.

/// A measurement or event of an engine or account that a control can rest on.
///
/// The keys of `numbers` and `texts` are those of `Evidence.Kind`'s documentation.
public struct Evidence: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// A TLS handshake was tried: texts `refused` and `accepted` list versions; numbers `port`.
        case handshake
        /// Metrics of a variant exist: texts `metrics` lists their names; numbers `requests`, and over `days`
        /// `cpuP95Percent`, `gpuP95Percent`, `memoryP95Percent`, each in percent of capacity; an account tells those of
        /// the busiest day.
        case metrics
        /// An alarm is evaluated: texts `alarm`, `state`, `reason`; numbers `periodSeconds`, `datapointsToAlarm`,
        /// `evaluated` (0 where it never was), and over `days` `changes` of its state, of which `raised` to ALARM.
        case alarm
        /// Worker instances by failure domain: numbers `running`, `healthy`, `domains`, `floor`, `ceiling`,
        /// `offHoursRunning` (outside the working hours); over `days` `atMinimumPercent` and `atMaximumPercent` of the
        /// time, `changesPerHourMax`; over seven days `failedActivities` of autoscaling. Of an account `quotaMissing`,
        /// the instances for which its quota is too small while an update runs two fleets, with text `quota`, or text
        /// `quotaUnseen`, which says why that is not known.
        case fleet
        /// A worker was probed: numbers `intervalSeconds`, `timeoutSeconds`, `failuresToEject`.
        case healthProbe
        /// A rollout ended: texts `outcome` (`promoted`, `rolledBack`), `reason`, `isReturn` (`true` where somebody
        /// asked for an older revision); numbers `faultToDetectedSeconds`, `detectedToMovedSeconds`,
        /// `movedToFullSeconds`.
        case rollout
        /// How long a worker took from start to ready: numbers `seconds`.
        case startup
        /// The audit record: numbers `entries`; texts `head`.
        case audit
        /// How state is kept: texts `encryption`, `path`; numbers `revisionsKept`, the active one not counted.
        case state
        /// Availability over a window: numbers `good`, `total`, `days`.
        case availability
        /// Spend to date: numbers `usd`, `forecastUSD`, `limitUSD`, and over `days` `meterDifferencePercent` between
        /// meter and bill; texts `tools` and `refused` list cost tools by whether they answered, `anomalyDetector`
        /// names
        /// the rule that looks at daily spending, `notified` whom it tells.
        case cost
        /// Who may do what: texts `authentication`, `roles`.
        case access
        /// What runs was compared with what was declared: numbers `compared`, `differing` (resources, after leaving out
        /// what autoscaling, schedules and rollbacks rightly change); texts `differences`.
        case drift
        /// Who has changed an endpoint: over `days` numbers `changes`; texts `callers` lists the ARNs of those who did.
        case changes
        /// AWS Config records what changes: numbers `recorders`, `recording`; texts `recorders` lists those that do.
        case recording
    }
    public var kind: Kind
    /// The endpoint it speaks of; empty for the engine itself.
    public var endpointName: String
    public var day: Day
    /// Who measured: the engine, a command, an account.
    public var origin: String
    public var numbers: [String: Double]
    public var texts: [String: String]

    public init(
        _ kind: Kind, endpointName: String, day: Day, origin: String, numbers: [String: Double] = [:],
        texts: [String: String] = [:]
    ) {
        self.kind = kind
        self.endpointName = endpointName
        self.day = day
        self.origin = origin
        self.numbers = numbers
        self.texts = texts
    }
}

extension Graph {
    /// What was declared of the endpoint with this name.
    public func declaration(for endpointName: String) -> Declaration? {
        joined(RecordsByEndpoint.self).declarations[endpointName].map { declarations[$0] }
    }

    /// Evidence of one kind about an endpoint, newest first.
    public func evidence(_ kind: Evidence.Kind, for endpointName: String) -> [Evidence] {
        guard !evidence.isEmpty else { return [] }
        let found = joined(RecordsByEndpoint.self).evidence[endpointName] ?? []
        return found.map { evidence[$0] }.filter { $0.kind == kind }.sorted { $0.day > $1.day }
    }
}

/// Where the declarations and the evidence of each endpoint stand.
private struct RecordsByEndpoint: GraphJoin {
    /// The first declaration of each endpoint.
    let declarations: [String: Int]
    let evidence: [String: [Int]]

    init(_ graph: Graph) {
        let declared = graph.declarations.indices.map { (graph.declarations[$0].endpointName, $0) }
        declarations = Dictionary(declared) { first, _ in first }
        evidence = Dictionary(grouping: graph.evidence.indices) { graph.evidence[$0].endpointName }
    }
}
