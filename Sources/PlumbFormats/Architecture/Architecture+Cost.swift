// The budget, the watch over unusual spending, and the tags by which the bill is split.

import PlumbModel

extension Architecture {
    static func addCost(to graph: inout Graph, _ plan: Blueprint) {
        graph.budgets.append(budget(plan))
        for (id, tag) in [
            ("EndpointCostTag", "ml:endpoint"), ("EnvironmentCostTag", "ml:environment"), ("TeamCostTag", "ml:team"),
        ] {
            // An inactive tag makes a budget of zero spending that never tells anyone.
            graph.costAllocationTags.append(
                plan.make(id, named: nil) {
                    $0.head.name = .known(tag)
                    $0.head.tags = .absent
                    $0.isActive = true
                })
        }
        guard plan.isGuarded else { return }
        graph.anomalyMonitors.append(
            plan.make("AnomalyMonitor", named: "spending", from: "budget") { $0.kind = "CUSTOM" })
        graph.anomalySubscriptions.append(
            plan.make("AnomalySubscription", named: "spending", from: "budget") {
                $0.monitors = references(["AnomalyMonitor"])
                // At once means through a topic: e-mail is only for summaries.
                $0.frequency = "IMMEDIATE"
                $0.subscriberTypes = .known(["SNS"])
                $0.thresholdUSD = plan.said(min(100, plan.spec.budget.monthlyUSD / 10), "budget.monthlyUSD")
            })
    }

    /// Production has a budget for each endpoint, the other environments one for all of a team's.
    private static func budget(_ plan: Blueprint) -> Budget {
        plan.make("Budget", named: "budget", from: "budget") { budget in
            let spec = plan.spec
            budget.kind = "COST"
            budget.timeUnit = "MONTHLY"
            budget.limitUSD = plan.said(spec.budget.monthlyUSD, "budget.monthlyUSD")
            budget.isAutoAdjusting = false
            budget.tagFilters = .known(
                plan.isProduction
                    ? ["user:ml:endpoint$\(spec.name)"]
                    : ["user:ml:team$\(spec.team)", "user:ml:environment$\(spec.environment.rawValue)"])
            let actual = spec.budget.alertPercents.map {
                notification("ACTUAL", plan.said($0, "budget.alerts"))
            }
            budget.notifications = .known(
                actual + [notification("FORECASTED", 100)], at: spec.place(of: "budget.alerts"))
        }
    }

    private static func notification(_ kind: String, _ percent: Fact<Double>) -> BudgetNotification {
        var notification = BudgetNotification()
        notification.kind = .known(kind)
        notification.comparison = "GREATER_THAN"
        notification.threshold = percent
        notification.thresholdType = "PERCENTAGE"
        notification.subscribers = .known(["${AlarmTopic.Arn}"])
        return notification
    }
}
