// Metric math as CloudWatch has it: rows of metrics and expressions, one of which is the result.

public import PlumbModel

/// The rows of a metric-math alarm, checked once and then evaluated as often as wished.
///
/// Missing data follows CloudWatch: an operator with a missing operand gives a missing point, and so does a division by
/// zero; `SUM`, `AVG`, `MIN` and `MAX` over several series leave missing points out; `FILL` replaces them.
public struct MetricMath: Sendable {
    /// The longest expression CloudWatch takes, in bytes.
    public static let expressionLengthMax = 2048
    /// How deep parentheses, calls and minus signs may nest.
    public static let nestingMax = 32
    /// How many numbers, names, operators and calls one expression may have; bounds the work and the stack.
    public static let termsMax = 256
    /// How many rows may stand together, as in one `GetMetricData` call.
    public static let rowsMax = 500

    private struct Row: Sendable {
        let query: MetricDataQuery
        /// Nil for a metric row.
        let expression: MathExpression?
    }

    /// In an order in which each row only needs rows before it.
    private let rows: [Row]
    /// The row that is compared with the threshold.
    public let returned: MetricDataQuery

    /// Checks the rows: names, expressions, references, circles, and that exactly one row returns a time series.
    ///
    /// Throws `.unsupported` for a function CloudWatch has and this evaluator has not (such as
    /// `ANOMALY_DETECTION_BAND`): the alarm's behaviour is then unknown. Anything else is `.invalidInput`.
    public init(_ queries: [MetricDataQuery]) throws(PlumbError) {
        guard queries.count <= Self.rowsMax else {
            throw PlumbError(.invalidInput, "\(queries.count) rows of metric math; \(Self.rowsMax) are the most")
        }
        let returning = queries.filter(\.returnsData)
        guard let returned = returning.first, returning.count == 1 else {
            throw PlumbError(
                .invalidInput, "\(returning.count) rows of the alarm return data; exactly one must",
                hint: "set ReturnData to true on the row that is compared with the threshold and to false on the rest")
        }
        self.returned = returned
        var parsed: [String: Row] = [:]
        for query in queries {
            try Self.checkName(query.id)
            guard parsed[query.id] == nil else {
                throw PlumbError(.invalidInput, "two rows are called \(query.id)", hint: "give each row its own id")
            }
            parsed[query.id] = Row(query: query, expression: try Self.parse(query))
        }
        rows = try Self.ordered(queries.compactMap { parsed[$0.id] })
        try checkShapes()
    }

    private static func checkName(_ id: String) throws(PlumbError) {
        let isLegal =
            id.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } == true
            && id.utf8.allSatisfy { MathLexer.continuesName($0) }
        guard isLegal else {
            throw PlumbError(
                .invalidInput, "'\(id.prefix(64))' cannot name a row of metric math",
                hint: "start with a lower-case letter and go on with letters, digits and underscores, such as m1")
        }
    }

    private static func parse(_ query: MetricDataQuery) throws(PlumbError) -> MathExpression? {
        guard case .expression(let text) = query.source else { return nil }
        var parser = try MathParser(text, row: query.id)
        return try parser.parse()
    }

    /// Puts each row behind the rows it needs; what is left over stands in a circle.
    private static func ordered(_ rows: [Row]) throws(PlumbError) -> [Row] {
        let names = Set(rows.map(\.query.id))
        var waiting: [(row: Row, needs: Set<String>)] = []
        for row in rows {
            let needs = row.expression?.references ?? []
            if let stranger = needs.first(where: { !names.contains($0) }) {
                let known = names.subtracting([row.query.id]).sorted()
                let likely = Spelling.nearest(to: stranger, among: known).map { "did you mean \($0)? " } ?? ""
                throw PlumbError(
                    .invalidInput, "expression \(row.query.id) names \(stranger), which is no row",
                    hint: "\(likely)rows: \(known.joined(separator: ", "))")
            }
            waiting.append((row, needs))
        }
        var done: Set<String> = []
        var result: [Row] = []
        while !waiting.isEmpty {
            let ready = waiting.filter { $0.needs.isSubset(of: done) }
            guard !ready.isEmpty else { throw circle(waiting.map { ($0.row.query.id, $0.needs) }) }
            result += ready.map(\.row)
            done.formUnion(ready.map(\.row.query.id))
            waiting.removeAll { done.contains($0.row.query.id) }
        }
        return result
    }

    /// Follows the names from any row that could not be placed until one comes back.
    private static func circle(_ stuck: [(id: String, needs: Set<String>)]) -> PlumbError {
        let needs = Dictionary(stuck.map { ($0.id, $0.needs) }, uniquingKeysWith: { first, _ in first })
        var path: [String] = []
        var next = stuck.map(\.id).min()
        while let id = next, !path.contains(id) {
            path.append(id)
            next = needs[id]?.filter { needs[$0] != nil }.min()
        }
        let loop = path.drop { $0 != next } + [next].compactMap { $0 }
        return PlumbError(
            .invalidInput, "expressions go round in a circle: \(loop.joined(separator: " -> "))",
            hint: "let one of them stand on metrics alone")
    }

    /// Checks that lists and single numbers stand only where CloudWatch takes them.
    private func checkShapes() throws(PlumbError) {
        var shapes: [String: MathShape] = [:]
        for row in rows {
            let shape = try row.expression?.shape(of: shapes, row: row.query.id) ?? .series
            shapes[row.query.id] = shape
            guard row.query.id == returned.id, shape != .series else { continue }
            throw PlumbError(
                .invalidInput,
                "expression \(row.query.id) gives \(shape == .scalar ? "one number" : "several series"), "
                    + "and an alarm needs one time series",
                hint: shape == .scalar ? "let it stand on a metric's points" : "add the series up with SUM(…)")
        }
    }

    /// The result over the `count` latest complete periods before `second`, oldest first.
    ///
    /// Metric rows are read at `periodSeconds`, whatever they say; `AlarmEvaluator` sees to it that they agree.
    public func datapoints(
        from source: some MetricSource, periodSeconds: Int, count: Int, before second: Int
    ) -> [Datapoint?] {
        var values: [String: MathValue] = [:]
        var metricRows: [(id: String, series: [Double?])] = []
        var returnedPoints: [Datapoint?] = []
        for row in rows {
            guard case .metric(let metric, let statistic, _, let unit) = row.query.source else { continue }
            let points = source.datapoints(
                metric, statistic: statistic, unit: unit, periodSeconds: periodSeconds, count: count, before: second)
            if row.query.id == returned.id { returnedPoints = points }
            let series = points.map { $0?.value }
            values[row.query.id] = .series(series)
            metricRows.append((row.query.id, series))
        }
        guard case .expression = returned.source else { return returnedPoints }
        for row in rows {
            guard let expression = row.expression else { continue }
            values[row.query.id] = expression.value(
                in: MathContext(values: values, metricRows: metricRows, count: count))
        }
        guard case .series(let series)? = values[returned.id] else { return Array(repeating: nil, count: count) }
        return series.map { value in value.map { Datapoint(value: $0) } }
    }
}
