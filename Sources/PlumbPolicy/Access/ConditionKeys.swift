// The global condition keys of AWS, which the service authorization reference does not list, and how operators read.

import PlumbModel

/// Global condition keys, `aws:…`, with their types.
enum GlobalKey {
    private typealias Key = ServiceReference.Key
    private static let table: [String: (ServiceReference.KeyType, isMultivalued: Bool)] = [
        "aws:calledvia": (.string, true), "aws:calledviafirst": (.string, false), "aws:calledvialast": (.string, false),
        "aws:currenttime": (.date, false), "aws:epochtime": (.date, false), "aws:federatedprovider": (.string, false),
        "aws:multifactorauthage": (.numeric, false), "aws:multifactorauthpresent": (.bool, false),
        "aws:principalaccount": (.string, false), "aws:principalarn": (.arn, false),
        "aws:principalisawsservice": (.bool, false), "aws:principalorgid": (.string, false),
        "aws:principalorgpaths": (.string, true), "aws:principalservicename": (.string, false),
        "aws:principalservicenameslist": (.string, true), "aws:principaltype": (.string, false),
        "aws:referer": (.string, false), "aws:requestedregion": (.string, false),
        "aws:resourceaccount": (.string, false), "aws:resourceorgid": (.string, false),
        "aws:resourceorgpaths": (.string, true), "aws:securetransport": (.bool, false),
        "aws:sourceaccount": (.string, false), "aws:sourcearn": (.arn, false), "aws:sourceidentity": (.string, false),
        "aws:sourceip": (.address, false), "aws:sourceorgid": (.string, false), "aws:sourceorgpaths": (.string, true),
        "aws:sourceowner": (.string, false), "aws:sourcevpc": (.string, false), "aws:sourcevpcarn": (.arn, false),
        "aws:sourcevpce": (.string, false), "aws:tagkeys": (.string, true), "aws:tokenissuetime": (.date, false),
        "aws:useragent": (.string, false), "aws:userid": (.string, false), "aws:username": (.string, false),
        "aws:viaawsservice": (.bool, false), "aws:vpcsourceip": (.address, false),
        "aws:vpceaccount": (.string, false), "aws:vpceorgid": (.string, false), "aws:vpceorgpaths": (.string, true),
        "aws:chatbotsourcearn": (.arn, false), "aws:assumedroot": (.bool, false),
        "aws:ec2instancesourcevpc": (.string, false), "aws:ec2instancesourceprivateipv4": (.address, false),
        "aws:signinsessionarn": (.arn, false), "aws:ismcpserviceaction": (.bool, false),
        "aws:viaawsmcpservice": (.bool, false), "aws:calledviaawsmcp": (.string, false),
    ]
    static let tagPrefixes = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"]

    static func type(of key: String) -> (type: ServiceReference.KeyType, isMultivalued: Bool)? {
        let lowered = key.lowercased()
        if let (type, isMultivalued) = table[lowered] { return (type, isMultivalued) }
        return tagPrefixes.contains { lowered.hasPrefix($0) } ? (.string, false) : nil
    }
}

/// A condition operator in its parts: `ForAllValues:StringEqualsIfExists`.
struct ConditionOperator {
    enum Family {
        case string, arn, bool, numeric, date, address, null, binary
    }
    /// Whether `ForAllValues:` (an absent key satisfies it) or `ForAnyValue:` stands before it.
    let isForAll: Bool
    let isForAny: Bool
    let isIfExists: Bool
    let isNegated: Bool
    let isLike: Bool
    let family: Family

    private static let families: [String: Family] = {
        var families: [String: Family] = ["bool": .bool, "null": .null, "binaryequals": .binary]
        for name in ["equals", "notequals", "equalsignorecase", "notequalsignorecase", "like", "notlike"] {
            families["string" + name] = .string
        }
        for name in ["equals", "notequals", "like", "notlike"] { families["arn" + name] = .arn }
        let order = ["equals", "notequals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals"]
        for name in order { (families["numeric" + name], families["date" + name]) = (.numeric, .date) }
        (families["ipaddress"], families["notipaddress"]) = (.address, .address)
        return families
    }()

    /// Nil where IAM has no such operator.
    init?(_ name: String) {
        var rest = Substring(name.lowercased())
        isForAll = rest.hasPrefix("forallvalues:")
        isForAny = rest.hasPrefix("foranyvalue:")
        if isForAll || isForAny { rest = rest[rest.index(after: rest.firstIndex(of: ":") ?? rest.startIndex)...] }
        isIfExists = rest.hasSuffix("ifexists")
        if isIfExists { rest = rest.dropLast("ifexists".count) }
        guard let family = Self.families[String(rest)] else { return nil }
        self.family = family
        isNegated = rest.contains("not")
        isLike = rest.hasSuffix("like") || family == .arn
    }
}
