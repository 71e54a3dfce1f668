// The part of the traffic for which a model is worst.

/// Errors by the value of one feature.
public struct WorstSlice: Sendable {
    public static let slicesMax = 256
    /// Fewer labels say too little of a slice.
    private static let labelsMin = 30

    private var slices: [String: (errors: Int, labels: Int)] = [:]
    /// Labels of slices for which there was no room.
    public private(set) var dropped = 0

    public init() {}

    public mutating func insert(slice: String, isError: Bool) {
        if slices[slice] == nil, slices.count >= Self.slicesMax {
            dropped += 1
            return
        }
        let known = slices[slice] ?? (0, 0)
        slices[slice] = (known.errors + (isError ? 1 : 0), known.labels + 1)
    }

    /// The slice whose errors are surely the most frequent: by the lower end of the interval, so that a small slice is
    /// not the worst by chance.
    public var worst: (slice: String, errors: QualityMetric)? {
        slices.filter { $0.value.labels >= Self.labelsMin }
            .map { ($0.key, QualityInterval.part("error_rate", $0.value.errors, of: $0.value.labels)) }
            .max { ($0.1.lower ?? 0, $1.0) < ($1.1.lower ?? 0, $0.0) }
            .map { (slice: $0.0, errors: $0.1) }
    }
}
