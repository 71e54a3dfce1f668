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

    @Test(arguments: overlays)
    func aTemplateIsReadBackAsTheSameGraph(of environment: Environment, _ overlay: String) throws {
        let trip = try RenderedRoundTrip(ArchitectureExample.spec(environment, overlay: overlay))
        trip.expectSame(\.keys)
        trip.expectSame(\.buckets)
        trip.expectSame(\.tables)
        trip.expectSame(\.repositories)
        trip.expectSame(\.streamConsumers)
        trip.expectSame(\.backupVaults)
        trip.expectSame(\.backupPlans)
        trip.expectSame(\.backupSelections)
        trip.expectSame(\.restoreTestingPlans)
    }

    @Test(arguments: [Tongue.template, .plan])
    func everyControlThatStorageSatisfiesStandsBesideWhatSatisfiesIt(in tongue: Tongue) throws {
        let concerns: Set<Concern> = [.keys, .storage, .state, .backup]
        let own = try resources(in: tongue).filter { concerns.contains($0.concern) }
        func ids(_ fields: [RenderedField]) -> [String] {
            fields.flatMap { field -> [String] in
                guard field.key(in: tongue) != nil else { return [] }
                guard case .block(let inner) = field.value else { return field.controls }
                return field.controls + ids(inner)
            }
        }
        let named = Set(own.flatMap { $0.controls + ids($0.fields) })
        let wanted: Set<String> = [
            "SEC-1.1", "SEC-1.5", "SEC-1.6", "SEC-1.8", "SEC-1.9", "SEC-2.4", "SEC-3.3", "SEC-3.4", "SEC-3.5",
            "SEC-3.6", "SEC-3.7", "SEC-3.8", "REL-3.2", "REL-3.4", "REL-3.5", "REL-3.6", "REL-3.7", "OPS-3.3",
            "OPS-3.6",
        ]
        #expect(wanted.subtracting(named).isEmpty, "\(wanted.subtracting(named).sorted())")
    }

    @Test func terraformMakesThePartsOfABucketInTheOrderThatS3Takes() throws {
        let all = try resources(in: .plan)
        func needs(_ id: String) -> [String] { all.first { $0.id == id }?.dependsOn ?? [] }
        #expect(needs("ArtifactBucketReplication").contains("ArtifactBucketVersioning"))
        #expect(needs("ArtifactBucketReplication").contains("ReplicaBucketVersioning"))
        #expect(needs("AccessLogBucketReplication").contains("AuditBucketLock"))
        #expect(needs("ArtifactBucketLogging") == ["AccessLogBucketPolicy", "AccessLogBucketReplication"])
        #expect(needs("AuditBucketLock") == ["AuditBucketVersioning"])
        let ids = Set(all.map(\.id))
        for resource in all where resource.concern == .storage {
            #expect(ids.isSuperset(of: resource.dependsOn), "\(resource.id)")
        }
    }

    @Test func theReplicaKeyAsksForItsPrimaryOnlyWhereItCannotReferToIt() throws {
        func primary(_ tongue: Tongue) throws -> RenderedValue? {
            try resources(in: tongue).first { $0.id == "ReplicaKey" }?.fields.first { $0.plan == "primary_key_arn" }?
                .value
        }
        guard case .parameter(let parameter)? = try primary(.template) else {
            Issue.record("a template of the second region has to ask for the primary key")
            return
        }
        #expect(parameter.standard == nil)
        #expect(try primary(.plan) == .link("DataKey", template: "Arn", plan: "arn"))
    }

    @Test func stateThatMustOutliveItsTemplateIsRetainedInProductionOnly() throws {
        for (environment, policy) in [(Environment.production, "Retain"), (.dev, "Delete")] {
            let kept = try resources(environment, in: .template).filter {
                ["ArtifactBucket", "DataKey", "StateTable", "ImageRepository"].contains($0.id)
            }
            #expect(kept.count == 4)
            for resource in kept {
                #expect(resource.deletionPolicy == policy, "\(resource.id)")
                #expect(resource.updateReplacePolicy == policy, "\(resource.id)")
            }
        }
    }
}
