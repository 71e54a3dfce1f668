// The network that models are in: subnets with their routes, groups with their rules, private endpoints.

import PlumbModel

extension Concern {
    static let network = Concern(
        name: "network",
        reads: [
            Read(.ec2, "DescribeSubnets"), Read(.ec2, "DescribeVpcs"), Read(.ec2, "DescribeSecurityGroups"),
            Read(.ec2, "DescribeRouteTables"), Read(.ec2, "DescribeVpcEndpoints"),
        ],
        types: ["AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::SecurityGroup"],
        look: { survey, type, ids in
            switch type {
            case "AWS::EC2::Subnet": try await survey.lookAtSubnets(ids)
            case "AWS::EC2::VPC": try await survey.lookAtNetworks(ids)
            default: try await survey.lookAtGroups(ids)
            }
        })
}

extension Survey {
    /// As many values as EC2 takes in one filter.
    private static let filterValuesMax = 200

    /// Things by their ids, many with one call: a filter leaves out what is not there, where a list of ids would fail.
    /// Of what may not be read, a resource is noted whose properties say so.
    private func described(
        _ type: String, _ operation: String, by filter: String, _ ids: [String], in member: String,
        properties: [String]
    ) async throws -> [AWSValue] {
        var found: [AWSValue] = []
        for start in stride(from: 0, to: ids.count, by: Self.filterValuesMax) {
            let some = ids.sorted()[start..<min(start + Self.filterValuesMax, ids.count)]
            let input: AWSValue = ["Filter": [["Name": .text(filter), "Value": .list(some.map { .text($0) })]]]
            switch try await items(.ec2, operation, input, in: member) {
            case .seen(let items): found += items
            case .absent: break
            case .unseen(let why):
                for id in some {
                    var resource = AccountResource(type, name: id, region: region)
                    for property in properties { resource.properties[property] = .unseen(why) }
                    notebook.note(resource)
                }
            }
        }
        return found
    }

    private func ec2(_ type: String, _ id: String, _ kind: String, _ told: AWSValue) -> AccountResource {
        AccountResource(
            type, name: id, arn: "arn:\(partition):ec2:\(region):\(account):\(kind)/\(id)", region: region,
            tags: told["tagSet"].tags)
    }

    // MARK: - Subnets and routes

    fileprivate func lookAtSubnets(_ ids: [String]) async throws {
        let subnets = try await described(
            "AWS::EC2::Subnet", "DescribeSubnets", by: "subnet-id", ids, in: "subnetSet",
            properties: ["VpcId", "CidrBlock", "AvailabilityZone"])
        for told in subnets {
            guard let id = told["subnetId"].text else { continue }
            var subnet = ec2("AWS::EC2::Subnet", id, "subnet", told)
            subnet.properties = [
                "SubnetId": .text(id), "VpcId": AccountValue(told["vpcId"]),
                "CidrBlock": AccountValue(told["cidrBlock"]),
                "AvailabilityZone": AccountValue(told["availabilityZone"]),
            ]
            notebook.note(subnet)
        }
        try await inParallel(Set(subnets.compactMap { $0["vpcId"].text }).sorted()) { network in
            try await noteRoutes(
                of: subnets.filter { $0["vpcId"].text == network }.compactMap { $0["subnetId"].text }, in: network)
        }
    }

    /// The table of each subnet, which is its network's main one where it has none of its own.
    private func noteRoutes(of subnets: [String], in network: String) async throws {
        let tables: [AWSValue]
        switch try await items(
            .ec2, "DescribeRouteTables", ["Filter": [["Name": "vpc-id", "Value": [.text(network)]]]],
            in: "routeTableSet")
        {
        case .seen(let items): tables = items
        case .absent: tables = []
        case .unseen(let why):
            for subnet in subnets { associate(subnet, with: .unseen(why)) }
            return
        }
        for subnet in subnets {
            let own = tables.first { $0["associationSet"].items.contains { $0["subnetId"].text == subnet } }
            let table = own ?? tables.first { $0["associationSet"].items.contains { $0["main"].bool == true } }
            guard let table, let id = table["routeTableId"].text else {
                associate(subnet, with: .unseen("the main route table of \(network) was not among those listed"))
                continue
            }
            associate(subnet, with: .text(id))
            note(table: table, id, network)
        }
    }

    private func associate(_ subnet: String, with table: AccountValue) {
        notebook.note(
            AccountResource(
                "AWS::EC2::SubnetRouteTableAssociation", name: subnet, region: region,
                properties: ["SubnetId": .text(subnet), "RouteTableId": table]))
    }

    private func note(table told: AWSValue, _ id: String, _ network: String) {
        var table = ec2("AWS::EC2::RouteTable", id, "route-table", told)
        table.properties = ["VpcId": .text(network)]
        notebook.note(table)
        for route in told["routeSet"].items {
            guard let gateway = route["gatewayId"].text, gateway != "local" else { continue }
            let destination = route["destinationCidrBlock"].text ?? route["destinationIpv6CidrBlock"].text ?? gateway
            notebook.note(
                AccountResource(
                    "AWS::EC2::Route", name: "\(id)|\(destination)", region: region,
                    properties: [
                        "RouteTableId": .text(id), "GatewayId": .text(gateway),
                        "DestinationCidrBlock": .text(destination),
                    ]))
        }
    }

    // MARK: - Networks

    fileprivate func lookAtNetworks(_ ids: [String]) async throws {
        async let endpoints: Void = noteEndpoints(of: ids)
        let networks = try await described(
            "AWS::EC2::VPC", "DescribeVpcs", by: "vpc-id", ids, in: "vpcSet", properties: ["CidrBlock"])
        for told in networks {
            guard let id = told["vpcId"].text else { continue }
            var vpc = ec2("AWS::EC2::VPC", id, "vpc", told)
            vpc.properties = ["CidrBlock": AccountValue(told["cidrBlock"])]
            notebook.note(vpc)
        }
        _ = try await endpoints
    }

    /// Private endpoints of AWS's own services, as far as they are there.
    private func noteEndpoints(of networks: [String]) async throws {
        for start in stride(from: 0, to: networks.count, by: Self.filterValuesMax) {
            let some = networks.sorted()[start..<min(start + Self.filterValuesMax, networks.count)]
            let endpoints = try await listed(
                "AWS::EC2::VPCEndpoint", .ec2, "DescribeVpcEndpoints",
                ["Filter": [["Name": "vpc-id", "Value": .list(some.map { .text($0) })]]], in: "vpcEndpointSet")
            for told in endpoints {
                guard let id = told["vpcEndpointId"].text, told["state"].text?.lowercased() == "available",
                    let service = told["serviceName"].text, service.contains("amazonaws."), !service.contains(".vpce.")
                else { continue }
                var endpoint = ec2("AWS::EC2::VPCEndpoint", id, "vpc-endpoint", told)
                endpoint.properties = [
                    "VpcId": AccountValue(told["vpcId"]), "ServiceName": .text(service),
                    "VpcEndpointType": AccountValue(told["vpcEndpointType"]),
                    "PrivateDnsEnabled": AccountValue(told["privateDnsEnabled"]),
                    "SubnetIds": AccountValue(items: told["subnetIdSet"].items.map { AccountValue($0) }),
                    "SecurityGroupIds": AccountValue(items: told["groupSet"].items.map { AccountValue($0["groupId"]) }),
                    "RouteTableIds": AccountValue(items: told["routeTableIdSet"].items.map { AccountValue($0) }),
                    "PolicyDocument": AccountValue(told["policyDocument"]),
                ]
                notebook.note(endpoint)
            }
        }
    }

    // MARK: - Security groups

    fileprivate func lookAtGroups(_ ids: [String]) async throws {
        let groups = try await described(
            "AWS::EC2::SecurityGroup", "DescribeSecurityGroups", by: "group-id", ids, in: "securityGroupInfo",
            properties: ["VpcId", "SecurityGroupIngress", "SecurityGroupEgress"])
        for told in groups {
            guard let id = told["groupId"].text else { continue }
            var group = ec2("AWS::EC2::SecurityGroup", id, "security-group", told)
            let egress = told["ipPermissionsEgress"].items.flatMap { Self.rules($0, peer: "Destination") }
            group.properties = [
                "GroupId": .text(id), "GroupName": AccountValue(told["groupName"]),
                "VpcId": AccountValue(told["vpcId"]),
                "SecurityGroupIngress": AccountValue(
                    items: told["ipPermissions"].items.flatMap { Self.rules($0, peer: "Source") }),
                "SecurityGroupEgress": .list(egress.isEmpty ? [Self.nothing] : egress),
            ]
            notebook.note(group)
        }
    }

    /// In a template an empty list leaves the default rule that lets everything out. That nothing gets out is said by a
    /// rule that reaches nobody.
    private static let nothing: AccountValue = [
        "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32",
    ]

    /// A permission as one rule for each of its peers.
    private static func rules(_ permission: AWSValue, peer: String) -> [AccountValue] {
        let base: AccountValue = [
            "IpProtocol": AccountValue(permission["ipProtocol"]), "FromPort": AccountValue(permission["fromPort"]),
            "ToPort": AccountValue(permission["toPort"]),
        ]
        let kinds = [
            ("ipRanges", "cidrIp", "CidrIp"), ("ipv6Ranges", "cidrIpv6", "CidrIpv6"),
            ("groups", "groupId", "\(peer)SecurityGroupId"), ("prefixListIds", "prefixListId", "\(peer)PrefixListId"),
        ]
        return kinds.flatMap { member, key, property in
            permission[member].items.map { item in
                var rule = base
                rule[property] = AccountValue(item[key])
                return rule
            }
        }
    }
}
