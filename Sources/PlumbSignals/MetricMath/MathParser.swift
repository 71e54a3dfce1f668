// Reads an expression into a tree, by precedence climbing.

import PlumbModel

/// Parses one expression; every error names the row and the column.
struct MathParser {
    private let row: String
    private let tokens: [MathToken]
    private var position = 0
    private var depth = 0

    /// Refuses an expression that is longer than the limits of `MetricMath`.
    init(_ text: String, row: String) throws(PlumbError) {
        self.row = row
        guard text.utf8.count <= MetricMath.expressionLengthMax else {
            throw PlumbError(
                .invalidInput,
                "expression \(row) is \(text.utf8.count) bytes long; \(MetricMath.expressionLengthMax) are the most",
                hint: "split it into several rows")
        }
        var lexer = MathLexer(text, row: row)
        tokens = try lexer.tokens()
        let terms = tokens.count { token in
            switch token.word {
            case .number, .name, .text: true
            case .sign(let sign): !["(", ")", "[", "]", ","].contains(sign)
            case .end: false
            }
        }
        guard terms <= MetricMath.termsMax else {
            throw PlumbError(
                .invalidInput, "expression \(row) has \(terms) terms; \(MetricMath.termsMax) are the most",
                hint: "split it into several rows")
        }
    }

    mutating func parse() throws(PlumbError) -> MathExpression {
        let expression = try operation(above: 0)
        guard current.word == .end else { throw unexpected("an operator or the end") }
        return expression
    }

    private var current: MathToken { tokens[min(position, tokens.count - 1)] }

    private mutating func advance() { position += 1 }

    private mutating func accept(_ sign: String) -> Bool {
        guard current.word == .sign(sign) else { return false }
        advance()
        return true
    }

    private mutating func require(_ sign: String) throws(PlumbError) {
        guard accept(sign) else { throw unexpected("'\(sign)'") }
    }

    private func place(_ token: MathToken) -> String { "expression \(row), column \(token.column)" }

    private func unexpected(_ wanted: String) -> PlumbError {
        PlumbError(
            .invalidInput, "\(place(current)): \(current.shown) stands where \(wanted) should",
            hint: "an expression looks like errors / FILL(requests, 1) * 100")
    }

    private mutating func nested<T>(
        _ body: (inout MathParser) throws(PlumbError) -> T
    ) throws(PlumbError) -> T {
        guard depth < MetricMath.nestingMax else {
            throw PlumbError(
                .invalidInput, "\(place(current)): nested deeper than \(MetricMath.nestingMax)",
                hint: "split the expression into several rows")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private var currentOperator: MathOperator? {
        guard case .sign(let sign) = current.word else { return nil }
        switch sign {
        case "&&": return .and
        case "||": return .or
        default: return MathOperator(rawValue: sign)
        }
    }

    /// One or more operands with operators that bind tighter than `precedence` between them.
    private mutating func operation(above precedence: Int) throws(PlumbError) -> MathExpression {
        var left = try operand()
        while let found = currentOperator, found.precedence > precedence {
            advance()
            // A power binds to the right: 2 ^ 3 ^ 2 is 2 ^ (3 ^ 2).
            let bound = found == .power ? found.precedence - 1 : found.precedence
            let right = try nested { parser throws(PlumbError) in try parser.operation(above: bound) }
            left = .binary(found, left, right)
        }
        return left
    }

    private mutating func operand() throws(PlumbError) -> MathExpression {
        let token = current
        advance()
        switch token.word {
        case .number(let value): return .number(value)
        case .name(let name):
            guard current.word == .sign("(") else { return try reference(name, token) }
            advance()
            return try nested { parser throws(PlumbError) in try parser.call(name, token) }
        case .sign("-"):
            // A minus binds looser than a power and tighter than the rest: -a ^ 2 is -(a ^ 2).
            return .negated(
                try nested { parser throws(PlumbError) in
                    try parser.operation(above: MathOperator.times.precedence)
                })
        case .sign("("):
            return try nested { parser throws(PlumbError) in
                let inner = try parser.operation(above: 0)
                try parser.require(")")
                return inner
            }
        case .sign("["):
            return try nested { parser throws(PlumbError) in
                let items = try parser.arguments(closing: "]")
                guard !items.isEmpty else { throw parser.unexpected("a member of the list") }
                return .list(items)
            }
        default:
            position -= 1
            throw unexpected("a number, a row's id, a function or '('")
        }
    }

    private func reference(_ name: String, _ token: MathToken) throws(PlumbError) -> MathExpression {
        guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else {
            if MathFunction(rawValue: name) != nil || MathFunction.notEvaluated.contains(name) {
                throw PlumbError(
                    .invalidInput, "\(place(token)): \(name) is a function and wants parentheses",
                    hint: "write \(name)(…)")
            }
            throw MathFunction.unknown(name, at: place(token))
        }
        return .reference(name)
    }

    /// Expressions between commas, up to and with the closing bracket.
    private mutating func arguments(closing bracket: String) throws(PlumbError) -> [MathExpression] {
        if accept(bracket) { return [] }
        var items: [MathExpression] = []
        repeat { items.append(try operation(above: 0)) } while accept(",")
        try require(bracket)
        return items
    }

    private mutating func call(_ name: String, _ token: MathToken) throws(PlumbError) -> MathExpression {
        guard let function = MathFunction(rawValue: name) else { throw MathFunction.unknown(name, at: place(token)) }
        switch function {
        case .metrics: return try metrics()
        case .fill: return try fill()
        case .conditional:
            let items = try arguments(closing: ")")
            guard items.count == 2 || items.count == 3 else {
                throw miscounted(token, "IF takes a condition, a value and maybe another value", items.count)
            }
            return .conditional(items[0], then: items[1], otherwise: items.count == 3 ? items[2] : nil)
        case .sum, .max, .min, .average:
            let items = try arguments(closing: ")")
            guard items.count == 1 else {
                throw miscounted(
                    token, "\(name) takes one argument; several go in brackets: \(name)([a, b])", items.count)
            }
            return .aggregate(function, items[0])
        case .absolute, .ceiling, .floor:
            let items = try arguments(closing: ")")
            guard items.count == 1 else { throw miscounted(token, "\(name) takes one argument", items.count) }
            return .each(function, items[0])
        }
    }

    private func miscounted(_ token: MathToken, _ rule: String, _ found: Int) -> PlumbError {
        PlumbError(.invalidInput, "\(place(token)): \(found) arguments", hint: rule)
    }

    private mutating func metrics() throws(PlumbError) -> MathExpression {
        if accept(")") { return .metrics(containing: nil) }
        guard case .text(let text) = current.word else { throw unexpected("a text in quotes, or ')'") }
        advance()
        try require(")")
        return .metrics(containing: text)
    }

    private mutating func fill() throws(PlumbError) -> MathExpression {
        let filled = try operation(above: 0)
        try require(",")
        let filling: MathFilling
        switch current.word {
        case .name("REPEAT"):
            filling = .repeat
            advance()
        case .name("LINEAR"):
            filling = .linear
            advance()
        default: filling = .value(try operation(above: 0))
        }
        try require(")")
        return .fill(filled, with: filling)
    }
}
