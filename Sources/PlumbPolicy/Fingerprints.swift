// What a finding is known by from one run to the next: its control, its resource, and a digest of what was judged.

public import PlumbModel

/// Digests of a graph's resources, each taken once.
struct Fingerprints {
    private let resourcesById: [String: any Resource]
    private let idsByPlace: [Place: Set<String>]
    private let idsByName: [String: String]
    private var digests: [String: UInt64] = [:]

    /// A resource of several graphs, which are the same deployment in different ways, is as the first has it.
    init(_ graphs: [Graph]) {
        let resources = graphs.flatMap(\.resources)
        resourcesById = Dictionary(resources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        idsByPlace = Dictionary(
            resources.compactMap { resource in resource.place.map { ($0, [resource.id]) } },
            uniquingKeysWith: { $0.union($1) })
        idsByName = Dictionary(
            resources.compactMap { resource in resource.name.value.map { ($0, resource.id) } }
                + resources.map { ($0.id, $0.id) }, uniquingKeysWith: { _, last in last })
    }

    /// 16 hex digits. They change when a fact of the resource does, or of one that the finding names or leads to; not
    /// when a line moves, nor when the message is worded anew.
    mutating func fingerprint(of finding: Finding) -> String {
        // The order in which resources are named is no property of what was judged.
        var judged: Set<String> = []
        for ids in finding.related.compactMap(\.place).compactMap({ idsByPlace[$0] }) where ids.count == 1 {
            // A line of a spec stands for many resources; then only the names in the texts tell which is meant.
            judged.formUnion(ids)
        }
        for text in [finding.message] + finding.related.map(\.message) { judged.formUnion(named(in: text)) }
        judged.remove(finding.resource)
        let content = judged.reduce(self.digest(of: finding.resource)) { $0 &+ ContentDigest.mix(self.digest(of: $1)) }
        var digest = ContentDigest.of(finding.control)
        for part in [ContentDigest.of(finding.resource), content] { digest = ContentDigest.mix(digest ^ part) }
        return ContentDigest.text(digest)
    }

    /// The resources whose id or name stands in a text as a word.
    private func named(in text: String) -> [String] {
        text.split(separator: " ").compactMap { word in
            if let id = idsByName[String(word)] { return id }
            let bare = word.drop { Self.isPunctuation($0) }
            guard let last = bare.lastIndex(where: { !Self.isPunctuation($0) }) else { return nil }
            return idsByName[String(bare[...last])]
        }
    }

    private static func isPunctuation(_ character: Character) -> Bool { ".,;:'\"()`".contains(character) }

    private mutating func digest(of id: String) -> UInt64 {
        if let known = digests[id] { return known }
        // Things that are no resource of the graph, such as the deployment as a whole, are known by their name alone.
        let digest = resourcesById[id].map { ContentDigest.of($0) } ?? 0
        digests[id] = digest
        return digest
    }
}

extension PolicyBook {
    /// The assessment with a fingerprint on every finding; `graphs` are what was judged: one, or one for each way in
    /// which conditions can turn out.
    public static func fingerprinted(_ assessment: Assessment, of graphs: [Graph]) -> Assessment {
        var fingerprints = Fingerprints(graphs)
        var assessment = assessment
        for index in assessment.findings.indices {
            assessment.findings[index].fingerprint = fingerprints.fingerprint(of: assessment.findings[index])
        }
        return assessment
    }
}
