// Whether another instance type would do, by what was measured of an endpoint's load.

public import PlumbModel

/// A type to change to, and what that rests on.
public struct RightSize: Sendable, Hashable {
    public var type: InstanceType
    public var savingUSD: Double
    public var reason: String
}

/// The answer to one endpoint's load.
public enum RightSizing: Sendable, Hashable {
    /// What is missing.
    case unknown(String)
    /// Nothing to change, and why.
    case fits(String)
    case change(RightSize)

    /// Fewer days or requests say too little.
    public static let daysMin = 14.0
    public static let requestsMin = 1_000.0
    /// The busier of processor and GPU, in percent: below it a smaller type is looked for, above it a larger one.
    public static let lowPercent = 40.0
    public static let highPercent = 80.0
    /// How busy the other type may be at the same load, after the loss of one of two zones.
    public static let busyMax = 70.0
    public static let memoryReserve = 1.3
    /// The share of the latency that is allowed which the other type may need.
    public static let latencyShareMax = 0.8
    /// What saves less than either is not worth the risk.
    public static let savingMinUSD = 20.0
    public static let savingShareMin = 0.1

    /// Judges a month; `usdPerHour` has the price of a type in a region, `families` what the policy allows.
    public init(
        _ month: EndpointMonth, families: [String], usdPerHour: (String) -> Double?
    ) {
        guard let name = month.instanceType, let type = InstanceType.named(name), let minimum = month.minimum else {
            self = .unknown("its instance type or their number is not known")
            return
        }
        guard let busy = [month.cpuP95Percent, month.gpuP95Percent].compactMap({ $0 }).max(),
            let requests = month.requests, month.days >= Self.daysMin
        else {
            self = .unknown("utilisation over \(Int(Self.daysMin)) days and the number of requests would tell its size")
            return
        }
        guard requests >= Self.requestsMin else {
            self = .unknown("\(Int(requests)) requests are too few to size by; \(Int(Self.requestsMin)) would tell")
            return
        }
        let load = "its 95th percentile is \(Int(busy.rounded())) % of \(name) over \(Int(month.days)) days"
        guard busy < Self.lowPercent || busy > Self.highPercent else {
            self = .fits(load)
            return
        }
        guard let memory = month.memoryP95Percent else {
            self = .unknown("\(load); its use of memory would tell what holds the model")
            return
        }
        guard let current = month.usdPerHour else {
            self = .unknown("\(load); \(name) has no price in \(month.region)")
            return
        }
        let instances = Double(minimum) * month.hoursPerMonth
        let isLess = busy < Self.lowPercent
        let fitting = InstanceType.all.filter {
            families.contains($0.family) && $0.name != name
                && Self.bears(month, on: $0, instead: type, memoryPercent: memory)
        }
        let priced = fitting.compactMap { candidate in usdPerHour(candidate.name).map { (candidate, $0) } }
        guard let best = priced.min(by: { ($0.1, $0.0.name) < ($1.1, $1.0.name) }) else {
            self =
                isLess
                ? .fits("\(load), and no other type that the policy allows bears it")
                : .unknown("\(load), and no type that the policy allows bears it: more instances, or PERF-2")
            return
        }
        let saving = (current - best.1) * instances
        if isLess, saving < max(Self.savingMinUSD, Self.savingShareMin * current * instances) {
            self = .fits(
                "\(load); \(best.0.name) would save \(SpendEstimate.usd(saving)) USD a month, which is too little")
            return
        }
        let doubt = month.p99Milliseconds == nil ? "; its latency is not known, so the load test decides" : ""
        self = .change(RightSize(type: best.0, savingUSD: saving, reason: load + doubt))
    }

    /// Whether the same load would leave another type room: processors, GPUs, memory and latency, scaled by their
    /// number.
    private static func bears(
        _ month: EndpointMonth, on other: InstanceType, instead type: InstanceType, memoryPercent: Double
    ) -> Bool {
        let minimum = month.minimum ?? 1
        let afterLoss = minimum > 1 ? Double(minimum) / Double(minimum - minimum / 2) : 1
        // An image and a compiled model are for one architecture, and for accelerators or none.
        guard other.isARM == type.isARM, other.neuronDevices == 0, type.neuronDevices == 0,
            (other.gpus > 0) == (type.gpus > 0)
        else { return false }
        let cores = Double(type.vCPUs) / Double(other.vCPUs)
        guard (month.cpuP95Percent ?? 0) * cores * afterLoss <= busyMax else { return false }
        guard memoryPercent / 100 * type.memoryGiB * memoryReserve <= other.memoryGiB else { return false }
        if type.gpus > 0 {
            // Another family's GPU is as fast as a load test says.
            guard other.family == type.family else { return false }
            let share = Double(type.gpus) / Double(other.gpus)
            guard (month.gpuP95Percent ?? 100) * share * afterLoss <= busyMax else { return false }
        }
        guard let p99 = month.p99Milliseconds, let most = month.p99MillisecondsMax else { return true }
        return p99 * max(1, cores) <= latencyShareMax * most
    }
}
