// How far a window of data is from the reference, by the usual measures, and whether that is more than chance.

import Foundation

/// Parts of the same bins (or categories) in the reference and in a window.
public enum WindowDistance {
    /// A part that was never met counts as so much, or a single value would be infinitely far.
    private static let partMin = 1e-4

    /// The largest difference of the sums up to a bin.
    public static func kolmogorovSmirnov(_ expected: [Double], _ observed: [Double]) -> Double {
        var (difference, largest) = (0.0, 0.0)
        for (one, other) in zip(expected, observed) {
            difference += other - one
            largest = max(largest, abs(difference))
        }
        return largest
    }

    public static func populationStability(_ expected: [Double], _ observed: [Double]) -> Double {
        zip(expected, observed).reduce(0) { sum, parts in
            let (one, other) = (max(parts.0, partMin), max(parts.1, partMin))
            return sum + (other - one) * log(other / one)
        }
    }

    /// The root of the divergence to base 2: from 0 to 1.
    public static func jensenShannon(_ expected: [Double], _ observed: [Double]) -> Double {
        let divergence = zip(expected, observed).reduce(0.0) { sum, parts in
            let middle = (parts.0 + parts.1) / 2
            func part(_ value: Double) -> Double { value > 0 ? value * log2(value / middle) : 0 }
            return sum + (part(parts.0) + part(parts.1)) / 2
        }
        return max(0, divergence).squareRoot()
    }

    /// The chance of a difference at least as large between two samples of one distribution (Kolmogorov, Smirnov).
    public static func chance(ofDistance distance: Double, rows: Double, otherRows: Double) -> Double {
        guard rows > 0, otherRows > 0 else { return 1 }
        let effective = (rows * otherRows / (rows + otherRows)).squareRoot()
        let scaled = (effective + 0.12 + 0.11 / effective) * distance
        // The series does not end where the distance is next to none.
        guard scaled > 0.2 else { return 1 }
        var (sum, sign) = (0.0, 1.0)
        for term in 1...100 {
            let part = exp(-2 * Double(term * term) * scaled * scaled)
            sum += sign * part
            sign = -sign
            if part < 1e-16 { break }
        }
        return min(max(2 * sum, 0), 1)
    }

    /// The chance of counts at least as different, were both samples of one distribution (chi-squared, both taken for
    /// samples). Rare categories are taken together.
    public static func chance(ofCounts one: [Double], _ other: [Double]) -> Double {
        let (first, second) = (one.reduce(0, +), other.reduce(0, +))
        guard first > 0, second > 0 else { return 1 }
        var cells: [(Double, Double)] = []
        var rest = (0.0, 0.0)
        let least = 5 * (first + second) / min(first, second)
        for pair in zip(one, other) {
            if pair.0 + pair.1 >= least { cells.append(pair) } else { rest = (rest.0 + pair.0, rest.1 + pair.1) }
        }
        if rest.0 + rest.1 >= least || cells.count == 1 { cells.append(rest) }
        guard cells.count > 1 else { return 1 }
        let statistic = cells.reduce(0.0) { sum, cell in
            let all = cell.0 + cell.1
            guard all > 0 else { return sum }
            let (expected, otherExpected) = (all * first / (first + second), all * second / (first + second))
            return sum + pow(cell.0 - expected, 2) / expected + pow(cell.1 - otherExpected, 2) / otherExpected
        }
        return chiSquaredAbove(statistic, degrees: Double(cells.count - 1))
    }

    /// The chance of a chi-squared value above another: the upper incomplete gamma function.
    static func chiSquaredAbove(_ value: Double, degrees: Double) -> Double {
        let (shape, x) = (degrees / 2, value / 2)
        guard x > 0 else { return 1 }
        let scale = exp(-x + shape * log(x) - lgamma(shape))
        if x < shape + 1 {
            var (term, sum, index) = (1 / shape, 1 / shape, shape)
            for _ in 0..<1000 {
                index += 1
                term *= x / index
                sum += term
                if term < sum * 1e-15 { break }
            }
            return max(0, 1 - sum * scale)
        }
        var b = x + 1 - shape
        var c = 1e300
        var d = 1 / b
        var h = d
        for step in 1..<1000 {
            let a = -Double(step) * (Double(step) - shape)
            b += 2
            d = 1 / (a * d + b)
            c = b + a / c
            let factor = d * c
            h *= factor
            if abs(factor - 1) < 1e-15 { break }
        }
        return min(1, scale * h)
    }
}
