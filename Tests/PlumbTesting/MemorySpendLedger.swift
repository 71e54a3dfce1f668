// Metered hours and budgets in memory, as a file would keep them.

public import PlumbEngine
public import PlumbModel
import Synchronization

/// Keeps what is saved; can refuse the next writes.
public final class MemorySpendLedger: SpendLedger {
    private struct State {
        var hours: [String: MeteredHour] = [:]
        var statements: [Month: [EndpointStatement]] = [:]
        var budgets: [String: BudgetMachine] = [:]
        var audit: [AuditEntry] = []
        var judgedDay: Day?
        var refusals = 0
        var budgetRefusals = 0
    }
    private let state = Mutex(State())

    public init() {}

    public var hours: [MeteredHour] { state.withLock { $0.hours.sorted { $0.key < $1.key }.map(\.value) } }
    public var audit: [AuditEntry] { state.withLock { $0.audit } }

    /// So many of the next writes find a full disk.
    public func refuseWrites(_ count: Int) { state.withLock { $0.refusals = count } }

    /// So many of the next writes of budgets do.
    public func refuseBudgets(_ count: Int) { state.withLock { $0.budgetRefusals = count } }

    public func hours(in month: Month) async throws -> [MeteredHour] {
        hours.filter { Month(holding: $0.day) == month }
    }

    public func budgets() async throws -> [String: BudgetMachine] { state.withLock { $0.budgets } }

    public func save(_ hours: [MeteredHour]) async throws {
        try write { state in
            for row in hours { state.hours[SpendMeter.key(row.endpoint, row.hour)] = row }
        }
    }

    public func save(_ budgets: [String: BudgetMachine], audit: [AuditEntry]) async throws {
        try write { state in
            guard state.budgetRefusals == 0 else {
                state.budgetRefusals -= 1
                throw PlumbError(.internalFault, "the disk is full")
            }
            state.budgets.merge(budgets) { _, new in new }
            state.audit += audit
        }
    }

    public func hours(before month: Month) async throws -> [MeteredHour] {
        hours.filter { Month(holding: $0.day) < month }
    }

    public func fold(_ hours: [MeteredHour], into statements: [EndpointStatement], of month: Month) async throws {
        try write { state in
            state.statements[month] = statements
            for row in hours { state.hours[SpendMeter.key(row.endpoint, row.hour)] = nil }
        }
    }

    public func statements(of month: Month) async throws -> [EndpointStatement] {
        state.withLock { $0.statements[month] ?? [] }
    }

    public func judgedDay() async throws -> Day? { state.withLock { $0.judgedDay } }

    public func save(judged day: Day, audit: [AuditEntry]) async throws {
        try write { state in
            state.judgedDay = day
            state.audit += audit
        }
    }

    private func write(_ change: (inout State) throws -> Void) throws {
        try state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                throw PlumbError(.internalFault, "the disk is full")
            }
            try change(&state)
        }
    }
}
