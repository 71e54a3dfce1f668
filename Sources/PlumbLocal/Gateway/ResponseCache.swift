// Answers that are kept, for endpoints whose spec says that their model is deterministic and for how long.

import Crypto
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel

/// What the spec of a revision says about keeping its answers; made only when it says that they may be kept.
struct CachePlan: Sendable, Hashable {
    /// The digest of the revision's artefact: another model's answers are never taken for this one's.
    var modelDigest: String
    var revision: Int
    var seconds: Int

    init(modelDigest: String, revision: Int, seconds: Int) {
        (self.modelDigest, self.revision, self.seconds) = (modelDigest, revision, seconds)
    }

    /// Nil when the spec does not say that answers are the same each time, and how long they may be kept.
    init?(_ revision: Revision) {
        guard let decision = revision.spec.cache, decision.isDeterministic, let seconds = decision.ttlSeconds,
            seconds > 0
        else { return nil }
        self.init(modelDigest: revision.modelDigest, revision: revision.number, seconds: seconds)
    }
}

/// One endpoint's kept answers, shared by all event loops.
///
/// The key is a digest of all that an answer depends on, and of whose request it was: one tenant never learns by an
/// answer's speed what another has asked. Every hundredth hit is let through to the model, so that alarms and monitors
/// go on seeing a model that is hardly asked any more.
final class ResponseCache: Sendable {
    typealias Key = SHA256Digest

    struct Kept: Sendable {
        var contentType: String?
        var body: ByteBuffer
        fileprivate var keptAt: NIODeadline
        fileprivate var expiresAt: NIODeadline
    }

    enum Finding {
        /// An answer, and how many seconds old it is.
        case hit(Kept, age: Int)
        case miss
        /// There is an answer, but this request is to go to the model.
        case sampled
    }

    struct Counters: Sendable, Equatable {
        var hits = 0
        var misses = 0
        var sampled = 0
        var bytes = 0
        var answers = 0
    }

    /// The most bytes of one endpoint's kept answers, and of one of them; beyond it the oldest go.
    static let bytesMax = 64 << 20
    static let answerBytesMax = 1 << 20
    /// What an answer costs besides its bytes, about.
    private static let overheadBytes = 256
    static let sampledEvery = 100

    private struct State {
        var kept: [Key: Kept] = [:]
        /// In the order in which they were kept, from `first` on; one that was kept again stands here twice.
        var order: [(key: Key, keptAt: NIODeadline)] = []
        var first = 0
        var turn = 0
        var counters = Counters()
    }
    private let state = NIOLockedValueBox(State())
    private let bytesMax: Int

    init(bytesMax: Int = ResponseCache.bytesMax) { self.bytesMax = bytesMax }

    var counters: Counters { state.withLockedValue { $0.counters } }

    /// The digest of everything that the answer depends on. Each part is preceded by its length, so that no two
    /// requests run together to the same bytes.
    static func key(_ plan: CachePlan, holder: String, _ head: UpstreamHead, _ body: ByteBuffer) -> Key {
        var hash = SHA256()
        for part in [
            Array(plan.modelDigest.utf8), Array(String(plan.revision).utf8), Array(holder.utf8), head.identity,
        ] {
            // Eight bytes of length, the lowest first.
            hash.update(data: (0..<8).map { UInt8(truncatingIfNeeded: part.count >> ($0 * 8)) })
            hash.update(data: part)
        }
        unsafe body.withUnsafeReadableBytes { unsafe hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    func find(_ key: Key, at now: NIODeadline) -> Finding {
        state.withLockedValue { state in
            guard let kept = state.kept[key], kept.expiresAt > now else {
                state.counters.misses += 1
                return .miss
            }
            state.turn += 1
            guard state.turn % Self.sampledEvery != 0 else {
                state.counters.sampled += 1
                return .sampled
            }
            state.counters.hits += 1
            return .hit(kept, age: Int((now - kept.keptAt).nanoseconds / 1_000_000_000))
        }
    }

    func keep(_ body: ByteBuffer, _ contentType: String?, for key: Key, seconds: Int, at now: NIODeadline) {
        guard body.readableBytes <= min(Self.answerBytesMax, bytesMax) else { return }
        // A copy, because the body is a part of whatever a read brought.
        let kept = Kept(
            contentType: contentType, body: ByteBuffer(bytes: body.readableBytesView), keptAt: now,
            expiresAt: now + .seconds(Int64(seconds)))
        state.withLockedValue { state in
            Self.remove(key, &state)
            state.kept[key] = kept
            state.order.append((key, now))
            state.counters.bytes += Self.cost(kept)
            while state.counters.bytes > bytesMax || Self.isFirstOld(state, now), state.first < state.order.count {
                let oldest = state.order[state.first]
                state.first += 1
                if state.kept[oldest.key]?.keptAt == oldest.keptAt { Self.remove(oldest.key, &state) }
            }
            if state.order.count > 4 * state.kept.count + 1024 {
                let order = state.order[state.first...].filter { state.kept[$0.key]?.keptAt == $0.keptAt }
                (state.order, state.first) = (order, 0)
            }
            state.counters.answers = state.kept.count
        }
    }

    /// Forgets every answer: the traffic goes elsewhere, or is about to.
    func purge() {
        state.withLockedValue { state in
            (state.kept, state.order, state.first) = ([:], [], 0)
            (state.counters.bytes, state.counters.answers) = (0, 0)
        }
    }

    /// Whether the first in order is out of date, or was kept again since.
    private static func isFirstOld(_ state: State, _ now: NIODeadline) -> Bool {
        guard state.first < state.order.count else { return false }
        let (key, keptAt) = state.order[state.first]
        guard let kept = state.kept[key], kept.keptAt == keptAt else { return true }
        return kept.expiresAt <= now
    }

    private static func remove(_ key: Key, _ state: inout State) {
        guard let old = state.kept.removeValue(forKey: key) else { return }
        state.counters.bytes -= cost(old)
    }

    private static func cost(_ kept: Kept) -> Int { kept.body.readableBytes + overheadBytes }
}
