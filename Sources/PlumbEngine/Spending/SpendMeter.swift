// Counts instances, hour by hour: a pure bookkeeper that is shown the fleets about once a second.

public import PlumbModel

/// What is seen of one endpoint at one moment.
public struct MeterSample: Sendable, Hashable {
    public var endpoint: String
    public var environment: Environment
    public var team: String
    public var region: String
    /// Instances by their type: those that there are to be, those that its working hours call for, and those that
    /// parking has taken away.
    public var running: [String: Int] = [:]
    public var planned: [String: Int] = [:]
    public var avoided: [String: Int] = [:]
    public var isParked = false
    /// Answered so far, ever growing; where it falls, the engine has begun to count anew.
    public var requests = 0

    public init(endpoint: String, environment: Environment, team: String, region: String) {
        self.endpoint = endpoint
        self.environment = environment
        self.team = team
        self.region = region
    }
}

/// The hours of one month. No moment is counted twice: each hour knows up to when it was counted, over a restart too.
/// The time between two looks that lie too far apart is not counted at all, since nobody knows what ran in it.
public struct SpendMeter: Sendable, Hashable {
    /// Longer than this between two looks, and nobody was looking.
    public static let gapSecondsMax = 10.0

    public private(set) var month: Month
    /// By `SpendMeter.key`.
    public private(set) var hours: [String: MeteredHour]
    /// Those that have changed since they were last written down.
    public private(set) var unsaved: Set<String> = []
    private var looks: [String: Look] = [:]

    private struct Look: Hashable {
        var at: Double
        var requests: Int
    }

    /// Goes on from what was written down of the month.
    public init(month: Month, hours: [MeteredHour] = []) {
        self.month = month
        self.hours = Dictionary(hours.map { (Self.key($0.endpoint, $0.hour), $0) }) { _, later in later }
    }

    /// Sorts by time: `2026-11-29T07/digits`.
    public static func key(_ endpoint: String, _ hour: Int) -> String {
        let day = Day(secondsSinceEpoch: Double(hour) * 3600)
        let ofDay = hour - day.daysSinceEpoch * 24
        return "\(day)T\(ofDay < 10 ? "0" : "")\(ofDay)/\(endpoint)"
    }

    /// Counts what has passed since the last look. At the turn of the month it answers the hours of the old one that
    /// are not written down yet, and begins anew.
    public mutating func look(_ samples: [MeterSample], at now: Double, prices: PriceBook) -> [MeteredHour] {
        var left: [MeteredHour] = []
        for sample in samples {
            defer { looks[sample.endpoint] = Look(at: now, requests: sample.requests) }
            guard let last = looks[sample.endpoint], now > last.at, now - last.at <= Self.gapSecondsMax else {
                continue
            }
            // What lies before the month is closed: a clock that was set back over its turn opens it no more.
            var start = max(last.at, month.start)
            var requests = max(0, sample.requests - last.requests)
            while start < now {
                let hour = Int((start / 3600).rounded(.down))
                let end = min(now, Double(hour + 1) * 3600)
                count(sample, in: hour, from: start, to: end, requests: requests, prices)
                requests = 0
                start = end
            }
        }
        let present = Month(secondsSinceEpoch: now)
        if present > month {
            let old = hours.filter { Month(holding: $0.value.day) < present }
            left = old.filter { unsaved.contains($0.key) }.values.sorted { $0.hour < $1.hour }
            hours = hours.filter { old[$0.key] == nil }
            unsaved.formIntersection(hours.keys)
            month = present
        }
        let there = Set(samples.map(\.endpoint))
        looks = looks.filter { there.contains($0.key) }
        return left
    }

    private mutating func count(
        _ sample: MeterSample, in hour: Int, from start: Double, to end: Double, requests: Int, _ prices: PriceBook
    ) {
        let key = Self.key(sample.endpoint, hour)
        var row =
            hours[key]
            ?? MeteredHour(
                endpoint: sample.endpoint, hour: hour, environment: sample.environment, team: sample.team,
                region: sample.region, from: start)
        // What is on record up to a later moment, as after a clock was set back, is not counted again.
        let seconds = end - max(start, row.until)
        guard seconds > 0 else { return }
        (row.environment, row.team, row.region) = (sample.environment, sample.team, sample.region)
        row.until = end
        row.seenSeconds += seconds
        if sample.isParked { row.parkedSeconds += seconds }
        row.requests += requests
        func add(_ counts: [String: Int], to sums: inout [String: Double]) {
            for (type, count) in counts where count > 0 { sums[type, default: 0] += Double(count) * seconds }
        }
        add(sample.running, to: &row.running)
        add(sample.planned, to: &row.planned)
        add(sample.avoided, to: &row.avoided)
        let types = Set(sample.running.keys).union(sample.planned.keys).union(sample.avoided.keys)
        for type in types where row.prices[type] == nil {
            row.prices[type] = prices.price(of: type, in: row.region).map { MeteredPrice($0) }
        }
        hours[key] = row
        unsaved.insert(key)
    }

    /// Hours that are to be written down now; `saved` tells when they are.
    public var toSave: [MeteredHour] { unsaved.compactMap { hours[$0] }.sorted { $0.hour < $1.hour } }

    /// What was written down, as it was; an hour that has gone on meanwhile stays unsaved.
    public mutating func saved(_ rows: [MeteredHour]) {
        for row in rows {
            let key = Self.key(row.endpoint, row.hour)
            if hours[key] == row { unsaved.remove(key) }
        }
    }
}
