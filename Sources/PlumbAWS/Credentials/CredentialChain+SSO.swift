// Credentials of IAM Identity Center, by the token that `aws sso login` has left.

import Crypto
import Foundation
import PlumbModel

extension CredentialChain {
    /// A token is renewed this long before its end.
    private static let renewAheadSeconds = 300.0

    func fromSSO(_ name: String, _ profile: [String: String]) async throws -> AWSCredentials {
        var session = profile
        let login: String
        if let sessionName = profile["sso_session"] {
            guard let values = settings.profiles.session(sessionName) else {
                throw PlumbError(
                    .notFound, "profile '\(name)' names sso_session '\(sessionName)', which is not there",
                    hint: "aws configure sso-session makes it")
            }
            session.merge(values) { _, ofSession in ofSession }
            login = "aws sso login --sso-session \(sessionName)"
        } else {
            login = "aws sso login --profile \(name)"
        }
        func value(_ key: String) throws(PlumbError) -> String {
            guard let value = session[key], !value.isEmpty else {
                throw PlumbError(
                    .invalidInput, "profile '\(name)' uses SSO and has no \(key)",
                    hint: "aws configure sso --profile \(name) writes it")
            }
            return value
        }
        let region = try value("sso_region")
        try Endpoint.checkRegion(region)
        let cacheKey = try profile["sso_session"] ?? value("sso_start_url")
        let digest = Insecure.SHA1.hash(data: Data(cacheKey.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let path = surroundings.expanded("~/.aws/sso/cache/\(digest).json")
        let token = try await token(at: path, region: region, login: login)
        let call = Wire(
            service: .sso, operation: "GetRoleCredentials",
            input: [
                "roleName": .text(try value("sso_role_name")), "accountId": .text(try value("sso_account_id")),
                "accessToken": .text(token.revealed),
            ])
        let answer: AWSValue
        do {
            answer = try await courier.deliver(call, region: region, credentials: nil)
        } catch let error as PlumbError where error.kind == .refused {
            throw PlumbError(
                .refused, "IAM Identity Center refuses the role of profile '\(name)'", hint: "\(login) logs in anew",
                cause: error.cause)
        }
        let role = answer["roleCredentials"]
        guard let end = role["expiration"].number else {
            throw PlumbError(.internalFault, "IAM Identity Center gives credentials without an end")
        }
        let spelled: AWSValue = [
            "AccessKeyId": role["accessKeyId"], "SecretAccessKey": role["secretAccessKey"],
            "SessionToken": role["sessionToken"], "Expiration": .number(end / 1000),
        ]
        return try credentials(in: spelled, token: "SessionToken", source: "profile \(name) (SSO)")
    }

    /// The access token of the cache, renewed when it can be and has to be.
    private func token(at path: String, region: String, login: String) async throws -> Secret {
        guard let data = try surroundings.readFile(path), case let cached = try cache(data, path: path, login: login),
            let token = cached["accessToken"].text, let end = cached["expiresAt"].date
        else {
            throw PlumbError(.refused, "nobody is logged in to IAM Identity Center", hint: login)
        }
        let left = end.timeIntervalSince(surroundings.now())
        if left > Self.renewAheadSeconds { return Secret(token) }
        do {
            if let renewed = try await renewed(cached, at: path, region: region) { return renewed }
        } catch let error as PlumbError {
            // A token that cannot be renewed is good for the rest of its time.
            guard left > 0 else {
                throw PlumbError(
                    .refused, "the login to IAM Identity Center has expired and cannot be renewed", hint: login,
                    cause: error)
            }
        }
        guard left > 0 else {
            throw PlumbError(.refused, "the login to IAM Identity Center has expired", hint: login)
        }
        return Secret(token)
    }

    private func cache(_ data: Data, path: String, login: String) throws(PlumbError) -> AWSValue {
        do {
            return try JSONBody.read(data)
        } catch {
            throw PlumbError(.invalidInput, "\(path) is no JSON", hint: "\(login) writes it anew")
        }
    }

    /// Asks for a new access token and leaves it where AWS's own tools look, since the old renewal may be used up.
    private func renewed(_ cached: AWSValue, at path: String, region: String) async throws -> Secret? {
        guard let refresh = cached["refreshToken"].text, let client = cached["clientId"].text,
            let secret = cached["clientSecret"].text,
            let registered = cached["registrationExpiresAt"].date, registered > surroundings.now()
        else { return nil }
        let call = Wire(
            service: .ssoOIDC, operation: "CreateToken",
            input: [
                "grantType": "refresh_token", "clientId": .text(client), "clientSecret": .text(secret),
                "refreshToken": .text(refresh),
            ])
        let answer = try await courier.deliver(call, region: region, credentials: nil)
        guard let token = answer["accessToken"].text, let seconds = answer["expiresIn"].number else { return nil }
        var written = cached
        written["accessToken"] = .text(token)
        let end = surroundings.now().addingTimeInterval(seconds)
        written["expiresAt"] = .text(end.formatted(.iso8601))
        if let next = answer["refreshToken"].text { written["refreshToken"] = .text(next) }
        try surroundings.writeFile(path, JSONBody.write(written))
        return Secret(token)
    }
}
