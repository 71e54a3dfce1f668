import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbEngine

/// The three alarms judged by what they do, not by how they are written.
struct RevisionAlarmsTests {
    private func judged(_ spec: Spec) -> [[CanonicalTrace: AlarmBehaviour]] {
        let revision = Revision.sample(3, spec)
        let judge = AlarmJudge(
            RevisionAlarms.identity(of: revision), probes: [HealthProbe(metric: RevisionAlarms.probe(of: revision))],
            timing: .engine)
        return RevisionAlarms.definitions(for: revision).map { alarm in
            var found: [CanonicalTrace: AlarmBehaviour] = [:]
            for trace in CanonicalTrace.allCases { found[trace] = judge.behaviour(of: alarm, on: trace) }
            return found
        }
    }

    @Test(arguments: [1, 10, 60])
    func eachAlarmFiresOnItsOwnFaultAlone(period: Int) {
        let expected: [Set<CanonicalTrace>] = [
            [.serverErrors], [.slow], [.containerDead, .containerDeadProbeSilent],
        ]
        let found = judged(.sample(period: period, alarmRequestsMinimum: 5))
        #expect(found.count == 3)
        for (alarm, fires) in zip(found, expected) {
            for (trace, behaviour) in alarm {
                #expect(behaviour.isFiring == fires.contains(trace), "\(trace): \(behaviour)")
            }
        }
    }

    @Test func fewRequestsSayNothing() {
        // The traces have 16.7 requests a second: a period with fewer than the minimum is no evidence.
        for alarm in judged(.sample(period: 1, alarmRequestsMinimum: 20)).prefix(2) {
            for (trace, behaviour) in alarm { #expect(!behaviour.isFiring, "\(trace): \(behaviour)") }
        }
    }

    @Test func alarmsLookAtTheirOwnRevisionAlone() {
        let revision = Revision.sample(3)
        let other = AlarmJudge(
            VariantIdentity(endpoint: "digits", variant: Revision.variantName, config: "digits-r2"), timing: .engine)
        for alarm in RevisionAlarms.definitions(for: revision).prefix(2) {
            #expect(!other.behaviour(of: alarm, on: .serverErrors).isFiring)
            #expect(!other.behaviour(of: alarm, on: .slow).isFiring)
        }
        #expect(
            RevisionAlarms.definitions(for: revision).map(\.name)
                == ["digits-r3-error-rate", "digits-r3-latency-p99", "digits-r3-health"])
    }
}
