// Where the members of a REST operation's input stand in the request.

/// One operation of a REST service.
struct RESTBinding: Sendable {
    /// What carries the members that stand nowhere else.
    enum Body: Sendable {
        /// One JSON object of them.
        case json
        /// One member as it is.
        case raw(String)
        /// One member as the root element of an XML document, where that is called otherwise under its other name.
        case xml(String, root: String? = nil)
    }
    /// What the body of the answer is.
    enum Answer: Sendable {
        /// The output itself.
        case output
        /// That member of the output, read like it.
        case member(String)
        /// That member, as text.
        case text(String)
        /// That member, as bytes.
        case data(String)
    }
    let method: String
    /// `{Name}` is escaped, `{Name+}` keeps its slashes. What stands behind `?` is sent as it is.
    let path: String
    /// Member to name in the query string.
    var query: [String: String] = [:]
    /// Member to header.
    var headers: [String: String] = [:]
    var body = Body.json
    var answer = Answer.output
    /// Header of the answer to member.
    var answerHeaders: [String: String] = [:]

    init(
        _ method: String, _ path: String, query: [String: String] = [:], headers: [String: String] = [:],
        body: Body = .json, answer: Answer = .output, answerHeaders: [String: String] = [:]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.answer = answer
        self.answerHeaders = answerHeaders
    }

    /// The operations of the REST services; whoever needs another adds its line.
    static func of(_ service: AWSService) -> [String: RESTBinding] {
        switch service {
        case .accessAnalyzer: accessAnalyzer
        case .apiGateway: apiGateway
        case .apiGatewayV2: apiGatewayV2
        case .backup: backup
        case .cloudFront: cloudFront
        case .lambda: lambda
        case .route53: route53
        case .s3: s3
        case .sageMakerRuntime: sageMakerRuntime
        case .scheduler: scheduler
        case .securityHub: securityHub
        case .sso: sso
        case .ssoOIDC: ssoOIDC
        case .synthetics: synthetics
        default: [:]
        }
    }

    static func same(_ names: String...) -> [String: String] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
    }

    private static let pages = ["NextToken": "nextToken", "MaxResults": "maxResults"]

    private static let accessAnalyzer: [String: RESTBinding] = [
        "ListAnalyzers": RESTBinding("GET", "/analyzer", query: same("nextToken", "maxResults", "type")),
        "GetAnalyzer": RESTBinding("GET", "/analyzer/{analyzerName}"),
        "ListFindings": RESTBinding("POST", "/finding"),
        "ListFindingsV2": RESTBinding("POST", "/findingv2"),
        "GetFindingV2": RESTBinding(
            "GET", "/findingv2/{id}", query: same("analyzerArn", "maxResults", "nextToken")),
        "ListArchiveRules": RESTBinding(
            "GET", "/analyzer/{analyzerName}/archive-rule", query: same("nextToken", "maxResults")),
        "ListTagsForResource": RESTBinding("GET", "/tags/{resourceArn}"),
        "ValidatePolicy": RESTBinding("POST", "/policy/validation", query: same("nextToken", "maxResults")),
        "CheckAccessNotGranted": RESTBinding("POST", "/policy/check-access-not-granted"),
        "CheckNoNewAccess": RESTBinding("POST", "/policy/check-no-new-access"),
        "CheckNoPublicAccess": RESTBinding("POST", "/policy/check-no-public-access"),
    ]

    private static let backup: [String: RESTBinding] = [
        "ListBackupPlans": RESTBinding("GET", "/backup/plans/", query: pages),
        "GetBackupPlan": RESTBinding("GET", "/backup/plans/{BackupPlanId}/", query: ["VersionId": "versionId"]),
        "ListBackupSelections": RESTBinding("GET", "/backup/plans/{BackupPlanId}/selections/", query: pages),
        "GetBackupSelection": RESTBinding("GET", "/backup/plans/{BackupPlanId}/selections/{SelectionId}"),
        "ListBackupVaults": RESTBinding("GET", "/backup-vaults/", query: pages),
        "DescribeBackupVault": RESTBinding("GET", "/backup-vaults/{BackupVaultName}"),
        "ListRecoveryPointsByBackupVault": RESTBinding(
            "GET", "/backup-vaults/{BackupVaultName}/recovery-points/",
            query: pages.merging(["ByResourceArn": "resourceArn", "ByCreatedAfter": "createdAfter"]) { first, _ in first
            }),
        "ListRecoveryPointsByResource": RESTBinding("GET", "/resources/{ResourceArn}/recovery-points/", query: pages),
        "ListBackupJobs": RESTBinding(
            "GET", "/backup-jobs/",
            query: pages.merging(["ByState": "state", "ByResourceArn": "resourceArn", "ByCreatedAfter": "createdAfter"])
            {
                first, _ in first
            }),
        "ListRestoreJobs": RESTBinding(
            "GET", "/restore-jobs/",
            query: pages.merging([
                "ByStatus": "status", "ByCreatedAfter": "createdAfter",
                "ByRestoreTestingPlanArn": "restoreTestingPlanArn",
            ]) { first, _ in first }),
        "ListProtectedResources": RESTBinding("GET", "/resources/", query: pages),
        "ListRestoreTestingPlans": RESTBinding("GET", "/restore-testing/plans", query: same("NextToken", "MaxResults")),
        "GetRestoreTestingPlan": RESTBinding("GET", "/restore-testing/plans/{RestoreTestingPlanName}"),
        "ListRestoreTestingSelections": RESTBinding(
            "GET", "/restore-testing/plans/{RestoreTestingPlanName}/selections",
            query: same("NextToken", "MaxResults")),
        "DescribeGlobalSettings": RESTBinding("GET", "/global-settings"),
        "ListTags": RESTBinding("GET", "/tags/{ResourceArn}/", query: pages),
        "CreateBackupVault": RESTBinding("PUT", "/backup-vaults/{BackupVaultName}"),
        "CreateBackupPlan": RESTBinding("PUT", "/backup/plans/"),
    ]

    private static let scheduler: [String: RESTBinding] = [
        "ListSchedules": RESTBinding(
            "GET", "/schedules",
            query: same("NamePrefix", "State", "NextToken", "MaxResults").merging(["GroupName": "ScheduleGroup"]) {
                first, _ in first
            }),
        "GetSchedule": RESTBinding("GET", "/schedules/{Name}", query: ["GroupName": "groupName"]),
        "CreateSchedule": RESTBinding("POST", "/schedules/{Name}"),
        "ListScheduleGroups": RESTBinding(
            "GET", "/schedule-groups", query: same("NamePrefix", "NextToken", "MaxResults")),
        "ListTagsForResource": RESTBinding("GET", "/tags/{ResourceArn}"),
    ]

    private static let securityHub: [String: RESTBinding] = [
        "BatchImportFindings": RESTBinding("POST", "/findings/import")
    ]

    private static let cloudFront: [String: RESTBinding] = [
        "ListDistributions": list("distribution", "DistributionList", query: same("Marker", "MaxItems")),
        "GetDistribution": one("distribution", "Distribution"),
        "GetDistributionConfig": RESTBinding(
            "GET", "/2020-05-31/distribution/{Id}/config", answer: .member("DistributionConfig")),
        "ListOriginAccessControls": list(
            "origin-access-control", "OriginAccessControlList", query: same("Marker", "MaxItems")),
        "GetOriginAccessControl": one("origin-access-control", "OriginAccessControl"),
        "ListCachePolicies": list("cache-policy", "CachePolicyList"),
        "GetCachePolicy": one("cache-policy", "CachePolicy"),
        "ListResponseHeadersPolicies": list("response-headers-policy", "ResponseHeadersPolicyList"),
        "GetResponseHeadersPolicy": one("response-headers-policy", "ResponseHeadersPolicy"),
        "ListTagsForResource": RESTBinding(
            "GET", "/2020-05-31/tagging", query: same("Resource"), answer: .member("Tags")),
    ]

    private static func list(
        _ path: String, _ member: String, query: [String: String] = same("Type", "Marker", "MaxItems")
    ) -> RESTBinding {
        RESTBinding("GET", "/2020-05-31/\(path)", query: query, answer: .member(member))
    }

    private static func one(_ path: String, _ member: String) -> RESTBinding {
        RESTBinding("GET", "/2020-05-31/\(path)/{Id}", answer: .member(member), answerHeaders: ["ETag": "ETag"])
    }

    private static let sageMakerRuntime: [String: RESTBinding] = [
        "InvokeEndpoint": RESTBinding(
            "POST", "/endpoints/{EndpointName}/invocations",
            headers: [
                "ContentType": "Content-Type", "Accept": "Accept",
                "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
                "TargetVariant": "X-Amzn-SageMaker-Target-Variant", "InferenceId": "X-Amzn-SageMaker-Inference-Id",
            ],
            body: .raw("Body"), answer: .data("Body"),
            answerHeaders: [
                "Content-Type": "ContentType", "x-Amzn-Invoked-Production-Variant": "InvokedProductionVariant",
                "X-Amzn-SageMaker-Custom-Attributes": "CustomAttributes",
            ])
    ]

    private static let sso: [String: RESTBinding] = [
        "GetRoleCredentials": RESTBinding(
            "GET", "/federation/credentials", query: ["roleName": "role_name", "accountId": "account_id"],
            headers: ["accessToken": "x-amz-sso_bearer_token"])
    ]

    private static let lambda: [String: RESTBinding] = [
        "GetFunctionConfiguration": RESTBinding(
            "GET", "/2015-03-31/functions/{FunctionName}/configuration", query: same("Qualifier")),
        "GetPolicy": RESTBinding("GET", "/2015-03-31/functions/{FunctionName}/policy", query: same("Qualifier")),
        "ListEventSourceMappings": RESTBinding(
            "GET", "/2015-03-31/event-source-mappings",
            query: same("EventSourceArn", "FunctionName", "Marker", "MaxItems")),
    ]

    private static let synthetics: [String: RESTBinding] = ["DescribeCanaries": RESTBinding("POST", "/canaries")]

    private static let ssoOIDC: [String: RESTBinding] = ["CreateToken": RESTBinding("POST", "/token")]
}
