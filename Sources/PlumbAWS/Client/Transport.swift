// A request and an answer of HTTP, and whoever carries them.

import Foundation
import PlumbModel

/// A request, signed or to be signed.
struct HTTPRequest: Sendable {
    var method: String
    /// `https://host` or `http://host:port`, and nothing behind it; in lower case, as signatures have it.
    let origin: String
    /// Escaped, as it is sent; begins with a slash.
    var path: String
    /// Not escaped.
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = Data()

    init(
        method: String, origin: String, path: String, headers: [(name: String, value: String)] = [], body: Data = Data()
    ) {
        self.method = method
        self.origin = origin.lowercased()
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// What the `Host` header says: a port only where it is not the usual one.
    var host: String {
        let host = origin.split(separator: "/").last.map(String.init) ?? origin
        let usual = origin.hasPrefix("https:") ? ":443" : ":80"
        return host.hasSuffix(usual) ? String(host.dropLast(usual.count)) : host
    }

    var url: String {
        query.isEmpty ? origin + path : "\(origin)\(path)?\(URIText.query(query.map { ($0.name, $0.value) }))"
    }
}

/// An answer, whatever its status.
struct HTTPAnswer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: Data
}

/// No answer: nobody there, or nobody quick enough.
struct TransportFault: Error, CustomStringConvertible {
    var isTimeout: Bool
    var description: String
}

/// An answer of success that is none of the service's: a page of a proxy, or half of one.
struct UnreadableAnswer: Error, CustomStringConvertible {
    var description: String
}

/// Who is asked.
enum Route: Sendable, Hashable {
    case aws
    /// A service of the machine itself, which may not be there: asked without a proxy, and not for long.
    case nearby(seconds: Double)
}

/// Carries requests; throws only `TransportFault` and `CancellationError`.
protocol Transport: Sendable {
    func send(_ request: HTTPRequest, by route: Route) async throws -> HTTPAnswer
}
