// What is to be decided about a month's cost: pure arithmetic over what was measured and what the cost tools said.

public import PlumbModel

/// Judges a review's months and its tools.
public struct SpendJudgement: Sendable {
    /// How many days without a request make an endpoint idle.
    public static let idleDaysProduction = 14.0
    public static let idleDaysElsewhere = 7.0
    /// Autoscaling is pinned when it stands at its maximum for a larger share of the time, and restless above so many
    /// changes an hour; it never moves when it has not left the minimum for so long.
    public static let pinnedPercent = 10.0
    public static let changesPerHourMax = 6.0
    public static let unmovedDays = 30.0
    /// How far a bill may be from what was expected, in percent.
    public static let differencePercentMax = 5.0
    /// Cents are not worth a question.
    public static let differenceMinUSD = 1.0
    /// What a commitment is bought for.
    private static let planTerm = "one year"

    /// The families that the policy allows a class; all for a model that its memory bounds.
    public static func families(_ workload: Workload?) -> [String] {
        switch workload {
        case .cpu: ["m5"]
        case .gpu: ["g5", "p5"]
        case .memory: Set(InstanceType.all.map(\.family)).sorted()
        case nil: []
        }
    }

    /// The review with everything that is to be decided, and what could not be told. `plan` is the discount of a
    /// commitment where the tools told none.
    public static func judge(
        _ review: SpendReview, plan: SpendTools.PlanOffer? = nil, usdPerHour: (String, String) -> Double?
    ) -> SpendReview {
        var review = review
        for month in review.endpoints {
            let isIdle = addIdle(month, to: &review)
            if !isIdle {
                addSize(month, to: &review, usdPerHour)
                addScaling(month, to: &review)
            }
            addDifference(month, to: &review)
        }
        addPlan(review.tools?.plan ?? plan, to: &review)
        for anomaly in review.tools?.anomalies ?? [] {
            review.decisions.append(
                SpendDecision(
                    .explainAnomaly, of: "", "What was it, and will it happen again?",
                    because: "\(anomaly.day): \(SpendEstimate.usd(anomaly.impactUSD)) USD more than usual, "
                        + anomaly.cause))
        }
        for advice in review.tools?.advice ?? [] {
            review.decisions.append(
                SpendDecision(
                    .followAdvice, of: "", "Follow it?",
                    because: "\(advice.tool) on \(advice.subject): \(advice.advice)", savingUSD: advice.savingUSD))
        }
        review.unknown += review.tools?.refused ?? []
        return review
    }

    /// Whether nobody has asked it for long; unknown where requests were not counted for so long.
    public static func isIdle(_ month: EndpointMonth) -> Bool? {
        guard let requests = month.requests else { return nil }
        if requests > 0 { return false }
        let wanted = month.environment == .production ? idleDaysProduction : idleDaysElsewhere
        return month.days >= wanted ? true : nil
    }

    private static func addIdle(_ month: EndpointMonth, to review: inout SpendReview) -> Bool {
        guard let isIdle = isIdle(month) else {
            review.unknown.append(
                "\(month.name): whether it is idle; it shows \(month.requests.map { "\(Int($0)) requests" } ?? "none") "
                    + "in \(Int(month.days)) days")
            return false
        }
        guard isIdle else { return false }
        var decision = SpendDecision(
            .removeIdle, of: month.name, "Delete it?", because: "no request in \(Int(month.days)) days",
            savingUSD: month.floorUSD)
        decision.change = ["plumb gc \(review.source) --yes"]
        if month.environment == .production {
            decision.change = ["plumb gc \(review.source) --yes --approve \(month.name)"]
        }
        review.decisions.append(decision)
        return true
    }

    private static func addSize(
        _ month: EndpointMonth, to review: inout SpendReview, _ usdPerHour: (String, String) -> Double?
    ) {
        let answer = RightSizing(month, families: families(month.workload)) { usdPerHour($0, month.region) }
        switch answer {
        case .unknown(let why): review.unknown.append("\(month.name): \(why)")
        case .fits: return
        case .change(let size):
            var decision = SpendDecision(
                .rightSize, of: month.name, "Change it to \(size.type.name), after a load test?",
                because: size.reason, savingUSD: size.savingUSD)
            decision.change = [
                "- instances: {type: \(month.instanceType ?? "")}", "+ instances: {type: \(size.type.name)}",
            ]
            review.decisions.append(decision)
        }
    }

    private static func addScaling(_ month: EndpointMonth, to review: inout SpendReview) {
        guard let most = month.atMaximumPercent, let least = month.atMinimumPercent, let days = month.fleetDays,
            let minimum = month.minimum, let maximum = month.maximum
        else {
            review.unknown.append("\(month.name): how its fleet moved; days of scaling activities would tell")
            return
        }
        guard maximum > minimum else { return }
        if most > pinnedPercent {
            review.decisions.append(
                SpendDecision(
                    .tuneScaling, of: month.name, "Raise the maximum, take a larger type, or make the model faster?",
                    because: "it stood at its maximum of \(maximum) for \(Int(most)) % of \(Int(days)) days"))
        }
        if let changes = month.changesPerHourMax, changes > changesPerHourMax {
            review.decisions.append(
                SpendDecision(
                    .tuneScaling, of: month.name, "Move the thresholds apart, or lengthen the cooldowns?",
                    because: "its number changed \(Int(changes)) times in one hour"))
        }
        if least >= 100, days >= unmovedDays {
            review.decisions.append(
                SpendDecision(
                    .tuneScaling, of: month.name, "Lower the maximum of \(maximum), or let a smaller type scale?",
                    because: "it has not left its minimum of \(minimum) in \(Int(days)) days"))
        }
    }

    private static func addDifference(_ month: EndpointMonth, to review: inout SpendReview) {
        guard let actual = SpendReview.actualUSD(month), let expected = review.expectedUSD(month) else {
            review.unknown.append("\(month.name): what it has cost, or what was expected")
            return
        }
        let told = "\(SpendEstimate.usd(actual)) USD paid, \(SpendEstimate.usd(expected)) expected"
        if let difference = review.differencePercent(month), isOdd(difference, of: actual - expected) {
            review.decisions.append(
                SpendDecision(
                    .explainDifference, of: month.name, "Where does the difference come from?",
                    because: "\(told): \(difference > 0 ? "+" : "")\(Int(difference.rounded())) %"))
        }
        guard let metered = month.meteredUSD, let billed = month.billedUSD, metered > 0 else { return }
        let difference = 100 * (billed - metered) / metered
        if isOdd(difference, of: billed - metered) {
            review.decisions.append(
                SpendDecision(
                    .explainDifference, of: month.name, "Do meter and bill count the same?",
                    because: "the bill is \(SpendEstimate.usd(billed)) USD, the meter \(SpendEstimate.usd(metered)): "
                        + "\(difference > 0 ? "+" : "")\(Int(difference.rounded())) %"))
        }
    }

    private static func isOdd(_ percent: Double, of usd: Double) -> Bool {
        abs(percent) > differencePercentMax && abs(usd) >= differenceMinUSD
    }

    /// A commitment is paid for every hour: it pays when the hours it is used for are more than 1 - discount of all.
    private static func addPlan(_ plan: SpendTools.PlanOffer?, to review: inout SpendReview) {
        let floors = review.endpoints.map(\.floorUSD)
        let monthly = floors.reduce(0) { $0 + ($1 ?? 0) }
        guard monthly > 0 else { return }
        guard let plan, plan.discount > 0, plan.discount < 1 else {
            review.unknown.append("what a savings plan would save: no discount is known (--plan-discount)")
            return
        }
        // What always runs, at the plan's own price; idle endpoints are not committed to.
        let idle = review.endpoints.filter { isIdle($0) == true }.reduce(0) { $0 + ($1.floorUSD ?? 0) }
        let floorPerHour = (monthly - idle) / PriceBook.hoursPerMonth
        guard floorPerHour > 0 else { return }
        let commitment = floorPerHour * (1 - plan.discount)
        let share = Int((100 * (1 - plan.discount)).rounded())
        review.decisions.append(
            SpendDecision(
                .savingsPlan, of: "",
                "Commit to \(SpendEstimate.usd(commitment)) USD an hour for \(planTerm)?",
                because: "the smallest fleets cost \(SpendEstimate.usd(floorPerHour)) USD an hour on demand, "
                    + "\(Int((100 * plan.discount).rounded())) % less under a plan (\(plan.source)); it breaks even "
                    + "when \(share) % of the commitment is used, so right-size first",
                savingUSD: (floorPerHour - commitment) * PriceBook.hoursPerMonth))
    }
}
