// How clients get in, by a template: APIs and their domains, listeners, function addresses.

import PlumbModel

extension CloudFormationMapping {
    static func addEntryPoints(to graph: inout Graph, from inventory: Inventory) {
        let domains = domainFloors(inventory)
        let kinds = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
        let paths = Attachments(inventory["AWS::ApiGateway::BasePathMapping"], to: kinds.0, in: inventory) {
            $0["RestApiId"]
        }
        let mappings = Attachments(inventory["AWS::ApiGatewayV2::ApiMapping"], to: kinds.1, kinds.0, in: inventory) {
            $0["ApiId"]
        }
        let parts = APIParts(inventory)
        var used: Set<String> = []
        for resource in inventory[kinds.0] + inventory[kinds.1] {
            var api = APIFacts(head: resource.head, isREST: resource.type == kinds.0)
            for mapping in paths[resource.id] + mappings[resource.id] {
                let domain = inventory.directory.reference(
                    mapping["DomainName"], to: "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
                guard let found = inventory[domain], let floor = domains[found.id] else {
                    api.domainFloors.append(.unknown("the domain of \(mapping.id) is not in this input"))
                    continue
                }
                used.insert(found.id)
                api.domainFloors.append(floor)
                if !found["MutualTlsAuthentication"].isAbsent { api.hasMutualTLS = true }
            }
            fill(&api, from: resource)
            parts.fill(&api, resource.id)
            graph.entryPoints.append(api.entryPoint)
        }
        for domain in inventory["AWS::ApiGateway::DomainName"] + inventory["AWS::ApiGatewayV2::DomainName"]
        where !used.contains(domain.id) {
            var entry = EntryPoint(head: domain.head)
            entry.kind = .known(.apiGateway)
            entry.minimumTLS = domains[domain.id] ?? .absent
            graph.entryPoints.append(entry)
        }
        addListeners(to: &graph, from: inventory)
    }

    private static func domainFloors(_ inventory: Inventory) -> [String: Fact<String>] {
        var floors: [String: Fact<String>] = [:]
        for domain in inventory["AWS::ApiGateway::DomainName"] {
            floors[domain.id] = TLSFloor.ofDomainPolicy(domain["SecurityPolicy"].string)
        }
        for domain in inventory["AWS::ApiGatewayV2::DomainName"] {
            let policy = domain["DomainNameConfigurations"].first["SecurityPolicy"].string
            floors[domain.id] = TLSFloor.ofDomainPolicy(policy.defaulting(to: "TLS_1_2"))
        }
        return floors
    }

    private static func fill(_ api: inout APIFacts, from resource: SourceResource) {
        api.isDefaultAddressOff = resource["DisableExecuteApiEndpoint"].bool
        api.ownPolicy = resource["SecurityPolicy"].string
        api.isPrivate = resource["EndpointConfiguration"]["Types"].strings.map { $0.contains("PRIVATE") }
        api.isDescribedElsewhere = !resource["Body"].isAbsent || !resource["BodyS3Location"].isAbsent
    }

    private static func addListeners(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::ElasticLoadBalancingV2::Listener"] {
            let floor = TLSFloor.ofListener(
                protocol: resource["Protocol"].string, policy: resource["SslPolicy"].string)
            guard let floor else { continue }
            var entry = EntryPoint(head: resource.head)
            entry.kind = .known(.loadBalancer)
            entry.minimumTLS = floor
            let asks = ["authenticate-cognito", "authenticate-oidc", "jwt-validation"]
            let isAsking = resource["DefaultActions"].items.contains { asks.contains($0["Type"].string.value ?? "") }
            let isMutual = resource["MutualAuthentication"]["Mode"].string.value == "verify"
            entry.requiresAuthentication = .known(isAsking || isMutual, at: resource["DefaultActions"].place)
            graph.entryPoints.append(entry)
        }
        for resource in inventory["AWS::Lambda::Url"] {
            var entry = EntryPoint(head: resource.head)
            entry.kind = .known(.apiGateway)
            // Function addresses know TLS 1.2 and 1.3 only.
            entry.minimumTLS = .known("1.2", at: resource.head.place)
            entry.requiresAuthentication = resource["AuthType"].isWord("AWS_IAM")
            graph.entryPoints.append(entry)
        }
    }
}

/// The resources that make up an API, by the API.
private struct APIParts {
    private let methods, routes, stages, deployments: Attachments

    init(_ inventory: Inventory) {
        func part(_ type: String, _ key: String) -> Attachments {
            Attachments(
                inventory[type], to: "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", in: inventory
            ) { $0[key] }
        }
        methods = part("AWS::ApiGateway::Method", "RestApiId")
        routes = part("AWS::ApiGatewayV2::Route", "ApiId")
        stages = part("AWS::ApiGateway::Stage", "RestApiId")
        deployments = part("AWS::ApiGateway::Deployment", "RestApiId")
    }

    func fill(_ api: inout APIFacts, _ id: String) {
        for method in methods[id] {
            api.methods.append(
                APIFacts.Method(
                    httpMethod: method["HttpMethod"].string,
                    isAuthenticated: method["AuthorizationType"].string.defaulting(to: "NONE").map { $0 != "NONE" },
                    cacheKey: method["Integration"]["CacheKeyParameters"].strings))
        }
        for route in routes[id] {
            api.methods.append(
                APIFacts.Method(
                    httpMethod: route["RouteKey"].string.map { $0.hasPrefix("OPTIONS ") ? "OPTIONS" : "ANY" },
                    isAuthenticated: route["AuthorizationType"].string.defaulting(to: "NONE").map { $0 != "NONE" },
                    cacheKey: .absent))
        }
        for stage in stages[id].map(\.properties) + deployments[id].map({ $0["StageDescription"] }) {
            api.cacheClusters.append(stage["CacheClusterEnabled"].bool)
            for setting in stage["MethodSettings"].items {
                api.settings.append(
                    APIFacts.CacheSettings(
                        isCaching: setting["CachingEnabled"].bool, ttlSeconds: setting["CacheTtlInSeconds"].int,
                        isEncrypted: setting["CacheDataEncrypted"].bool,
                        coversEverything: setting["HttpMethod"].string.value == "*"))
            }
        }
    }
}
