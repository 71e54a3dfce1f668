// The contexts that a set of conditions tells apart: for each key a few values that stand for all values.

import PlumbModel

/// Representative values of every key that some conditions speak of.
///
/// A condition sees of a value only on which side of its limits it lies, or which of its patterns it matches. So for
/// each key finitely many values stand for all, and trying their combinations tries every request there is.
struct ContextSpace {
    /// Values of one key; nil is its absence.
    struct Axis {
        let key: String
        let choices: [[String]?]
    }
    private(set) var axes: [Axis] = []
    /// Whether a choice was cut off, so that what is not found may still exist: why, a sentence.
    private(set) var cutOff: String?

    /// How many contexts are tried before the question counts as undecided.
    static let contextsMax = 50_000
    /// How many values of a key that a request may carry several of are combined.
    private static let multivaluedMax = 7

    init(_ conditions: [PolicyCondition]) {
        let opaque = Set(conditions.filter { !$0.isDecidable }.map(\.opaqueKey))
        axes = opaque.sorted().map { Axis(key: $0, choices: [["true"], ["false"]]) }
        let byKey = Dictionary(grouping: conditions.filter(\.isDecidable)) { $0.key.lowercased() }
        for (key, conditions) in byKey.sorted(by: { $0.key < $1.key }) { add(key, conditions) }
        let count = axes.reduce(1.0) { $0 * Double($1.choices.count) }
        if count > Double(Self.contextsMax) {
            let keys = axes.map(\.key).joined(separator: ", ")
            cutOff = "the conditions on \(keys) meet in more than \(Self.contextsMax) ways"
        }
    }

    private mutating func add(_ key: String, _ conditions: [PolicyCondition]) {
        let operations = conditions.compactMap { ConditionOperator($0.operatorName) }
        guard let values = Self.values(of: conditions) else {
            cutOff = "the patterns of \(key) are too many to be told apart"
            return
        }
        var choices: [[String]?] = values.map { [$0] }
        if operations.contains(where: { $0.isForAll || $0.isForAny }) {
            guard values.count <= Self.multivaluedMax else {
                cutOff = "a request may carry any of \(values.count) values of \(key) together"
                return
            }
            choices = (1..<(1 << values.count)).map { set in
                values.indices.filter { set & (1 << $0) != 0 }.map { values[$0] }
            }
        }
        if !PolicyCondition.everPresent.contains(key) { choices.insert(nil, at: 0) }
        axes.append(Axis(key: key, choices: choices))
    }

    private static func values(of conditions: [PolicyCondition]) -> [String]? {
        var values: [String] = []
        var patterns: [String] = []
        var numbers: Set<Double> = []
        for condition in conditions {
            guard let operation = ConditionOperator(condition.operatorName) else { continue }
            switch operation.family {
            case .null, .binary: break
            case .bool: values += ["true", "false"]
            case .numeric: numbers.formUnion(condition.values.compactMap { Double($0) })
            case .date: numbers.formUnion(condition.values.compactMap(PolicyCondition.seconds))
            case .address: values += condition.values.compactMap(AddressRange.init).flatMap(\.edges)
            case .string where !operation.isLike:
                patterns += condition.values.map(Glob.literal)
                if condition.operatorName.lowercased().contains("ignorecase") {
                    patterns += condition.values.flatMap { [$0.lowercased(), $0.uppercased()] }.map(Glob.literal)
                }
            case .string, .arn: patterns += condition.values
            }
        }
        values += around(numbers.sorted())
        let isBoolean = values.contains("true")
        if !patterns.isEmpty || values.isEmpty {
            guard let regions = Glob.regions(of: Array(Set(patterns)).sorted()) else { return nil }
            // A value is never empty.
            values += regions.map { $0.example.isEmpty ? "other" : $0.example }
        } else if !isBoolean, numbers.isEmpty {
            values.append("192.0.2.1")
        }
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }
    }

    /// Each number, one between it and the next, and one outside on either side.
    private static func around(_ numbers: [Double]) -> [String] {
        guard let first = numbers.first, let last = numbers.last else { return [] }
        let between = zip(numbers, numbers.dropFirst()).map { ($0 + $1) / 2 }
        return (numbers + between + [first - 1, last + 1]).map {
            $0 == $0.rounded() && abs($0) < 1e15 ? "\(Int($0))" : "\($0)"
        }
    }

    /// The first context, in a fixed order, of which `wanted` is true; at most `contextsMax` are tried.
    func first(where wanted: ([String: [String]]) -> Bool) -> [String: [String]]? {
        var places = axes.map { _ in 0 }
        for _ in 0..<Self.contextsMax {
            var context: [String: [String]] = [:]
            for (axis, place) in zip(axes, places) { context[axis.key] = axis.choices[place] }
            if wanted(context) { return context }
            guard let turning = places.indices.last(where: { places[$0] + 1 < axes[$0].choices.count }) else {
                return nil
            }
            places[turning] += 1
            for index in places.indices where index > turning { places[index] = 0 }
        }
        return nil
    }
}
