// Mends many findings side by side: what is compiled for one endpoint is of no use to another.

public import PlumbModel

/// Mends the findings on one input, as `FixRendering` does one after the other.
public struct FixWorkshop {
    private let index: ResourceIndex
    private let benches: [Bench]
    /// The bench at which all findings on an endpoint are mended, by what is compiled for it.
    private var places: [String: Int] = [:]

    /// - Parameters:
    ///   - graph: What was read of the input.
    ///   - benches: How many findings are mended at the same time.
    public init(_ graph: Graph, benches: Int) {
        let index = ResourceIndex(graph)
        self.index = index
        self.benches = (0..<max(1, benches)).map { _ in Bench(index) }
    }

    /// What to paste for each finding; nil where nothing can be said.
    public mutating func patches(for findings: [Finding]) async -> [Patch?] {
        var shares: [[(position: Int, finding: Finding, isCompiled: Bool)]] = benches.map { _ in [] }
        for (position, finding) in findings.enumerated() {
            let key = FixRendering.deploymentKey(of: finding, in: index)
            if let key, places[key] == nil, places.count < FixRendering.deploymentsMax {
                places[key] = places.count % benches.count
            }
            let place = key.flatMap { places[$0] }
            shares[place ?? 0].append((position, finding, place != nil))
        }
        return await withTaskGroup(of: [(Int, Patch?)].self) { group in
            for (bench, share) in zip(benches, shares) where !share.isEmpty {
                group.addTask { await bench.patches(for: share) }
            }
            var patches: [Patch?] = Array(repeating: nil, count: findings.count)
            for await made in group {
                for (position, patch) in made { patches[position] = patch }
            }
            return patches
        }
    }
}

/// Mends its findings one after the other, beside the other benches.
private actor Bench {
    private var rendering: FixRendering

    init(_ index: ResourceIndex) { rendering = FixRendering(index) }

    func patches(for share: [(position: Int, finding: Finding, isCompiled: Bool)]) -> [(Int, Patch?)] {
        share.map { ($0.position, rendering.patch(for: $0.finding, compiling: $0.isCompiled)) }
    }
}
