// How the count of a variant has moved, told from what autoscaling says that it did.

import Foundation

/// One change that was carried out.
struct ScalingChange: Sendable, Hashable {
    /// Seconds since 1970.
    let time: Double
    /// The count from then on; nil where autoscaling only changed the bounds.
    let count: Double?

    init(time: Double, count: Double?) {
        self.time = time
        self.count = count
    }

    /// An element of `DescribeScalingActivities`; nil for what failed or was not done.
    init?(_ activity: AWSValue) {
        guard activity["StatusCode"].text == "Successful", let start = activity["StartTime"].date else { return nil }
        time = start.timeIntervalSince1970
        // "Setting desired instance count to 3.", "Setting desired copy count to 2.", "Setting min capacity to 1 …".
        let told = activity["Description"].text ?? ""
        let isCount = told.hasPrefix("Setting desired")
        count = isCount ? told.split { !$0.isNumber }.last.flatMap { Double($0) } : nil
    }
}

/// The counts between two points in time, of which the last is now.
struct ScalingHistory: Sendable {
    /// How long each count lasted, in seconds.
    private(set) var stretches: [(count: Double, seconds: Double)] = []
    /// The most changes of the count within any 3,600 seconds.
    private(set) var changesPerHourMax = 0

    /// `count` is what is wanted now, and was from the last change on. What was before the first change is not told:
    /// the time before it is left out where there is one.
    init(changes: [ScalingChange], count: Double, from start: Double, to end: Double) {
        let told = changes.filter { $0.count != nil }.sorted { $0.time < $1.time }
        let within = told.filter { $0.time >= start && $0.time <= end }
        // What was set before the window holds at its beginning.
        var current = told.last { $0.time < start }?.count ?? (within.isEmpty ? count : nil)
        var since = start
        for change in within {
            if let current { stretches.append((current, change.time - since)) }
            current = change.count
            since = change.time
        }
        if let current { stretches.append((current, end - since)) }
        var first = 0
        for last in within.indices {
            while within[last].time - within[first].time >= 3_600 { first += 1 }
            changesPerHourMax = max(changesPerHourMax, last - first + 1)
        }
    }

    /// The time for which the count is known.
    var seconds: Double { stretches.reduce(0) { $0 + $1.seconds } }

    /// How much of that time the count was such; nil where there is no such time.
    func percent(where isMeant: (Double) -> Bool) -> Double? {
        guard seconds > 0 else { return nil }
        return 100 * stretches.reduce(0) { $0 + (isMeant($1.count) ? $1.seconds : 0) } / seconds
    }
}
