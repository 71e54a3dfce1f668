// How many requests a second an instance can be expected to bear, from what one request takes on one processor.

import Foundation
public import PlumbModel

/// An estimate: each virtual processor is taken to be as fast as the one that was measured, and to serve one request at
/// a time from one queue (Erlang's C). A load test on the type itself decides.
public enum InstanceCapacity {
    /// The share of the processors that is planned for.
    public static let shareMax = 0.7
    private static let steps = 60

    /// The highest rate at which the processors are 70 % busy at most and 99 of 100 requests are answered in time; 0
    /// where one request alone takes too long.
    public static func requestsPerSecond(processors: Int, _ profile: ModelProfile, within p99: Double) -> Double {
        let allowance = (p99 - profile.p99Milliseconds) / 1000
        guard processors > 0, allowance >= 0, profile.processorMilliseconds > 0 else { return 0 }
        let each = 1000 / profile.processorMilliseconds
        var (low, high) = (0.0, shareMax * Double(processors) * each)
        if isInTime(high, processors, each, allowance) { return high }
        for _ in 0..<steps {
            let middle = (low + high) / 2
            if isInTime(middle, processors, each, allowance) { low = middle } else { high = middle }
        }
        return low
    }

    private static func isInTime(_ rate: Double, _ processors: Int, _ each: Double, _ allowance: Double) -> Bool {
        let spare = Double(processors) * each - rate
        return waitingShare(load: rate / each, processors: processors) * exp(-spare * allowance) <= 0.01
    }

    /// Erlang's C: the share of requests that find all processors busy, by the recursion of Erlang's B.
    static func waitingShare(load: Double, processors: Int) -> Double {
        var blocked = 1.0
        for index in 1...processors { blocked = load * blocked / (Double(index) + load * blocked) }
        let use = load / Double(processors)
        return blocked / (1 - use + use * blocked)
    }

    /// How many instances bear a rate; nil where not even many do.
    static func instances(for rate: Double, at capacity: Double) -> Int? {
        guard capacity > 0 else { return nil }
        let count = Arithmetic.instances(bearing: rate, each: capacity)
        return count < 100_000 ? max(1, Int(count)) : nil
    }
}

/// What bounds a model, with the reason in words.
public struct WorkloadReading: Sendable, Hashable {
    public var workload: Workload
    public var reason: String

    /// Asks the family that the policy has for ordinary models, ml.m5: what decides how large a machine of it must be
    /// is what bounds the model, and where none is enough it is a GPU's.
    public init(_ profile: ModelProfile, _ demand: SizeDemand) {
        let family = InstanceType.all.filter { $0.family == "m5" }.sorted { $0.vCPUs < $1.vCPUs }
        func capacity(_ type: InstanceType) -> Double {
            InstanceCapacity.requestsPerSecond(processors: type.vCPUs, profile, within: demand.p99Milliseconds)
        }
        let fast = family.first { type in
            let each = capacity(type)
            guard let rate = demand.rate else { return each > 0 }
            return InstanceCapacity.instances(for: rate, at: each).map { $0 <= demand.instancesMax } == true
        }
        let roomy = family.first(where: profile.fits)
        let time = "a request takes \(Arithmetic.text(profile.processorMilliseconds, places: 3)) ms of one processor"
        let memory = "it needs \(Arithmetic.text(profile.needGiB, places: 2)) GiB"
        guard let fast else {
            workload = .gpu
            let largest = family.last.map(\.name) ?? "ml.m5"
            let p99 = Arithmetic.text(profile.p99Milliseconds, places: 1)
            let wanted = Arithmetic.text(demand.p99Milliseconds)
            let bears = family.last.map(capacity) ?? 0
            reason =
                profile.p99Milliseconds > demand.p99Milliseconds
                ? "\(time), and its p99 of \(p99) ms is over the \(wanted) ms allowed on any processor"
                : "\(time): \(demand.instancesMax) x \(largest) bear "
                    + "\(Arithmetic.text(bears * Double(demand.instancesMax))) of the "
                    + "\(Arithmetic.text(demand.rate ?? 0)) requests a second wanted"
            return
        }
        if let roomy, roomy.vCPUs <= fast.vCPUs {
            workload = .cpu
            reason =
                "\(time), and \(memory): \(fast.name), which is fast enough, holds it, so its processors decide "
                + "(\(Arithmetic.text(capacity(fast))) requests a second each)"
        } else {
            workload = .memory
            let holds = roomy.map { "the first that holds it is \($0.name)" } ?? "no ml.m5 holds it"
            reason = "\(memory): \(fast.name) is fast enough (\(time)), but \(holds), so its memory decides"
        }
    }
}
