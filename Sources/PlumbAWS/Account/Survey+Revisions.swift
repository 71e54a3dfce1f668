// Which earlier configurations of an endpoint are kept, so that there is something to go back to.

import Foundation
import PlumbModel

extension Survey {
    /// Tells of each endpoint how many older configurations are there: `Evidence.Kind.state`.
    ///
    /// Which configurations are one endpoint's is not told by AWS. It is known by the tag `ml:endpoint`, and by the
    /// names that plumb gives.
    func measureRevisions(_ resources: [AccountResource]) async throws {
        let endpoints = resources.filter { $0.type == "AWS::SageMaker::Endpoint" }
        let configs = try await endpointConfigs(endpoints)
        guard case .seen(let all) = configs else { return }
        var births: [String: Double] = [:]
        var byPrefix: [String: [String]] = [:]
        for config in all {
            guard let name = config["EndpointConfigName"].text else { continue }
            births[name] = config["CreationTime"].date?.timeIntervalSince1970
            if let prefix = EndpointRollback.prefix(of: name) { byPrefix[prefix, default: []].append(name) }
        }
        let tagged = Dictionary(
            grouping: resources.filter { $0.type == "AWS::SageMaker::EndpointConfig" }
        ) { $0.tags?["ml:endpoint"] }
        for endpoint in endpoints {
            guard let current = endpoint.properties["EndpointConfigName"].text, let born = births[current] else {
                continue
            }
            let prefix = EndpointRollback.prefix(of: current)
            var own = Set(prefix.flatMap { byPrefix[$0] } ?? [])
            own.formUnion(tagged[endpoint.name]?.map(\.name) ?? [])
            let older = own.count { name in name != current && births[name].map { $0 <= born } ?? false }
            // The first configuration of an endpoint has no older one, and without a name or a tag none is known.
            let isFirst = born <= endpoint.properties["LiveCreationTime"].number ?? 0
            if older == 0, isFirst || prefix == nil { continue }
            notebook.note(
                Evidence(
                    .state, endpointName: endpoint.name, day: today, origin: "account",
                    numbers: ["revisionsKept": Double(older)]))
        }
    }

    private func endpointConfigs(_ endpoints: [AccountResource]) async throws -> Seen<[AWSValue]> {
        guard !endpoints.isEmpty else { return .absent }
        var inputs: [AWSValue] = [["MaxResults": 100]]
        if endpoints.count <= Self.oneByOneMax, !scope.isWholeRegion {
            let names = endpoints.compactMap { $0.properties["EndpointConfigName"].text }
            inputs = Set(names.map { EndpointRollback.prefix(of: $0) ?? $0 }).sorted().map {
                ["MaxResults": 100, "NameContains": .text($0)]
            }
        }
        return try await items(.sageMaker, "ListEndpointConfigs", each: inputs, in: "EndpointConfigs")
    }
}
