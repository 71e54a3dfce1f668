// Latencies counted in buckets that grow with the value, so that percentiles of merged seconds stay within 1 %.

/// The layout shared by every latency distribution: exact up to 127 µs, then 64 buckets for each doubling.
///
/// A bucket is at most 1/64 of its lower edge wide and answers with its middle, so a percentile is off by at most
/// 1/128 = 0.8 % of the value. 1344 buckets reach 67 s, beyond the 60 s in which a SageMaker container must answer.
enum LatencyBuckets {
    static let count = 1344
    /// 2^26 - 1 µs = 67.1 s; anything longer is counted as this.
    static let microsecondsMax = (1 << 26) - 1

    /// The bucket of a latency in 0 ... `microsecondsMax`.
    @inline(__always)
    static func index(of microseconds: Int) -> Int {
        guard microseconds >= 128 else { return microseconds }
        let shift = (Int.bitWidth - 1 - microseconds.leadingZeroBitCount) - 6
        return (shift << 6) + (microseconds >> shift)
    }

    /// The middle of a bucket, in µs.
    static func middle(of index: Int) -> Double {
        guard index >= 128 else { return Double(index) }
        let shift = (index >> 6) - 1
        let lower = (index - (shift << 6)) << shift
        return Double(lower) + Double((1 << shift) - 1) / 2
    }
}

/// How many requests fell into each latency bucket over some stretch of time; distributions add up.
struct LatencyDistribution: Sendable {
    private(set) var counts = [UInt32](repeating: 0, count: LatencyBuckets.count)

    /// Adds `LatencyBuckets.count` counts.
    mutating func add(_ other: some RandomAccessCollection<UInt32>) {
        for (index, count) in zip(counts.indices, other) where count != 0 { counts[index] &+= count }
    }

    mutating func add(_ other: LatencyDistribution) {
        add(other.counts)
    }

    /// The value at a rank of 0 ... 100 by the nearest-rank method, in µs, within 0.8 %; nil without requests.
    ///
    /// Nearest rank: the smallest value that at least `rank` percent of the requests do not exceed.
    func percentile(_ rank: Double) -> Double? {
        let total = counts.reduce(0) { $0 + UInt64($1) }
        guard total > 0 else { return nil }
        let wanted = max(1, UInt64((Double(total) * rank / 100).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() where count != 0 {
            seen += UInt64(count)
            if seen >= wanted { return LatencyBuckets.middle(of: index) }
        }
        return nil
    }
}
