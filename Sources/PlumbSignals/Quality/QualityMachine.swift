// Watches whether the errors of a model become more, label by label.

import Foundation

/// An e-detector on a stream of right and wrong: its bets gain when errors are more frequent than the baseline's part
/// and the tolerance. A false alarm comes at most once in so many labels on average, however often one looks.
public struct QualityMachine: Sendable {
    /// The part of errors that is no news.
    public let errorPart: Double
    public let labelsPerFalseAlarm: Double
    public private(set) var labels = 0
    private var stakes: [Double]
    private let bets: [(wrong: Double, right: Double)]

    /// By how much more than what is tolerated each bet expects errors to be.
    private static let steps = [0.02, 0.04, 0.09, 0.19]

    public init(errorPart: Double, tolerance: Double = 0.01, labelsPerFalseAlarm: Double = 1_000_000) {
        self.errorPart = errorPart
        self.labelsPerFalseAlarm = labelsPerFalseAlarm
        let most = min(max(errorPart + tolerance, 1e-4), 0.999)
        bets = Self.steps.map { step in
            let bet = min(most + step, (1 + most) / 2)
            return (bet / most, (1 - bet) / (1 - most))
        }
        stakes = bets.map { _ in 0 }
    }

    /// Takes one label in; true where it proves that errors are more frequent. Then all begins anew.
    public mutating func observe(isError: Bool) -> Bool {
        labels += 1
        var sum = 0.0
        for index in bets.indices {
            let factor = isError ? bets[index].wrong : bets[index].right
            stakes[index] = (stakes[index] + 1 / Double(bets.count)) * factor
            sum += stakes[index]
        }
        guard sum >= labelsPerFalseAlarm else { return false }
        for index in stakes.indices { stakes[index] = 0 }
        return true
    }
}
