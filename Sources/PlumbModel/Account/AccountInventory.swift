// What was seen in an AWS account, in CloudFormation's words, and what could not be seen.

/// A value that an account told. Names and ARNs stand as AWS writes them.
public indirect enum AccountValue: Sendable, Hashable {
    /// It was asked for, and there is none.
    case absent
    /// It may be there, but it was not seen; the text says why and names the missing permission.
    case unseen(String)
    case text(String)
    case number(Double)
    case bool(Bool)
    case list([AccountValue])
    case map([String: AccountValue])

    /// The member of that name; absent where there is none, unseen below what was not seen.
    public subscript(name: String) -> AccountValue {
        get {
            switch self {
            case .map(let members): members[name] ?? .absent
            case .unseen: self
            default: .absent
            }
        }
        set {
            // What was not seen at all does not become a map of one member.
            if case .unseen = self { return }
            var members = if case .map(let members) = self { members } else { [String: AccountValue]() }
            members[name] = newValue == .absent ? nil : newValue
            self = .map(members)
        }
    }
}

extension AccountValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    public init(dictionaryLiteral elements: (String, AccountValue)...) {
        self = .map(Dictionary(elements.filter { $0.1 != .absent }) { _, last in last })
    }
    public init(arrayLiteral elements: AccountValue...) { self = .list(elements) }
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int) { self = .number(Double(number)) }
    public init(floatLiteral number: Double) { self = .number(number) }
    public init(booleanLiteral bool: Bool) { self = .bool(bool) }
}

/// One resource of an account, described as a CloudFormation template would declare it.
public struct AccountResource: Sendable, Hashable {
    /// CloudFormation's type name, such as `AWS::SageMaker::Endpoint`.
    public var type: String
    /// Unique in the account: the ARN where there is one, else the type and the name.
    public var id: String
    /// The physical name or id that other resources know it by: `digits`, `vpc-0a1b`.
    public var name: String
    public var arn: String?
    /// The region it lives in; nil for what is global.
    public var region: String?
    /// CloudFormation's properties with CloudFormation's keys and shapes. Another resource is named by its name, id or
    /// ARN, as AWS tells it. What only an account shows stands below keys that begin with `Live`.
    public var properties: AccountValue
    /// Nil where tags could not be read: `properties["Tags"]` then says why.
    public var tags: [String: String]?
    /// Other names of it, such as a key's aliases (`alias/models`).
    public var otherNames: [String] = []

    public init(
        _ type: String, name: String, arn: String? = nil, region: String? = nil, tags: [String: String]? = nil,
        properties: AccountValue = [:]
    ) {
        self.type = type
        self.name = name
        self.arn = arn
        self.region = region
        self.tags = tags
        self.properties = properties
        id = arn ?? "\(type)/\(name)"
    }
}

/// A list or an answer that an account did not give.
public struct AccountGap: Sendable, Hashable {
    /// CloudFormation's type of what may be there unseen; nil where only evidence is missing.
    public var type: String?
    /// `cloudtrail:DescribeTrails`, the permission that would show it.
    public var action: String
    /// `cloudtrail:DescribeTrails is denied to arn:…`, or whatever else went wrong, as a clause.
    public var reason: String

    public init(type: String?, action: String, reason: String) {
        self.type = type
        self.action = action
        self.reason = reason
    }
}

/// What one look at an account has found.
public struct AccountInventory: Sendable, Hashable {
    /// Twelve digits.
    public var account: String
    public var region: String
    public var resources: [AccountResource] = []
    /// What was measured: availability, spend, the last run of a monitor.
    public var evidence: [Evidence] = []
    public var gaps: [AccountGap] = []

    public init(account: String, region: String) {
        self.account = account
        self.region = region
    }
}
