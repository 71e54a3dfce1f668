// What a finding is known by from one run to the next: its control, its resource, and a digest of what was judged.

public import PlumbModel

/// Digests of a graph's resources, each taken once.
struct Fingerprints {
    private let resourcesById: [String: any Resource]
    private let idsByPlace: [Place: [String]]
    private var digests: [String: UInt64] = [:]

    init(_ graph: Graph) {
        let resources = graph.resources
        resourcesById = Dictionary(resources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        idsByPlace = Dictionary(
            resources.compactMap { resource in resource.place.map { ($0, [resource.id]) } }, uniquingKeysWith: +)
    }

    /// 16 hex digits. They change when a fact of the resource does, or one of the resources in the chain of reasons;
    /// not when a line moves, nor when the message is worded anew.
    mutating func fingerprint(of finding: Finding) -> String {
        var content = digest(of: finding.resource)
        // The order in which a chain is told is no property of what was judged.
        for id in Set(finding.related.compactMap(\.place).flatMap { idsByPlace[$0] ?? [] }) where id != finding.resource
        {
            content &+= ContentDigest.mix(digest(of: id))
        }
        var digest = ContentDigest.of(finding.control)
        for part in [ContentDigest.of(finding.resource), content] { digest = ContentDigest.mix(digest ^ part) }
        return ContentDigest.text(digest)
    }

    private mutating func digest(of id: String) -> UInt64 {
        if let known = digests[id] { return known }
        // Things that are no resource of the graph, such as the deployment as a whole, are known by their name alone.
        let digest = resourcesById[id].map { ContentDigest.of($0) } ?? 0
        digests[id] = digest
        return digest
    }
}

extension PolicyBook {
    /// The assessment with a fingerprint on every finding; `graph` is what was judged.
    public static func fingerprinted(_ assessment: Assessment, of graph: Graph) -> Assessment {
        var fingerprints = Fingerprints(graph)
        var assessment = assessment
        for index in assessment.findings.indices {
            assessment.findings[index].fingerprint = fingerprints.fingerprint(of: assessment.findings[index])
        }
        return assessment
    }
}
