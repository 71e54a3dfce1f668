// From what instances have used so far to how busy they were: the share of their cores over the last period.

/// Compares two looks at the CPU time of the same processes.
public struct UtilizationMeter: Sendable, Hashable, Codable {
    private var lastAt: Double?
    private var last: [String: Double] = [:]
    /// Two looks further apart than this many periods are not compared: nobody was looking.
    static let periodsMax = 3.0

    public init() {}

    /// Whether a period has passed since the last look.
    public func isDue(at now: Double, periodSeconds: Double) -> Bool {
        guard let lastAt else { return true }
        return now - lastAt >= periodSeconds || now < lastAt
    }

    /// Notes a look; the use in percent of the cores since the last one, nil when that cannot be told.
    ///
    /// Only processes seen both times count: one that came up meanwhile was loading, not serving.
    public mutating func look(_ load: [InstanceLoad], at now: Double, periodSeconds: Double) -> Double? {
        defer {
            lastAt = now
            last = Dictionary(load.map { ($0.id, $0.cpuSeconds) }, uniquingKeysWith: max)
        }
        guard let lastAt else { return nil }
        let seconds = now - lastAt
        guard seconds > 0, seconds <= Self.periodsMax * periodSeconds else { return nil }
        var (used, cores) = (0.0, 0.0)
        for instance in load {
            guard let before = last[instance.id], instance.cpuSeconds >= before, instance.cores > 0 else { continue }
            used += instance.cpuSeconds - before
            cores += instance.cores
        }
        return cores > 0 ? used / (cores * seconds) * 100 : nil
    }

    /// Begins anew.
    public mutating func forget() {
        lastAt = nil
        last = [:]
    }
}
