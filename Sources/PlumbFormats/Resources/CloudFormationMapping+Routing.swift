// Content delivery and DNS of a template.

import PlumbModel

extension CloudFormationMapping {
    private static let names = DistributionNames(
        certificate: "ViewerCertificate", defaultCertificate: "CloudFrontDefaultCertificate",
        minimumVersion: "MinimumProtocolVersion", ownCertificates: ["AcmCertificateArn", "IamCertificateId"],
        defaultBehavior: "DefaultCacheBehavior", otherBehaviors: "CacheBehaviors", viewerPolicy: "ViewerProtocolPolicy",
        cachePolicy: "CachePolicyId", cachedMethods: "CachedMethods", forwarded: "ForwardedValues",
        defaultTTL: "DefaultTTL", maxTTL: "MaxTTL", forwardedHeaders: "Headers",
        path: "PathPattern", errors: "CustomErrorResponses", errorCode: "ErrorCode",
        errorTTL: "ErrorCachingMinTTL", origins: "Origins",
        customOrigin: "CustomOriginConfig", originPolicy: "OriginProtocolPolicy", originVersions: "OriginSSLProtocols",
        webACL: "WebACLId")

    static func addDistributions(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::CloudFront::CachePolicy"] {
            var policy = CachePolicy(head: resource.head)
            let body = resource["CachePolicyConfig"]
            policy.head.name = body["Name"].name
            policy.maxTTLSeconds = body["MaxTTL"].int
            policy.defaultTTLSeconds = body["DefaultTTL"].int
            let key = body["ParametersInCacheKeyAndForwardedToOrigin"]
            let headers = key["HeadersConfig"]
            policy.headers = CachePolicy.keyParts(
                headers: headers["Headers"], behavior: headers["HeaderBehavior"],
                queryStrings: key["QueryStringsConfig"]["QueryStrings"])
            graph.cachePolicies.append(policy)
        }
        var implied: [CachePolicy] = []
        for resource in inventory["AWS::CloudFront::Distribution"] {
            graph.distributions.append(
                Distribution.read(resource.head, resource["DistributionConfig"], names, inventory, implied: &implied))
        }
        for policy in implied { graph.cachePolicies.append(policy) }
    }

    static func addRouting(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::Route53::HealthCheck"] {
            var check = HealthCheck(head: resource.head)
            let body = resource["HealthCheckConfig"]
            check.alarmName = inventory.alarmName(body["AlarmIdentifier"]["Name"], in: graph)
            check.intervalSeconds = body["RequestInterval"].int
            check.failureThreshold = body["FailureThreshold"].int
            graph.healthChecks.append(check)
        }
        for resource in inventory["AWS::Route53::RecordSet"] {
            var head = resource.head
            head.name = resource["Name"].name
            graph.recordSets.append(record(resource.properties, head, inventory))
        }
        for resource in inventory["AWS::Route53::RecordSetGroup"] {
            for (index, item) in resource["RecordSets"].items.enumerated() {
                var head = ResourceHead(id: "\(resource.id).RecordSets.\(index)", at: item.place ?? resource.head.place)
                head.name = item["Name"].name
                graph.recordSets.append(record(item, head, inventory))
            }
        }
    }

    private static func record(_ property: Property, _ head: ResourceHead, _ inventory: Inventory) -> RecordSet {
        var record = RecordSet(head: head)
        record.failover = property["Failover"].string
        record.healthCheck = inventory.directory.reference(
            property["HealthCheckId"], to: "AWS::Route53::HealthCheck")
        record.ttlSeconds = property["TTL"].int
        return record
    }
}

extension Inventory {
    /// The name of an alarm as the graph's alarms are called, or its id where it has none yet.
    func alarmName(_ property: Property, in graph: Graph) -> Fact<String> {
        let reference = directory.reference(property.unlessEmpty, to: "AWS::CloudWatch::Alarm")
        switch reference.state {
        case .absent: return .absent(at: property.place)
        case .unknown(let why): return .unknown(why, at: property.place)
        case .known(.external(let name)): return .known(name, at: property.place)
        case .known(.resource(let id)):
            return .known(graph.alarms[id: id]?.name.value ?? id, at: property.place)
        }
    }
}
