// The value of an expression over the periods of a window.

import Foundation

/// A number, a series with a value or a gap for each period, or several series.
enum MathValue: Sendable, Equatable {
    case scalar(Double?)
    case series([Double?])
    case list([[Double?]])

    /// Applies `operation` to every point that is there.
    func mapped(_ operation: (Double) -> Double?) -> MathValue {
        switch self {
        case .scalar(let value): .scalar(value.flatMap(operation))
        case .series(let series): .series(series.map { $0.flatMap(operation) })
        case .list(let list): .list(list.map { series in series.map { $0.flatMap(operation) } })
        }
    }

    /// Applies `change` to every series.
    func mappedSeries(_ change: ([Double?]) -> [Double?]) -> MathValue {
        switch self {
        case .scalar(let value): .scalar(change([value]).first ?? nil)
        case .series(let series): .series(change(series))
        case .list(let list): .list(list.map(change))
        }
    }

    /// The value in one period; a scalar is the same in all of them.
    subscript(period: Int) -> Double? {
        switch self {
        case .scalar(let value): value
        case .series(let series): period < series.count ? series[period] : nil
        case .list: nil
        }
    }

    /// Joins two values point by point; a missing operand gives a missing point.
    static func combined(
        _ left: MathValue, _ right: MathValue, count: Int, _ operation: (Double, Double) -> Double?
    ) -> MathValue {
        func joined(_ a: MathValue, _ b: MathValue) -> [Double?] {
            (0..<count).map { period in
                guard let x = a[period], let y = b[period] else { return nil }
                return operation(x, y)
            }
        }
        switch (left, right) {
        case (.list(let list), _): return .list(list.map { joined(.series($0), right) })
        case (_, .list(let list)): return .list(list.map { joined(left, .series($0)) })
        case (.scalar(let x), .scalar(let y)):
            guard let x, let y else { return .scalar(nil) }
            return .scalar(operation(x, y))
        default: return .series(joined(left, right))
        }
    }
}

/// What an expression may look at while it is evaluated.
struct MathContext {
    let values: [String: MathValue]
    /// The rows `METRICS()` stands for, in the alarm's own order.
    let metricRows: [(id: String, series: [Double?])]
    /// How many periods the window has.
    let count: Int
}

extension MathExpression {
    /// The value over the window; never fails, because the shapes were checked before.
    func value(in context: MathContext) -> MathValue {
        switch self {
        case .number(let number): return .scalar(number)
        case .reference(let id): return context.values[id] ?? .scalar(nil)
        case .negated(let inner): return inner.value(in: context).mapped { -$0 }
        case .binary(let symbol, let left, let right):
            return .combined(left.value(in: context), right.value(in: context), count: context.count, symbol.apply)
        case .list(let items):
            return .list(
                items.map { item in
                    let value = item.value(in: context)
                    return (0..<context.count).map { value[$0] }
                })
        case .metrics(let part):
            let rows = context.metricRows.filter { row in part.map { row.id.contains($0) } ?? true }
            return .list(rows.map(\.series))
        case .each(let function, let inner): return inner.value(in: context).mapped { function.apply($0) }
        case .aggregate(let function, let inner): return function.aggregate(inner.value(in: context), context.count)
        case .conditional(let condition, let then, let otherwise):
            return conditional(
                condition.value(in: context), then.value(in: context), otherwise?.value(in: context), context.count)
        case .fill(let inner, let filling): return filled(inner.value(in: context), with: filling, in: context)
        }
    }

    /// Only the chosen branch needs a point; without a condition there is no choice.
    private func conditional(
        _ condition: MathValue, _ then: MathValue, _ otherwise: MathValue?, _ count: Int
    ) -> MathValue {
        func chosen(_ period: Int) -> Double? {
            guard let test = condition[period] else { return nil }
            return test != 0 ? then[period] : otherwise?[period]
        }
        let operands = [condition, then] + [otherwise].compactMap { $0 }
        let isScalar = operands.allSatisfy { if case .scalar = $0 { true } else { false } }
        return isScalar ? .scalar(chosen(0)) : .series((0..<count).map(chosen))
    }

    private func filled(_ value: MathValue, with filling: MathFilling, in context: MathContext) -> MathValue {
        switch filling {
        case .value(let expression):
            guard case .scalar(let substitute) = expression.value(in: context) else { return value }
            return value.mappedSeries { $0.map { $0 ?? substitute } }
        case .repeat:
            return value.mappedSeries { series in
                var latest: Double?
                return series.map { point in
                    latest = point ?? latest
                    return latest
                }
            }
        case .linear: return value.mappedSeries(Self.interpolated)
        }
    }

    /// Gaps that have a point on both sides are bridged by a straight line; gaps at the ends stay.
    private static func interpolated(_ series: [Double?]) -> [Double?] {
        var result = series
        var previous: (index: Int, value: Double)?
        for (index, point) in series.enumerated() {
            guard let point else { continue }
            if let previous {
                let step = (point - previous.value) / Double(index - previous.index)
                for gap in previous.index + 1..<index {
                    result[gap] = previous.value + step * Double(gap - previous.index)
                }
            }
            previous = (index, point)
        }
        return result
    }
}

extension MathOperator {
    /// The result of the operator; nil where CloudWatch gives no point: on division by zero, or when it is no number.
    func apply(_ left: Double, _ right: Double) -> Double? {
        let result: Double =
            switch self {
            case .or: left != 0 || right != 0 ? 1 : 0
            case .and: left != 0 && right != 0 ? 1 : 0
            case .equal: left == right ? 1 : 0
            case .notEqual: left != right ? 1 : 0
            case .less: left < right ? 1 : 0
            case .lessOrEqual: left <= right ? 1 : 0
            case .greater: left > right ? 1 : 0
            case .greaterOrEqual: left >= right ? 1 : 0
            case .plus: left + right
            case .minus: left - right
            case .times: left * right
            case .divided: left / right
            case .power: pow(left, right)
            }
        return result.isFinite ? result : nil
    }
}

extension MathFunction {
    /// A function of one number.
    func apply(_ value: Double) -> Double? {
        switch self {
        case .absolute: abs(value)
        case .ceiling: value.rounded(.up)
        case .floor: value.rounded(.down)
        default: nil
        }
    }

    /// A list becomes one series, point by point; a single series becomes one number over all its periods.
    func aggregate(_ value: MathValue, _ count: Int) -> MathValue {
        switch value {
        case .scalar(let number): .scalar(number)
        case .series(let series): .scalar(reduced(series.compactMap { $0 }))
        case .list(let list): .series((0..<count).map { period in reduced(list.compactMap { $0[period] }) })
        }
    }

    /// Missing points have been left out; when all are missing, so is the result.
    private func reduced(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let result: Double? =
            switch self {
            case .sum: values.reduce(0, +)
            case .average: values.reduce(0, +) / Double(values.count)
            case .max: values.max()
            case .min: values.min()
            default: nil
            }
        return result.flatMap { $0.isFinite ? $0 : nil }
    }
}
