// Buckets by their names, and what is sent to them.

import PlumbModel

/// Buckets by name, and those that receive logs, trails or copies.
struct BucketJoin: GraphJoin {
    private var byName: [String: Int] = [:]
    /// Ids of the buckets that others send their access logs to.
    private(set) var receivingLogs: Set<String> = []
    /// Ids of the buckets that trails deliver to.
    private(set) var receivingTrails: Set<String> = []
    /// Ids of the buckets that others are copied to.
    private(set) var receivingCopies: Set<String> = []

    /// Why more of them may receive one of these than can be told; nil when every destination is known.
    private(set) var undecided: String?

    init(_ graph: Graph) {
        for (position, bucket) in graph.buckets.enumerated() {
            if let name = bucket.name.value, byName[name] == nil { byName[name] = position }
        }
        for bucket in graph.buckets {
            let destinations = (bucket.replication.value ?? []).map(\.destination)
            if let why = ([bucket.loggingDestination] + destinations).lazy.compactMap(\.whyUnknown).first {
                undecided = undecided ?? "where \(bucket.id) sends its logs or copies: \(why)"
            }
            if let target = self.bucket(at: bucket.loggingDestination, in: graph), target != bucket.id {
                receivingLogs.insert(target)
            }
            for rule in bucket.replication.value ?? [] {
                guard let target = self.bucket(at: rule.destination, in: graph), target != bucket.id else { continue }
                receivingCopies.insert(target)
            }
        }
        if let why = graph.trails.lazy.compactMap(\.bucket.whyUnknown).first {
            undecided = undecided ?? "where the trail delivers: \(why)"
        }
        receivingTrails = Set(graph.trails.compactMap { bucket(at: $0.bucket, in: graph) })
    }

    /// Where the first bucket of this name, or of this name's ARN, stands.
    func position(of name: String) -> Int? {
        let arn = "arn:aws:s3:::"
        return byName[name] ?? (name.hasPrefix(arn) ? byName[String(name.dropFirst(arn.count))] : nil)
    }

    private func bucket(at reference: Fact<Reference>, in graph: Graph) -> String? {
        switch reference.value {
        case .resource(let id)?: graph.buckets[id: id]?.id
        case .external(let name)?: position(of: name).map { graph.buckets[$0].id }
        case nil: nil
        }
    }
}

/// The regions that resources say they stand in, the graph's own left out.
struct NamedRegions: GraphJoin {
    let names: Set<String>
    init(_ graph: Graph) { names = Set(graph.resources.compactMap { $0.head.region.value }) }
}

/// Whether any endpoint was declared critical, for resources that belong to no single one.
struct Criticality: GraphJoin {
    let isAnyCritical: Fact<Bool>

    init(_ graph: Graph) {
        let answers = graph.endpoints.map(graph.isCritical)
        isAnyCritical =
            answers.contains { $0.value == true } ? true : answers.first(where: \.isUnknown) ?? false
    }
}

/// Alarms on the delay of a bucket's or table's replication.
struct ReplicationAlarms: GraphJoin {
    let positions: [Int]

    init(_ graph: Graph) {
        positions = graph.joined(AlarmJoin.self).readings.enumerated().filter { _, reading in
            reading.metrics.contains {
                ($0.namespace == "AWS/S3" && $0.name == "ReplicationLatency") || $0.name == "ReplicationLagSeconds"
            }
        }.map(\.offset)
    }
}
