// What an error rate seen in few requests says about the true one.

import Foundation

/// Bounds on a true error rate, given `events` errors in `trials` requests.
///
/// One error in twenty is 5 %, yet says little: with 95 % confidence the true rate is above 0.26 % and no more can be
/// said. A rollback on "more than 1 %" asks whether the *lower* bound is above 1 %.
public struct BinomialInterval: Sendable, Hashable {
    /// The true rate is at least this, 0 ... 1.
    public var lower: Double
    /// The true rate is at most this, 0 ... 1.
    public var upper: Double

    /// The exact interval of Clopper and Pearson (Biometrika 26, 1934).
    ///
    /// The bound to roll back on: each side is wrong with a chance of at most 1 - `confidence`. The confidence is of
    /// each side alone; 0.95 on each side is a two-sided interval of 90 %.
    public static func clopperPearson(events: Int, trials: Int, confidence: Double = 0.95) -> BinomialInterval {
        guard let (k, n, risk) = admitted(events, trials, confidence) else {
            return BinomialInterval(lower: 0, upper: 1)
        }
        // P(X >= k | p) is the regularised incomplete beta function I_p(k, n - k + 1), which grows with p.
        let lower = k == 0 ? 0 : root { incompleteBeta(k, n - k + 1, $0) - risk }
        let upper = k == n ? 1 : root { incompleteBeta(k + 1, n - k, $0) - (1 - risk) }
        return BinomialInterval(lower: lower, upper: upper)
    }

    /// The score interval of Wilson (JASA 22, 1927): closer on average, and too sure of itself for a handful of errors.
    ///
    /// For display. `confidence` is of each side alone, as above.
    public static func wilson(events: Int, trials: Int, confidence: Double = 0.95) -> BinomialInterval {
        guard let (k, n, risk) = admitted(events, trials, confidence) else {
            return BinomialInterval(lower: 0, upper: 1)
        }
        let z = normalQuantile(1 - risk)
        let rate = k / n
        let scale = 1 + z * z / n
        let centre = (rate + z * z / (2 * n)) / scale
        let half = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot() / scale
        return BinomialInterval(lower: k == 0 ? 0 : max(0, centre - half), upper: k == n ? 1 : min(1, centre + half))
    }

    /// Nil when nothing has been seen, or nothing can be said at that confidence.
    private static func admitted(
        _ events: Int, _ trials: Int, _ confidence: Double
    ) -> (k: Double, n: Double, risk: Double)? {
        guard trials > 0, confidence > 0, confidence < 1 else { return nil }
        return (Double(min(max(events, 0), trials)), Double(trials), 1 - confidence)
    }

    /// Where an increasing function on 0 ... 1 crosses zero, by halving: 60 halvings exhaust a Double.
    private static func root(of function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The x below which a standard normal variable falls with probability `p`.
    private static func normalQuantile(_ p: Double) -> Double {
        var (low, high) = (-10.0, 10.0)
        for _ in 0..<64 {
            let middle = (low + high) / 2
            if erfc(-middle / 2.0.squareRoot()) / 2 < p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularised incomplete beta function I_x(a, b) by Lentz's continued fraction (DLMF 8.17.22).
    private static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges fast on this side; the other side is its mirror image.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, 1 - x) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        let tiny = 1e-300
        var (fraction, c, d) = (1.0, 1.0, 0.0)
        for step in 0..<10_000 {
            let m = Double(step / 2)
            let numerator: Double =
                if step == 0 {
                    1
                } else if step.isMultiple(of: 2) {
                    m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                } else {
                    -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                }
            d = 1 + numerator * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + numerator / c
            c = abs(c) < tiny ? tiny : c
            fraction *= c * d
            if abs(1 - c * d) < 1e-13 { break }
        }
        return front * (fraction - 1)
    }
}
