// Development and staging environments must use cost-optimized configurations.

import PlumbModel

extension PolicyBook {
    static let costOptimizedEnvironments = Policy(
        "COST-2", .costOptimization, "Development and staging environments must use cost-optimized configurations.",
        controls: [prescribedTypes, offHours, offIsUnbilled, teamBudget, worstCaseUnderCap])

    /// What a team may spend in a month in this environment; nothing is capped in production.
    private static func capUSD(of graph: Graph) -> Double {
        switch graph.environment {
        case .dev: graph.thresholds.devBudgetUSD
        case .staging: graph.thresholds.stagingBudgetUSD
        case .production: .infinity
        }
    }

    private static let prescribedTypes = Control(
        "COST-2.1", "Instance types are the prescribed ones",
        severities: Severities(dev: .high, staging: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live],
        seed: "Instance selection: ml.m5.large (dev), ml.m5.xlarge (staging)",
        limit: "ml.m5.large in dev, ml.m5.xlarge in staging",
        remedy:
            "Set instances.type to ml.m5.large in dev and to ml.m5.xlarge in staging; a model that needs a GPU has a "
            + "waiver with an expiry and is torn down by schedule.",
        traps: [
            "The very type, not its family: ml.m5.2xlarge is four times the price of ml.m5.large.",
            "ml.t2.medium is cheaper, and still not what the policy says.",
            "Latency measured in staging says nothing of another type: test that on a short-lived endpoint.",
        ],
        holds: [
            ControlExample("ml.m5.large in dev", in: .dev),
            ControlExample("ml.m5.xlarge in staging", in: .staging),
        ],
        fails: [
            ControlExample("staging's type in dev", in: .dev, spec: "instances: {type: ml.m5.xlarge}"),
            ControlExample("dev's type in staging", in: .staging, spec: "instances: {type: ml.m5.large}"),
            ControlExample("a cheaper type than the prescribed one", in: .dev, spec: "instances: {type: ml.t2.medium}"),
            ControlExample("a second variant of another type", in: .staging) { graph in
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { variants in
                        guard var second = variants.first else { return variants }
                        second.name = "second"
                        second.instanceType = "ml.g5.xlarge"
                        return variants + [second]
                    }
                }
            },
        ]
    ) { graph in
        let wanted = graph.environment == .dev ? "ml.m5.large" : "ml.m5.xlarge"
        return graph.endpoints.map { endpoint in
            .about(endpoint) { ask in askTypes(of: endpoint, wanted: wanted, in: graph, &ask) }
        }
    }

    private static let offHours = Control(
        "COST-2.2", "Endpoints are off outside business hours",
        severities: Severities(dev: .high, staging: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Scheduling: Auto-stop endpoints during non-business hours",
        limit: "60 hours a week",
        remedy:
            "Give the endpoint working hours with a time zone (spec: workingHours): a schedule that deletes it in the "
            + "evening and one that creates it in the morning.",
        traps: [
            "A schedule without a time zone runs in UTC, an hour off for half of the year.",
            "Creating an endpoint takes minutes: start before the first hour of work.",
            "Health alarms must not page while the endpoint is off.",
        ],
        holds: [
            ControlExample("eight to eight on working days", in: .dev),
            ControlExample(
                "ten hours on four days", in: .staging,
                spec: "workingHours: {timezone: Europe/Berlin, days: [mon, tue, wed, thu], start: \"08:00\", "
                    + "stop: \"18:00\"}"),
        ],
        fails: [
            ControlExample("nothing stops it", in: .dev) { $0.schedules = [] },
            ControlExample("only the stop is scheduled", in: .dev) {
                $0.schedules.removeAll { $0.targetARN.value?.hasSuffix("createEndpoint") == true }
            },
            ControlExample("every day of the week from six to ten", in: .staging) { graph in
                graph.schedules.mutateEach {
                    let isStop = $0.targetARN.value?.hasSuffix("deleteEndpoint") == true
                    $0.expression = .known(isStop ? "cron(0 22 ? * * *)" : "cron(0 6 ? * * *)")
                }
            },
            ControlExample("the schedule is disabled", in: .dev) { $0.schedules.mutateEach { $0.isEnabled = false } },
            ControlExample("no time zone", in: .dev) { $0.schedules.mutateEach { $0.timezone = .absent } },
            ControlExample("StopEndpoint, which does not exist", in: .staging) {
                $0.schedules.mutateEach { $0.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:stopEndpoint" }
            },
            ControlExample("the schedules name another endpoint", in: .dev) {
                $0.schedules.mutateEach { $0.endpointName = "letters" }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                if graph.source == .engine {
                    askOffHoursOfEngine(endpoint, in: graph, &ask)
                } else {
                    askSchedules(of: endpoint, in: graph, &ask)
                }
            }
        }
    }

    private static let offIsUnbilled = Control(
        "COST-2.3", "Off means not billed",
        severities: Severities(dev: .high, staging: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Auto-stop endpoints",
        remedy:
            "Let the evening's schedule call sagemaker:deleteEndpoint; configuration and model stay, and the morning's "
            + "creates the endpoint and registers its scalable target again.",
        traps: [
            "There is no StopEndpoint: a plain endpoint is billed until it is deleted.",
            "A minimum of 0 is refused for a plain variant; only inference components scale to zero.",
            "Deleting an endpoint deregisters its scalable targets without a word.",
        ],
        holds: [
            ControlExample("the evening deletes the endpoint", in: .dev),
            ControlExample("inference components that scale to zero", in: .staging) { graph in
                graph.schedules = []
                graph.endpointConfigs.mutateEach { config in
                    config.variants = config.variants.map { variants in
                        variants.map { variant in
                            var scaled = variant
                            scaled.managedMinimum = 0
                            return scaled
                        }
                    }
                }
            },
        ],
        fails: [
            ControlExample("a scheduled minimum of 0 on a plain variant", in: .dev) { graph in
                graph.schedules = []
                graph.scalableTargets.mutateEach { target in
                    var night = ScheduledScaling()
                    night.minimum = 0
                    night.maximum = 0
                    target.scheduled = .known([night])
                }
            },
            ControlExample("weights moved to zero", in: .dev) {
                $0.schedules.mutateEach {
                    $0.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:updateEndpointWeightsAndCapacities"
                }
            },
            ControlExample("the configuration is deleted as well", in: .staging) { graph in
                guard let stop = graph.schedules.first else { return }
                graph.schedules.append(
                    Schedule("DeleteConfig") {
                        $0.endpointName = stop.endpointName
                        $0.targetARN = "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpointConfig"
                    })
            },
            ControlExample("two workers still run at night", in: .dev) {
                $0.source = .engine
                $0.record(.fleet, numbers: ["offHoursRunning": 2])
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askBilling(of: endpoint, in: graph, &ask) } }
    }

    private static let teamBudget = Control(
        "COST-2.4", "Budgets are below the caps, per team",
        severities: Severities(dev: .high, staging: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Budget limits: Dev < $100/month, Staging < $500/month per team",
        limit: "100 USD a month in dev, 500 in staging, for a team",
        remedy: "Give the team one monthly budget for the environment, of at most 100 USD in dev and 500 in staging, "
            + "filtered by team and environment, with alerts at 50, 80 and 100 % and on the forecast.",
        traps: [
            "Two dev endpoints of one team share the 100 USD.",
            "The cap is 'less than': an alert at 100 % of it comes too late, so there are earlier ones.",
            "A budget that is filtered by team alone counts production as well.",
        ],
        holds: [
            ControlExample("a team's budget in dev", in: .dev),
            ControlExample("exactly the cap, with earlier alerts", in: .staging) {
                $0.budgets.mutateEach { $0.limitUSD = 500 }
            },
        ],
        fails: [
            ControlExample("150 USD in dev", in: .dev, spec: "budget: {monthlyUSD: 150}"),
            ControlExample("600 USD in staging", in: .staging, spec: "budget: {monthlyUSD: 600}"),
            ControlExample("a budget for each endpoint", in: .dev) { graph in
                graph.budgets.mutateEach { budget in
                    budget.tagFilters = budget.tagFilters.map { $0 + ["user:ml:endpoint$digits"] }
                }
            },
            ControlExample("a budget of the team in every environment", in: .staging) { graph in
                graph.budgets.mutateEach { budget in
                    budget.tagFilters = budget.tagFilters.map { $0.filter { !$0.contains("environment") } }
                }
            },
            ControlExample("a yearly budget", in: .dev) { $0.budgets.mutateEach { $0.timeUnit = "ANNUALLY" } },
            ControlExample("no alert on the forecast", in: .dev) { graph in
                graph.budgets.mutateEach { budget in
                    budget.notifications = budget.notifications.map { $0.filter { $0.kind.value != "FORECASTED" } }
                }
            },
        ]
    ) { graph in
        graph.endpointsByTeam.map { group in askTeamBudget(group.team, group.endpoints, in: graph) }
    }

    private static let worstCaseUnderCap = Control(
        "COST-2.5", "Worst-case forecast stays under the cap",
        severities: Severities(dev: .high, staging: .high),
        provableAt: [.spec, .cloudformation, .terraform, .engine],
        seed: "Budget limits: Dev < $100/month, Staging < $500/month per team",
        limit: "less than 100 USD a month in dev, 500 in staging, for a team",
        remedy: "Lower instances.maximum or shorten workingHours until the worst case fits.",
        traps: [
            "Four ml.m5.large around the clock are 336 USD, in working hours still 120.",
            "Without a schedule a month has 730 hours.",
            "Monitoring jobs, interface endpoints and keys are billed without any request.",
        ],
        holds: [
            ControlExample(
                "three instances in dev, twelve hours on five days", in: .dev,
                spec: "region: us-east-1\ninstances: {minimum: 1, maximum: 3}"),
            ControlExample("four instances in staging, in working hours", in: .staging),
        ],
        fails: [
            ControlExample(
                "four instances in dev", in: .dev, spec: "region: us-east-1\ninstances: {minimum: 1, maximum: 4}"),
            ControlExample("dev around the clock", in: .dev) { graph in
                graph.schedules = []
                graph.scalableTargets.mutateEach { $0.maximum = 4 }
            },
            ControlExample("a scheduled action raises the maximum", in: .dev) { graph in
                graph.scalableTargets.mutateEach { target in
                    var day = ScheduledScaling()
                    day.maximum = 8
                    target.scheduled = .known([day])
                }
            },
            ControlExample("two endpoints of one team share the cap", in: .dev) { graph in
                graph.scalableTargets.mutateEach { $0.maximum = 3 }
                guard let first = graph.endpoints.first else { return }
                graph.endpoints.append(
                    Endpoint("Second") {
                        $0.head.tags = first.head.tags
                        $0.head.name = .known("second")
                        $0.config = first.config
                    })
            },
        ]
    ) { graph in
        graph.endpointsByTeam.map { group in askTeamForecast(group.team, group.endpoints, in: graph) }
    }

    private static func askTypes(of endpoint: Endpoint, wanted: String, in graph: Graph, _ ask: inout Inquiry) {
        guard let config = graph.config(of: endpoint, &ask),
            let variants = ask.need(config.variants, "the configuration's list of variants")
        else { return }
        var dearest = 0.0
        for variant in variants {
            if variant.isServerless {
                ask.prove("a serverless variant has no instance type")
                continue
            }
            let told = "the instance type of variant \(variant.name.value ?? "without a name")"
            ask.require(variant.instanceType, told, wanted: "'\(wanted)'") { $0 == wanted }
            if let type = variant.instanceType.value, type != wanted {
                dearest = max(dearest, graph.usdPerHour(of: type, in: "us-east-1") ?? .infinity)
            }
        }
        if dearest > 0, let price = graph.usdPerHour(of: wanted, in: "us-east-1"), dearest <= price {
            ask.severity = .low
        }
    }

    /// What a team may spend: one budget that counts the team in this environment, at or below the cap.
    private static func askTeamBudget(_ team: Fact<String>, _ endpoints: [Endpoint], in graph: Graph) -> Judgement {
        .about(endpoints.first?.id ?? "", at: endpoints.first?.place) { ask in
            guard let team = ask.need(team, "the endpoint's team (tag \(CostTag.team))") else { return }
            let cap = capUSD(of: graph)
            if graph.source == .engine {
                askMeteredLimits(of: endpoints, team, cap, in: graph, &ask)
                return
            }
            guard let budget = graph.budget(ofTeam: team, &ask) else { return }
            ask.requireMonthlyCost(budget)
            ask.require(budget.limitUSD, "the monthly limit in USD", wanted: "at most \(Int(bounded: cap))") {
                $0 > 0 && $0 <= cap
            }
            ask.requireForecastAlert(of: budget)
        }
    }

    /// In an engine each endpoint is metered against its own limit; a team's limits together stay below the cap.
    private static func askMeteredLimits(
        of endpoints: [Endpoint], _ team: String, _ cap: Double, in graph: Graph, _ ask: inout Inquiry
    ) {
        var sum = 0.0
        for endpoint in endpoints {
            guard let limit = graph.costRecord(of: endpoint)?.numbers["limitUSD"] else {
                ask.doubt("a cost record with the limit of \(endpoint.id) would decide what team '\(team)' may spend")
                return
            }
            sum += limit
        }
        let told = "the limits of team '\(team)' sum up to \(MonthlyCost.usd(sum)) USD"
        if sum > cap { ask.fail("\(told), wanted at most \(Int(bounded: cap))") } else { ask.prove(told) }
    }

    private static func askTeamForecast(_ team: Fact<String>, _ endpoints: [Endpoint], in graph: Graph) -> Judgement {
        .about(endpoints.first?.id ?? "", at: endpoints.first?.place) { ask in
            guard let team = ask.need(team, "the endpoint's team (tag \(CostTag.team))") else { return }
            let cap = capUSD(of: graph)
            var sum = 0.0
            var terms: [String] = []
            var place: Place?
            for endpoint in endpoints {
                if terms.count < endpoints.few.count {
                    ask.relate("an endpoint of team '\(team)': \(endpoint.id)", at: endpoint.place)
                }
                guard let cost = graph.monthlyCost(of: endpoint, &ask) else { return }
                sum += cost.worstUSD
                terms.append(cost.arithmetic)
                place = place ?? cost.fleets.first?.place
                if endpoints.count == 1, cost.worstUSD >= cap, let fitting = cost.maximumFitting(cap - 0.01) {
                    ask.fix =
                        fitting > 0
                        ? "Set instances.maximum: \(fitting), the most that fits, or shorten workingHours."
                        : "Not even one instance fits: shorten workingHours."
                }
            }
            let told =
                "worst case of team '\(team)': " + terms.few(joinedBy: "; plus ")
                + (terms.count > 1 ? ", together \(MonthlyCost.usd(sum)) USD" : "")
            if sum < cap {
                ask.prove(told)
            } else {
                ask.fail("\(told), wanted less than \(Int(bounded: cap)) USD", at: place)
            }
        }
    }
}
