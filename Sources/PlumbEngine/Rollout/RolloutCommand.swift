// What people may tell a rollout that is under way.

/// A word to a rollout. `abort` sends the traffic back.
public enum RolloutCommand: String, Sendable, Hashable, Codable, CaseIterable {
    /// No greater share and no end until it is resumed; alarms still bring the old revision back.
    case pause
    case resume
    /// All traffic as soon as the new fleet is whole: bakes and missing evidence are passed over, alarms and proven
    /// faults are not.
    case promote
    case abort
}
