// Which of several candidates of a model is worth deploying: measured, judged by PERF-2's own limits, explained.

/// A model made from another, and what was measured of both.
public struct ModelCandidate: Sendable, Hashable, Codable {
    /// How many rows of one class were answered as they should be.
    public struct ClassResult: Sendable, Hashable, Codable {
        public var label: String
        public var rows: Int
        public var baseline: Int
        public var candidate: Int
        public init(label: String, rows: Int, baseline: Int, candidate: Int) {
            self.label = label
            self.rows = rows
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    /// Such as `int8-static`.
    public var technique: String
    public var bytes: Int
    public var residentBytes: Int
    public var baselineBytes: Int
    public var p50Milliseconds: Double
    public var p99Milliseconds: Double
    public var baselineP50Milliseconds: Double
    public var baselineP99Milliseconds: Double
    /// By what share the median fell, in each of the blocks that were timed.
    public var reductions: [Double]
    public var metric: String
    public var quality: Double
    public var baselineQuality: Double
    /// Rows that both were asked, none of which has calibrated the candidate.
    public var rows: Int
    public var classes: [ClassResult]

    public init(
        technique: String, bytes: Int, residentBytes: Int, baselineBytes: Int, p50Milliseconds: Double,
        p99Milliseconds: Double, baselineP50Milliseconds: Double, baselineP99Milliseconds: Double,
        reductions: [Double], metric: String, quality: Double, baselineQuality: Double, rows: Int,
        classes: [ClassResult] = []
    ) {
        self.technique = technique
        self.bytes = bytes
        self.residentBytes = residentBytes
        self.baselineBytes = baselineBytes
        self.p50Milliseconds = p50Milliseconds
        self.p99Milliseconds = p99Milliseconds
        self.baselineP50Milliseconds = baselineP50Milliseconds
        self.baselineP99Milliseconds = baselineP99Milliseconds
        self.reductions = reductions
        self.metric = metric
        self.quality = quality
        self.baselineQuality = baselineQuality
        self.rows = rows
        self.classes = classes
    }

    /// The mean reduction of the median and its 95 % interval, by Student's t over the blocks; nil for fewer than 30.
    public var reduction: (mean: Double, lower: Double, upper: Double)? { Self.interval(of: reductions) }

    /// The mean of measurements and its 95 % interval, by Student's t; nil for fewer than 30.
    public static func interval(of reductions: [Double]) -> (mean: Double, lower: Double, upper: Double)? {
        let count = Double(reductions.count)
        guard reductions.count >= blocksMin, reductions.allSatisfy(\.isFinite) else { return nil }
        let mean = reductions.reduce(0, +) / count
        let variance = reductions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let half = studentsT * (variance / count).squareRoot()
        return (mean, mean - half, mean + half)
    }
    public static let blocksMin = 30
    /// The 97.5 % point of Student's t at 29 degrees of freedom; more blocks make it smaller.
    private static let studentsT = 2.0452

    /// The class that lost most of its right answers.
    public var worstClass: ClassResult? {
        let losing = classes.filter { $0.candidate < $0.baseline }
        return losing.max { loss($0) < loss($1) }
    }

    private func loss(_ result: ClassResult) -> Double {
        Double(result.baseline - result.candidate) / Double(max(result.rows, 1))
    }

    /// Why it must not take the baseline's place, or nil: fewer right answers than PERF-2.3 lets pass, over all rows or
    /// in one class, or too few rows to tell.
    public var objection: String? {
        if rows < Self.rowsMin { return "\(rows) rows are too few to tell, \(Self.rowsMin) at least" }
        guard quality.isFinite, baselineQuality.isFinite else { return "its answers are no numbers" }
        switch metric {
        case "accuracy", "agreement with the baseline":
            let allowed = ModelQuality.tolerance(baselineQuality, rows: rows, isLower: false)
            let most = metric == "accuracy" ? allowed : ModelQuality.pointsMax
            if baselineQuality - quality > most + 1e-9 {
                return "\(metric) fell from \(text(baselineQuality)) to \(text(quality)), \(text(most)) may be lost"
            }
        case "rmse":
            let allowed = ModelQuality.tolerance(baselineQuality, rows: rows, isLower: true)
            if quality - baselineQuality > allowed + 1e-9 {
                return "rmse rose from \(text(baselineQuality)) to \(text(quality)), \(text(allowed)) is allowed"
            }
        default:
            return "without labels nobody can say how far a value may be off: --labels"
        }
        guard let worst = worstClass else { return nil }
        let before = Double(worst.baseline) / Double(worst.rows)
        let chance = 1.96 * (before * (1 - before) / Double(worst.rows)).squareRoot()
        let allowed = max(Self.classPointsMax, chance) + 1 / Double(worst.rows)
        guard loss(worst) > allowed else { return nil }
        return "class \(worst.label) fell from \(worst.baseline) to \(worst.candidate) right of \(worst.rows)"
    }
    private static let rowsMin = 100
    private static let classPointsMax = 0.02

    /// Whether this one is at least as good in latency, size and quality, and better in one of them.
    func dominates(_ other: ModelCandidate) -> Bool {
        let (mine, others) = (axes, other.axes)
        return zip(mine, others).allSatisfy { $0 <= $1 } && zip(mine, others).contains { $0 < $1 }
    }
    private var axes: [Double] {
        [-(reduction?.mean ?? -.infinity), Double(bytes), metric == "rmse" ? quality : -quality]
    }

    private func text(_ value: Double) -> String { Arithmetic.text(value, places: 4) }
}

/// The choice among candidates, in words.
public struct CandidateChoice: Sendable, Hashable {
    public enum Goal: String, Sendable, CaseIterable {
        case latency, size
    }
    /// The best, or nil when the baseline is.
    public var best: ModelCandidate?
    /// Candidates that no other beats in everything.
    public var front: [ModelCandidate]
    public var reasons: [String]

    /// `reductionPercent` is what PERF-2.2 asks for; `latencyMilliseconds` what the endpoint may take at its p99.
    public init(
        among candidates: [ModelCandidate], goal: Goal, reductionPercent: Double, latencyMilliseconds: Double
    ) {
        let kept = candidates.filter { $0.objection == nil }
        front = kept.filter { candidate in !kept.contains { $0.dominates(candidate) } }
        reasons = candidates.compactMap { candidate in candidate.objection.map { "\(candidate.technique): \($0)" } }
        switch goal {
        case .latency:
            best = front.filter { ($0.reduction?.lower ?? 0) > 0 }.max {
                ($0.reduction?.lower ?? 0) < ($1.reduction?.lower ?? 0)
            }
        case .size: best = front.filter { $0.bytes < $0.baselineBytes }.min { $0.bytes < $1.bytes }
        }
        guard let best else {
            reasons.append(
                goal == .latency
                    ? "no candidate that keeps the quality is surely faster: the model stays as it is"
                    : "no candidate that keeps the quality is smaller: the model stays as it is")
            addWaiver(candidates.first?.baselineP99Milliseconds, latencyMilliseconds)
            return
        }
        guard let reduction = best.reduction else { return }
        let told =
            "\(best.technique): the median fell by \(Self.percent(reduction.mean)) (95 % interval "
            + "\(Self.percent(reduction.lower)) to \(Self.percent(reduction.upper)))"
        if reduction.lower * 100 >= reductionPercent {
            reasons.append(told)
        } else {
            reasons.append("\(told), and PERF-2.2 asks for \(Arithmetic.text(reductionPercent)) %")
            addWaiver(best.baselineP99Milliseconds, latencyMilliseconds)
        }
        if best.rows < ModelQuality.rowsMin {
            reasons.append("\(best.rows) held-out rows; PERF-2.3 asks for \(ModelQuality.rowsMin)")
        }
    }

    private mutating func addWaiver(_ p99: Double?, _ allowed: Double) {
        guard let p99, p99 < allowed / 5 else { return }
        reasons.append(
            "the baseline's p99 of \(Arithmetic.text(p99, places: 3)) ms is under 20 % of the "
                + "\(Arithmetic.text(allowed)) ms allowed: an owner may waive PERF-2.2 (spec: waivers)")
    }

    static func percent(_ share: Double) -> String { "\(Arithmetic.text(share * 100, places: 1)) %" }
}

/// How much quality may be lost: what PERF-2.3 judges by.
enum ModelQuality {
    static let pointsMax = 0.005
    static let rowsMin = 1000

    /// Half the 95 % interval of a share (normal approximation), and never more than half a point; half a percent of a
    /// measure that is no share.
    static func tolerance(_ before: Double, rows: Int, isLower: Bool) -> Double {
        guard !isLower, (0...1).contains(before) else { return abs(before) * pointsMax }
        return min(1.96 * (before * (1 - before) / Double(rows)).squareRoot(), pointsMax)
    }
}
