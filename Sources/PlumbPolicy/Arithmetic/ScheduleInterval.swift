// How often a schedule expression runs.

/// The longest time between two runs of an AWS schedule expression.
enum ScheduleInterval {
    /// Days between two runs at the most; nil for an expression that is not understood or does not run again.
    ///
    /// `rate(value unit)` is exact. Of `cron(minutes hours day-of-month month day-of-week year)` the months decide when
    /// only some are named, else the days; the hour of the day plays no part.
    static func longestDays(of expression: String) -> Double? {
        guard let open = expression.firstIndex(of: "("), expression.hasSuffix(")") else { return nil }
        let fields = expression[expression.index(after: open)...].dropLast().split(separator: " ").map(String.init)
        switch expression[..<open].lowercased() {
        case "rate": return rateDays(fields)
        case "cron": return cronDays(fields)
        default: return nil
        }
    }

    private static func rateDays(_ fields: [String]) -> Double? {
        guard fields.count == 2, let value = Double(fields[0]), value > 0 else { return nil }
        switch fields[1].lowercased() {
        case "minute", "minutes": return value / 1440
        case "hour", "hours": return value / 24
        case "day", "days": return value
        default: return nil
        }
    }

    private static func cronDays(_ fields: [String]) -> Double? {
        guard fields.count == 6, fields[5] == "*", let months = months(fields[3]), let first = months.first,
            let last = months.last
        else { return nil }
        if months.count < 12 {
            let gaps = zip(months, months.dropFirst()).map { $1 - $0 } + [first + 12 - last]
            return Double(gaps.max() ?? 12) * 31
        }
        let (dayOfMonth, dayOfWeek) = (fields[2], fields[4])
        if dayOfMonth == "*" && (dayOfWeek == "?" || dayOfWeek == "*") { return 1 }
        if dayOfMonth == "?" { return dayOfWeek.contains("#") || dayOfWeek.contains("L") ? 35 : 7 }
        return 31
    }

    /// The months a field names, in order; nil when it is not understood.
    private static func months(_ field: String) -> [Int]? {
        if field == "*" { return Array(1...12) }
        let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        func number(_ text: Substring) -> Int? {
            names.firstIndex(of: text.uppercased()).map { $0 + 1 }
                ?? Int(text).flatMap { (1...12).contains($0) ? $0 : nil }
        }
        let steps = field.split(separator: "/")
        if steps.count == 2, let step = Int(steps[1]), step > 0 {
            let start = steps[0] == "*" ? 1 : number(steps[0])
            return start.map { Array(stride(from: $0, through: 12, by: step)) }
        }
        var result: Set<Int> = []
        for part in field.split(separator: ",") {
            let ends = part.split(separator: "-").map(number)
            guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high else {
                return nil
            }
            result.formUnion(low...high)
        }
        return result.isEmpty ? nil : result.sorted()
    }
}
