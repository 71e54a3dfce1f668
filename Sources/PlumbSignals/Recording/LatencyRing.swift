// The latency distributions of the latest stretches of time, each of a fixed length, in one flat array.

/// A ring of latency distributions, one for each `spanSeconds`; the oldest is overwritten in place.
///
/// Every slot carries the number of the span it holds, so that an idle hour costs nothing: a stale slot is emptied when
/// it is next written and passed over when it is read.
struct LatencyRing: Sendable {
    let spanSeconds: Int
    let slotCount: Int
    private var counts: [UInt32]
    private var spans: [Int]

    /// `slotCount` distributions of `spanSeconds` each: 5,376 bytes a slot.
    init(spanSeconds: Int, slotCount: Int) {
        self.spanSeconds = spanSeconds
        self.slotCount = slotCount
        counts = Array(repeating: 0, count: slotCount * LatencyBuckets.count)
        spans = Array(repeating: .min, count: slotCount)
    }

    @inline(__always)
    private func slot(of span: Int) -> Int {
        let remainder = span % slotCount
        return remainder < 0 ? remainder + slotCount : remainder
    }

    @inline(__always)
    mutating func record(bucket: Int, at second: Int) {
        let span = second.alignedDown(to: spanSeconds) / spanSeconds
        let slot = slot(of: span)
        if spans[slot] != span { restart(slot, as: span) }
        counts[slot * LatencyBuckets.count + bucket] &+= 1
    }

    private mutating func restart(_ slot: Int, as span: Int) {
        spans[slot] = span
        let start = slot * LatencyBuckets.count
        for index in start..<start + LatencyBuckets.count { counts[index] = 0 }
    }

    /// Whether the span that starts at `second` cannot have been overwritten by one recorded up to `newest`.
    func keeps(spanAt second: Int, newest: Int) -> Bool {
        newest.alignedDown(to: spanSeconds) - second < slotCount * spanSeconds
    }

    /// Adds the span that starts at `second` to `distribution`; a span without requests adds nothing.
    func add(spanAt second: Int, to distribution: inout LatencyDistribution) {
        let span = second / spanSeconds
        let slot = slot(of: span)
        guard spans[slot] == span else { return }
        let start = slot * LatencyBuckets.count
        distribution.add(counts[start..<start + LatencyBuckets.count])
    }

    /// Takes over what `other`, a ring of the same shape, has counted; where both hold different laps the newer wins.
    mutating func merge(_ other: LatencyRing) {
        for slot in 0..<slotCount where other.spans[slot] != .min && other.spans[slot] >= spans[slot] {
            if other.spans[slot] > spans[slot] { restart(slot, as: other.spans[slot]) }
            let start = slot * LatencyBuckets.count
            for index in start..<start + LatencyBuckets.count { counts[index] &+= other.counts[index] }
        }
    }
}
