// The engine's records in the store.

import PlumbEngine
import PlumbModel
import PlumbStore

/// Keeps endpoint records and audit entries, durable before a call returns.
struct StoreLedger: EngineLedger {
    private static let kind = "endpoint"
    let store: Store

    func load() async throws -> [EndpointRecord] {
        try await store.records(Self.kind, as: EndpointRecord.self).values.sorted { $0.name < $1.name }
    }

    func save(_ record: EndpointRecord, audit: [AuditEntry]) async throws {
        try await store.save(Self.kind, [record.name: record], audit: audit)
    }

    func remove(_ endpoint: String, audit: [AuditEntry]) async throws {
        try await store.save(Self.kind, [endpoint: EndpointRecord?.none], audit: audit)
    }

    func append(_ entry: AuditEntry) async throws { try await store.append([entry]) }
}
