// What a user has said about AWS: on the command line, in the environment, in a profile, in this order.

import Foundation
import PlumbModel

/// What the command line says; everything may be left out.
public struct AWSOptions: Sendable {
    public var profile: String?
    public var region: String?
    public var endpointURL: String?
    public var connectSeconds = 10.0
    public var readSeconds = 60.0
    /// How often a call is tried; nil for `AWS_MAX_ATTEMPTS`, and 3 without it.
    public var attemptsMax: Int?
    /// Calls to one service and region at the same time.
    public var concurrencyMax = 8

    public init(profile: String? = nil, region: String? = nil, endpointURL: String? = nil) {
        self.profile = profile
        self.region = region
        self.endpointURL = endpointURL
    }
}

/// All of it, read once.
struct AWSSettings: Sendable {
    let options: AWSOptions
    let surroundings: Surroundings
    let profiles: Profiles
    let profileName: String
    /// Where the profile's name was said; nil when it is only the usual one.
    let profileReason: String?
    let profile: [String: String]
    /// Nil when nobody has said one.
    let region: String?
    let attemptsMax: Int

    init(options: AWSOptions, surroundings: Surroundings) throws(PlumbError) {
        self.options = options
        self.surroundings = surroundings
        profiles = try Profiles(surroundings)
        if let name = options.profile {
            (profileName, profileReason) = (name, "--profile")
        } else if let name = surroundings.variable("AWS_PROFILE") {
            (profileName, profileReason) = (name, "AWS_PROFILE")
        } else if let name = surroundings.variable("AWS_DEFAULT_PROFILE") {
            (profileName, profileReason) = (name, "AWS_DEFAULT_PROFILE")
        } else {
            (profileName, profileReason) = ("default", nil)
        }
        if let profileReason {
            profile = try profiles.known(profileName, because: profileReason)
        } else {
            profile = profiles.profile(profileName) ?? [:]
        }
        region =
            options.region ?? surroundings.variable("AWS_REGION") ?? surroundings.variable("AWS_DEFAULT_REGION")
            ?? profile["region"]
        if let region { try Endpoint.checkRegion(region) }
        attemptsMax = try Self.attempts(options, surroundings, profile)
    }

    private static func attempts(
        _ options: AWSOptions, _ surroundings: Surroundings, _ profile: [String: String]
    ) throws(PlumbError) -> Int {
        if let attempts = options.attemptsMax { return max(1, attempts) }
        guard let text = surroundings.variable("AWS_MAX_ATTEMPTS") ?? profile["max_attempts"] else { return 3 }
        guard let attempts = Int(text), (1...100).contains(attempts) else {
            throw PlumbError(.invalidInput, "AWS_MAX_ATTEMPTS (max_attempts) is '\(text)', and is to be 1 to 100")
        }
        return attempts
    }

    /// The region of calls that name none.
    func knownRegion() throws(PlumbError) -> String {
        guard let region else {
            throw PlumbError(
                .invalidInput, "no AWS region is named",
                hint: "export AWS_REGION=eu-central-1, or write region into profile '\(profileName)'")
        }
        return region
    }

    /// A file of PEM certificates to trust instead of the system's.
    var authoritiesPath: String? {
        (surroundings.variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"]).map { surroundings.expanded($0) }
    }

    func proxyRule() throws(PlumbError) -> ProxyRule { try ProxyRule(environment: surroundings.environment) }

    /// The address that a user names for a service; nil for AWS's own.
    func endpointAddress(of service: AWSService) throws(PlumbError) -> String? {
        if let address = options.endpointURL { return try Self.checked(address, from: "--endpoint-url") }
        let isIgnored =
            surroundings.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? profile["ignore_configured_endpoint_urls"]
        if isIgnored?.lowercased() == "true" { return nil }
        let setting = service.settingName
        for variable in ["AWS_ENDPOINT_URL_\(setting.uppercased())", "AWS_ENDPOINT_URL"] {
            if let address = surroundings.variable(variable) { return try Self.checked(address, from: variable) }
        }
        if let name = profile["services"], let services = profiles.services(name),
            let address = services["\(setting).endpoint_url"]
        {
            return try Self.checked(address, from: "services \(name)")
        }
        return try profile["endpoint_url"].map { address throws(PlumbError) in
            try Self.checked(address, from: "profile \(profileName)")
        }
    }

    private static func checked(_ address: String, from source: String) throws(PlumbError) -> String {
        guard let url = URLComponents(string: address), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.query == nil, url.fragment == nil
        else {
            throw PlumbError(
                .invalidInput, "\(source) is no address of a service", hint: "write it as https://HOST:PORT")
        }
        return String(address.reversed().drop { $0 == "/" }.reversed())
    }

    /// FIPS and dual-stack endpoints follow no rule that could be known without AWS's own tables.
    func refuseOtherEndpoints() throws(PlumbError) {
        for (variable, key) in [
            ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"), ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        ] where (surroundings.variable(variable) ?? profile[key])?.lowercased() == "true" {
            throw PlumbError(
                .unsupported, "\(variable) (\(key)) is set, and those endpoints are not known here",
                hint: "name them: export AWS_ENDPOINT_URL_SAGEMAKER=https://api-fips.sagemaker.us-east-1.amazonaws.com")
        }
    }
}
