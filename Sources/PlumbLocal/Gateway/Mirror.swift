// A request sent once more, to a new revision, after its client has been answered.

import NIOCore
import PlumbModel

/// Asks the revision that is compared and hands its answer to the comparison; nobody waits for it. Lives on one event
/// loop, which holds it until it has ended.
final class Mirror: Expiring {
    let deadline: NIODeadline
    private let comparison: ShadowComparison
    private let given: ShadowAnswer
    private let startedAt = NIODeadline.now()
    private let context: LoopContext
    private let second: Int
    private var exchange: Exchange?

    /// Sends the request if its turn has come. `given` is what the client got; `second` is now, in seconds since 1970.
    static func send(
        _ request: UpstreamRequest, answered given: ShadowAnswer, for comparison: ShadowComparison,
        on route: EndpointRoute, _ context: LoopContext, _ gateway: GatewayState
    ) {
        guard comparison.begin() else { return }
        let mirror = Mirror(
            comparison, given, context, timeout: .nanoseconds(Int64(route.limits.timeoutSeconds * 1e9)),
            at: Int(gateway.seconds()))
        let exchange = Exchange(
            route: route, revision: comparison.revision, context: context, request: request, onFault: gateway.onFault
        ) { result in
            mirror.end(result)
        }
        mirror.exchange = exchange
        context.watch(mirror)
        exchange.start()
    }

    private init(
        _ comparison: ShadowComparison, _ given: ShadowAnswer, _ context: LoopContext, timeout: TimeAmount,
        at second: Int
    ) {
        self.comparison = comparison
        self.given = given
        self.context = context
        self.second = second
        deadline = .now() + timeout
    }

    func expire() { exchange?.expire() }

    private func end(_ result: ExchangeResult) {
        let revision = exchange?.revision
        exchange = nil
        context.forget(self)
        // Taken out of service meanwhile, the revision has not answered: another one has.
        guard revision == comparison.revision else { return comparison.drop() }
        let microseconds = Int((NIODeadline.now() - startedAt).nanoseconds / 1000)
        var mirrored = ShadowAnswer(status: 503, body: [], latencyMicroseconds: microseconds)
        switch result {
        case .answered(let response):
            mirrored.status = response.status
            mirrored.body = Array(response.body.readableBytesView)
        case .failed(.timedOut): mirrored.status = 504
        case .failed: break
        case .unavailable, .queueFull: return comparison.drop()
        }
        comparison.compare(given, with: mirrored, at: second)
    }
}
