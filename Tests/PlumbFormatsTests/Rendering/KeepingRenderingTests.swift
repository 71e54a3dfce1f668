// What keeps things, rendered and read back: keys, buckets, images, the table, backups.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct KeepingRenderingTests {
    static let overlays: [(environment: Environment, overlay: String)] = [
        (.production, ""), (.production, "critical: false"),
        (.production, "personalData: {residency: [eu-central-1]}"), (.staging, ""), (.dev, ""),
    ]

    private func compiled(_ environment: Environment, _ overlay: String = "") throws -> Graph {
        try ArchitectureExample.graph(environment, overlay: overlay)
    }

    private func resources(
        _ environment: Environment = .production, _ overlay: String = "", in tongue: Tongue
    ) throws -> [RenderedResource] {
        let spec = try ArchitectureExample.spec(environment, overlay: overlay)
        return RenderedDeployment(spec, asOf: ArchitectureExample.today, in: tongue).resources()
    }

    private func readBack(_ environment: Environment, _ overlay: String) throws -> Graph {
        let spec = try ArchitectureExample.spec(environment, overlay: overlay)
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: ArchitectureExample.today)
        let documents = try files.map { file in
            try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
        }
        let reading = TemplateReader.read(documents, environment: environment, asOf: ArchitectureExample.today)
        #expect(reading.worlds.count == 1)
        return try #require(reading.worlds.first).graph
    }

    /// The replica key's policy speaks of its own region, which a template does not name.
    private func withoutRegions(_ keys: ResourceTable<Key>) -> ResourceTable<Key> {
        func here(_ text: String) -> String { text.replacing("eu-west-1", with: "${AWS::Region}") }
        var keys = keys
        keys.mutateEach { key in
            guard key.isReplica.value == true, var document = key.policy.value else { return }
            for index in document.statements.indices {
                document.statements[index].principals = document.statements[index].principals.map {
                    PolicyPrincipal($0.kind, here($0.id))
                }
                document.statements[index].conditions = document.statements[index].conditions.map {
                    PolicyCondition($0.operatorName, $0.key, $0.values.map(here))
                }
            }
            key.policy = .known(document)
        }
        return keys
    }

    /// Every resource is there, and each is the same, the region apart: a template is silent about where it is made.
    private func expectSame<Element: Resource>(_ read: ResourceTable<Element>, as wanted: ResourceTable<Element>) {
        #expect(Set(read.map(\.id)) == Set(wanted.map(\.id)))
        for element in wanted {
            guard var found = read[id: element.id] else { continue }
            found.head.region = element.head.region
            let isSame = found == element
            #expect(isSame, "\(element.id): \(differences(found, element))")
        }
    }

    /// The properties that differ, as both sides have them.
    private func differences(_ left: any Resource, _ right: any Resource) -> [String] {
        zip(Mirror(reflecting: left).children, Mirror(reflecting: right).children).compactMap { left, right in
            guard let a = left.value as? any Hashable, let b = right.value as? any Hashable,
                AnyHashable(a) != AnyHashable(b)
            else { return nil }
            return "\(left.label ?? "") is \(a), not \(b)"
        }
    }

    @Test(arguments: overlays)
    func aTemplateIsReadBackAsTheSameGraph(of environment: Environment, _ overlay: String) throws {
        let wanted = try compiled(environment, overlay)
        let read = try readBack(environment, overlay)
        expectSame(withoutRegions(read.keys), as: withoutRegions(wanted.keys))
        expectSame(read.buckets, as: wanted.buckets)
        expectSame(read.tables, as: wanted.tables)
        expectSame(read.repositories, as: wanted.repositories)
        expectSame(read.streamConsumers, as: wanted.streamConsumers)
        expectSame(read.backupVaults, as: wanted.backupVaults)
        expectSame(read.backupPlans, as: wanted.backupPlans)
        expectSame(read.backupSelections, as: wanted.backupSelections)
        expectSame(read.restoreTestingPlans, as: wanted.restoreTestingPlans)
    }
}
