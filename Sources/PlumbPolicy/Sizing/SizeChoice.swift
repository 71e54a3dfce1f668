// The cheapest type that bears the load and keeps the policy, what the policy's own suggestions cost, and what is
// cheaper but outside it.

public import PlumbModel

/// One instance type, held against what a model needs.
public struct SizeCandidate: Sendable, Hashable, Encodable {
    public struct Breach: Sendable, Hashable, Encodable {
        public var control: String
        public var message: String
        public init(control: String, message: String) {
            self.control = control
            self.message = message
        }
    }
    public var type: String
    public var vCPUs: Int
    public var gpus: Int
    /// Of its GPUs where it has any, else of the host.
    public var memoryGiB: Double
    public var architecture: String
    public var usdPerHour: Double
    /// Requests a second of one instance, an estimate; nil where it was not measured.
    public var requestsPerSecond: Double?
    public var instancesAtPeak: Int?
    /// Why it does not do, in words.
    public var misfits: [String] = []
    /// What about it is not known.
    public var unknown: [String] = []
    public var floorUSD = 0.0
    public var expectedUSD = 0.0
    public var worstUSD = 0.0
    /// The controls that a deployment on it breaks; nil where it was not judged.
    public var breaches: [Breach]?

    public var fits: Bool { misfits.isEmpty }
    public var isCompliant: Bool { fits && breaches?.isEmpty == true }
    var family: String { InstanceType.family(of: type) ?? "" }

    /// Held against memory and load. A GPU's speed is not told by a processor's: with a model that wants one, what an
    /// instance bears stays unknown.
    public init(
        _ type: InstanceType, usdPerHour: Double, _ profile: ModelProfile, _ demand: SizeDemand, workload: Workload
    ) {
        self.type = type.name
        vCPUs = type.vCPUs
        gpus = type.gpus
        memoryGiB = MemoryNeed.capacityGiB(of: type)
        architecture = type.architecture
        self.usdPerHour = usdPerHour
        if type.neuronDevices > 0 { misfits.append("the model must be compiled for its accelerators") }
        if !profile.fits(type) {
            misfits.append(
                "\(Arithmetic.text(profile.needGiB, places: 2)) GiB and 30 % are more than its "
                    + "\(Arithmetic.text(memoryGiB, places: 2)) GiB")
        }
        if workload == .gpu {
            if type.gpus == 0 { misfits.append("it has no GPU") }
            unknown.append("what one instance bears: plumb bench on a GPU would tell")
            return
        }
        let each = InstanceCapacity.requestsPerSecond(
            processors: type.vCPUs, profile, within: demand.p99Milliseconds)
        requestsPerSecond = each
        guard let rate = demand.rate else { return }
        instancesAtPeak = InstanceCapacity.instances(for: rate, at: each)
        guard let count = instancesAtPeak, count <= demand.instancesMax else {
            misfits.append(
                "\(demand.instancesMax) bear \(Arithmetic.text(each * Double(demand.instancesMax))) of "
                    + "\(Arithmetic.text(rate)) requests a second")
            return
        }
    }
}

/// The answer, and what was weighed.
public struct SizeChoice: Sendable, Hashable {
    /// The cheapest that fits and keeps the policy.
    public var best: SizeCandidate?
    /// Where none does: the cheapest of those that fit and break the fewest controls.
    public var exception: SizeCandidate?
    /// What the policy's own words suggest for the class, whether it fits or not.
    public var suggested: [SizeCandidate]
    /// Types that fit and cost less than the choice, but are outside the policy; the cheapest first.
    public var cheaper: [SizeCandidate]
    public static let cheaperMax = 3

    /// `candidates` were all judged, as far as they fit.
    public init(among candidates: [SizeCandidate], workload: Workload) {
        let sorted = candidates.sorted {
            ($0.expectedUSD, $0.worstUSD, $0.type) < ($1.expectedUSD, $1.worstUSD, $1.type)
        }
        let fitting = sorted.filter(\.fits)
        best = fitting.first(where: \.isCompliant)
        if best == nil {
            // Of as many breaches the first is taken, which is the cheapest.
            exception = fitting.filter { $0.architecture == "x86_64" }.min {
                ($0.breaches?.count ?? .max) < ($1.breaches?.count ?? .max)
            }
        }
        func cheapest(_ family: String) -> SizeCandidate? {
            fitting.first { $0.family == family } ?? sorted.first { $0.family == family }
        }
        switch workload {
        case .cpu: suggested = [cheapest("m5")].compactMap { $0 }
        case .gpu: suggested = [cheapest("g5"), cheapest("p5")].compactMap { $0 }
        case .memory: suggested = sorted.filter { $0.type == "ml.g5.12xlarge" || $0.type == "ml.p5.48xlarge" }
        }
        let limit = (best ?? exception)?.expectedUSD ?? 0
        cheaper = Array(fitting.filter { !$0.isCompliant && $0.expectedUSD < limit }.prefix(Self.cheaperMax))
    }

    /// Waivers with which the exception may be deployed, as a spec holds them.
    public func waivers(owner: String, until day: Day) -> [Waiver] {
        guard let exception else { return [] }
        return (exception.breaches ?? []).map { breach in
            Waiver(
                control: breach.control, owner: owner,
                reason: "\(exception.type) is the cheapest type that bears the load: \(breach.message)", expires: day)
        }
    }
}
