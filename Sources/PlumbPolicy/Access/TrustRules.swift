// Whether a role is assumed only by whom it is for: services on one's own behalf, known accounts, one's own tokens.

import PlumbModel

enum TrustRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        subject.allows.flatMap { about -> [AccessFinding] in
            let statement = about.statement
            // An empty list of actions lets nobody in.
            if statement.emptyElements.contains("Action") { return [] }
            if !statement.notPrincipals.isEmpty {
                return [
                    subject.finding(
                        .allowNotPrincipal, about,
                        "everyone may assume it but \(PolicyStatement.told(statement.notPrincipals.map(\.id)))")
                ]
            }
            return actions(subject, about)
                + statement.principals.flatMap { principal -> [AccessFinding] in
                    if principal.isAnyone { return anyone(subject, about) }
                    switch principal.kind.lowercased() {
                    case "service": return ServicePrincipal.findings(principal.id, subject, about)
                    case "aws": return account(principal, subject, about)
                    case "federated": return federation(principal.id, subject, about)
                    default: return []
                    }
                }
        }
    }

    private static func actions(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        about.statement.actions.filter(Glob.isPattern).map { action in
            subject.finding(
                .serviceWildcard, about, "\(action) in a trust policy, wanted sts:AssumeRole or its like by name",
                actions: [action], as: .warning, severity: .medium)
        }
    }

    private static func anyone(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        guard !Narrowing.isBinding(about.statement) else { return [] }
        let fake = Narrowing.told(about.statement)
        return [subject.finding(.trustAny, about, "anyone may assume it\(fake)")]
    }

    // MARK: Accounts

    /// Keys that say which of an account's principals are meant.
    private static let principalKeys = ["aws:PrincipalTag/", "aws:PrincipalArn", "aws:userid", "aws:PrincipalType"]
    /// Keys that keep a foreign account from being used by a third party.
    private static let foreignKeys = [
        "sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:MultiFactorAuthPresent",
        "aws:MultiFactorAuthAge",
    ]

    private static func account(
        _ principal: PolicyPrincipal, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        let statement = about.statement
        guard let account = principal.account, !Glob.isPattern(principal.id) else { return [] }
        // A template's own references, and roles written by variable, are of the account that it is deployed to.
        if account.contains("${") || subject.ownAccounts.contains(account) {
            guard principal.isAccountRoot, !statement.isBound(by: principalKeys + foreignKeys) else { return [] }
            return [
                subject.finding(
                    .trustAccount, about,
                    "\(principal.id) lets in every principal of the account whose own policy allows it")
            ]
        }
        guard !statement.isBound(by: foreignKeys) else { return [] }
        let loose = statement.conditions.first { $0.speaks(of: ["sts:ExternalId"]) }
        let found =
            loose.map { "\($0.operatorName) on sts:ExternalId binds nothing" } ?? "no sts:ExternalId guards it"
        return [
            subject.finding(.crossAccount, about, "\(principal.id) is of account \(account), and \(found)")
        ]
    }

    // MARK: Identity providers

    private static let gitHub = "token.actions.githubusercontent.com"

    private static func federation(
        _ provider: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        let statement = about.statement
        if provider.contains(":saml-provider/") {
            guard !statement.isBound(by: ["SAML:aud"]) else { return [] }
            return [
                subject.finding(.missingAudience, about, "no SAML:aud says for whom \(provider) signed the assertion")
            ]
        }
        let host = provider.split(separator: ":oidc-provider/", maxSplits: 1).last.map(String.init) ?? provider
        func values(_ claim: String) -> [String] {
            statement.conditions.filter { $0.isBinding && $0.key.lowercased() == host.lowercased() + ":" + claim }
                .flatMap(\.values)
        }
        var findings: [AccessFinding] = []
        let bound = statement.conditions.filter {
            $0.isBinding && $0.key.lowercased().hasPrefix(host.lowercased() + ":")
        }
        if bound.isEmpty {
            findings.append(
                subject.finding(.missingOIDC, about, "no condition on \(host): whose token of it counts is not said"))
        } else if values("aud").isEmpty {
            findings.append(
                subject.finding(.missingAudience, about, "no \(host):aud says for whom the token was signed"))
        }
        let subjects = values("sub")
        if host == gitHub {
            findings += gitHubFindings(subjects, bound, subject, about)
        } else if subjects.isEmpty, !bound.isEmpty, host != "cognito-identity.amazonaws.com" {
            findings.append(
                subject.finding(
                    .missingOIDC, about, "no \(host):sub: every token of the provider for this audience counts"))
        } else {
            findings += subjects.filter(Glob.isPattern).map {
                subject.finding(.wildcardBranch, about, "the subject '\($0)' matches more than one identity")
            }
        }
        return findings
    }

    /// Subjects are `repo:ORG/REPO:ref:refs/heads/BRANCH` and the like.
    private static func gitHubFindings(
        _ subjects: [String], _ bound: [PolicyCondition], _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        // These claims name the repository or its workflow as well as the subject does.
        let others = [":repository", ":repository_id", ":job_workflow_ref"].map { gitHub + $0 }
        if subjects.isEmpty {
            if bound.contains(where: { $0.speaks(of: others) && !$0.values.contains(where: Glob.isPattern) }) {
                return []
            }
            return [
                subject.finding(
                    .missingGitHubRepo, about, "no \(gitHub):sub: a workflow of any repository may assume the role")
            ]
        }
        return subjects.compactMap { text in
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            let repository = parts.count > 1 ? parts[1] : parts[0]
            let isLike = about.statement.conditions.contains {
                $0.values.contains(text) && ConditionOperator($0.operatorName)?.isLike == true
            }
            guard isLike, Glob.isPattern(text) else { return nil }
            if parts[0] != "repo" || Glob.isPattern(String(repository)) || parts.count < 2 {
                return subject.finding(
                    .missingGitHubRepo, about, "the subject '\(text)' matches more than one repository")
            }
            return subject.finding(
                .wildcardBranch, about, "the subject '\(text)' matches every branch, tag and pull request it fits")
        }
    }
}

/// A service that acts for its customers, and may be told by one of them to act on another's resource.
enum ServicePrincipal {
    /// Keys that say on whose behalf.
    static let sourceKeys = [
        "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner",
        "aws:PrincipalOrgID", "kms:CallerAccount", "kms:EncryptionContext:", "kms:ViaService",
        "aws:PrincipalIsAWSService", "sts:ExternalId",
    ]

    /// Services that run code of the account which passed the role, and send no source when they assume it.
    private static let withoutSource: Set<String> = ["ec2.amazonaws.com", "lambda.amazonaws.com"]

    static func findings(
        _ service: String, _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        let statement = about.statement
        let sources = statement.conditions.filter { $0.isBinding && $0.speaks(of: ["aws:SourceArn"]) }.flatMap(\.values)
        let isOfResource = !sources.isEmpty && sources.allSatisfy(namesAnOwner)
        let others = sourceKeys.filter { $0 != "aws:SourceArn" }
        if statement.isBound(by: others) || isOfResource { return oneSource(service, sources, subject, about) }
        if subject.kind == .trust, withoutSource.contains(service) {
            return [
                subject.finding(
                    .recommendService, about, "\(service) may assume it; no condition says for which account")
            ]
        }
        let loose = statement.conditions.first { $0.speaks(of: sourceKeys) }
        let found =
            sources.first.map { "aws:SourceArn \($0) names no account" }
            ?? loose.map { "\($0.operatorName) on \($0.key) binds nothing" }
            ?? "neither aws:SourceAccount nor aws:SourceArn binds it"
        let verb = subject.kind == .trust ? "may assume it" : "is let in"
        return [subject.finding(.restrictService, about, "\(service) \(verb) on behalf of any account: \(found)")]
    }

    /// Bucket ARNs name no account, but a bucket's name is its owner's alone.
    static func namesAnOwner(_ source: String) -> Bool {
        guard let arn = ARN(PolicyStatement.normal(source)) else { return source.hasPrefix("${") }
        if arn.service == "s3" { return !Glob.isPattern(String(arn.resource.prefix { $0 != "/" })) }
        return !arn.account.isEmpty && !Glob.isPattern(arn.account)
    }

    /// SageMaker assumes an inference role before the endpoint exists, so one endpoint's ARN shuts it out.
    private static func oneSource(
        _ service: String, _ sources: [String], _ subject: AccessSubject, _ about: AccessSubject.Numbered
    ) -> [AccessFinding] {
        guard subject.kind == .trust, service == "sagemaker.amazonaws.com" else { return [] }
        let named = sources.filter { source in
            guard let resource = ARN(PolicyStatement.normal(source))?.resource, !resource.hasPrefix("*") else {
                return false
            }
            return ["endpoint/", "endpoint-config/", "model/"].contains { resource.hasPrefix($0) }
        }
        guard let first = named.first else { return [] }
        return [
            subject.finding(
                .oneSource, about, "aws:SourceArn is \(first), wanted all of SageMaker in the account", resources: named
            )
        ]
    }
}

/// Conditions that keep `*` from meaning everyone.
enum Narrowing {
    private static let keys: [String] = [
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceAccount",
        "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce",
        "aws:SourceIp", "aws:VpcSourceIp", "aws:userid", "kms:CallerAccount", "kms:ViaService",
        "s3:DataAccessPointAccount", "s3:DataAccessPointArn", "aws:PrincipalIsAWSService", "aws:VpceAccount",
        "aws:VpceOrgID",
    ]

    /// Whether some condition binds the statement to someone known.
    static func isBinding(_ statement: PolicyStatement) -> Bool { statement.conditions.contains(where: isBinding) }

    /// The condition that seems to narrow but does not, in words to append.
    static func told(_ statement: PolicyStatement) -> String {
        guard let fake = statement.conditions.first(where: { !isBinding($0) }) else {
            return "; no condition narrows it"
        }
        return "; \(fake.operatorName) \(fake.key) \(fake.values.joined(separator: ", ")) narrows nothing"
    }

    private static func isBinding(_ condition: PolicyCondition) -> Bool {
        guard condition.isBinding, condition.speaks(of: keys) else { return false }
        let values = condition.values
        switch condition.key.lowercased() {
        case "aws:sourceip":
            // 0.0.0.0/1 and 128.0.0.0/1 are the internet in two halves.
            return values.allSatisfy { AddressRange($0).map { $0.prefixLength >= 8 } ?? true }
        case "aws:principalarn", "aws:sourcearn", "aws:vpcearn":
            return values.allSatisfy(isOfSomeone)
        case "aws:principalaccount", "aws:sourceaccount", "aws:principalorgid", "aws:sourceorgid", "aws:sourcevpc",
            "aws:sourcevpce", "kms:calleraccount":
            // `o-*` and `vpce-*` are all of them.
            return !values.contains(where: Glob.isPattern)
        default: return true
        }
    }

    /// An ARN of an account, or of a bucket in full.
    private static func isOfSomeone(_ value: String) -> Bool {
        guard let arn = ARN(PolicyStatement.normal(value)) else { return !Glob.isPattern(value) }
        if arn.service == "s3" { return !Glob.isPattern(String(arn.resource.prefix { $0 != "/" })) }
        // APIs of API Gateway have no account in their ARN; their ids are their owner's alone.
        if arn.account.isEmpty { return !Glob.isPattern(arn.resource) }
        return !Glob.isPattern(arn.account)
    }
}
