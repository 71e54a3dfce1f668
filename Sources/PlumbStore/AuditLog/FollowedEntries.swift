// The audit entries of a few rare actions, found once and followed as the log grows: nobody reads months of entries for
// the newest drill.

import Foundation
public import PlumbModel
import Synchronization

/// Entries of certain actions, kept in memory, as of the newest checkpoint.
public final class FollowedEntries: Sendable {
    private struct State {
        /// Entries of the log that were looked at.
        var size = 0
        var found: [(index: Int, entry: AuditEntry)] = []
    }
    private let reader: AuditReader
    private let actions: Set<String>
    private let needles: [Data]
    private let state = Mutex(State())
    /// The newest that are kept; who needs older ones reads the log.
    public static let entriesMax = 10_000

    public init(_ reader: AuditReader, actions: Set<String>) {
        self.reader = reader
        self.actions = actions
        needles = actions.map { Data("\"\($0)\"".utf8) }
    }

    /// The newest entries that `isMeant` names, newest last; at most `limit`.
    ///
    /// Throws `internalFault` where the log is damaged.
    public func newest(
        _ limit: Int, where isMeant: (AuditEntry) -> Bool = { _ in true }
    ) throws(PlumbError) -> [AuditEntry] {
        let found = try state.withLock { state throws(PlumbError) in
            try catchUp(&state)
            return state.found
        }
        return found.lazy.reversed().map(\.entry).filter(isMeant).prefix(limit).reversed()
    }

    private func catchUp(_ state: inout State) throws(PlumbError) {
        let size = try reader.checkpoint().checkpoint.size
        // A log that is shorter than it was is another one.
        if size < state.size { state = State() }
        guard size > state.size else { return }
        for (index, bytes) in try reader.entries(in: state.size..<size) where needles.contains(where: bytes.contains) {
            do {
                let entry = try JSONDecoder().decode(AuditEntry.self, from: bytes)
                if actions.contains(entry.action) { state.found.append((index, entry)) }
            } catch {
                throw PlumbError(.internalFault, "audit entry \(index) is damaged", cause: error)
            }
        }
        state.found.removeFirst(max(0, state.found.count - Self.entriesMax))
        state.size = size
    }
}

extension AuditReader {
    /// The bytes of entries; those that were pruned are left out.
    func entries(in range: Range<Int>) throws(PlumbError) -> [(index: Int, bytes: Data)] {
        // The writer may replace a partial bundle between two looks; the checkpoint then names the next.
        for _ in 1..<Self.attemptsMax {
            do throws(PlumbError) { return try entriesNow(in: range) } catch { continue }
        }
        return try entriesNow(in: range)
    }

    private func entriesNow(in range: Range<Int>) throws(PlumbError) -> [(index: Int, bytes: Data)] {
        let reader = TileReader(disk: disk, size: max(range.upperBound, try checkpoint().checkpoint.size))
        var found: [(index: Int, bytes: Data)] = []
        for bundle in range.lowerBound / TilePath.width...max(range.lowerBound, range.upperBound - 1) / TilePath.width {
            let isFull = (bundle + 1) * TilePath.width <= reader.size
            // That it was pruned, and not taken out, is for `verify` to say.
            if isFull, disk.read(TilePath.path(nil, bundle)) == nil { continue }
            for (place, bytes) in try reader.entries(bundle).enumerated() {
                let index = bundle * TilePath.width + place
                if range.contains(index) { found.append((index, bytes)) }
            }
        }
        return found
    }
}

extension Data {
    /// Whether the other bytes stand somewhere in these.
    func contains(_ needle: Data) -> Bool { range(of: needle) != nil }
}
