// A line chart as SVG: the server draws it, so that it is there without a script.

/// What one chart shows; the template `chart` draws it.
struct Chart: Sendable {
    /// A limit that is drawn in.
    struct Limit: Sendable {
        let name: String
        let y: String
    }
    struct Line: Sendable {
        let number: Int
        /// Nil for the only line of a chart that has the name already.
        let label: String?
        let path: String
    }
    /// One line: equally long steps up to the end, nil where there is no data.
    struct Points: Sendable {
        var name: String
        var values: [Double?]
    }
    let title: String
    let latest: String?
    let summary: String
    let width = 300
    let series: [Line]
    let alarms: [Limit]
    let most: String
    let least: String
    let from: String
    let until: String

    /// `end` is the end of the last step, in seconds since 1970-01-01 UTC. Where it `fits`, the picture begins below
    /// the least value and not at 0: a share of right answers lies near its limit.
    init(
        _ title: String, unit: String, _ points: [Points], limits: [(name: String, value: Double)] = [], end: Double,
        stepSeconds: Double, isLogarithmic: Bool = false, fits: Bool = false
    ) {
        let values = points.flatMap { $0.values.compactMap { $0 } }
        let all = values + limits.map(\.value)
        let (lowest, highest) = (all.min() ?? 0, all.max() ?? 1)
        let margin = max(0.01, (highest - lowest) * 0.2)
        let least = fits ? lowest - margin : 0
        let most = fits ? highest + margin : max(1, highest) * 1.1
        func height(_ value: Double) -> Double {
            let share = isLogarithmic ? Self.logarithm(value) / Self.logarithm(most) : (value - least) / (most - least)
            return 100 - 100 * min(1, max(0, share))
        }
        let width = Double(width)
        self.title = title + (isLogarithmic ? " (log)" : "")
        self.most = PageWords.number(most, unit)
        self.least = PageWords.number(least)
        let newest = points.compactMap { line in
            line.values.last { $0 != nil }.flatMap { $0 }.map {
                (points.count > 1 ? "\(line.name) " : "") + PageWords.number($0, unit)
            }
        }
        latest = newest.isEmpty ? nil : newest.joined(separator: ", ")
        let count = points.map(\.values.count).max() ?? 0
        series = points.enumerated().map { index, line in
            Line(
                number: min(2, index + 1), label: line.name.isEmpty ? nil : line.name,
                path: Self.path(line.values, step: width / Double(max(1, count - 1)), height: height))
        }
        alarms = limits.map {
            Limit(name: "\($0.name) \(PageWords.number($0.value, unit))", y: Self.rounded(height($0.value)))
        }
        // What is longer than a day is told by its days.
        let isLong = Double(count) * stepSeconds > 86_400
        let (first, last) = (Moment(end - Double(count) * stepSeconds), Moment(end))
        from = isLong ? first.day : first.day == last.day ? first.clock : "\(first.day.dropFirst(5)) \(first.clock)"
        until = isLong ? last.day : last.clock
        let peak = values.max().map { "highest \(PageWords.number($0, unit))" } ?? "no data"
        summary =
            "\(title) from \(from) to \(until) UTC: \(peak)" + (latest.map { ", now \($0)" } ?? "")
            + limits.map { ", \($0.name) \(PageWords.number($0.value, unit))" }.joined()
    }

    /// Grows like the logarithm, and is 0 at 0.
    private static func logarithm(_ value: Double) -> Double {
        // Ten steps of a doubling each are told apart as well as need be.
        var (rest, result) = (1 + max(0, value), 0.0)
        while rest >= 2 {
            rest /= 2
            result += 1
        }
        return result + rest - 1
    }

    private static let strokeWidth = 2.0

    private static func path(_ values: [Double?], step: Double, height: (Double) -> Double) -> String {
        var path = ""
        var isDrawing = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isDrawing = false
                continue
            }
            let hasNext = index + 1 < values.count && values[index + 1] != nil
            // A step without neighbours is a short stroke, within the picture.
            let isAlone = !isDrawing && !hasNext
            let x = max(0, Double(index) * step - (isAlone ? strokeWidth : 0))
            path += "\(isDrawing ? "L" : "M")\(rounded(x)) \(rounded(height(value)))"
            if isAlone { path += "h\(rounded(strokeWidth))" }
            isDrawing = true
        }
        return path
    }

    private static func rounded(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
    }
}
