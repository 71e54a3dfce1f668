// The events of a stack, told as they happen.

import PlumbModel

/// Follows one stack from a moment on.
struct StackEvents: Sendable {
    let client: AWSClient
    let stack: String
    let region: String
    private var lastID: String?
    /// What failed first; what fails after it was only cancelled.
    private(set) var failure: String?
    /// Whether anything has happened since the events before were left out.
    private(set) var hasBegun = false
    static let pagesMax = 100

    init(client: AWSClient, stack: String, region: String) {
        self.client = client
        self.stack = stack
        self.region = region
    }

    /// Leaves out all that has happened so far.
    mutating func skip() async throws { _ = try await fresh() }

    /// What is new since the last question, oldest first.
    mutating func told() async throws -> [(text: String, isTrouble: Bool)] {
        let fresh = try await fresh()
        if !fresh.isEmpty { hasBegun = true }
        return fresh.compactMap { event in
            guard let resource = event["LogicalResourceId"].text, let status = event["ResourceStatus"].text else {
                return nil
            }
            let reason = event["ResourceStatusReason"].text.flatMap { $0.isEmpty ? nil : $0 }
            let isFailure = status.hasSuffix("_FAILED") && !(reason?.contains("cancelled") ?? false)
            if isFailure, failure == nil { failure = "\(resource): \(reason ?? status)" }
            let type = event["ResourceType"].text ?? ""
            let subject = type == "AWS::CloudFormation::Stack" ? resource : "\(resource) (\(type))"
            return ("\(status) \(subject)\(reason.map { ": \($0)" } ?? "")", isFailure || status.contains("ROLLBACK"))
        }
    }

    private mutating func fresh() async throws -> [AWSValue] {
        var fresh: [AWSValue] = []
        var pages = 0
        search: for try await page in client.pages(
            .cloudFormation, "DescribeStackEvents", ["StackName": .text(stack)], region: region)
        {
            for event in page["StackEvents"].items {
                if event["EventId"].text == lastID { break search }
                fresh.append(event)
            }
            pages += 1
            if pages >= Self.pagesMax { break }
        }
        if let newest = fresh.first?["EventId"].text { lastID = newest }
        return fresh.reversed()
    }
}
