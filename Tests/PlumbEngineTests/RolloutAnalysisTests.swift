// What a bake with few requests a second says of a revision, when no single second could.

import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbEngine

struct RolloutAnalysisTests {
    private let revision = Revision.sample(2)

    /// `perSecond` requests in each of `seconds`, of which every `nth` is `status` after `milliseconds`.
    private func source(
        perSecond: Int, seconds: Int = 10, nth: Int, status: Int = 200, milliseconds: Int = 5
    ) -> RequestMetrics {
        var recorder = RequestRecorder()
        var count = 0
        for second in 1000..<1000 + seconds {
            for _ in 0..<perSecond {
                count += 1
                let isOdd = count % nth == 0
                recorder.record(
                    latencyMicroseconds: (isOdd ? milliseconds : 5) * 1000, status: isOdd ? status : 200, at: second)
            }
        }
        return RequestMetrics(
            endpoint: revision.endpoint, variant: Revision.variantName, recorders: [revision.configName: recorder])
    }

    private func trouble(_ source: RequestMetrics, seconds: Int = 10) -> String? {
        verdict(source, seconds: seconds).failure
    }

    private func verdict(_ source: RequestMetrics, old: Revision? = nil, seconds: Int = 10) -> AnalysisVerdict {
        RolloutAnalysis(revision: revision, old: old, source: source)
            .verdict(since: 1000, until: Double(1000 + seconds))
    }

    @Test func aSlowRevisionWithFewRequestsASecondIsFound() throws {
        let told = try #require(trouble(source(perSecond: 3, nth: 1, milliseconds: 700)))
        #expect(told.contains("p99 over the 30 requests") && told.contains("allowed are 500 ms"))
    }

    @Test func aFailingRevisionWithFewRequestsASecondIsFound() throws {
        let told = try #require(trouble(source(perSecond: 3, nth: 4, status: 500)))
        #expect(told.contains("7 of 30 requests failed") && told.contains("95 % confidence"))
    }

    @Test func oneStragglerOrOneErrorAmongFewIsNoVerdict() {
        #expect(trouble(source(perSecond: 3, nth: 30, milliseconds: 900)) == nil)
        #expect(trouble(source(perSecond: 3, nth: 30, status: 500)) == nil)
        #expect(trouble(source(perSecond: 3, nth: 7, status: 404)) == nil)
    }

    @Test func fewerRequestsThanTheSpecAsksForSayNothing() {
        #expect(trouble(source(perSecond: 1, seconds: 4, nth: 1, status: 500), seconds: 4) == nil)
    }

    @Test func manyRequestsAreJudgedByTheirOwnP99() {
        #expect(trouble(source(perSecond: 50, nth: 40, milliseconds: 900)) != nil)
        #expect(trouble(source(perSecond: 50, nth: 400, milliseconds: 900)) == nil)
    }

    @Test func aLongBakeIsReadInSpansThatAreStillKept() {
        #expect(trouble(source(perSecond: 2, seconds: 600, nth: 1, milliseconds: 700), seconds: 600) != nil)
        #expect(trouble(source(perSecond: 2, seconds: 600, nth: 500, milliseconds: 700), seconds: 600) == nil)
    }

    @Test func whatLooksBadAndIsNotProvenIsInconclusive() {
        // One of thirty is 3.3 %, and at least 0.2 % with 95 % confidence.
        guard case .inconclusive(let errors) = verdict(source(perSecond: 3, nth: 30, status: 500)) else {
            Issue.record("one error of thirty decided")
            return
        }
        #expect(errors == "1 of 30 requests failed while it was watched, above 1 % but too few to prove it")
        guard case .inconclusive = verdict(source(perSecond: 3, nth: 30, milliseconds: 900)) else {
            Issue.record("one straggler of thirty decided")
            return
        }
        guard case .inconclusive(let few) = verdict(source(perSecond: 1, seconds: 4, nth: 1), seconds: 4) else {
            Issue.record("four requests decided")
            return
        }
        #expect(few == "4 of 5 requests that a verdict needs were seen")
    }

    @Test func aGoodRevisionPassesAndSaysByWhat() {
        #expect(
            verdict(source(perSecond: 50, nth: 1))
                == .pass("500 requests: 0 % failed, allowed are 1 %, p99 5 ms, allowed are 500 ms"))
    }

    @Test func silencePassesOnlyWhereNothingWasAskedFor() {
        var quiet = revision
        quiet.spec.rollout.requestsMinimum = 0
        let nothing = RequestMetrics(endpoint: "digits", variant: Revision.variantName, recorders: [:])
        func verdict(_ revision: Revision) -> AnalysisVerdict {
            RolloutAnalysis(revision: revision, old: nil, source: nothing).verdict(since: 1000, until: 1010)
        }
        #expect(verdict(quiet).isPass)
        #expect(!verdict(revision).isPass && verdict(revision).failure == nil)
    }

    /// Both revisions over the same ten seconds: of each the requests a second, every how manyth fails, and the time.
    private func beside(
        _ new: (perSecond: Int, nth: Int, milliseconds: Int), _ old: (perSecond: Int, nth: Int, milliseconds: Int)
    ) -> AnalysisVerdict {
        var lenient = revision
        lenient.spec.alarms.errorRate.threshold = 50
        let other = Revision.sample(1)
        func recorder(_ conduct: (perSecond: Int, nth: Int, milliseconds: Int)) -> RequestRecorder {
            var recorder = RequestRecorder()
            for index in 0..<conduct.perSecond * 10 {
                recorder.record(
                    latencyMicroseconds: conduct.milliseconds * 1000, status: index % conduct.nth == 0 ? 500 : 200,
                    at: 1000 + index / conduct.perSecond)
            }
            return recorder
        }
        let source = RequestMetrics(
            endpoint: "digits", variant: Revision.variantName,
            recorders: [lenient.configName: recorder(new), other.configName: recorder(old)])
        return RolloutAnalysis(revision: lenient, old: other, source: source).verdict(since: 1000, until: 1010)
    }

    @Test func oneThatIsWorseThanTheOldInTheSameWindowFails() throws {
        let errors = try #require(beside((50, 10, 5), (500, 1000, 5)).failure)
        #expect(errors.contains("of r1's 5 of 5000 in the same time: at least"), "\(errors)")
        let slow = try #require(beside((50, 9999, 300), (500, 9999, 100)).failure)
        #expect(slow.contains("that of r1 in the same time at most 100"), "\(slow)")
    }

    @Test func oneThatSuffersAsTheOldDoesIsNotBlamed() {
        // The whole house is slow, or a client sends what both refuse.
        #expect(beside((50, 10, 300), (500, 10, 300)).isPass)
        // A ratio of a few milliseconds is noise, and few requests are not compared.
        #expect(beside((50, 9999, 9), (500, 9999, 2)).isPass)
        #expect(beside((50, 9999, 300), (5, 9999, 100)).isPass)
    }

    @Test func theRanksAreThoseOfTheExactInterval() {
        // 2 of 20 prove more than one in a hundred, 4 of 100 do, 3 of 100 do not.
        #expect(RolloutAnalysis.rankBelowP99(of: 20) == 90)
        #expect(RolloutAnalysis.rankBelowP99(of: 100) == 96)
        // Under 299 requests the slowest of all is no upper bound of the 99th percentile yet.
        #expect(RolloutAnalysis.rankAboveP99(of: 298) == 100)
        #expect(RolloutAnalysis.rankAboveP99(of: 1000) > 99.4)
    }
}
