// HTTP_PROXY, HTTPS_PROXY and NO_PROXY.

import AsyncHTTPClient
import Foundation
import PlumbModel

/// Which requests go through which proxy.
struct ProxyRule: Sendable {
    enum Scheme: String, Sendable, Hashable, CaseIterable {
        case http, https
    }
    struct Proxy: Sendable {
        let host: String
        let port: Int
        let isSOCKS: Bool
        let user: String?
        let password: Secret?

        var configuration: HTTPClient.Configuration.Proxy {
            if isSOCKS { return .socksServer(host: host, port: port) }
            let authorization = user.map {
                HTTPClient.Authorization.basic(username: $0, password: password?.revealed ?? "")
            }
            return .server(host: host, port: port, authorization: authorization)
        }
    }
    let proxies: [Scheme: Proxy]
    /// Hosts asked without a proxy: `*`, a name, or a name that stands for all below it.
    private let exceptions: [String]

    /// What the environment says; the small variables go before the large ones, as in curl.
    init(environment: [String: String]) throws(PlumbError) {
        func variable(_ name: String) -> String? {
            [name, name.uppercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        var proxies: [Scheme: Proxy] = [:]
        for scheme in Scheme.allCases {
            let name = "\(scheme.rawValue)_proxy"
            if let address = variable(name) { proxies[scheme] = try Self.proxy(address, variable: name.uppercased()) }
        }
        self.proxies = proxies
        exceptions = (variable("no_proxy") ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
    }

    private static func proxy(_ address: String, variable: String) throws(PlumbError) -> Proxy {
        let written = address.contains("://") ? address : "http://\(address)"
        guard let url = URLComponents(string: written), let host = url.host, !host.isEmpty,
            let scheme = url.scheme?.lowercased(), ["http", "socks5", "socks5h"].contains(scheme)
        else {
            // The address may hold a password, so it is not repeated.
            throw PlumbError(
                .unsupported, "\(variable) names no proxy that can be used",
                hint: "write it as http://HOST:PORT or socks5://HOST:PORT")
        }
        let isSOCKS = scheme != "http"
        return Proxy(
            host: host, port: url.port ?? (isSOCKS ? 1080 : 80), isSOCKS: isSOCKS, user: url.user,
            password: url.password.map { Secret($0) })
    }

    /// The scheme whose proxy carries a request to `origin`; nil for none.
    func scheme(for origin: String) -> Scheme? {
        guard let url = URLComponents(string: origin), let host = url.host?.lowercased(),
            let scheme = url.scheme.flatMap(Scheme.init), proxies[scheme] != nil
        else { return nil }
        let isExcepted = exceptions.contains { exception in
            if exception == "*" { return true }
            let parts = exception.split(separator: ":", maxSplits: 1)
            if parts.count == 2, let port = Int(parts[1]), port != url.port { return false }
            let name = (parts.first ?? "").drop { $0 == "." }
            return !name.isEmpty && (host == name || host.hasSuffix(".\(name)"))
        }
        return isExcepted ? nil : scheme
    }
}
