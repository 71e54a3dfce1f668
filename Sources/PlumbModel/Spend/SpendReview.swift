// A month's cost under review: what each endpoint cost and did, what the cost tools say, and what is to be decided.

/// One endpoint over the time under review, as far as it was measured; nil is not known.
public struct EndpointMonth: Sendable, Hashable {
    public var name: String
    public var environment: Environment
    public var team: String?
    public var region: String
    public var workload: Workload?
    public var instanceType: String?
    public var minimum: Int?
    public var maximum: Int?
    public var usdPerHour: Double?
    /// Hours a month in which it is on.
    public var hoursPerMonth = PriceBook.hoursPerMonth
    /// How long its use was measured, and what was: requests, and 95th percentiles in percent of capacity.
    public var days = 0.0
    public var requests: Double?
    public var cpuP95Percent: Double?
    public var gpuP95Percent: Double?
    public var memoryP95Percent: Double?
    public var p99Milliseconds: Double?
    public var p99MillisecondsMax: Double?
    /// How its fleet moved.
    public var fleetDays: Double?
    public var atMinimumPercent: Double?
    public var atMaximumPercent: Double?
    public var changesPerHourMax: Double?
    /// A month of it by the estimate, and in the time under review by the meter and by the bill.
    public var estimatedUSD: Double?
    public var meteredUSD: Double?
    public var billedUSD: Double?

    public init(name: String, environment: Environment, region: String) {
        self.name = name
        self.environment = environment
        self.region = region
    }

    /// What the smallest fleet costs in a month.
    public var floorUSD: Double? {
        guard let minimum, let usdPerHour else { return nil }
        return Double(minimum) * usdPerHour * hoursPerMonth
    }
}

/// What the cost tools of an account answered; nil where one did not, and then `refused` says why.
public struct SpendTools: Sendable, Hashable {
    public struct Anomaly: Sendable, Hashable {
        public var day: String
        public var impactUSD: Double
        public var cause: String
        public init(day: String, impactUSD: Double, cause: String) {
            self.day = day
            self.impactUSD = impactUSD
            self.cause = cause
        }
    }
    /// Something that a tool advises: to end it, or to change it.
    public struct Advice: Sendable, Hashable {
        public var tool: String
        public var subject: String
        public var advice: String
        public var savingUSD: Double?
        public init(tool: String, subject: String, advice: String, savingUSD: Double?) {
            self.tool = tool
            self.subject = subject
            self.advice = advice
            self.savingUSD = savingUSD
        }
    }
    /// What a commitment for a year would cost less.
    public struct PlanOffer: Sendable, Hashable {
        /// 0 ... 1.
        public var discount: Double
        public var commitmentUSDPerHour: Double?
        public var source: String
        public init(discount: Double, commitmentUSDPerHour: Double?, source: String) {
            self.discount = discount
            self.commitmentUSDPerHour = commitmentUSDPerHour
            self.source = source
        }
    }
    /// Dollars by endpoint.
    public var billedUSD: [String: Double]?
    public var anomalies: [Anomaly]?
    public var advice: [Advice] = []
    public var plan: PlanOffer?
    /// Tools that gave an answer, and those that did not, each with the reason.
    public var answered: [String] = []
    public var refused: [String] = []

    public init() {}
}

/// Something that a person has to decide.
public struct SpendDecision: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case rightSize, removeIdle, tuneScaling, savingsPlan, explainDifference, explainAnomaly, followAdvice
    }
    public var kind: Kind
    /// The endpoint; empty for all.
    public var endpoint: String
    /// What is asked.
    public var question: String
    /// What it rests on.
    public var reason: String
    /// Dollars a month; negative where it costs more.
    public var savingUSD: Double?
    /// The change of the spec as removed and added lines, or the command.
    public var change: [String] = []

    public init(_ kind: Kind, of endpoint: String, _ question: String, because reason: String, savingUSD: Double? = nil)
    {
        self.kind = kind
        self.endpoint = endpoint
        self.question = question
        self.reason = reason
        self.savingUSD = savingUSD
    }
}

/// The record of one review.
public struct SpendReview: Sendable, Hashable {
    public var day: Day
    /// What was looked at: `engine:`, `aws://eu-west-1`.
    public var source: String
    public var owner: String
    /// The first day under review, and the last.
    public var first: Day
    public var last: Day
    /// The share of a month that lies between them.
    public var monthShare: Double
    public var endpoints: [EndpointMonth]
    public var tools: SpendTools?
    public var decisions: [SpendDecision] = []
    /// What could not be told.
    public var unknown: [String] = []

    public init(
        on day: Day, of source: String, owner: String, from first: Day, through last: Day, monthShare: Double,
        endpoints: [EndpointMonth], tools: SpendTools?
    ) {
        self.day = day
        self.source = source
        self.owner = owner
        self.first = first
        self.last = last
        self.monthShare = monthShare
        self.endpoints = endpoints
        self.tools = tools
    }

    /// The bill where there is one, else the meter.
    public static func actualUSD(_ month: EndpointMonth) -> Double? { month.billedUSD ?? month.meteredUSD }
    /// What the estimate expects of the time under review.
    public func expectedUSD(_ month: EndpointMonth) -> Double? { month.estimatedUSD.map { $0 * monthShare } }
    public var actualUSD: Double? { sum(Self.actualUSD) }
    public var expectedUSD: Double? { sum(expectedUSD) }
    /// How far what was paid is from what was expected, in percent of that; nil where either is not known.
    public func differencePercent(_ month: EndpointMonth) -> Double? {
        guard let actual = Self.actualUSD(month), let expected = expectedUSD(month), expected > 0 else { return nil }
        return 100 * (actual - expected) / expected
    }

    /// Of all endpoints; nil where one is not known.
    private func sum(_ part: (EndpointMonth) -> Double?) -> Double? {
        let parts = endpoints.map(part)
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        return parts.reduce(0) { $0 + ($1 ?? 0) }
    }
}
