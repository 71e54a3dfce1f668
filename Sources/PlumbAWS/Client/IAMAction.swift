// What an operation is called in an IAM policy: mostly as in the API, and not always.

/// Names of actions.
enum IAMAction {
    /// The operations whose action has another name.
    private static let others: [String: String] = [
        "S3 ListBuckets": "s3:ListAllMyBuckets", "S3 HeadBucket": "s3:ListBucket", "S3 ListObjectsV2": "s3:ListBucket",
        "S3 HeadObject": "s3:GetObject", "S3 GetBucketEncryption": "s3:GetEncryptionConfiguration",
        "S3 PutBucketEncryption": "s3:PutEncryptionConfiguration",
        "S3 GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
        "S3 GetBucketNotificationConfiguration": "s3:GetBucketNotification",
        "S3 GetBucketReplication": "s3:GetReplicationConfiguration",
        "S3 GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
        "S3 GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "S3 PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
        "Budgets DescribeBudget": "budgets:ViewBudget", "Budgets DescribeBudgets": "budgets:ViewBudget",
        "Budgets DescribeNotificationsForBudget": "budgets:ViewBudget",
        "Budgets DescribeSubscribersForNotification": "budgets:ViewBudget",
        "Budgets CreateBudget": "budgets:ModifyBudget", "Budgets UpdateBudget": "budgets:ModifyBudget",
        "Budgets DeleteBudget": "budgets:ModifyBudget",
        "Budgets DescribeBudgetNotificationsForAccount": "budgets:ViewBudget",
        "AccessAnalyzer ListFindingsV2": "access-analyzer:ListFindings",
        "AccessAnalyzer GetFindingV2": "access-analyzer:GetFinding",
    ]

    static func name(service: String, operation: String) -> String {
        if let other = others["\(service) \(operation)"] { return other }
        // API Gateway has an action for each verb of HTTP, and here everything is read.
        if service == AWSService.apiGateway.id || service == AWSService.apiGatewayV2.id { return "apigateway:GET" }
        let prefix = AWSService.all.first { $0.id == service }?.actionPrefix ?? service.lowercased()
        return "\(prefix):\(operation)"
    }
}
