// What a policy document allows, to whom, and how tightly: the questions of least privilege, on normalised documents.

import PlumbModel

/// IAM's patterns: `*` for any run of characters, `?` for one.
enum Glob {
    /// Whether the pattern matches the whole text; both are compared as they stand.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var (p, t) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                // Let the last star take one more character and try again.
                star = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// The same for the names of actions, in any case of letters.
    static func matchesAction(_ pattern: String, _ action: String) -> Bool {
        if isPattern(pattern) { return matches(pattern.lowercased(), action.lowercased()) }
        // Most names differ in length already, and every role is asked for many.
        guard pattern.utf8.count == action.utf8.count else { return false }
        return zip(pattern.utf8, action.utf8).allSatisfy { $0 == $1 || lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte + 32 : byte
    }

    static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }
}

extension PolicyPrincipal {
    /// Anyone at all, signed in or not.
    var isAnyone: Bool { id == "*" && (kind == "*" || kind.lowercased() == "aws") }

    /// The account of an `AWS` principal: its twelve digits or `${AWS::AccountId}`; a role of the graph is of its own.
    var account: String? {
        guard kind.lowercased() == "aws" else { return nil }
        if let arn = ARN(id) { return arn.account }
        return isAccountRoot ? id : "${AWS::AccountId}"
    }

    /// The account as a whole, which lets in whoever its own policies let in.
    var isAccountRoot: Bool {
        kind.lowercased() == "aws" && (id.hasSuffix(":root") || id == "${AWS::AccountId}" || id.allSatisfy(\.isNumber))
    }
}

/// The parts of an Amazon Resource Name; pseudo parameters such as `${AWS::Region}` count as one part.
struct ARN {
    let service: String
    let region: String
    let account: String
    let resource: String

    private static let pseudoParameter = Array("${AWS::".utf8)

    init?(_ text: String) {
        guard text.hasPrefix("arn:") else { return nil }
        let bytes = Array(text.utf8)
        var (parts, start, position): ([String], Int, Int) = ([], 0, 0)
        while position < bytes.count, parts.count < 5 {
            // `::` inside `${AWS::Region}` does not split it.
            if bytes[position] == UInt8(ascii: "$"), bytes[position...].starts(with: Self.pseudoParameter) {
                position += Self.pseudoParameter.count
                continue
            }
            if bytes[position] == UInt8(ascii: ":") {
                parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
                start = position + 1
            }
            position += 1
        }
        guard parts.count == 5 else { return nil }
        (service, region, account) = (parts[2], parts[3], parts[4])
        resource = String(decoding: bytes[start...], as: UTF8.self)
    }
}

extension PolicyCondition {
    private var operation: String { operatorName.lowercased() }

    /// Whether a request that lacks the key, or has another value, is refused: no `…IfExists`, no `ForAllValues`, which
    /// an absent key satisfies, no negation, and no value that admits everything.
    var isBinding: Bool {
        guard !operation.hasSuffix("ifexists"), !operation.hasPrefix("forallvalues:"), !operation.contains("not"),
            !values.isEmpty
        else { return false }
        // `Null: false` demands that the key is there; `Null: true` that it is not.
        if operation == "null" { return values.allSatisfy { $0.lowercased() == "false" } }
        return !values.contains { ["*", "0.0.0.0/0", "::/0", "arn:*", "arn:aws:*"].contains($0) }
    }

    /// Whether it speaks of one of these keys, in any case of letters; a key that ends in `/` or `:` stands for all
    /// that begin so.
    func speaks(of keys: some Sequence<String>) -> Bool {
        let lowered = key.lowercased()
        return keys.contains { wanted in
            let wanted = wanted.lowercased()
            return wanted.hasSuffix("/") || wanted.hasSuffix(":") ? lowered.hasPrefix(wanted) : lowered == wanted
        }
    }
}

extension PolicyStatement {
    /// How a message names it.
    var title: String { sid.map { "statement '\($0)'" } ?? "a statement on \(actions.first ?? "everything")" }

    /// Whether its actions reach this one, `service:Name`, by name, pattern or `NotAction`.
    func reaches(_ action: String) -> Bool {
        if !notActions.isEmpty { return !notActions.contains { Glob.matchesAction($0, action) } }
        return actions.contains { Glob.matchesAction($0, action) }
    }

    /// Whether its resources reach this name.
    func covers(_ resource: String) -> Bool {
        if !notResources.isEmpty { return !notResources.contains { Glob.matches(Self.normal($0), resource) } }
        return resources.contains { Glob.matches(Self.normal($0), resource) }
    }

    /// Whether it covers a name under any of its spellings.
    func coversAny(of spellings: [String]) -> Bool { spellings.contains { covers($0) } }

    /// Whether it covers every object of a bucket: no key is so odd that it would escape the pattern.
    func coversObjects(of bucket: Bucket) -> Bool { coversAny(of: bucket.spellings.map { $0 + "/\u{1}" }) }

    /// Whether it covers some objects of a bucket.
    func touchesObjects(of bucket: Bucket) -> Bool {
        coversObjects(of: bucket)
            || bucket.spellings.contains { name in resources.contains { Self.normal($0).hasPrefix(name + "/") } }
    }

    /// Whether a resource of it may be this bucket, or objects of it: its ending cannot be told.
    func hasOpenResource(of bucket: Bucket) -> Bool {
        resources.contains { resource in
            guard resource.hasSuffix("${?}") else { return false }
            let start = Self.normal(String(resource.dropLast("${?}".count)))
            return start.isEmpty || bucket.spellings.contains { $0.hasPrefix(start) || start.hasPrefix($0) }
        }
    }

    /// Whether it must hold that one of these keys is present with a right value.
    func isBound(by keys: some Sequence<String>) -> Bool {
        let keys = Array(keys)
        return conditions.contains { $0.isBinding && $0.speaks(of: keys) }
    }

    static func normal(_ resource: String) -> String {
        let anyPartition = "arn:${AWS::Partition}:"
        return resource.hasPrefix(anyPartition) ? "arn:aws:" + resource.dropFirst(anyPartition.count) : resource
    }
}

extension PolicyDocument {
    /// The Allow statements that reach an action and are not denied outright by the same document.
    func grants(of action: String) -> [PolicyStatement] {
        let isDenied = statements.contains {
            $0.effect == .deny && $0.conditions.isEmpty && $0.reaches(action) && $0.resources.contains("*")
        }
        return isDenied ? [] : statements.filter { $0.effect == .allow && $0.reaches(action) }
    }
}

extension Role {
    /// The statements of all documents that allow an action, by whatever pattern; one outright Deny undoes them all.
    func grants(of action: String) -> [PolicyStatement] {
        PolicyDocument((policies.value ?? []).flatMap(\.statements)).grants(of: action)
    }

    /// Why some of what it may do cannot be told; nil when all of it can.
    var whyUndecided: String? { policies.whyUnknown ?? undecidedPolicies.first }

    /// Whether it is the emergency account's role, which says so by its tag or name and is watched otherwise.
    var isBreakGlass: Bool {
        let word = (head.tags.value?["ml:purpose"] ?? name.value ?? "").lowercased()
        return word.contains("break-glass") || word.contains("breakglass")
    }
}

extension Bucket {
    /// How policies may spell this bucket's ARN.
    var spellings: [String] {
        ["${\(id).Arn}", "arn:aws:s3:::${\(id)}"] + (name.value.map { ["arn:aws:s3:::\($0)"] } ?? [])
    }
}

// MARK: - Public principals (SEC-2.4, SEC-1.9)

extension PolicyDocument {
    /// Statements that let anyone in: Allow to `*`, or to all but some, with nothing that narrows it. A Deny to `*` is
    /// no grant.
    var publicGrants: [PolicyStatement] {
        statements.filter { statement in
            statement.effect == .allow
                && (statement.principals.contains(where: \.isAnyone) || !statement.notPrincipals.isEmpty)
                && !Narrowing.isBinding(statement) && !statement.isBound(by: ["aws:PrincipalTag/"])
        }
    }
}

// MARK: - Wildcards (SEC-2.1)

extension PolicyStatement {
    /// What makes an Allow wider than the operations it is for, in words; empty when nothing does.
    var wildcardFaults: [String] {
        guard effect == .allow else { return [] }
        var faults: [String] = []
        if !notActions.isEmpty { faults.append("it allows everything but \(notActions.joined(separator: ", "))") }
        if !notResources.isEmpty {
            faults.append("it allows every resource but \(notResources.joined(separator: ", "))")
        }
        faults += actions.filter(Self.isBroad).map { "the action \($0) grants more than one operation" }
        let limitable = actions.filter { !ActionsWithoutResource.contains($0) }
        faults += resources.compactMap { fault(of: $0, mayBeOfAKind: limitable.isEmpty) }
        if resources.contains("*") {
            if !limitable.isEmpty {
                faults.append("\(limitable.joined(separator: ", ")) can be limited to a resource, but is allowed on *")
            }
            if reaches("cloudwatch:PutMetricData"), !isBound(by: ["cloudwatch:namespace"]) {
                faults.append("cloudwatch:PutMetricData takes no resource, so cloudwatch:namespace must limit it")
            }
        }
        return faults
    }

    /// `*`, `service:*` and patterns over anything but reading. `kms:GenerateDataKey*` and `kms:ReEncrypt*` are whole
    /// families of one operation each, which AWS's own key policies spell so.
    private static func isBroad(_ action: String) -> Bool {
        guard Glob.isPattern(action) else { return false }
        let lowered = action.lowercased()
        if ["kms:generatedatakey*", "kms:reencrypt*"].contains(lowered) { return false }
        guard let colon = lowered.firstIndex(of: ":") else { return true }
        let literal = lowered[lowered.index(after: colon)...].prefix { $0 != "*" && $0 != "?" }
        let readingVerbs = ["get", "list", "describe", "batchget", "head", "lookup", "search", "view"]
        guard !Glob.isPattern(String(lowered[..<colon])) else { return true }
        return !readingVerbs.contains { literal.hasPrefix($0) }
    }

    /// Why a resource pattern reaches further than one thing of the deployment; nil when it does not. Actions that no
    /// resource can limit may as well name a whole kind.
    private func fault(of resource: String, mayBeOfAKind: Bool) -> String? {
        if resource == "*" { return nil }
        guard let arn = ARN(Self.normal(resource)) else {
            // `${Bucket.Arn}*` also matches a bucket whose name merely begins so.
            return resource.hasSuffix(".Arn}*") ? "\(resource) also matches names that only begin alike" : nil
        }
        if Glob.isPattern(arn.service) { return "\(resource) names no service" }
        if Glob.isPattern(arn.account) { return "\(resource) reaches into every account" }
        if arn.service == "s3" {
            let bucket = String(arn.resource.prefix { $0 != "/" })
            // Names that a service makes up begin alike; nobody else's match when the account is bound.
            let isOwnFamily = bucket.hasSuffix("-*") && isBound(by: ["aws:ResourceAccount", "s3:ResourceAccount"])
            let isLoose = Glob.isPattern(bucket) && !isOwnFamily
            return isLoose ? "\(resource) matches other buckets than the deployment's" : nil
        }
        // Ids that a service makes up cannot be named before they are there.
        if arn.service == "application-autoscaling", arn.resource == "scalable-target/*" { return nil }
        // What an alarm says is no secret, and OPS-2.8 asks for it.
        let readsAlarms = actions.allSatisfy { $0.lowercased() == "cloudwatch:describealarms" } && !actions.isEmpty
        if readsAlarms, arn.service == "cloudwatch", arn.resource == "alarm:*" { return nil }
        let name = arn.resource.drop { $0 != "/" && $0 != ":" }.dropFirst()
        let isEverything = arn.resource == "*" || name == "*" || arn.resource.hasPrefix("*")
        return isEverything && !mayBeOfAKind ? "\(resource) is every resource of its kind" : nil
    }
}

// MARK: - PassRole (SEC-2.2)

extension PolicyStatement {
    /// Why this Allow passes roles too freely; empty when it passes none, or named roles to named services.
    var passRoleFaults: [String] {
        guard effect == .allow, reaches("iam:PassRole") else { return [] }
        var faults: [String] = []
        let isNamed = notActions.isEmpty && actions.contains { $0.lowercased() == "iam:passrole" }
        if !isNamed {
            let hiding = actions.filter { Glob.matches($0.lowercased(), "iam:passrole") }
            faults.append("iam:PassRole hides in \(hiding.isEmpty ? "NotAction" : hiding.joined(separator: ", "))")
        }
        let loose = resources.filter { Glob.isPattern($0) }
        if !loose.isEmpty || resources.isEmpty {
            faults.append("it passes any role that matches \(loose.isEmpty ? "*" : loose.joined(separator: ", "))")
        }
        let services = conditions.filter { $0.isBinding && $0.speaks(of: ["iam:PassedToService"]) }.flatMap(\.values)
        if services.isEmpty {
            faults.append("iam:PassedToService does not say to which service")
        } else if services.contains(where: Glob.isPattern) {
            faults.append("iam:PassedToService is \(services.joined(separator: ", ")), wanted named services")
        }
        return faults
    }
}

extension Graph {
    /// Whether a statement's resources can be things of a service at all: an endpoint's ARN is no role.
    func mayReach(_ service: String, by statement: PolicyStatement) -> Bool {
        guard statement.notResources.isEmpty, !statement.resources.isEmpty else { return true }
        return statement.resources.contains { resource in
            if let arn = ARN(PolicyStatement.normal(resource)) {
                return arn.service == service || Glob.isPattern(arn.service)
            }
            guard resource.hasPrefix("${"), let end = resource.firstRange(of: ".Arn}")?.lowerBound else { return true }
            return self.service(ofResource: String(resource[..<end].dropFirst(2))).map { $0 == service } ?? true
        }
    }

    /// The service that a resource of the graph belongs to, as ARNs call it; nil for one that is not asked about.
    private func service(ofResource id: String) -> String? {
        if roles[id: id] != nil { return "iam" }
        if buckets[id: id] != nil { return "s3" }
        if keys[id: id] != nil { return "kms" }
        if trails[id: id] != nil { return "cloudtrail" }
        if tables[id: id] != nil { return "dynamodb" }
        if topics[id: id] != nil { return "sns" }
        if logGroups[id: id] != nil { return "logs" }
        let isServing = endpoints[id: id] != nil || endpointConfigs[id: id] != nil || models[id: id] != nil
        return isServing ? "sagemaker" : nil
    }
}

// MARK: - Trust (SEC-2.3)

extension Role.Purpose {
    /// The services that may play a role of this purpose; nil where people or programs of the account play it.
    var services: [String]? {
        switch self {
        case .execution: ["sagemaker.amazonaws.com"]
        case .replication: ["s3.amazonaws.com"]
        case .backup: ["backup.amazonaws.com"]
        case .scheduler: ["scheduler.amazonaws.com"]
        case .automation:
            ["lambda.amazonaws.com", "events.amazonaws.com", "ssm.amazonaws.com", "states.amazonaws.com"]
        case .invoke, .deploy, .operate, .audit, .approve: nil
        }
    }
}

extension Graph {
    /// The account the deployment lives in, as far as its own trust policies name it.
    var ownAccounts: Set<String> {
        var accounts: Set<String> = ["${AWS::AccountId}"]
        for statement in roles.flatMap({ $0.trust.value?.statements ?? [] })
        where statement.principals.contains(where: { $0.kind.lowercased() == "service" }) {
            for condition in statement.conditions where condition.speaks(of: ["aws:SourceAccount"]) {
                accounts.formUnion(condition.values)
            }
        }
        return accounts
    }
}

extension PolicyStatement {
    /// Why this statement of a trust policy lets the wrong ones in; empty when it does not.
    func trustFaults(for purpose: Role.Purpose?, in ownAccounts: Set<String>) -> [String] {
        guard effect == .allow else { return [] }
        var faults: [String] = []
        if !notPrincipals.isEmpty || principals.contains(where: \.isAnyone) { faults.append("anyone may assume it") }
        for action in actions where Glob.isPattern(action) { faults.append("it allows \(action)") }
        for principal in principals where !principal.isAnyone {
            switch principal.kind.lowercased() {
            case "service": faults += serviceTrustFaults(of: principal.id, for: purpose)
            case "aws": faults += accountTrustFaults(of: principal, in: ownAccounts)
            case "federated": faults += federationFaults(of: principal.id)
            default: faults.append("it trusts \(principal.kind) \(principal.id)")
            }
        }
        return faults
    }

    private func serviceTrustFaults(of service: String, for purpose: Role.Purpose?) -> [String] {
        var faults: [String] = []
        if let purpose, let wanted = purpose.services, !wanted.contains(service) {
            faults.append(
                "it trusts \(service), but its purpose '\(purpose.rawValue)' is for \(wanted.formatted(joinedBy: "or"))"
            )
        }
        let isOfAccount = isBound(by: ["aws:SourceAccount"])
        let sources = conditions.filter { $0.isBinding && $0.speaks(of: ["aws:SourceArn"]) }.flatMap(\.values)
        let isOfResource = !sources.isEmpty && sources.allSatisfy(ServicePrincipal.namesAnOwner)
        if !isOfAccount && !isOfResource {
            faults.append(
                "\(service) may assume it on behalf of any account: neither aws:SourceAccount nor "
                    + "aws:SourceArn binds it")
        }
        return faults
    }

    private func accountTrustFaults(of principal: PolicyPrincipal, in ownAccounts: Set<String>) -> [String] {
        guard let account = principal.account, ownAccounts.contains(account) else {
            let isGuarded = isBound(by: ["sts:ExternalId"])
            return isGuarded ? [] : ["\(principal.id) is of another account, and no sts:ExternalId guards it"]
        }
        let isNarrowed = isBound(by: ["aws:PrincipalTag/", "aws:PrincipalArn", "sts:ExternalId"])
        guard principal.isAccountRoot, !isNarrowed else { return [] }
        return ["\(principal.id) lets in every principal of the account whose own policy allows it"]
    }

    private func federationFaults(of provider: String) -> [String] {
        func values(_ suffix: String) -> [String] {
            conditions.filter { $0.isBinding && $0.key.lowercased().hasSuffix(suffix) }.flatMap(\.values)
        }
        var faults: [String] = []
        if values(":aud").isEmpty { faults.append("no ':aud' condition says for whom \(provider) signed the token") }
        let subjects = values(":sub")
        if subjects.isEmpty {
            faults.append("no ':sub' condition says whose token of \(provider) counts")
        } else if let loose = subjects.first(where: Glob.isPattern) {
            faults.append("the subject '\(loose)' matches more than one repository or branch")
        }
        return faults
    }
}
