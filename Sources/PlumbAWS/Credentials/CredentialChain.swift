// Finds credentials where users of AWS's own tools expect them to be found.

import Foundation
import PlumbModel

/// The places, in their order.
///
/// Environment, role of the profile, web identity, the rest of the profile (SSO, keys, process), container, instance.
/// A profile named on the command line goes before the environment. A place that says something half is an error: the
/// next one would be somebody else.
struct CredentialChain: Sendable {
    let settings: AWSSettings
    /// For STS and SSO.
    let courier: Courier

    var surroundings: Surroundings { settings.surroundings }

    func resolve() async throws -> AWSCredentials {
        let isProfileChosen = settings.options.profile != nil
        if !isProfileChosen, let found = try fromEnvironment() { return found }
        if settings.profile["role_arn"] != nil, let found = try await fromProfile() { return found }
        if !isProfileChosen, let found = try await fromWebIdentityVariables() { return found }
        if let found = try await fromProfile() { return found }
        if let found = try await fromContainer() { return found }
        if let found = try await fromInstance() { return found }
        throw PlumbError(
            .notFound,
            "no AWS credentials: none in the environment, in profile '\(settings.profileName)', "
                + "from a container or an instance",
            hint: "aws configure or aws sso login; or export AWS_PROFILE=NAME")
    }

    private func fromProfile() async throws -> AWSCredentials? {
        try await fromProfile(settings.profileName, settings.profile, seen: [])
    }

    func fromEnvironment() throws(PlumbError) -> AWSCredentials? {
        let key = surroundings.variable("AWS_ACCESS_KEY_ID")
        let secret = surroundings.variable("AWS_SECRET_ACCESS_KEY")
        switch (key, secret) {
        case (nil, nil): return nil
        case (let key?, let secret?):
            var end: Date?
            if let text = surroundings.variable("AWS_CREDENTIAL_EXPIRATION") {
                end = AWSValue.text(text).date
                guard let end, end > surroundings.now() else {
                    throw PlumbError(
                        .refused, "the AWS credentials in the environment have expired (AWS_CREDENTIAL_EXPIRATION)",
                        hint: "export fresh ones")
                }
            }
            // They stay what they are for as long as this process runs, so their end is no reason to look again.
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: Secret(secret),
                sessionToken: surroundings.variable("AWS_SESSION_TOKEN").map { Secret($0) },
                source: "the environment")
        case (let key, _):
            let (there, missing) =
                key == nil
                ? ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID") : ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            throw PlumbError(
                .invalidInput, "\(there) is set and \(missing) is not", hint: "export both, or unset \(there)")
        }
    }

    /// Static keys of a profile; nil when it has none.
    func keys(of name: String, _ profile: [String: String]) throws(PlumbError) -> AWSCredentials? {
        let (key, secret) = (profile["aws_access_key_id"] ?? "", profile["aws_secret_access_key"] ?? "")
        if key.isEmpty, secret.isEmpty { return nil }
        guard !key.isEmpty, !secret.isEmpty else {
            let (there, missing) =
                key.isEmpty
                ? ("aws_secret_access_key", "aws_access_key_id") : ("aws_access_key_id", "aws_secret_access_key")
            throw PlumbError(
                .invalidInput, "profile '\(name)' has \(there) and no \(missing)",
                hint: "aws configure --profile \(name) writes both")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: Secret(secret),
            sessionToken: profile["aws_session_token"].flatMap { $0.isEmpty ? nil : Secret($0) },
            source: "profile \(name)")
    }

    /// What a service, a program or a file says as JSON, in whichever of AWS's spellings.
    func credentials(in value: AWSValue, token: String, source: String) throws(PlumbError) -> AWSCredentials {
        guard let key = value["AccessKeyId"].text, !key.isEmpty, let secret = value["SecretAccessKey"].text,
            !secret.isEmpty
        else { throw PlumbError(.internalFault, "\(source) gives no AccessKeyId and SecretAccessKey") }
        var end: Date?
        if case let said = value["Expiration"], !said.isNull {
            end = said.date
            guard end != nil else { throw PlumbError(.internalFault, "\(source) gives an Expiration that is no date") }
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: Secret(secret),
            sessionToken: value[token].text.flatMap { $0.isEmpty ? nil : Secret($0) }, expiration: end, source: source)
    }

    /// STS is asked in the region of the caller, and in the first of all when nobody has said one.
    var stsRegion: String { settings.region ?? "us-east-1" }
}
