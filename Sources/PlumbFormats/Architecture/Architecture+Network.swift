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
        func place<Element: Resource>(_ element: Element) -> Element {
            var element = element
            if let region { element.head.region = plan.said(region, "recovery.region") }
            return element
        }
        let suffix = id.isEmpty ? "" : "replica-"
        let vpc = "\(id)Network"
        graph.vpcs.append(
            place(plan.make(vpc, named: "\(suffix)network", from: "instances") { $0.cidr = .known(cidr) }))
        graph.routeTables.append(
            place(
                plan.make("\(id)RouteTable", named: "\(suffix)routes", from: "instances") {
                    $0.vpc = reference(vpc)
                    $0.hasInternetRoute = false
                }))
        for (index, subnet) in plan.subnets(id).enumerated() {
            graph.subnets.append(
                place(
                    plan.make(subnet, named: "\(suffix)subnet-\(index)", from: "instances.zones") {
                        $0.vpc = reference(vpc)
                        $0.cidr = .known("10.64.\(index).0/24")
                        $0.availabilityZone = plan.said("${AZ.\(index)}", "instances.zones")
                        $0.routeTable = reference("\(id)RouteTable")
                    }))
        }
        graph.securityGroups.append(
            place(
                group("\(id)ModelSecurityGroup", "\(suffix)model", vpc: vpc, plan) {
                    $0.ingress = .known([])
                    // Without an internet route 443 leads to S3's gateway and the interface endpoints, nowhere else.
                    $0.egress = .known([https(peer: "0.0.0.0/0")])
                }))
        graph.securityGroups.append(
            place(
                group("\(id)EndpointSecurityGroup", "\(suffix)endpoints", vpc: vpc, plan) {
                    $0.ingress = .known([https(peer: cidr)])
                    // An empty list would mean allow-all to CloudFormation.
                    $0.egress = .known([https(peer: cidr)])
                }))
        for service in privateServices(id, plan) {
            graph.vpcEndpoints.append(place(endpoint(service, network: id, region: region, plan)))
        }
    }

    private static func group(
        _ id: String, _ suffix: String, vpc: String, _ plan: Blueprint, _ configure: (inout SecurityGroup) -> Void
    ) -> SecurityGroup {
        plan.make(id, named: suffix, from: "instances") {
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
