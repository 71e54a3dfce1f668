// What both tongues say about networks: rules of groups, routes to the internet, tables by default.

import PlumbModel

/// How a tongue spells a rule of a security group.
struct SecurityRuleNames {
    var protocolName, fromPort, toPort: String
    /// Properties that hold address blocks, which are judged by what they say.
    var blocks: [String]
    /// Properties that hold ids of groups and prefix lists, which are only names.
    var ids: [String]

    static let template = SecurityRuleNames(
        protocolName: "IpProtocol", fromPort: "FromPort", toPort: "ToPort", blocks: ["CidrIp", "CidrIpv6"],
        ids: [
            "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId", "DestinationSecurityGroupId",
            "DestinationPrefixListId",
        ])
    static let planInline = SecurityRuleNames(
        protocolName: "protocol", fromPort: "from_port", toPort: "to_port",
        blocks: ["cidr_blocks", "ipv6_cidr_blocks"],
        ids: ["security_groups", "prefix_list_ids", "source_security_group_id"])
    static let planSeparate = SecurityRuleNames(
        protocolName: "ip_protocol", fromPort: "from_port", toPort: "to_port", blocks: ["cidr_ipv4", "cidr_ipv6"],
        ids: ["referenced_security_group_id", "prefix_list_id"])
}

extension SecurityRule {
    /// One rule for each peer that an entry names; an entry that cannot be told is a rule of which nothing is known.
    static func read(_ entry: Property, _ names: SecurityRuleNames) -> [SecurityRule] {
        var base = SecurityRule()
        base.protocolName = entry[names.protocolName].string.map { name in
            let word = name.lowercased()
            return word == "all" ? "-1" : word
        }
        base.fromPort = entry[names.fromPort].unlessEmpty.int
        base.toPort = entry[names.toPort].unlessEmpty.int
        func rule(_ peer: Fact<String>) -> SecurityRule {
            var rule = base
            rule.peer = peer
            return rule
        }
        if let why = entry.whyUnknown { return [rule(.unknown(why, at: entry.place))] }
        var rules: [SecurityRule] = []
        for key in names.blocks + names.ids {
            let peers = entry[key]
            let isBlock = names.blocks.contains(key)
            if let why = peers.whyUnknown { rules.append(rule(.unknown(why, at: peers.place))) }
            rules += peers.items.filter { !$0.unlessEmpty.isAbsent }.map { rule(isBlock ? $0.string : $0.name) }
        }
        if entry["self"].bool.value == true { rules.append(rule(.known("self", at: entry.place))) }
        return rules.isEmpty ? [rule(.absent(at: entry.place))] : rules
    }

    /// A rule of which only its being there is known.
    static func undecided(_ why: String) -> SecurityRule {
        var rule = SecurityRule()
        (rule.protocolName, rule.fromPort, rule.toPort) = (.unknown(why), .unknown(why), .unknown(why))
        rule.peer = .unknown(why)
        return rule
    }
}

extension Inventory {
    /// Whether a route's gateway leads to the internet; absent for a route by anything else.
    func isInternet(_ gateway: Property) -> Fact<Bool> {
        let reference = directory.reference(gateway.unlessEmpty, to: "AWS::EC2::InternetGateway")
        switch reference.state {
        case .absent: return .absent
        case .unknown(let why): return .unknown(why, at: gateway.place)
        case .known(.resource(let id)):
            return .known(directory.kind(of: id) == "AWS::EC2::InternetGateway", at: gateway.place)
        case .known(.external(let name)): return .known(name.hasPrefix("igw-"), at: gateway.place)
        }
    }
}

extension Sequence where Element == Fact<Bool> {
    /// Whether any is true: one that is decides it, else one that is unknown leaves it open, else none is.
    var anyIsTrue: Fact<Bool> {
        var open: Fact<Bool>?
        for fact in self {
            if fact.value == true { return fact }
            if fact.isUnknown, open == nil { open = fact }
        }
        return open ?? false
    }
}

extension Graph {
    /// Subnets that no route table is associated with use their network's main one, which nothing but its own routes
    /// opens.
    ///
    /// - Parameters:
    ///   - tables: The main tables that the source itself speaks of, by network.
    ///   - routes: Whether a route of a network's implied main table leads to the internet.
    mutating func useMainRouteTables(
        _ tables: [String: Fact<Reference>] = [:], routes: (String) -> Fact<Bool> = { _ in false }
    ) {
        var implied: [String: RouteTable] = [:]
        subnets.mutateEach { subnet in
            guard subnet.routeTable.isAbsent, case .resource(let network)? = subnet.vpc.value else { return }
            if let main = tables[network] {
                subnet.routeTable = main
                return
            }
            guard let vpc = vpcs[id: network] else { return }
            let id = "\(network).MainRouteTable"
            if implied[id] == nil {
                var table = RouteTable(head: ResourceHead(id: id, at: vpc.place))
                table.head.region = vpc.head.region
                table.head.tags = vpc.head.tags
                table.vpc = .known(.resource(network), at: vpc.place)
                table.hasInternetRoute = routes(network)
                implied[id] = table
            }
            subnet.routeTable = .known(.resource(id), at: subnet.place)
        }
        for id in implied.keys.sorted() {
            if let table = implied[id] { routeTables.append(table) }
        }
    }
}
