// A ledger in memory that keeps what a file would keep: encoded records, whole changes, and nothing of a failed write.

import Foundation
public import PlumbEngine
public import PlumbModel
import Synchronization

/// Keeps records as JSON and audit entries in order; can refuse a write, or be the last thing a process does.
public final class MemoryLedger: EngineLedger {
    /// What becomes of a write.
    public enum Fate: Sendable, Hashable {
        /// Refused: nothing is kept and the caller is told.
        case refused
        /// The process ends before the write is durable, or just after it.
        case killedBefore, killedAfter
    }
    /// The process that wrote is no more; whoever catches this starts anew from the ledger.
    public struct Killed: Error {}

    private struct State {
        var records: [String: Data] = [:]
        var audit: [AuditEntry] = []
        var writes = 0
        var fates: [Int: Fate] = [:]
        var isDead = false
        var meanwhile: (@Sendable () async -> Void)?
    }
    private let state = Mutex(State())

    public init() {}

    public var audit: [AuditEntry] { state.withLock { $0.audit } }
    /// How many writes were asked for.
    public var writes: Int { state.withLock { $0.writes } }

    /// The `number`th write from the beginning, counted from 1, meets this fate.
    public func plan(_ fate: Fate, forWrite number: Int) { state.withLock { $0.fates[number] = fate } }

    /// Does something while the next write is on its way to the disk.
    public func duringNextWrite(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile = work }
    }

    /// A new process opens the ledger.
    public func reopen() { state.withLock { $0.isDead = false } }

    public func load() async throws -> [EndpointRecord] {
        try state.withLock { state in
            try state.records.sorted { $0.key < $1.key }.map {
                try JSONDecoder().decode(EndpointRecord.self, from: $0.value)
            }
        }
    }

    public func save(_ record: EndpointRecord, audit: [AuditEntry]) async throws {
        let body = try JSONEncoder().encode(record)
        try await write { state in
            state.records[record.name] = body
            state.audit += audit
        }
    }

    public func remove(_ endpoint: String, audit: [AuditEntry]) async throws {
        try await write { state in
            state.records[endpoint] = nil
            state.audit += audit
        }
    }

    public func append(_ entry: AuditEntry) async throws { try await write { $0.audit.append(entry) } }

    private func write(_ change: (inout State) -> Void) async throws {
        let meanwhile = state.withLock { state in
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        await meanwhile?()
        try state.withLock { state in
            guard !state.isDead else { throw Killed() }
            state.writes += 1
            switch state.fates[state.writes] {
            case nil: change(&state)
            case .refused: throw PlumbError(.internalFault, "the disk is full")
            case .killedBefore:
                state.isDead = true
                throw Killed()
            case .killedAfter:
                change(&state)
                state.isDead = true
                throw Killed()
            }
        }
    }
}
