// Which candidate of a model is chosen, and why the others are not.

import PlumbPolicy
import Testing

@Suite struct CandidateChoiceTests {
    private static func candidate(
        _ technique: String, reduction: Double, spread: Double = 0.01, bytes: Int = 250, quality: Double = 0.97,
        rows: Int = 2000, classes: [ModelCandidate.ClassResult] = [], metric: String = "accuracy"
    ) -> ModelCandidate {
        ModelCandidate(
            technique: technique, bytes: bytes, residentBytes: 40, baselineBytes: 1000,
            p50Milliseconds: 10 * (1 - reduction), p99Milliseconds: 12, baselineP50Milliseconds: 10,
            baselineP99Milliseconds: 400,
            reductions: (0..<30).map { reduction + ($0 % 2 == 0 ? spread : -spread) }, metric: metric,
            quality: quality, baselineQuality: metric == "rmse" ? 2.0 : 0.97, rows: rows, classes: classes)
    }

    private static func choose(_ candidates: ModelCandidate..., goal: CandidateChoice.Goal = .latency)
        -> CandidateChoice
    {
        CandidateChoice(among: candidates, goal: goal, reductionPercent: 30, latencyMilliseconds: 500)
    }

    @Test func theFastestThatKeepsTheQualityIsChosen() {
        let choice = Self.choose(
            Self.candidate("int8-static", reduction: 0.6, quality: 0.90),
            Self.candidate("int8-dynamic", reduction: 0.4), Self.candidate("float16", reduction: 0.1, bytes: 500))
        #expect(choice.best?.technique == "int8-dynamic")
        // float16 is slower, larger and no better: nobody wants it.
        #expect(choice.front.map(\.technique) == ["int8-dynamic"])
        #expect(choice.reasons.contains { $0.hasPrefix("int8-static: accuracy fell from 0.97 to 0.9") })
        #expect(choice.reasons.contains { $0.contains("the median fell by 40 % (95 % interval 39.6 % to 40.4 %)") })
    }

    @Test func whatIsNotSurelyFasterIsNotChosenForLatency() {
        let noisy = Self.candidate("graph", reduction: 0.001, spread: 0.2)
        #expect(Self.choose(noisy).best == nil)
        #expect(Self.choose(noisy, goal: .size).best?.technique == "graph")
        #expect(Self.choose(Self.candidate("float16", reduction: -0.1)).best == nil)
    }

    @Test func aReductionUnderTheLimitIsToldAndOneOfAQuarterIsNoThird() {
        let choice = Self.choose(Self.candidate("int8-dynamic", reduction: 0.25))
        #expect(choice.best != nil && choice.reasons.contains { $0.contains("PERF-2.2 asks for 30 %") })
        // At 400 ms of 500 nobody waives it; a model that answers in a fifth of that may stay.
        #expect(!choice.reasons.contains { $0.contains("waive") })
        var quick = Self.candidate("int8-dynamic", reduction: 0.25)
        quick.baselineP99Milliseconds = 5
        #expect(Self.choose(quick).reasons.contains { $0.contains("waive") })
    }

    // Of 95 right of 100, two standard errors are 4.3 points, and one row more: 5 may be lost, 10 may not. Where all were
    // right two points and one row may go. One of six is chance.
    @Test(arguments: [
        (95, 100, 91, false), (95, 100, 85, true), (100, 100, 97, false), (100, 100, 96, true), (5, 6, 4, false),
    ])
    func aClassThatCollapsesIsNotHiddenByTheMean(before: Int, rows: Int, after: Int, isRefused: Bool) {
        let candidate = Self.candidate(
            "int8-static", reduction: 0.5,
            classes: [
                .init(label: "cat", rows: rows, baseline: before, candidate: after),
                .init(label: "dog", rows: 1900, baseline: 1850, candidate: 1850),
            ])
        #expect((candidate.objection?.contains("class cat fell from \(before) to \(after)") ?? false) == isRefused)
    }

    @Test func fewRowsUnknownScalesAndTooFewBlocksProveNothing() {
        #expect(Self.candidate("x", reduction: 0.5, rows: 99).objection?.contains("99 rows") == true)
        #expect(Self.candidate("x", reduction: 0.5, metric: "rmse to the baseline").objection != nil)
        #expect(Self.candidate("x", reduction: 0.5, quality: 2.005, metric: "rmse").objection == nil)
        #expect(Self.candidate("x", reduction: 0.5, quality: 2.02, metric: "rmse").objection != nil)
        #expect(Self.candidate("x", reduction: 0.5, quality: .nan).objection != nil)
        var short = Self.candidate("x", reduction: 0.5)
        short.reductions.removeLast()
        #expect(short.reduction == nil && Self.choose(short).best == nil)
    }
}
