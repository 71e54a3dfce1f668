// Every number that an organisation may set, which way is stricter, and which controls read it.

extension Thresholds {
    /// In the order of the policy book.
    public static let all: [Threshold] = [
        Threshold(
            name: "errorRatePercent", path: \.errorRatePercent, direction: .lowerIsStricter,
            controls: ["OPS-1.2", "PERF-2.4"], summary: "The error rate at which an alarm fires, in percent."),
        Threshold(
            name: "latencyP99Milliseconds", path: \.latencyP99Milliseconds, direction: .lowerIsStricter,
            controls: ["OPS-1.3", "PERF-2.4"], summary: "The p99 latency at which an alarm fires, in milliseconds."),
        Threshold(
            name: "rollbackSeconds", path: \.rollbackSeconds, direction: .lowerIsStricter,
            controls: ["OPS-2.5", "OPS-2.10"],
            summary: "The time from the fault to the end of its rollback, in seconds."),
        Threshold(
            name: "captureRetentionDays", path: \.captureRetentionDays, direction: .lowerIsStricter,
            controls: ["SEC-3.8"], summary: "How long captured traffic with personal data may be kept, in days."),
        Threshold(
            name: "unusedAccessDays", path: \.unusedAccessDays, direction: .lowerIsStricter,
            controls: ["SEC-2.7"], summary: "The age at which unused access is reported, in days."),
        Threshold(
            name: "instancesMinimum", path: \.instancesMinimum, direction: .higherIsStricter,
            controls: ["REL-1.1", "REL-1.2", "REL-2.2"], summary: "The least instances of a production variant."),
        Threshold(
            name: "availabilityPercent", path: \.availabilityPercent, direction: .higherIsStricter,
            controls: ["REL-1.5", "REL-1.6"], summary: "The availability of a production endpoint, in percent."),
        Threshold(
            name: "instancesMaximum", path: \.instancesMaximum, direction: .lowerIsStricter,
            controls: ["REL-2.2"], summary: "The most instances a variant may scale to."),
        Threshold(
            name: "scaleOutPercent", path: \.scaleOutPercent, direction: .lowerIsStricter,
            controls: ["REL-2.4"], summary: "The use of capacity above which capacity is added, in percent."),
        Threshold(
            name: "scaleInPercent", path: \.scaleInPercent, direction: .lowerIsStricter,
            controls: ["REL-2.5"], summary: "The use of capacity below which capacity may be removed, in percent."),
        Threshold(
            name: "recoveryTimeMinutes", path: \.recoveryTimeMinutes, direction: .lowerIsStricter,
            controls: ["REL-3.1", "REL-3.3"], summary: "The recovery time objective (RTO), in minutes."),
        Threshold(
            name: "recoveryPointMinutes", path: \.recoveryPointMinutes, direction: .lowerIsStricter,
            controls: ["REL-3.1", "REL-3.4"],
            summary: "The recovery point objective (RPO), in minutes."),
        Threshold(
            name: "latencyReductionPercent", path: \.latencyReductionPercent, direction: .higherIsStricter,
            controls: ["PERF-2.2"], summary: "How much an optimisation must lower the median latency, in percent."),
        Threshold(
            name: "costReviewDays", path: \.costReviewDays, direction: .lowerIsStricter,
            controls: ["COST-1.1"], summary: "The age of the newest cost review, in days."),
        Threshold(
            name: "runningHoursPerWeek", path: \.runningHoursPerWeek, direction: .lowerIsStricter,
            controls: ["COST-2.2"], summary: "How long endpoints of dev and staging may run, in hours a week."),
        Threshold(
            name: "devBudgetUSD", path: \.devBudgetUSD, direction: .lowerIsStricter,
            controls: ["COST-2.4", "COST-2.5"],
            summary: "What a team's endpoints in dev may cost, in dollars a month."),
        Threshold(
            name: "stagingBudgetUSD", path: \.stagingBudgetUSD, direction: .lowerIsStricter,
            controls: ["COST-2.4", "COST-2.5"],
            summary: "What a team's endpoints in staging may cost, in dollars a month."),
        Threshold(
            name: "productionBudgetUSD", path: \.productionBudgetUSD, direction: .lowerIsStricter,
            controls: ["COST-3.1", "COST-3.5"], summary: "What a production endpoint may cost, in dollars a month."),
    ]
}
