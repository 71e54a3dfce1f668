// The network of a plan: subnets with their routes, groups with their rules, private endpoints.

import PlumbModel

extension PlanMapping {
    static func addNetwork(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_vpc"] {
            var vpc = VPC(head: resource.head)
            vpc.cidr = resource["cidr_block"].string
            graph.vpcs.append(vpc)
        }
        addSubnets(to: &graph, from: inventory)
        addSecurityGroups(to: &graph, from: inventory)
        addVPCEndpoints(to: &graph, from: inventory)
    }

    /// Tables that a plan speaks of as a network's main one, by the network.
    private static func mainTables(_ inventory: Inventory) -> [String: Fact<Reference>] {
        var tables: [String: Fact<Reference>] = [:]
        for resource in inventory["aws_default_route_table"] {
            if case .resource(let network)? = inventory.network(resource["default_route_table_id"]).value {
                tables[network] = .known(.resource(resource.id), at: resource.head.place)
            }
        }
        for resource in inventory["aws_main_route_table_association"] {
            if case .resource(let network)? = inventory.network(resource["vpc_id"]).value {
                tables[network] = inventory.directory.reference(resource["route_table_id"], to: "AWS::EC2::RouteTable")
            }
        }
        return tables
    }

    private static func addSubnets(to graph: inout Graph, from inventory: Inventory) {
        // A route may also name its network, by the id of the network's main table.
        let routes = Attachments(
            inventory["aws_route"], to: "AWS::EC2::RouteTable", "AWS::EC2::VPC", in: inventory
        ) { $0["route_table_id"] }
        func leadsOut(_ id: String, inline: Property) -> Fact<Bool> {
            var facts = routes[id].map { inventory.isInternet($0["gateway_id"]) }
            if let why = inline.whyUnknown { facts.append(.unknown(why, at: inline.place)) }
            facts += inline.items.map { inventory.isInternet($0["gateway_id"]) }
            if let why = routes.undecided { facts.append(.unknown(why)) }
            return facts.anyIsTrue
        }
        for resource in inventory["aws_route_table"] + inventory["aws_default_route_table"] {
            var table = RouteTable(head: resource.head)
            table.vpc = inventory.network(resource["vpc_id"])
                .otherwise(inventory.network(resource["default_route_table_id"]))
            table.hasInternetRoute = leadsOut(resource.id, inline: resource["route"])
            graph.routeTables.append(table)
        }
        let associations = Attachments(
            inventory["aws_route_table_association"].filter { !$0["subnet_id"].unlessEmpty.isAbsent },
            to: "AWS::EC2::Subnet", in: inventory
        ) { $0["subnet_id"] }
        for resource in inventory["aws_subnet"] {
            var subnet = Subnet(head: resource.head)
            subnet.vpc = inventory.network(resource["vpc_id"])
            subnet.cidr = resource["cidr_block"].string
            subnet.availabilityZone = resource["availability_zone"].unlessEmpty.string
                .otherwise(resource["availability_zone_id"].unlessEmpty.string)
            subnet.routeTable = associations.fact(of: resource.id) {
                inventory.directory.reference($0["route_table_id"], to: "AWS::EC2::RouteTable")
            }
            graph.subnets.append(subnet)
        }
        graph.useMainRouteTables(mainTables(inventory)) { leadsOut($0, inline: Property(.absent)) }
    }

    private static func addSecurityGroups(to graph: inout Graph, from inventory: Inventory) {
        let kind = "AWS::EC2::SecurityGroup"
        let rules = Attachments(inventory["aws_security_group_rule"], to: kind, in: inventory) {
            $0["security_group_id"]
        }
        let ingress = Attachments(inventory["aws_vpc_security_group_ingress_rule"], to: kind, in: inventory) {
            $0["security_group_id"]
        }
        let egress = Attachments(inventory["aws_vpc_security_group_egress_rule"], to: kind, in: inventory) {
            $0["security_group_id"]
        }
        // A group without rules lets nothing through: the provider removes AWS's rule for all that goes out.
        func read(_ resource: SourceResource, _ direction: String, _ separate: Attachments) -> Fact<[SecurityRule]> {
            let inline = resource[direction]
            if let why = inline.whyUnknown { return .unknown(why, at: inline.place) }
            var found = inline.items.flatMap { SecurityRule.read($0, .planInline) }
            for rule in rules[resource.id] {
                let type = rule["type"].string
                if type.value == direction { found += SecurityRule.read(rule.properties, .planInline) }
                if let why = type.whyUnknown { found.append(.undecided(why)) }
            }
            found += separate[resource.id].flatMap { SecurityRule.read($0.properties, .planSeparate) }
            for why in [rules.undecided, separate.undecided].compactMap({ $0 }) { found.append(.undecided(why)) }
            return .known(found, at: inline.place ?? resource.head.place)
        }
        for resource in inventory["aws_security_group"] + inventory["aws_default_security_group"] {
            var group = SecurityGroup(head: resource.head)
            group.vpc = inventory.network(resource["vpc_id"])
            group.ingress = read(resource, "ingress", ingress)
            group.egress = read(resource, "egress", egress)
            graph.securityGroups.append(group)
        }
    }

    private static func addVPCEndpoints(to graph: inout Graph, from inventory: Inventory) {
        let kind = "AWS::EC2::VPCEndpoint"
        func part(_ type: String) -> Attachments {
            Attachments(inventory["aws_vpc_endpoint_\(type)"], to: kind, in: inventory) { $0["vpc_endpoint_id"] }
        }
        let tables = part("route_table_association")
        let subnets = part("subnet_association")
        let groups = part("security_group_association")
        let policies = part("policy")
        let mainTables = mainTables(inventory)
        let directory = inventory.directory
        /// `aws_vpc.x.main_route_table_id` finds the network, whose main table is meant.
        func table(_ reference: Fact<Reference>) -> Fact<Reference> {
            guard case .resource(let id)? = reference.value, directory.kind(of: id) == "AWS::EC2::VPC" else {
                return reference
            }
            return mainTables[id] ?? .known(.resource("\(id).MainRouteTable"), at: reference.place)
        }
        for resource in inventory["aws_vpc_endpoint"] {
            var endpoint = VPCEndpoint(head: resource.head)
            let id = resource.id
            endpoint.vpc = inventory.network(resource["vpc_id"])
            endpoint.service = VPCEndpoint.service(resource["service_name"])
            endpoint.kind = resource["vpc_endpoint_type"].string.defaulting(to: "Gateway")
            endpoint.hasPrivateDNS = resource["private_dns_enabled"].bool
            endpoint.subnets = subnets.appended(
                to: directory.references(resource["subnet_ids"], to: "AWS::EC2::Subnet"), of: id
            ) { [directory.reference($0["subnet_id"], to: "AWS::EC2::Subnet")] }
            endpoint.securityGroups = groups.appended(to: inventory.groups(resource["security_group_ids"]), of: id) {
                [directory.reference($0["security_group_id"], to: "AWS::EC2::SecurityGroup")]
            }
            endpoint.routeTables = tables.appended(
                to: directory.references(resource["route_table_ids"], to: "AWS::EC2::RouteTable"), of: id
            ) { [directory.reference($0["route_table_id"], to: "AWS::EC2::RouteTable")] }
            .map { $0.map(table) }
            endpoint.policy = policies.fact(of: id) { PolicyDocument.read($0["policy"], directory) }
                .otherwise(PolicyDocument.read(resource["policy"].unlessEmpty, directory))
            graph.vpcEndpoints.append(endpoint)
        }
    }
}
