// Which budget counts whose spending, and whom it tells: the questions that COST-2 and COST-3 share.

import PlumbModel

extension Graph {
    /// The budget that is meant for this endpoint and no other; failed or doubted when there is none.
    ///
    /// A filter in a wrong form still shows what is meant; that it then counts nothing is COST-3.2's matter.
    func budget(of endpoint: Endpoint, _ ask: inout Inquiry) -> Budget? {
        guard let name = ask.need(endpoint.name, "the endpoint's name") else { return nil }
        var shared: Budget?
        let join = joined(BudgetJoin.self)
        for budget in budgets[merged(join.byEndpointName[name], join.byEndpointID[endpoint.id])] {
            let filters = budget.tagFilters.value ?? []
            let own = filters.filter { names(endpoint, name, $0) }
            guard !own.isEmpty else { continue }
            if own.count == filters.count { return budget }
            let keys = own.compactMap { TagFilter($0)?.key }
            let isShared = filters.contains { text in
                !own.contains(text) && TagFilter(text).map { keys.contains($0.key) } == true
            }
            if !isShared { return budget }
            shared = budget
        }
        if let shared {
            ask.fail("the budget \(shared.id) counts other endpoints as well", at: shared.place)
        } else {
            tellMissingBudget("no budget counts this endpoint's spending", &ask)
        }
        return nil
    }

    /// The budget that is meant for this endpoint, also where its filter misses it: a fault of the filter is one fault
    /// and COST-3.2's alone. Failed or doubted when there is none.
    func budgetMeant(for endpoint: Endpoint, _ ask: inout Inquiry) -> Budget? {
        var strict = Inquiry(endpoint.id)
        if let budget = budget(of: endpoint, &strict) { return budget }
        if let stray = strayBudget(of: endpoint) { return stray }
        return budget(of: endpoint, &ask)
    }

    /// The budget whose filter should count this endpoint and counts another, or none; nil where there is no such.
    func strayBudget(of endpoint: Endpoint) -> Budget? {
        joined(StrayBudgets.self).byEndpoint[endpoint.id].map { budgets[$0] }
    }

    /// The budget that counts what a team spends in this graph's environment; failed or doubted when there is none.
    func budget(ofTeam team: String, _ ask: inout Inquiry) -> Budget? {
        var narrow: Budget?
        var wide: Budget?
        for budget in budgets[joined(BudgetJoin.self).byValue[team]] {
            let filters = (budget.tagFilters.value ?? []).compactMap(TagFilter.init)
            guard filters.contains(where: { $0.key != CostTag.endpoint && $0.value == team }) else { continue }
            if filters.contains(where: { $0.key == CostTag.endpoint }) {
                narrow = budget
            } else if filters.contains(where: { $0.value == environment.rawValue }) {
                return budget
            } else {
                wide = budget
            }
        }
        if let narrow {
            ask.fail(
                "the budget \(narrow.id) counts one endpoint, but the cap is on all that team '\(team)' spends",
                at: narrow.place)
        } else if let wide {
            ask.fail(
                "the budget \(wide.id) has no filter on \(CostTag.environment), so it counts every environment of "
                    + "team '\(team)'", at: wide.place)
        } else {
            tellMissingBudget("no budget counts what team '\(team)' spends in \(environment.rawValue)", &ask)
        }
        return nil
    }

    /// The budget that counts this endpoint: its own in production and in an engine, its team's elsewhere.
    func budgetCounting(_ endpoint: Endpoint, _ ask: inout Inquiry) -> Budget? {
        if environment == .production || source == .engine { return budgetMeant(for: endpoint, &ask) }
        guard let team = ask.need(team(of: endpoint), "the endpoint's team (tag \(CostTag.team))") else { return nil }
        var strict = Inquiry(endpoint.id)
        if let budget = budget(ofTeam: team, &strict) { return budget }
        // What else it should count is COST-2.4's matter.
        let near = budgets.first { budget in
            let values = (budget.tagFilters.value ?? []).compactMap { TagFilter($0)?.value }
            return values.contains(team) || values.contains(environment.rawValue)
        }
        return near ?? (budgets.count == 1 ? budgets.first : nil) ?? budget(ofTeam: team, &ask)
    }

    /// Who pays for the endpoint: its tag, else what was declared.
    func team(of endpoint: Endpoint) -> Fact<String> {
        if let team = endpoint.head.tags.value?[CostTag.team] { return .known(team, at: endpoint.head.tags.place) }
        let declared = declaration(of: endpoint)?.team ?? .absent(at: endpoint.place)
        if declared.isAbsent, let why = endpoint.head.tags.whyUnknown { return .unknown(why, at: endpoint.place) }
        return declared
    }

    /// The endpoints by team, in source order; an endpoint whose team is not known stands alone.
    var endpointsByTeam: [(team: Fact<String>, endpoints: [Endpoint])] {
        var groups: [(team: Fact<String>, endpoints: [Endpoint])] = []
        var positions: [String: Int] = [:]
        for endpoint in endpoints {
            let team = team(of: endpoint)
            if let name = team.value, let index = positions[name] {
                groups[index].endpoints.append(endpoint)
            } else {
                if let name = team.value { positions[name] = groups.count }
                groups.append((team, [endpoint]))
            }
        }
        return groups
    }

    /// The newest record of money spent on an endpoint.
    func costRecord(of endpoint: Endpoint) -> Evidence? {
        endpoint.name.value.flatMap { evidence(.cost, for: $0).first }
    }

    /// Whether a filter's value means this endpoint: by its name, or by a tag that no other endpoint shares.
    private func names(_ endpoint: Endpoint, _ name: String, _ text: String) -> Bool {
        guard let filter = TagFilter(text) else {
            return ["$", ":", "="].contains { text.hasSuffix($0 + name) }
        }
        if CostTag.shared.contains(filter.key) { return false }
        if filter.value == name { return true }
        return joined(BudgetJoin.self).isAlone(endpoint.id, bearing: filter)
    }

    private func tellMissingBudget(_ message: String, _ ask: inout Inquiry) {
        if let budget = joined(BudgetJoin.self).firstUnknown.map({ budgets[$0] }) {
            let why = budget.tagFilters.whyUnknown ?? "its filters are not known"
            ask.doubt("what the budget \(budget.id) counts cannot be told: \(why)")
        } else if source == .engine {
            ask.doubt(
                "\(message) that the engine shows; a budget with its filters in the engine's state would decide it")
        } else if let budget = budgets.first {
            let counted = (budget.tagFilters.value ?? []).few()
            ask.fail(
                "\(message); the budget \(budget.id) counts \(counted.isEmpty ? "the whole account" : counted)",
                at: budget.place)
        } else {
            ask.fail(message)
        }
    }
}

extension Inquiry {
    /// Three notifications on money really spent, at 50, 80 and 100 percent, each heard by someone.
    mutating func requireAlerts(of budget: Budget) {
        relate("the budget \(budget.id)", at: budget.place)
        guard let notifications = need(budget.notifications, "the budget's list of notifications") else { return }
        if notifications.count > 10 {
            fail("the budget has \(notifications.count) notifications, AWS Budgets takes at most 10", at: budget.place)
        }
        for level in [50.0, 80, 100] {
            // A threshold of 0.5 is half a percent: it is shown as the near miss it is.
            let candidates = notifications.filter {
                guard let threshold = $0.threshold.value else { return true }
                return threshold == level || threshold == level / 100
            }
            requireAlert(among: candidates, "\(Int(bounded: level)) % of the budget") { notification, ask in
                ask.require(notification.threshold, "its threshold", wanted: "\(Int(bounded: level))") { $0 == level }
                ask.require(
                    notification.thresholdType, "the threshold's type", wanted: "PERCENTAGE", absentAs: "PERCENTAGE"
                ) { $0 == "PERCENTAGE" }
                ask.require(notification.kind, "its type", wanted: "ACTUAL") { $0 == "ACTUAL" }
                ask.require(notification.comparison, "its comparison", wanted: "GREATER_THAN") { $0 == "GREATER_THAN" }
            }
        }
    }

    /// One notification on the month's forecast, so that people hear before the money is spent.
    mutating func requireForecastAlert(of budget: Budget) {
        let candidates = (budget.notifications.value ?? []).filter {
            $0.kind.isUnknown || $0.kind.value == "FORECASTED"
        }
        requireAlert(among: candidates, "the month's forecast") { notification, ask in
            ask.require(notification.kind, "its type", wanted: "FORECASTED") { $0 == "FORECASTED" }
        }
    }

    /// One of the notifications is what `ask` wants, and somebody hears it; the nearest miss is told otherwise.
    private mutating func requireAlert(
        among candidates: [BudgetNotification], _ what: String,
        _ ask: (BudgetNotification, inout Inquiry) -> Void
    ) {
        let answers = candidates.map { notification in
            Judgement.about(what) { inquiry in
                ask(notification, &inquiry)
                let count = notification.subscribers.map(\.count).defaulting(to: 0)
                inquiry.require(count, "its number of subscribers", wanted: "at least 1") { $0 >= 1 }
            }
        }
        if answers.contains(where: { $0.verdict == .holds }) {
            prove("an alert tells of \(what)")
        } else if let open = answers.first(where: { $0.verdict == .unknown }) {
            doubt("whether an alert tells of \(what): \(open.message)")
        } else {
            fail("no alert tells of \(what)" + (answers.first.map { ": \($0.message)" } ?? ""))
        }
    }

    /// The budget counts money by the month, and nothing but its owner moves the limit.
    mutating func requireMonthlyCost(_ budget: Budget) {
        relate("the budget \(budget.id)", at: budget.place)
        require(budget.kind, "the budget's type", wanted: "COST") { $0 == "COST" }
        require(budget.timeUnit, "its time unit", wanted: "MONTHLY") { $0 == "MONTHLY" }
        requireFlag(budget.isAutoAdjusting, "automatic adjustment", is: false, absentAs: false)
    }
}

/// Budgets that count no endpoint as its own, and the endpoints without one, brought together: by the endpoint's name
/// in the budget's, or because one of each is left.
private struct StrayBudgets: GraphJoin {
    /// Positions of budgets by the ids of endpoints.
    private(set) var byEndpoint: [String: Int] = [:]

    init(_ graph: Graph) {
        guard !graph.budgets.isEmpty else { return }
        var taken: Set<String> = []
        var bare: [Endpoint] = []
        for endpoint in graph.endpoints {
            var ask = Inquiry(endpoint.id)
            if let budget = graph.budget(of: endpoint, &ask) {
                taken.insert(budget.id)
            } else if endpoint.name.isKnown {
                bare.append(endpoint)
            }
        }
        guard !bare.isEmpty else { return }
        let join = graph.joined(BudgetJoin.self)
        var left = graph.budgets.indices.filter { position in
            let budget = graph.budgets[position]
            return !taken.contains(budget.id) && !budget.tagFilters.isUnknown
        }
        bare.removeAll { endpoint in
            let name = (endpoint.name.value ?? "").lowercased()
            // A budget that names it, and others as well, misses nothing: it counts too much.
            let naming = join.byEndpointName[endpoint.name.value ?? ""]
            guard naming.isEmpty else { return true }
            guard let index = left.firstIndex(where: { graph.budgets[$0].isCalled(name) }) else { return false }
            byEndpoint[endpoint.id] = left.remove(at: index)
            return true
        }
        if let endpoint = bare.first, bare.count == 1, left.count == 1 { byEndpoint[endpoint.id] = left[0] }
    }
}

extension Budget {
    /// Whether it is filtered by single endpoints at all, or by something that can be read as nothing else.
    var namesAnEndpoint: Bool {
        (tagFilters.value ?? []).contains { text in TagFilter(text).map { !CostTag.shared.contains($0.key) } ?? true }
    }

    /// Whether its name or id has an endpoint's name in it, in lower case.
    fileprivate func isCalled(_ name: String) -> Bool {
        !name.isEmpty && [head.name.value ?? "", id].contains { $0.lowercased().contains(name) }
    }
}
