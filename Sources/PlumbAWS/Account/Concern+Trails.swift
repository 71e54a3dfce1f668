// CloudTrail: the trails that reach this region, what they record, and whether the records arrive.

import Foundation
import PlumbModel

extension Concern {
    /// A trail's `LiveLatestDelivery` is when its last file arrived, `LiveDeliveryError` why the last one did not.
    static let trails = Concern(
        name: "trails",
        reads: [
            Read(.cloudTrail, "DescribeTrails"), Read(.cloudTrail, "GetTrailStatus"),
            Read(.cloudTrail, "GetEventSelectors"), Read(.cloudTrail, "LookupEvents"),
        ],
        list: { survey in
            let trails = try await survey.listed(
                "AWS::CloudTrail::Trail", .cloudTrail, "DescribeTrails", in: "trailList")
            try await survey.inParallel(trails) { try await survey.noteTrail($0) }
        },
        measure: { survey, resources in try await survey.measureChanges(of: resources) })
}

extension Survey {
    fileprivate func noteTrail(_ told: AWSValue) async throws {
        guard let name = told["Name"].text, let arn = told["TrailARN"].text else { return }
        let home = told["HomeRegion"].text ?? region
        async let status = answer(
            .cloudTrail, "GetTrailStatus", ["Name": .text(arn)], region: home,
            absentCodes: ["TrailNotFoundException"])
        async let selectors = answer(
            .cloudTrail, "GetEventSelectors", ["TrailName": .text(arn)], region: home,
            absentCodes: ["TrailNotFoundException"])
        var trail = AccountResource(
            "AWS::CloudTrail::Trail", name: name, arn: arn, region: home, tags: try await tags(of: arn, region: home))
        trail.properties = AccountValue(
            told,
            names: [
                "Name": "TrailName", "LogFileValidationEnabled": "EnableLogFileValidation",
                "KmsKeyId": "KMSKeyId", "TrailARN": nil, "HomeRegion": nil, "SnsTopicARN": nil,
                "HasCustomEventSelectors": nil, "HasInsightSelectors": nil,
            ])
        trail.properties["IsLogging"] = AccountValue(try await status) { AccountValue($0["IsLogging"]) }
        trail.properties["LiveLatestDelivery"] = AccountValue(try await status) {
            $0["LatestDeliveryTime"].date.map { .text($0.formatted(.iso8601)) } ?? .absent
        }
        trail.properties["LiveDeliveryError"] = AccountValue(try await status) {
            $0["LatestDeliveryError"].text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .absent
        }
        trail.properties["EventSelectors"] = AccountValue(try await selectors) {
            AccountValue(items: $0["EventSelectors"].items.map { AccountValue($0) })
        }
        trail.properties["AdvancedEventSelectors"] = AccountValue(try await selectors) {
            AccountValue(items: $0["AdvancedEventSelectors"].items.map { AccountValue($0) })
        }
        notebook.note(trail)
        if let bucket = told["S3BucketName"].text { notebook.want(Wanted("AWS::S3::Bucket", bucket)) }
        if let key = told["KmsKeyId"].text { wantKeys([.text(key)], region: home) }
    }

    /// Events are kept for 90 days; more pages than this take longer than the answer is worth, at two calls a second.
    private static let eventPagesMax = 10

    /// Who has changed endpoints in the last 90 days, one piece of evidence an endpoint.
    fileprivate func measureChanges(of resources: [AccountResource]) async throws {
        let names = Set(resources.filter { $0.type == "AWS::SageMaker::Endpoint" }.map(\.name))
        guard !names.isEmpty else { return }
        var callers: [String: Set<String>] = [:]
        var counts: [String: Double] = [:]
        var input: AWSValue = [
            "LookupAttributes": [["AttributeKey": "EventName", "AttributeValue": "UpdateEndpoint"]], "MaxResults": 50,
        ]
        for page in 0..<Self.eventPagesMax {
            guard case .seen(let answer) = try await answer(.cloudTrail, "LookupEvents", input) else { return }
            for event in answer["Events"].items {
                guard let change = Self.change(event), names.contains(change.endpoint) else { continue }
                callers[change.endpoint, default: []].insert(change.caller)
                counts[change.endpoint, default: 0] += 1
            }
            guard let next = answer["NextToken"].text else { break }
            // Of an endpoint without events nothing is known as long as there are more.
            if page == Self.eventPagesMax - 1 { return noteChanges(of: Set(counts.keys), counts, callers) }
            input["NextToken"] = .text(next)
        }
        noteChanges(of: names, counts, callers)
    }

    private func noteChanges(of names: Set<String>, _ counts: [String: Double], _ callers: [String: Set<String>]) {
        for name in names.sorted() {
            notebook.note(
                Evidence(
                    .changes, endpointName: name, day: today, origin: "CloudTrail",
                    numbers: ["days": 90, "changes": counts[name] ?? 0],
                    texts: ["callers": (callers[name] ?? []).sorted().joined(separator: ",")]))
        }
    }

    /// The endpoint that an event has changed, and the ARN of who did it: a role where one was assumed.
    private static func change(_ event: AWSValue) -> (endpoint: String, caller: String)? {
        guard let text = event["CloudTrailEvent"].text else { return nil }
        do {
            let told = try JSONBody.read(Data(text.utf8))
            guard let endpoint = told["requestParameters"]["endpointName"].text, told["errorCode"].isNull else {
                return nil
            }
            let identity = told["userIdentity"]
            let role = identity["sessionContext"]["sessionIssuer"]["arn"]
            return (endpoint, role.text ?? identity["arn"].text ?? "unknown")
        } catch {
            return nil  // An event that cannot be read says nothing of who changed what.
        }
    }
}
