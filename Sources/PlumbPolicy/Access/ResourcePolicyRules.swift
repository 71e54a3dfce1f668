// Whether a bucket's, key's or topic's policy lets in whom it should, over TLS.

import PlumbModel

enum ResourcePolicyRules {
    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        let buckets = buckets(of: subject)
        return subject.allows.flatMap { grants(subject, $0) } + buckets.flatMap { transport($0, subject) }
            + buckets.compactMap { encryption($0, subject) }
    }

    private static func grants(_ subject: AccessSubject, _ about: AccessSubject.Numbered) -> [AccessFinding] {
        let statement = about.statement
        if !statement.notPrincipals.isEmpty {
            return [
                subject.finding(
                    .allowNotPrincipal, about,
                    "everyone is allowed but \(PolicyStatement.told(statement.notPrincipals.map(\.id)))")
            ]
        }
        var findings: [AccessFinding] = []
        if !statement.notActions.isEmpty {
            findings.append(
                subject.finding(
                    .notActionAllow, about,
                    "it allows every action but \(PolicyStatement.told(statement.notActions))",
                    actions: statement.notActions))
        }
        if statement.principals.contains(where: \.isAnyone), !Narrowing.isBinding(statement) {
            let actions = PolicyStatement.told(statement.actions)
            findings.append(
                subject.finding(
                    .publicPrincipal, about, "anyone may \(actions)\(Narrowing.told(statement))",
                    actions: statement.actions, resources: statement.resources))
        }
        for principal in statement.principals where principal.kind.lowercased() == "service" {
            findings += ServicePrincipal.findings(principal.id, subject, about)
        }
        // The account itself may hold all rights: that is how a key lets IAM decide.
        let isOfAccount = statement.principals.allSatisfy(\.isAccountRoot)
        for action in statement.actions where !isOfAccount && Self.isWhole(action) {
            let who = PolicyStatement.told(statement.principals.map(\.id), most: 2)
            findings.append(
                subject.finding(
                    .serviceWildcard, about, "\(who) may do \(action)", actions: [action],
                    resources: statement.resources, as: .warning, severity: .medium))
        }
        return findings
    }

    private static func isWhole(_ action: String) -> Bool {
        action == "*" || action.drop { $0 != ":" }.dropFirst().allSatisfy { $0 == "*" } && action.contains(":*")
    }

    // MARK: Transport

    /// The buckets that the policy is about, by ARN as it spells them.
    private static func buckets(of subject: AccessSubject) -> [String] {
        var buckets: [String] = []
        for statement in subject.statements.map(\.statement) {
            let isAboutS3 = statement.actions.contains { $0.lowercased().hasPrefix("s3:") }
            for resource in statement.resources {
                var name = PolicyStatement.normal(resource)
                guard name.hasPrefix("arn:aws:s3:::") || isAboutS3 && name.hasPrefix("${") else { continue }
                // `${Bucket.Arn}/*` and `arn:aws:s3:::bucket/*` are objects of one bucket.
                let depth = name.firstIndex(of: "}") ?? name.startIndex
                if let slash = name[depth...].firstIndex(of: "/") { name = String(name[..<slash]) }
                if !Glob.isPattern(name), !buckets.contains(name) { buckets.append(name) }
            }
        }
        return buckets
    }

    private static func transport(_ bucket: String, _ subject: AccessSubject) -> [AccessFinding] {
        let denies = subject.denies.map(\.statement).filter { statement in
            statement.principals.contains(where: \.isAnyone)
        }
        func isDenied(_ resource: String, _ test: (PolicyCondition) -> Bool) -> Bool {
            denies.contains { statement in
                statement.conditions.count == 1 && statement.conditions.contains(where: test)
                    && statement.covers(resource) && Self.reachesEverything(statement)
            }
        }
        let parts = [(bucket, "the bucket"), (bucket + "/\u{1}", "its objects")]
        let plain = parts.filter { !isDenied($0.0, isPlainTransport) }.map(\.1)
        if !plain.isEmpty {
            return [
                subject.finding(
                    .noTransportDeny, nil,
                    "\(bucket): no Deny of requests without TLS for \(plain.joined(separator: " and "))",
                    resources: [bucket])
            ]
        }
        let old = parts.filter { !isDenied($0.0, isOldTLS) }.map(\.1)
        guard !old.isEmpty else { return [] }
        return [
            subject.finding(
                .noTLSFloor, nil, "\(bucket): no Deny of TLS below 1.2 for \(old.joined(separator: " and "))",
                resources: [bucket])
        ]
    }

    // MARK: Encryption

    /// S3 encrypts whatever is put, but with which key the writer says, unless a Deny holds him to one.
    private static func encryption(_ bucket: String, _ subject: AccessSubject) -> AccessFinding? {
        let isHeld = subject.denies.map(\.statement).contains { statement in
            statement.reaches("s3:PutObject") && statement.covers(bucket + "/\u{1}")
                && statement.conditions.contains { $0.key.lowercased().hasPrefix("s3:x-amz-server-side-encryption") }
        }
        guard !isHeld else { return nil }
        return subject.finding(
            .noEncryptionDeny, nil, "\(bucket): no Deny of objects under another key", resources: [bucket])
    }

    private static func reachesEverything(_ statement: PolicyStatement) -> Bool {
        statement.actions.contains { Glob.includes($0.lowercased(), "s3:*") }
    }

    private static func isPlainTransport(_ condition: PolicyCondition) -> Bool {
        ["bool", "boolifexists"].contains(condition.operatorName.lowercased())
            && condition.key.lowercased() == "aws:securetransport"
            && condition.values.allSatisfy { $0.lowercased() == "false" } && !condition.values.isEmpty
    }

    private static func isOldTLS(_ condition: PolicyCondition) -> Bool {
        ["numericlessthan", "numericlessthanifexists"].contains(condition.operatorName.lowercased())
            && condition.key.lowercased() == "s3:tlsversion"
            && condition.values.contains { Double($0).map { $0 >= 1.2 } ?? false }
    }
}
