// What is reviewed: a policy's statements, and what its Allows still allow after its Denies.

import PlumbModel

/// A policy under review.
struct AccessSubject {
    struct Numbered {
        let index: Int
        let statement: PolicyStatement
    }
    let document: PolicyDocument
    let kind: AccessPolicyKind
    let ownAccounts: Set<String>
    let statements: [Numbered]

    init(_ document: PolicyDocument, kind: AccessPolicyKind, ownAccounts: Set<String>) {
        self.document = document
        self.kind = kind
        self.ownAccounts = ownAccounts.union(Self.accountsBound(by: document))
        statements = document.statements.enumerated().map { Numbered(index: $0.offset, statement: $0.element) }
    }

    var allows: [Numbered] { statements.filter { $0.statement.effect == .allow } }
    var denies: [Numbered] { statements.filter { $0.statement.effect == .deny } }

    /// Whether an Allow grants an action, `service:Name`, somewhere: no unconditional Deny of the policy covers it.
    func grants(_ action: String, by allow: Numbered) -> Bool {
        allow.statement.effect == .allow && allow.statement.reaches(action) && !isDenied(action, in: allow.statement)
    }

    /// A Deny with a condition leaves the Allow standing whenever the condition is not met.
    private func isDenied(_ action: String, in allow: PolicyStatement) -> Bool {
        denies.contains { deny in
            let statement = deny.statement
            guard statement.conditions.isEmpty, statement.reaches(action) else { return false }
            guard kind == .identity || statement.principals.contains(where: \.isAnyone) else { return false }
            return statement.coversAll(of: allow)
        }
    }

    /// The Allows that grant an action.
    func allows(granting action: String) -> [Numbered] { allows.filter { grants(action, by: $0) } }

    private static func accountsBound(by document: PolicyDocument) -> Set<String> {
        var accounts: Set<String> = ["${AWS::AccountId}"]
        let isOfAccount = ["aws:SourceAccount", "aws:PrincipalAccount", "aws:ResourceAccount", "kms:CallerAccount"]
        for condition in document.statements.flatMap(\.conditions) where condition.isBinding {
            if condition.speaks(of: isOfAccount) { accounts.formUnion(condition.values) }
            if condition.speaks(of: ["aws:SourceArn"]) {
                accounts.formUnion(condition.values.compactMap { ARN(PolicyStatement.normal($0))?.account })
            }
        }
        return accounts.filter { !$0.isEmpty && !Glob.isPattern($0) }
    }

    /// A finding about a statement, or about the policy as a whole.
    func finding(
        _ code: AccessCode, _ about: Numbered?, _ message: String, actions: [String] = [], resources: [String] = [],
        as type: AccessFinding.Kind? = nil, severity: Severity? = nil, fix: String? = nil
    ) -> AccessFinding {
        AccessFinding(
            code: code.name, type: type ?? code.type, severity: severity ?? code.severity, statement: about?.index,
            sid: about?.statement.sid, message: message, actions: actions, resources: resources, fix: fix ?? code.fix,
            place: about?.statement.place ?? document.statements.first?.place)
    }
}

extension PolicyStatement {
    /// Whether it covers every resource that the other names: each pattern lies within one of its own.
    func coversAll(of other: PolicyStatement) -> Bool {
        if !notResources.isEmpty {
            return other.notResources.isEmpty
                && other.resources.allSatisfy { resource in
                    !notResources.contains { Glob.overlap(Self.normal($0), Self.normal(resource)) }
                }
        }
        if resources.contains("*") { return true }
        guard other.notResources.isEmpty, !other.resources.isEmpty else { return false }
        return other.resources.allSatisfy { resource in
            resources.contains { Glob.includes(Self.normal($0), Self.normal(resource)) }
        }
    }

    /// The actions that make it reach `action`, as it spells them.
    func spelling(of action: String) -> [String] {
        let lowered = action.lowercased()
        if !notActions.isEmpty { return ["NotAction " + notActions.joined(separator: ", ")] }
        return actions.filter { Glob.matches($0.lowercased(), lowered) }
    }

    /// How far its resources reach.
    var breadth: Breadth {
        if !notResources.isEmpty { return .everything }
        return resources.map(Breadth.init).max() ?? .named
    }

    /// The resources that reach furthest, as it spells them.
    var widestResources: [String] {
        if !notResources.isEmpty { return ["NotResource " + notResources.joined(separator: ", ")] }
        let breadth = self.breadth
        return resources.filter { Breadth($0) == breadth }
    }

    /// `DescribeModel, CreateModel and 3 more`.
    static func told(_ names: [String], most count: Int = 4) -> String {
        let rest = names.count - count
        return rest > 0
            ? names.prefix(count).joined(separator: ", ") + " and \(rest) more" : names.joined(separator: ", ")
    }
}

/// How far a resource pattern reaches.
enum Breadth: Int, Comparable {
    /// One thing, or what lies in one: a bucket's objects.
    case named
    /// Things whose names begin alike: `log-group:/aws/sagemaker/*`.
    case family
    /// Every resource of a type in an account: `key/*`.
    case kind
    /// Everything: `*`, or a pattern as wide.
    case everything

    static func < (left: Breadth, right: Breadth) -> Bool { left.rawValue < right.rawValue }

    init(_ resource: String) {
        guard let arn = ARN(PolicyStatement.normal(resource)) else {
            self = Self.isBlank(resource) || resource.hasPrefix("arn:*") ? .everything : .named
            return
        }
        if Self.isBlank(arn.service) || Self.isBlank(arn.resource) {
            // `arn:aws:s3:::*`: nothing but the service is named; an account bounds it where one is named.
            let isBounded = !arn.account.isEmpty && !Glob.isPattern(arn.account) && !Glob.isPattern(arn.service)
            self = isBounded ? .kind : .everything
            return
        }
        if arn.service == "s3", !arn.resource.contains("accesspoint/") {
            let bucket = arn.resource.prefix { $0 != "/" }
            if Self.isBlank(String(bucket)) || bucket.hasPrefix("*") {
                self = .everything
            } else {
                self = Glob.isPattern(String(bucket)) ? .family : .named
            }
            return
        }
        let name = arn.resource.drop { $0 != "/" && $0 != ":" }.dropFirst()
        let type = arn.resource.prefix { $0 != "/" && $0 != ":" }
        if type.hasPrefix("*") || Self.isBlank(String(name)) && !name.isEmpty {
            self = .kind
        } else {
            self = Glob.isPattern(arn.resource) ? .family : .named
        }
    }

    /// Nothing but wildcards and the signs between them.
    private static func isBlank(_ text: String) -> Bool {
        text.contains("*") && text.allSatisfy { "*?/:".contains($0) }
    }
}
