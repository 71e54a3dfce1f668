// The least policy that allows the calls that were seen.

public import PlumbModel

extension AccessReview {
    /// A policy that allows each of the calls on the resources that it named, and no more than these need.
    ///
    /// CloudTrail never records `iam:PassRole`; it is added for every role that a call handed to a service. Conditions
    /// are those that every call of an action met: subnets, security groups, keys, isolation and tags for what
    /// SageMaker makes, and the service through which a key was used.
    public static func policy(from calls: [ObservedCall]) -> GeneratedPolicy {
        var draft = PolicyDraft()
        for call in calls { draft.add(call) }
        return draft.policy
    }
}

private struct PolicyDraft {
    /// What one action is allowed on, and every call that used it.
    private struct Use {
        var resources: Set<String> = []
        var calls: [ObservedCall] = []
    }
    private var uses: [String: Use] = [:]
    private var passes: [String: Set<String>] = [:]
    private var notes: Set<String> = []

    /// More names than these of one type become one pattern.
    private static let namesMax = 20

    mutating func add(_ call: ObservedCall) {
        let prefix = Spelling.prefix(ofService: call.service)
        let spelt = Spelling.action(ofOperation: call.operation, of: prefix)
        guard let (service, action) = ServiceReference.action(spelt) else {
            guard ServiceReference.service(prefix) == nil else {
                notes.insert("\(call.operation) of \(prefix) is no action of IAM and needs none; it is left out")
                return
            }
            notes.insert("nothing is known of \(prefix) here: \(spelt) is allowed on everything that the calls named")
            uses[spelt, default: Use()].resources.formUnion(call.resources.isEmpty ? ["*"] : call.resources)
            uses[spelt]?.calls.append(call)
            return
        }
        let name = "\(spelt.prefix { $0 != ":" }):\(action.name)"
        let found = resources(of: call, service, action, name)
        uses[name, default: Use()].resources.formUnion(found)
        uses[name]?.calls.append(call)
        notePassedRoles(of: call, action, prefix)
    }

    // MARK: Resources

    private mutating func resources(
        of call: ObservedCall, _ service: ServiceReference, _ action: ServiceReference.Action, _ name: String
    ) -> [String] {
        let types = action.types.map { service.types[$0] }
        guard !types.isEmpty else { return ["*"] }
        let listed = call.resources.filter { arn in types.contains { Glob.matches("arn:*:" + $0.arn, arn) } }
        if !listed.isEmpty { return listed }
        let named = types.flatMap { Self.named($0, by: call) }
        if !named.isEmpty { return named }
        // An action that lists or describes all has types besides `*` only where it can be bound to one.
        let patterns = types.map { Self.arn($0, call, naming: nil) }
        notes.insert(
            "the calls of \(name) name no resource: it is allowed on \(PolicyStatement.told(patterns, most: 2))")
        return patterns
    }

    /// The resources of a type that a call's parameters name.
    private static func named(_ type: ServiceReference.ResourceType, by call: ObservedCall) -> [String] {
        let words = type.name.split { $0 == "-" || $0 == " " }
        let head = words.first.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? ""
        let camel = head + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        if type.arn.hasPrefix("s3:::") {
            let keys = call.parameters["key"] ?? []
            return (call.parameters["bucketName"] ?? call.parameters["bucket"] ?? []).flatMap { bucket in
                type.name == "object" ? keys.map { "arn:aws:s3:::\(bucket)/\($0)" } : ["arn:aws:s3:::\(bucket)"]
            }
        }
        let names =
            ["Name", "Arn", "Id", "", "Names", "Arns", "Ids", "Url"].map { camel + $0 } + ["resourceArn", "arn"]
        for parameter in names {
            let found = (call.parameters[parameter] ?? []).compactMap { value -> String? in
                if value.hasPrefix("arn:") { return Glob.matches("arn:*:" + type.arn, value) ? value : nil }
                let name = value.hasPrefix("https://") ? value.split(separator: "/").last.map(String.init) : value
                return name.map { arn(type, call, naming: $0) }
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The ARN of a type in the call's region and account; a star where the name is not known.
    private static func arn(_ type: ServiceReference.ResourceType, _ call: ObservedCall, naming name: String?) -> String
    {
        var fields = ARN.fields("arn:aws:" + type.arn)
        guard fields.count == 6 else { return "*" }
        if fields[3] == "*", !call.region.isEmpty { fields[3] = call.region }
        if fields[4] == "*", !call.account.isEmpty { fields[4] = call.account }
        if let name, let star = fields[5].firstIndex(of: "*") {
            let before = fields[5][..<star]
            // A name that is a path of its own, such as a log group's, stands with its slash.
            let name = before.hasSuffix("/") && name.hasPrefix("/") ? String(name.dropFirst()) : name
            fields[5] = before + name + fields[5][fields[5].index(after: star)...]
        }
        return fields.joined(separator: ":")
    }

    // MARK: Roles

    private mutating func notePassedRoles(of call: ObservedCall, _ action: ServiceReference.Action, _ prefix: String) {
        guard action.level == .write, prefix != "sts", prefix != "iam" else { return }
        let roles = call.parameters.filter { $0.key.lowercased().hasSuffix("rolearn") || $0.key == "role" }
            .flatMap(\.value).filter { $0.hasPrefix("arn:") && $0.contains(":role/") }
        for role in roles { passes[role, default: []].insert("\(Self.principal(of: prefix)).amazonaws.com") }
    }

    /// The service principal's name where it differs from the prefix.
    private static func principal(of prefix: String) -> String {
        switch prefix {
        case "cloudwatch": "monitoring"
        case "elasticfilesystem": "elasticfilesystem"
        default: prefix
        }
    }

    // MARK: Conditions

    private static let demanded: [(parameter: String, key: String, isList: Bool)] = [
        ("subnets", "sagemaker:VpcSubnets", true), ("securityGroupIds", "sagemaker:VpcSecurityGroupIds", true),
        ("volumeKmsKeyId", "sagemaker:VolumeKmsKey", false), ("kmsKeyId", "sagemaker:VolumeKmsKey", false),
        ("enableNetworkIsolation", "sagemaker:NetworkIsolation", false),
    ]

    private func conditions(of name: String, _ calls: [ObservedCall]) -> [PolicyCondition] {
        guard let (service, action) = ServiceReference.action(name) else { return [] }
        var conditions: [PolicyCondition] = []
        for (parameter, key, isList) in Self.demanded where service.supports(key, for: action) {
            guard calls.allSatisfy({ $0.parameters[parameter]?.isEmpty == false }),
                !conditions.contains(where: { $0.key == key })
            else { continue }
            let values = Set(calls.flatMap { $0.parameters[parameter] ?? [] }).sorted()
            if isList {
                conditions.append(PolicyCondition("ForAllValues:StringEquals", key, values))
                conditions.append(PolicyCondition("Null", key, ["false"]))
            } else if key == "sagemaker:NetworkIsolation" {
                if values == ["true"] { conditions.append(PolicyCondition("Bool", key, ["true"])) }
            } else {
                let isARN = values.allSatisfy { $0.hasPrefix("arn:") }
                conditions.append(PolicyCondition(isARN ? "ArnEquals" : "StringEquals", key, values))
            }
        }
        let tags = Set(calls.flatMap { $0.parameters.keys.filter { $0.hasPrefix("tag:") } })
        for tag in tags.sorted() where calls.allSatisfy({ $0.parameters[tag] != nil }) {
            let key = "aws:RequestTag/\(tag.dropFirst("tag:".count))"
            guard service.supports(key, for: action) else { continue }
            conditions.append(
                PolicyCondition("StringEquals", key, Set(calls.flatMap { $0.parameters[tag] ?? [] }).sorted()))
        }
        if name.hasPrefix("kms:"), calls.allSatisfy({ $0.madeBy != nil && !$0.region.isEmpty }) {
            let through = Set(
                calls.compactMap { call in
                    call.madeBy.map { "\($0.prefix { $0 != "." }).\(call.region).amazonaws.com" }
                })
            conditions.append(PolicyCondition("StringEquals", "kms:ViaService", through.sorted()))
        }
        return conditions
    }

    // MARK: The policy

    private struct Grant: Hashable {
        var resources: [String]
        var conditions: [PolicyCondition]
    }

    var policy: GeneratedPolicy {
        var notes = notes
        var grants: [Grant: [String]] = [:]
        for (name, use) in uses {
            let resources = Self.collapsed(use.resources, of: name, &notes)
            grants[Grant(resources: resources, conditions: conditions(of: name, use.calls)), default: []].append(name)
        }
        var counts: [String: Int] = [:]
        var statements = grants.map { grant, actions in (grant, actions.sorted()) }
            .sorted { ($0.1[0], $0.0.resources.joined()) < ($1.1[0], $1.0.resources.joined()) }
            .map { grant, actions in
                let service = actions[0].prefix { $0 != ":" }.filter { $0.isLetter || $0.isNumber }
                counts[service, default: 0] += 1
                return PolicyStatement(
                    .allow, sid: "\(service.prefix(1).uppercased())\(service.dropFirst())\(counts[service] ?? 1)"
                ) {
                    $0.actions = actions
                    $0.resources = grant.resources
                    $0.conditions = grant.conditions
                }
            }
        let byServices = Dictionary(grouping: passes.keys) { (passes[$0] ?? []).sorted() }
        for (number, (services, roles)) in byServices.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
            .enumerated()
        {
            statements.append(
                PolicyStatement(.allow, sid: "PassRole\(number + 1)") {
                    $0.actions = ["iam:PassRole"]
                    $0.resources = roles.sorted()
                    $0.conditions = [PolicyCondition("StringEquals", "iam:PassedToService", services)]
                })
        }
        return GeneratedPolicy(document: PolicyDocument(statements), notes: notes.sorted())
    }

    /// Many names of one type become what they begin with alike.
    private static func collapsed(_ resources: Set<String>, of action: String, _ notes: inout Set<String>) -> [String] {
        guard resources.count > namesMax, let first = resources.min(), let last = resources.max() else {
            return resources.sorted()
        }
        // What the first and the last in order share, all share.
        var common = String(zip(first, last).prefix { $0 == $1 }.map(\.0))
        let names = ARN.fields(common)
        guard names.count == 6, let end = common.lastIndex(where: { "/:-_.".contains($0) }) else {
            return resources.sorted()
        }
        common = String(common[...end])
        notes.insert("\(action) was called on \(resources.count) resources: it is allowed on \(common)*")
        return [common + "*"]
    }
}
