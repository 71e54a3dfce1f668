// Empties the gateway's capture buffers: for drift to be looked for, and into sealed files.

import Foundation
import Logging
import NIOCore
import PlumbEngine
import PlumbModel
import PlumbStore
import ServiceLifecycle

/// Every second: what was sampled is shown to the watch for drift and gathered; every few seconds, or when it is much,
/// it is sealed. Every hour: what is too old is erased.
actor CaptureService: Service {
    private struct Gathered {
        var lines: [UInt8] = []
        var since = 0.0
    }
    private let gateway: GatewayState
    private let captures: Captures
    private let monitor: any TrafficMonitor
    private let log: Logger
    private var gathered: [String: Gathered] = [:]
    private var lastExpiry: Double?
    private static let lookMilliseconds = 500
    /// A file is written when its lines weigh this much, or the first of them is this old.
    private static let fileBytes = 1 << 20
    private static let fileSeconds = 10.0
    private static let expirySeconds = 3600.0
    /// Lines that wait for a disk that does not take them; beyond that they are lost, and it is told.
    private static let gatheredBytesMax = 64 << 20

    init(gateway: GatewayState, captures: Captures, monitor: any TrafficMonitor, log: Logger) {
        self.gateway = gateway
        self.captures = captures
        self.monitor = monitor
        self.log = log
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            await look()
            seal(all: false)
            expire()
            // Ending early is what cancelling is for.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(Self.lookMilliseconds)) }
        }
        await look()
        seal(all: true)
    }

    /// Takes what has gathered in the gateway's buffers.
    private func look() async {
        let now = gateway.seconds()
        for route in gateway.routes {
            let exchanges = route.capture.drain()
            var byRevision: [Int: [UInt8]] = [:]
            for exchange in exchanges { CaptureLine.write(exchange, to: &byRevision[exchange.revision, default: []]) }
            for (revision, lines) in byRevision.sorted(by: { $0.key < $1.key }) {
                await monitor.look(at: lines, of: route.name, revision: revision, at: now)
                gather(lines, of: route.name, at: now)
            }
            let labels = route.labels.drain()
            if !labels.isEmpty { await monitor.label(labels, of: route.name, at: now) }
            for status in await monitor.status(of: route.name, at: now) { record(status, route, at: Int(now)) }
        }
    }

    /// What the detectors say becomes metrics, and what becomes of metrics is the alarms' affair.
    private func record(_ status: MonitoringStatus, _ route: EndpointRoute, at second: Int) {
        if status.drift.state != .notWatched {
            route.record(status.drift.level, of: "FeatureDrift", revision: status.revision, at: second)
        }
        if let quality = status.quality, quality.state != .notWatched {
            route.record(quality.level, of: "QualityDegradation", revision: status.revision, at: second)
        }
    }

    private func gather(_ lines: [UInt8], of endpoint: String, at now: Double) {
        if gathered[endpoint] == nil { gathered[endpoint] = Gathered(since: now) }
        guard (gathered[endpoint]?.lines.count ?? 0) + lines.count <= Self.gatheredBytesMax else {
            log.error("\(endpoint): \(lines.count) bytes of captures are lost: the disk does not take them")
            return
        }
        gathered[endpoint]?.lines.append(contentsOf: lines)
    }

    private func seal(all: Bool) {
        let now = gateway.seconds()
        for (endpoint, one) in gathered
        where all || one.lines.count >= Self.fileBytes || now - one.since >= Self.fileSeconds {
            do {
                try captures.add(Data(one.lines), endpoint: endpoint, variant: Revision.variantName, at: now)
                gathered[endpoint] = nil
            } catch {
                log.error("\(endpoint): captures cannot be written, trying again: \(error)")
            }
        }
    }

    private func expire() {
        let now = gateway.seconds()
        if let lastExpiry, now - lastExpiry < Self.expirySeconds { return }
        lastExpiry = now
        for route in gateway.routes {
            guard let days = route.capture.days else { continue }
            do {
                let count = try captures.expire(route.name, olderThanDays: days, at: now)
                if count > 0 { log.info("\(route.name): \(count) captures are older than \(days) days and erased") }
            } catch {
                log.error("\(route.name): old captures cannot be erased: \(error)")
            }
        }
    }

    /// Erases what was captured of one subject, wherever it is by now, and answers how many records that were.
    ///
    /// A record is the subject's when its inference id, or `subject=…` in its custom attributes, is the subject's name.
    func erase(subject: String) async throws(PlumbError) -> Int {
        await look()
        seal(all: true)
        guard gathered.isEmpty else {
            throw PlumbError(
                .internalFault, "some captures cannot be written, and so not be searched",
                hint: "see to the disk, then ask again")
        }
        return try captures.erase { CaptureSubject.isSubject(subject, ofLine: $0) }
    }
}

/// Whose record a captured line is.
enum CaptureSubject {
    private struct Line: Decodable {
        struct Metadata: Decodable {
            var eventId: String?
            var inferenceId: String?
            var customAttributes: [String]?
        }
        var eventMetadata: Metadata
    }

    /// A line that cannot be read is nobody's.
    static func isSubject(_ subject: String, ofLine line: Data) -> Bool {
        // Most lines do not even hold the word; one that JSON may spell otherwise is looked for in all of them.
        let isPlain = subject.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C && $0 != 0x2F }
        if isPlain, line.firstRange(of: Data(subject.utf8)) == nil { return false }
        // What cannot be read names nobody.
        guard let metadata = try? JSONDecoder().decode(Line.self, from: line).eventMetadata else { return false }
        if metadata.inferenceId == subject || metadata.eventId == subject { return true }
        return metadata.customAttributes?.contains { attributes in
            attributes.split(whereSeparator: { $0 == ";" || $0 == "," }).contains { part in
                part.trimmingPrefix(while: \.isWhitespace) == "subject=\(subject)"
            }
        } ?? false
    }
}
