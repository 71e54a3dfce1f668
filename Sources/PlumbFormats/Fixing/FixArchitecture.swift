// The compiled architecture that fixes are taken from: one for all endpoints that differ in their names alone.

import PlumbModel

final class FixArchitecture {
    let plan: Blueprint
    let tongue: Tongue
    /// The name that stands for that of any endpoint; nil where the architecture is one endpoint's own.
    let standIn: String?
    let deployment: RenderedDeployment
    /// Everything that is rendered.
    let resources: [RenderedResource]
    /// The resource of the graph that each of them is, or is a part of, by id.
    let owners: [String: String]
    /// The resources of the graph, by id.
    let elements: [String: any Resource]
    /// Each resource of the graph, with its words but for those of the name; in the graph's order.
    let kin: [(kin: Kin, words: Set<String>)]
    /// Which of `resources` bear a control.
    private var bearing: [String: Set<Int>] = [:]

    init(_ plan: Blueprint, standIn: String?, asOf day: Day, in tongue: Tongue) {
        self.plan = plan
        self.tongue = tongue
        self.standIn = standIn
        deployment = RenderedDeployment(Architecture.compile(plan, asOf: day), plan, in: tongue)
        resources = deployment.resources()
        let all = deployment.graph.resources
        elements = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let noise = [standIn ?? "", plan.spec.environment.rawValue]
        kin = all.map { (Kin($0), Words.of($0, without: noise)) }
        owners = resources.reduce(into: [:]) { [elements] owners, resource in
            var id = Substring(resource.id)
            while !id.isEmpty, elements[String(id)] == nil { id = id.dropLast() }
            if !id.isEmpty { owners[resource.id] = String(id) }
        }
    }

    /// Whether one of `resources` bears the control.
    func bears(_ control: String, at index: Int) -> Bool {
        if let known = bearing[control] { return known.contains(index) }
        let found = Set(resources.indices.filter { resources[$0].bears(control) })
        bearing[control] = found
        return found.contains(index)
    }

    /// The words of a resource of the graph, where the endpoint has this name.
    func words(of element: any Resource, named name: String) -> Set<String> {
        let words = Words.of(element)
        guard let standIn else { return words }
        let own = Words.of(standIn)
        return words.isSuperset(of: own) ? words.subtracting(own).union(Words.of(name)) : words
    }

    /// Everything that the stand-in is part of, and what it is where the endpoint has this name: the name itself, the
    /// name where no hyphen may be, and digests that it goes into. Empty for one endpoint's own architecture.
    func standIns(for name: String) -> [(own: String, other: String)] {
        guard let standIn else { return [] }
        let spellings = [(standIn, name), (standIn.putting("_", for: "-"), name.putting("_", for: "-"))]
        let digests = deployment.graph.entryPoints.map { point in
            (deployment.methodsVersion(of: point, named: standIn), deployment.methodsVersion(of: point, named: name))
        }
        return spellings.prefix(standIn.contains("-") ? 2 : 1) + digests
    }

    /// A name of the same form that stands nowhere else in an architecture; nil for a name that takes part in more
    /// than what is made of it: capitals are written small in some places, and long names are cut.
    static func standIn(for name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isPlain, lengths.contains(name.utf8.count) else { return nil }
        return String(name.map { $0 == "-" ? $0 : "q" })
    }

    /// Longer names are cut in some places, where a digest of the whole follows; a shorter one could be part of a word.
    private static let lengths = 6...20
}
