// Budgets with whom they tell, the watch over unusual spending, and the tags by which the bill is split.

import PlumbModel

/// Reads AWS Budgets, Cost Anomaly Detection and cost allocation tags.
enum CostMapping {
    static func add(to graph: inout Graph, from inventory: Inventory, in tongue: Tongue) {
        for resource in tongue.resources("AWS::Budgets::Budget", "aws_budgets_budget", in: inventory) {
            graph.budgets.append(budget(resource.head, Bilingual(resource, tongue), inventory))
        }
        for resource in tongue.resources("AWS::CE::AnomalyMonitor", "aws_ce_anomaly_monitor", in: inventory) {
            var monitor = AnomalyMonitor(head: resource.head)
            monitor.kind = Bilingual(resource, tongue)["MonitorType", "monitor_type"].string
            graph.anomalyMonitors.append(monitor)
        }
        for resource in tongue.resources(
            "AWS::CE::AnomalySubscription", "aws_ce_anomaly_subscription", in: inventory)
        {
            graph.anomalySubscriptions.append(subscription(resource.head, Bilingual(resource, tongue), inventory))
        }
        guard tongue == .plan else { return }
        for resource in inventory["aws_ce_cost_allocation_tag"] {
            var tag = CostAllocationTag(head: resource.head)
            tag.head.name = resource["tag_key"].name
            tag.isActive = resource["status"].string.map { $0 == "Active" }
            graph.costAllocationTags.append(tag)
        }
    }

    // MARK: - Budgets

    private static func budget(_ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory) -> Budget {
        var budget = Budget(head: head)
        // CloudFormation holds the budget inside the resource.
        let data = source.tongue == .template ? source["Budget", ""] : source
        if source.tongue == .template {
            let name = data["BudgetName", ""].name
            if name.isKnown { budget.head.name = name }
        }
        budget.kind = data["BudgetType", "budget_type"].string
        budget.timeUnit = data["TimeUnit", "time_unit"].string
        budget.limitUSD = limit(data)
        budget.plannedLimitsUSD = plannedLimits(data)
        let adjusting = data["AutoAdjustData", "auto_adjust_data"]
        budget.isAutoAdjusting =
            adjusting.whyUnknown.map { .unknown($0, at: adjusting.place) }
            ?? .known(adjusting.isPresent, at: adjusting.place)
        budget.tagFilters = tagFilters(data)
        budget.notifications =
            source.tongue == .template
            ? source["NotificationsWithSubscribers", ""].list { notification($0, inventory) }
            : source["", "notification"].list { planNotification($0, inventory) }
        return budget
    }

    private static func limit(_ data: Bilingual) -> Fact<Double> {
        let limit = data.tongue == .template ? data["BudgetLimit", ""] : data
        let amount = limit["Amount", "limit_amount"].orNothing.double
        // A limit in another currency is none in US dollars.
        guard let unit = limit["Unit", "limit_unit"].string.value, unit != "USD" else { return amount }
        return .absent(at: amount.place)
    }

    /// `PlannedBudgetLimits` is a map from times to amounts; Terraform's are blocks.
    private static func plannedLimits(_ data: Bilingual) -> Fact<[Double]> {
        let planned = data["PlannedBudgetLimits", "planned_limit"]
        let items: [Bilingual] =
            data.tongue == .plan
            ? planned.items : planned.parsed.property.fields.map { Bilingual($0.value, data.tongue) }
        guard planned.isPresent else {
            return planned.whyUnknown.map { .unknown($0, at: planned.place) } ?? .absent(at: planned.place)
        }
        let amounts = items.map { $0["Amount", "amount"].double }
        if let open = amounts.first(where: { !$0.isKnown }) {
            return .unknown(open.whyUnknown ?? "a planned limit has no amount", at: planned.place)
        }
        return .known(amounts.compactMap(\.value), at: planned.place)
    }

    /// Each tag that the budget filters by, as `user:KEY$VALUE`.
    private static func tagFilters(_ data: Bilingual) -> Fact<[String]> {
        let expression = data["FilterExpression", "filter_expression"].parsed
        if expression.isPresent || expression.whyUnknown != nil { return tags(of: expression.property) }
        let values: [Property]
        let filters: Bilingual
        if data.tongue == .template {
            filters = data["CostFilters", ""].parsed
            values = filters.property.fields.filter { $0.key == "TagKeyValue" }.map(\.value)
        } else {
            filters = data["", "cost_filter"]
            values = filters.items.filter { $0["", "name"].string.value == "TagKeyValue" }.map {
                $0["", "values"].property
            }
            if let why = filters.items.lazy.compactMap({ $0["", "name"].whyUnknown }).first {
                return .unknown(why, at: filters.place)
            }
        }
        if let why = filters.whyUnknown ?? values.lazy.compactMap(\.whyUnknown).first {
            return .unknown(why, at: filters.place)
        }
        let names = values.flatMap(\.items).map(\.name)
        if let why = names.lazy.compactMap(\.whyUnknown).first { return .unknown(why, at: filters.place) }
        return .known(names.compactMap(\.value), at: filters.place ?? data.place)
    }

    /// The tags that an expression filters by; a `Not` says what is left out, and cannot be told as a filter.
    private static func tags(of expression: Property) -> Fact<[String]> {
        var found: [String] = []
        var why: String?
        var open: [(Property, depth: Int)] = [(expression, 0)]
        while let (part, depth) = open.popLast() {
            if let reason = part.whyUnknown { why = reason }
            guard depth < 20 else { continue }
            for field in part.fields {
                switch field.key.lowercased() {
                case "tags":
                    let tag = Bilingual(field.value, .template)
                    let key = lowered(tag.property, "Key").name.value ?? ""
                    let prefix = key.hasPrefix("user:") || key.hasPrefix("aws:") ? "" : "user:"
                    found += lowered(tag.property, "Values").items.compactMap(\.name.value).map {
                        "\(prefix)\(key)$\($0)"
                    }
                case "and", "or": open += field.value.items.map { ($0, depth + 1) }
                case "not" where !field.value.isAbsent: why = "the filter leaves out what 'Not' names"
                default: break
                }
            }
        }
        if let why { return .unknown(why, at: expression.place) }
        return .known(found, at: expression.place)
    }

    /// The property under a key, in CloudFormation's or Terraform's case.
    private static func lowered(_ property: Property, _ key: String) -> Property {
        let found = property[key]
        return found.isAbsent ? property[key.lowercased()] : found
    }

    private static func notification(_ source: Bilingual, _ inventory: Inventory) -> BudgetNotification {
        let inside = source["Notification", ""]
        var notification = BudgetNotification()
        notification.kind = inside["NotificationType", ""].string
        notification.comparison = inside["ComparisonOperator", ""].string
        notification.threshold = inside["Threshold", ""].double
        notification.thresholdType = inside["ThresholdType", ""].string
        notification.subscribers = source["Subscribers", ""].list { inventory.address($0["Address", ""].property) }
        return notification
    }

    /// Terraform names receivers in two lists; one that is not known still has at least one of them.
    private static func planNotification(_ source: Bilingual, _ inventory: Inventory) -> BudgetNotification {
        var notification = BudgetNotification()
        notification.kind = source["", "notification_type"].string
        notification.comparison = source["", "comparison_operator"].string
        notification.threshold = source["", "threshold"].double
        notification.thresholdType = source["", "threshold_type"].string
        var subscribers: [Fact<String>] = []
        for list in [source["", "subscriber_email_addresses"], source["", "subscriber_sns_topic_arns"]] {
            if let why = list.whyUnknown {
                subscribers.append(.unknown(why, at: list.place))
            } else {
                subscribers += list.property.items.map { inventory.address($0) }
            }
        }
        notification.subscribers = .known(subscribers, at: source.place)
        return notification
    }

    // MARK: - Anomalies

    private static func subscription(
        _ head: ResourceHead, _ source: Bilingual, _ inventory: Inventory
    ) -> AnomalySubscription {
        var subscription = AnomalySubscription(head: head)
        subscription.monitors = inventory.directory.references(
            source["MonitorArnList", "monitor_arn_list"].property, to: "AWS::CE::AnomalyMonitor")
        subscription.frequency = source["Frequency", "frequency"].string
        let subscribers = source["Subscribers", "subscriber"]
        let types = subscribers.items.map { $0["Type", "type"].string }
        if let why = types.lazy.compactMap(\.whyUnknown).first {
            subscription.subscriberTypes = .unknown(why, at: subscribers.place)
        } else {
            subscription.subscriberTypes = subscribers.list { _ in "" }.map { _ in types.compactMap(\.value) }
        }
        let expression = source["ThresholdExpression", "threshold_expression"].orNothing.parsed
        let plain = source["Threshold", "threshold"].orNothing
        subscription.thresholdUSD =
            expression.isPresent || expression.whyUnknown != nil ? impact(expression.property, depth: 0) : plain.double
        return subscription
    }

    /// The dollars above which an expression lets an anomaly through: with `And` all of its parts must be met, with
    /// `Or` any.
    private static func impact(_ expression: Property, depth: Int) -> Fact<Double> {
        if let why = expression.whyUnknown { return .unknown(why, at: expression.place) }
        guard depth < 20 else { return .unknown("the expression is nested too deeply", at: expression.place) }
        for field in expression.fields {
            switch field.key.lowercased() {
            case "dimensions", "dimension":
                guard !field.value.items.isEmpty else { continue }
                let key = lowered(field.value, "Key").string
                let value = lowered(field.value, "Values").items.first ?? Property(.absent, at: field.value.place)
                if key.value == "ANOMALY_TOTAL_IMPACT_ABSOLUTE" { return value.double }
                return .unknown(
                    key.whyUnknown ?? "it counts in percent: how many dollars that is shows only in the account",
                    at: expression.place)
            case "and", "or":
                let parts = field.value.items.map { impact($0, depth: depth + 1) }
                let amounts = parts.compactMap(\.value)
                guard !parts.isEmpty else { continue }
                let isAny = field.key.lowercased() == "or"
                if let amount = isAny ? amounts.min() : amounts.max() { return .known(amount, at: expression.place) }
                return parts[0]
            default: continue
            }
        }
        return .absent(at: expression.place)
    }
}
