// What a fleet answers to the example request, learned from the fleet itself.

/// Tells an instance whose answer to the example is not the fleet's.
///
/// The first two good answers must agree before anything is compared: a model that answers differently each time is
/// left alone, and so is an example that the model refuses.
public struct GoldenAnswer: Sendable, Hashable {
    private enum Knowledge: Sendable, Hashable {
        case nothing
        case once(String)
        case known(String)
        /// It differs each time, or the example itself is refused.
        case unusable
    }
    private var knowledge = Knowledge.nothing
    /// Numbers may differ by this share: other batch sizes round differently.
    static let tolerance = 0.001

    public init() {}

    /// Takes in one answer; says what is wrong with it, or nil.
    public mutating func objection(to answer: String, status: Int) -> String? {
        let isGood = (200..<300).contains(status)
        switch knowledge {
        case .unusable: return nil
        case .nothing:
            knowledge = isGood ? .once(answer) : .unusable
            return nil
        case .once(let first):
            guard isGood else { return "it answers the example with status \(status)" }
            knowledge = Self.isSame(first, answer) ? .known(first) : .unusable
            return nil
        case .known(let golden):
            guard isGood else { return "it answers the example with status \(status)" }
            return Self.isSame(golden, answer) ? nil : "its answer to the example is not the fleet's"
        }
    }

    /// Equal but for rounding: numbers within the tolerance, everything between them to the letter.
    static func isSame(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        let (leftParts, rightParts) = (parts(left), parts(right))
        return leftParts.count == rightParts.count
            && zip(leftParts, rightParts).allSatisfy { one, other in
                if one == other { return true }
                guard let a = Double(one), let b = Double(other) else { return false }
                // Below a millionth nothing is told apart: a probability of 1e-12 is as good as none.
                return abs(a - b) <= max(tolerance * max(abs(a), abs(b)), 1e-6)
            }
    }

    /// Numbers and what stands between them.
    private static func parts(_ text: String) -> [String] {
        var parts: [String] = []
        var isInNumber = false
        for character in text {
            let isOfNumber =
                character.isASCII && (character.isNumber || "+-.".contains(character))
                || isInNumber && (character == "e" || character == "E")
            if parts.isEmpty || isOfNumber != isInNumber {
                parts.append(String(character))
            } else {
                parts[parts.count - 1].append(character)
            }
            isInNumber = isOfNumber
        }
        return parts
    }
}
