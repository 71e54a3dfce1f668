// Who is at the other end of a connection, as far as the connection itself proves it.

import NIOCore
import NIOSSL
import PlumbEngine

extension GatewayChannel {
    /// The address that the client comes from.
    var peerAddress: String? { context?.remoteAddress?.ipAddress }

    /// The certificate that the client has shown, in DER; the handshake has checked that the authority signed it.
    func peerCertificate() -> [UInt8]? {
        guard let context else { return nil }
        // A connection without TLS, as in tests, has shown none.
        return (try? context.pipeline.syncOperations.nioSSL_peerCertificate())?.flatMap { certificate in
            // A certificate that cannot be written out proves nobody.
            try? certificate.toDERBytes()
        }
    }
}

extension RequestTarget {
    /// Throws where the holder of a user's token may not have what it asks for.
    static func check(
        _ holder: TokenHolder?, _ verb: AccessVerb, on endpoint: String?, _ gateway: GatewayState
    ) throws(Refusal) {
        guard let holder, let token = holder.token else { return }
        let context = endpoint.map { gateway.context(of: $0) } ?? AccessContext(at: gateway.seconds())
        let resource = endpoint.map { "endpoint/\($0)" } ?? "engine"
        guard let why = gateway.principals.objection(to: AccessRequest(verb, on: resource, context), by: token) else {
            return
        }
        throw Refusal(
            403, "AccessDeniedException",
            "User: \(holder.name) is not authorized to perform: \(verb.rawValue) on "
                + "resource: \(resource): \(why)")
    }
}
