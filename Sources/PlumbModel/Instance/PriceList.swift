// What an instance costs: prices of one day and one source, and several such lists laid over each other.

/// How far a price can be trusted.
public enum PriceConfidence: String, Sendable, Hashable, Codable {
    /// AWS's price list says so.
    case listed
    /// Worked out from the price of the bare machine; the list has no such type in the region.
    case derived
}

/// Prices that were published on one day: region to instance type to US dollars an hour, hosting, on demand.
public struct PriceList: Sendable, Hashable, Codable {
    public var asOf: Day
    public var source: String
    public var confidence: PriceConfidence
    public var regions: [String: [String: Double]]

    public init(asOf: Day, source: String, confidence: PriceConfidence, regions: [String: [String: Double]]) {
        self.asOf = asOf
        self.source = source
        self.confidence = confidence
        self.regions = regions
    }

    /// How many prices there are.
    public var count: Int { regions.values.reduce(0) { $0 + $1.count } }
}

/// The price of one type in one region, and whence it is known.
public struct Price: Sendable, Hashable {
    public let usdPerHour: Double
    public let asOf: Day
    public let source: String
    public let confidence: PriceConfidence
}

/// Price lists, the first that knows a type in a region decides. What none of them knows has no price; it is never 0.
public struct PriceBook: Sendable, Hashable, Codable {
    public var lists: [PriceList]

    public init(lists: [PriceList]) { self.lists = lists }

    /// Hours of a month, as AWS's own calculators count them.
    public static let hoursPerMonth = 730.0
    private static let hoursPerWeek = 168.0

    /// Hours of a month in which something is on that is on for so many hours of a week: the same share of 730.
    public static func hoursPerMonth(atWeekly hours: Double) -> Double {
        min(max(hours, 0), hoursPerWeek) / hoursPerWeek * hoursPerMonth
    }

    /// What is known without asking anybody.
    public static let embedded = PriceBook(lists: [.published, .derived])

    /// The price of a type in a region, or nil.
    public func price(of type: String, in region: String) -> Price? {
        for list in lists {
            guard let usd = list.regions[region]?[type] else { continue }
            return Price(usdPerHour: usd, asOf: list.asOf, source: list.source, confidence: list.confidence)
        }
        return nil
    }

    /// US dollars an hour, where a price list says so; nil where the price is worked out or not known.
    public func listed(_ type: String, in region: String) -> Double? {
        price(of: type, in: region).flatMap { $0.confidence == .listed ? $0.usdPerHour : nil }
    }

    /// The regions in which a type has a price.
    public func regions(of type: String) -> [String] {
        Set(lists.flatMap { list in list.regions.filter { $0.value[type] != nil }.keys }).sorted()
    }

    /// This book with newer prices on top; what they replace is gone from the lists below.
    public func topped(by newer: PriceList) -> PriceBook {
        let rest = lists.map { list in
            var list = list
            for (region, prices) in newer.regions {
                list.regions[region] = list.regions[region]?.filter { prices[$0.key] == nil }
            }
            list.regions = list.regions.filter { !$0.value.isEmpty }
            return list
        }
        return PriceBook(lists: [newer] + rest.filter { !$0.regions.isEmpty })
    }
}

extension Graph {
    /// The prices by which this deployment is reckoned.
    public var priceBook: PriceBook { prices ?? .embedded }

    /// US dollars an hour of a listed type in a region, or nil.
    public func usdPerHour(of type: String, in region: String) -> Double? { priceBook.listed(type, in: region) }
}

extension PriceList {
    /// The Hosting component of the AWS Price List.
    public static let published = PriceList(
        asOf: Day(daysSinceEpoch: 20_593),
        source: "AWS Price List, AmazonSageMaker, component Hosting, on demand, as published on 2026-05-20",
        confidence: .listed,
        regions: parse(families1).merging(parse(families2)) { $0.merging($1) { first, _ in first } })

    /// Types that us-east-1's list does not have: the bare machine's price times the ratio of its sibling families.
    public static let derived = PriceList(
        asOf: Day(daysSinceEpoch: 20_593),
        source: "worked out: EC2 on demand x the ratio of sibling families (1.20; p5 1.15)", confidence: .derived,
        regions: [
            "us-east-1": [
                "ml.m6i.large": 0.1152, "ml.m6i.xlarge": 0.2304, "ml.m6i.2xlarge": 0.4608, "ml.m6i.4xlarge": 0.9216,
                "ml.m6i.8xlarge": 1.8432, "ml.m6i.12xlarge": 2.7648, "ml.m6i.16xlarge": 3.6864,
                "ml.m6i.24xlarge": 5.5296, "ml.r6i.large": 0.1512, "ml.r6i.xlarge": 0.3024, "ml.r6i.2xlarge": 0.6048,
                "ml.r6i.4xlarge": 1.2096, "ml.r6i.8xlarge": 2.4192, "ml.r6i.12xlarge": 3.6288,
                "ml.r6i.16xlarge": 4.8384, "ml.r6i.24xlarge": 7.2576, "ml.p5.4xlarge": 7.912,
            ]
        ])

    /// Reads blocks of a family: its sizes, then `region[,region…] price…`.
    private static func parse(_ table: String) -> [String: [String: Double]] {
        var regions: [String: [String: Double]] = [:]
        var types: [String] = []
        var isHeading = true
        // Bytes, not characters: this is read whenever a spec's defaults are looked up.
        for line in table.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let words = line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            guard let first = words.first else {
                isHeading = true
                continue
            }
            if isHeading {
                types = words.dropFirst().map { "ml.\(first).\($0)" }
                isHeading = false
                continue
            }
            let prices = words.dropFirst().map { Double($0) }
            for region in first.utf8.split(separator: UInt8(ascii: ",")) {
                var known = regions[String(Substring(region)), default: [:]]
                for (type, price) in zip(types, prices) { known[type] = price }
                regions[String(Substring(region))] = known
            }
        }
        return regions
    }
}
