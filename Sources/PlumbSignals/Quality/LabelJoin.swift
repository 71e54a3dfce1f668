// Brings answers and the labels that come later together, in bounded memory.

/// Answers that wait for their labels; the oldest are given up when there are too many.
public struct LabelJoin<Answer: Sendable>: Sendable {
    public let waitingMax: Int
    private var waiting: [String: Answer] = [:]
    private var order: [String] = []
    private var oldest = 0
    /// Answers that were given up without a label.
    public private(set) var dropped = 0
    /// Labels of answers that are not known, or not any more.
    public private(set) var unmatched = 0

    public init(waitingMax: Int = 100_000) { self.waitingMax = max(1, waitingMax) }

    public var count: Int { waiting.count }

    public mutating func insert(_ answer: Answer, identity: String) {
        if waiting.updateValue(answer, forKey: identity) != nil { return }
        order.append(identity)
        while waiting.count > waitingMax, oldest < order.count {
            if waiting.removeValue(forKey: order[oldest]) != nil { dropped += 1 }
            oldest += 1
        }
        // Half of the list is past: it is made shorter, so that its length is bounded as well.
        if oldest > waitingMax || order.count > 4 * waitingMax {
            order = order[oldest...].filter { waiting[$0] != nil }
            oldest = 0
        }
    }

    /// The answer that a label belongs to.
    public mutating func match(_ identity: String) -> Answer? {
        guard let answer = waiting.removeValue(forKey: identity) else {
            unmatched += 1
            return nil
        }
        return answer
    }
}
