// An expression as a tree, and the shape of what it gives.

import PlumbModel

/// What an expression gives: one number, one value a period, or several such series.
enum MathShape: Sendable {
    case scalar, series, list
}

/// An operator between two operands.
enum MathOperator: String, Sendable {
    case or = "OR"
    case and = "AND"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case power = "^"

    /// Higher binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .plus, .minus: 4
        case .times, .divided: 5
        case .power: 6
        }
    }
}

/// What `FILL` puts where a point is missing.
indirect enum MathFilling: Sendable {
    case value(MathExpression)
    /// The latest point before.
    case `repeat`
    /// On the straight line between the points around the gap.
    case linear
}

/// A parsed expression.
indirect enum MathExpression: Sendable {
    case number(Double)
    case reference(String)
    case negated(MathExpression)
    case binary(MathOperator, MathExpression, MathExpression)
    /// `[a, b]`.
    case list([MathExpression])
    /// Every metric row, or those whose id contains the text.
    case metrics(containing: String?)
    case each(MathFunction, MathExpression)
    case aggregate(MathFunction, MathExpression)
    case conditional(MathExpression, then: MathExpression, otherwise: MathExpression?)
    case fill(MathExpression, with: MathFilling)

    /// The rows the expression names.
    var references: Set<String> {
        switch self {
        case .number, .metrics: []
        case .reference(let id): [id]
        case .negated(let inner), .each(_, let inner), .aggregate(_, let inner): inner.references
        case .binary(_, let left, let right): left.references.union(right.references)
        case .list(let items): items.reduce(into: []) { $0.formUnion($1.references) }
        case .conditional(let condition, let then, let otherwise):
            condition.references.union(then.references).union(otherwise?.references ?? [])
        case .fill(let inner, .value(let value)): inner.references.union(value.references)
        case .fill(let inner, _): inner.references
        }
    }

    /// The shape of the result, given the shapes of the rows it may name; throws where CloudWatch refuses the mixture.
    func shape(of rows: [String: MathShape], row: String) throws(PlumbError) -> MathShape {
        switch self {
        case .number: return .scalar
        case .metrics: return .list
        case .reference(let id): return rows[id] ?? .series
        case .negated(let inner), .each(_, let inner): return try inner.shape(of: rows, row: row)
        case .binary(_, let left, let right):
            let shapes = (try left.shape(of: rows, row: row), try right.shape(of: rows, row: row))
            guard shapes != (.list, .list) else {
                throw refusal(row, "puts an operator between two lists", "add each list up with SUM(…) first")
            }
            return shapes == (.scalar, .scalar) ? .scalar : shapes.0 == .list || shapes.1 == .list ? .list : .series
        case .list(let items):
            for item in items where try item.shape(of: rows, row: row) == .list {
                throw refusal(row, "puts a list into a list", "write METRICS() without brackets")
            }
            return .list
        case .aggregate(_, let inner): return try inner.shape(of: rows, row: row) == .list ? .series : .scalar
        case .conditional(let condition, let then, let otherwise):
            var shapes = [try condition.shape(of: rows, row: row), try then.shape(of: rows, row: row)]
            if let otherwise { shapes.append(try otherwise.shape(of: rows, row: row)) }
            guard !shapes.contains(.list) else {
                throw refusal(row, "gives a list to IF", "add the list up with SUM(…) first")
            }
            return shapes.contains(.series) ? .series : .scalar
        case .fill(let inner, let filling):
            if case .value(let value) = filling, try value.shape(of: rows, row: row) != .scalar {
                throw refusal(row, "fills with a series", "fill with a number, REPEAT or LINEAR")
            }
            return try inner.shape(of: rows, row: row)
        }
    }

    private func refusal(_ row: String, _ what: String, _ hint: String) -> PlumbError {
        PlumbError(.invalidInput, "expression \(row) \(what)", hint: hint)
    }
}
