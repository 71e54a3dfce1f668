// What users say about regions, endpoints, proxies and certificates.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

struct SettingsTests {
    private static let config = "/home/test/.aws/config"

    private func settings(
        _ environment: [String: String] = [:], _ options: AWSOptions = AWSOptions(), config: String = ""
    ) throws -> AWSSettings {
        let files = config.isEmpty ? [:] : [Self.config: config]
        return try AWSSettings(options: options, surroundings: TestMachine(environment, files: files).surroundings)
    }

    @Test func theRegionIsThatOfWhoeverSpeaksFirst() throws {
        let profile = "[default]\nregion = eu-west-4\n"
        let both = ["AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"]
        #expect(try settings(both, AWSOptions(region: "eu-west-1"), config: profile).region == "eu-west-1")
        #expect(try settings(both, config: profile).region == "eu-west-2")
        #expect(try settings(["AWS_DEFAULT_REGION": "eu-west-3"], config: profile).region == "eu-west-3")
        #expect(try settings(["AWS_REGION": ""], config: profile).region == "eu-west-4")
        let none = try settings()
        let error = #expect(throws: PlumbError.self) { try none.knownRegion() }
        #expect(error?.hint?.contains("AWS_REGION") == true)
    }

    @Test(arguments: ["eu-west-1/../x", "evil.com#", "EU", "a b", "x@y"])
    func aRegionIsNothingButAName(_ region: String) {
        #expect(throws: PlumbError.self) { try settings(["AWS_REGION": region]) }
    }

    private func base(
        _ service: AWSService, region: String = "eu-central-1", _ environment: [String: String] = [:],
        _ options: AWSOptions = AWSOptions(), config: String = ""
    ) throws -> String {
        try Endpoint.resolve(
            service, region: region, settings: settings(environment, options, config: config)
        ).base
    }

    @Test func endpointsAreAWSsOwn() throws {
        #expect(try base(.sageMaker) == "https://api.sagemaker.eu-central-1.amazonaws.com")
        #expect(try base(.cloudWatch) == "https://monitoring.eu-central-1.amazonaws.com")
        #expect(try base(.sts) == "https://sts.eu-central-1.amazonaws.com")
        #expect(try base(.iam) == "https://iam.amazonaws.com")
        #expect(try base(.costExplorer) == "https://ce.us-east-1.amazonaws.com")
        #expect(try base(.kms, region: "cn-north-1") == "https://kms.cn-north-1.amazonaws.com.cn")
        #expect(try base(.iam, region: "cn-northwest-1") == "https://iam.cn-north-1.amazonaws.com.cn")
        #expect(try base(.iam, region: "us-gov-east-1") == "https://iam.us-gov.amazonaws.com")
        #expect(try base(.s3, region: "eusc-de-east-1") == "https://s3.eusc-de-east-1.amazonaws.eu")
    }

    @Test func aGlobalServiceIsSignedWhereItLives() throws {
        let endpoint = try Endpoint.resolve(.iam, region: "eu-central-1", settings: settings())
        #expect(endpoint.region == "us-east-1")
        let custom = try Endpoint.resolve(
            .iam, region: "eu-central-1", settings: settings(["AWS_ENDPOINT_URL": "http://localhost:1"]))
        #expect(custom.region == "us-east-1")
        #expect(custom.base == "http://localhost:1")
    }

    @Test func endpointsAreThoseOfWhoeverSpeaksFirst() throws {
        let config = """
            [default]
            endpoint_url = http://profile
            services = local
            [services local]
            kms =
              endpoint_url = http://services-kms/
            """
        let one = ["AWS_ENDPOINT_URL_KMS": "http://variable-kms"]
        let all = ["AWS_ENDPOINT_URL": "http://variable"]
        let both = one.merging(all) { $1 }
        #expect(try base(.kms, both, AWSOptions(endpointURL: "http://option"), config: config) == "http://option")
        #expect(try base(.kms, both, config: config) == "http://variable-kms")
        #expect(try base(.s3, both, config: config) == "http://variable")
        #expect(try base(.kms, config: config) == "http://services-kms")
        #expect(try base(.s3, config: config) == "http://profile")
        let ignored = both.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try base(.kms, ignored, config: config) == "https://kms.eu-central-1.amazonaws.com")
        #expect(
            try base(.applicationAutoScaling, ["AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING": "http://x"]) == "http://x")
    }

    @Test(arguments: ["localhost:5000", "ftp://x", "http://", "http://u:hunter2@h", "http://h?x=1"])
    func anEndpointIsAnAddress(_ address: String) throws {
        let error = #expect(throws: PlumbError.self) { try base(.kms, ["AWS_ENDPOINT_URL": address]) }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func endpointsThatAreNotKnownAreRefused() throws {
        let error = #expect(throws: PlumbError.self) { try base(.kms, ["AWS_USE_FIPS_ENDPOINT": "true"]) }
        #expect(error?.kind == .unsupported)
        #expect(
            try base(.kms, ["AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL_KMS": "https://kms-fips.x"])
                == "https://kms-fips.x")
    }

    @Test(arguments: ["0", "x", "1000", "-1"])
    func attemptsAreANumber(_ text: String) {
        #expect(throws: PlumbError.self) { try settings(["AWS_MAX_ATTEMPTS": text]) }
    }

    @Test func certificatesThatAreNoneAreToldAtOnce() throws {
        let settings = try settings(["AWS_CA_BUNDLE": "/nowhere.pem"])
        let error = #expect(throws: PlumbError.self) { try HTTPTransport(settings: settings) }
        #expect(error?.message.contains("AWS_CA_BUNDLE") == true)
    }

    private func scheme(_ origin: String, _ environment: [String: String]) throws -> String? {
        try ProxyRule(environment: environment).scheme(for: origin)?.rawValue
    }

    @Test func proxiesAreForTheirScheme() throws {
        let both = ["HTTPS_PROXY": "http://p:3128", "http_proxy": "q"]
        #expect(try scheme("https://kms.eu-central-1.amazonaws.com", both) == "https")
        #expect(try scheme("http://localhost:5000", both) == "http")
        #expect(try scheme("https://x", ["HTTP_PROXY": "q"]) == nil)
        #expect(try scheme("https://x", ["HTTPS_PROXY": ""]) == nil)
    }

    @Test(arguments: [
        ("*", true), ("amazonaws.com", true), (".amazonaws.com", true), ("kms.eu.amazonaws.com", true),
        ("AMAZONAWS.COM", true), ("aws.com", false), ("x, amazonaws.com:443", false), ("amazonaws.com:8443", true),
        (",", false), ("", false),
    ])
    func someHostsAreAskedWithoutAProxy(_ exceptions: String, _ isExcepted: Bool) throws {
        let proxy = try scheme(
            "https://kms.eu.amazonaws.com:8443", ["https_proxy": "http://p", "no_proxy": exceptions])
        #expect((proxy == nil) == isExcepted)
    }

    @Test func aProxyIsReadWithItsPassword() throws {
        let rule = try ProxyRule(environment: ["HTTPS_PROXY": "http://me:hunter2@proxy.local:3128"])
        let proxy = try #require(rule.proxies[.https])
        #expect(proxy.host == "proxy.local" && proxy.port == 3128 && proxy.user == "me")
        #expect(proxy.password?.revealed == "hunter2")
        #expect(!"\(rule)".contains("hunter2"))
        #expect(try ProxyRule(environment: ["HTTPS_PROXY": "socks5://p"]).proxies[.https]?.isSOCKS == true)
    }

    @Test func aProxyThatCannotBeUsedIsAnErrorWithoutItsPassword() {
        let error = #expect(throws: PlumbError.self) {
            try ProxyRule(environment: ["HTTPS_PROXY": "https://me:hunter2@p"])
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func callsGoThroughTheProxy() async throws {
        try await TestServer.with { _, _ in
            Told(status: 407)
        } _: { proxy in
            let address = proxy.url.replacing("http://", with: "http://me:pass@")
            let machine = TestMachine(
                testKeys.merging(["HTTP_PROXY": address, "AWS_ENDPOINT_URL": "http://aws.invalid:8080"]) { $1 })
            let error = await #expect(throws: PlumbError.self) {
                try await machine.withClient { _ = try await $0.call(.kms, "ListKeys") }
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.description.contains("pass") == false)
            let asked = try #require(proxy.asked.first)
            #expect(asked.method == "CONNECT" && asked.uri == "aws.invalid:8080")
            #expect(asked.header("proxy-authorization") == "Basic \(Data("me:pass".utf8).base64EncodedString())")
        }
    }
}
