// Numbers of an input as whole ones, whatever they are.

extension Int {
    /// The number without its fraction; the nearest of ±2^53 for one beyond, and 0 for no number at all.
    ///
    /// `Int(_:)` ends the program for these, and an input may hold a budget of 1e300 or a measurement of nothing.
    init(bounded number: Double) {
        let most = 9_007_199_254_740_992.0
        self = number.isNaN ? 0 : Int(Swift.min(most, Swift.max(-most, number)))
    }
}
