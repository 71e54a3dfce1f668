// How verdicts combine: in any order, and never from unknown to holding.

import PlumbModel
import Testing

@Suite struct VerdictTests {
    private static let pairs = Verdict.allCases.flatMap { left in Verdict.allCases.map { (left, $0) } }

    @Test(arguments: pairs) func theOrderDoesNotMatter(_ left: Verdict, _ right: Verdict) {
        #expect(left.and(right) == right.and(left))
        #expect([left, right].combined == [right, left].combined)
        for third in Verdict.allCases {
            #expect(left.and(right).and(third) == left.and(right.and(third)))
        }
    }

    @Test(arguments: pairs) func holdingNeedsBothAndOneFailureIsEnough(_ left: Verdict, _ right: Verdict) {
        let both = left.and(right)
        #expect((both == .fails) == (left == .fails || right == .fails))
        if both == .holds {
            #expect([left, right].allSatisfy { $0 == .holds || $0 == .notApplicable })
            #expect(left == .holds || right == .holds)
        }
        if left == .unknown || right == .unknown { #expect(both == .unknown || both == .fails) }
    }

    @Test(arguments: Verdict.allCases) func whatDoesNotApplyChangesNothing(_ verdict: Verdict) {
        #expect(verdict.and(.notApplicable) == verdict)
        #expect(verdict.and(verdict) == verdict)
    }

    @Test func nothingToCombineDoesNotApply() {
        #expect([Verdict]().combined == .notApplicable)
    }
}
