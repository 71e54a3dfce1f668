// How clients get in: APIs of API Gateway that lead to an endpoint, their domains, and listeners that are wanted.

import PlumbModel

extension Concern {
    static let fronts = Concern(
        name: "fronts",
        reads: [
            Read(.apiGateway, "GetRestApis"), Read(.apiGateway, "GetResources"), Read(.apiGateway, "GetStages"),
            Read(.apiGateway, "GetDomainNames"), Read(.apiGateway, "GetBasePathMappings"),
            Read(.apiGatewayV2, "GetApis"), Read(.apiGatewayV2, "GetIntegrations"), Read(.apiGatewayV2, "GetRoutes"),
            Read(.apiGatewayV2, "GetDomainNames"), Read(.apiGatewayV2, "GetApiMappings"),
            Read(.loadBalancing, "DescribeListeners"),
        ],
        list: { survey in
            async let rest: Void = survey.listRESTAPIs()
            async let http: Void = survey.listHTTPAPIs()
            _ = try await (rest, http)
        },
        types: ["AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Route", "AWS::ElasticLoadBalancingV2::Listener"],
        look: { survey, type, ids in
            switch type {
            case "AWS::ApiGateway::Stage": try await survey.lookAtRESTAPIs(ids)
            case "AWS::ApiGatewayV2::Route": try await survey.lookAtHTTPAPIs(ids)
            default: try await survey.lookAtListeners(ids)
            }
        })
}

extension Survey {
    private static let restType = "AWS::ApiGateway::RestApi"
    private static let httpType = "AWS::ApiGatewayV2::Api"

    /// The endpoint or function that an integration leads to.
    private static func targets(of address: String?) -> [Wanted] {
        guard let address else { return [] }
        func name(after mark: String) -> String? {
            guard let range = address.firstRange(of: mark) else { return nil }
            let rest = address[range.upperBound...].prefix { $0 != "/" && $0 != ":" && $0 != "?" }
            return rest.isEmpty ? nil : String(rest)
        }
        if address.contains("sagemaker"), let endpoint = name(after: "/endpoints/") {
            return [Wanted("AWS::SageMaker::Endpoint", endpoint)]
        }
        return name(after: ":function:").map { [Wanted("AWS::Lambda::Function", $0)] } ?? []
    }

    // MARK: - REST APIs

    fileprivate func listRESTAPIs() async throws {
        let apis = try await listed(Self.restType, .apiGateway, "GetRestApis", ["limit": 500], in: "item")
        try await inParallel(apis) { told in
            guard let id = told["id"].text else { return }
            let resources = try await items(
                .apiGateway, "GetResources", ["restApiId": .text(id), "embed": ["methods"], "limit": 500], in: "item")
            let methods = (resources.value ?? []).flatMap { resource in
                resource["resourceMethods"].members.sorted { $0.key < $1.key }.map { (resource, $0.key, $0.value) }
            }
            var api = AccountResource(
                Self.restType, name: id, arn: "arn:\(partition):apigateway:\(region)::/restapis/\(id)", region: region,
                tags: told["tags"].members.compactMapValues(\.text))
            api.properties = AccountValue(
                AWSValue.map(told.members.filter { $0.key != "tags" && $0.key != "policy" }).capitalized)
            notebook.consider(
                api, mentioning: methods.flatMap { Self.targets(of: $0.2["methodIntegration"]["uri"].text) },
                followUps: [Wanted("AWS::ApiGateway::Stage", id)])
            for (resource, verb, method) in methods { considerMethod(of: id, resource, verb, method) }
            if case .unseen(let why) = resources {
                considerMethod(of: id, [:], "ANY", [:], or: why)
            }
        }
    }

    private func considerMethod(
        of api: String, _ resource: AWSValue, _ verb: String, _ method: AWSValue, or why: String? = nil
    ) {
        let path = resource["path"].text ?? "/"
        var part = AccountResource("AWS::ApiGateway::Method", name: "\(api)\(path) \(verb)", region: region)
        part.properties = [
            "RestApiId": .text(api), "HttpMethod": .text(method["httpMethod"].text ?? verb),
            "AuthorizationType": why.map { .unseen($0) } ?? AccountValue(method["authorizationType"]),
            "Integration": AccountValue(method["methodIntegration"].capitalized),
        ]
        notebook.consider(part, mentioning: [Wanted(Self.restType, api)])
    }

    fileprivate func lookAtRESTAPIs(_ ids: [String]) async throws {
        async let domains: Void = noteRESTDomains(of: Set(ids))
        try await inParallel(ids) { id in
            switch try await answer(.apiGateway, "GetStages", ["restApiId": .text(id)]) {
            case .absent: return
            case .unseen(let why):
                notebook.note(
                    AccountResource(
                        "AWS::ApiGateway::Stage", name: "\(id)/unseen", region: region,
                        properties: ["RestApiId": .text(id), "CacheClusterEnabled": .unseen(why)]))
            case .seen(let answer):
                for stage in answer["item"].items { noteStage(stage, of: id) }
            }
        }
        _ = try await domains
    }

    private func noteStage(_ told: AWSValue, of api: String) {
        let name = told["stageName"].text ?? ""
        let settings = told["methodSettings"].members.sorted { $0.key < $1.key }.map { place, setting -> AccountValue in
            // `resource/path/GET`, or `*/*` for all.
            let parts = place.split(separator: "/")
            var value = AccountValue(setting.capitalized)
            value["HttpMethod"] = .text(parts.last.map(String.init) ?? "*")
            value["ResourcePath"] = .text("/" + parts.dropLast().joined(separator: "/"))
            return value
        }
        notebook.note(
            AccountResource(
                "AWS::ApiGateway::Stage", name: "\(api)/\(name)", region: region,
                properties: [
                    "RestApiId": .text(api), "StageName": .text(name),
                    "CacheClusterEnabled": AccountValue(told["cacheClusterEnabled"]),
                    "MethodSettings": AccountValue(items: settings),
                ]))
    }

    private func noteRESTDomains(of apis: Set<String>) async throws {
        let type = "AWS::ApiGateway::DomainName"
        let domains = try await listed(type, .apiGateway, "GetDomainNames", ["limit": 500], in: "item")
        try await inParallel(domains) { told in
            guard let name = told["domainName"].text else { return }
            let mappings = try await items(
                .apiGateway, "GetBasePathMappings", ["domainName": .text(name), "limit": 500], in: "item",
                absentCodes: ["NotFoundException"])
            let own = (mappings.value ?? []).filter { $0["restApiId"].text.map(apis.contains) ?? false }
            guard !own.isEmpty else { return }
            let properties = AccountValue(AWSValue.map(told.members.filter { $0.key != "tags" }).capitalized)
            notebook.note(AccountResource(type, name: name, region: region, properties: properties))
            for mapping in own {
                let path = mapping["basePath"].text ?? ""
                notebook.note(
                    AccountResource(
                        "AWS::ApiGateway::BasePathMapping", name: "\(name)/\(path)", region: region,
                        properties: ["DomainName": .text(name), "RestApiId": AccountValue(mapping["restApiId"])]))
            }
        }
    }

    // MARK: - HTTP and WebSocket APIs

    fileprivate func listHTTPAPIs() async throws {
        let apis = try await listed(Self.httpType, .apiGatewayV2, "GetApis", in: "items")
        try await inParallel(apis) { told in
            guard let id = told["apiId"].text else { return }
            let integrations = try await items(.apiGatewayV2, "GetIntegrations", ["ApiId": .text(id)], in: "items")
            var api = AccountResource(
                Self.httpType, name: id, arn: "arn:\(partition):apigateway:\(region)::/apis/\(id)", region: region,
                tags: told["tags"].members.compactMapValues(\.text))
            api.properties = AccountValue(AWSValue.map(told.members.filter { $0.key != "tags" }).capitalized)
            notebook.consider(
                api, mentioning: (integrations.value ?? []).flatMap { Self.targets(of: $0["integrationUri"].text) },
                followUps: [Wanted("AWS::ApiGatewayV2::Route", id)])
        }
    }

    fileprivate func lookAtHTTPAPIs(_ ids: [String]) async throws {
        async let domains: Void = noteHTTPDomains(of: Set(ids))
        try await inParallel(ids) { id in
            let routes = try await items(.apiGatewayV2, "GetRoutes", ["ApiId": .text(id)], in: "items")
            if case .unseen(let why) = routes {
                noteRoute(of: id, "unseen", ["RouteKey": .unseen(why), "AuthorizationType": .unseen(why)])
            }
            for route in routes.value ?? [] {
                noteRoute(
                    of: id, route["routeId"].text ?? "",
                    [
                        "RouteKey": AccountValue(route["routeKey"]),
                        "AuthorizationType": AccountValue(route["authorizationType"]),
                    ])
            }
        }
        _ = try await domains
    }

    private func noteRoute(of api: String, _ id: String, _ told: AccountValue) {
        var route = AccountResource("AWS::ApiGatewayV2::Route", name: "\(api)/\(id)", region: region, properties: told)
        route.properties["ApiId"] = .text(api)
        notebook.note(route)
    }

    private func noteHTTPDomains(of apis: Set<String>) async throws {
        let type = "AWS::ApiGatewayV2::DomainName"
        let domains = try await listed(type, .apiGatewayV2, "GetDomainNames", in: "items")
        try await inParallel(domains) { told in
            guard let name = told["domainName"].text else { return }
            let mappings = try await items(
                .apiGatewayV2, "GetApiMappings", ["DomainName": .text(name)], in: "items",
                absentCodes: ["NotFoundException"])
            let own = (mappings.value ?? []).filter { $0["apiId"].text.map(apis.contains) ?? false }
            guard !own.isEmpty else { return }
            let properties = AccountValue(AWSValue.map(told.members.filter { $0.key != "tags" }).capitalized)
            notebook.note(AccountResource(type, name: name, region: region, properties: properties))
            for mapping in own {
                let id = mapping["apiMappingId"].text ?? ""
                notebook.note(
                    AccountResource(
                        "AWS::ApiGatewayV2::ApiMapping", name: "\(name)/\(id)", region: region,
                        properties: ["DomainName": .text(name), "ApiId": AccountValue(mapping["apiId"])]))
            }
        }
    }

    // MARK: - Listeners

    fileprivate func lookAtListeners(_ arns: [String]) async throws {
        try await inParallel(arns) { arn in
            let told = try await answer(
                .loadBalancing, "DescribeListeners", ["ListenerArns": [.text(arn)]],
                absentCodes: ["ListenerNotFound"])
            guard case .seen(let answer) = told else { return }
            for listener in answer["Listeners"].items {
                let properties = AccountValue(
                    listener, only: "Protocol", "Port", "SslPolicy", "DefaultActions", "MutualAuthentication",
                    "LoadBalancerArn")
                notebook.note(
                    AccountResource(
                        "AWS::ElasticLoadBalancingV2::Listener", name: arn, arn: arn, region: region,
                        tags: try await tags(of: arn, region: region), properties: properties))
            }
        }
    }
}
