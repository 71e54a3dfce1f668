// Production costs must be monitored and budgeted.

import PlumbModel

extension PolicyBook {
    static let productionBudgets = Policy(
        "COST-3", .costOptimization, "Production costs must be monitored and budgeted.",
        controls: [ownBudget, exactFilter, alertLevels, trackedCost, costFitsBudget])

    private static let ownBudget = Control(
        "COST-3.1", "Each production endpoint has its own budget inside the band",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Budget allocation: $2,000-5,000/month per production endpoint (depending on traffic)",
        limit: "2,000 to 5,000 USD a month",
        remedy: "Give the endpoint a monthly cost budget of 2,000 to 5,000 USD (spec: budget.monthlyUSD).",
        traps: [
            "One budget for the whole account is not a budget for each endpoint.",
            "AutoAdjustData overrides the limit that is written.",
            "CloudFormation cannot change a budget's notifications: it replaces the budget.",
        ],
        holds: [
            ControlExample("a budget of 3,000 USD", spec: "budget: {monthlyUSD: 3000}"),
            ControlExample("a tighter budget than the band", spec: "budget: {monthlyUSD: 1500}"),
            ControlExample("planned limits inside the band") {
                $0.budgets.mutateEach {
                    $0.limitUSD = .absent
                    $0.plannedLimitsUSD = .known([2000, 2500, 5000])
                }
            },
        ],
        fails: [
            ControlExample("a budget of 6,000 USD", spec: "budget: {monthlyUSD: 6000}"),
            ControlExample("no budget at all") { $0.budgets = [] },
            ControlExample("a budget that adjusts itself") { $0.budgets.mutateEach { $0.isAutoAdjusting = true } },
            ControlExample("one budget for the whole account") { $0.budgets.mutateEach { $0.tagFilters = .absent } },
            ControlExample("one budget for two endpoints") {
                $0.budgets.mutateEach { budget in
                    budget.tagFilters = budget.tagFilters.map { $0 + ["user:ml:endpoint$letters"] }
                }
            },
            ControlExample("a planned month above the band") {
                $0.budgets.mutateEach { $0.plannedLimitsUSD = .known([3000, 7000]) }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                let stray = graph.strayBudget(of: endpoint).flatMap { $0.namesAnEndpoint ? $0 : nil }
                guard let budget = stray ?? graph.budget(of: endpoint, &ask) else { return }
                ask.requireMonthlyCost(budget)
                let most = graph.thresholds.productionBudgetUSD
                let wanted = most == 5000 ? "2,000 to 5,000" : "at most \(Arithmetic.text(most))"
                if budget.plannedLimitsUSD.isAbsent {
                    ask.require(budget.limitUSD, "the monthly limit in USD", wanted: wanted) { $0 > 0 && $0 <= most }
                    if let limit = budget.limitUSD.value, limit < 2000 { ask.prove("tighter than the band asks") }
                } else {
                    ask.require(
                        budget.plannedLimitsUSD.map { $0.max() ?? 0 }, "the highest planned limit in USD",
                        wanted: wanted
                    ) { $0 > 0 && $0 <= most }
                }
            }
        }
    }

    private static let exactFilter = Control(
        "COST-3.2", "The budget measures exactly this endpoint",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live],
        seed: "per production endpoint",
        remedy: "Filter the budget by user:ml:endpoint$NAME, put that tag on the endpoint, its configuration, buckets, "
            + "keys and topics, and activate it as a cost allocation tag in the paying account.",
        traps: [
            "A tag that is absent or not activated yields a budget of 0 USD that never alerts.",
            "The filter needs the prefix user: and the separator $; nothing checks its text.",
            "SageMaker's instance cost follows the tags of the endpoint, not those of its configuration or model.",
        ],
        holds: [
            ControlExample("a filter on the endpoint's own, activated tag"),
            ControlExample("the filter names another activated tag that only this endpoint bears") {
                retag(&$0, from: CostTag.endpoint, to: "service")
            },
        ],
        fails: [
            ControlExample("the filter lacks the prefix user:") {
                $0.budgets.mutateEach { budget in
                    budget.tagFilters = budget.tagFilters.map { $0.map { $0.replacing("user:", with: "") } }
                }
            },
            ControlExample("the endpoint lacks the tag that the filter names") {
                $0.endpoints.mutateEach { $0.head.tags = .known([CostTag.team: "vision"]) }
            },
            ControlExample("the buckets lack the tag") { $0.buckets.mutateEach { $0.head.tags = .absent } },
            ControlExample("the tag is not activated") { $0.costAllocationTags.mutateEach { $0.isActive = false } },
            ControlExample("the bill shows nothing spent") {
                $0.source = .live
                $0.record(.cost, numbers: ["usd": 0, "days": 7])
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            if let stray = graph.strayBudget(of: endpoint) { return judgeStray(stray, of: endpoint) }
            return .about(endpoint) { ask in askFilter(of: endpoint, in: graph, &ask) }
        }
    }

    private static let alertLevels = Control(
        "COST-3.3", "Alerts at 50, 80 and 100 %",
        severities: Severities(dev: .medium, staging: .medium, production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Alerts: Notify on 50%, 80%, and 100% of budget thresholds",
        limit: "50 %, 80 % and 100 % of the budget",
        remedy: "Give the budget three ACTUAL notifications, GREATER_THAN 50, 80 and 100 PERCENTAGE, each with a "
            + "subscriber (spec: budget.alerts: [50, 80, 100]; an engine tells whom plumb up --alarm-topic and "
            + "--alarm-webhook name).",
        traps: [
            "ABSOLUTE_VALUE 50 means 50 dollars, and a threshold of 0.5 half a percent.",
            "One notification at 50 % is not three.",
            "FORECASTED needs weeks of history before it says anything.",
            "Terraform accepts a notification without subscribers.",
        ],
        holds: [
            ControlExample("three levels in production"),
            ControlExample("three levels in dev", in: .dev),
            ControlExample("the type of the threshold is left to its default, PERCENTAGE") {
                changeNotifications(&$0) { $0.thresholdType = .absent }
            },
            ControlExample("an engine that tells a webhook of each endpoint's own budget", in: .dev) {
                $0.source = .engine
                $0.budgets.mutateEach { $0.tagFilters = .known(["user:ml:endpoint$digits"]) }
                changeNotifications(&$0) { $0.subscribers = .known(["webhook pager.example.org"]) }
            },
        ],
        fails: [
            ControlExample("only the level of 50 %") { graph in
                graph.budgets.mutateEach { budget in
                    budget.notifications = budget.notifications.map { $0.filter { $0.threshold.value == 50 } }
                }
            },
            ControlExample("dollars instead of percent") {
                changeNotifications(&$0) { $0.thresholdType = "ABSOLUTE_VALUE" }
            },
            ControlExample("fractions instead of percent") {
                changeNotifications(&$0) { $0.threshold = $0.threshold.map { $0 / 100 } }
            },
            ControlExample("nobody subscribes") { changeNotifications(&$0) { $0.subscribers = .absent } },
            ControlExample("all of them on the forecast") { changeNotifications(&$0) { $0.kind = "FORECASTED" } },
            ControlExample("alerts when less is spent", in: .staging) {
                changeNotifications(&$0) { $0.comparison = "LESS_THAN" }
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in
            .about(endpoint) { ask in
                guard let budget = graph.budgetCounting(endpoint, &ask) else { return }
                ask.requireAlerts(of: budget)
            }
        }
    }

    private static let trackedCost = Control(
        "COST-3.4", "Cost is tracked in (near) real time and alerts arrive",
        severities: Severities(production: .high),
        provableAt: [.cloudformation, .terraform, .live, .engine],
        seed: "Monitoring: Real-time cost tracking via Cost Explorer API",
        remedy: "Let budgets.amazonaws.com and costalerts.amazonaws.com publish to the topic and use its key, meter "
            + "instances by the minute, and reconcile the meter with Cost Explorer daily.",
        traps: [
            "Cost Explorer lags up to a day and Budgets refresh a few times a day: real time is a meter of one's own.",
            "A topic encrypted with alias/aws/sns, or with a key that does not name the service, drops the alerts.",
            "Savings Plans make the bill smaller than the meter; amortised and unblended cost differ.",
        ],
        holds: [
            ControlExample("a topic that both services may publish to"),
            ControlExample("subscribers by e-mail, which need no topic") {
                changeNotifications(&$0) { $0.subscribers = .known(["oncall@example.org"]) }
            },
            ControlExample("an account whose bill answers by tag") {
                $0.source = .live
                $0.record(.cost, numbers: ["usd": 131.2, "forecastUSD": 402.5, "limitUSD": 2000, "days": 12])
            },
            ControlExample("a running engine that meters") {
                $0.source = .engine
                $0.record(.cost, numbers: ["usd": 131.2, "forecastUSD": 402.5, "limitUSD": 2000])
            },
        ],
        fails: [
            ControlExample("the topic lets only alarms publish") {
                changeTopicPolicy(&$0) { $0.principals.removeAll { $0.id == "budgets.amazonaws.com" } }
            },
            ControlExample("the topic's key is AWS's own") {
                $0.topics.mutateEach { $0.key = .known(.external("alias/aws/sns")) }
            },
            ControlExample("the topic's key does not let the services use it") {
                $0.keys.mutateEach { key in
                    key.policy = key.policy.map {
                        PolicyDocument($0.statements.filter { $0.principals.allSatisfy { $0.kind != "Service" } })
                    }
                }
            },
            ControlExample("the meter and the bill differ by 12 %") {
                $0.source = .live
                $0.record(.cost, numbers: ["usd": 131.2, "days": 7, "meterDifferencePercent": 12])
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askTracking(of: endpoint, in: graph, &ask) } }
    }

    private static let costFitsBudget = Control(
        "COST-3.5", "Expected and worst-case cost fit the budget",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .engine],
        seed: "Budget allocation: $2,000-5,000/month",
        limit: "5,000 USD a month at most",
        remedy: "Choose a smaller instance type, lower instances.maximum, or optimise the model first (PERF-2); an "
            + "approved exception is a waiver with owner, reason and expiry.",
        traps: [
            "High availability doubles the floor, and blue/green doubles the fleet during deployments.",
            "One ml.g5.12xlarge is 5,176 USD a month, above the band before there is a second one.",
        ],
        holds: [
            ControlExample("two to four ml.m5.xlarge in a budget of 2,000 USD"),
            ControlExample(
                "two to four ml.g5.xlarge, where the declared peak needs two",
                spec: "region: us-east-1\nworkload: gpu\ninstances: {type: ml.g5.xlarge, minimum: 2, maximum: 4}\n"
                    + "budget: {monthlyUSD: 3000}"
            ) {
                declareCapacity(&$0, of: "ml.g5.xlarge", requestsPerSecond: 60)
            },
        ],
        fails: [
            ControlExample(
                "two ml.g5.12xlarge",
                spec: "workload: memory\ninstances: {type: ml.g5.12xlarge, minimum: 2, maximum: 4}\n"
                    + "budget: {monthlyUSD: 5000}"),
            ControlExample(
                "a floor above a budget of 300 USD", spec: "budget: {monthlyUSD: 300}"),
            ControlExample(
                "a worst case above 5,000 USD, though the budget holds what is expected",
                spec: "region: us-east-1\nworkload: gpu\ninstances: {type: ml.g5.4xlarge, minimum: 2, maximum: 4}\n"
                    + "budget: {monthlyUSD: 5000}"
            ) {
                declareCapacity(&$0, of: "ml.g5.4xlarge", requestsPerSecond: 60)
            },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { ask in askCost(of: endpoint, in: graph, &ask) } }
    }

    /// A budget that is there for an endpoint and counts something else.
    private static func judgeStray(_ budget: Budget, of endpoint: Endpoint) -> Judgement {
        .about(budget) { ask in
            ask.relate("the endpoint \(endpoint.id), which no budget counts", at: endpoint.place)
            let counted = (budget.tagFilters.value ?? []).few()
            let wanted = "user:\(CostTag.endpoint)$\(endpoint.name.value ?? "")"
            ask.fail(
                "it counts \(counted.isEmpty ? "the whole account" : counted), wanted \(wanted)",
                at: budget.tagFilters.place)
        }
    }

    /// Every filter reads as AWS reads it, means this endpoint, and the tag is on what is billed and on the bill.
    private static func askFilter(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard let budget = graph.budget(of: endpoint, &ask) else { return }
        ask.relate("the budget \(budget.id)", at: budget.place)
        let texts = budget.tagFilters.value ?? []
        let filters = texts.compactMap(TagFilter.init)
        for text in texts where TagFilter(text) == nil {
            ask.fail("the filter '\(text)' counts nothing, wanted user:KEY$VALUE", at: budget.tagFilters.place)
        }
        for filter in filters {
            graph.askTag(filter.key, is: filter.value, on: graph.billedParts(of: endpoint), &ask)
            graph.askActivation(of: filter.key, &ask)
        }
        guard graph.source == .live else { return }
        guard let record = graph.costRecord(of: endpoint), let spent = record.numbers["usd"] else {
            ask.doubt("whether the bill shows any spending: a cost record of two days or more would decide it")
            return
        }
        if spent > 0 {
            ask.prove("\(MonthlyCost.usd(spent)) USD spent so far")
        } else if (record.numbers["days"] ?? 0) >= 2 {
            ask.fail(
                "the bill shows 0 USD after \(Int(bounded: record.numbers["days"] ?? 0)) days: "
                    + "the filter counts nothing"
            )
        } else {
            ask.doubt("0 USD so far: the bill of two days or more would decide it")
        }
    }

    /// Expected cost against the endpoint's own limit, the worst case against the band's upper end.
    private static func askCost(of endpoint: Endpoint, in graph: Graph, _ ask: inout Inquiry) {
        guard let budget = graph.budgetMeant(for: endpoint, &ask) else { return }
        ask.relate("the budget \(budget.id)", at: budget.place)
        let stated =
            budget.plannedLimitsUSD.isAbsent
            ? budget.limitUSD : budget.plannedLimitsUSD.map { $0.min() ?? 0 }
        guard let limit = ask.need(stated, "the monthly limit"),
            let cost = graph.monthlyCost(of: endpoint, &ask)
        else { return }
        let limitTold = "the budget of \(MonthlyCost.usd(limit)) USD"
        let peak = cost.fleets.first.flatMap { graph.declaration(of: endpoint)?.instancesAtPeak(of: $0.type) }
        var isExpectedTooHigh = false
        if cost.floorUSD > limit {
            isExpectedTooHigh = true
            ask.fail(
                "the floor alone is \(MonthlyCost.usd(cost.floorUSD)) USD, more than \(limitTold)", at: stated.place)
        } else if let forecast = graph.source == .engine
            ? graph.costRecord(of: endpoint)?.numbers["forecastUSD"] : nil
        {
            isExpectedTooHigh = forecast > limit
            let told = "the meter forecasts \(MonthlyCost.usd(forecast)) USD against \(limitTold)"
            if isExpectedTooHigh { ask.fail(told) } else { ask.prove(told) }
        } else if cost.worstUSD <= limit {
            ask.prove("even the worst case is inside \(limitTold)")
        } else if let instances = peak?.value {
            let expected = cost.expectedUSD(atPeak: instances)
            isExpectedTooHigh = expected > limit
            let told =
                "expected are \(MonthlyCost.usd(expected)) USD (\(instances) instances at the declared peak; "
                + "70 % of the hours at the minimum, 25 % half-way, 5 % at the peak) against \(limitTold)"
            if isExpectedTooHigh { ask.fail(told) } else { ask.prove(told) }
        } else {
            ask.doubt(
                "the floor is \(MonthlyCost.usd(cost.floorUSD)) USD, the worst case \(MonthlyCost.usd(cost.worstUSD)) "
                    + "USD, with \(limitTold) between: \(peak?.whyUnknown ?? "a declared peak would decide it")")
        }
        let most = graph.thresholds.productionBudgetUSD
        if cost.worstUSD > most {
            let fitting = cost.maximumFitting(most).map { $0 > 0 ? "; \($0) at most fit" : "; not even one fits" } ?? ""
            ask.fail(
                "worst case \(cost.arithmetic), wanted at most \(MonthlyCost.usd(most)) USD\(fitting)",
                at: cost.fleets.first?.place)
            if !isExpectedTooHigh { ask.severity = .medium }
        } else {
            ask.prove("worst case \(cost.arithmetic)")
        }
    }

    /// For examples: moves the endpoint's cost tag to another key, on resources, budgets and the bill alike.
    private static func retag(_ graph: inout Graph, from old: String, to new: String) {
        func moved(_ tags: Fact<[String: String]>) -> Fact<[String: String]> {
            tags.map { tags in
                var tags = tags
                tags[new] = tags.removeValue(forKey: old)
                return tags
            }
        }
        graph.endpoints.mutateEach { $0.head.tags = moved($0.head.tags) }
        graph.endpointConfigs.mutateEach { $0.head.tags = moved($0.head.tags) }
        graph.buckets.mutateEach { $0.head.tags = moved($0.head.tags) }
        graph.keys.mutateEach { $0.head.tags = moved($0.head.tags) }
        graph.topics.mutateEach { $0.head.tags = moved($0.head.tags) }
        graph.budgets.mutateEach { budget in
            budget.tagFilters = budget.tagFilters.map { $0.map { $0.replacing("user:\(old)$", with: "user:\(new)$") } }
        }
        graph.costAllocationTags.append(
            CostAllocationTag("ServiceTag") {
                $0.head.name = .known(new)
                $0.isActive = true
            })
    }

    /// For examples: changes every notification of every budget.
    private static func changeNotifications(_ graph: inout Graph, _ change: (inout BudgetNotification) -> Void) {
        graph.budgets.mutateEach { budget in
            budget.notifications = budget.notifications.map { notifications in
                notifications.map { notification in
                    var changed = notification
                    change(&changed)
                    return changed
                }
            }
        }
    }

    /// For examples: changes every statement of every topic's policy.
    private static func changeTopicPolicy(_ graph: inout Graph, _ change: (inout PolicyStatement) -> Void) {
        graph.topics.mutateEach { topic in
            topic.policy = topic.policy.map { document in
                PolicyDocument(
                    version: document.version,
                    document.statements.map { statement in
                        var changed = statement
                        change(&changed)
                        return changed
                    })
            }
        }
    }

    /// For examples: a benchmark on this type, and a peak that two instances bear.
    private static func declareCapacity(_ graph: inout Graph, of type: String, requestsPerSecond: Double) {
        graph.redeclare { declaration in
            var record = BenchmarkRecord()
            record.instanceType = type
            record.requestsPerSecond = requestsPerSecond
            record.gpuP95Percent = 60
            declaration.benchmark = .known(record)
            declaration.peakRequestsPerSecond = .known(requestsPerSecond)
        }
    }
}
