// The alarms of one revision while it has traffic.

import PlumbModel
import PlumbSignals

/// Watches one revision from the second on in which it has traffic and an instance to answer it.
///
/// What its probe said earlier, while it was coming up, is no evidence against it: nobody was being served.
struct RevisionWatch: Sendable {
    private(set) var machines: [AlarmMachine]
    private let probe: MetricIdentity
    private let since: Int

    init(_ revision: Revision, since second: Int) throws(PlumbError) {
        probe = RevisionAlarms.probe(of: revision)
        since = second
        machines = []
        for definition in RevisionAlarms.definitions(for: revision) { machines.append(try AlarmMachine(definition)) }
    }

    /// Evaluates every alarm; the changes, in the order of `RevisionAlarms`.
    mutating func tick(at second: Int, source: any MetricSource & Sendable) -> [AlarmTransition] {
        let seen = ProbeSince(source: source, probe: probe, since: since)
        return machines.indices.compactMap { machines[$0].tick(at: second, source: seen) }
    }

    /// A source in which the probe was content until it began to count.
    private struct ProbeSince: MetricSource {
        let source: any MetricSource & Sendable
        let probe: MetricIdentity
        let since: Int

        func datapoint(
            _ metric: MetricIdentity, statistic: Statistic, periodStart: Int, periodSeconds: Int
        ) -> Datapoint? {
            // The period in which the watch began is not whole either.
            if metric == probe && periodStart <= since { return Datapoint(value: 1, sampleCount: 1) }
            return source.datapoint(
                metric, statistic: statistic, periodStart: periodStart, periodSeconds: periodSeconds)
        }

        func isPublished(_ metric: MetricIdentity, in unit: String) -> Bool { source.isPublished(metric, in: unit) }
    }
}
