// The network without a way to the internet.

import PlumbModel

extension RenderedDeployment {
    func network() -> [RenderedResource] {
        graph.vpcs.map(vpc) + graph.routeTables.map(routeTable) + graph.subnets.flatMap(subnet)
            + graph.securityGroups.map(securityGroup) + graph.vpcEndpoints.map(vpcEndpoint)
    }

    /// The second region's own network stands with the first's: its resources say where they are.
    private func vpc(_ vpc: VPC) -> RenderedResource {
        RenderedResource(
            vpc, "AWS::EC2::VPC", "aws_vpc", in: .network, note: "A network that no internet gateway belongs to.",
            for: ["SEC-1.3"]
        ) { fields in
            fields.put("CidrBlock", "cidr_block", vpc.cidr)
            // Private names of AWS's services need both.
            fields.put("EnableDnsSupport", "enable_dns_support", .bool(true), for: "SEC-1.3")
            fields.put("EnableDnsHostnames", "enable_dns_hostnames", .bool(true), for: "SEC-1.3")
            fields.putTags("Tags", "tags", vpc.head.tags)
        }
    }

    private func routeTable(_ table: RouteTable) -> RenderedResource {
        RenderedResource(
            table, "AWS::EC2::RouteTable", "aws_route_table", in: .network,
            note: "Leads to S3's private endpoint and nowhere else.", for: ["SEC-1.3", "SEC-1.4"]
        ) { fields in
            fields.put("VpcId", "vpc_id", .link(table.vpc))
            // Said outright, so that Terraform removes a route that someone adds.
            if table.hasInternetRoute.value == false { fields.put(nil, "route", .list([]), for: "SEC-1.4") }
            fields.putTags("Tags", "tags", table.head.tags)
        }
    }

    private func subnet(_ subnet: Subnet) -> [RenderedResource] {
        let own = RenderedResource(
            subnet, "AWS::EC2::Subnet", "aws_subnet", in: .network,
            note: "The part of the network in one Availability Zone.", for: ["REL-1.3"]
        ) { fields in
            fields.put("VpcId", "vpc_id", .link(subnet.vpc))
            fields.put("CidrBlock", "cidr_block", subnet.cidr)
            fields.put(
                "AvailabilityZone", "availability_zone", subnet.availabilityZone, for: "REL-1.3", "REL-1.4", "REL-1.5")
            fields.put("MapPublicIpOnLaunch", "map_public_ip_on_launch", .bool(false), for: "SEC-1.3")
            fields.putTags("Tags", "tags", subnet.head.tags)
        }
        guard let table = RenderedValue.link(subnet.routeTable) else { return [own] }
        let association = RenderedResource(
            "\(subnet.id)RouteTableAssociation", "AWS::EC2::SubnetRouteTableAssociation",
            "aws_route_table_association", in: .network, region: subnet.head.region.value
        ) { fields in
            fields.put("SubnetId", "subnet_id", .link(.resource(subnet.id)))
            fields.put("RouteTableId", "route_table_id", table, for: "SEC-1.3", "SEC-1.4")
        }
        return [own, association]
    }

    // MARK: - Security groups

    private func securityGroup(_ group: SecurityGroup) -> RenderedResource {
        let isOfModel = group.ingress.value?.isEmpty == true
        let note =
            isOfModel
            ? "The model's: nobody gets in, and out only to AWS's services."
            : "The private endpoints': the network alone gets in."
        return RenderedResource(
            group, "AWS::EC2::SecurityGroup", "aws_security_group", in: .network, note: note,
            for: ["SEC-1.3", "SEC-1.4"]
        ) { fields in
            fields.put("GroupDescription", "description", .text(isOfModel ? "Model" : "Private endpoints"))
            fields.put("VpcId", "vpc_id", .link(group.vpc))
            fields.put("SecurityGroupIngress", "ingress", rules(group.ingress, "from"), for: "SEC-1.4")
            // Without a rule of its own AWS would let everything out.
            fields.put("SecurityGroupEgress", "egress", rules(group.egress, "to"), for: "SEC-1.4")
            fields.putTags("Tags", "tags", group.head.tags)
        }
    }

    /// An empty list is said in Terraform, which would else keep whatever is there.
    private func rules(_ fact: Fact<[SecurityRule]>, _ direction: String) -> RenderedValue? {
        guard let rules = fact.value else { return nil }
        if rules.isEmpty { return tongue == .plan ? .list([]) : nil }
        return .blocks(
            rules.map { rule in
                RenderedFields { fields in
                    fields.put("IpProtocol", "protocol", rule.protocolName)
                    fields.put("FromPort", "from_port", rule.fromPort)
                    fields.put("ToPort", "to_port", rule.toPort)
                    fields.put("CidrIp", "cidr_blocks", peer(rule))
                    fields.put("Description", "description", .text("TLS \(direction) \(rule.peer.value ?? "")"))
                }.list
            })
    }

    private func peer(_ rule: SecurityRule) -> RenderedValue? {
        rule.peer.value.map { tongue == .template ? .text($0) : .texts([$0]) }
    }

    // MARK: - Private endpoints

    private func vpcEndpoint(_ endpoint: VPCEndpoint) -> RenderedResource {
        let service = endpoint.service.value?.split(separator: ".").dropFirst(3).joined(separator: ".") ?? "a service"
        return RenderedResource(
            endpoint, "AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", in: .network,
            note: "A private way to \(service), for what the deployment needs of it.", for: ["SEC-1.3"]
        ) { fields in
            fields.put("VpcId", "vpc_id", .link(endpoint.vpc))
            fields.put("ServiceName", "service_name", endpoint.service, for: "SEC-1.3")
            fields.put("VpcEndpointType", "vpc_endpoint_type", endpoint.kind, for: "SEC-1.3")
            fields.put("PrivateDnsEnabled", "private_dns_enabled", endpoint.hasPrivateDNS, for: "SEC-1.3")
            fields.put("SubnetIds", "subnet_ids", .links(endpoint.subnets), for: "SEC-1.3", "REL-1.4")
            fields.put("SecurityGroupIds", "security_group_ids", .links(endpoint.securityGroups), for: "SEC-1.3")
            fields.put("RouteTableIds", "route_table_ids", .links(endpoint.routeTables), for: "SEC-1.3")
            fields.put("PolicyDocument", "policy", .policy(endpoint.policy), for: "SEC-1.3", "SEC-2.4")
            fields.putTags("Tags", "tags", endpoint.head.tags)
        }
    }
}
