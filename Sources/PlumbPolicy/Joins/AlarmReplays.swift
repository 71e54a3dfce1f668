// What alarms do on the canonical traces, replayed once for each form of alarm.

import PlumbModel
import PlumbSignals
import Synchronization

/// What one alarm does on each canonical trace, and just beyond the limits that the policy names.
struct AlarmReplay: Sendable {
    let behaviours: [CanonicalTrace: AlarmBehaviour]
    /// Nothing for an alarm that cannot be evaluated.
    let edges: [AlarmClass: AlarmEvaluation]

    init(_ definition: AlarmDefinition, by judge: AlarmJudge, under thresholds: Thresholds) {
        // What cannot be evaluated behaves in a way that cannot be told; the judge says why.
        guard let evaluator = try? AlarmEvaluator(definition) else {
            behaviours = Dictionary(
                uniqueKeysWithValues: CanonicalTrace.allCases.map { ($0, judge.behaviour(of: definition, on: $0)) })
            edges = [:]
            return
        }
        behaviours = Dictionary(
            uniqueKeysWithValues: CanonicalTrace.allCases.map { ($0, judge.behaviour(of: evaluator, on: $0)) })
        let outcomes = AlarmClass.allCases.compactMap { purpose in
            purpose.edge(under: thresholds).map { edge in
                let source = edge.source(of: judge.identity)
                return (purpose, evaluator.evaluate(from: source, at: definition.settledSecond, previous: .ok))
            }
        }
        edges = Dictionary(uniqueKeysWithValues: outcomes)
    }

    func behaviour(on trace: CanonicalTrace) -> AlarmBehaviour {
        behaviours[trace] ?? .unknown(why: "it was not replayed")
    }
}

/// Replays of the alarms of one graph.
///
/// A template repeats itself: alarms that differ in nothing but the names of endpoint, variant and configuration do the
/// same, and are replayed once.
final class AlarmReplays: GraphJoin {
    /// An alarm without its own name, its endpoint's, variant's and configuration's.
    private struct Form: Hashable {
        let definition: AlarmDefinition
        let identity: VariantIdentity
        let probes: [HealthProbe]
        let timing: DetectionTiming
    }
    private let replays = Mutex<[Form: AlarmReplay]>([:])

    private let thresholds: Thresholds

    init(_ graph: Graph) { thresholds = graph.thresholds }

    /// What `definition` does, seen by `judge`.
    func replay(_ definition: AlarmDefinition, by judge: AlarmJudge) -> AlarmReplay {
        // What CloudWatch would refuse is told with the alarm's own name.
        guard AlarmEvaluator.diagnostics(for: definition).isEmpty else {
            return AlarmReplay(definition, by: judge, under: thresholds)
        }
        let form = Self.form(of: definition, judge)
        if let known = replays.withLock({ $0[form] }) { return known }
        let judge = AlarmJudge(form.identity, probes: form.probes, timing: form.timing)
        let replay = AlarmReplay(form.definition, by: judge, under: thresholds)
        replays.withLock { $0[form] = replay }
        return replay
    }

    private static func form(of definition: AlarmDefinition, _ judge: AlarmJudge) -> Form {
        let identity = judge.identity
        // No name in AWS starts with NUL, so that different names stay different.
        func standIn(_ name: String) -> String {
            switch name {
            case identity.endpoint: "\u{0}endpoint"
            case identity.variant: "\u{0}variant"
            case identity.config: "\u{0}config"
            default: name
            }
        }
        func renamed(_ metric: MetricIdentity) -> MetricIdentity {
            let dimensions = metric.dimensions.map { Dimension($0.name, standIn($0.value)) }
            return MetricIdentity(namespace: metric.namespace, name: metric.name, dimensions: dimensions)
        }
        var form = definition
        var read: [MetricIdentity] = []
        form.name = ""
        for index in form.queries.indices {
            guard case .metric(let metric, let statistic, let period, let unit) = form.queries[index].source
            else { continue }
            read.append(metric)
            form.queries[index].source = .metric(
                renamed(metric), statistic: statistic, periodSeconds: period, unit: unit)
        }
        let probes = judge.probes.filter { read.contains($0.metric) }.map { probe in
            HealthProbe(
                metric: renamed(probe.metric), healthyValue: probe.healthyValue, deadValue: probe.deadValue)
        }
        let names = VariantIdentity(
            endpoint: standIn(identity.endpoint), variant: standIn(identity.variant),
            config: identity.config.map(standIn))
        return Form(definition: form, identity: names, probes: probes, timing: judge.timing)
    }
}

extension AlarmDefinition {
    /// A second by which everything the alarm looks at lies behind second 0.
    var settledSecond: Int { periodSeconds * (evaluationPeriods + AlarmEvaluator.extraPeriods + 1) }
}
