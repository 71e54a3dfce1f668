// What is told of a server that cannot be spoken to over TLS: each case with a real server and a real handshake.

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PlumbModel
import Testing

@testable import PlumbLocal
@testable import plumb

@Suite(.timeLimit(.minutes(10)))
struct HandshakeTroubleTests {
    /// What is told of a server at 127.0.0.1 that answers each connection so, by whoever trusts `authority`.
    private func trouble(
        authority: String?, _ answer: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> PlumbError? {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try answer(channel) } }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let found = await HandshakeTrouble(url: "https://127.0.0.1:\(port)", authorityPath: authority)?.found()
        try await server.close()
        return found
    }

    private func certificates(
        hosts: [String] = ["127.0.0.1"], days: Double = 0
    ) throws -> CertificateAuthority {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        return try CertificateAuthority.prepare(
            in: folder, hosts: hosts, now: Date().timeIntervalSince1970 + days * 86_400)
    }

    private func trouble(
        servedWith certificates: CertificateAuthority, trusting authority: String? = nil
    ) async throws -> PlumbError? {
        let context = try certificates.serverContext()
        return try await trouble(authority: authority ?? certificates.authorityPath) { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }

    @Test func nothingIsTroubleWhereTheHandshakeSucceeds() async throws {
        #expect(try await trouble(servedWith: certificates()) == nil)
    }

    @Test func theCertificateOfAnotherAuthorityIsToldSo() async throws {
        let other = try certificates().authorityPath
        let found = try #require(try await trouble(servedWith: certificates(), trusting: other))
        #expect(found.kind == .refused && found.message.contains("is not signed by the authority in \(other)"))
        #expect(found.hint?.contains("PLUMB_CA") == true)
    }

    @Test func aCertificateForOtherNamesIsToldSo() async throws {
        let found = try #require(try await trouble(servedWith: certificates(hosts: ["models.example"])))
        #expect(found.message.hasSuffix("is for other names than '127.0.0.1'"))
        #expect(found.hint?.hasPrefix("plumb up --host 127.0.0.1") == true)
    }

    @Test(arguments: [(-400.0, " ended 20"), (30.0, " begins 20")])
    func aCertificateThatIsNotGoodNowIsToldWithTheClock(days: Double, words: String) async throws {
        let found = try #require(try await trouble(servedWith: certificates(days: days)))
        #expect(found.message.contains(words) && found.message.contains("this machine's clock says 20"))
    }

    /// The command says it in the house's words, not in the TLS library's.
    @Test func invokeTellsWhatIsWrongAndWhatToDo() throws {
        let command = try Command()
        let up = try command.run("up", "--detach", "--port", "0", try command.spec("model.onnx"))
        #expect(up.status == 0, "\(up.errors)")
        let stranger = try String(contentsOfFile: certificates().authorityPath, encoding: .utf8)
        try stranger.write(toFile: "\(command.home)/certificates/ca.pem", atomically: true, encoding: .utf8)
        let refused = try command.run("invoke", "digits")
        #expect(refused.status == 3 && refused.errors.contains("is not signed by the authority in "))
        #expect(refused.errors.contains("  hint: ") && !refused.errors.contains("SSL"), "\(refused.errors)")
        // Nobody answered it, so nobody has logged it.
        #expect(try command.run("logs", "digits").output.contains("no request was answered"))
        #expect(try command.run("down").status == 0)
    }

    @Test func whatDoesNotSpeakTLSIsToldSo() async throws {
        let found = try await trouble(authority: nil) { channel in
            let words = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
            channel.eventLoop.execute { channel.writeAndFlush(words, promise: nil) }
        }
        #expect(found?.kind == .refused && found?.message.hasSuffix("does not speak TLS") == true)
    }

    @Test func aServerThatHangsUpIsToldSo() async throws {
        let found = try await trouble(authority: nil) { channel in
            channel.eventLoop.execute { channel.close(promise: nil) }
        }
        #expect(found?.kind == .timedOut && found?.message.contains("before the handshake is over") == true)
    }

    @Test func aServerOfAnOlderTLSIsToldSo() async throws {
        let certificates = try certificates()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.certificatePath).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.keyPath, format: .pem)))
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = .tlsv11
        let context = try NIOSSLContext(configuration: configuration)
        let found = try await trouble(authority: certificates.authorityPath) { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        #expect(found?.message.contains("refuses the handshake") == true)
    }

    @Test func aPortWithoutAListenerAndAFileWithoutACertificateAreToldSo() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await server.close()
        let nobody = await HandshakeTrouble(url: "https://127.0.0.1:\(port)", authorityPath: nil)?.found()
        #expect(nobody?.kind == .timedOut && nobody?.message.hasPrefix("nothing answers at 127.0.0.1:") == true)
        let nothing = await HandshakeTrouble(url: "https://127.0.0.1:\(port)", authorityPath: "/nowhere.pem")?.found()
        #expect(nothing?.kind == .invalidInput && nothing?.message.contains("/nowhere.pem") == true)
        #expect(HandshakeTrouble(url: "::", authorityPath: nil) == nil)
    }
}
