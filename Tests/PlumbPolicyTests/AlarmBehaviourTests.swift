// What the OPS controls say of alarms at the edges that examples are too coarse for.

import PlumbModel
import PlumbSignals
import Testing

@testable import PlumbPolicy

@Suite struct AlarmBehaviourTests {
    private func verdict(_ id: String, _ change: (inout Graph) -> Void) throws -> ControlVerdict {
        var graph = try BaseSpec.graph()
        graph.source = .cloudformation
        change(&graph)
        let control = try #require(PolicyBook.control(id)).control
        return PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
    }

    @Test(arguments: [(0.004, Verdict.holds), (0.01, .holds), (0.0105, .holds), (0.012, .fails), (0.001, .fails)])
    func anErrorAlarmHoldsBetweenHealthyTrafficAndOnePercent(_ threshold: Double, _ wanted: Verdict) throws {
        let found = try verdict("OPS-1.2") { graph in
            graph.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                $0.threshold = .known(threshold)
                $0.comparison = .known(.greaterThanThreshold)
            }
            graph.alarms.removeAll { $0.id != "ErrorRateAlarm" }
        }
        #expect(found.verdict == wanted, "\(found.judgements.map(\.message))")
    }

    @Test func anAlarmThatNeedsHoursIsNoErrorAlarm() throws {
        let found = try verdict("OPS-1.2") { graph in
            graph.rewrite("ErrorRateAlarm", metric: "Invocation5XXErrors", statistic: "Average") {
                $0.threshold = 0.01
                $0.comparison = .known(.greaterThanThreshold)
                $0.periodSeconds = 3600
                $0.evaluationPeriods = 3
                $0.datapointsToAlarm = 3
            }
            graph.changeRows(of: "ErrorRateAlarm") { $0.periodSeconds = 3600 }
            graph.alarms.removeAll { $0.id != "ErrorRateAlarm" }
        }
        #expect(found.verdict == .fails)
        #expect(found.judgements[0].message.contains("14520 s"), "\(found.judgements[0].message)")
    }

    @Test func anAnomalyBandIsUnknown() throws {
        let found = try verdict("OPS-1.3") { graph in
            graph.alarms[id: "LatencyP99Alarm"]?.threshold = .unknown("an anomaly band")
        }
        #expect(found.verdict == .unknown)
        #expect(found.judgements[0].message.contains("anomaly band"))
    }

    @Test func theUnitOfAWrongAlarmIsNamed() throws {
        let found = try verdict("OPS-1.3") { graph in
            graph.rewrite("LatencyP99Alarm", metric: "ModelLatency", statistic: "p99")
            graph.changeRows(of: "LatencyP99Alarm") { $0.unit = "Milliseconds" }
        }
        #expect(found.judgements[0].message.contains("Microseconds"), "\(found.judgements[0].message)")
    }

    @Test(arguments: [
        ("feature_baseline_drift_age", AlarmClass.drift), ("FeatureDrift", .drift), ("accuracy", .quality),
        ("rmse", .quality), ("QualityDegradation", .quality),
    ])
    func signalsAreToldByTheirNames(_ metric: String, _ purpose: AlarmClass) {
        #expect(Graph.signals(of: metric) == [purpose])
    }

    @Test(arguments: ["Invocations", "ModelLatency", "ProbeSuccess", "CPUUtilization", "ReplicationLagSeconds"])
    func otherMetricsAreNoSignals(_ metric: String) {
        #expect(Graph.signals(of: metric).isEmpty)
    }

    @Test(arguments: [
        ("digits-9f86d081", true), ("digits-v12", true), ("digits-2026.11.24", true), ("digits-config", false),
        ("production", false), ("digits-latest", false), ("digits-${Revision}", nil),
        ("digits-${AWS::StackName}", false), ("digits-${Revision}-v3", true),
    ])
    func aRevisionIsSeenInAName(_ name: String, _ wanted: Bool?) {
        #expect(Graph.carriesRevision(name) == wanted)
    }

    @Test func aCompositeAlarmIsReadByItsRule() {
        let composite = CompositeAlarm("Any") { $0.rule = #"ALARM("a b") OR ALARM(c)"# }
        #expect(composite.alarmNames == ["a b", "c"])
        #expect(composite.isAnyOf)
        #expect(!CompositeAlarm("All") { $0.rule = "ALARM(a) AND NOT ALARM(b)" }.isAnyOf)
    }

    @Test func detectionIsToldWithItsArithmetic() throws {
        let found = try verdict("OPS-2.4") { graph in
            graph.changeBlueGreen {
                $0.waitIntervalSeconds = 300
                $0.terminationWaitSeconds = 300
            }
            graph.alarms.mutateEach { alarm in
                alarm.periodSeconds = 60
                alarm.evaluationPeriods = 3
                alarm.datapointsToAlarm = 3
            }
        }
        #expect(found.verdict == .fails)
        let message = found.judgements[0].message
        #expect(message.contains("360 s > WaitIntervalInSeconds 300 s: 60 + 3 x 60 + 60 + 60"), "\(message)")
    }
}
