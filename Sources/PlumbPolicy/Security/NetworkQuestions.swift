// Whether traffic has a private way and no other: SEC-1.3 and SEC-1.4, over networks, endpoints and security groups.

import PlumbModel

extension Graph {
    /// SEC-1.3 for each endpoint and each public front.
    func judgePrivateNetwork() -> [Judgement] {
        if source == .engine { return judgeListeners() }
        let ways = judgeEndpoints { endpoint, ask in
            for variant in variants(of: endpoint, &ask) where !variant.isServerless {
                guard let model = models[variant.model] else {
                    ask.doubt("the model of variant \(variant.name.value ?? "?") is not in this input")
                    continue
                }
                ask.requirePrivateWay(of: model, in: self)
            }
        }
        // An edge may be public, but only with a guard before it.
        let fronts = distributions.map { front in
            Judgement.about(front) { ask in
                let isGuarded =
                    !entryPoints.isEmpty && entryPoints.allSatisfy { $0.requiresAuthentication.value == true }
                if isGuarded { return ask.prove("every entry point behind it asks for a credential") }
                ask.require(front.webACL, "the web ACL of the public edge", wanted: "one, or authentication behind it")
                {
                    !$0.isEmpty
                }
            }
        }
        return ways + fronts
    }

    private func judgeListeners() -> [Judgement] {
        judgeGateways(showing: "addresses") { entry, ask in
            ask.require(entry.addresses, "the addresses it listens on", wanted: "loopback or declared ones") {
                !$0.isEmpty && !$0.contains { ["0.0.0.0", "::", "[::]", "*"].contains(Self.host(of: $0)) }
            }
        }
    }

    /// `127.0.0.1` of `127.0.0.1:8443`, `[::]` of `[::]:8443`.
    private static func host(of address: String) -> String {
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") { return String(address[...end]) }
        let parts = address.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : address
    }

    /// SEC-1.4 for each model, endpoint configuration and monitoring job.
    func judgeIsolation() -> [Judgement] {
        let containers = models.map { model in
            Judgement.about(model) { ask in
                if source == .engine, model.isNetworkIsolated.isAbsent {
                    ask.doubt(
                        "the engine does not show whether its workers reach a network; a record of that would decide it"
                    )
                    return
                }
                ask.requireFlag(model.isNetworkIsolated, "network isolation", absentAs: false)
                if source != .engine { ask.requireClosedNetwork(of: model, in: self) }
            }
        }
        let shells = endpointConfigs.map { config in
            Judgement.about(config) { ask in
                for variant in ask.need(config.variants, "the list of variants") ?? [] {
                    ask.requireFlag(
                        variant.enablesSSMAccess, "SSM access to variant \(variant.name.value ?? "?")", is: false,
                        absentAs: false)
                }
            }
        }
        let jobs = monitoringSchedules.filter(\.isJob).map { job in
            Judgement.about(job) { ask in
                ask.requireFlag(
                    job.encryptsInterContainerTraffic, "encryption of traffic between containers", absentAs: false)
            }
        }
        let unseen =
            models.isEmpty ? judgeEndpoints { _, ask in ask.doubt("the endpoint's model is not in this input") } : []
        return containers + shells + jobs + unseen
    }

    /// The subnets of a model that are part of the graph; the others are told as doubts.
    fileprivate func subnets(of model: Model, _ ask: inout Inquiry) -> [Subnet] {
        (ask.need(model.subnets, "the model's list of subnets (VpcConfig)") ?? []).compactMap { reference in
            if let subnet = subnets[reference] { return subnet }
            let name = reference.value.map(Self.shown) ?? "one subnet"
            ask.doubt("\(name) is not in this input, so its network and routes cannot be told")
            return nil
        }
    }

    fileprivate static func shown(_ reference: Reference) -> String {
        switch reference {
        case .resource(let id): id
        case .external(let name): name
        }
    }
}

// MARK: - SEC-1.3

extension Inquiry {
    fileprivate mutating func requirePrivateWay(of model: Model, in graph: Graph) {
        relate("the model \(model.id)", at: model.place)
        let subnets = graph.subnets(of: model, &self)
        if model.subnets.value == [] { fail("the model has no subnet, so it runs in SageMaker's network") }
        if let groups = need(model.securityGroups, "the model's list of security groups"), groups.isEmpty {
            fail("the model has no security group")
        }
        let networks = Set(subnets.compactMap(\.vpc.value))
        guard let network = networks.first else {
            if !subnets.isEmpty { doubt("which network the model's subnets are in cannot be told from this input") }
            return
        }
        if networks.count > 1 { fail("the model's subnets are in \(networks.count) networks, wanted one") }
        let near = graph.vpcEndpoints.filter { $0.vpc.value == network || $0.vpc.isUnknown }
        requireOne(
            of: near.filter { $0.serves("sagemaker.runtime") },
            orFail: "no interface endpoint for sagemaker.runtime is right in the model's network"
                + (near.contains { $0.serves("runtime.sagemaker") } ? ": runtime.sagemaker is only its DNS name" : ""),
            name: \.id
        ) { endpoint, ask in ask.requireInterface(endpoint, in: graph) }
        let tables = Set(subnets.compactMap(\.routeTable.value))
        requireOne(
            of: near.filter { $0.serves("s3") },
            orFail: "no gateway endpoint for s3 is right in the model's network", name: \.id
        ) { endpoint, ask in ask.requireGateway(endpoint, on: tables) }
    }

    private mutating func requireInterface(_ endpoint: VPCEndpoint, in graph: Graph) {
        require(endpoint.kind, "its kind", wanted: "Interface", absentAs: "Gateway") { $0 == "Interface" }
        requireFlag(endpoint.hasPrivateDNS, "its private DNS name", absentAs: false)
        let subnets = need(endpoint.subnets, "its list of subnets") ?? []
        if Set(subnets).count < 2 { fail("it stands in \(subnets.count) subnet(s), wanted at least 2") }
        requireOwnPolicy(of: endpoint)
        let groups = need(endpoint.securityGroups, "its list of security groups") ?? []
        requireOne(
            of: groups, orFail: "no security group of it lets HTTPS in",
            name: { $0.value.map(Graph.shown) ?? "a security group" }
        ) { reference, ask in
            guard let group = graph.securityGroups[reference] else { return ask.doubt("it is not in this input") }
            guard let rules = ask.need(group.ingress, "its list of ingress rules") else { return }
            if rules.contains(where: { $0.admits(port: 443) }) {
                ask.prove("port 443 is let in")
            } else if rules.contains(where: {
                $0.protocolName.isUnknown || $0.fromPort.isUnknown || $0.toPort.isUnknown
            }) {
                ask.doubt("its ingress rules are not all known")
            } else {
                ask.fail("port 443 is not let in", at: group.place)
            }
        }
    }

    private mutating func requireGateway(_ endpoint: VPCEndpoint, on tables: Set<Reference>) {
        require(endpoint.kind, "its kind", wanted: "Gateway", absentAs: "Gateway") { $0 == "Gateway" }
        requireOwnPolicy(of: endpoint)
        guard let served = need(endpoint.routeTables, "its list of route tables") else { return }
        let missing = tables.subtracting(served.compactMap(\.value)).map(Graph.shown).sorted()
        if missing.isEmpty {
            prove("it serves the model's route tables")
        } else if served.contains(where: \.isUnknown) {
            doubt("whether it serves \(missing.joined(separator: ", ")) cannot be told from this input")
        } else {
            fail("it does not serve \(missing.joined(separator: ", ")), by which the model's subnets route")
        }
    }

    /// The default policy allows every action on every resource to everyone.
    private mutating func requireOwnPolicy(of endpoint: VPCEndpoint) {
        if endpoint.policy.isAbsent { return fail("it has no policy of its own, so it carries every call to anywhere") }
        guard let policy = need(endpoint.policy, "its policy") else { return }
        let full = policy.statements.contains { statement in
            statement.effect == .allow && statement.conditions.isEmpty && statement.actions.contains("*")
                && statement.resources.contains("*")
        }
        if full { fail("its policy allows every action on every resource", at: endpoint.policy.place) }
    }
}

extension VPCEndpoint {
    /// Whether this is the way to a service, whatever its region: `com.amazonaws.us-east-1.s3`.
    fileprivate func serves(_ service: String) -> Bool {
        guard let name = self.service.value else { return false }
        guard name.hasPrefix("com.amazonaws.") else { return name == service }
        return name.dropFirst("com.amazonaws.".count).drop { $0 != "." }.dropFirst() == service
    }
}

extension SecurityRule {
    /// A rule for one TCP port.
    static func tcp(_ port: Int, peer: String) -> SecurityRule {
        var rule = SecurityRule()
        rule.protocolName = "tcp"
        rule.fromPort = .known(port)
        rule.toPort = .known(port)
        rule.peer = .known(peer)
        return rule
    }

    fileprivate func admits(port: Int) -> Bool {
        guard let name = protocolName.value else { return false }
        if name == "-1" { return true }
        guard name == "tcp" || name == "6", let from = fromPort.value, let to = toPort.value else { return false }
        return from <= port && port <= to
    }

    fileprivate var isOpenToTheWorld: Bool { peer.value == "0.0.0.0/0" || peer.value == "::/0" }
    fileprivate var mayBeOpenToTheWorld: Bool { isOpenToTheWorld || peer.isUnknown }
}

// MARK: - SEC-1.4

extension Inquiry {
    fileprivate mutating func requireClosedNetwork(of model: Model, in graph: Graph) {
        for subnet in graph.subnets(of: model, &self) {
            if let table = graph.routeTables[subnet.routeTable] {
                requireFlag(
                    table.hasInternetRoute, "a route of \(subnet.id) to the internet", is: false, absentAs: false)
            } else {
                doubt(
                    "the route table of \(subnet.id) is not in this input, so a way to the internet cannot be ruled out"
                )
            }
        }
        for reference in need(model.securityGroups, "the model's list of security groups") ?? [] {
            guard let group = graph.securityGroups[reference] else {
                doubt("\(reference.value.map(Graph.shown) ?? "a security group") is not in this input")
                continue
            }
            relate("the security group \(group.id)", at: group.place)
            requireClosed(group, isEgressOpenByDefault: graph.source != .terraform)
        }
    }

    private mutating func requireClosed(_ group: SecurityGroup, isEgressOpenByDefault: Bool) {
        if let why = group.ingress.whyUnknown { doubt("the ingress of \(group.id) cannot be told: \(why)") }
        for rule in group.ingress.value ?? [] {
            if let why = rule.peer.whyUnknown { doubt("a peer of \(group.id) cannot be told: \(why)") }
            if rule.isOpenToTheWorld { fail("\(group.id) lets in \(rule.peer.value ?? "")", at: group.place) }
        }
        switch group.egress.state {
        case .absent:
            if isEgressOpenByDefault { fail("\(group.id) writes no egress, so all of it is open", at: group.place) }
        case .unknown(let why):
            doubt("the egress of \(group.id) cannot be told: \(why)")
        case .known(let rules):
            for rule in rules where rule.mayBeOpenToTheWorld {
                if let name = rule.protocolName.value, name != "-1" { continue }
                if rule.peer.isUnknown || rule.protocolName.isUnknown {
                    doubt("whether \(group.id) lets everything out cannot be told from this input")
                } else {
                    fail("\(group.id) lets everything out to \(rule.peer.value ?? "")", at: group.place)
                }
            }
        }
        prove("\(group.id) is closed to the world")
    }
}
