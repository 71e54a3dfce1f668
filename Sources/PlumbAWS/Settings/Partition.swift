// AWS is several AWSs that know nothing of each other: the world's, China's, the US government's.

/// A group of regions with its own host names and accounts.
struct Partition: Sendable {
    /// As ARNs say it.
    let id: String
    let hostSuffix: String
    /// Services that have one endpoint in the whole partition: its host, and the region that a signature names.
    let global: [AWSService: (host: String, region: String)]

    static let world = Partition(
        id: "aws", hostSuffix: "amazonaws.com",
        global: [
            .iam: ("iam.amazonaws.com", "us-east-1"), .cloudFront: ("cloudfront.amazonaws.com", "us-east-1"),
            .budgets: ("budgets.amazonaws.com", "us-east-1"),
            .costExplorer: ("ce.us-east-1.amazonaws.com", "us-east-1"),
            .route53: ("route53.amazonaws.com", "us-east-1"),
            .support: ("support.us-east-1.amazonaws.com", "us-east-1"),
            // Prices are the same wherever they are asked for, and most regions have nobody to ask.
            .pricing: ("api.pricing.us-east-1.amazonaws.com", "us-east-1"),
        ])
    static let china = Partition(
        id: "aws-cn", hostSuffix: "amazonaws.com.cn",
        global: [
            .iam: ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            .cloudFront: ("cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
            .budgets: ("budgets.amazonaws.com.cn", "cn-northwest-1"),
            .costExplorer: ("ce.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
            .route53: ("route53.amazonaws.com.cn", "cn-northwest-1"),
            .support: ("support.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            .pricing: ("api.pricing.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        ])
    static let government = Partition(
        id: "aws-us-gov", hostSuffix: "amazonaws.com",
        global: [
            .iam: ("iam.us-gov.amazonaws.com", "us-gov-west-1"),
            .route53: ("route53.us-gov.amazonaws.com", "us-gov-west-1"),
            .support: ("support.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ])
    static let sovereignEurope = Partition(id: "aws-eusc", hostSuffix: "amazonaws.eu", global: [:])

    static func of(region: String) -> Partition {
        if region.hasPrefix("cn-") { return .china }
        if region.hasPrefix("us-gov-") { return .government }
        if region.hasPrefix("eusc-") { return .sovereignEurope }
        return .world
    }
}
