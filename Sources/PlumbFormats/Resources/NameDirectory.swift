// Who answers to a name: relations between resources are by name, ARN or reference, and all three must meet.

import PlumbModel

/// Finds a resource of an inventory by its physical name, its alias or its ARN.
struct NameDirectory: Sendable {
    /// The sort of thing a name is a name of; CloudFormation's type name in both tongues.
    typealias Kind = String

    private var idsByName: [Kind: [String: String]] = [:]
    /// SageMaker writes its ARNs in lower case, whatever the name.
    private var idsByLowercaseName: [Kind: [String: String]] = [:]
    private var kinds: [String: Kind] = [:]
    /// The account of everything here; ARNs of another name nothing here. Nil where the source does not tell it.
    var account: String?

    init() {}

    /// Enters a resource: `kind` is CloudFormation's type name, also for a resource of a plan.
    mutating func enter(_ id: String, kind: Kind, name: Fact<String>) {
        kinds[id] = kind
        if let name = name.value { addName(name, kind: kind, to: id) }
    }

    /// Another name of a resource: a key's alias (`alias/data`), an ARN that is known.
    mutating func addName(_ name: String, kind: Kind, to id: String) {
        // The first one keeps a name that two claim; the second cannot exist beside it.
        if idsByName[kind]?[name] == nil { idsByName[kind, default: [:]][name] = id }
        if kind.hasPrefix("AWS::SageMaker::") { idsByLowercaseName[kind, default: [:]][name.lowercased()] = id }
    }

    func kind(of id: String) -> Kind? { kinds[id] }

    /// What a property points to.
    ///
    /// - Parameters:
    ///   - property: A name, an ARN, or a reference in normal form.
    ///   - kinds: The sorts of resource that it may be by a plain name; a reference in normal form finds any sort.
    /// - Returns: `.resource` for one of the inventory, `.external` for a known text that names none of it, else
    ///   unknown.
    func reference(_ property: Property, to kinds: Kind...) -> Fact<Reference> {
        guard case .text(let text, let undecided) = property.state else {
            return property.name.map { .external($0) }
        }
        if let id = resourceID(text, kinds: kinds) { return .known(.resource(id), at: property.place) }
        if let undecided { return .unknown(undecided, at: property.place) }
        return .known(.external(canonical(text)), at: property.place)
    }

    /// References, one an item.
    func references(_ property: Property, to kinds: Kind...) -> Fact<[Fact<Reference>]> {
        property.list { item in
            guard case .text(let text, let undecided) = item.state else { return item.name.map { .external($0) } }
            if let id = resourceID(text, kinds: kinds) { return .known(.resource(id), at: item.place) }
            if let undecided { return .unknown(undecided, at: item.place) }
            return .known(.external(canonical(text)), at: item.place)
        }
    }

    private func resourceID(_ text: String, kinds: [Kind]) -> String? {
        if let (id, _) = resourceNamed(text) { return id }
        for kind in kinds {
            if let id = idsByName[kind]?[text] { return id }
        }
        // An ARN, or a name with the ARN's own ending such as a log group's `:*`.
        let form = canonical(text)
        if form != text, let (id, _) = resourceNamed(form.hasSuffix(":*") ? String(form.dropLast(2)) : form) {
            return id
        }
        return nil
    }

    /// `${Id}` or `${Id.Attribute}` as a whole, of a resource that is here.
    func resourceNamed(_ text: String) -> (id: String, attribute: String?)? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let inside = text.dropFirst(2).dropLast()
        var id = String(inside)
        guard !id.holds("${") else { return nil }
        if kinds[id] != nil { return (id, nil) }
        // Addresses and attributes both hold dots: the longest id that is here counts.
        while let dot = id.lastIndex(of: ".") {
            id = String(id[..<dot])
            if kinds[id] != nil { return (id, String(inside.dropFirst(id.count + 1))) }
        }
        return nil
    }

    /// A text in which the ARN of a resource that is here stands as `${Id.Arn}`, whichever way it was written:
    /// `arn:aws:s3:::models/*` is `${ModelBucket.Arn}/*` when a bucket here has the name `models`.
    func canonical(_ text: String) -> String {
        guard text.hasPrefix("arn:") else { return text }
        let parts = ARN.split(text)
        guard parts.count == 6 else { return text }
        if let account, !parts[4].isEmpty, parts[4] != account { return text }
        let rest = parts[5]
        guard let forms = ARN.forms[parts[2]] else { return text }
        for form in forms where rest.hasPrefix(form.prefix) {
            let after = rest.dropFirst(form.prefix.count)
            let whole = leadingResource(after) ?? ARN.name(at: after, endedBy: form.terminators)
            guard let id = find(whole, kind: form.kind) else { continue }
            return "${\(id).Arn}" + after.dropFirst(whole.count)
        }
        return text
    }

    /// `${Bucket}` at the start, where a name would stand.
    private func leadingResource(_ text: Substring) -> String? {
        guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return nil }
        let whole = String(text[...end])
        return resourceNamed(whole) == nil ? nil : whole
    }

    private func find(_ name: String, kind: Kind) -> String? {
        if let (id, _) = resourceNamed(name) { return kinds[id] == kind ? id : nil }
        return idsByName[kind]?[name] ?? idsByLowercaseName[kind]?[name.lowercased()]
    }
}

/// How ARNs name what this product knows.
enum ARN {
    struct Form: Sendable {
        var prefix: String
        var kind: NameDirectory.Kind
        /// Characters that end the name.
        var terminators: Set<Character> = ["/", ":"]
    }

    static let forms: [String: [Form]] = [
        "s3": [Form(prefix: "", kind: "AWS::S3::Bucket")],
        "dynamodb": [Form(prefix: "table/", kind: "AWS::DynamoDB::Table")],
        "sagemaker": [
            Form(prefix: "endpoint/", kind: "AWS::SageMaker::Endpoint"),
            Form(prefix: "endpoint-config/", kind: "AWS::SageMaker::EndpointConfig"),
            Form(prefix: "model/", kind: "AWS::SageMaker::Model"),
        ],
        "cloudwatch": [Form(prefix: "alarm:", kind: "AWS::CloudWatch::Alarm", terminators: [])],
        "sns": [Form(prefix: "", kind: "AWS::SNS::Topic")],
        "iam": [Form(prefix: "role/", kind: "AWS::IAM::Role", terminators: [])],
        "logs": [Form(prefix: "log-group:", kind: "AWS::Logs::LogGroup", terminators: [":"])],
        "kms": [Form(prefix: "key/", kind: "AWS::KMS::Key"), Form(prefix: "", kind: "AWS::KMS::Key", terminators: [])],
        "lambda": [Form(prefix: "function:", kind: "AWS::Lambda::Function")],
        "ecr": [Form(prefix: "repository/", kind: "AWS::ECR::Repository", terminators: [])],
        "backup": [Form(prefix: "backup-vault:", kind: "AWS::Backup::BackupVault")],
        "ec2": [
            Form(prefix: "vpc/", kind: "AWS::EC2::VPC"), Form(prefix: "subnet/", kind: "AWS::EC2::Subnet"),
            Form(prefix: "security-group/", kind: "AWS::EC2::SecurityGroup"),
            Form(prefix: "vpc-endpoint/", kind: "AWS::EC2::VPCEndpoint"),
        ],
        "cloudtrail": [Form(prefix: "trail/", kind: "AWS::CloudTrail::Trail")],
    ]

    /// The name at the start of a text; what stands inside `${…}` does not end it.
    static func name(at text: Substring, endedBy terminators: Set<Character>) -> String {
        var depth = 0
        return String(
            text.prefix { character in
                if character == "{" { depth += 1 }
                if character == "}" { depth -= 1 }
                return depth > 0 || !terminators.contains(character)
            })
    }

    /// The six parts of an ARN; colons inside `${…}` do not part.
    static func split(_ text: String) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in text {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if character == ":", depth == 0, parts.count < 6 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
