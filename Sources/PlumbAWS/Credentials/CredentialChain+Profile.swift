// Credentials that a profile names: a role to assume, SSO, keys, a program.

import Foundation
import PlumbModel

extension CredentialChain {
    /// A longer chain of roles is a mistake; AWS ends each role of a chain after an hour.
    static let profilesMax = 10

    /// Nil when the profile says nothing about credentials. `seen` are the profiles that have led here, the last one
    /// naming this as its source.
    func fromProfile(
        _ name: String, _ profile: [String: String], seen: [String]
    ) async throws -> AWSCredentials? {
        guard !seen.contains(name), seen.count < Self.profilesMax else {
            throw PlumbError(
                .invalidInput, "the profiles \((seen + [name]).joined(separator: " → ")) name each other as sources",
                hint: "let one of them have credentials of its own")
        }
        // As the source of another a profile's keys go before its role: so a profile can be a user and name a role.
        if !seen.isEmpty, let keys = try keys(of: name, profile) { return keys }
        if let role = profile["role_arn"] { return try await assume(role, by: name, profile, seen: seen + [name]) }
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
            return try await fromSSO(name, profile)
        }
        if let keys = try keys(of: name, profile) { return keys }
        if let command = profile["credential_process"] { return try await fromProcess(command, profile: name) }
        if profile["login_session"] != nil {
            throw PlumbError(
                .unsupported, "profile '\(name)' is one of 'aws login', which is not read here",
                hint:
                    "aws configure export-credentials --profile \(name) --format env prints what to export"
            )
        }
        return nil
    }

    private func assume(
        _ role: String, by name: String, _ profile: [String: String], seen: [String]
    ) async throws -> AWSCredentials {
        if let file = profile["web_identity_token_file"] {
            return try await assumeWithWebIdentity(
                role, tokenFile: file, session: profile["role_session_name"], source: "profile \(name)")
        }
        let base: AWSCredentials?
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil) where source == name: base = try keys(of: name, profile)
        case (let source?, nil):
            let values = try settings.profiles.known(source, because: "source_profile of '\(name)'")
            base = try await fromProfile(source, values, seen: seen)
        case (nil, let place?): base = try await fromPlace(place, of: name)
        case (nil, nil), (_?, _?):
            throw PlumbError(
                .invalidInput, "profile '\(name)' has role_arn, and needs one of source_profile and credential_source",
                hint: "source_profile = NAME says whose credentials assume the role")
        }
        guard let base else {
            throw PlumbError(
                .notFound, "what profile '\(name)' names as the source of its role has no credentials",
                hint: "aws configure list --profile \(profile["source_profile"] ?? name) shows what it has")
        }
        var input: AWSValue = [
            "RoleArn": .text(role), "RoleSessionName": .text(profile["role_session_name"] ?? sessionName),
        ]
        input["ExternalId"] = profile["external_id"].map { .text($0) } ?? .null
        if let text = profile["duration_seconds"] {
            guard let seconds = Int(text), (900...43200).contains(seconds) else {
                throw PlumbError(.invalidInput, "duration_seconds of profile '\(name)' is to be 900 to 43200")
            }
            input["DurationSeconds"] = .number(Double(seconds))
        }
        if let device = profile["mfa_serial"] {
            input["SerialNumber"] = .text(device)
            input["TokenCode"] = .text(try await code(of: device, for: name).revealed)
        }
        return try await sts("AssumeRole", input, credentials: base, source: "profile \(name) (role \(role))")
    }

    private func code(of device: String, for name: String) async throws -> Secret {
        guard let ask = surroundings.ask else {
            throw PlumbError(
                .refused, "profile '\(name)' needs an MFA code, and nobody is there to be asked",
                hint: "run this in a terminal, or export credentials of a session that has MFA")
        }
        return try await ask("MFA code of \(device): ")
    }

    private func fromPlace(_ place: String, of name: String) async throws -> AWSCredentials? {
        switch place {
        case "Environment": return try fromEnvironment()
        case "EcsContainer": return try await fromContainer()
        case "Ec2InstanceMetadata": return try await fromInstance()
        default:
            throw PlumbError(
                .invalidInput, "credential_source of profile '\(name)' is '\(place)'",
                hint: "known are Environment, Ec2InstanceMetadata and EcsContainer")
        }
    }

    /// The name of a session that nobody has named.
    private var sessionName: String { "plumbline-\(Int(surroundings.now().timeIntervalSince1970))" }

    func fromWebIdentityVariables() async throws -> AWSCredentials? {
        guard let file = surroundings.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
        guard let role = surroundings.variable("AWS_ROLE_ARN") else {
            throw PlumbError(
                .invalidInput, "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not",
                hint: "export AWS_ROLE_ARN=arn:aws:iam::ACCOUNT:role/NAME")
        }
        return try await assumeWithWebIdentity(
            role, tokenFile: file, session: surroundings.variable("AWS_ROLE_SESSION_NAME"), source: "web identity")
    }

    private func assumeWithWebIdentity(
        _ role: String, tokenFile: String, session: String?, source: String
    ) async throws -> AWSCredentials {
        let path = surroundings.expanded(tokenFile)
        guard let data = try surroundings.readFile(path) else {
            throw PlumbError(.notFound, "the web identity token \(path) is not there")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let input: AWSValue = [
            "RoleArn": .text(role), "RoleSessionName": .text(session ?? sessionName), "WebIdentityToken": .text(token),
        ]
        return try await sts(
            "AssumeRoleWithWebIdentity", input, credentials: nil, source: "\(source) (role \(role))")
    }

    private func sts(
        _ operation: String, _ input: AWSValue, credentials: AWSCredentials?, source: String
    ) async throws -> AWSCredentials {
        let call = Wire(service: .sts, operation: operation, input: input)
        let answer = try await courier.deliver(
            call, region: stsRegion, credentials: credentials.map { FixedCredentials(credentials: $0) })
        return try self.credentials(in: answer["Credentials"], token: "SessionToken", source: source)
    }

    private func fromProcess(_ command: String, profile name: String) async throws -> AWSCredentials {
        let source = "credential_process of profile \(name)"
        let (status, output) = try await surroundings.run(try CredentialProcess.words(of: command))
        guard status == 0 else {
            throw PlumbError(.refused, "\(source) ended with \(status)", hint: "run it by itself to see why")
        }
        let value: AWSValue
        do {
            value = try JSONBody.read(output)
        } catch {
            throw PlumbError(.invalidInput, "\(source) did not print one JSON object")
        }
        guard value["Version"].integer == 1 else {
            throw PlumbError(.unsupported, "\(source) printed no \"Version\": 1")
        }
        return try credentials(in: value, token: "SessionToken", source: source)
    }
}
