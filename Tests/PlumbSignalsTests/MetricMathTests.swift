import PlumbModel
import PlumbSignals
import Testing

struct MetricMathTests {
    private func identity(_ id: String) -> MetricIdentity {
        MetricIdentity(namespace: "Test", name: id, dimensions: [])
    }

    /// Evaluates an expression over series of one-second periods.
    private func evaluate(_ expression: String, _ series: [String: [Double?]]) throws -> [Double?] {
        let count = series.values.map(\.count).max() ?? 0
        let ids = series.keys.sorted()
        let rows = ids.map { row($0, identity($0), .average, period: 1) }
        let source = MetricSources(ids.map { gauge(series[$0] ?? [], metric: identity($0)) })
        return try MetricMath(rows + [row("result", expression)])
            .datapoints(from: source, periodSeconds: 1, count: count, before: 0).map { $0?.value }
    }

    private func refusal(_ expression: String) -> PlumbError? {
        let rows = [
            row("errors", identity("e"), .sum), row("requests", identity("r"), .sum), row("result", expression),
        ]
        do {
            _ = try MetricMath(rows)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a + b * 2", [10.0]), ("(a + b) * 2", [12.0]), ("a - b - 1", [-3.0]), ("-a ^ 2 + b", [0.0]),
        ("2 ^ 3 ^ 2 + 0 * a", [512.0]),
        ("a / b / 2", [0.25]), ("b > a AND a > b OR b == 4", [1.0]), ("a >= 2 && b < 4", [0.0]),
        ("a != b || 0", [1.0]),
        ("a < b + 1", [1.0]), ("1e1 + .5 + a", [12.5]), ("ABS(a - b)", [2.0]), ("CEIL(a / 4)", [1.0]),
        ("FLOOR(a / 4)", [0.0]),
        ("IF(a > 1, b, 0)", [4.0]), ("IF(a > 9, b, 0)", [0.0]), ("SUM([a, b, 1])", [7.0]), ("AVG([a, b])", [3.0]),
        ("MAX(METRICS())", [4.0]), ("MIN(METRICS())", [2.0]), ("SUM(METRICS(\"b\"))", [4.0]),
        ("SUM(METRICS('a') * 10)", [20.0]),
        ("a * MAX(b)", [8.0]), ("- -a", [2.0]), ("a*-1", [-2.0]),
    ])
    func arithmeticFollowsTheUsualPrecedence(expression: String, expected: [Double]) throws {
        #expect(try evaluate(expression, ["a": [2], "b": [4]]) == expected)
    }

    @Test(
        arguments: [
            ("a + b", [3, nil, nil, nil]), ("a / zero", [nil, nil, nil, nil]), ("IF(a > 0, a)", [1, nil, 3, nil]),
            ("IF(a > 2, a)", [nil, nil, 3, nil]), ("IF(zero == 0, a, b)", [1, nil, 3, nil]),
            ("a > 0 OR zero == 0", [1, nil, 1, nil]),
            ("FILL(a, 0)", [1, 0, 3, 0]), ("FILL(a, REPEAT)", [1, 1, 3, 3]), ("FILL(a, LINEAR)", [1, 2, 3, nil]),
            ("FILL(b, MAX(a))", [2, 3, 3, 5]), ("FILL(b, REPEAT)", [2, 2, 2, 5]), ("SUM([a, b])", [3, nil, 3, 5]),
            ("SUM(FILL(METRICS(), 0))", [3, 0, 3, 5]), ("AVG([a, b])", [1.5, nil, 3, 5]),
            ("a * SUM(b)", [7, nil, 21, nil]),
            ("(a ^ 2000) / zero", [nil, nil, nil, nil]), ("a * 1e308 * 1e308", [nil, nil, nil, nil]),
        ] as [(String, [Double?])])
    func missingPointsFollowCloudWatch(expression: String, expected: [Double?]) throws {
        let series: [String: [Double?]] = ["a": [1, nil, 3, nil], "b": [2, nil, nil, 5], "zero": [0, 0, 0, 0]]
        #expect(try evaluate(expression, series) == expected)
    }

    @Test(arguments: [
        ("errors / request", "request"), ("SUMM(errors)", "column 1"), ("errors / (requests", "column 19"),
        ("errors errors", "column 8"), ("errors +", "column 9"), ("errors # 2", "column 8"), ("", "column 1"),
        ("\"text", "column 1"), ("1.2.3 + errors", "column 1"), ("SUM(errors, requests)", "2 arguments"),
        ("IF(errors)", "1 arguments"), ("FILL(errors)", "column 12"), ("FILL(errors, requests)", "fills with a series"),
        ("[errors, requests]", "several series"), ("SUM(errors)", "one number"), ("METRICS() + METRICS()", "two lists"),
        ("SUM", "wants parentheses"), ("[]", "column 3"), ("METRICS(errors)", "column 9"), ("result + 1", "circle"),
        ("IF(METRICS(), errors, 0)", "a list to IF"), ("SUM([METRICS(), errors])", "list into a list"),
    ])
    func aWrongExpressionSaysWhatIsWrongAndWhere(expression: String, part: String) {
        let error = refusal(expression)
        #expect(error?.kind == .invalidInput)
        #expect(error?.message.contains(part) == true, "\(error.map(\.message) ?? "accepted")")
    }

    @Test func aMisspeltNameIsToldWithTheRightOne() {
        #expect(refusal("SUMM(errors)")?.hint?.contains("did you mean SUM?") == true)
        #expect(refusal("sum(errors)")?.hint?.contains("did you mean SUM?") == true)
        #expect(refusal("errors / request")?.hint?.contains("did you mean requests?") == true)
        #expect(refusal("errors / request")?.hint?.contains("rows: errors, requests") == true)
    }

    @Test func functionsThatAreOnlyKnownAreUnsupportedAndNotWrong() {
        #expect(refusal("ANOMALY_DETECTION_BAND(errors, 2)")?.kind == .unsupported)
        #expect(refusal("RATE(errors)")?.kind == .unsupported)
    }

    @Test func rowsInACircleAreNamed() {
        let rows = [row("a", "b + 1"), row("b", "c + 1", returnsData: false), row("c", "a + 1", returnsData: false)]
        let error = #expect(throws: PlumbError.self) { try MetricMath(rows) }
        #expect(error?.message.contains("a -> b -> c -> a") == true)
    }

    @Test func exactlyOneRowReturnsData() {
        #expect(throws: PlumbError.self) { try MetricMath([]) }
        #expect(throws: PlumbError.self) { try MetricMath([row("a", identity("a"), .sum)]) }
        #expect(throws: PlumbError.self) { try MetricMath([row("a", "1 + b"), row("b", "1")]) }
        #expect(throws: PlumbError.self) { try MetricMath([row("Big", identity("a"), .sum, returnsData: true)]) }
        let twice = [row("a", identity("a"), .sum, returnsData: true), row("a", identity("a"), .sum)]
        #expect(throws: PlumbError.self) { try MetricMath(twice) }
    }

    @Test func expressionsBuildOnExpressionsInAnyOrder() throws {
        let rows = [
            row("rate", "part * 100"), row("part", "errors / requests", returnsData: false),
            row("errors", identity("e"), .sum, period: 1), row("requests", identity("r"), .sum, period: 1),
        ]
        let source = MetricSources([gauge([1, 3], metric: identity("e")), gauge([10, 4], metric: identity("r"))])
        let points = try MetricMath(rows).datapoints(from: source, periodSeconds: 1, count: 2, before: 0)
        #expect(points.map { $0?.value } == [10, 75])
    }

    @Test func lengthAndDepthAreBounded() {
        let deep = String(repeating: "(", count: 1000) + "errors" + String(repeating: ")", count: 1000)
        #expect(refusal(deep)?.message.contains("nested deeper") == true)
        #expect(refusal(String(repeating: "-", count: 200) + "errors")?.message.contains("nested deeper") == true)
        #expect(refusal(String(repeating: "errors+", count: 400) + "errors")?.message.contains("bytes long") == true)
        #expect(refusal(String(repeating: "1+", count: 600) + "errors")?.message.contains("terms") == true)
        #expect(refusal(String(repeating: "2^", count: 100) + "errors")?.message.contains("nested deeper") == true)
        #expect(refusal(String(repeating: "1+", count: 100) + "errors") == nil)
    }

    /// An expression that is mostly legal: operands and calls with operators between them.
    private func likely(_ length: Int, _ generator: inout SeededGenerator) -> String {
        let operands = [
            "errors", "requests", "0", "2.5", "-errors", "(errors)", "SUM([errors, requests])", "MAX(METRICS())",
            "FILL(errors, LINEAR)", "FILL(requests, 0)", "IF(errors, 1, requests)", "ABS(errors)", "MIN(requests)",
        ]
        let operators = ["+", "-", "*", "/", "^", "<", ">=", "==", " AND ", " OR ", ","]
        return (0..<length).map { index in
            (index.isMultiple(of: 2) ? operands : operators).randomElement(using: &generator) ?? ""
        }.joined()
    }

    @Test func noInputCrashesOrHangs() throws {
        var generator = SeededGenerator(seed: 2026)
        let words = [
            "errors", "requests", "e1", "SUM", "MAX", "AVG", "IF", "FILL", "METRICS", "ABS", "REPEAT", "LINEAR", "AND",
            "OR",
            "(", ")", "[", "]", ",", "+", "-", "*", "/", "^", "<", ">", "<=", "==", "!=", "&&", "||", "\"", "'", "1",
            "0.5",
            "1e9", ".", " ", "é", "\u{0}", "9999999999999999999999", "1e999",
        ]
        let source = MetricSources([
            gauge([1, nil, 0], metric: identity("e")), gauge([4, 5, nil], metric: identity("r")),
        ])
        var accepted = 0
        for round in 0..<20_000 {
            let length = Int.random(in: 0...(round % 100 == 0 ? 400 : 12), using: &generator)
            let text =
                round.isMultiple(of: 2)
                ? (0..<length).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
                : likely(length, &generator)
            let rows = [row("errors", identity("e"), .sum, period: 1), row("requests", identity("r"), .sum, period: 1)]
            // A refusal is the usual answer; only a crash or a hang would be a fault.
            guard let math = try? MetricMath(rows + [row("result", text)]) else { continue }
            accepted += 1
            let points = math.datapoints(from: source, periodSeconds: 1, count: 3, before: 0)
            #expect(points.count == 3)
            #expect(points.allSatisfy { $0?.value.isNaN != true })
        }
        #expect(accepted > 2000, "the generator should also hit legal expressions")
    }
}
