// Answers that wait for their labels.

/// The last answers by the name they will be labelled with; the oldest are forgotten first.
public struct AnswerBook: Sendable {
    public static let answersMax = 200_000
    private var answers: [String: String] = [:]
    private var order: [String] = []
    private var oldest = 0

    public init() {}

    public var count: Int { answers.count }

    public mutating func keep(_ answer: String, as name: String) {
        if answers.updateValue(answer, forKey: name) == nil {
            if order.count < Self.answersMax {
                order.append(name)
            } else {
                answers[order[oldest]] = nil
                order[oldest] = name
                oldest = (oldest + 1) % Self.answersMax
            }
        }
    }

    /// The answer of this name, which is then forgotten: a label counts once.
    public mutating func take(_ name: String) -> String? {
        let answer = answers[name]
        answers[name] = nil
        return answer
    }
}
