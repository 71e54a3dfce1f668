// The normal distribution, both ways.

import Foundation

enum NormalScore {
    /// The part of a standard normal distribution below a score.
    static func probability(below score: Double) -> Double { 0.5 * erfc(-score / 2.0.squareRoot()) }

    /// The score below which a part lies; the inverse of `probability`.
    static func score(of part: Double) -> Double {
        guard part > 0 else { return -.infinity }
        guard part < 1 else { return .infinity }
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if probability(below: middle) < part { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
