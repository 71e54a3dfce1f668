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

extension StoreLedger: SpendLedger {
    private static let hourKind = "metered"
    private static let budgetKind = "budget"

    func hours(in month: Month) async throws -> [MeteredHour] {
        // The keys begin with the day.
        let keys = month.first.description..<month.next.first.description
        return try await Array(store.records(Self.hourKind, as: MeteredHour.self, keys: keys).values)
    }

    func budgets() async throws -> [String: BudgetMachine] {
        try await store.records(Self.budgetKind, as: BudgetMachine.self)
    }

    func save(_ hours: [MeteredHour]) async throws {
        let records = hours.map { (SpendMeter.key($0.endpoint, $0.hour), MeteredHour?.some($0)) }
        try await store.save(Self.hourKind, Dictionary(records) { _, later in later })
    }

    func save(_ budgets: [String: BudgetMachine], audit: [AuditEntry]) async throws {
        try await store.save(Self.budgetKind, budgets.mapValues { Optional($0) }, audit: audit)
    }

    func forgetHours(before month: Month) async throws {
        let keys = try await store.keys(Self.hourKind, below: month.first.description)
        guard !keys.isEmpty else { return }
        try await store.save(Self.hourKind, Dictionary(keys.map { ($0, MeteredHour?.none) }) { first, _ in first })
    }
}
