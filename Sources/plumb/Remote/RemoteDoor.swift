// Where an engine is asked: its socket on this machine, or its address on the network with a token or a certificate.

import AsyncHTTPClient
import Foundation
import NIOHTTP1
import NIOSSL
import PlumbEngine
import PlumbModel

/// The way to an engine.
enum RemoteDoor {
    case socket(String)
    case address(String)

    /// The engine that the environment names.
    static var namedEngine: String? { variable("PLUMB_ENGINE_URL") }

    /// The file of the authority that an engine elsewhere is vouched for by; nil for those of this machine.
    static var authorityPath: String? { variable("PLUMB_CA") }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Throws `notFound` for a socket that is not there, `invalidInput` for an address without TLS.
    init(_ place: String) throws(PlumbError) {
        if place.contains("://") {
            guard let url = URL(string: place), url.scheme == "https", url.host() != nil, url.path.count <= 1,
                url.query() == nil
            else {
                throw PlumbError(
                    .invalidInput, "'\(place.prefix(100))' is no address of an engine", hint: "https://HOST:PORT")
            }
            self = .address(place.hasSuffix("/") ? String(place.dropLast()) : place)
            return
        }
        guard FileManager.default.fileExists(atPath: place) else {
            throw PlumbError(
                .notFound, "no engine runs here (\(place) is not there)",
                hint: "plumb up SPEC starts one; PLUMB_HOME or --home names its folder")
        }
        self = .socket(place)
    }

    var place: String {
        switch self {
        case .socket(let path): path
        case .address(let address): address
        }
    }

    var hint: String {
        switch self {
        case .socket: "plumb up starts it; its log lies in the logs folder beside"
        case .address: "PLUMB_CA names the file of its authority (certificates/ca.pem in its folder)"
        }
    }

    func url(of path: String) -> String {
        switch self {
        case .socket(let socket):
            "http+unix://\(socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket)\(path)"
        case .address(let address): address + path
        }
    }

    /// Throws `invalidInput` when the files that the environment names cannot be read.
    func configuration() throws -> HTTPClient.Configuration {
        // A socket that a killed daemon left behind refuses at once, and goes on refusing.
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        guard case .address = self else { return configuration }
        // A redirection would carry the token to another place.
        configuration.redirectConfiguration = .disallow
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let path = Self.authorityPath { tls.trustRoots = .file(path) }
        if let certificate = Self.variable("PLUMB_CERT"), let key = Self.variable("PLUMB_KEY") {
            do {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch {
                throw PlumbError(.invalidInput, "PLUMB_CERT and PLUMB_KEY cannot be read", cause: error)
            }
        }
        configuration.tlsConfiguration = tls
        return configuration
    }

    /// Who asks: on the socket by name, elsewhere by proof.
    func addHeaders(to request: inout HTTPClientRequest, actor: String?) {
        switch self {
        case .socket:
            if let actor { request.headers.add(name: ControlAPI.actorHeader, value: actor) }
        case .address:
            if let token = Self.variable("PLUMB_TOKEN") {
                request.headers.add(name: "authorization", value: "Bearer \(token)")
            }
            if let ticket = Self.variable("PLUMB_CHANGE_TICKET") {
                request.headers.add(name: ControlAPI.ticketHeader, value: ticket)
            }
        }
    }
}
