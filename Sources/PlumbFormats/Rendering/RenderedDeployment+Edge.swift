// The edge before the cached front: what it keeps, by which key, and how it reaches the API.

import PlumbModel

extension RenderedDeployment {
    func edge() -> [RenderedResource] {
        graph.cachePolicies.map(cachePolicy) + graph.distributions.flatMap { [revisionFunction($0), distribution($0)] }
    }

    private func cachePolicy(_ policy: CachePolicy) -> RenderedResource {
        RenderedResource(
            policy, "AWS::CloudFront::CachePolicy", "aws_cloudfront_cache_policy", in: .front,
            note: "One answer for each caller, content type, revision and body.", for: ["PERF-3.3", "PERF-3.4"]
        ) { fields in
            if tongue == .plan { return fill(policy, &fields) }
            fields.putBlock("CachePolicyConfig", nil) { fill(policy, &$0) }
        }
    }

    private func fill(_ policy: CachePolicy, _ fields: inout RenderedFields) {
        // All are headers but the body, which is a query string.
        let names = policy.headers.value ?? []
        fields.put("Name", "name", policy.name)
        fields.put("MinTTL", "min_ttl", .int(0))
        fields.put("DefaultTTL", "default_ttl", policy.defaultTTLSeconds, for: "PERF-3.3")
        fields.put("MaxTTL", "max_ttl", policy.maxTTLSeconds, for: "PERF-3.3", "PERF-3.4")
        fields.putBlock(
            "ParametersInCacheKeyAndForwardedToOrigin", "parameters_in_cache_key_and_forwarded_to_origin",
            for: "PERF-3.4"
        ) { fields in
            fields.put("EnableAcceptEncodingGzip", "enable_accept_encoding_gzip", .bool(true))
            fields.put("EnableAcceptEncodingBrotli", "enable_accept_encoding_brotli", .bool(true))
            fields.putBlock("CookiesConfig", "cookies_config") {
                $0.put("CookieBehavior", "cookie_behavior", .text("none"))
            }
            fields.putBlock("HeadersConfig", "headers_config") {
                $0.put("HeaderBehavior", "header_behavior", .text("whitelist"))
                put(names.filter { $0 != "body" }, "Headers", "headers", &$0)
            }
            fields.putBlock("QueryStringsConfig", "query_strings_config") {
                $0.put("QueryStringBehavior", "query_string_behavior", .text("whitelist"))
                put(names.filter { $0 == "body" }, "QueryStrings", "query_strings", &$0)
            }
        }
    }

    /// A list in CloudFormation, a block with a list in Terraform.
    private func put(_ names: [String], _ template: String, _ plan: String, _ fields: inout RenderedFields) {
        fields.put(template, nil, .texts(names))
        fields.putBlock(nil, plan) { $0.put(nil, "items", .texts(names)) }
    }

    /// Whoever asks need not know the revision, and cannot ask for another one's answers.
    private func revisionFunction(_ front: Distribution) -> RenderedResource {
        var function = RenderedResource(
            "\(front.id)Revision", "AWS::CloudFront::Function", "aws_cloudfront_function", in: .front,
            note: "Writes the revision into every request, so that a new one never meets an old one's answers.",
            for: ["PERF-3.4"]
        ) { fields in
            let comment = RenderedValue.text("Names the revision of \(plan.spec.name) in the cache's key")
            let runtime = RenderedValue.text("cloudfront-js-2.0")
            fields.put("Name", "name", .text(Blueprint.shortened("\(plan.prefix)-revision", to: 64)))
            fields.put("AutoPublish", "publish", .bool(true))
            fields.put(nil, "comment", comment)
            fields.put(nil, "runtime", runtime)
            fields.putBlock("FunctionConfig", nil) {
                $0.put("Comment", nil, comment)
                $0.put("Runtime", nil, runtime)
            }
            fields.put("FunctionCode", "code", .text(Self.revisionCode(plan.revision)), for: "PERF-3.4")
        }
        // The name changes when the rollout has succeeded, not when it begins.
        function.dependsOn = ["Endpoint"]
        return function
    }

    private static func revisionCode(_ revision: String) -> String {
        """
        function handler(event) {
          event.request.headers['x-model-revision'] = { value: '\(revision)' };
          return event.request;
        }

        """
    }

    private func distribution(_ front: Distribution) -> RenderedResource {
        RenderedResource(
            front, "AWS::CloudFront::Distribution", "aws_cloudfront_distribution", in: .front,
            note: "The edge that clients reach by the front's name. It needs no web ACL: the API behind it asks every "
                + "caller for a token.", for: ["PERF-3.3"]
        ) { fields in
            if tongue == .plan {
                fill(front, &fields)
            } else {
                fields.putBlock("DistributionConfig", nil) { fill(front, &$0) }
            }
            fields.putTags("Tags", "tags", front.head.tags)
        }
    }

    private func fill(_ front: Distribution, _ fields: inout RenderedFields) {
        fields.put("Enabled", "enabled", .bool(true))
        fields.put("Comment", "comment", .text("Answers of \(plan.spec.name)"))
        fields.put("HttpVersion", "http_version", .text("http2and3"))
        fields.put("IPV6Enabled", "is_ipv6_enabled", .bool(true))
        fields.put("Aliases", "aliases", .list([Self.frontDomain]))
        fields.putBlock("ViewerCertificate", "viewer_certificate", for: "SEC-1.2") {
            // CloudFront's own certificate would allow TLS 1.0.
            $0.put("AcmCertificateArn", "acm_certificate_arn", edgeCertificate, for: "SEC-1.2")
            $0.put("SslSupportMethod", "ssl_support_method", .text("sni-only"))
            $0.put(
                "MinimumProtocolVersion", "minimum_protocol_version", front.minimumProtocolVersion, for: "SEC-1.2")
        }
        fields.put("Origins", "origin", .blocks(graph.entryPoints.map { origin($0, of: front) }))
        fields.putBlock("DefaultCacheBehavior", "default_cache_behavior") { fill(behaviorOf: front, &$0) }
        // Errors that CloudFront would keep for ten seconds.
        let kept = front.keptErrorCodes.value ?? []
        let codes = [404, 414, 500, 501, 502, 503, 504].filter { !kept.contains($0) }
        fields.put(
            "CustomErrorResponses", "custom_error_response",
            .blocks(
                codes.map { code in
                    RenderedFields {
                        $0.put("ErrorCode", "error_code", .int(code))
                        $0.put("ErrorCachingMinTTL", "error_caching_min_ttl", .int(0))
                    }.list
                }), for: "PERF-3.4")
        fields.putBlock(nil, "restrictions") {
            $0.putBlock(nil, "geo_restriction") { $0.put(nil, "restriction_type", .text("none")) }
        }
    }

    private func origin(_ point: EntryPoint, of front: Distribution) -> [RenderedField] {
        RenderedFields {
            $0.put("Id", "origin_id", .text("api"))
            $0.put(
                "DomainName", "domain_name",
                .link("\(point.id)Domain", template: "RegionalDomainName", plan: "regional_domain_name"))
            $0.putBlock("CustomOriginConfig", "custom_origin_config") {
                $0.put("HTTPPort", "http_port", .int(80))
                $0.put("HTTPSPort", "https_port", .int(443))
                $0.put(
                    "OriginProtocolPolicy", "origin_protocol_policy",
                    front.originProtocolPolicies.value?.first.map { .text($0) }, for: "SEC-1.2")
                $0.put("OriginSSLProtocols", "origin_ssl_protocols", .texts(front.originTLSVersions), for: "SEC-1.2")
            }
        }.list
    }

    private func fill(behaviorOf front: Distribution, _ fields: inout RenderedFields) {
        fields.put("TargetOriginId", "target_origin_id", .text("api"))
        fields.put(
            "ViewerProtocolPolicy", "viewer_protocol_policy",
            front.viewerProtocolPolicies.value?.first.map { .text($0) }, for: "SEC-1.2")
        fields.put("AllowedMethods", "allowed_methods", .texts(["GET", "HEAD"]))
        fields.put("CachedMethods", "cached_methods", .texts(front.cachedMethods), for: "PERF-3.3")
        fields.put("Compress", "compress", .bool(true))
        fields.put(
            "CachePolicyId", "cache_policy_id", front.cachePolicies.value?.first.flatMap { .link($0) },
            for: "PERF-3.3", "PERF-3.4")
        fields.put(
            "FunctionAssociations", "function_association",
            .blocks([
                RenderedFields {
                    $0.put("EventType", "event_type", .text("viewer-request"))
                    $0.put(
                        "FunctionARN", "function_arn",
                        .link("\(front.id)Revision", template: "FunctionARN", plan: "arn"))
                }.list
            ]), for: "PERF-3.4")
    }

    private var edgeCertificate: RenderedValue {
        .parameter(
            .text(
                "EdgeCertificateArn", nil,
                matching: "^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[a-z0-9-]+$",
                hint: "The ARN of a certificate of Certificate Manager in us-east-1.",
                "The certificate of the front's name, in us-east-1, where CloudFront takes certificates from."))
    }
}
