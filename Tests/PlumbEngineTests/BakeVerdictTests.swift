// What a bake with few requests a second says of a revision, when no single second could.

import PlumbModel
import PlumbSignals
import PlumbTesting
import Testing

@testable import PlumbEngine

struct BakeVerdictTests {
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
        BakeVerdict.trouble(with: revision, from: source, since: 1000, until: Double(1000 + seconds))
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
}
