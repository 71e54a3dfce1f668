// The cached front: an API that turns a GET into a call of the endpoint, its domain and its cache.
//
// The edge before it is in `RenderedDeployment+Edge.swift`.

import PlumbModel

extension RenderedDeployment {
    func front() -> [RenderedResource] { graph.entryPoints.flatMap(api) + edge() }

    private func api(_ point: EntryPoint) -> [RenderedResource] {
        let asking = [
            restAPI(point), path(point), authorizer(point), validator(point), method(point), integration(point),
        ]
        return asking + answers.flatMap { answer($0, point) } + [deployment(point)] + stage(point) + domain(point)
    }

    private func restAPI(_ point: EntryPoint) -> RenderedResource {
        RenderedResource(
            point, "AWS::ApiGateway::RestApi", "aws_api_gateway_rest_api", in: .front,
            note: "Clients ask with GET, whose answers may be kept: signed POSTs to SageMaker never are.",
            for: ["PERF-3.3"]
        ) { fields in
            fields.put("Name", "name", point.name)
            fields.put(
                "DisableExecuteApiEndpoint", "disable_execute_api_endpoint",
                .bool(point.hasDefaultAddress.value != true), for: "SEC-1.2")
            fields.putBlock("EndpointConfiguration", "endpoint_configuration") {
                $0.put("Types", "types", .texts(["REGIONAL"]))
            }
            fields.putTags("Tags", "tags", point.head.tags)
        }
    }

    private func path(_ point: EntryPoint) -> RenderedResource {
        RenderedResource(
            "\(point.id)Path", "AWS::ApiGateway::Resource", "aws_api_gateway_resource", in: .front,
            note: "GET /answers?body=…, the request's body in base64url."
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put(
                "ParentId", "parent_id", .link(point.id, template: "RootResourceId", plan: "root_resource_id"))
            fields.put("PathPart", "path_part", .text("answers"))
        }
    }

    /// Bearer tokens stay the same for many requests. A signature of AWS's own is another one every second, so that no
    /// answer kept under it would ever be found again.
    private func authorizer(_ point: EntryPoint) -> RenderedResource {
        RenderedResource(
            "\(point.id)Authorizer", "AWS::ApiGateway::Authorizer", "aws_api_gateway_authorizer", in: .front,
            note: "Callers show a token of the user pool. It is part of the cache's key, so that nobody is given "
                + "another's answers."
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put("Name", "name", .text("callers"))
            fields.put("Type", "type", .text("COGNITO_USER_POOLS"))
            fields.put("IdentitySource", "identity_source", .text("method.request.header.Authorization"))
            fields.put(
                "ProviderARNs", "provider_arns",
                .list([
                    .parameter(
                        .text(
                            "CallerUserPoolArn", nil,
                            matching: "^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+$",
                            hint: "The ARN of a Cognito user pool.",
                            "The user pool whose tokens callers of the cached front show."))
                ]))
        }
    }

    private func validator(_ point: EntryPoint) -> RenderedResource {
        RenderedResource(
            "\(point.id)Validator", "AWS::ApiGateway::RequestValidator", "aws_api_gateway_request_validator",
            in: .front, note: "A request that leaves out a part of the cache's key is refused."
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put("Name", "name", .text("key"))
            fields.put("ValidateRequestBody", "validate_request_body", .bool(false))
            fields.put("ValidateRequestParameters", "validate_request_parameters", .bool(true), for: "PERF-3.4")
        }
    }
}

// The method and what it calls.
extension RenderedDeployment {
    private func method(_ point: EntryPoint) -> RenderedResource {
        RenderedResource(
            "\(point.id)Method", "AWS::ApiGateway::Method", "aws_api_gateway_method", in: .front
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put("ResourceId", "resource_id", path(of: point))
            fields.put("HttpMethod", "http_method", .text("GET"))
            fields.put("AuthorizationType", "authorization", .text("COGNITO_USER_POOLS"), for: "SEC-1.3", "PERF-3.4")
            fields.put(
                "AuthorizerId", "authorizer_id", .link("\(point.id)Authorizer", template: nil, plan: "id"),
                for: "SEC-1.3")
            fields.put(
                "RequestValidatorId", "request_validator_id",
                .link("\(point.id)Validator", template: nil, plan: "id"))
            let asked = keyParameters(of: point).map { ($0, RenderedValue.bool(true)) }
            fields.put(
                "RequestParameters", "request_parameters", .map(Dictionary(asked) { first, _ in first }),
                for: "PERF-3.4")
            guard tongue == .template else { return }
            fields.putBlock("Integration", nil) { fill(integrationOf: point, &$0) }
            fields.put(
                "MethodResponses", nil,
                .blocks(
                    answers.map { answer in
                        RenderedFields {
                            $0.put("StatusCode", nil, .text(answer.code))
                            $0.put("ResponseParameters", nil, answer.declared)
                        }.list
                    }))
        }
    }

    /// Terraform makes of its own what CloudFormation writes into the method.
    private func integration(_ point: EntryPoint) -> RenderedResource {
        RenderedResource("\(point.id)Integration", nil, "aws_api_gateway_integration", in: .front) { fields in
            fields.put(nil, "rest_api_id", api(of: point))
            fields.put(nil, "resource_id", path(of: point))
            fields.put(nil, "http_method", verb(of: point))
            fill(integrationOf: point, &fields)
        }
    }

    private func fill(integrationOf point: EntryPoint, _ fields: inout RenderedFields) {
        fields.put("Type", "type", .text("AWS"))
        fields.put("IntegrationHttpMethod", "integration_http_method", .text("POST"))
        fields.put(
            "Uri", "uri",
            .text(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:runtime.sagemaker:path/endpoints/"
                    + "\(plan.spec.name)/invocations"))
        fields.put("Credentials", "credentials", .link("FrontRole", template: "Arn", plan: "arn"), for: "SEC-2.1")
        // Another content type than the model's is refused with 415.
        fields.put("PassthroughBehavior", "passthrough_behavior", .text("NEVER"))
        fields.put("RequestTemplates", "request_templates", .map([contentType: .text(Self.bodyTemplate)]))
        fields.put(
            "RequestParameters", "request_parameters",
            .map(["integration.request.header.Content-Type": .text("method.request.header.Content-Type")]))
        fields.put(
            "CacheKeyParameters", "cache_key_parameters", .texts(keyParameters(of: point)), for: "PERF-3.4")
        fields.put(
            "IntegrationResponses", nil,
            .blocks(
                answers.map { answer in
                    RenderedFields {
                        $0.put("StatusCode", nil, .text(answer.code))
                        $0.put("SelectionPattern", nil, answer.pattern.map { .text($0) })
                        $0.put("ResponseParameters", nil, answer.mapped)
                    }.list
                }))
    }

    /// The body that SageMaker is sent: what the client wrote in base64url, as it was.
    private static let bodyTemplate = "$util.base64Decode($input.params('body').replace('-', '+').replace('_', '/'))"

    /// The type of the spec's example, without parameters such as a character set: by it the template is chosen.
    private var contentType: String {
        let type = plan.spec.example.contentType.prefix { $0 != ";" }
        return String(type.reversed().drop { $0 == " " }.reversed())
    }

    /// The graph names a part of the key by its last word; all are headers but the body.
    private func keyParameters(of point: EntryPoint) -> [String] {
        (point.cacheKeyParts.value ?? []).map { part in
            part == "body" ? "method.request.querystring.body" : "method.request.header.\(part)"
        }
    }

    /// What SageMaker's answers become, the first one for all that no pattern names.
    private var answers: [FrontAnswer] {
        [
            FrontAnswer(code: "200", pattern: nil),
            // 424 is SageMaker's word for an error of the model.
            FrontAnswer(code: "400", pattern: #"4(?!24)\d{2}"#),
            FrontAnswer(code: "502", pattern: #"424|5\d{2}"#),
        ]
    }

    private func answer(_ answer: FrontAnswer, _ point: EntryPoint) -> [RenderedResource] {
        func fill(_ fields: inout RenderedFields) {
            fields.put(nil, "rest_api_id", api(of: point))
            fields.put(nil, "resource_id", path(of: point))
            fields.put(nil, "http_method", verb(of: point))
            fields.put(nil, "status_code", .text(answer.code))
        }
        let id = "\(point.id)Answer\(answer.code)"
        let declared = RenderedResource(id, nil, "aws_api_gateway_method_response", in: .front) { fields in
            fill(&fields)
            fields.put(nil, "response_parameters", answer.declared)
        }
        var mapped = RenderedResource(
            "\(id)Mapping", nil, "aws_api_gateway_integration_response", in: .front
        ) { fields in
            fill(&fields)
            fields.put(nil, "selection_pattern", answer.pattern.map { .text($0) })
            fields.put(nil, "response_parameters", answer.mapped)
        }
        mapped.dependsOn = ["\(point.id)Integration", id]
        return [declared, mapped]
    }
}

/// A status that the front answers with.
private struct FrontAnswer {
    var code: String
    /// The statuses of SageMaker that become this one.
    var pattern: String?

    /// The answer's type is the model's own.
    var declared: RenderedValue { .map(["method.response.header.Content-Type": .bool(true)]) }
    var mapped: RenderedValue {
        .map(["method.response.header.Content-Type": .text("integration.response.header.Content-Type")])
    }
}

// What is deployed of it, and where it is found.
extension RenderedDeployment {
    /// A deployment is a copy of the methods: when they change another one must be made.
    private func deployment(_ point: EntryPoint) -> RenderedResource {
        var deployment = RenderedResource(
            deploymentID(of: point), "AWS::ApiGateway::Deployment", "aws_api_gateway_deployment", in: .front,
            note: "A copy of the methods as they are now; changed methods make another one."
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put(nil, "triggers", .map(["methods": .text(methodsVersion(of: point, named: plan.spec.name))]))
            // The stage must have moved on before the old copy can go.
            fields.putBlock(nil, "lifecycle") { $0.put(nil, "create_before_destroy", .bool(true)) }
        }
        deployment.dependsOn =
            ["\(point.id)Method", "\(point.id)Integration"] + answers.map { "\(point.id)Answer\($0.code)Mapping" }
        return deployment
    }

    private func stage(_ point: EntryPoint) -> [RenderedResource] {
        let stage = RenderedResource(
            "\(point.id)Stage", "AWS::ApiGateway::Stage", "aws_api_gateway_stage", in: .front,
            note: "The cache, for repeated requests that reach the API in spite of the edge.", for: ["PERF-3.3"]
        ) { fields in
            fields.put("RestApiId", "rest_api_id", api(of: point))
            fields.put(
                "DeploymentId", "deployment_id", .link(deploymentID(of: point), template: nil, plan: "id"))
            fields.put("StageName", "stage_name", .text("live"))
            fields.put("CacheClusterEnabled", "cache_cluster_enabled", .bool(true), for: "PERF-3.3")
            fields.put("CacheClusterSize", "cache_cluster_size", .text("0.5"))
            fields.put("TracingEnabled", "xray_tracing_enabled", .bool(true))
            fields.put(
                "MethodSettings", nil,
                .blocks([
                    RenderedFields {
                        $0.put("HttpMethod", nil, .text("*"))
                        $0.put("ResourcePath", nil, .text("/*"))
                        fill(cacheOf: point, &$0)
                    }.list
                ]))
            fields.putTags("Tags", "tags", point.head.tags)
        }
        let settings = RenderedResource(
            "\(point.id)Settings", nil, "aws_api_gateway_method_settings", in: .front
        ) { fields in
            fields.put(nil, "rest_api_id", api(of: point))
            fields.put(nil, "stage_name", .link(stage.id, template: nil, plan: "stage_name"))
            fields.put(nil, "method_path", .text("*/*"))
            fields.putBlock(nil, "settings") { fill(cacheOf: point, &$0) }
        }
        return [stage, settings]
    }

    private func fill(cacheOf point: EntryPoint, _ fields: inout RenderedFields) {
        fields.put("CachingEnabled", "caching_enabled", .bool(true), for: "PERF-3.3")
        fields.put(
            "CacheTtlInSeconds", "cache_ttl_in_seconds", point.cacheTTLSeconds, for: "PERF-3.3", "PERF-3.4")
        fields.put("CacheDataEncrypted", "cache_data_encrypted", point.encryptsCache, for: "PERF-3.4")
        fields.put("DataTraceEnabled", "data_trace_enabled", .bool(false))
    }

    private func domain(_ point: EntryPoint) -> [RenderedResource] {
        let domain = RenderedResource(
            "\(point.id)Domain", "AWS::ApiGateway::DomainName", "aws_api_gateway_domain_name", in: .front,
            note: "The name that clients ask by; its DNS record leads to the edge.", for: ["SEC-1.2"]
        ) { fields in
            fields.put("DomainName", "domain_name", Self.frontDomain)
            fields.put("RegionalCertificateArn", "regional_certificate_arn", apiCertificate)
            fields.put("SecurityPolicy", "security_policy", floor(of: point), for: "SEC-1.2")
            fields.putBlock("EndpointConfiguration", "endpoint_configuration") {
                $0.put("Types", "types", .texts(["REGIONAL"]))
            }
            fields.putTags("Tags", "tags", point.head.tags)
        }
        let mapping = RenderedResource(
            "\(point.id)Mapping", "AWS::ApiGateway::BasePathMapping", "aws_api_gateway_base_path_mapping", in: .front
        ) { fields in
            fields.put("DomainName", "domain_name", .link(domain.id, template: nil, plan: "domain_name"))
            fields.put("RestApiId", "api_id", api(of: point))
            fields.put("Stage", "stage_name", .link("\(point.id)Stage", template: nil, plan: "stage_name"))
        }
        return [domain, mapping]
    }

    /// The name of API and edge alike: the edge hands it on, so that API Gateway knows its own domain by it.
    static let frontDomain = RenderedValue.parameter(
        .text(
            "FrontDomainName", nil, matching: "^([a-z0-9-]+[.])+[a-z]{2,}$",
            hint: "A domain name in lower case, such as answers.example.org.",
            "The name that clients of the cached front ask by."))

    private var apiCertificate: RenderedValue {
        .parameter(
            .text(
                "ApiCertificateArn", nil,
                matching: "^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-z0-9-]+$",
                hint: "The ARN of a certificate of Certificate Manager in this region.",
                "The certificate of the front's name, in the endpoint's region."))
    }

    private func floor(of point: EntryPoint) -> RenderedValue? {
        point.minimumTLS.value.map { .text("TLS_\($0.replacing(".", with: "_"))") }
    }

    /// CloudFormation tells another deployment by its id, Terraform by its triggers.
    private func deploymentID(of point: EntryPoint) -> String {
        "\(point.id)Deployment\(tongue == .template ? methodsVersion(of: point, named: plan.spec.name) : "")"
    }

    /// Changes with everything that changes about the methods, which call the endpoint of this name.
    func methodsVersion(of point: EntryPoint, named name: String) -> String {
        let parts = [name, contentType, Self.bodyTemplate] + keyParameters(of: point)
        return Blueprint.digest(parts.joined(separator: "\u{1F}"))
    }

    private func api(of point: EntryPoint) -> RenderedValue { .link(point.id, template: nil, plan: "id") }
    private func path(of point: EntryPoint) -> RenderedValue { .link("\(point.id)Path", template: nil, plan: "id") }
    private func verb(of point: EntryPoint) -> RenderedValue {
        .link("\(point.id)Method", template: nil, plan: "http_method")
    }
}
