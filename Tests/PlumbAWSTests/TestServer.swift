// A web server on the loopback interface that answers as a test says.

import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// What came in.
struct Asked: Sendable {
    var method: String
    var uri: String
    var headers: HTTPHeaders
    var body: String

    var path: String { uri.split(separator: "?").first.map(String.init) ?? uri }
    var target: String { header("x-amz-target") ?? "" }
    var isSigned: Bool { header("authorization")?.hasPrefix("AWS4-HMAC-SHA256") == true }

    /// All of them, fit to stand in JSON.
    var everyHeader: String {
        headers.map { "\($0.name)=\($0.value)" }.joined(separator: " ").filter { $0 != "\"" }
    }

    func header(_ name: String) -> String? { headers.first(name: name) }
}

/// What goes out.
struct Told: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body = ""

    /// The connection stays open and nothing comes.
    static let silence = Told(status: 0)

    static func json(_ body: String, status: Int = 200) -> Told {
        Told(status: status, headers: [("Content-Type", "application/x-amz-json-1.1")], body: body)
    }

    static func error(_ code: String, _ message: String = "no", status: Int = 400) -> Told {
        json(#"{"__type": "\#(code)", "message": "\#(message)"}"#, status: status)
    }
}

/// A running server and what it was asked.
final class TestServer: Sendable {
    typealias Answer = @Sendable (_ asked: Asked, _ number: Int) -> Told?
    let port: Int
    private let log: NIOLockedValueBox<[Asked]>

    var url: String { "http://127.0.0.1:\(port)" }
    var asked: [Asked] { log.withLockedValue { $0 } }

    private init(port: Int, log: NIOLockedValueBox<[Asked]>) {
        self.port = port
        self.log = log
    }

    /// `answer` gets each request and its number, from 0; nil hangs up without an answer.
    static func with<Result: Sendable>(
        _ answer: @escaping Answer, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let log = NIOLockedValueBox<[Asked]>([])
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = TestServer(port: channel.localAddress?.port ?? 0, log: log)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let answer: TestServer.Answer
    private let log: NIOLockedValueBox<[Asked]>
    private var asked: Asked?

    init(answer: @escaping TestServer.Answer, log: NIOLockedValueBox<[Asked]>) {
        self.answer = answer
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            asked = Asked(method: head.method.rawValue, uri: head.uri, headers: head.headers, body: "")
        case .body(let part): asked?.body += String(buffer: part)
        case .end:
            guard let asked else { return }
            let number = log.withLockedValue { log in
                log.append(asked)
                return log.count - 1
            }
            guard let told = answer(asked, number) else {
                context.close(promise: nil)
                return
            }
            if told.status == 0 { return }
            var headers = HTTPHeaders(told.headers)
            if asked.method != "HEAD" { headers.replaceOrAdd(name: "Content-Length", value: "\(told.body.utf8.count)") }
            let head = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: told.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if asked.method != "HEAD" {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: told.body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
