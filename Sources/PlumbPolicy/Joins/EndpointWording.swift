// Which endpoint an alarm means that names none in its dimensions: the one whose name stands in its texts, and the one
// that lists it for its rollbacks.

import PlumbModel
import PlumbSignals

/// Names of endpoints as the words they are made of, found in any text: `Probe of scoring_0007` means `scoring-0007`.
struct EndpointWording {
    private var names: [String: [String]] = [:]
    /// Words of the longest name.
    private var wordsMax = 0
    /// Names of endpoints by the names of the alarms that they list, those of composite alarms included.
    private var listing: [String: [String]] = [:]

    init(_ endpointNames: Set<String>, _ graph: Graph) {
        self.init(endpointNames)
        for endpoint in graph.endpoints {
            guard let name = endpoint.name.value else { continue }
            for alarm in (endpoint.rollbackAlarms.value ?? []).compactMap(\.value) {
                listing[alarm, default: []].append(name)
            }
        }
        for composite in graph.compositeAlarms {
            guard let listed = composite.name.value.flatMap({ listing[$0] }) else { continue }
            for alarm in composite.alarmNames { listing[alarm, default: []] += listed }
        }
    }

    init(_ endpointNames: some Sequence<String>) {
        for name in endpointNames {
            let words = Self.words(of: name)
            guard !words.isEmpty else { continue }
            names[words.joined(separator: " "), default: []].append(name)
            wordsMax = max(wordsMax, words.count)
        }
    }

    /// The endpoints that list it, and those in the values of its dimensions; or else those in its name, or its id
    /// where it has none.
    func endpoints(meantBy alarm: Alarm, _ reading: AlarmReading) -> [String] {
        let listed = alarm.name.value.flatMap { listing[$0] } ?? []
        let inDimensions = reading.metrics.flatMap { $0.dimensions.map(\.value) }.flatMap(endpoints)
        return listed + (inDimensions.isEmpty ? endpoints(in: alarm.name.value ?? alarm.id) : inDimensions)
    }

    /// The endpoints whose names stand in a text, the longest at each spot: `scoring-eu-errors` does not mean
    /// `scoring` where there is a `scoring-eu`.
    func endpoints(in text: String) -> [String] {
        let words = Self.words(of: text)
        var found: [String] = []
        var start = 0
        while start < words.count {
            let lengths = (1...max(1, min(wordsMax, words.count - start))).reversed()
            let hit = lengths.lazy.compactMap { length in
                names[words[start..<start + length].joined(separator: " ")].map { (names: $0, length: length) }
            }.first
            found += hit?.names ?? []
            start += hit?.length ?? 1
        }
        return found
    }

    /// Runs of letters and digits, in lower case; what is no ASCII counts as a letter.
    private static func words(of text: String) -> [String] {
        text.utf8.split { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: false
            default: true
            }
        }.map { String(Substring($0)).lowercased() }
    }
}

/// Alarms of which it is not written whom they watch, by the endpoints that they mean.
struct AlarmsByWording {
    /// An alarm without its name and the values of its dimensions, which are nobody's here.
    private struct Form: Hashable {
        var definition: AlarmDefinition
        let region: Fact<String>

        /// Nil where it cannot be told what the alarm does.
        init?(_ alarm: Alarm, _ reading: AlarmReading) {
            guard var definition = reading.definition.value else { return nil }
            definition.name = ""
            for index in definition.queries.indices {
                guard case .metric(var metric, let statistic, let period, let unit) = definition.queries[index].source
                else { continue }
                for dimension in metric.dimensions.indices
                where !["VariantName", "EndpointConfigName"].contains(metric.dimensions[dimension].name) {
                    metric.dimensions[dimension].value = ""
                }
                definition.queries[index].source = .metric(
                    metric, statistic: statistic, periodSeconds: period, unit: unit)
            }
            self.definition = definition
            region = alarm.head.region
        }
    }
    /// How many alarms stand for all that are alike.
    private static let alikeMax = 5

    private var byEndpoint = PositionsByText()
    /// Those that mean none, and may watch any: a few of each form, since every endpoint is asked about all of them.
    private var open: [Int] = []
    private var alike: [Form: Int] = [:]
    /// The first few of the others: an endpoint that none means is told of them.
    private var first: [Int] = []

    mutating func add(_ position: Int, _ alarm: Alarm, _ reading: AlarmReading, meaning endpointNames: [String]) {
        for name in endpointNames { byEndpoint.add(name, position) }
        guard endpointNames.isEmpty else {
            if first.count < Self.alikeMax { first.append(position) }
            return
        }
        if let form = Form(alarm, reading) {
            alike[form, default: 0] += 1
            if alike[form, default: 0] > Self.alikeMax { return }
        }
        open.append(position)
    }

    /// The alarms that mean an endpoint, and those that mean none. Where none means it, a few of the others too: that
    /// it has none cannot be told from what alarms are called.
    func near(_ endpointName: String) -> [Int] {
        let own = byEndpoint[endpointName]
        return merged(own.isEmpty ? first : own, open)
    }
}
