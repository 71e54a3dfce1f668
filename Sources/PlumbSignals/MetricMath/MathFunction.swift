// The functions of metric math that are evaluated, those that are only known, and spelling help for the rest.

import PlumbModel

/// A function that is evaluated.
enum MathFunction: String, Sendable, CaseIterable {
    case sum = "SUM"
    case max = "MAX"
    case min = "MIN"
    case average = "AVG"
    case absolute = "ABS"
    case ceiling = "CEIL"
    case floor = "FLOOR"
    case conditional = "IF"
    case fill = "FILL"
    case metrics = "METRICS"

    /// Functions that CloudWatch has and that are not evaluated here: an alarm that uses one behaves in an unknown way.
    static let notEvaluated: Set<String> = [
        "ANOMALY_DETECTION_BAND", "CONCAT", "DATAPOINT_COUNT", "DAY", "DB_PERF_INSIGHTS", "DIFF", "DIFF_TIME", "EPOCH",
        "FIRST", "HOUR", "INSIGHT_RULE_METRIC", "LAMBDA", "LAST", "LOG", "LOG10", "METRIC_COUNT", "MINUTE", "MONTH",
        "PERIOD", "RATE", "REMOVE_EMPTY", "RUNNING_SUM", "SEARCH", "SELECT", "SERVICE_QUOTA", "SLICE", "SORT", "STDDEV",
        "TIME_SERIES", "YEAR",
    ]

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The error for a call of something that is none of them.
    static func unknown(_ name: String, at place: String) -> PlumbError {
        if notEvaluated.contains(name) {
            return PlumbError(
                .unsupported, "\(place): \(name) is CloudWatch's, but what it gives cannot be told in advance",
                hint: "functions that can: \(names)")
        }
        let likely = Spelling.nearest(to: name.uppercased(), among: allCases.map(\.rawValue))
        return PlumbError(
            .invalidInput, "\(place): no function is called \(name)",
            hint: (likely.map { "did you mean \($0)? " } ?? "") + "functions: \(names)")
    }
}

/// Help for a misspelt name.
enum Spelling {
    /// The known name with the fewest edits to `name`, if it is near enough to be meant.
    static func nearest(to name: String, among known: [String]) -> String? {
        let near = known.map { (name: $0, edits: edits(name, $0)) }.min { $0.edits < $1.edits }
        guard let near, near.edits <= Swift.max(1, near.name.count / 3) else { return nil }
        return near.name
    }

    /// Levenshtein's distance; names longer than 64 letters are told apart by their first 64.
    private static func edits(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (i, letter) in left.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let substituted = diagonal + (letter == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
