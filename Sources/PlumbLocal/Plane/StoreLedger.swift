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
    private static let statementKind = "statement"
    private static let budgetKind = "budget"
    private static let judgedKind = "judged"
    private static let spendKey = "spending"

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

    func hours(before month: Month) async throws -> [MeteredHour] {
        try await Array(store.records(Self.hourKind, as: MeteredHour.self, keys: ""..<month.first.description).values)
    }

    func fold(_ hours: [MeteredHour], into statements: [EndpointStatement], of month: Month) async throws {
        let kept = statements.map { ("\(month)/\($0.endpoint)", EndpointStatement?.some($0)) }
        // First what stays: folding once more comes to the same.
        try await store.save(Self.statementKind, Dictionary(kept) { _, later in later })
        let gone = hours.map { (SpendMeter.key($0.endpoint, $0.hour), MeteredHour?.none) }
        try await store.save(Self.hourKind, Dictionary(gone) { first, _ in first })
    }

    func statements(of month: Month) async throws -> [EndpointStatement] {
        let keys = "\(month)/"..<"\(month)0"
        return try await store.records(Self.statementKind, as: EndpointStatement.self, keys: keys)
            .values.sorted { $0.endpoint < $1.endpoint }
    }

    func judgedDay() async throws -> Day? {
        try await store.records(Self.judgedKind, as: Day.self)[Self.spendKey]
    }

    func save(judged day: Day, audit: [AuditEntry]) async throws {
        try await store.save(Self.judgedKind, [Self.spendKey: Day?.some(day)], audit: audit)
    }
}
