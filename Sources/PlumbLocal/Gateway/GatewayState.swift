// What all event loops of the gateway share: the routes, the tokens, a few counters.

import NIOConcurrencyHelpers
import NIOCore
import PlumbEngine
import PlumbModel
import Synchronization

/// Shared by every connection; changed by the engine.
final class GatewayState: Sendable {
    private struct State {
        var routes: [String: EndpointRoute] = [:]
        var connections = 0
        var throttled = 0
        var shed = 0
        /// Names that variants go by instead of the engine's own, by endpoint.
        var variantNames: [String: String] = [:]
        /// Whose endpoints they are, and where.
        var owners: [String: (environment: Environment, team: String)] = [:]
    }
    let tokens: TokenRegistry
    let accessKeys: AccessKeyRegistry
    let principals = PrincipalRegistry()
    /// Whole days until the gateway's own certificate ends, as of the last look.
    let certificateDays = NIOLockedValueBox<Int?>(nil)
    let gpus: GPUMeter
    /// What was spent, as of the last time that it was written down.
    let spending = NIOLockedValueBox<SpendStatement?>(nil)
    /// Takes signed requests that are no invocations.
    let frontDesk = FrontDeskService()
    let accessLog: AccessLog?
    /// Records what happens to requests; nil where nobody has asked for it.
    let tracer: SpanTracer?
    /// Whether only those are answered who show a certificate of the engine's authority.
    let needsCertificates: Bool
    /// Whose requests are mirrored to a new revision.
    let shadows = ShadowBook()
    /// Told of a worker whose connection broke before its answer was whole.
    let onFault: @Sendable (WorkerRoute) -> Void
    private let state = NIOLockedValueBox(State())
    private let draining = Atomic<Bool>(false)
    private let closed = Atomic<Bool>(false)
    /// The contexts of all event loops, once the gateway listens.
    private let contexts = NIOLockedValueBox<[NIOLoopBound<LoopContext>]>([])
    /// Seconds since 1970 at `origin`, so that buckets need no system call for the time of day.
    private let originSeconds: Double
    private let origin: NIODeadline

    init(
        tokens: TokenRegistry, accessKeys: AccessKeyRegistry, secondsSinceEpoch: Double, accessLog: AccessLog? = nil,
        tracer: SpanTracer? = nil, gpuLibrary: String = GPULibrary.fileName, needsCertificates: Bool = false,
        onFault: @escaping @Sendable (WorkerRoute) -> Void
    ) {
        self.tokens = tokens
        self.accessKeys = accessKeys
        self.accessLog = accessLog
        self.tracer = tracer
        gpus = GPUMeter(path: gpuLibrary)
        self.needsCertificates = needsCertificates
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

    func serve(on loops: [NIOLoopBound<LoopContext>]) { contexts.withLockedValue { $0 = loops } }

    /// Takes every request on a worker away from it, to other workers.
    func leave(_ worker: WorkerRoute) {
        for context in contexts.withLockedValue({ $0 }) {
            context.eventLoop.execute { context.value.leave(worker) }
        }
    }

    /// Whether an endpoint has traffic to give and a worker to take it.
    func isServing(_ name: String) -> Bool {
        guard let route = route(name) else { return false }
        let weights = route.weights
        return route.loads(at: .now()).contains { $0.load.isReady && (weights[$0.worker.revision] ?? 0) > 0 }
    }

    func removeRoute(_ name: String) { state.withLockedValue { $0.routes.removeValue(forKey: name) }?.markRemoved() }

    /// What the endpoint's only variant is called.
    func variantName(of endpoint: String) -> String {
        state.withLockedValue { $0.variantNames[endpoint] } ?? Revision.variantName
    }
    func nameVariant(_ name: String?, of endpoint: String) {
        state.withLockedValue { $0.variantNames[endpoint] = name }
    }

    /// Whoever bears the engine's own token or a user's.
    func holder(ofToken text: String) -> TokenHolder? {
        tokens.holder(of: text) ?? principals.holder(ofToken: text, at: seconds())
    }

    /// Notes whose endpoint it is, for the conditions of grants.
    func note(_ endpoint: String, environment: Environment, team: String) {
        state.withLockedValue { $0.owners[endpoint] = (environment, team) }
    }

    /// What is known of a call of an endpoint, its caller aside.
    func context(of endpoint: String) -> AccessContext {
        let owner = state.withLockedValue { $0.owners[endpoint] }
        return AccessContext(environment: owner?.environment, team: owner?.team, at: seconds())
    }

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
        get { closed.load(ordering: .relaxed) }
        set { closed.store(newValue, ordering: .relaxed) }
    }

    /// While draining, every answer closes its connection.
    var isDraining: Bool {
        get { draining.load(ordering: .relaxed) }
        set { draining.store(newValue, ordering: .relaxed) }
    }
}
