// Why a server cannot be spoken to over TLS: the handshake is tried again with less asked, until it shows.

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import PlumbModel

/// What is wrong between this machine and a server that was to be asked over TLS.
struct HandshakeTrouble: Sendable {
    let host: String
    let port: Int
    /// The file of the authority that the server has to be vouched for by; nil for those of this machine.
    let authorityPath: String?
    private static let secondsMax: Int64 = 5
    private var place: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Nil for what is no address.
    init?(url: String, authorityPath: String?) {
        guard let parts = URL(string: url), let host = parts.host() else { return nil }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? 443
        self.authorityPath = authorityPath
    }

    /// What is wrong, and what to do; nil where the handshake succeeds, so that the trouble lies elsewhere.
    func found() async -> PlumbError? {
        if let authorityPath {
            // That it cannot be read is told here; why does not matter.
            guard let known = try? NIOSSLCertificate.fromPEMFile(authorityPath), !known.isEmpty else {
                return PlumbError(
                    .invalidInput, "\(authorityPath) is not there, or holds no certificate",
                    hint: "an engine's authority is certificates/ca.pem in its folder; PLUMB_CA names the file")
            }
        }
        switch await attempt(.fullVerification) {
        case .succeeded: return nil
        case .unreachable(let cause):
            return PlumbError(
                .timedOut, "nothing answers at \(place)", hint: "plumb status says where the gateway listens",
                cause: cause)
        case .failed(let sign): return await narrowed(sign)
        }
    }

    /// With less to verify, what was missing before shows.
    private func narrowed(_ sign: Sign) async -> PlumbError {
        switch sign {
        case .otherWords:
            return PlumbError(
                .refused, "what listens at \(place) does not speak TLS",
                hint: "plumb status says where the gateway listens")
        case .silence:
            return PlumbError(
                .timedOut, "\(place) ends the connection before the handshake is over",
                hint: "a proxy or firewall between here and there may do so; the server's log says more")
        case .tls: break
        }
        if case .succeeded = await attempt(.noHostnameVerification) {
            return PlumbError(
                .refused, "the certificate at \(place) is for other names than '\(host)'",
                hint: "plumb up --host \(host) makes one that names it; or ask the name that it was made for")
        }
        guard case .succeeded(let certificate) = await attempt(.none) else {
            return PlumbError(
                .refused, "\(place) refuses the handshake: it may want a newer or older TLS, or a client's certificate",
                hint: "TLS 1.2 and 1.3 are offered; PLUMB_CERT and PLUMB_KEY name a client's certificate")
        }
        return verdict(on: certificate)
    }

    private func verdict(on certificate: NIOSSLCertificate?) -> PlumbError {
        let now = Date()
        if let certificate {
            let (first, last) = (
                Date(timeIntervalSince1970: Double(certificate.notValidBefore)),
                Date(timeIntervalSince1970: Double(certificate.notValidAfter))
            )
            if now > last || now < first {
                let when = now > last ? "ended \(last.formatted(.iso8601))" : "begins \(first.formatted(.iso8601))"
                return PlumbError(
                    .refused,
                    "the certificate at \(place) \(when), and this machine's clock says "
                        + now.formatted(.iso8601),
                    hint: "set the clock right; an engine makes its certificate anew when it starts (plumb reload)")
            }
        }
        let whom = authorityPath.map { "by the authority in \($0)" } ?? "by an authority that this machine knows"
        return PlumbError(
            .refused, "the certificate at \(place) is not signed \(whom)",
            hint: "it is another server's, or its authority was made anew: its certificates/ca.pem is the right one "
                + "(PLUMB_CA names the file)")
    }

    // MARK: - One handshake

    /// How the server's first bytes look.
    private enum Sign: Sendable {
        case tls, otherWords, silence
    }
    private enum Outcome {
        case succeeded(NIOSSLCertificate?)
        case failed(Sign)
        case unreachable(any Error)
    }

    private func attempt(_ verification: CertificateVerification) async -> Outcome {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = verification
        if let authorityPath { configuration.trustRoots = .file(authorityPath) }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: Outcome.self)
        do {
            let context = try NIOSSLContext(configuration: configuration)
            // An address is no server name: the certificate names the address itself.
            let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
            let name = isAddress ? nil : host
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(Self.secondsMax))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let ear = Ear()
                        let tls = try NIOSSLClientHandler(context: context, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandlers([ear, tls, Listener(done, ear)])
                    }
                }
                .connect(host: host, port: port).get()
            let timer = loop.scheduleTask(in: .seconds(Self.secondsMax)) { done.succeed(.failed(.silence)) }
            let outcome = try await done.futureResult.get()
            timer.cancel()
            channel.close(promise: nil)
            return outcome
        } catch {
            done.succeed(.unreachable(error))
            return .unreachable(error)
        }
    }

    /// Hears the server's first byte before TLS does.
    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private(set) var sign = Sign.silence
        /// Records of a handshake or an alert (RFC 8446, 5.1).
        private static let recordTypes: ClosedRange<UInt8> = 0x15...0x16

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            if sign == .silence, let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) {
                sign = Self.recordTypes.contains(first) ? .tls : .otherWords
            }
            context.fireChannelRead(data)
        }
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let done: EventLoopPromise<Outcome>
        private let ear: Ear

        init(_ done: EventLoopPromise<Outcome>, _ ear: Ear) {
            self.done = done
            self.ear = ear
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case TLSUserEvent.handshakeCompleted = event else { return }
            // Without a certificate to look at, the verdict says less.
            let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
            done.succeed(.succeeded(certificate))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            done.succeed(.failed(ear.sign))
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { done.succeed(.failed(ear.sign)) }
    }
}
