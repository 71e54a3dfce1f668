import PlumbModel
import PlumbSignals
import Testing

struct DetectionTimingTests {
    @Test(arguments: [
        (60, 1, 240), (60, 2, 300), (60, 3, 360), (60, 5, 480), (300, 2, 1020), (300, 3, 1320), (600, 2, 1920),
    ])
    func detectionIsTheTableOfTheCatalogue(period: Int, datapoints: Int, seconds: Int) {
        let definition = alarm(.serverErrors, .average, above: 0.01, period: period, of: 5, datapoints: datapoints)
        #expect(DetectionTiming.cloudWatch.detectionSeconds(of: definition) == seconds)
        #expect(DetectionTiming.cloudWatch.canFire(definition, withinBakeSeconds: seconds))
        #expect(!DetectionTiming.cloudWatch.canFire(definition, withinBakeSeconds: seconds - 1))
    }

    @Test func theEngineSeesAFaultInHalfAMinute() {
        #expect(DetectionTiming.engine.detectionSeconds(periodSeconds: 10, datapointsToAlarm: 2) == 31)
    }

    @Test func recoveryIsShortOnlyWhileTheOldFleetLives() {
        #expect(DetectionTiming.cloudWatch.warmRecoverySeconds == 150)
        #expect(DetectionTiming.cloudWatch.coldRecoverySeconds == 720)
    }

    @Test(arguments: [(0.1, 0.091), (0.2, 0.046), (0.5, 0.019), (1.0, 0.01)])
    func aSmallCanaryHidesErrors(fraction: Double, rate: Double) {
        let found = CanaryDilution(fraction: fraction).newRate(toExceed: 0.01, oldRate: 0.001)
        #expect(abs(found - rate) < 1e-12)
    }

    @Test func canariesAreWholeInstances() {
        #expect(CanaryDilution(percent: 10, instances: 2)?.fraction == 0.5)
        #expect(CanaryDilution(percent: 30, instances: 4)?.fraction == 0.5)
        #expect(CanaryDilution(percent: 10, instances: 10)?.fraction == 0.1)
        #expect(CanaryDilution(percent: 0, instances: 2) == nil)
        #expect(CanaryDilution(percent: 10, instances: 0) == nil)
        #expect(CanaryDilution(fraction: 0.5).slowShare(toMovePercentile: 99) == 0.02)
    }
}

struct BinomialIntervalTests {
    /// Exact bounds from summed binomial probabilities and from Wilson's formula, made apart from this code.
    @Test(arguments: [
        (0, 20, 0.95, 0.0, 0.139_108_340_668, 0.0, 0.119_157_837_361),
        (1, 20, 0.95, 0.002_561_378_777, 0.216_106_164_207, 0.011_234_816_851, 0.196_007_236_774),
        (2, 20, 0.95, 0.018_065_203_085, 0.282_618_524_886, 0.033_663_223_562, 0.261_663_046_327),
        (3, 100, 0.95, 0.008_225_829_108, 0.075_710_793_750, 0.012_051_814_249, 0.072_710_343_287),
        (20, 20, 0.95, 0.860_891_659_332, 1.0, 0.880_842_162_639, 1.0),
        (50, 100, 0.975, 0.398_321_129_503, 0.601_678_870_497, 0.403_831_530_366, 0.596_168_469_634),
        (7, 1000, 0.95, 0.003_289_787_401, 0.013_107_715_417, 0.003_799_780_183, 0.012_860_687_651),
        (10, 1000, 0.99, 0.004_140_298_065, 0.020_042_605_901, 0.004_875_721_195, 0.020_399_387_019),
    ])
    func boundsAgreeWithExactSums(
        events: Int, trials: Int, confidence: Double, exactLower: Double, exactUpper: Double, wilsonLower: Double,
        wilsonUpper: Double
    ) {
        let exact = BinomialInterval.clopperPearson(events: events, trials: trials, confidence: confidence)
        #expect(abs(exact.lower - exactLower) < 1e-9 && abs(exact.upper - exactUpper) < 1e-9, "\(exact)")
        let wilson = BinomialInterval.wilson(events: events, trials: trials, confidence: confidence)
        #expect(abs(wilson.lower - wilsonLower) < 1e-9 && abs(wilson.upper - wilsonUpper) < 1e-9, "\(wilson)")
    }

    @Test func oneErrorInTwentyIsNoProofOfOnePercent() {
        #expect(BinomialInterval.clopperPearson(events: 1, trials: 20).lower < 0.01)
        #expect(BinomialInterval.clopperPearson(events: 2, trials: 20).lower > 0.01)
    }

    @Test func nothingSeenSaysNothing() {
        for nothing in [
            BinomialInterval.clopperPearson(events: 0, trials: 0),
            BinomialInterval.wilson(events: 1, trials: 1, confidence: 1),
        ] {
            #expect(nothing.lower == 0 && nothing.upper == 1)
        }
    }

    @Test func manyRequestsNarrowTheBounds() {
        let few = BinomialInterval.clopperPearson(events: 20, trials: 1000)
        let many = BinomialInterval.clopperPearson(events: 200_000, trials: 10_000_000)
        #expect(few.lower < many.lower && many.upper < few.upper)
        #expect(abs(many.lower - 0.02) < 0.0001 && abs(many.upper - 0.02) < 0.0001)
    }
}
