import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbEngine

struct RolloutArithmeticTests {
    @Test(arguments: [
        (RolloutPlan.sample(), 15.0), (.sample(.linear, step: 25, wait: 10, termination: 5), 35),
        (.sample(.allAtOnce, termination: 7), 7),
    ])
    func promotionTakesAllItsWaits(plan: RolloutPlan, seconds: Double) {
        let arithmetic = RolloutArithmetic(.sample(rollout: plan), replacesRevision: true)
        #expect(arithmetic.promoteSecondsMinimum == seconds)
        #expect(arithmetic.objections.isEmpty)
    }

    @Test func aFirstRevisionHasNothingToWaitForAndNothingToObjectTo() {
        let arithmetic = RolloutArithmetic(
            .sample(period: 60, rollout: .sample(wait: 1, termination: 0)), replacesRevision: false)
        #expect(arithmetic.promoteSecondsMinimum == 0)
        #expect(arithmetic.objections.isEmpty)
    }

    @Test(arguments: [1, 10, 60])
    func theDetectionTimeIsWhatTheAlarmReallyNeeds(period: Int) {
        let spec = Spec.sample(period: period, alarmRequestsMinimum: 5)
        let arithmetic = RolloutArithmetic(spec, replacesRevision: true)
        #expect(arithmetic.detectionSeconds == Double(period + 2 * period + 1))
        #expect(arithmetic.exposureSeconds == arithmetic.detectionSeconds + 1)
        let revision = Revision.sample(1, spec)
        let judge = AlarmJudge(RevisionAlarms.identity(of: revision), timing: .engine)
        let errors = RevisionAlarms.definitions(for: revision)[0]
        #expect(
            judge.behaviour(of: errors, on: .serverErrors) == .fires(afterSeconds: Int(arithmetic.detectionSeconds)))
    }

    @Test func aBakeTooShortForItsAlarmsIsObjectedTo() {
        var spec = Spec.sample(period: 10, rollout: .sample(wait: 30, termination: 31))
        spec.places = ["rollout.wait": Place(file: "plumb.yaml", line: 12, column: 3)]
        let objections = RolloutArithmetic(spec, replacesRevision: true).objections
        #expect(objections.count == 3)
        #expect(objections.allSatisfy { $0.severity == .error && $0.place?.line == 12 })
        #expect(objections.first?.message.contains("errorRate alarm needs 31 s (10 + 2 x 10 + 1)") == true)
        #expect(objections.first?.hint == "write rollout.wait: 31 or shorten alarms.errorRate.period")
        spec.rollout.waitSeconds = 31
        #expect(RolloutArithmetic(spec, replacesRevision: true).objections.isEmpty)
        // All at once has no bake; the warmth of the old fleet is all there is.
        spec.rollout.strategy = .allAtOnce
        spec.rollout.waitSeconds = 0
        #expect(RolloutArithmetic(spec, replacesRevision: true).objections.isEmpty)
        spec.rollout.terminationWaitSeconds = 30
        #expect(RolloutArithmetic(spec, replacesRevision: true).objections.count == 3)
    }

    @Test(arguments: [(14, true), (15, true), (16, false)])
    func aTimeoutThatTheWaitsFillIsObjectedTo(timeout: Int, isObjectedTo: Bool) {
        let spec = Spec.sample(rollout: .sample(timeout: timeout))
        let found = RolloutArithmetic(spec, replacesRevision: true).objections
        #expect(found.contains { $0.message.contains("it could never be promoted") } == isObjectedTo)
    }
}
