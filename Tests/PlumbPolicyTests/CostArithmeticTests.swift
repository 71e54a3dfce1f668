// The month's arithmetic and the week's schedules, against figures that were reckoned by hand.

import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct CostArithmeticTests {
    private func cost(_ type: String, _ price: Double, _ minimum: Int, _ maximum: Int, hours: Double = 730)
        -> MonthlyCost
    {
        MonthlyCost(
            fleets: [.init(type: type, usdPerHour: price, minimum: minimum, maximum: maximum)], hours: hours,
            deploymentsUSD: 0, fixedUSD: 0)
    }

    @Test(arguments: [
        ("ml.m5.xlarge", 0.23, 335.80, 671.60), ("ml.g5.xlarge", 1.408, 2055.68, 4111.36),
        ("ml.g5.2xlarge", 1.515, 2211.90, 4423.80), ("ml.g5.12xlarge", 7.09, 10_351.40, 20_702.80),
    ]) func twoAndFourInstancesCostAMonth(type: String, price: Double, floor: Double, worst: Double) {
        #expect(abs(cost(type, price, 2, 4).floorUSD - floor) < 0.005)
        #expect(abs(cost(type, price, 2, 4).worstUSD - worst) < 0.005)
    }

    @Test func theWorkedExampleOfTheCatalogueComesOut() {
        let cost = cost("ml.m5.4xlarge", 0.922, 2, 4)
        #expect(Int(cost.expectedUSD(atPeak: 4).rounded()) == 1582)
        #expect(Int(cost.worstUSD.rounded()) == 2692)
        #expect(abs(cost.expectedUSD(atPeak: 2) - cost.floorUSD) < 1e-6)
        #expect(cost.expectedUSD(atPeak: 40) == cost.expectedUSD(atPeak: 4))
    }

    @Test func theLargestMaximumThatFitsIsTold() {
        #expect(cost("ml.m5.large", 0.115, 1, 4, hours: 60 * 4.345).maximumFitting(100) == 3)
        #expect(cost("ml.m5.large", 0.115, 1, 4, hours: 50 * 4.345).maximumFitting(100) == 4)
        #expect(cost("ml.g5.2xlarge", 1.515, 2, 4).maximumFitting(5000) == 4)
        #expect(cost("ml.g5.8xlarge", 3.06, 2, 4).maximumFitting(5000) == 2)
        #expect(cost("ml.p5.48xlarge", 63.296, 2, 4).maximumFitting(5000) == 0)
    }

    @Test func aCanaryDeploymentIsASecondFleetForAWhile() throws {
        var graph = Graph(source: .spec, environment: .production, asOf: Day(daysSinceEpoch: 0))
        graph.region = "us-east-1"
        graph.endpointConfigs.append(
            EndpointConfig("Config") {
                var variant = Variant()
                variant.instanceType = "ml.m5.4xlarge"
                variant.initialInstanceCount = 2
                $0.variants = .known([variant])
            })
        graph.endpoints.append(
            Endpoint("Endpoint") {
                $0.head.name = "digits"
                $0.config = .known(.resource("Config"))
                var policy = BlueGreenPolicy()
                policy.routing = .known(.canary)
                policy.waitIntervalSeconds = 300
                policy.terminationWaitSeconds = 600
                $0.blueGreen = .known(policy)
            })
        var declaration = Declaration(endpointName: "digits")
        declaration.deploymentsPerMonth = 1
        graph.declarations = [declaration]
        var ask = Inquiry("Endpoint")
        let endpoint = try #require(graph.endpoints.first)
        let cost = try #require(graph.monthlyCost(of: endpoint, &ask))
        #expect(abs(cost.deploymentsUSD - 0.768) < 0.001)
        #expect(ask.judgement.verdict == .holds)
    }

    @Test func aTypeWithoutAPriceIsUnknownAndNeverFree() throws {
        var graph = try BaseSpec.graph()
        graph.endpointConfigs.mutateEach { config in
            config.variants = config.variants.map { variants in
                variants.map { variant in
                    var changed = variant
                    changed.instanceType = "ml.x9.huge"
                    return changed
                }
            }
        }
        let control = try #require(PolicyBook.control("COST-3.5")?.control)
        #expect(control.judge(graph).map(\.verdict) == [.unknown])
    }

    @Test func pricesFollowTheRegion() throws {
        let type = try #require(InstanceType.named("ml.m5.large"))
        #expect(type.usdPerHour(in: "us-east-1") == 0.115)
        let frankfurt = try #require(type.usdPerHour(in: "eu-central-1"))
        #expect(abs(frankfurt - 0.138) < 0.0005)
        #expect(type.usdPerHour(in: "mx-central-1") == nil)
        #expect(type.usdPerHour(in: "nowhere") == nil)
    }

    @Test(arguments: [
        (0.0, "0.00"), (4424.1, "4,424.10"), (1_234_567.006, "1,234,567.01"), (-3.5, "-3.50"), (0.05, "0.05"),
    ])
    func moneyIsWrittenWithCents(amount: Double, text: String) {
        #expect(MonthlyCost.usd(amount) == text)
    }
}

@Suite struct OffHoursTests {
    private func graph(stop: Fact<String>, start: Fact<String>) -> Graph {
        var graph = Graph(source: .cloudformation, environment: .dev, asOf: Day(daysSinceEpoch: 0))
        graph.endpoints.append(Endpoint("Endpoint") { $0.head.name = "digits" })
        for (id, expression, call) in [("Stop", stop, "deleteEndpoint"), ("Start", start, "createEndpoint")] {
            graph.schedules.append(
                Schedule(id) {
                    $0.expression = expression
                    $0.endpointName = "digits"
                    $0.targetARN = .known("arn:aws:scheduler:::aws-sdk:sagemaker:\(call)")
                })
        }
        return graph
    }

    @Test(arguments: [
        ("cron(0 20 ? * MON-FRI *)", "cron(0 8 ? * MON-FRI *)", 60.0),
        ("cron(0 18 ? * 2-6 *)", "cron(0 8 ? * 2-6 *)", 50),
        ("cron(30 17 ? * MON,WED *)", "cron(0 9 ? * MON,WED *)", 17),
        // Over midnight, and over the week's end.
        ("cron(0 2 * * ? *)", "cron(0 22 * * ? *)", 28),
        ("cron(0 6 ? * MON *)", "cron(0 22 ? * SUN *)", 8),
        // Stopped twice a day, started once.
        ("cron(0 12,20 ? * MON *)", "cron(0 8 ? * MON *)", 4),
        ("cron(0 20 ? * FRI-MON *)", "cron(0 8 ? * FRI-MON *)", 48),
    ]) func hoursOfAWeekAreCounted(stop: String, start: String, hours: Double) throws {
        let graph = graph(stop: .known(stop), start: .known(start))
        let endpoint = try #require(graph.endpoints.first)
        #expect(graph.weeklyHours(of: endpoint).value == hours)
    }

    /// From Saturday noon to Tuesday at six, over the week's end: a holiday on one of these days leaves the others.
    @Test func aStretchOfDaysIsOneSpanForEach() throws {
        let graph = graph(stop: "cron(0 6 ? * TUE *)", start: "cron(0 12 ? * SAT *)")
        let endpoint = try #require(graph.endpoints.first)
        let plan = try #require(graph.weeklyPlan(of: endpoint).value)
        let day = WeeklyPlan.minutesPerDay
        #expect(
            plan.spans == [
                .init(start: 0, end: day), .init(start: day, end: day + 360),
                .init(start: 5 * day + 720, end: 6 * day), .init(start: 6 * day, end: 7 * day),
            ])
        #expect(plan.hoursPerWeek == 66)
    }

    @Test(arguments: [
        "rate(1 day)", "at(2026-12-01T20:00:00)", "cron(0 20 1 * ? *)", "cron(0 20 ? 1-6 MON *)",
        "cron(0 25 ? * MON *)",
        "cron(0 20 ? * FRI#2 *)", "cron(*/5 20 ? * MON *)", "cron(0 20 ? * MON)", "nonsense", "",
    ]) func anExpressionThatIsNoWeeklyTimeIsUnknown(stop: String) throws {
        let graph = graph(stop: .known(stop), start: "cron(0 8 ? * MON-FRI *)")
        let endpoint = try #require(graph.endpoints.first)
        #expect(graph.weeklyHours(of: endpoint).isUnknown)
    }

    @Test func aFunctionWhoseCodeIsNotSeenIsUnknown() throws {
        var graph = graph(stop: "cron(0 20 ? * MON-FRI *)", start: "cron(0 8 ? * MON-FRI *)")
        graph.schedules.mutateEach { $0.targetARN = "arn:aws:lambda:eu-west-1:111122223333:function:night" }
        for id in ["COST-2.2", "COST-2.3"] {
            let control = try #require(PolicyBook.control(id)?.control)
            #expect(control.judge(graph).map(\.verdict) == [.unknown], "\(id)")
        }
    }
}

@Suite struct TagFilterTests {
    @Test(arguments: ["ml:endpoint$digits", "user:$digits", "user:ml:endpoint$", "user:ml:endpoint", "", "digits"])
    func textInAnotherFormIsNoFilter(text: String) { #expect(TagFilter(text) == nil) }

    @Test func keyAndValueAreTakenApartAtTheFirstDollar() throws {
        let filter = try #require(TagFilter("user:ml:endpoint$a$b"))
        #expect(filter.key == "ml:endpoint" && filter.value == "a$b")
    }
}

/// What a plan or template leaves open must never pass.
struct OpenFact: Sendable, CustomTestStringConvertible {
    var control: String
    var testDescription: String
    var environment = Environment.production
    var change: @Sendable (inout Graph) -> Void

    static let why = "known after apply"
    static let all = [
        OpenFact(control: "COST-1.2", testDescription: "tags") { graph in
            graph.endpoints.mutateEach { $0.head.tags = .unknown(why) }
        },
        OpenFact(control: "COST-1.2", testDescription: "activation") { $0.costAllocationTags = [] },
        OpenFact(control: "COST-1.3", testDescription: "monitors") { graph in
            graph.anomalySubscriptions.mutateEach { $0.monitors = .unknown(why) }
        },
        OpenFact(control: "COST-2.1", testDescription: "instance type", environment: .dev) { graph in
            graph.endpointConfigs.mutateEach { $0.variants = .unknown(why) }
        },
        OpenFact(control: "COST-2.2", testDescription: "expression", environment: .dev) { graph in
            graph.schedules.mutateEach { $0.expression = .unknown(why) }
        },
        OpenFact(control: "COST-2.3", testDescription: "endpoint of the schedule", environment: .dev) { graph in
            graph.schedules.mutateEach { $0.endpointName = .unknown(why) }
        },
        OpenFact(control: "COST-2.4", testDescription: "filters", environment: .staging) { graph in
            graph.budgets.mutateEach { $0.tagFilters = .unknown(why) }
        },
        OpenFact(control: "COST-2.5", testDescription: "maximum", environment: .dev) { graph in
            graph.scalableTargets.mutateEach { $0.maximum = .unknown(why) }
        },
        OpenFact(control: "COST-3.1", testDescription: "limit") { graph in
            graph.budgets.mutateEach { $0.limitUSD = .unknown(why) }
        },
        OpenFact(control: "COST-3.2", testDescription: "activation") { $0.costAllocationTags = [] },
        OpenFact(control: "COST-3.3", testDescription: "notifications") { graph in
            graph.budgets.mutateEach { $0.notifications = .unknown(why) }
        },
        OpenFact(control: "COST-3.4", testDescription: "topic's key") { graph in
            graph.topics.mutateEach { $0.key = .unknown(why) }
        },
        OpenFact(control: "COST-3.5", testDescription: "configuration") { graph in
            graph.endpoints.mutateEach { $0.config = .unknown(why) }
        },
    ]
}

@Suite struct OpenCostFactTests {
    @Test(arguments: OpenFact.all) func whatIsNotKnownIsUnknown(_ fact: OpenFact) throws {
        var graph = try BaseSpec.graph(in: fact.environment)
        graph.source = .cloudformation
        fact.change(&graph)
        let control = try #require(PolicyBook.control(fact.control)?.control)
        #expect(PolicyBook.verdict(of: control, on: graph, Exceptions(graph)).verdict == .unknown)
    }

    @Test func anEngineWithoutEvidenceFailsNothingAndProvesNoMeter() throws {
        for environment in Environment.allCases {
            var graph = try BaseSpec.graph(in: environment)
            graph.source = .engine
            graph.budgets = []
            graph.schedules = []
            graph.anomalyMonitors = []
            graph.topics = []
            graph.costAllocationTags = []
            for control in PolicyBook.policies.flatMap(\.controls) where control.id.hasPrefix("COST") {
                let verdict = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
                #expect(verdict.verdict != .fails, "\(control.id) in \(environment): \(verdict.judgements)")
            }
        }
    }
}
