// Budgets and whom they tell, the watch over unusual spending, and what each endpoint has cost this month.

import Foundation
import PlumbModel

extension Concern {
    /// A budget's `LiveSpend` is what AWS counts against it this period: `ActualUSD`, `ForecastUSD`.
    static let paying = Concern(
        name: "paying",
        reads: [
            Read(.budgets, "DescribeBudgets"), Read(.budgets, "DescribeBudgetNotificationsForAccount"),
            Read(.budgets, "DescribeSubscribersForNotification"), Read(.costExplorer, "GetAnomalyMonitors"),
            Read(.costExplorer, "GetAnomalySubscriptions"), Read(.costExplorer, "ListCostAllocationTags"),
            Read(.costExplorer, "GetCostAndUsage"), Read(.support, "DescribeTrustedAdvisorChecks"),
        ],
        list: { survey in
            async let budgets: Void = survey.listBudgets()
            async let monitors: Void = survey.listAnomalyMonitors()
            async let tags: Void = survey.listCostTags()
            _ = try await (budgets, monitors, tags)
        },
        types: ["AWS::Budgets::Notification"],
        look: { survey, _, budgets in try await survey.lookAtNotifications(of: budgets) },
        measure: { survey, resources in try await survey.measureCost(of: resources) })
}

extension Survey {
    /// The tags by which the bill of an endpoint is told from others'.
    private static let costTags = [EndpointBill.tag, "ml:environment", "ml:team"]

    // MARK: - Budgets

    private func budgets() async throws -> [AWSValue] {
        try await listed(
            "AWS::Budgets::Budget", .budgets, "DescribeBudgets",
            ["AccountId": .text(account), "MaxResults": 1000, "ShowFilterExpression": true], in: "Budgets")
    }

    fileprivate func listBudgets() async throws {
        for told in try await budgets() {
            guard let name = told["BudgetName"].text else { continue }
            var budget = AccountResource(
                "AWS::Budgets::Budget", name: name, arn: "arn:\(partition):budgets::\(account):budget/\(name)")
            budget.properties["Budget"] = AccountValue(
                told,
                only: "BudgetName", "BudgetType", "TimeUnit", "BudgetLimit", "PlannedBudgetLimits", "CostFilters",
                "FilterExpression", "AutoAdjustData", "TimePeriod", "CostTypes")
            budget.properties["LiveSpend"] = Self.spend(told)
            let filters = Self.tagFilters(told)
            let notifications = Wanted("AWS::Budgets::Notification", name)
            // What no tag narrows is for the whole account.
            if filters.isEmpty {
                notebook.note(budget)
                notebook.want(notifications)
            } else {
                let mentions = filters.flatMap { key, value in
                    key == EndpointBill.tag
                        ? [.tag(key, value), Wanted("AWS::SageMaker::Endpoint", value)] : [.tag(key, value)]
                }
                notebook.consider(budget, mentioning: mentions, followUps: [notifications])
            }
        }
    }

    private static func spend(_ budget: AWSValue) -> AccountValue {
        let spend = budget["CalculatedSpend"]
        return [
            "ActualUSD": spend["ActualSpend"].usd.map { .number($0) } ?? .absent,
            "ForecastUSD": spend["ForecastedSpend"].usd.map { .number($0) } ?? .absent,
        ]
    }

    /// The tags that a budget filters by, in the older form (`user:KEY$VALUE`) or as an expression.
    private static func tagFilters(_ budget: AWSValue) -> [(key: String, value: String)] {
        let plain = budget["CostFilters"]["TagKeyValue"].texts.compactMap { text -> (key: String, value: String)? in
            let parts = text.split(separator: "$", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return (parts[0].hasPrefix("user:") ? String(parts[0].dropFirst(5)) : parts[0], parts[1])
        }
        return plain + expressionTags(budget["FilterExpression"])
    }

    private static func expressionTags(_ expression: AWSValue) -> [(key: String, value: String)] {
        let tags = expression["Tags"]
        let key = tags["Key"].text ?? ""
        let own = tags["Values"].texts.map { (key: key.hasPrefix("user:") ? String(key.dropFirst(5)) : key, value: $0) }
        return own + (expression["And"].items + expression["Or"].items).flatMap(expressionTags)
    }

    /// Notifications of all budgets come in few calls, and whom each one tells takes a call.
    fileprivate func lookAtNotifications(of budgets: [String]) async throws {
        let listed = try await items(
            .budgets, "DescribeBudgetNotificationsForAccount", ["AccountId": .text(account), "MaxResults": 1000],
            in: "BudgetNotificationsForAccount")
        let notifications = Dictionary(
            (listed.value ?? []).compactMap { told in told["BudgetName"].text.map { ($0, told["Notifications"].items) }
            }
        ) { $0 + $1 }
        try await inParallel(budgets) { name in
            var told: [AccountValue] = []
            for notification in notifications[name] ?? [] {
                told.append(try await self.notification(notification, of: name))
            }
            let value = if case .unseen(let why) = listed { AccountValue.unseen(why) } else { AccountValue.list(told) }
            notebook.amend("arn:\(partition):budgets::\(account):budget/\(name)") {
                $0.properties["NotificationsWithSubscribers"] = value
            }
        }
    }

    private func notification(_ told: AWSValue, of budget: String) async throws -> AccountValue {
        var asked = told
        asked["NotificationState"] = .null
        let subscribers = try await items(
            .budgets, "DescribeSubscribersForNotification",
            ["AccountId": .text(account), "BudgetName": .text(budget), "Notification": asked, "MaxResults": 100],
            in: "Subscribers", absentCodes: ["NotFoundException"])
        return [
            "Notification": AccountValue(
                told, only: "NotificationType", "ComparisonOperator", "Threshold", "ThresholdType"),
            "Subscribers": AccountValue(subscribers.map { .list($0) }) { AccountValue($0) },
        ]
    }

    // MARK: - Anomalies and tags

    fileprivate func listAnomalyMonitors() async throws {
        let type = "AWS::CE::AnomalyMonitor"
        let monitors = try await listed(
            type, .costExplorer, "GetAnomalyMonitors", ["MaxResults": 100], in: "AnomalyMonitors")
        for told in monitors {
            guard let arn = told["MonitorArn"].text else { continue }
            let monitor = AccountResource(
                type, name: arn, arn: arn,
                properties: AccountValue(
                    told, only: "MonitorName", "MonitorType", "MonitorDimension", "MonitorSpecification"))
            let tags = Self.expressionTags(told["MonitorSpecification"])
            if tags.isEmpty { notebook.note(monitor) }
            notebook.consider(monitor, mentioning: tags.map { .tag($0.key, $0.value) })
        }
        let subscriptions = try await listed(
            "AWS::CE::AnomalySubscription", .costExplorer, "GetAnomalySubscriptions", ["MaxResults": 100],
            in: "AnomalySubscriptions")
        for told in subscriptions {
            guard let arn = told["SubscriptionArn"].text else { continue }
            notebook.consider(
                AccountResource(
                    "AWS::CE::AnomalySubscription", name: arn, arn: arn,
                    properties: AccountValue(
                        told, only: "SubscriptionName", "MonitorArnList", "Subscribers", "Frequency", "Threshold",
                        "ThresholdExpression")),
                mentioning: told["MonitorArnList"].texts.map { Wanted(type, $0) })
        }
    }

    /// A tag that billing does not know is not active.
    fileprivate func listCostTags() async throws {
        let listed = try await items(
            .costExplorer, "ListCostAllocationTags",
            ["Type": "UserDefined", "TagKeys": .list(Self.costTags.map { .text($0) })], in: "CostAllocationTags")
        for key in Self.costTags {
            let status = AccountValue(listed.map { .list($0) }) { tags in
                .text(tags.items.first { $0["TagKey"].text == key }?["Status"].text ?? "Inactive")
            }
            notebook.note(
                AccountResource(
                    "AWS::CE::CostAllocationTag", name: key, properties: ["TagKey": .text(key), "Status": status]))
        }
    }

    // MARK: - What it costs

    fileprivate func measureCost(of resources: [AccountResource]) async throws {
        let endpoints = resources.filter { $0.type == "AWS::SageMaker::Endpoint" }.map(\.name)
        guard !endpoints.isEmpty else { return }
        async let usage = usage()
        async let advisor = answer(
            .support, "DescribeTrustedAdvisorChecks", ["language": "en"])
        let budgets = try await budgets()
        var tools: [String] = []
        var refused: [String] = []
        let spent = try await usage
        spent == nil ? refused.append("costExplorer") : tools.append("costExplorer")
        try await advisor.value == nil ? refused.append("trustedAdvisor") : tools.append("trustedAdvisor")
        for name in endpoints {
            var numbers: [String: Double] = [:]
            numbers["usd"] = spent?[name]
            let own = budgets.first { Self.tagFilters($0).contains { $0 == (EndpointBill.tag, name) } }
            if let own {
                numbers["usd"] = numbers["usd"] ?? own["CalculatedSpend"]["ActualSpend"].usd
                numbers["forecastUSD"] = own["CalculatedSpend"]["ForecastedSpend"].usd
                numbers["limitUSD"] = own["BudgetLimit"].usd
            }
            notebook.note(
                Evidence(
                    .cost, endpointName: name, day: today, origin: "Cost Explorer and Budgets",
                    numbers: numbers,
                    texts: ["tools": tools.joined(separator: ","), "refused": refused.joined(separator: ",")]))
        }
    }

    /// Dollars of this month by endpoint; nil where Cost Explorer does not answer. One request, which costs a cent.
    private func usage() async throws -> [String: Double]? {
        let months = try await items(
            .costExplorer, "GetCostAndUsage",
            EndpointBill.question(from: "\("\(today)".prefix(7))-01", through: today), in: "ResultsByTime")
        return months.value.map(EndpointBill.dollars)
    }
}
