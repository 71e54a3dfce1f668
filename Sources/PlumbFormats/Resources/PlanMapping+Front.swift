// How clients get in, by a plan: APIs and their domains, listeners, function addresses.

import PlumbModel

extension PlanMapping {
    static func addEntryPoints(to graph: inout Graph, from inventory: Inventory) {
        let domains = domainFloors(inventory)
        let kinds = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
        let paths = Attachments(inventory["aws_api_gateway_base_path_mapping"], to: kinds.0, in: inventory) {
            $0["api_id"]
        }
        let mappings = Attachments(
            inventory["aws_apigatewayv2_api_mapping"], to: kinds.1, kinds.0, in: inventory
        ) { $0["api_id"] }
        let parts = APIParts(inventory)
        var used: Set<String> = []
        for resource in inventory["aws_api_gateway_rest_api"] + inventory["aws_apigatewayv2_api"] {
            var api = APIFacts(head: resource.head, isREST: resource.type == "aws_api_gateway_rest_api")
            for mapping in paths[resource.id] + mappings[resource.id] {
                let domain = inventory.directory.reference(
                    mapping["domain_name"], to: "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
                guard let found = inventory[domain], let floor = domains[found.id] else {
                    api.domainFloors.append(.unknown("the domain of \(mapping.id) is not in this input"))
                    continue
                }
                used.insert(found.id)
                api.domainFloors.append(floor)
                if !found["mutual_tls_authentication"].unlessEmptyList.isAbsent { api.hasMutualTLS = true }
            }
            api.isDefaultAddressOff = resource["disable_execute_api_endpoint"].bool
            api.isPrivate = resource["endpoint_configuration"]["types"].strings.map { $0.contains("PRIVATE") }
            api.isDescribedElsewhere = !resource["body"].unlessEmpty.isAbsent
            parts.fill(&api, resource.id)
            graph.entryPoints.append(api.entryPoint)
        }
        for domain in inventory["aws_api_gateway_domain_name"] + inventory["aws_apigatewayv2_domain_name"]
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
        for domain in inventory["aws_api_gateway_domain_name"] {
            floors[domain.id] = TLSFloor.ofDomainPolicy(domain["security_policy"].unlessEmpty.string)
        }
        for domain in inventory["aws_apigatewayv2_domain_name"] {
            let policy = domain["domain_name_configuration"]["security_policy"].string
            floors[domain.id] = TLSFloor.ofDomainPolicy(policy.defaulting(to: "TLS_1_2"))
        }
        return floors
    }

    private static func addListeners(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_lb_listener"] + inventory["aws_alb_listener"] {
            let floor = TLSFloor.ofListener(
                protocol: resource["protocol"].string, policy: resource["ssl_policy"].unlessEmpty.string)
            guard let floor else { continue }
            var entry = EntryPoint(head: resource.head)
            entry.kind = .known(.loadBalancer)
            entry.minimumTLS = floor
            let asks = ["authenticate-cognito", "authenticate-oidc", "jwt-validation"]
            let isAsking = resource["default_action"].items.contains { asks.contains($0["type"].string.value ?? "") }
            let isMutual = resource["mutual_authentication"]["mode"].string.value == "verify"
            entry.requiresAuthentication = .known(isAsking || isMutual, at: resource["default_action"].place)
            graph.entryPoints.append(entry)
        }
        for resource in inventory["aws_lambda_function_url"] {
            var entry = EntryPoint(head: resource.head)
            entry.kind = .known(.apiGateway)
            // Function addresses know TLS 1.2 and 1.3 only.
            entry.minimumTLS = .known("1.2", at: resource.head.place)
            entry.requiresAuthentication = resource["authorization_type"].isWord("AWS_IAM")
            graph.entryPoints.append(entry)
        }
    }
}

/// The resources that make up an API, by the API.
private struct APIParts {
    private let methods, integrations, routes, stages, settings: Attachments

    init(_ inventory: Inventory) {
        func part(_ type: String, _ key: String) -> Attachments {
            Attachments(
                inventory[type], to: "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", in: inventory
            ) { $0[key] }
        }
        methods = part("aws_api_gateway_method", "rest_api_id")
        integrations = part("aws_api_gateway_integration", "rest_api_id")
        routes = part("aws_apigatewayv2_route", "api_id")
        stages = part("aws_api_gateway_stage", "rest_api_id")
        settings = part("aws_api_gateway_method_settings", "rest_api_id")
    }

    func fill(_ api: inout APIFacts, _ id: String) {
        var keys: [Property: SourceResource] = [:]
        for integration in integrations[id] { keys[Self.spot(of: integration)] = integration }
        for method in methods[id] {
            api.methods.append(
                APIFacts.Method(
                    httpMethod: method["http_method"].string,
                    isAuthenticated: method["authorization"].string.defaulting(to: "NONE").map { $0 != "NONE" },
                    cacheKey: keys[Self.spot(of: method)]?["cache_key_parameters"].strings ?? .absent))
        }
        for route in routes[id] {
            api.methods.append(
                APIFacts.Method(
                    httpMethod: route["route_key"].string.map { $0.hasPrefix("OPTIONS ") ? "OPTIONS" : "ANY" },
                    isAuthenticated: route["authorization_type"].string.defaulting(to: "NONE").map { $0 != "NONE" },
                    cacheKey: .absent))
        }
        for stage in stages[id] { api.cacheClusters.append(stage["cache_cluster_enabled"].bool) }
        for resource in settings[id] {
            let setting = resource["settings"]
            api.settings.append(
                APIFacts.CacheSettings(
                    isCaching: setting["caching_enabled"].bool, ttlSeconds: setting["cache_ttl_in_seconds"].int,
                    isEncrypted: setting["cache_data_encrypted"].bool,
                    coversEverything: resource["method_path"].string.value == "*/*"))
        }
    }

    /// A method and its integration stand at the same path under the same verb.
    private static func spot(of resource: SourceResource) -> Property {
        Property(.list([resource["resource_id"], resource["http_method"]]))
    }
}
