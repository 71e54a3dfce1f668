// Which instance type a model wants: what bounds it, what it needs, and which type gives that for the least.
//
// `ModelProfile` is what was measured, `WorkloadReading` what bounds the model, `InstanceCapacity` what a type can be
// expected to bear, `SizeChoice` the answer.

public import PlumbModel

/// What a model takes on one processor, measured, with what its file says.
public struct ModelProfile: Sendable, Hashable {
    public var parameters: Int
    public var bytesPerParameter: Double
    /// Resident memory: before the model was there, when it was loaded, after it has run, and at most.
    public var emptyBytes: Int
    public var loadedBytes: Int
    public var residentBytes: Int
    public var peakBytes: Int
    /// Processor time of one request, and how long one takes.
    public var processorMilliseconds: Double
    public var p99Milliseconds: Double
    /// Requests that one instance works on at a time.
    public var concurrency: Int

    public init(
        parameters: Int, bytesPerParameter: Double, emptyBytes: Int, loadedBytes: Int, residentBytes: Int,
        peakBytes: Int, processorMilliseconds: Double, p99Milliseconds: Double, concurrency: Int
    ) {
        self.parameters = parameters
        self.bytesPerParameter = bytesPerParameter
        self.emptyBytes = emptyBytes
        self.loadedBytes = loadedBytes
        self.residentBytes = residentBytes
        self.peakBytes = peakBytes
        self.processorMilliseconds = processorMilliseconds
        self.p99Milliseconds = p99Milliseconds
        self.concurrency = concurrency
    }

    private static let bytesPerGiB = 1_073_741_824.0
    /// What one request needs beside the model: what the runs have added, in GiB.
    private var activationsGiB: Double { Double(max(0, residentBytes - loadedBytes)) / Self.bytesPerGiB }

    /// As a spec declares it, so that PERF-1.3 computes with what was measured.
    public var size: ModelSize {
        var size = ModelSize()
        size.parametersMillions = Double(parameters) / 1e6
        size.bytesPerParameter = bytesPerParameter
        size.activationsGiB = activationsGiB * Double(max(1, concurrency))
        size.runtimeGiB = Double(emptyBytes) / Self.bytesPerGiB
        return size
    }

    /// The memory it needs by PERF-1.3's computation, and never less than it was seen to take.
    public var needGiB: Double { max(MemoryNeed(size)?.gibibytes ?? 0, seenGiB) }
    private var seenGiB: Double {
        Double(peakBytes) / Self.bytesPerGiB + activationsGiB * Double(max(0, concurrency - 1))
    }

    /// The computation in words.
    public var needArithmetic: String {
        let sum = MemoryNeed(size)?.sum ?? ""
        let seen = Arithmetic.text(seenGiB, places: 2)
        return needGiB > (MemoryNeed(size)?.gibibytes ?? 0)
            ? "\(sum); it was seen to take \(seen) GiB, which counts" : "\(sum); it was seen to take \(seen) GiB"
    }

    /// How much more memory than that a type must have.
    public static let reserve = 1.3
    /// Whether a type holds the model with that reserve, and by PERF-1.3.
    public func fits(_ type: InstanceType) -> Bool {
        let capacity = MemoryNeed.capacityGiB(of: type)
        return needGiB * Self.reserve <= capacity && needGiB <= MemoryNeed.shareMax * capacity
    }
}

/// What a deployment has to bear.
public struct SizeDemand: Sendable, Hashable {
    /// Requests a second at the peak; nil where nobody says.
    public var rate: Double?
    /// How long the 99th of a hundred requests may take.
    public var p99Milliseconds: Double
    /// The most instances that there may be.
    public var instancesMax: Int

    public init(rate: Double?, p99Milliseconds: Double, instancesMax: Int) {
        self.rate = rate
        self.p99Milliseconds = p99Milliseconds
        self.instancesMax = instancesMax
    }
}
