// How long one message is tried to be delivered, and when again.

/// The attempts of one message; a budget of them, and pauses that grow.
public struct DeliveryMachine: Sendable {
    public enum Action: Sendable, Equatable {
        case retry(at: Double)
        case giveUp
    }
    public let attemptsMax: Int
    public private(set) var attempts = 0
    private static let pauseSecondsMax = 300.0

    public init(attemptsMax: Int = 10) { self.attemptsMax = attemptsMax }

    /// An attempt has failed; for good, if the receiver will never take the message. `luck` is a number of 0 ..< 1.
    public mutating func failed(at now: Double, isForGood: Bool, luck: Double) -> Action {
        attempts += 1
        guard !isForGood, attempts < attemptsMax else { return .giveUp }
        let pause = min(Self.pauseSecondsMax, Double(1 << min(attempts - 1, 10)))
        return .retry(at: now + pause * (0.5 + luck / 2))
    }
}
