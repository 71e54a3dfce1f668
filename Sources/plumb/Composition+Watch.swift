// Where a watch is put together: what it looks at, whom it tells, what wakes it, where it keeps what it told.

import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import PlumbAWS
import PlumbConsole
import PlumbModel
import PlumbReport
import PlumbStore
import ServiceLifecycle
import UnixSignals

/// What the command line has asked of a watch.
struct WatchOrder: Sendable {
    var sources: [String]
    var intervalSeconds: Double
    var isOnce: Bool
    var queue: String?
    var webhooks: [String]
    var secretFile: String?
    var topic: String?
    var pushesToSecurityHub: Bool
    /// The socket of the engine whose drift and quality CloudWatch is told; nil for none.
    var publishesFrom: String?
    /// Where Prometheus asks; nil when nobody does.
    var metricsHost: String?
    var metricsPort: Int
    var statePath: String
    var format: OutputFormat
    var account: AccountOptions
}

extension Composition {
    /// The file in which a watch of these sources keeps what it told, where no other is named.
    static func watchState(of sources: [String], in home: String) -> String {
        let digest = SHA256.hash(data: Data(sources.joined(separator: "\n").utf8)).prefix(8)
        return "\(home)/watch/\(digest.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()).json"
    }

    /// Watches until it is told to end, or looks once; answers what the last look saw of those that were waited for.
    static func watch(
        _ order: WatchOrder, look: @escaping @Sendable () async throws -> [Assessment]
    ) async throws -> [Assessment]? {
        let needsAWS =
            order.queue != nil || order.topic != nil || order.pushesToSecurityHub || order.publishesFrom != nil
        return try await Webhook.withClient { web in
            guard needsAWS else { return try await watch(order, look, web, nil) }
            let region = try order.sources.first { $0.hasPrefix("aws:") }.flatMap { try Self.region(of: $0) }
            return try await withAWS(order.account.access, region: region) { try await watch(order, look, web, $0) }
        }
    }

    private static func watch(
        _ order: WatchOrder, _ look: @escaping @Sendable () async throws -> [Assessment], _ web: HTTPClient,
        _ aws: AWSClient?
    ) async throws -> [Assessment]? {
        let clock = WatchClock()
        var channels: [NewsChannel] = []
        for text in order.webhooks {
            let hook = try Webhook(text, secretFile: order.secretFile)
            channels.append(
                NewsChannel(hook.name) { try await hook.post($0.json, id: $0.id, at: clock.now(), through: web) })
        }
        if let topic = order.topic, let aws {
            channels.append(NewsChannel("sns") { try await aws.publish($0.text, subject: $0.title, to: topic) })
        }
        let desk = try desk(order, channels.map(\.name), clock)
        let complain: @Sendable (String) -> Void = { Terminal.printError($0) }
        let board = FirstLook(order.format)
        let looks = LookService(
            desk, clock: clock,
            look: {
                let assessments = try await look()
                await board.tell(assessments, at: clock.now())
                return assessments
            }, tell: { tell($0, as: order.format) },
            complain: { error in
                if let error = error as? PlumbError { Terminal.complain(error) } else { complain("error: \(error)") }
            })
        let deliveries = channels.map { DeliveryService($0, desk, clock: clock, complain: complain) }
        var security: SecurityService?
        if order.pushesToSecurityHub, let aws { security = try await securityHub(desk, aws, clock, complain) }
        let publication = aws.flatMap { aws in
            order.publishesFrom.map { publisher(from: $0, aws, clock, complain) }
        }
        guard order.isOnce else {
            var services: [any Service] = [looks] + deliveries + (security.map { [$0] } ?? [])
            if let queue = order.queue, let aws { services.append(try events(queue, desk, aws, clock, complain)) }
            if let publication { services.append(publication) }
            if let host = order.metricsHost { services.append(metrics(host, order, desk, clock, complain)) }
            try await run(services)
            return nil
        }
        let assessments = try await looks.lookOnce()
        for delivery in deliveries { try await delivery.deliverAll(attemptsMax: 4) }
        if assessments != nil, let security { _ = try await security.importAll() }
        try await publication?.publishOnce()
        return assessments
    }

    private static func desk(_ order: WatchOrder, _ channels: [String], _ clock: WatchClock) throws -> WatchDesk {
        let path = order.statePath
        try AtomicFile.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
        let saved = FileKind(path) == nil ? nil : Data(try Input.contents(of: path))
        let looks = LookMachine(.init(intervalSeconds: order.intervalSeconds), at: clock.now())
        do {
            return try WatchDesk(channels: channels, saved: saved, version: version, looks: looks) {
                try AtomicFile.write($0, to: path)
            }
        } catch let error as PlumbError {
            throw PlumbError(
                error.kind, error.message, hint: "take \(path) away to begin afresh", at: Place(file: path),
                cause: error.cause)
        }
    }

    private static func securityHub(
        _ desk: WatchDesk, _ aws: AWSClient, _ clock: WatchClock, _ complain: @escaping @Sendable (String) -> Void
    ) async throws -> SecurityService {
        let owner = try await aws.securityOwner()
        return SecurityService(
            desk, owner: SecurityAccount(partition: owner.partition, region: owner.region, account: owner.account),
            clock: clock, send: { try await aws.importFindings($0.map { AWSValue($0.json) }) }, complain: complain)
    }

    /// What the detectors of an engine hold, for the alarms of an account.
    private static func publisher(
        from socket: String, _ aws: AWSClient, _ clock: WatchClock, _ complain: @escaping @Sendable (String) -> Void
    ) -> PublishService {
        PublishService(
            clock: clock,
            publish: {
                let monitoring = try await RemotePlane.with(socketPath: socket) { try await $0.monitoring(of: nil) }
                try await aws.put(findings(monitoring, at: clock.now()))
            }, complain: complain)
    }

    private static func events(
        _ queue: String, _ desk: WatchDesk, _ aws: AWSClient, _ clock: WatchClock,
        _ complain: @escaping @Sendable (String) -> Void
    ) throws -> EventService<QueueDelivery> {
        let queue = try EventQueue(queue, client: aws)
        return EventService(
            desk, clock: clock, receive: { try await queue.receive(waitingSeconds: $0) },
            read: { delivery in
                switch delivery.event {
                case .change: .change
                case .harmless: .harmless
                case .unreadable: .unreadable
                }
            }, delete: { try await queue.delete($0) }, complain: complain)
    }

    private static func metrics(
        _ host: String, _ order: WatchOrder, _ desk: WatchDesk, _ clock: WatchClock,
        _ complain: @escaping @Sendable (String) -> Void
    ) -> MetricsService {
        MetricsService(
            desk, host: host, port: order.metricsPort, staleSeconds: 3 * order.intervalSeconds + 60, clock: clock,
            log: Logger(label: "plumb.metrics") { _ in SwiftLogNoOpLogHandler() },
            whenListening: { complain("metrics on \($0)/metrics, health on \($0)/healthz") })
    }

    private static func run(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "plumb.watch") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }

    /// Prints news. The first look of all is on the board already.
    private static func tell(_ news: WatchNews, as format: OutputFormat) {
        guard format == .text else { return Terminal.say(NewsReport.json(news)) }
        if news.kind != .first { Terminal.say(NewsReport.text(news, style: style), terminator: "") }
    }

    /// How things stood as the watch began, told once.
    private actor FirstLook {
        private let format: OutputFormat
        private var isTold = false

        init(_ format: OutputFormat) { self.format = format }

        func tell(_ assessments: [Assessment], at now: Double) {
            guard !isTold else { return }
            isTold = true
            for assessment in assessments { Composition.tell(.board(of: assessment, at: now), as: format) }
        }
    }
}

extension AWSValue {
    /// A report's JSON as what AWS is sent.
    fileprivate init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .number(Double(value))
        case .double(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .array(let values): self = .list(values.map { AWSValue($0) })
        case .object(let members):
            self = .map(Dictionary(members.map { ($0.key, AWSValue($0.value)) }, uniquingKeysWith: { $1 }))
        }
    }
}
