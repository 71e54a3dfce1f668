// How a running engine spends: its meter, its budgets, and who works at night.

import PlumbModel

extension EngineGraph {
    /// The endpoint's own budget, in the words of AWS Budgets.
    static func addBudget(
        of active: Revision, toldTo subscribers: Fact<[Fact<String>]>, to graph: inout Graph
    ) {
        let spec = active.spec
        func notification(_ kind: String, _ percent: Double) -> BudgetNotification {
            var notification = BudgetNotification()
            notification.kind = .known(kind)
            notification.comparison = "GREATER_THAN"
            notification.threshold = .known(percent)
            notification.thresholdType = "PERCENTAGE"
            notification.subscribers = subscribers
            return notification
        }
        graph.budgets.append(
            Budget("\(spec.name)-budget", at: spec.place(of: "budget")) { budget in
                budget.head.name = .known("\(spec.name)-budget")
                budget.kind = "COST"
                budget.timeUnit = "MONTHLY"
                budget.limitUSD = .known(spec.budget.monthlyUSD, at: spec.place(of: "budget.monthlyUSD"))
                budget.isAutoAdjusting = false
                budget.tagFilters = .known(["user:ml:endpoint$\(spec.name)"])
                budget.notifications = .known(
                    spec.budget.alertPercents.map { notification("ACTUAL", $0) } + [notification("FORECASTED", 100)],
                    at: spec.place(of: "budget.alerts"))
            })
    }

    /// Spending is told only where it holds everything: a sum without a part is no sum.
    static func costNumbers(_ spend: EndpointStatement?, of active: Revision) -> [String: Double] {
        var numbers = ["limitUSD": active.spec.budget.monthlyUSD]
        guard let spend, spend.isComplete else { return numbers }
        numbers["usd"] = spend.usd
        numbers["forecastUSD"] = spend.forecast?.expectedUSD
        return numbers
    }

    static func offHours(_ known: EndpointEvidence) -> [String: Double] {
        known.offHoursRunning.map { ["offHoursRunning": $0] } ?? [:]
    }
}

extension EndpointRecord {
    /// A night without workers is remembered for so long, over a weekend and a holiday.
    private static let nightSecondsMax = 8 * 86_400.0

    /// Workers that run outside the working hours: now, or in the last night. Nil where nobody can say, and while there
    /// is a reason for them, such as a call or a deployment just now.
    public func offHoursRunning(workers: Int, at now: Double) -> Int? {
        guard let active = revision(active), let calendar = EndpointRunner.calendar(of: active), let parking else {
            return nil
        }
        let isOn = calendar.isOn(at: now) || calendar.isOn(at: now + EndpointRunner.startLeadSeconds)
        if isOn { return parking.offAt.flatMap { now - $0 < Self.nightSecondsMax ? 0 : nil } }
        if parking.isAway { return workers }
        guard let since = parking.machine.unwantedSince else { return nil }
        return now - since > ParkingMachine.deferSecondsMax ? workers : nil
    }
}
