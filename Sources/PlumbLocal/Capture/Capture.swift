// What the gateway records of the traffic, on its way to sealed files and to whoever looks for drift.

import NIOConcurrencyHelpers
import NIOCore
import PlumbModel
import Synchronization

/// One request and its answer, as sampled.
struct CapturedExchange: Sendable {
    var request: ByteBuffer
    var requestType: String?
    var answer: ByteBuffer
    var answerType: String?
    var customAttributes: String?
    var inferenceID: String?
    /// The request's number, as its answer names it.
    var number: String
    var revision: Int
    /// Seconds since 1970.
    var at: Double

    /// What it weighs in the buffer, in bytes.
    var bytes: Int { request.readableBytes + answer.readableBytes + 256 }

    /// Lets go of what the bodies are small parts of. A body is a slice of all that one read brought: kept as it is, it
    /// would hold tens of kilobytes that are counted nowhere, and have the next read allocate as many.
    mutating func letGo() {
        request = Self.detached(request)
        answer = Self.detached(answer)
    }

    private static func detached(_ body: ByteBuffer) -> ByteBuffer {
        body.storageCapacity > 2 * body.readableBytes ? ByteBuffer(bytes: body.readableBytesView) : body
    }
}

/// Where event loops leave what they sampled. Nobody waits here: what does not fit is dropped, and counted.
final class CaptureBuffer: Sendable {
    private struct State {
        var waiting: [CapturedExchange] = []
        var bytes = 0
        var captured = 0
        var dropped = 0
        var days: Int?
    }
    private let state = NIOLockedValueBox(State())
    /// Read for every request, and 0 for most endpoints: no lock for that.
    private let percent = Atomic(0)
    /// Turned once for each exchange that may be taken; chance without a system call.
    private let chance = Atomic(UInt64.random(in: .min ... .max))
    static let bytesMax = 32 << 20
    static let exchangesMax = 65_536

    /// Records from now on as a revision's spec says; nil records nothing.
    func follow(_ plan: CapturePlan?) {
        let isOn = plan?.isEnabled == true
        percent.store(isOn ? plan?.samplingPercent ?? 0 : 0, ordering: .relaxed)
        // What was recorded before still expires.
        if let plan { state.withLockedValue { $0.days = plan.ttlDays } }
    }

    /// After how many days what was recorded is erased; nil when nothing ever was.
    var days: Int? { state.withLockedValue { $0.days } }

    /// Takes an exchange if chance chooses it; called for every request that was answered.
    func offer(_ make: () -> CapturedExchange) {
        let percent = percent.load(ordering: .relaxed)
        guard percent > 0, percent >= 100 || nextChance() < percent else { return }
        var exchange = make()
        exchange.letGo()
        state.withLockedValue { state in
            guard state.waiting.count < Self.exchangesMax, state.bytes + exchange.bytes <= Self.bytesMax else {
                state.dropped += 1
                return
            }
            state.waiting.append(exchange)
            state.bytes += exchange.bytes
            state.captured += 1
        }
    }

    /// A number of 0 to 99 that nobody's requests can follow in step: SplitMix64's, whose steps any thread may take.
    private func nextChance() -> Int {
        var number = chance.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((number ^ (number >> 31)) % 100)
    }

    /// Hands over what has gathered.
    func drain() -> [CapturedExchange] {
        state.withLockedValue { state in
            defer {
                state.waiting = []
                state.bytes = 0
            }
            return state.waiting
        }
    }

    /// Exchanges taken and dropped so far.
    var counts: (captured: Int, dropped: Int) { state.withLockedValue { ($0.captured, $0.dropped) } }
}

/// Labels that came for an endpoint's answers, on their way to whoever judges quality.
final class LabelBuffer: Sendable {
    private let state = NIOLockedValueBox<[UInt8]>([])
    static let bytesMax = 16 << 20

    /// Takes whole JSON lines; false when there is no room, and the sender is to come again.
    func offer(_ lines: ByteBuffer) -> Bool {
        state.withLockedValue { waiting in
            guard waiting.count + lines.readableBytes < Self.bytesMax else { return false }
            waiting.append(contentsOf: lines.readableBytesView)
            if waiting.last != UInt8(ascii: "\n") { waiting.append(UInt8(ascii: "\n")) }
            return true
        }
    }

    /// Hands over what has gathered.
    func drain() -> [UInt8] {
        state.withLockedValue { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
