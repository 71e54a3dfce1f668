// Answers that come in pages.

import PlumbModel

/// How an operation says that there is more: this member of the answer is that member of the next input.
struct PageTokens: Sendable, Hashable {
    /// In the answer; a dot goes a level down.
    let output: String
    let input: String

    init(_ output: String, _ input: String) {
        self.output = output
        self.input = input
    }

    private static let usual = PageTokens("NextToken", "NextToken")
    private static let small = PageTokens("nextToken", "nextToken")
    private static let costs = PageTokens("NextPageToken", "NextPageToken")

    /// Operations that do it in another way than the rest of their service.
    private static let ofOperation: [String: PageTokens] = [
        "CloudFront ListDistributions": PageTokens("DistributionList.NextMarker", "Marker"),
        "CloudFront ListOriginAccessControls": PageTokens("OriginAccessControlList.NextMarker", "Marker"),
        "CloudFront ListCachePolicies": PageTokens("CachePolicyList.NextMarker", "Marker"),
        "CloudFront ListResponseHeadersPolicies": PageTokens("ResponseHeadersPolicyList.NextMarker", "Marker"),
        "Config Service GetResourceConfigHistory": small, "Config Service ListDiscoveredResources": small,
        "Cost Explorer GetSavingsPlansCoverage": usual, "Cost Explorer GetSavingsPlansUtilizationDetails": usual,
        "Cost Explorer ListCostAllocationTags": usual, "Cost Explorer ListCostAllocationTagBackfillHistory": usual,
        "Cost Explorer ListCostCategoryDefinitions": usual,
        "Cost Explorer ListCostCategoryResourceAssociations": usual,
        "DynamoDB ListTables": PageTokens("LastEvaluatedTableName", "ExclusiveStartTableName"),
        "DynamoDB ListBackups": PageTokens("LastEvaluatedBackupArn", "ExclusiveStartBackupArn"),
        "Resource Groups Tagging API ListRequiredTags": usual,
        "DynamoDB ListBulkOperations": usual, "DynamoDB ListTagsOfResource": usual,
        "Route 53 ListHealthChecks": PageTokens("NextMarker", "Marker"),
        "Route 53 ListHostedZones": PageTokens("NextMarker", "Marker"),
        "S3 ListBuckets": PageTokens("ContinuationToken", "ContinuationToken"),
        "SNS ListPhoneNumbersOptedOut": small,
    ]

    static func of(_ service: AWSService, _ operation: String) -> PageTokens {
        if let tokens = ofOperation["\(service.id) \(operation)"] { return tokens }
        switch service {
        case .iam: return PageTokens("Marker", "Marker")
        case .kms: return PageTokens("NextMarker", "Marker")
        case .dynamoDB: return PageTokens("LastEvaluatedKey", "ExclusiveStartKey")
        case .s3: return PageTokens("NextContinuationToken", "ContinuationToken")
        case .costExplorer: return costs
        case .logs, .accessAnalyzer, .computeOptimizer, .ecr, .support: return small
        case .apiGateway: return PageTokens("position", "position")
        case .apiGatewayV2: return PageTokens("nextToken", "NextToken")
        case .loadBalancing, .lambda: return PageTokens("NextMarker", "Marker")
        case .ec2: return PageTokens("nextToken", "NextToken")
        case .resourceTags: return PageTokens("PaginationToken", "PaginationToken")
        default: return usual
        }
    }
}

/// The pages of one call.
public struct AWSPages: AsyncSequence, Sendable {
    public typealias Element = AWSValue
    let client: AWSClient
    let service: AWSService
    let operation: String
    let input: AWSValue
    let region: String?
    /// More pages than this are a mistake of ours or a loop of AWS's.
    static let pagesMax = 100_000

    public struct AsyncIterator: AsyncIteratorProtocol {
        let pages: AWSPages
        var input: AWSValue?
        var count = 0

        public mutating func next() async throws -> AWSValue? {
            guard let input else { return nil }
            let page = try await pages.client.call(pages.service, pages.operation, input, region: pages.region)
            self.input = try following(page, after: input)
            return page
        }

        private mutating func following(_ page: AWSValue, after input: AWSValue) throws(PlumbError) -> AWSValue? {
            let tokens = PageTokens.of(pages.service, pages.operation)
            let token = page[path: tokens.output]
            guard !token.isNull, token != .text(""), token != .map([:]) else { return nil }
            count += 1
            guard token != input[tokens.input], count < AWSPages.pagesMax else {
                throw PlumbError(
                    .internalFault, "the pages of \(pages.service.id) \(pages.operation) do not end: AWS repeats itself"
                )
            }
            var next = input
            next[tokens.input] = token
            return next
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self, input: input) }
}

extension AWSValue {
    /// What lies below a path of names with dots between.
    public subscript(path path: String) -> AWSValue {
        path.split(separator: ".").reduce(self) { $0[String($1)] }
    }
}
