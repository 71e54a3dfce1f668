// Content delivery and DNS of a plan.

import PlumbModel

extension PlanMapping {
    private static let names = DistributionNames(
        certificate: "viewer_certificate", defaultCertificate: "cloudfront_default_certificate",
        minimumVersion: "minimum_protocol_version", ownCertificates: ["acm_certificate_arn", "iam_certificate_id"],
        defaultBehavior: "default_cache_behavior", otherBehaviors: "ordered_cache_behavior",
        viewerPolicy: "viewer_protocol_policy", cachePolicy: "cache_policy_id", cachedMethods: "cached_methods",
        forwarded: "forwarded_values", defaultTTL: "default_ttl", maxTTL: "max_ttl", forwardedHeaders: "headers",
        path: "path_pattern", errors: "custom_error_response", errorCode: "error_code",
        errorTTL: "error_caching_min_ttl", origins: "origin", customOrigin: "custom_origin_config",
        originPolicy: "origin_protocol_policy",
        originVersions: "origin_ssl_protocols", webACL: "web_acl_id")

    static func addDistributions(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_cloudfront_cache_policy"] {
            var policy = CachePolicy(head: resource.head)
            policy.maxTTLSeconds = resource["max_ttl"].int
            policy.defaultTTLSeconds = resource["default_ttl"].int
            let key = resource["parameters_in_cache_key_and_forwarded_to_origin"]
            let headers = key["headers_config"]
            policy.headers = CachePolicy.keyParts(
                headers: headers["headers"]["items"], behavior: headers["header_behavior"],
                queryStrings: key["query_strings_config"]["query_strings"]["items"])
            graph.cachePolicies.append(policy)
        }
        var implied: [CachePolicy] = []
        for resource in inventory["aws_cloudfront_distribution"] {
            graph.distributions.append(
                Distribution.read(resource.head, resource.properties, names, inventory, implied: &implied))
        }
        for policy in implied { graph.cachePolicies.append(policy) }
    }

    static func addRouting(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_route53_health_check"] {
            var check = HealthCheck(head: resource.head)
            check.alarmName = inventory.alarmName(resource["cloudwatch_alarm_name"], in: graph)
            check.intervalSeconds = resource["request_interval"].unlessEmpty.int
            check.failureThreshold = resource["failure_threshold"].int
            graph.healthChecks.append(check)
        }
        for resource in inventory["aws_route53_record"] {
            var record = RecordSet(head: resource.head)
            record.failover = resource["failover_routing_policy"]["type"].string
            record.healthCheck = inventory.directory.reference(
                resource["health_check_id"].unlessEmpty, to: "AWS::Route53::HealthCheck")
            record.ttlSeconds = resource["ttl"].int
            graph.recordSets.append(record)
        }
    }
}
