// The sums that several policies share: availability, recovery time, capacity, memory, how often a schedule runs.
//
// Each file is one sum with its constants and their sources. How long an alarm takes to notice stands in PlumbSignals
// (`DetectionTiming`), and what a deployment costs beside the cost policies.

/// Numbers of the policy text and of the platform that more than one control compares with.
enum Arithmetic {
    /// Most time from a fault to its alarm, in seconds: the seed's five minutes.
    static let detectionSecondsMax = 300

    /// How many instances bear a rate, of which each bears so much; what floating point adds calls for no further one.
    static func instances(bearing rate: Double, each: Double) -> Double { (rate / each - 1e-9).rounded(.up) }

    /// A number with at most `places` decimals and no trailing zeros: `4.6`, `62`.
    static func text(_ number: Double, places: Int = 1) -> String {
        guard number.isFinite else { return "\(number)" }
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let rounded = (number * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
