// The verdicts for Prometheus, and whether the watch itself is well.

import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
import PlumbModel
import PlumbReport
public import ServiceLifecycle

/// Answers `GET /metrics` and `GET /healthz`, and nothing else.
public struct MetricsService: Service {
    private let desk: WatchDesk
    private let host: String
    private let port: Int
    private let clock: WatchClock
    private let staleSeconds: Double
    private let log: Logger
    private let whenListening: @Sendable (String) -> Void

    /// A watch whose last good look is older than `staleSeconds` is not well; `whenListening` is told the address.
    public init(
        _ desk: WatchDesk, host: String, port: Int, staleSeconds: Double, clock: WatchClock, log: Logger,
        whenListening: @escaping @Sendable (String) -> Void
    ) {
        self.desk = desk
        self.host = host
        self.port = port
        self.clock = clock
        self.staleSeconds = staleSeconds
        self.log = log
        self.whenListening = whenListening
    }

    public func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        let startedAt = clock.now()
        router.get("/metrics") { _, _ in
            let text = PrometheusReport.text(await desk.metrics)
            return Self.answer(.ok, text, PrometheusReport.contentType)
        }
        router.get("/healthz") { _, _ in
            // Before the first look has ended, the watch is as old as its start.
            let seenAt = await desk.metrics.lastSuccessAt
            let age = clock.now() - (seenAt ?? startedAt)
            let isWell = age <= staleSeconds
            let text = seenAt == nil ? "no look has succeeded yet\n" : "the last good look is \(Int(age)) s old\n"
            return Self.answer(isWell ? .ok : .serviceUnavailable, text, "text/plain; charset=utf-8")
        }
        let host = host
        let whenListening = whenListening
        let application = Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: "plumb"),
            onServerRunning: { channel in
                whenListening("http://\(host):\(channel.localAddress?.port ?? 0)")
            }, logger: log)
        do {
            try await application.run()
        } catch {
            throw PlumbError(
                .conflict, "nothing can listen on \(host):\(port)",
                hint: "--prometheus HOST:PORT chooses another place, --prometheus off none", cause: error)
        }
    }

    private static func answer(_ status: HTTPResponse.Status, _ text: String, _ type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
