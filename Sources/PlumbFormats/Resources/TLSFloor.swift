// The lowest TLS version that AWS's named security policies let clients negotiate.

import PlumbModel

/// AWS names sets of TLS versions and ciphers; this says which version each begins with.
enum TLSFloor {
    /// API Gateway's `SecurityPolicy`: `TLS_1_0`, `TLS_1_2`, `SecurityPolicy_TLS13_1_2_2021_06` and the like.
    static func ofDomainPolicy(_ policy: Fact<String>) -> Fact<String> {
        policy.reading { name in
            switch name {
            case "TLS_1_0": return "1.0"
            case "TLS_1_2": return "1.2"
            default: break
            }
            guard name.hasPrefix("SecurityPolicy_TLS") else { return nil }
            let rest = name.dropFirst("SecurityPolicy_TLS".count)
            if rest.hasPrefix("13_1_3") || rest.hasPrefix("13_2") { return "1.3" }
            return rest.hasPrefix("13_1_2") || rest.hasPrefix("12") ? "1.2" : nil
        }
    }

    /// Elastic Load Balancing's `SslPolicy`; a listener that names none gets `ELBSecurityPolicy-2016-08`.
    static func ofListenerPolicy(_ policy: Fact<String>) -> Fact<String> {
        policy.defaulting(to: "ELBSecurityPolicy-2016-08").reading { name in
            let prefix = "ELBSecurityPolicy-"
            guard name.hasPrefix(prefix) else { return nil }
            let rest = name.dropFirst(prefix.count)
            let floors: [(String, String)] = [
                ("TLS13-1-3", "1.3"), ("TLS13-1-2", "1.2"), ("TLS13-1-1", "1.1"), ("TLS13-1-0", "1.0"),
                ("TLS-1-2", "1.2"), ("FS-1-2", "1.2"), ("TLS-1-1", "1.1"), ("FS-1-1", "1.1"), ("TLS-1-0", "1.0"),
                ("FS-2018-06", "1.0"), ("2016-08", "1.0"), ("2015-05", "1.0"),
            ]
            return floors.first { rest.hasPrefix($0.0) }?.1
        }
    }

    /// A listener's protocol decides before its policy does; nil for one that carries no requests.
    static func ofListener(protocol name: Fact<String>, policy: Fact<String>) -> Fact<String>? {
        switch name.state {
        case .known("HTTP"): .known("none", at: name.place)
        case .known("HTTPS"), .known("TLS"): ofListenerPolicy(policy)
        case .known("TCP"), .known("TCP_UDP"):
            .unknown("a TCP listener hands TLS through to its targets, which decide it", at: name.place)
        case .known: nil
        case .unknown(let why): .unknown(why, at: name.place)
        case .absent: .unknown("the listener's protocol is not set", at: name.place)
        }
    }

    /// The lowest of several; one that is not known leaves it open unless another is too low already.
    static func lowest(of floors: [Fact<String>]) -> Fact<String> {
        if let low = floors.first(where: { ["none", "1.0", "1.1"].contains($0.value) }) { return low }
        if let open = floors.first(where: { !$0.isKnown }) { return open }
        return floors.first { $0.value == "1.2" } ?? floors.first ?? .absent
    }
}

extension Fact where Value == String {
    /// A name as what it stands for; a name that is not known here is unknown.
    fileprivate func reading(_ meaning: (String) -> String?) -> Fact<String> {
        guard let name = value else { return self }
        guard let found = meaning(name) else {
            return .unknown("the security policy '\(name)' is not known here", at: place)
        }
        return .known(found, at: place)
    }
}
