// What a rollout is doing, in words for people.

extension RolloutMachine {
    /// The phase in words.
    public var phaseText: String {
        let shares = order.shares
        switch phase {
        case .provisioning: return held("r\(order.new) is coming up (\(order.newCount) instances)")
        case .shadowing: return held("r\(order.new) answers mirrored requests and its answers are compared")
        case .shifting(let step): return "moving \(shares[step]) % of the traffic to r\(order.new)"
        case .baking(let step, _, _):
            return held("r\(order.new) has \(shares[step]) % of the traffic and is being watched")
        case .terminationWait: return held("r\(order.new) has all traffic; r\(order.old ?? 0) stays warm")
        case .rollingBack(let reason, _): return "going back to r\(order.old ?? 0): \(reason)"
        case .ended(.promoted): return "r\(order.new) is active"
        case .ended(.rolledBack(let reason)): return "r\(order.new) was rolled back: \(reason)"
        }
    }

    private func held(_ text: String) -> String { text + (pausedAt == nil ? "" : ", paused") }
}
