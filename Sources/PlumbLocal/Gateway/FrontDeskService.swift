// Carries signed calls from the event loops to the front desk, so that none of them ever waits for it.

import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import ServiceLifecycle

/// The queue before the front desk.
final class FrontDeskService: Service {
    private struct Waiting: Sendable {
        let call: SignedCall
        let answer: @Sendable (CallAnswer) -> Void
    }
    private let desk = NIOLockedValueBox<(any FrontDesk)?>(nil)
    private let calls: AsyncStream<Waiting>
    private let continuation: AsyncStream<Waiting>.Continuation
    /// Calls that may wait for the desk; the next one is told to come again.
    private static let callsMax = 64
    /// Calls that are worked on at a time.
    private static let workersMax = 8

    init() { (calls, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.callsMax)) }

    /// Gives the desk to whoever answers there.
    func seat(_ desk: any FrontDesk) { self.desk.withLockedValue { $0 = desk } }

    /// Hands a call over; false when the desk is not seated or too much is waiting already.
    func take(_ call: SignedCall, _ answer: @escaping @Sendable (CallAnswer) -> Void) -> Bool {
        guard desk.withLockedValue({ $0 != nil }) else { return false }
        guard case .enqueued = continuation.yield(Waiting(call: call, answer: answer)) else { return false }
        return true
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await waiting in calls.cancelOnGracefulShutdown() {
                guard let desk = desk.withLockedValue({ $0 }) else { continue }
                if running >= Self.workersMax {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { waiting.answer(await desk.answer(waiting.call)) }
            }
        }
    }
}
