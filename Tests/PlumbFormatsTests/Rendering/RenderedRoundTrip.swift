// A deployment rendered as CloudFormation and read back, beside the graph that it was rendered from.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct RenderedRoundTrip {
    let compiled: Graph
    let read: Graph
    /// Names are compared in normal form, on both sides.
    private let directory: NameDirectory

    init(_ spec: Spec) throws {
        let day = ArchitectureExample.today
        compiled = Architecture.compile(spec, asOf: day)
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: day).filter { $0.path.hasSuffix(".yaml") }
        let documents = try files.map {
            try SourceDocument.read(SourceFile(path: $0.path, bytes: $0.bytes)).get()
        }
        let reading = TemplateReader.read(documents, asOf: day)
        try #require(reading.worlds.count == 1, "\(reading.diagnostics.map(\.message))")
        read = reading.worlds[0].graph
        var directory = NameDirectory()
        for resource in compiled.resources {
            directory.enter(resource.id, kind: type(of: resource).type, name: resource.name)
        }
        self.directory = directory
    }

    /// Expects the resources of a table, by id, to be the same.
    func expectSame<Element: Resource>(
        _ table: KeyPath<Graph, ResourceTable<Element>>, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (before, after) = (compiled[keyPath: table], read[keyPath: table])
        #expect(before.map(\.id).sorted() == after.map(\.id).sorted(), sourceLocation: sourceLocation)
        for element in before {
            guard let other = after[id: element.id], other != element else { continue }
            let found = differences(element, other)
            if !found.isEmpty { Issue.record("\(element.id): \(found)", sourceLocation: sourceLocation) }
        }
    }

    /// Expects every table to be the same. Cost allocation tags have no word in CloudFormation.
    func expectSameEverywhere(sourceLocation: SourceLocation = #_sourceLocation) {
        expectSame(\.endpoints, sourceLocation: sourceLocation)
        expectSame(\.endpointConfigs, sourceLocation: sourceLocation)
        expectSame(\.models, sourceLocation: sourceLocation)
        expectSame(\.scalableTargets, sourceLocation: sourceLocation)
        expectSame(\.scalingPolicies, sourceLocation: sourceLocation)
        expectSame(\.alarms, sourceLocation: sourceLocation)
        expectSame(\.compositeAlarms, sourceLocation: sourceLocation)
        expectSame(\.alarmMuteRules, sourceLocation: sourceLocation)
        expectSame(\.dashboards, sourceLocation: sourceLocation)
        expectSame(\.topics, sourceLocation: sourceLocation)
        expectSame(\.eventRules, sourceLocation: sourceLocation)
        expectSame(\.functions, sourceLocation: sourceLocation)
        expectSame(\.canaries, sourceLocation: sourceLocation)
        expectSame(\.keys, sourceLocation: sourceLocation)
        expectSame(\.buckets, sourceLocation: sourceLocation)
        expectSame(\.tables, sourceLocation: sourceLocation)
        expectSame(\.repositories, sourceLocation: sourceLocation)
        expectSame(\.streamConsumers, sourceLocation: sourceLocation)
        expectSame(\.backupVaults, sourceLocation: sourceLocation)
        expectSame(\.backupPlans, sourceLocation: sourceLocation)
        expectSame(\.backupSelections, sourceLocation: sourceLocation)
        expectSame(\.restoreTestingPlans, sourceLocation: sourceLocation)
        expectSame(\.roles, sourceLocation: sourceLocation)
        expectSame(\.analyzers, sourceLocation: sourceLocation)
        expectSame(\.trails, sourceLocation: sourceLocation)
        expectSame(\.logGroups, sourceLocation: sourceLocation)
        expectSame(\.vpcs, sourceLocation: sourceLocation)
        expectSame(\.subnets, sourceLocation: sourceLocation)
        expectSame(\.routeTables, sourceLocation: sourceLocation)
        expectSame(\.securityGroups, sourceLocation: sourceLocation)
        expectSame(\.vpcEndpoints, sourceLocation: sourceLocation)
        expectSame(\.entryPoints, sourceLocation: sourceLocation)
        expectSame(\.distributions, sourceLocation: sourceLocation)
        expectSame(\.cachePolicies, sourceLocation: sourceLocation)
        expectSame(\.healthChecks, sourceLocation: sourceLocation)
        expectSame(\.recordSets, sourceLocation: sourceLocation)
        expectSame(\.budgets, sourceLocation: sourceLocation)
        expectSame(\.anomalyMonitors, sourceLocation: sourceLocation)
        expectSame(\.anomalySubscriptions, sourceLocation: sourceLocation)
        expectSame(\.schedules, sourceLocation: sourceLocation)
    }

    /// The properties that differ, as both sides have them.
    private func differences(_ before: some Resource, _ after: some Resource) -> String {
        let pairs = zip(Mirror(reflecting: before).children, Mirror(reflecting: after).children)
        let found = pairs.compactMap { old, new -> String? in
            let (old, new) = (text(old.value), text(new.value))
            // What the spec leaves open is asked of whoever deploys.
            return old == new || old.hasPrefix(#"{"state":{"unknown""#) ? nil : "\(old) is read back as \(new)"
        }
        return found.joined(separator: "; ")
    }

    /// A property as JSON, without places.
    private func text(_ value: Any) -> String {
        guard let value = value as? any Encodable else { return "\(value)" }
        let encoder = JSONEncoder()
        guard let data = try? encoder.encode(value),  // What cannot be encoded is compared by its description.
            let tree = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed),
            let plain = try? JSONSerialization.data(
                withJSONObject: normal(tree), options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
        else { return "\(value)" }
        return String(decoding: plain, as: UTF8.self)
    }

    private func normal(_ tree: Any) -> Any {
        switch tree {
        case let map as [String: Any]: map.filter { $0.key != "place" }.mapValues(normal)
        case let list as [Any]: list.map(normal)
        case let text as String: directory.canonical(text)
        default: tree
        }
    }
}
