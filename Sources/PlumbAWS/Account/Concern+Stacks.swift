// Which stack made what, whether it still is as its template says, and whether changes are recorded.

import Foundation
import PlumbModel

extension Concern {
    /// Each resource's `LiveStack` names the stack that has made it; absent for what none has made. A stack stands
    /// with its `RollbackConfiguration`, `EnableTerminationProtection` and `LiveDrift` (`DRIFTED`, `IN_SYNC`,
    /// `NOT_CHECKED`).
    static let stacks = Concern(
        name: "stacks",
        reads: [
            Read(.cloudFormation, "DescribeStacks"), Read(.cloudFormation, "ListStackResources"),
            Read(.cloudFormation, "DescribeStackResourceDrifts"),
        ],
        measure: { survey, resources in try await survey.measureStacks(of: resources) })

    /// What a survey calls beside its reads when it lets CloudFormation look for drift.
    static let driftReads = [
        Read(.cloudFormation, "DetectStackDrift"), Read(.cloudFormation, "DescribeStackDriftDetectionStatus"),
    ]

    /// Whether AWS Config records what changes.
    static let recording = Concern(
        name: "recording", reads: [Read(.config, "DescribeConfigurationRecorderStatus")],
        measure: { survey, _ in
            let told = try await survey.answer(.config, "DescribeConfigurationRecorderStatus")
            guard case .seen(let answer) = told else { return }
            let recorders = answer["ConfigurationRecordersStatus"].items
            let recording = recorders.filter { $0["recording"].bool == true }
            survey.notebook.note(
                Evidence(
                    .recording, endpointName: "", day: survey.today, origin: "AWS Config",
                    numbers: ["recorders": Double(recorders.count), "recording": Double(recording.count)],
                    texts: ["recorders": recording.compactMap { $0["name"].text }.joined(separator: ",")]))
        })
}

extension Survey {
    private static let stackTag = "aws:cloudformation:stack-name"

    fileprivate func measureStacks(of resources: [AccountResource]) async throws {
        let endpoints = resources.filter { $0.type == "AWS::SageMaker::Endpoint" }
        let stacks = Set(resources.compactMap { $0.tags?[Self.stackTag] })
        let deploying = Set(endpoints.compactMap { $0.tags?[Self.stackTag] })
        async let described: Void = noteStacks(stacks.sorted(), deploying, endpoints)
        // What a tag does not tell of, a list of a stack's resources does.
        let isTold = resources.allSatisfy { $0.tags?[Self.stackTag] != nil }
        var owners: [String: String] = [:]
        var unseen: String?
        for stack in isTold ? [] : deploying.sorted() {
            let listed = try await items(
                .cloudFormation, "ListStackResources", ["StackName": .text(stack)], in: "StackResourceSummaries")
            if case .unseen(let why) = listed { unseen = why }
            for told in listed.value ?? [] {
                guard let type = told["ResourceType"].text, let id = told["PhysicalResourceId"].text else { continue }
                owners["\(type) \(id)"] = stack
            }
        }
        for resource in resources {
            let names = ([resource.name, resource.arn].compactMap { $0 } + resource.otherNames)
            let owner =
                resource.tags?[Self.stackTag] ?? names.lazy.compactMap { owners["\(resource.type) \($0)"] }.first
            notebook.amend(resource.id) {
                if let owner {
                    $0.properties["LiveStack"] = .text(owner)
                } else if let unseen {
                    $0.properties["LiveStack"] = .unseen(unseen)
                } else if case .unseen(let why) = resource.properties["Tags"] {
                    $0.properties["LiveStack"] = .unseen(why)
                }
            }
        }
        _ = try await described
    }

    /// Below this one call a stack is cheaper than pages of all stacks.
    private static let singleStacksMax = 3

    private func noteStacks(_ names: [String], _ deploying: Set<String>, _ endpoints: [AccountResource]) async throws {
        var told: [AWSValue] = []
        if names.count > Self.singleStacksMax {
            let all = try await listed("AWS::CloudFormation::Stack", .cloudFormation, "DescribeStacks", in: "Stacks")
            told = all.filter { $0["StackName"].text.map(names.contains) ?? false }
        } else {
            for name in names {
                let answer = try await answer(
                    .cloudFormation, "DescribeStacks", ["StackName": .text(name)], absentCodes: ["ValidationError"])
                if case .unseen(let why) = answer { noteUnseenStack(name, why) }
                told += answer.value?["Stacks"].items ?? []
            }
        }
        try await inParallel(told) { stack in
            guard let name = stack["StackName"].text else { return }
            let own = deploying.contains(name) ? endpoints.filter { $0.tags?[Self.stackTag] == name }.map(\.name) : []
            let drift = try await drift(of: stack, name, own)
            noteStack(stack, name, drift)
        }
    }

    private func noteUnseenStack(_ name: String, _ why: String) {
        var stack = AccountResource("AWS::CloudFormation::Stack", name: name, region: region)
        for key in ["RollbackConfiguration", "EnableTerminationProtection", "LiveDrift"] {
            stack.properties[key] = .unseen(why)
        }
        notebook.note(stack)
    }

    private func noteStack(_ told: AWSValue, _ name: String, _ drift: AWSValue) {
        var stack = AccountResource(
            "AWS::CloudFormation::Stack", name: name, arn: told["StackId"].text, region: region,
            tags: told["Tags"].tags)
        stack.properties = [
            "StackName": .text(name),
            "EnableTerminationProtection": AccountValue(told["EnableTerminationProtection"]),
            "RollbackConfiguration": AccountValue(told["RollbackConfiguration"].withoutEmptyElements),
            "LiveState": AccountValue(told["StackStatus"]),
            "LiveDrift": AccountValue(drift["StackDriftStatus"]),
        ]
        notebook.note(stack)
    }

    // MARK: - Drift

    private static let driftPollsMax = 60
    private static let driftPauseSeconds = 5.0

    /// The newest comparison of a stack that deploys endpoints, one piece of evidence for each of these.
    private func drift(of stack: AWSValue, _ name: String, _ endpoints: [String]) async throws -> AWSValue {
        var drift = stack["DriftInformation"]
        guard !endpoints.isEmpty else { return drift }
        if scope.detectsDrift, let detected = try await detectDrift(of: name) { drift = detected }
        guard let checked = drift["LastCheckTimestamp"].date, drift["StackDriftStatus"] != "NOT_CHECKED" else {
            return drift
        }
        let listed = try await items(
            .cloudFormation, "DescribeStackResourceDrifts", ["StackName": .text(name), "MaxResults": 100],
            in: "StackResourceDrifts")
        guard let drifts = listed.value else { return drift }
        let differences = drifts.compactMap(Self.difference)
        for endpoint in endpoints {
            notebook.note(
                Evidence(
                    .drift, endpointName: endpoint,
                    day: Day(secondsSinceEpoch: checked.timeIntervalSince1970), origin: "CloudFormation",
                    numbers: ["compared": Double(drifts.count), "differing": Double(differences.count)],
                    texts: ["differences": differences.joined(separator: "; ")]))
        }
        return drift
    }

    /// Lets CloudFormation compare, and waits for it; nil where that failed, and the last comparison has to do.
    private func detectDrift(of stack: String) async throws -> AWSValue? {
        let begun = try await answer(.cloudFormation, "DetectStackDrift", ["StackName": .text(stack)])
        guard let id = begun.value?["StackDriftDetectionId"] else { return nil }
        for _ in 0..<Self.driftPollsMax {
            // Asked again and again: an answer that is remembered would be the first one.
            let status = try await fresh(
                .cloudFormation, "DescribeStackDriftDetectionStatus", ["StackDriftDetectionId": id])
            guard let told = status.value else { return nil }
            switch told["DetectionStatus"].text {
            case "DETECTION_COMPLETE":
                return [
                    "StackDriftStatus": told["StackDriftStatus"], "LastCheckTimestamp": told["Timestamp"],
                ]
            case "DETECTION_FAILED": return nil
            default: try await client.pause(seconds: Self.driftPauseSeconds)
            }
        }
        return nil
    }

    /// What differs in a resource; nil where nothing does but the number of instances, which autoscaling sets.
    private static func difference(_ drift: AWSValue) -> String? {
        let id = drift["LogicalResourceId"].text ?? drift["PhysicalResourceId"].text ?? "a resource"
        switch drift["StackResourceDriftStatus"].text {
        case "DELETED": return "\(id) is gone"
        case "MODIFIED":
            let properties = drift["PropertyDifferences"].items.filter { difference in
                let path = difference["PropertyPath"].text ?? ""
                return !path.hasSuffix("InstanceCount")
            }
            guard !properties.isEmpty else { return nil }
            return properties.map { difference in
                "\(id)\(difference["PropertyPath"].text ?? "") is \(difference["ActualValue"].text ?? "absent") "
                    + "and was declared \(difference["ExpectedValue"].text ?? "absent")"
            }.joined(separator: "; ")
        default: return nil
        }
    }
}
