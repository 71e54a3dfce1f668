// The budget of retries: what it allows, what it refuses, and when it recovers.

import PlumbTesting
import Testing

@testable import PlumbEngine

struct RetryBudgetTests {
    /// Lets `requests` come in a second of which all first attempts fail, and each retry as well; answers the retries.
    private func fail(_ requests: Int, _ budget: inout RetryBudget, capacity: Int = 0) -> Int {
        var retries = 0
        for _ in 0..<requests {
            budget.ask()
            for _ in 0..<2 {
                guard budget.begin(capacity: capacity) else { break }
                retries += 1
                budget.end(inVain: true)
            }
        }
        return retries
    }

    @Test func aFleetThatFailsEverythingIsSentAFifthMoreAndNotTwiceAsMuch() {
        var budget = RetryBudget()
        var retries = 0
        for second in 0..<60 {
            budget.tick(at: second)
            retries += fail(100, &budget)
        }
        // A window's share and the constant, six times over at most.
        #expect(retries <= 60 * 20 + 6 * RetryBudget.retriesMin && retries >= 60 * 18)
        #expect(budget.made == retries && budget.refused >= 60 * 70)
    }

    @Test func aBadInstanceAmongGoodOnesNeverUsesItUp() {
        var budget = RetryBudget()
        for _ in 0..<1000 {
            budget.ask()
            let isAllowed = budget.begin(capacity: 2)
            #expect(isAllowed)
            budget.end(inVain: false)
        }
        #expect(budget.refused == 0)
    }

    @Test func allThatIsOnAPartThatDiesGoesElsewhereOnce() {
        var budget = RetryBudget()
        budget.ask()
        for _ in 0..<500 {
            let isAllowed = budget.begin(capacity: 500)
            #expect(isAllowed)
        }
        let oneMore = budget.begin(capacity: 500)
        #expect(!oneMore)
        for _ in 0..<500 { budget.end(inVain: false) }
        let afterwards = budget.begin(capacity: 500)
        #expect(afterwards)
    }

    @Test func whatWasInVainIsForgottenWithItsSecond() {
        var budget = RetryBudget()
        budget.tick(at: 100)
        #expect(fail(30, &budget) == 6 + RetryBudget.retriesMin)
        budget.tick(at: 100 + RetryBudget.windowSeconds - 1)
        let inside = budget.begin(capacity: 0)
        #expect(!inside)
        budget.tick(at: 99)
        budget.tick(at: 100 + RetryBudget.windowSeconds)
        let outside = budget.begin(capacity: 0)
        #expect(outside)
        budget.end(inVain: true)
        budget.tick(at: 1_000_000_000)
        #expect(fail(30, &budget) == 6 + RetryBudget.retriesMin)
    }

    @Test(arguments: 0..<200)
    func neverMoreIsUnderWayOrInVainThanItAllows(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var budget = RetryBudget()
        var (second, underWay) = (0, 0)
        var (asked, inVain): ([Int: Int], [Int: Int]) = ([:], [:])
        for _ in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                second += Int.random(in: 1...3, using: &random)
                budget.tick(at: second)
            case 1...5:
                budget.ask()
                asked[second, default: 0] += 1
            case 6...8:
                if budget.begin(capacity: 4) { underWay += 1 }
            default:
                guard underWay > 0 else { continue }
                underWay -= 1
                let isInVain = Bool.random(using: &random)
                budget.end(inVain: isInVain)
                if isInVain { inVain[second, default: 0] += 1 }
            }
            let window = (second - RetryBudget.windowSeconds + 1)...second
            let spent = underWay + inVain.filter { window.contains($0.key) }.values.reduce(0, +)
            let requests = asked.values.reduce(0, +)
            #expect(spent <= Int(Double(requests) * RetryBudget.share) + RetryBudget.retriesMin)
        }
    }
}
