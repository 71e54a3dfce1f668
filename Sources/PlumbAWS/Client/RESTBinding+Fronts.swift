// The operations of API Gateway and Route 53 that are used.

extension RESTBinding {
    static let apiGateway: [String: RESTBinding] = [
        "GetRestApis": RESTBinding("GET", "/restapis", query: same("position", "limit")),
        "GetResources": RESTBinding(
            "GET", "/restapis/{restApiId}/resources", query: same("position", "limit", "embed")),
        "GetStages": RESTBinding("GET", "/restapis/{restApiId}/stages", query: same("deploymentId")),
        "GetDomainNames": RESTBinding("GET", "/domainnames", query: same("position", "limit")),
        "GetBasePathMappings": RESTBinding(
            "GET", "/domainnames/{domainName}/basepathmappings", query: same("position", "limit")),
    ]

    private static let apiPages = ["NextToken": "nextToken", "MaxResults": "maxResults"]

    static let apiGatewayV2: [String: RESTBinding] = [
        "GetApis": RESTBinding("GET", "/v2/apis", query: apiPages),
        "GetIntegrations": RESTBinding("GET", "/v2/apis/{ApiId}/integrations", query: apiPages),
        "GetRoutes": RESTBinding("GET", "/v2/apis/{ApiId}/routes", query: apiPages),
        "GetDomainNames": RESTBinding("GET", "/v2/domainnames", query: apiPages),
        "GetApiMappings": RESTBinding("GET", "/v2/domainnames/{DomainName}/apimappings", query: apiPages),
    ]

    static let route53: [String: RESTBinding] = [
        "ListHealthChecks": RESTBinding(
            "GET", "/2013-04-01/healthcheck", query: ["Marker": "marker", "MaxItems": "maxitems"]),
        "ListHostedZones": RESTBinding(
            "GET", "/2013-04-01/hostedzone", query: ["Marker": "marker", "MaxItems": "maxitems"]),
        "ListResourceRecordSets": RESTBinding(
            "GET", "/2013-04-01/hostedzone/{HostedZoneId}/rrset",
            query: [
                "StartRecordName": "name", "StartRecordType": "type", "StartRecordIdentifier": "identifier",
                "MaxItems": "maxitems",
            ]),
    ]
}
