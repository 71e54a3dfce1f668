// How right a model is: its answers beside what they should be.

import OnnxRuntime

/// What a model has answered to one row.
enum Prediction: Equatable {
    /// A class, or one for each place of a sequence.
    case label(String)
    case number(Double)

    /// The first output of whole numbers or texts is the label, as scikit-learn's converter has it. Else the first
    /// output counts: one number is a value, several along the last dimension are scores, of which the highest wins.
    init(_ outputs: [Tensor]) {
        for output in outputs where output.elements.count == 1 {
            switch output.elements {
            case .int64(let values): self = .label("\(values[0])"); return
            case .int32(let values): self = .label("\(values[0])"); return
            case .string(let values): self = .label(values[0]); return
            case .bool(let values): self = .label(values[0] ? "1" : "0"); return
            default: continue
            }
        }
        let scores = outputs.lazy.compactMap(\.scores).first ?? []
        guard scores.count != 1 else {
            self = .number(scores[0])
            return
        }
        let width = max(1, outputs.first { $0.scores != nil }?.shape.last ?? 1)
        let labels = stride(from: 0, to: scores.count, by: width).map { start in
            let part = scores[start..<min(start + width, scores.count)]
            return "\((part.indices.max { part[$0] < part[$1] } ?? start) - start)"
        }
        self = .label(labels.joined(separator: " "))
    }

    func matches(_ text: String) -> Bool {
        switch self {
        case .label(let label): label == text || (Double(label).map { $0 == Double(text) } ?? false)
        case .number(let number): Double(text) == number
        }
    }

    fileprivate var text: String {
        switch self {
        case .label(let label): label
        case .number(let number): "\(number)"
        }
    }
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
        let wanted = expected ?? baseline.map(\.text)
        let isValue = candidate.contains { if case .number = $0 { true } else { false } }
        if isValue {
            metric = expected == nil ? "rmse to the baseline" : "rmse"
            self.baseline = Self.rmse(baseline, wanted)
            self.candidate = Self.rmse(candidate, wanted)
            return
        }
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

    private static func rmse(_ answers: [Prediction], _ wanted: [String]) -> Double {
        var sum = 0.0
        for (answer, text) in zip(answers, wanted) {
            guard case .number(let number) = answer, let value = Double(text) else { return .nan }
            sum += (number - value) * (number - value)
        }
        return (sum / Double(max(answers.count, 1))).squareRoot()
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
