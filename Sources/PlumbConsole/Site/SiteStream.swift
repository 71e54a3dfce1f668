// The live part of a page, sent again whenever it has changed, as server-sent events.

import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import PlumbEngine
import PlumbModel
import ServiceLifecycle

/// One browser's stream. Whoever it is, is asked anew before each look.
struct SiteStream: Sendable {
    let site: Site
    let visit: Visit
    let address: String?
    private static let pauseSeconds = 2.0
    /// Looks after which something is sent in any case, so that a connection that is gone is noticed.
    private static let silentLooksMax = 10

    func response(_ make: @escaping @Sendable (Visit) async throws -> [UInt8]) throws -> Response {
        try site.beginStream()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { site.endStream() }
                var last: [UInt8] = []
                var silentLooks = 0
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    let part = try await look(make)
                    guard let part else {
                        try await writer.write(Self.event("over", Array("Signed out: load the page again".utf8)))
                        break
                    }
                    silentLooks += 1
                    if part != last {
                        try await writer.write(Self.event("part", part))
                        (last, silentLooks) = (part, 0)
                    } else if silentLooks >= Self.silentLooksMax {
                        try await writer.write(ByteBuffer(string: ":\n\n"))
                        silentLooks = 0
                    }
                    do {
                        try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(Self.pauseSeconds)) }
                    } catch {
                        break
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// What there is to see now; nil once the session is over or may not see it any more.
    private func look(_ make: (Visit) async throws -> [UInt8]) async throws -> [UInt8]? {
        do {
            guard let now = try await site.visit(session: visit.session.id, query: visit.query, address: address) else {
                return nil
            }
            return try await make(now)
        } catch is PlumbError {
            return nil
        } catch is SignInFault {
            return nil
        }
    }

    static func event(_ name: String, _ bytes: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString("event: \(name)\n")
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            buffer.writeString("data: ")
            buffer.writeBytes(line)
            buffer.writeString("\n")
        }
        buffer.writeString("\n")
        return buffer
    }
}
