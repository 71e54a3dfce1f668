// Writes spans that have ended to a file, and delivers them to a collector where there is one.

import Foundation
import Logging
import PlumbModel
import ServiceLifecycle
import Tracing

/// Once a second. The file is written first, and a collector that is slow or away holds up nothing: what it did not
/// take is in the file.
struct SpanService: Service {
    private let queue: SpanQueue
    private let deliver: (@Sendable (String) async throws -> Void)?
    private let path: String
    private let line: SpanLine
    private let log: Logger
    private static let lookMilliseconds = 1000
    /// How often at most it is told that spans are lost.
    private static let tellSeconds = 60.0

    private struct Batch: Sendable {
        var text: String
        var count: Int
    }

    /// Where the spans of an engine lie.
    static func path(in folder: String) -> String { "\(folder)/traces/spans.jsonl" }

    init(_ tracer: SpanTracer, settings: TracingSettings, folder: String, version: String, log: Logger)
        throws(PlumbError)
    {
        queue = tracer.queue
        deliver = settings.deliver
        path = Self.path(in: folder)
        line = SpanLine(
            version: version,
            resource: [
                ("service.name", .string("plumb")), ("service.version", .string(version)),
                ("host.name", .string(ProcessInfo.processInfo.hostName)),
                ("process.pid", .int64(Int64(ProcessInfo.processInfo.processIdentifier))),
            ])
        self.log = log
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/traces", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw PlumbError(.invalidInput, "the folder \(folder)/traces cannot be made", cause: error)
        }
    }

    func run() async throws {
        var file = try RotatedFile(
            path: path, bytesMax: TracingLimits.fileBytesMax, hint: "is the disk full, or read-only?")
        let (batches, undelivered) = AsyncStream.makeStream(
            of: Batch.self, bufferingPolicy: .bufferingOldest(TracingLimits.undeliveredMax))
        await withTaskGroup(of: Void.self) { group in
            if let deliver { group.addTask { await send(batches, through: deliver) } }
            var told = (at: -Self.tellSeconds, lost: 0)
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                // Ending early is what cancelling is for.
                try? await cancelWhenGracefulShutdown {
                    try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
                }
                write(to: &file, undelivered)
                tell(&told)
            }
            write(to: &file, undelivered)
            undelivered.finish()
        }
    }

    private func write(to file: inout RotatedFile, _ undelivered: AsyncStream<Batch>.Continuation) {
        var spans = queue.drain()[...]
        while !spans.isEmpty {
            let batch = spans.prefix(TracingLimits.batchMax)
            spans = spans.dropFirst(batch.count)
            let text = line.text(batch)
            do {
                try file.write(text)
            } catch {
                // A full disk must not stop the engine.
                queue.countDropped(batch.count)
            }
            guard deliver != nil else { continue }
            if case .dropped(let lost) = undelivered.yield(Batch(text: text, count: batch.count)) {
                queue.countUndelivered(lost.count)
            }
        }
    }

    private func send(
        _ batches: AsyncStream<Batch>, through deliver: @Sendable (String) async throws -> Void
    ) async {
        for await batch in batches {
            do {
                try await deliver(batch.text)
            } catch {
                queue.countUndelivered(batch.count)
                log.debug("the collector did not take \(batch.count) spans", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tell(_ told: inout (at: Double, lost: Int)) {
        let counters = queue.counters
        let (lost, now) = (counters.dropped + counters.undelivered, ProcessInfo.processInfo.systemUptime)
        guard lost > told.lost, now - told.at >= Self.tellSeconds else { return }
        log.warning(
            "spans are lost",
            metadata: [
                "dropped": "\(counters.dropped)", "notTakenByTheCollector": "\(counters.undelivered)",
            ])
        told = (now, lost)
    }
}
