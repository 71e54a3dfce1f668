// Estimates against figures that were reckoned by hand, to the cent.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct SpendTests {
    private func graph(
        _ type: String, _ minimum: Int, _ maximum: Int, in environment: Environment, weekly: String? = nil,
        region: String = "us-east-1"
    ) -> Graph {
        // An engine's graph has instances and nothing else that is billed.
        var graph = Graph(source: .engine, environment: environment, asOf: Day(daysSinceEpoch: 20_600))
        graph.region = .known(region)
        graph.endpointConfigs.append(
            EndpointConfig("Config") {
                var variant = Variant()
                variant.name = "all"
                variant.instanceType = .known(type)
                variant.initialInstanceCount = .known(minimum)
                variant.managedMinimum = .known(minimum)
                variant.managedMaximum = .known(maximum)
                $0.variants = .known([variant])
            })
        graph.endpoints.append(
            Endpoint("Endpoint") {
                $0.head.name = "digits"
                $0.config = .known(.resource("Config"))
            })
        var declaration = Declaration(endpointName: "digits")
        declaration.team = "risk"
        declaration.monthlyBudgetUSD = 5000
        if weekly != nil {
            declaration.workingHours = .known(
                WorkingHours(
                    timezone: "America/New_York", days: ["mon", "tue", "wed", "thu", "fri"], start: "08:00",
                    stop: "19:00"))
        }
        graph.declarations = [declaration]
        return graph
    }

    private func assumptions(average: Double? = nil, hours: Double = 239.25) -> SpendAssumptions {
        var assumptions = SpendAssumptions { _ in hours }
        assumptions.averageInstances = average
        return assumptions
    }

    /// Around the clock, and in working hours of 239.25 h a month.
    @Test(arguments: [
        ("ml.m5.large", 1, "83.95", "27.51"), ("ml.m5.large", 2, "167.90", "55.03"),
        ("ml.m5.xlarge", 1, "167.90", "55.03"), ("ml.m5.xlarge", 2, "335.80", "110.06"),
        ("ml.m5.xlarge", 3, "503.70", "165.08"),
    ]) func devAndStagingCostWhatTheyCostByHand(type: String, count: Int, always: String, working: String) {
        let all = graph(type, count, count, in: .staging).spend(assumptions())
        #expect(SpendEstimate.usd(all.floorUSD) == always && SpendEstimate.usd(all.worstUSD) == always)
        let day = graph(type, count, count, in: .staging, weekly: "yes").spend(assumptions())
        #expect(SpendEstimate.usd(day.expectedUSD) == working)
    }

    /// At least two, at most four, and 2.6 on the average.
    @Test(arguments: [
        ("ml.m5.xlarge", "335.80", "671.60", "436.54", BudgetVerdict.fits),
        ("ml.c5.2xlarge", "595.68", "1,191.36", "774.38", .fits),
        ("ml.g5.xlarge", "2,055.68", "4,111.36", "2,672.38", .fits),
        ("ml.g6.xlarge", "1,644.98", "3,289.96", "2,138.48", .fits),
        ("ml.g5.12xlarge", "10,351.40", "20,702.80", "13,456.82", .floorIsOver),
        ("ml.p5.48xlarge", "92,412.16", "184,824.32", "120,135.81", .floorIsOver),
    ]) func productionCostsWhatItCostsByHand(
        type: String, floor: String, worst: String, expected: String, verdict: BudgetVerdict
    ) {
        let spend = graph(type, 2, 4, in: .production).spend(assumptions(average: 2.6))
        #expect(SpendEstimate.usd(spend.floorUSD) == floor)
        #expect(SpendEstimate.usd(spend.worstUSD) == worst)
        #expect(SpendEstimate.usd(spend.expectedUSD) == expected)
        #expect(spend.groups.map(\.verdict) == [verdict] && spend.isComplete)
    }

    @Test func aTeamsCapIsStrictAndCountsAllOfItsEndpoints() {
        #expect(graph("ml.m5.large", 1, 1, in: .dev).spend(assumptions()).groups.map(\.verdict) == [.fits])
        #expect(
            graph("ml.m5.large", 1, 2, in: .dev).spend(assumptions(average: 1)).groups[0].verdict == .worstCaseIsOver)
        var exact = graph("ml.m5.large", 1, 1, in: .dev)
        exact.prices = PriceBook(lists: [
            PriceList(
                asOf: exact.asOf, source: "a test", confidence: .listed,
                regions: ["us-east-1": ["ml.m5.large": 100.0 / 730]])
        ])
        #expect(exact.spend(assumptions()).groups[0].verdict == .floorIsOver)
    }

    @Test func aPriceThatIsNotKnownMakesTheSumAnAtLeast() {
        let spend = graph("ml.g6e.xlarge", 2, 4, in: .production, region: "eu-west-1").spend(assumptions())
        #expect(!spend.isComplete && spend.floorUSD == 0)
        #expect(spend.endpoints[0].unknown == ["no hosting price of ml.g6e.xlarge in eu-west-1 is known"])
        #expect(spend.groups.map(\.verdict) == [.unknown])
    }

    /// 2.1 requests a second are three times the 0.7 that one instance of 1 bears, though not in floating point.
    @Test func aLoadThatIsBornExactlyWantsNoFurtherInstance() {
        for count in 1...4 {
            for capacity in [1.0, 3, 7, 10, 33] {
                var told = assumptions()
                told.load = Array(repeating: Double(count) * capacity * 7 / 10, count: 168)
                told.capacityPerInstance = capacity
                let spend = graph("ml.m5.xlarge", 1, 5, in: .production).spend(told)
                #expect(abs(spend.expectedUSD - Double(count) * 0.23 * 730) < 1e-6, "\(count) of \(capacity)")
            }
        }
    }

    /// An hour of which half is worked counts half.
    @Test func aWeeksLoadIsWeighedByTheMinutesThatItRuns() {
        var told = SpendAssumptions()
        told.load = (0..<168).map { $0 % 24 == 8 ? 21 : 1 }
        told.capacityPerInstance = 10
        var graph = graph("ml.m5.xlarge", 1, 4, in: .staging, weekly: "yes")
        graph.declarations[0].workingHours = .known(
            WorkingHours(timezone: "Etc/UTC", days: ["mon"], start: "08:30", stop: "11:00"))
        // Half an hour with three instances and two hours with one.
        let mean = (0.5 * 3 + 2) / 2.5
        #expect(abs(graph.spend(told).expectedUSD - mean * 0.23 * 2.5 / 168 * 730) < 1e-6)
    }

    @Test func aWeeksLoadDecidesHowManyRun() {
        var told = assumptions()
        // One instance bears 10 a second at 70 %: ten hours of the week need three, the others one, at least two.
        told.load = (0..<168).map { $0 < 10 ? 21 : 1 }
        told.capacityPerInstance = 10
        let spend = graph("ml.m5.xlarge", 2, 4, in: .production).spend(told)
        #expect(abs(spend.expectedUSD - (2 + 10.0 / 168) * 0.23 * 730) < 1e-6)
    }
}
