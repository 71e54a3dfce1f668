// The services that are asked, and how each wants to be asked.

/// One AWS service: how it is called in settings, where it lives, what it is signed as, and which protocol it speaks.
public struct AWSService: Sendable, Hashable {
    /// How requests and answers are written.
    public enum WireFormat: Sendable, Hashable {
        /// `AWS JSON`; every request names `target.Operation`.
        case json(version: String, target: String)
        case query(version: String)
        case ec2(version: String)
        case restJSON
        case restXML
    }

    /// AWS's own id of the service, `Cost Explorer`. Settings are named after it: `AWS_ENDPOINT_URL_COST_EXPLORER`.
    public let id: String
    /// What the host's name begins with.
    public let endpointPrefix: String
    /// What a signature is for.
    public let signingName: String
    /// What its actions begin with in an IAM policy.
    public let actionPrefix: String
    public let wire: WireFormat

    init(_ id: String, _ endpointPrefix: String, signing: String? = nil, actions: String? = nil, _ wire: WireFormat) {
        self.id = id
        self.endpointPrefix = endpointPrefix
        signingName = signing ?? endpointPrefix
        actionPrefix = actions ?? signing ?? endpointPrefix
        self.wire = wire
    }

    /// `application_auto_scaling`, as settings write it.
    public var settingName: String { id.lowercased().split(separator: " ").joined(separator: "_") }

    public static let accessAnalyzer = AWSService("AccessAnalyzer", "access-analyzer", .restJSON)
    public static let apiGateway = AWSService("API Gateway", "apigateway", .restJSON)
    public static let apiGatewayV2 = AWSService("ApiGatewayV2", "apigateway", .restJSON)
    public static let applicationAutoScaling = AWSService(
        "Application Auto Scaling", "application-autoscaling", .json(version: "1.1", target: "AnyScaleFrontendService"))
    public static let backup = AWSService("Backup", "backup", .restJSON)
    public static let budgets = AWSService(
        "Budgets", "budgets", .json(version: "1.1", target: "AWSBudgetServiceGateway"))
    public static let cloudFormation = AWSService("CloudFormation", "cloudformation", .query(version: "2010-05-15"))
    public static let cloudFront = AWSService("CloudFront", "cloudfront", .restXML)
    public static let cloudTrail = AWSService(
        "CloudTrail", "cloudtrail",
        .json(version: "1.1", target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"))
    public static let cloudWatch = AWSService(
        "CloudWatch", "monitoring", actions: "cloudwatch",
        .json(version: "1.0", target: "GraniteServiceVersion20100801"))
    public static let computeOptimizer = AWSService(
        "Compute Optimizer", "compute-optimizer", .json(version: "1.0", target: "ComputeOptimizerService"))
    public static let config = AWSService(
        "Config Service", "config", .json(version: "1.1", target: "StarlingDoveService"))
    public static let costExplorer = AWSService(
        "Cost Explorer", "ce", .json(version: "1.1", target: "AWSInsightsIndexService"))
    public static let dynamoDB = AWSService(
        "DynamoDB", "dynamodb", .json(version: "1.0", target: "DynamoDB_20120810"))
    public static let ec2 = AWSService("EC2", "ec2", .ec2(version: "2016-11-15"))
    public static let ecr = AWSService(
        "ECR", "api.ecr", signing: "ecr", .json(version: "1.1", target: "AmazonEC2ContainerRegistry_V20150921"))
    public static let eventBridge = AWSService("EventBridge", "events", .json(version: "1.1", target: "AWSEvents"))
    public static let iam = AWSService("IAM", "iam", .query(version: "2010-05-08"))
    public static let kms = AWSService("KMS", "kms", .json(version: "1.1", target: "TrentService"))
    public static let lambda = AWSService("Lambda", "lambda", .restJSON)
    public static let loadBalancing = AWSService(
        "Elastic Load Balancing v2", "elasticloadbalancing", .query(version: "2015-12-01"))
    public static let logs = AWSService("CloudWatch Logs", "logs", .json(version: "1.1", target: "Logs_20140328"))
    public static let pricing = AWSService(
        "Pricing", "api.pricing", signing: "pricing", .json(version: "1.1", target: "AWSPriceListService"))
    public static let resourceTags = AWSService(
        "Resource Groups Tagging API", "tagging", actions: "tag",
        .json(version: "1.1", target: "ResourceGroupsTaggingAPI_20170126"))
    public static let route53 = AWSService("Route 53", "route53", .restXML)
    public static let s3 = AWSService("S3", "s3", .restXML)
    public static let sageMaker = AWSService(
        "SageMaker", "api.sagemaker", signing: "sagemaker", .json(version: "1.1", target: "SageMaker"))
    public static let sageMakerRuntime = AWSService(
        "SageMaker Runtime", "runtime.sagemaker", signing: "sagemaker", .restJSON)
    public static let scheduler = AWSService("Scheduler", "scheduler", .restJSON)
    public static let securityHub = AWSService("SecurityHub", "securityhub", .restJSON)
    public static let serviceQuotas = AWSService(
        "Service Quotas", "servicequotas", .json(version: "1.1", target: "ServiceQuotasV20190624"))
    public static let sns = AWSService("SNS", "sns", .query(version: "2010-03-31"))
    public static let sqs = AWSService("SQS", "sqs", .json(version: "1.0", target: "AmazonSQS"))
    public static let sso = AWSService("SSO", "portal.sso", signing: "awsssoportal", actions: "sso", .restJSON)
    public static let ssoOIDC = AWSService("SSO OIDC", "oidc", signing: "sso-oauth", .restJSON)
    public static let support = AWSService(
        "Support", "support", .json(version: "1.1", target: "AWSSupport_20130415"))
    public static let sts = AWSService("STS", "sts", .query(version: "2011-06-15"))
    public static let synthetics = AWSService("synthetics", "synthetics", .restJSON)

    public static let all: [AWSService] = [
        accessAnalyzer, apiGateway, apiGatewayV2, applicationAutoScaling, backup, budgets, cloudFormation, cloudFront,
        cloudTrail, cloudWatch, computeOptimizer, config, costExplorer, dynamoDB, ec2, ecr, eventBridge, iam, kms,
        lambda, loadBalancing,
        logs, pricing, resourceTags, route53, s3, sageMaker, sageMakerRuntime, scheduler, securityHub, serviceQuotas,
        sns,
        sqs, sso, ssoOIDC, sts, support, synthetics,
    ]

    /// Calls a second from the start; nil asks as fast as it gets answers, until AWS says that this is too fast.
    var callsPerSecond: Double? {
        // LookupEvents is answered twice a second and account; what costs a cent a call need not be fast.
        self == .cloudTrail || self == .costExplorer ? 2 : nil
    }
}
