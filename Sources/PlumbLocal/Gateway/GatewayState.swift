// What all event loops of the gateway share: the routes, the tokens, a few counters.

import NIOConcurrencyHelpers
import NIOCore
import PlumbModel

/// Shared by every connection; changed by the engine.
final class GatewayState: Sendable {
    private struct State {
        var routes: [String: EndpointRoute] = [:]
        var connections = 0
        var throttled = 0
        var shed = 0
        var isDraining = false
        var isClosed = false
    }
    let tokens: TokenRegistry
    /// Whose requests are mirrored to a new revision.
    let shadows = ShadowBook()
    /// Told of a worker whose connection broke before its answer was whole.
    let onFault: @Sendable (WorkerRoute) -> Void
    private let state = NIOLockedValueBox(State())
    /// Seconds since 1970 at `origin`, so that buckets need no system call for the time of day.
    private let originSeconds: Double
    private let origin: NIODeadline

    init(tokens: TokenRegistry, secondsSinceEpoch: Double, onFault: @escaping @Sendable (WorkerRoute) -> Void) {
        self.tokens = tokens
        self.onFault = onFault
        originSeconds = secondsSinceEpoch
        origin = .now()
    }

    /// Seconds since 1970-01-01 UTC, never going back.
    func seconds() -> Double { originSeconds + Double((NIODeadline.now() - origin).nanoseconds) / 1e9 }

    func route(_ name: String) -> EndpointRoute? { state.withLockedValue { $0.routes[name] } }
    var endpointNames: [String] { state.withLockedValue { Array($0.routes.keys) } }
    var routes: [EndpointRoute] { state.withLockedValue { $0.routes.values.sorted { $0.name < $1.name } } }

    /// The route of an endpoint, made on first use with these limits; they change with the traffic, not here.
    func route(_ name: String, limits: RequestLimits) -> EndpointRoute {
        state.withLockedValue { state in
            if let route = state.routes[name] { return route }
            let route = EndpointRoute(name: name, limits: limits)
            state.routes[name] = route
            return route
        }
    }

    func removeRoute(_ name: String) { state.withLockedValue { $0.routes[name] = nil } }

    /// Counts a new connection; false when there are too many.
    func connectionOpened() -> Bool {
        state.withLockedValue { state in
            state.connections += 1
            return state.connections <= GatewayLimits.connectionsMax
        }
    }
    func connectionClosed() { state.withLockedValue { $0.connections -= 1 } }
    var connections: Int { state.withLockedValue { $0.connections } }
    func countThrottled() { state.withLockedValue { $0.throttled += 1 } }
    func countShed() { state.withLockedValue { $0.shed += 1 } }
    var counters: (throttled: Int, shed: Int) { state.withLockedValue { ($0.throttled, $0.shed) } }

    /// Drained: a request that still comes is refused, for there will be no worker to take it.
    var isClosed: Bool {
        get { state.withLockedValue { $0.isClosed } }
        set { state.withLockedValue { $0.isClosed = newValue } }
    }

    /// While draining, every answer closes its connection.
    var isDraining: Bool {
        get { state.withLockedValue { $0.isDraining } }
        set { state.withLockedValue { $0.isDraining = newValue } }
    }
}
