// What is known of one SageMaker instance type.

/// A SageMaker hosting instance type and its figures.
public struct InstanceType: Sendable, Hashable {
    /// `ml.m5.xlarge`.
    public let name: String
    /// Virtual processors; `CPUUtilization` runs to 100 % of each, so to `100 * vCPUs`.
    public let vCPUs: Int
    /// Host memory in GiB.
    public let memoryGiB: Double
    /// NVIDIA GPUs; `GPUUtilization` runs to `100 * gpus`. Neuron devices are not counted.
    public let gpus: Int
    /// Memory of one GPU in GiB (an A10G's 24 GB are 22.35 GiB); 0 without a GPU.
    public let gpuMemoryGiB: Double
    /// AWS's own accelerators, Inferentia and Trainium: a model must be compiled for them.
    public let neuronDevices: Int
    /// Local NVMe disks in GB; 0 where the volume comes over the network.
    public let localNVMeGB: Double
    /// Whether the processor is arm64: an image of x86_64 does not run there.
    public let isARM: Bool

    /// `x86_64` or `arm64`.
    public var architecture: String { isARM ? "arm64" : "x86_64" }
    /// US dollars an hour, hosting, on demand, us-east-1; nil where no price is listed.
    public var usdPerHour: Double? { usdPerHour(in: "us-east-1") }
    /// US dollars an hour in a region by the embedded price list; nil where that lists no such type.
    public func usdPerHour(in region: String) -> Double? { PriceBook.embedded.listed(name, in: region) }
    /// The day of the embedded prices.
    public static var pricesAsOf: Day { PriceList.published.asOf }

    /// `m5`, `g5`, `p4d`.
    public var family: String { InstanceType.family(of: name) ?? "" }
    /// Whether models lie on local NVMe disks: encrypted by the hardware, and `KmsKeyId` is refused.
    public var isNVMe: Bool { InstanceType.isNVMe(name) ?? false }
    /// GPU memory of the whole machine, in GiB.
    public var totalGPUMemoryGiB: Double { Double(gpus) * gpuMemoryGiB }
    /// What a month (730 hours) of one instance costs, in US dollars.
    public var usdPerMonth: Double? { usdPerHour.map { $0 * PriceBook.hoursPerMonth } }

    /// The type of this name, or nil when the table does not hold it.
    public static func named(_ name: String) -> InstanceType? { byName[name] }

    /// Every type of the table.
    public static var all: [InstanceType] { rows }

    /// `g5` of `ml.g5.xlarge`; nil when the name has another shape.
    public static func family(of name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "ml", !parts[1].isEmpty, !parts[2].isEmpty else { return nil }
        return String(parts[1])
    }

    /// Whether a type of this name keeps models on local NVMe disks; told by family, so that it also answers for sizes
    /// the table does not hold. Nil when the name has another shape.
    public static func isNVMe(_ name: String) -> Bool? {
        family(of: name).map { nvmeFamilies.contains($0) || $0.hasPrefix("p6") }
    }

    /// Families with local instance storage: `CreateEndpointConfig` refuses `KmsKeyId` and `VolumeSizeInGB` for them
    /// (SageMaker API reference, CreateEndpointConfig).
    static let nvmeFamilies: Set<String> = [
        "c5d", "c6gd", "dl1", "g4dn", "g5", "g6", "g6e", "g7e", "m5d", "m6gd", "p4d", "p4de", "p5", "p5e", "p5en",
        "r5d", "r6gd", "r7gd", "trn1", "trn1n", "trn2",
    ]

    private static let byName = Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
