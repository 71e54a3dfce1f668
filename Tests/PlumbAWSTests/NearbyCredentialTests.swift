// Credentials of IAM Identity Center, of containers and of instances.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

@Suite(.timeLimit(.minutes(20)))
struct NearbyCredentialTests {
    private static let config = "/home/test/.aws/config"
    /// AWS's tools name the file after the SHA-1 of the session's name.
    private static let sessionCache = "/home/test/.aws/sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json"

    private static let ssoProfile = """
        [default]
        sso_session = work
        sso_account_id = 123456789012
        sso_role_name = Reader
        [sso-session work]
        sso_start_url = https://start
        sso_region = eu-west-1
        sso_registration_scopes = sso:account:access
        """

    private static func sso(_ asked: Asked) -> Told {
        switch asked.path {
        case "/federation/credentials":
            guard asked.header("x-amz-sso_bearer_token") != "bad" else {
                return Told(
                    status: 401, headers: [("x-amzn-ErrorType", "UnauthorizedException")], body: #"{"message":"no"}"#)
            }
            return .json(
                #"{"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t","#
                    + #" "expiration": 1800003600000}}"#)
        case "/token":
            return .json(#"{"accessToken": "new", "expiresIn": 3600, "refreshToken": "next", "tokenType": "Bearer"}"#)
        default: return .error("NotFound", status: 404)
        }
    }

    private func cache(token: String, end: String, renewable: Bool = false) -> String {
        var text = #"{"startUrl": "https://start", "region": "eu-west-1", "accessToken": "\#(token)", "#
        text += #""expiresAt": "\#(end)""#
        if renewable {
            text += #", "refreshToken": "old", "clientId": "c", "clientSecret": "cs", "#
            text += #""registrationExpiresAt": "2027-03-01T00:00:00Z""#
        }
        return text + "}"
    }

    @Test func aLoginIsTurnedIntoCredentials() async throws {
        try await TestServer.with { asked, _ in
            Self.sso(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: Self.ssoProfile, Self.sessionCache: cache(token: "good", end: "2027-01-15T16:00:00Z"),
            ])
            let found = try await machine.credentials(server)
            #expect(found.accessKeyID == "SSO")
            #expect(found.expiration == Date(timeIntervalSince1970: 1_800_003_600))
            let asked = try #require(server.asked.first)
            #expect(asked.uri == "/federation/credentials?account_id=123456789012&role_name=Reader")
            #expect(asked.header("x-amz-sso_bearer_token") == "good")
            #expect(!asked.isSigned)
        }
    }

    @Test func aLoginThatEndsIsRenewedAndKept() async throws {
        try await TestServer.with { asked, _ in
            Self.sso(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: Self.ssoProfile,
                Self.sessionCache: cache(token: "old", end: "2027-01-15T08:01:00Z", renewable: true),
            ])
            #expect(try await machine.credentials(server).accessKeyID == "SSO")
            #expect(server.asked.map(\.path) == ["/token", "/federation/credentials"])
            #expect(server.asked.first?.body.contains(#""refreshToken":"old""#) == true)
            #expect(server.asked.last?.header("x-amz-sso_bearer_token") == "new")
            let kept = try JSONBody.read(Data((machine.file(Self.sessionCache) ?? "").utf8))
            #expect(kept["accessToken"] == "new")
            #expect(kept["refreshToken"] == "next")
            #expect(kept["expiresAt"] == "2027-01-15T09:00:00Z")
            #expect(kept["startUrl"] == "https://start")
        }
    }

    @Test(arguments: [nil, "2027-01-15T07:59:00Z", "broken"])
    func withoutALoginTheHintIsToLogIn(_ end: String?) async throws {
        var files = [Self.config: Self.ssoProfile]
        if let end { files[Self.sessionCache] = end == "broken" ? "{" : cache(token: "old", end: end) }
        let machine = TestMachine(files: files)
        let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials() })
        #expect(error.hint?.contains("aws sso login --sso-session work") == true)
    }

    @Test func aRefusedLoginIsToldWithTheWayToLogIn() async throws {
        try await TestServer.with { asked, _ in
            Self.sso(asked)
        } _: { server in
            let machine = TestMachine(files: [
                Self.config: Self.ssoProfile, Self.sessionCache: cache(token: "bad", end: "2027-01-15T16:00:00Z"),
            ])
            let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials(server) })
            #expect(error.kind == .refused)
            #expect(error.hint == "aws sso login --sso-session work logs in anew")
            #expect(!error.description.contains("bad"))
        }
    }

    private static let handed =
        #"{"Code": "Success", "AccessKeyId": "NEAR", "SecretAccessKey": "s", "Token": "t","#
        + #" "Expiration": "2027-01-15T09:00:00Z"}"#

    @Test func aContainerIsHandedCredentials() async throws {
        try await TestServer.with { _, number in
            // An agent that is still starting is asked again.
            number == 0 ? Told(status: 500) : .json(Self.handed)
        } _: { server in
            let machine = TestMachine(
                [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/v1/credentials?a=b",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/token", "HTTP_PROXY": "http://127.0.0.1:1",
                ], files: ["/var/token": "Bearer abc"])
            let found = try await machine.credentials()
            #expect(found.accessKeyID == "NEAR")
            #expect(found.sessionToken?.revealed == "t")
            #expect(server.asked.count == 2)
            #expect(server.asked.last?.uri == "/v1/credentials?a=b")
            #expect(server.asked.last?.header("authorization") == "Bearer abc")
        }
    }

    @Test(arguments: [
        "http://example.com/x", "http://169.254.169.254/x", "ftp://localhost/x", "http://localhost.evil.com/", "x",
    ])
    func aContainerIsNotHandedCredentialsInTheClear(_ address: String) async throws {
        let machine = TestMachine(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address])
        let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials() })
        #expect(error.kind == .refused)
    }

    @Test func aTokenWithALineBreakIsRefused() async throws {
        let machine = TestMachine(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
            ], files: ["/t": "a\r\nX-Evil: 1"])
        let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials() })
        #expect(error.message.contains("line break"))
    }

    private static func imds(_ asked: Asked) -> Told {
        switch (asked.method, asked.path) {
        case ("PUT", "/latest/api/token"):
            return asked.header("x-aws-ec2-metadata-token-ttl-seconds") != nil
                ? Told(body: "TOKEN") : Told(status: 400)
        case _ where asked.header("x-aws-ec2-metadata-token") != "TOKEN": return Told(status: 401)
        case ("GET", "/latest/meta-data/iam/security-credentials/"): return Told(body: "my role\n")
        case ("GET", "/latest/meta-data/iam/security-credentials/my%20role"): return Told(body: handed)
        default: return Told(status: 404)
        }
    }

    @Test func anInstanceIsHandedCredentialsByTheSecondVersion() async throws {
        try await TestServer.with { asked, _ in
            Self.imds(asked)
        } _: { server in
            let machine = TestMachine([
                "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/",
                "http_proxy": "http://127.0.0.1:1",
            ])
            let found = try await machine.credentials()
            #expect(found.accessKeyID == "NEAR")
            #expect(found.source == "the instance's role my role")
            #expect(server.asked.map(\.method) == ["PUT", "GET", "GET"])
        }
    }

    @Test(arguments: [403, 404, 500])
    func theFirstVersionIsNeverAsked(_ status: Int) async throws {
        try await TestServer.with { _, _ in
            Told(status: status)
        } _: { server in
            let machine = TestMachine([
                "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url,
            ])
            let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials() })
            #expect(error.message.hasPrefix("no AWS credentials"))
            #expect(Set(server.asked.map(\.method)) == ["PUT"])
        }
    }

    @Test func whereNoInstanceIsNobodyWaitsLong() async throws {
        let machine = TestMachine([
            "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
        ])
        let error = try #require(await #expect(throws: PlumbError.self) { try await machine.credentials() })
        #expect(error.kind == .notFound)
    }

    @Test func anInstanceThatIsSwitchedOffIsNotAsked() async throws {
        try await TestServer.with { asked, _ in
            Self.imds(asked)
        } _: { server in
            let machine = TestMachine(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])
            await #expect(throws: PlumbError.self) { try await machine.credentials() }
            #expect(server.asked.isEmpty)
        }
    }
}
