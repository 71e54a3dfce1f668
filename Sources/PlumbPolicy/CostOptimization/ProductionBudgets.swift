// Production costs must be monitored and budgeted.

import PlumbModel

extension PolicyBook {
    static let productionBudgets = Policy(
        "COST-3", .costOptimization, "Production costs must be monitored and budgeted.",
        controls: [
            Control(
                "COST-3.1", "Each production endpoint has its own budget inside the band",
                severities: Severities(production: .high),
                provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
                seed: "Budget allocation: $2,000-5,000/month per production endpoint (depending on traffic)",
                limit: "2,000 to 5,000 USD a month",
                remedy: "Give the endpoint a monthly cost budget of 2,000 to 5,000 USD (spec: budget.monthlyUSD).",
                traps: [
                    "One budget for the whole account is not a budget for each endpoint.",
                    "AutoAdjustData overrides the limit that is written.",
                ],
                holds: [
                    ControlExample("a budget of 3,000 USD", spec: "budget: {monthlyUSD: 3000}"),
                    ControlExample("a tighter budget than the band", spec: "budget: {monthlyUSD: 1500}"),
                ],
                fails: [
                    ControlExample("a budget of 6,000 USD", spec: "budget: {monthlyUSD: 6000}"),
                    ControlExample("no budget at all") { $0.budgets = [] },
                    ControlExample("a budget that adjusts itself") {
                        $0.budgets.mutateEach { $0.isAutoAdjusting = true }
                    },
                ]
            ) { graph in
                graph.endpoints.map { endpoint in
                    .about(endpoint) { ask in
                        guard let budget = graph.budget(of: endpoint, &ask) else { return }
                        ask.relate("the budget", at: budget.place)
                        ask.require(budget.kind, "the budget's type", wanted: "COST") { $0 == "COST" }
                        ask.require(budget.timeUnit, "its time unit", wanted: "MONTHLY") { $0 == "MONTHLY" }
                        ask.requireFlag(budget.isAutoAdjusting, "automatic adjustment", is: false, absentAs: false)
                        if let planned = budget.plannedLimitsUSD.value {
                            for limit in planned where limit > 5000 {
                                ask.fail("a planned limit is \(limit) USD, wanted at most 5,000")
                            }
                        } else {
                            ask.require(budget.limitUSD, "the monthly limit in USD", wanted: "2,000 to 5,000") {
                                $0 > 0 && $0 <= 5000
                            }
                        }
                    }
                }
            }
        ])
}
