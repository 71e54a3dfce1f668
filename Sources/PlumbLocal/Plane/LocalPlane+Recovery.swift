// What drills have measured, as policies judge it.

import PlumbModel
import PlumbStore

extension LocalPlane {
    /// The newest drill on record whose loss of data was measured; one that failed counts as one that failed.
    func lastRecoveryDrill() throws(PlumbError) -> RecoveryDrill? {
        let found = try house.store.reader.newest(1) { $0.action == "drill.dr" }.last?.entry
        guard let entry = found, let time = Double(entry.details["rtoSeconds"] ?? "") else { return nil }
        let loss = Double(entry.details["rpoSeconds"] ?? "")
        return RecoveryDrill(
            day: Day(secondsSinceEpoch: entry.at), rtoMinutes: time / 60, rpoMinutes: (loss ?? 0) / 60,
            succeeded: entry.outcome == .done && loss != nil)
    }
}

extension Graph {
    /// Puts what the engine has measured in the place of what the spec says of its last drill.
    mutating func takeIn(_ drill: RecoveryDrill, of endpoint: String) {
        for index in declarations.indices where declarations[index].endpointName == endpoint {
            guard var plan = declarations[index].recovery.value else { continue }
            plan.drill = drill
            declarations[index].recovery = .known(plan, at: declarations[index].recovery.place)
        }
    }
}
