// A network without a way to the internet: models reach AWS's services through private endpoints only.

import PlumbModel

extension Blueprint {
    /// Ids of the subnets, one an Availability Zone, in the network whose ids start with `network`.
    func subnets(_ network: String = "") -> [String] {
        "ABCDEF".prefix(min(max(1, spec.instances.zones), 6)).map { "\(network)Subnet\($0)" }
    }
}

extension Architecture {
    private static let cidr = "10.64.0.0/20"

    static func addNetwork(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.isProduction else { return }
        addNetwork("", region: nil, to: &graph, plan)
    }

    /// A network whose ids start with `id`, in the second region when one is given.
    static func addNetwork(_ id: String, region: String?, to graph: inout Graph, _ plan: Blueprint) {
        let start = "\(plan.prefix)-\(id.isEmpty ? "" : "replica-")"
        // AWS makes up the ids of networks; people know them by a tag.
        func place<Element: Resource>(_ suffix: String, _ element: Element) -> Element {
            var element = element
            if let region { element.head.region = plan.said(region, "recovery.region") }
            element.head.tags = element.head.tags.map { $0.merging(["Name": start + suffix]) { _, new in new } }
            return element
        }
        let vpc = "\(id)Network"
        graph.vpcs.append(
            place("network", plan.make(vpc, named: nil, from: "instances") { $0.cidr = .known(cidr) }))
        graph.routeTables.append(
            place(
                "routes",
                plan.make("\(id)RouteTable", named: nil, from: "instances") {
                    $0.vpc = reference(vpc)
                    $0.hasInternetRoute = false
                }))
        for (index, subnet) in plan.subnets(id).enumerated() {
            graph.subnets.append(
                place(
                    "subnet-\(index)",
                    plan.make(subnet, named: nil, from: "instances.zones") {
                        $0.vpc = reference(vpc)
                        $0.cidr = .known("10.64.\(index).0/24")
                        $0.availabilityZone = plan.said("${AZ.\(index)}", "instances.zones")
                        $0.routeTable = reference("\(id)RouteTable")
                    }))
        }
        graph.securityGroups.append(
            place(
                "model",
                group("\(id)ModelSecurityGroup", vpc: vpc, plan) {
                    $0.ingress = .known([])
                    // Without an internet route 443 leads to S3's gateway and the interface endpoints, nowhere else.
                    $0.egress = .known([https(peer: "0.0.0.0/0")])
                }))
        graph.securityGroups.append(
            place(
                "endpoints",
                group("\(id)EndpointSecurityGroup", vpc: vpc, plan) {
                    $0.ingress = .known([https(peer: cidr)])
                    // An empty list would mean allow-all to CloudFormation.
                    $0.egress = .known([https(peer: cidr)])
                }))
        for service in privateServices(id, plan) {
            let name = service.name.replacing(".", with: "-")
            graph.vpcEndpoints.append(place(name, endpoint(service, network: id, region: region, plan)))
        }
    }

    private static func group(
        _ id: String, vpc: String, _ plan: Blueprint, _ configure: (inout SecurityGroup) -> Void
    ) -> SecurityGroup {
        plan.make(id, named: nil, from: "instances") {
            $0.vpc = reference(vpc)
            configure(&$0)
        }
    }

    private static func https(peer: String) -> SecurityRule {
        var rule = SecurityRule()
        rule.protocolName = "tcp"
        rule.fromPort = 443
        rule.toPort = 443
        rule.peer = .known(peer)
        return rule
    }
}
