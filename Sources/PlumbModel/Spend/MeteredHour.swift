// What the meter has counted of one endpoint in one hour, and the prices that it is counted by.

/// The price of an instance type when it was first counted.
public struct MeteredPrice: Sendable, Hashable, Codable {
    public var usdPerHour: Double
    public var asOf: Day
    public var confidence: PriceConfidence
    public init(_ price: Price) {
        usdPerHour = price.usdPerHour
        asOf = price.asOf
        confidence = price.confidence
    }
}

/// One hour of one endpoint. Seconds are of instances, by their type: two instances in an hour are 7,200.
public struct MeteredHour: Sendable, Hashable, Codable {
    public var endpoint: String
    /// Hours since 1970-01-01 UTC.
    public var hour: Int
    public var environment: Environment
    public var team: String
    public var region: String
    /// From when, and up to when, it has been counted; seconds since 1970-01-01 UTC.
    public var from: Double
    public var until: Double
    /// How much of the time between was really looked at. What nobody saw is charged to nobody.
    public var seenSeconds = 0.0
    /// Of that, how long it was parked.
    public var parkedSeconds = 0.0
    public var running: [String: Double] = [:]
    /// What its working hours call for at the number of instances that it starts with.
    public var planned: [String: Double] = [:]
    /// What would have run if it had not been parked.
    public var avoided: [String: Double] = [:]
    public var requests = 0
    /// By type; a type whose price nobody knows is not here.
    public var prices: [String: MeteredPrice] = [:]

    public init(endpoint: String, hour: Int, environment: Environment, team: String, region: String, from: Double) {
        self.endpoint = endpoint
        self.hour = hour
        self.environment = environment
        self.team = team
        self.region = region
        self.from = from
        until = from
    }

    public var day: Day { Day(secondsSinceEpoch: Double(hour) * 3600) }

    /// What seconds of instances come to, as far as their prices are known.
    public func usd(_ seconds: [String: Double]) -> Double {
        seconds.reduce(0) { sum, entry in sum + entry.value / 3600 * (prices[entry.key]?.usdPerHour ?? 0) }
    }
    public var usd: Double { usd(running) }
    /// Types that have run and have no price.
    public var unpriced: Set<String> { Set(running.keys.filter { prices[$0] == nil }) }
}
