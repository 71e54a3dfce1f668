// Whether a model fits into the memory of an instance type.

import PlumbModel

/// The memory a model needs: parameters x bytes x 1.2 + activations + runtime, in GiB.
///
/// The factor covers the allocator's slack and the weights' second copy while they load.
struct MemoryNeed {
    static let overhead = 1.2
    /// The share of an instance's memory that may be planned for.
    static let shareMax = 0.85
    private static let bytesPerGiB = 1_073_741_824.0

    let gibibytes: Double
    /// The sum as it is told.
    let sum: String

    /// Nil when the size says neither how many parameters there are nor how large they are.
    init?(_ size: ModelSize) {
        guard let millions = size.parametersMillions, let bytes = size.bytesPerParameter else { return nil }
        let weights = millions * 1_000_000 * bytes / Self.bytesPerGiB
        let (activations, runtime) = (size.activationsGiB ?? 0, size.runtimeGiB ?? 0)
        gibibytes = weights * Self.overhead + activations + runtime
        let shown = [weights, activations, runtime].map { Arithmetic.text($0, places: 2) }
        sum =
            "\(shown[0]) GiB of weights x 1.2 + \(shown[1]) GiB activations + \(shown[2]) GiB runtime = "
            + "\(Arithmetic.text(gibibytes, places: 2)) GiB"
    }

    /// The memory the model lies in: the GPUs' where there are any, else the host's.
    static func capacityGiB(of type: InstanceType) -> Double {
        type.gpus > 0 ? type.totalGPUMemoryGiB : type.memoryGiB
    }

    func fits(_ type: InstanceType) -> Bool { gibibytes <= Self.shareMax * Self.capacityGiB(of: type) }

    /// Whether the model fits only when it is split over several GPUs.
    func needsTensorParallelism(on type: InstanceType) -> Bool {
        type.gpus > 1 && gibibytes > Self.shareMax * type.gpuMemoryGiB
    }
}
