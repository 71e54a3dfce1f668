// What a month's review asks: right-size, remove, tune, commit, explain.

import PlumbModel
import Testing

@testable import PlumbEngine

@Suite struct SpendJudgementTests {
    private func month(_ change: (inout EndpointMonth) -> Void = { _ in }) -> EndpointMonth {
        var month = EndpointMonth(name: "digits", environment: .production, region: "us-east-1")
        month.workload = .cpu
        month.instanceType = "ml.m5.4xlarge"
        (month.minimum, month.maximum, month.usdPerHour) = (2, 4, 0.922)
        (month.days, month.requests) = (14, 120_000)
        (month.cpuP95Percent, month.memoryP95Percent) = (55, 15)
        (month.fleetDays, month.atMinimumPercent, month.atMaximumPercent) = (30, 80, 2)
        month.changesPerHourMax = 2
        (month.p99Milliseconds, month.p99MillisecondsMax) = (40, 500)
        month.estimatedUSD = 1_500
        month.billedUSD = 1_500
        change(&month)
        return month
    }

    private func price(_ type: String, _ region: String = "us-east-1") -> Double? {
        PriceBook.embedded.listed(type, in: region)
    }

    private func size(_ change: (inout EndpointMonth) -> Void) -> RightSizing {
        RightSizing(month(change), families: ["m5"]) { self.price($0) }
    }

    private func review(_ months: [EndpointMonth], tools: SpendTools? = nil, discount: Double? = nil) -> SpendReview {
        let day = Day(daysSinceEpoch: 20_780)
        let review = SpendReview(
            on: day, of: "engine:", owner: "ada", from: day.adding(days: -29), through: day, monthShare: 1,
            endpoints: months, tools: tools)
        let plan = discount.map { SpendTools.PlanOffer(discount: $0, commitmentUSDPerHour: nil, source: "told") }
        return SpendJudgement.judge(review, plan: plan) { self.price($0, $1) }
    }

    // MARK: - Right size

    /// 10 % of sixteen processors are 40 % of four, and 80 % of two: after a zone is lost ml.m5.large is out.
    @Test func anIdleTypeIsChangedToTheCheapestThatBearsTheLoadAfterAZoneIsLost() {
        guard case .change(let other) = size({ $0.cpuP95Percent = 8 }) else {
            Issue.record("no change")
            return
        }
        #expect(other.type.name == "ml.m5.xlarge")
        #expect(abs(other.savingUSD - 2 * (0.922 - 0.23) * 730) < 0.01, "\(other.savingUSD)")
    }

    @Test func memoryAndLatencyHoldATypeWhereItIs() {
        // 40 % of 64 GiB and 30 % more are over the 32 GiB of ml.m5.2xlarge.
        guard
            case .fits = size({
                $0.cpuP95Percent = 8
                $0.memoryP95Percent = 40
            })
        else {
            Issue.record("it does not fit")
            return
        }
        // 200 ms become 400 on half the cores, at most 400 are allowed; on a quarter they are 800.
        guard
            case .change(let other) = size({
                $0.cpuP95Percent = 8
                $0.p99Milliseconds = 200
            })
        else {
            Issue.record("no change")
            return
        }
        #expect(other.type.name == "ml.m5.2xlarge")
    }

    @Test func aBusyTypeIsChangedToALargerOne() {
        guard case .change(let other) = size({ $0.cpuP95Percent = 85 }) else {
            Issue.record("no change")
            return
        }
        // Twice the load after the loss of a zone, at 70 % at most: 16 x 0.85 x 2 / 0.7 are 39 processors.
        #expect(other.type.name == "ml.m5.12xlarge" && other.savingUSD < 0)
    }

    @Test func tooLittleIsKnownToSize() {
        for change in [
            { $0.days = 13 }, { $0.requests = 999 }, { $0.cpuP95Percent = nil },
            {
                $0.cpuP95Percent = 8
                $0.memoryP95Percent = nil
            }, { $0.instanceType = "ml.x9.huge" },
        ] as [(inout EndpointMonth) -> Void] {
            guard case .unknown = size(change) else {
                Issue.record("\(size(change))")
                continue
            }
        }
    }

    @Test func aSavingOfAFewDollarsIsNotWorthTheRisk() {
        let answer = size {
            ($0.instanceType, $0.usdPerHour, $0.minimum, $0.cpuP95Percent) = ("ml.m5.xlarge", 0.23, 1, 15)
            $0.hoursPerMonth = 100
        }
        guard case .fits(let why) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(why.contains("too little"))
    }

    // MARK: - Idle, scaling, differences, plans

    @Test func whatNobodyAsksIsToBeRemovedAndNothingElseIsAskedOfIt() {
        let decisions = review([
            month {
                $0.requests = 0
                $0.cpuP95Percent = 1
            }
        ]).decisions
        #expect(decisions.map(\.kind) == [.removeIdle])
        #expect(decisions[0].change == ["plumb gc engine: --yes --approve digits"])
        #expect(abs((decisions[0].savingUSD ?? 0) - 2 * 0.922 * 730) < 0.01)
        // Ten days are enough in dev, and not in production.
        #expect(SpendJudgement.isIdle(month { ($0.requests, $0.days) = (0, 10) }) == nil)
        let dev = month {
            ($0.requests, $0.days) = (0, 10)
            $0.environment = .dev
        }
        #expect(SpendJudgement.isIdle(dev) == true && SpendJudgement.isIdle(month { $0.requests = nil }) == nil)
    }

    @Test func scalingThatIsPinnedRestlessOrStillIsToBeTuned() {
        #expect(review([month { $0.atMaximumPercent = 33 }]).decisions.map(\.kind) == [.tuneScaling])
        #expect(review([month { $0.changesPerHourMax = 12 }]).decisions.map(\.kind) == [.tuneScaling])
        #expect(review([month { $0.atMinimumPercent = 100 }]).decisions.map(\.kind) == [.tuneScaling])
        #expect(review([month { ($0.atMinimumPercent, $0.fleetDays) = (100, 20) }]).decisions.isEmpty)
        // One size alone cannot move.
        #expect(review([month { ($0.atMinimumPercent, $0.maximum) = (100, 2) }]).decisions.isEmpty)
    }

    @Test func aBillThatIsNotWhatWasExpectedIsToBeExplained() {
        let found = review([month { ($0.billedUSD, $0.meteredUSD) = (1_800, 1_500) }])
        #expect(found.decisions.map(\.kind) == [.explainDifference, .explainDifference])
        #expect(found.differencePercent(found.endpoints[0]) == 20)
        #expect(review([month { $0.billedUSD = 1_560 }]).decisions.isEmpty)
        // Twice what was expected, and yet forty cents.
        #expect(review([month { ($0.estimatedUSD, $0.billedUSD) = (0.4, 0.8) }]).decisions.isEmpty)
        let without = review([month { $0.billedUSD = nil }])
        #expect(without.decisions.isEmpty && without.actualUSD == nil)
        #expect(without.unknown.contains { $0.hasPrefix("digits: what it has cost") })
    }

    /// A meter that has run for a tenth of the month is held against a tenth.
    @Test func aMeterIsHeldAgainstTheTimeItHasSeen() {
        let found = review([month { ($0.billedUSD, $0.meteredUSD, $0.meteredShare) = (nil, 151, 0.1) }])
        #expect(found.decisions.isEmpty && abs((found.expectedUSD ?? 0) - 150) < 1e-9)
    }

    @Test func aPlanBreaksEvenWhereItIsUsedForMoreThanItIsCheaper() {
        let found = review([month()], discount: 0.27).decisions
        #expect(found.map(\.kind) == [.savingsPlan] && found[0].reason.contains("when 73 % of the commitment is used"))
        #expect(abs((found[0].savingUSD ?? 0) - 2 * 0.922 * 730 * 0.27) < 0.01)
        #expect(review([month()]).unknown.contains { $0.contains("--plan-discount") })
    }

    @Test func whatToolsSayIsToBeDecidedAndWhatTheyRefuseIsUnknown() {
        var tools = SpendTools()
        tools.anomalies = [SpendTools.Anomaly(day: "2026-11-03", impactUSD: 80, cause: "Amazon SageMaker")]
        tools.advice = [SpendTools.Advice(tool: "Compute Optimizer", subject: "e", advice: "Idle", savingUSD: 12)]
        tools.refused = ["Trusted Advisor: SubscriptionRequiredException"]
        let found = review([month()], tools: tools)
        #expect(found.decisions.map(\.kind) == [.explainAnomaly, .followAdvice])
        #expect(found.unknown.contains("Trusted Advisor: SubscriptionRequiredException"))
    }
}
