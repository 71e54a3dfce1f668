// Budget, anomaly monitor and cost allocation tags.

import PlumbModel

extension RenderedDeployment {
    func cost() -> [RenderedResource] {
        graph.costAllocationTags.map(costTag) + graph.budgets.map(budget)
            + graph.anomalyMonitors.map(monitor) + graph.anomalySubscriptions.map(subscription)
    }

    /// CloudFormation has no such type: there, someone activates the tags once in the billing console.
    private func costTag(_ tag: CostAllocationTag) -> RenderedResource {
        RenderedResource(
            tag, nil, "aws_ce_cost_allocation_tag", in: .cost,
            note: "Splits the bill. AWS knows a tag some hours after its first use: where it is new to the account, "
                + "apply once without this and again the day after.",
            for: ["COST-1.2", "COST-3.2"]
        ) { fields in
            fields.put(nil, "tag_key", tag.name)
            fields.put(nil, "status", tag.isActive.map { $0 ? "Active" : "Inactive" }, for: "COST-1.2", "COST-3.2")
        }
    }

    // MARK: - Budget

    private func budget(_ budget: Budget) -> RenderedResource {
        RenderedResource(
            budget, "AWS::Budgets::Budget", "aws_budgets_budget", in: .cost,
            note: plan.isProduction
                ? "What this endpoint may cost a month." : "What all endpoints of the team may cost a month here.",
            for: limitControls
        ) { fields in
            if tongue == .template {
                fields.putBlock("Budget", nil) {
                    $0.putBudget(budget, limit: limit(budget), tongue, for: limitControls)
                }
            } else {
                fields.putBudget(budget, limit: limit(budget), tongue, for: limitControls)
            }
            let notifications = budget.notifications.value ?? []
            fields.put(
                "NotificationsWithSubscribers", "notification", .blocks(notifications.map(notification)),
                for: "COST-2.4", "COST-3.3", "COST-3.4")
            fields.putTags("ResourceTags", "tags", budget.head.tags)
        }
    }

    private var limitControls: [String] { plan.isProduction ? ["COST-3.1"] : ["COST-2.4"] }

    /// The spec's limit, or less; AWS's bound is the policies' own unless the spec goes beyond it.
    private func limit(_ budget: Budget) -> RenderedValue? {
        guard let limit = budget.limitUSD.value else { return nil }
        guard limit == limit.rounded(), limit >= 1, limit < 1_000_000 else { return .number(limit) }
        let cap =
            switch plan.spec.environment {
            case .production: graph.thresholds.productionBudgetUSD
            // Below the cap, not at it.
            case .staging: graph.thresholds.stagingBudgetUSD - 1
            case .dev: graph.thresholds.devBudgetUSD - 1
            }
        let most = max(limit, cap.rounded(.down))
        return .parameter(.number("MonthlyBudget", Int(limit), in: 1...Int(most), "US dollars a month."))
    }

    /// Told by the topic: Terraform knows its receivers by their kind, CloudFormation by a list.
    private func notification(_ notification: BudgetNotification) -> [RenderedField] {
        let topics = (notification.subscribers.value ?? []).compactMap(\.value)
        func put(into fields: inout RenderedFields) {
            fields.put("NotificationType", "notification_type", notification.kind)
            fields.put("ComparisonOperator", "comparison_operator", notification.comparison)
            fields.put("Threshold", "threshold", notification.threshold)
            fields.put("ThresholdType", "threshold_type", notification.thresholdType)
        }
        return RenderedFields { fields in
            if tongue == .template {
                fields.putBlock("Notification", nil) { put(into: &$0) }
            } else {
                put(into: &fields)
            }
            let subscribers = topics.map { topic in
                RenderedFields {
                    $0.put("SubscriptionType", nil, .text("SNS"))
                    $0.put("Address", nil, .text(topic))
                }.list
            }
            fields.put("Subscribers", nil, .blocks(subscribers))
            fields.put(nil, "subscriber_sns_topic_arns", .texts(topics))
        }.list
    }

    // MARK: - Unusual spending

    private func monitor(_ monitor: AnomalyMonitor) -> RenderedResource {
        RenderedResource(
            monitor, "AWS::CE::AnomalyMonitor", "aws_ce_anomaly_monitor", in: .cost,
            note: "Learns what this endpoint usually costs.", for: ["COST-1.3"]
        ) { fields in
            fields.put("MonitorName", "name", monitor.name)
            fields.put("MonitorType", "monitor_type", monitor.kind, for: "COST-1.3")
            fields.put("MonitorSpecification", "monitor_specification", .json(.pairs(ownSpending)), for: "COST-1.3")
            fields.putTags("ResourceTags", "tags", monitor.head.tags)
        }
    }

    /// Everything that carries the endpoint's tag.
    private var ownSpending: [RenderedPair] {
        let (key, values) = (
            RenderedPair("Key", .text("ml:endpoint")), RenderedPair("Values", .texts([plan.spec.name]))
        )
        guard tongue == .plan else { return [RenderedPair("Tags", .pairs([key, values]))] }
        // AWS answers with every part of an expression, and Terraform would make the monitor anew for the difference.
        func unsaid(_ names: [String]) -> [RenderedPair] { names.map { RenderedPair($0, .expression("null")) } }
        let tags = RenderedPair("Tags", .pairs([key, values] + unsaid(["MatchOptions"])))
        return unsaid(["And", "CostCategories", "Dimensions", "Not", "Or"]) + [tags]
    }

    private func subscription(_ subscription: AnomalySubscription) -> RenderedResource {
        RenderedResource(
            subscription, "AWS::CE::AnomalySubscription", "aws_ce_anomaly_subscription", in: .cost,
            note: "Tells of unusual spending at once.", for: ["COST-1.3"]
        ) { fields in
            fields.put("SubscriptionName", "name", subscription.name)
            fields.put("Frequency", "frequency", subscription.frequency, for: "COST-1.3")
            fields.put(
                "MonitorArnList", "monitor_arn_list", .links(subscription.monitors, "MonitorArn", "arn"),
                for: "COST-1.3")
            let types = subscription.subscriberTypes.value ?? []
            fields.put(
                "Subscribers", "subscriber",
                .blocks(
                    types.map { type in
                        RenderedFields {
                            $0.put("Type", "type", .text(type))
                            $0.put("Address", "address", .text("${AlarmTopic.Arn}"))
                        }.list
                    }), for: "COST-1.3")
            fields.put("ThresholdExpression", "threshold_expression", threshold(subscription), for: "COST-1.3")
            fields.putTags("ResourceTags", "tags", subscription.head.tags)
        }
    }

    private func threshold(_ subscription: AnomalySubscription) -> RenderedValue? {
        guard let dollars = subscription.thresholdUSD.value.map(RenderedValue.digits) else { return nil }
        let (key, option) = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "GREATER_THAN_OR_EQUAL")
        if tongue == .template {
            let dimension: [RenderedPair] = [
                RenderedPair("Key", .text(key)), RenderedPair("MatchOptions", .texts([option])),
                RenderedPair("Values", .texts([dollars])),
            ]
            return .json(.pairs([RenderedPair("Dimensions", .pairs(dimension))]))
        }
        return .block { expression in
            expression.putBlock(nil, "dimension") {
                $0.put(nil, "key", .text(key))
                $0.put(nil, "match_options", .texts([option]))
                $0.put(nil, "values", .texts([dollars]))
            }
        }
    }
}

extension RenderedFields {
    /// What a budget counts and up to where.
    fileprivate mutating func putBudget(
        _ budget: Budget, limit: RenderedValue?, _ tongue: Tongue, for controls: [String]
    ) {
        put("BudgetName", "name", budget.name)
        put("BudgetType", "budget_type", budget.kind)
        put("TimeUnit", "time_unit", budget.timeUnit)
        if tongue == .template {
            putBlock("BudgetLimit", nil) {
                $0.put("Amount", nil, limit, forAll: controls)
                $0.put("Unit", nil, .text("USD"))
            }
        } else {
            put(nil, "limit_amount", limit, forAll: controls)
            put(nil, "limit_unit", .text("USD"))
        }
        let values = budget.tagFilters.value.map { RenderedValue.texts($0) }
        if tongue == .template {
            put("CostFilters", nil, values.map { .map(["TagKeyValue": $0]) }, for: "COST-3.2")
        } else {
            putBlock(nil, "cost_filter", for: "COST-3.2") {
                $0.put(nil, "name", .text("TagKeyValue"))
                $0.put(nil, "values", values)
            }
        }
    }
}
