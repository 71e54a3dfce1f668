// How right a model is: its answers beside what they should be.

import OnnxRuntime

/// What a model has answered to one row.
struct Prediction: Equatable {
    /// A class, or one for each place of a sequence; nil where the answer is one value.
    var label: String?
    /// The values or scores that it comes from; none where the model itself answers labels.
    var numbers: [Double] = []

    /// One whole number or text is the label, as scikit-learn's converter has it. Else the first output of fractions
    /// counts: one number is a value, several along the last dimension are scores, of which the highest wins. Where
    /// there are no fractions, all of the first output are labels.
    init(_ outputs: [Tensor]) {
        for output in outputs where output.elements.count == 1 {
            if let label = output.wholes?.first {
                self.label = label
                return
            }
        }
        guard let scored = outputs.first(where: { $0.scores != nil }), let scores = scored.scores else {
            label = outputs.first?.wholes?.joined(separator: " ") ?? ""
            return
        }
        numbers = scores
        guard scores.count != 1 else { return }
        let width = max(1, scored.shape.last ?? 1)
        let labels = stride(from: 0, to: scores.count, by: width).map { start in
            let part = scores[start..<min(start + width, scores.count)]
            return "\((part.indices.max { part[$0] < part[$1] } ?? start) - start)"
        }
        label = labels.joined(separator: " ")
    }

    func matches(_ text: String) -> Bool {
        guard let label else { return Double(text) == numbers.first }
        return label == text || (Double(label).map { $0 == Double(text) } ?? false)
    }

    fileprivate var values: String { numbers.map { "\($0)" }.joined(separator: " ") }
    fileprivate var text: String { label ?? values }
}

extension Tensor {
    /// The values where they are fractions.
    fileprivate var scores: [Double]? {
        switch elements {
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        case .float16(let values): values.map(Double.init)
        default: nil
        }
    }

    /// The values as texts where they are none.
    fileprivate var wholes: [String]? {
        switch elements {
        case .float32, .float64, .float16: nil
        case .int8(let values): values.map { "\($0)" }
        case .int16(let values): values.map { "\($0)" }
        case .int32(let values): values.map { "\($0)" }
        case .int64(let values): values.map { "\($0)" }
        case .uint8(let values): values.map { "\($0)" }
        case .uint16(let values): values.map { "\($0)" }
        case .uint32(let values): values.map { "\($0)" }
        case .uint64(let values): values.map { "\($0)" }
        case .bool(let values): values.map { $0 ? "1" : "0" }
        case .string(let values): values
        }
    }
}

/// Two models' answers against what is expected, or without that, one's against the other's.
struct Quality {
    private struct Class {
        var rows = 0
        var baseline = 0
        var candidate = 0
    }
    private let metric: String
    private let baseline: Double
    private let candidate: Double
    private var classes: [String: Class] = [:]
    /// Classes told of by name; a model of thousands has its worst ones told.
    private static let classesMax = 1000

    init(_ candidate: [Prediction], _ baseline: [Prediction], expected: [String]?) {
        if Self.areValues(candidate, baseline, expected) {
            let wanted = expected ?? baseline.map(\.values)
            metric = expected == nil ? "rmse to the baseline" : "rmse"
            self.baseline = Self.rmse(baseline, wanted)
            self.candidate = Self.rmse(candidate, wanted)
            return
        }
        let wanted = expected ?? baseline.map(\.text)
        metric = expected == nil ? "agreement with the baseline" : "accuracy"
        var (right, rightBefore) = (0, 0)
        for (index, text) in wanted.enumerated() {
            let (now, before) = (candidate[index].matches(text), baseline[index].matches(text))
            right += now ? 1 : 0
            rightBefore += before ? 1 : 0
            classes[text, default: Class()].rows += 1
            classes[text, default: Class()].candidate += now ? 1 : 0
            classes[text, default: Class()].baseline += before ? 1 : 0
        }
        self.candidate = Double(right) / Double(max(wanted.count, 1))
        self.baseline = Double(rightBefore) / Double(max(wanted.count, 1))
    }

    /// Whether the answers are values, and not classes: single numbers, as many as the lines of expected ones have, or,
    /// when nothing is expected, numbers of which the same one is always the highest. Those would agree whatever they
    /// are.
    private static func areValues(
        _ candidate: [Prediction], _ baseline: [Prediction], _ expected: [String]?
    ) -> Bool {
        if candidate.contains(where: { $0.label == nil }) { return true }
        guard let expected else {
            return baseline.contains { $0.numbers.count > 1 } && Set(baseline.map(\.label)).count < 2
        }
        return zip(baseline, expected).allSatisfy { answer, line in
            answer.numbers.count > 1 && numbers(in: line)?.count == answer.numbers.count
        }
    }

    /// Numbers that commas or blanks part; nil when something else is among them.
    private static func numbers(in line: String) -> [Double]? {
        let words = line.split { $0 == "," || $0 == " " || $0 == "\t" }
        let numbers = words.compactMap { Double($0) }
        return numbers.count == words.count ? numbers : nil
    }

    private static func rmse(_ answers: [Prediction], _ wanted: [String]) -> Double {
        var (sum, count) = (0.0, 0)
        for (answer, text) in zip(answers, wanted) {
            guard let values = numbers(in: text), values.count == answer.numbers.count else { return .nan }
            for (number, value) in zip(answer.numbers, values) { sum += (number - value) * (number - value) }
            count += values.count
        }
        return (sum / Double(max(count, 1))).squareRoot()
    }

    func write(_ writer: inout JSONWriter) {
        writer.raw(",\"quality\":{\"metric\":")
        writer.string(metric)
        writer.raw(",\"baseline\":")
        writer.value(baseline)
        writer.raw(",\"candidate\":")
        writer.value(candidate)
        writer.raw(",\"classes\":[")
        for (index, entry) in classes.sorted(by: { $0.key < $1.key }).prefix(Self.classesMax).enumerated() {
            writer.separator(index)
            writer.raw("{\"label\":")
            writer.string(entry.key)
            writer.raw(",\"rows\":")
            writer.value(entry.value.rows)
            writer.raw(",\"baseline\":")
            writer.value(entry.value.baseline)
            writer.raw(",\"candidate\":")
            writer.value(entry.value.candidate)
            writer.raw("}")
        }
        writer.raw("]}")
    }
}
