// The network of a template: subnets with their routes, groups with their rules, private endpoints.

import PlumbModel

extension CloudFormationMapping {
    static func addNetwork(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::EC2::VPC"] {
            var vpc = VPC(head: resource.head)
            vpc.cidr = resource["CidrBlock"].string
            graph.vpcs.append(vpc)
        }
        addSubnets(to: &graph, from: inventory)
        addSecurityGroups(to: &graph, from: inventory)
        for resource in inventory["AWS::EC2::VPCEndpoint"] {
            var endpoint = VPCEndpoint(head: resource.head)
            endpoint.vpc = inventory.network(resource["VpcId"])
            endpoint.service = VPCEndpoint.service(resource["ServiceName"])
            endpoint.kind = resource["VpcEndpointType"].string.defaulting(to: "Gateway")
            endpoint.hasPrivateDNS = resource["PrivateDnsEnabled"].bool
            endpoint.subnets = inventory.directory.references(resource["SubnetIds"], to: "AWS::EC2::Subnet")
            endpoint.securityGroups = inventory.groups(resource["SecurityGroupIds"])
            endpoint.routeTables = inventory.directory.references(
                resource["RouteTableIds"], to: "AWS::EC2::RouteTable")
            endpoint.policy = PolicyDocument.read(resource["PolicyDocument"], inventory.directory)
            graph.vpcEndpoints.append(endpoint)
        }
    }

    private static func addSubnets(to graph: inout Graph, from inventory: Inventory) {
        let routes = Attachments(inventory["AWS::EC2::Route"], to: "AWS::EC2::RouteTable", in: inventory) {
            $0["RouteTableId"]
        }
        for resource in inventory["AWS::EC2::RouteTable"] {
            var table = RouteTable(head: resource.head)
            table.vpc = inventory.network(resource["VpcId"])
            let leading = routes[resource.id].map { inventory.isInternet($0["GatewayId"]) }
            table.hasInternetRoute = (leading + (routes.undecided.map { [.unknown($0)] } ?? [])).anyIsTrue
            graph.routeTables.append(table)
        }
        let associations = Attachments(
            inventory["AWS::EC2::SubnetRouteTableAssociation"], to: "AWS::EC2::Subnet", in: inventory
        ) { $0["SubnetId"] }
        for resource in inventory["AWS::EC2::Subnet"] {
            var subnet = Subnet(head: resource.head)
            subnet.vpc = inventory.network(resource["VpcId"])
            subnet.cidr = resource["CidrBlock"].string
            subnet.availabilityZone = resource["AvailabilityZone"].string
                .otherwise(resource["AvailabilityZoneId"].string)
            subnet.routeTable = associations.fact(of: resource.id) {
                inventory.directory.reference($0["RouteTableId"], to: "AWS::EC2::RouteTable")
            }
            graph.subnets.append(subnet)
        }
        graph.useMainRouteTables()
    }

    private static func addSecurityGroups(to graph: inout Graph, from inventory: Inventory) {
        let group = "AWS::EC2::SecurityGroup"
        let ingress = Attachments(inventory["AWS::EC2::SecurityGroupIngress"], to: group, in: inventory) {
            $0["GroupId"].isAbsent ? $0["GroupName"] : $0["GroupId"]
        }
        let egress = Attachments(inventory["AWS::EC2::SecurityGroupEgress"], to: group, in: inventory) {
            $0["GroupId"]
        }
        for resource in inventory[group] {
            var group = SecurityGroup(head: resource.head)
            group.vpc = inventory.network(resource["VpcId"])
            group.ingress = rules(resource["SecurityGroupIngress"], ingress, of: resource).defaulting(to: [])
            // An empty list, like none at all, leaves the default rule that lets everything out; any rule removes it.
            let written = rules(resource["SecurityGroupEgress"], egress, of: resource)
            group.egress = written.value?.isEmpty == true ? .absent(at: written.place) : written
            graph.securityGroups.append(group)
        }
    }

    private static func rules(
        _ inline: Property, _ separate: Attachments, of resource: SourceResource
    ) -> Fact<[SecurityRule]> {
        let own = inline.list { SecurityRule.read($0, .template) }.map { $0.flatMap { $0 } }
        let all = separate.appended(to: own, of: resource.id) { SecurityRule.read($0.properties, .template) }
        guard let why = separate.undecided, let known = all.value else { return all }
        return .known(known + [SecurityRule.undecided(why)], at: all.place)
    }
}

extension Inventory {
    /// The network that a property names. One whose id is not decided yet is still the same for all that name it.
    func network(_ property: Property) -> Fact<Reference> {
        let reference = directory.reference(property.unlessEmpty, to: "AWS::EC2::VPC")
        guard reference.isUnknown, let name = property.name.value else { return reference }
        return .known(.external(name), at: property.place)
    }
    /// Security groups by id, or by `${Group.GroupId}`.
    func groups(_ property: Property) -> Fact<[Fact<Reference>]> {
        directory.references(property, to: "AWS::EC2::SecurityGroup")
    }
}

extension VPCEndpoint {
    /// A service's name is compared by its end, so that an undecided region does not matter.
    static func service(_ property: Property) -> Fact<String> {
        let name = property.name
        return name.value?.hasPrefix("com.amazonaws.") == true ? name : property.string
    }
}
