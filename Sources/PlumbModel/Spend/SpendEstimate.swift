// What deployments are going to cost in a month, part by part, with what is not known named.

/// One line of an estimate: at least, on the average, at most; nil where the price is not known.
public struct SpendPart: Sendable, Hashable {
    public var name: String
    /// How the numbers come about.
    public var basis: String
    public var floorUSD: Double?
    public var expectedUSD: Double?
    public var worstUSD: Double?
    public init(
        name: String, basis: String, floorUSD: Double? = nil, expectedUSD: Double? = nil, worstUSD: Double? = nil
    ) {
        self.name = name
        self.basis = basis
        self.floorUSD = floorUSD
        self.expectedUSD = expectedUSD
        self.worstUSD = worstUSD
    }
}

/// The price by which a part was reckoned.
public struct SpendPrice: Sendable, Hashable {
    public var type: String
    public var region: String
    /// Nil when no list has the type in the region.
    public var price: Price?
    public init(type: String, region: String, price: Price?) {
        self.type = type
        self.region = region
        self.price = price
    }
}

/// What an endpoint costs in a month.
public struct EndpointSpend: Sendable, Hashable {
    public var name: String
    public var place: Place?
    public var environment: Environment
    public var team: String?
    public var hoursPerMonth: Double
    /// Whence the hours are known.
    public var hoursBasis: String
    public var parts: [SpendPart] = []
    public var prices: [SpendPrice] = []
    /// What could not be reckoned and is in no sum.
    public var unknown: [String] = []
    /// The monthly limit that is declared.
    public var budgetUSD: Double?
    /// The region whose prices were taken because the input names none.
    public var regionAssumed: String?

    public init(
        name: String, at place: Place?, environment: Environment, team: String?, hoursPerMonth: Double,
        hoursBasis: String
    ) {
        self.name = name
        self.place = place
        self.environment = environment
        self.team = team
        self.hoursPerMonth = hoursPerMonth
        self.hoursBasis = hoursBasis
    }

    public var floorUSD: Double { parts.reduce(0) { $0 + ($1.floorUSD ?? 0) } }
    public var expectedUSD: Double { parts.reduce(0) { $0 + ($1.expectedUSD ?? 0) } }
    public var worstUSD: Double { parts.reduce(0) { $0 + ($1.worstUSD ?? 0) } }
    /// Whether the sums hold everything; else they say "at least".
    public var isComplete: Bool { unknown.isEmpty }
}

/// How a month compares with what may be spent.
public enum BudgetVerdict: String, Sendable, Hashable {
    /// Even the worst case is inside.
    case fits
    /// What is expected is inside, the worst case is not.
    case worstCaseIsOver
    case expectedIsOver
    case floorIsOver
    /// Something has no price, or no limit is known.
    case unknown
}

/// The endpoints of one deployment, and what may be spent on them.
public struct SpendEstimate: Sendable, Hashable {
    /// All endpoints that one limit is for: an endpoint of production, a team's endpoints elsewhere.
    public struct Group: Sendable, Hashable {
        public var name: String
        public var limitUSD: Double?
        /// Whether the worst case must stay below the limit, not just at it.
        public var isCap: Bool
        public var floorUSD: Double
        public var expectedUSD: Double
        public var worstUSD: Double
        public var isComplete: Bool

        public init(name: String, of spends: [EndpointSpend], limitUSD: Double?, isCap: Bool) {
            self.name = name
            self.limitUSD = limitUSD
            self.isCap = isCap
            floorUSD = spends.reduce(0) { $0 + $1.floorUSD }
            expectedUSD = spends.reduce(0) { $0 + $1.expectedUSD }
            worstUSD = spends.reduce(0) { $0 + $1.worstUSD }
            isComplete = spends.allSatisfy(\.isComplete)
        }

        public var verdict: BudgetVerdict {
            guard let limitUSD else { return .unknown }
            func isOver(_ usd: Double) -> Bool { isCap ? usd >= limitUSD : usd > limitUSD }
            if isOver(floorUSD) { return .floorIsOver }
            if isOver(expectedUSD) { return .expectedIsOver }
            if isOver(worstUSD) { return .worstCaseIsOver }
            return isComplete ? .fits : .unknown
        }
    }
    public var environment: Environment
    public var endpoints: [EndpointSpend]
    public var groups: [Group]

    public init(environment: Environment, endpoints: [EndpointSpend], groups: [Group]) {
        self.environment = environment
        self.endpoints = endpoints
        self.groups = groups
    }

    public var floorUSD: Double { endpoints.reduce(0) { $0 + $1.floorUSD } }
    public var expectedUSD: Double { endpoints.reduce(0) { $0 + $1.expectedUSD } }
    public var worstUSD: Double { endpoints.reduce(0) { $0 + $1.worstUSD } }
    public var isComplete: Bool { endpoints.allSatisfy(\.isComplete) }
}

extension SpendEstimate {
    /// `4,424.10`.
    public static func usd(_ amount: Double) -> String {
        let cents = Int(exactly: (amount * 100).rounded()) ?? (amount < 0 ? Int.min + 1 : Int.max)
        let (whole, rest) = (abs(cents) / 100, abs(cents) % 100)
        var grouped = ""
        for (index, digit) in String(whole).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (cents < 0 ? "-" : "") + String(grouped.reversed()) + (rest < 10 ? ".0\(rest)" : ".\(rest)")
    }
}
