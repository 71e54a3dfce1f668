// Which endpoint an alarm means that names none in its dimensions: the one whose name stands in its texts.

import PlumbModel
import PlumbSignals

/// Names of endpoints as the words they are made of, found in any text: `Probe of scoring_0007` means `scoring-0007`.
struct EndpointWording {
    private var names: [String: [String]] = [:]
    /// Words of the longest name.
    private var wordsMax = 0

    init(_ endpointNames: some Sequence<String>) {
        for name in endpointNames {
            let words = Self.words(of: name)
            guard !words.isEmpty else { continue }
            names[words.joined(separator: " "), default: []].append(name)
            wordsMax = max(wordsMax, words.count)
        }
    }

    /// The endpoints in the values of its dimensions; else those in its name, or its id where it has none.
    func endpoints(meantBy alarm: Alarm, _ reading: AlarmReading) -> [String] {
        for texts in [reading.metrics.flatMap { $0.dimensions.map(\.value) }, [alarm.name.value ?? alarm.id]] {
            let found = texts.flatMap(endpoints)
            if !found.isEmpty { return found }
        }
        return []
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

/// Alarms of which it is not written whom they watch, by the endpoints that they are called after.
struct AlarmsByWording {
    private var byEndpoint = PositionsByText()
    /// Those that are called after none, and may watch any.
    private var open: [Int] = []
    /// The first few of the others: an endpoint that none is called after is told of them.
    private var first: [Int] = []

    mutating func add(_ position: Int, meaning endpointNames: [String]) {
        if endpointNames.isEmpty { return open.append(position) }
        for name in endpointNames { byEndpoint.add(name, position) }
        if first.count < 5 { first.append(position) }
    }

    /// The alarms called after an endpoint and those called after none. Where none is called after it, a few of the
    /// others too: that it has none cannot be told from what alarms are called.
    func near(_ endpointName: String) -> [Int] {
        let own = byEndpoint[endpointName]
        return merged(own.isEmpty ? first : own, open)
    }
}
