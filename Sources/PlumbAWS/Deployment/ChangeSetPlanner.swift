// What a stack would become: its change set, made without being executed.

import Crypto
import Foundation
import PlumbModel

/// Makes change sets, reads them, throws them away.
struct ChangeSetPlanner: Sendable {
    let client: AWSClient
    /// The name of every change set of this deployment.
    let changeSetName: String
    let parameters: [String: String]
    /// Where templates lie that are too long for a request, and its region.
    let bucket: (name: String, region: String)
    /// CloudFormation takes seconds, and minutes for hundreds of resources.
    static let changeSetSecondsMax = 900.0
    static let pollSeconds = 1.0

    /// What would become of a stack. `outputs` are those of the stacks before it.
    func plan(_ source: StackSource, outputs: [String: String]) async throws -> StackPlan {
        let stack = try await described(source.name, region: source.region)
        let status = stack?["StackStatus"].text
        try Self.refuseUnready(source.name, status)
        let isNew = stack == nil || status == "REVIEW_IN_PROGRESS"
        var plan = StackPlan(
            stack: source.name, region: source.region, status: .waits, isNew: isNew, changeSet: nil, changes: [],
            resourceCount: source.types.count)
        guard let values = try values(for: source, isNew: isNew, outputs: outputs) else { return plan }
        guard let template = try await template(of: source) else { return plan }
        let made = try await client.call(
            .cloudFormation, "CreateChangeSet",
            [
                "StackName": .text(source.name), "ChangeSetName": .text(changeSetName),
                "ChangeSetType": isNew ? "CREATE" : "UPDATE", template.member: .text(template.value),
                "Capabilities": ["CAPABILITY_NAMED_IAM"], "Parameters": .list(values),
            ], region: source.region)
        let id = made["Id"].text ?? changeSetName
        let set = try await settled(id, of: source)
        let reason = set["StatusReason"].text ?? ""
        guard set["Status"].text == "FAILED" else {
            plan.status = .planned
            plan.changeSet = id
            plan.changes = set["Changes"].items.compactMap { StackChange($0["ResourceChange"]) }
            return plan
        }
        try await discard(id, of: source.name, region: source.region, isNew: isNew)
        if reason.contains("didn't contain changes") || reason.contains("No updates are to be performed") {
            plan.status = .unchanged
        } else if !reason.contains("No export named") {
            throw PlumbError(.refused, "\(source.name) cannot be planned: \(reason)")
        }
        return plan
    }

    /// How a request tells its template: itself, or where it lies in the deployment's bucket. Nil while that bucket is
    /// not there yet.
    private func template(of source: StackSource) async throws -> (member: String, value: String)? {
        let body = Data(source.template.utf8)
        guard body.count > StackSource.templateBytesMax else { return ("TemplateBody", source.template) }
        guard body.count <= StackSource.storedTemplateBytesMax else {
            throw PlumbError(
                .unsupported,
                "the template of \(source.name) has \(body.count) bytes, and CloudFormation takes "
                    + "\(StackSource.storedTemplateBytesMax)", hint: "split the spec into two endpoints")
        }
        let digest = SHA256.hash(data: body).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        let key = "templates/\(digest).yaml"
        do {
            _ = try await client.call(
                .s3, "PutObject", ["Bucket": .text(bucket.name), "Key": .text(key), "Body": .data(body)],
                region: bucket.region)
        } catch let error as PlumbError where (error.cause as? AWSError)?.code == "NoSuchBucket" {
            return nil
        }
        let host = "\(bucket.name).s3.\(bucket.region).\(Partition.of(region: bucket.region).hostSuffix)"
        return ("TemplateURL", "https://\(host)/\(key)")
    }

    /// Throws a change set away, and the empty stack that was made to hold it.
    func discard(_ changeSet: String, of stack: String, region: String, isNew: Bool) async throws {
        _ = try await client.call(
            .cloudFormation, "DeleteChangeSet", ["ChangeSetName": .text(changeSet), "StackName": .text(stack)],
            region: region)
        guard isNew, try await described(stack, region: region)?["StackStatus"].text == "REVIEW_IN_PROGRESS" else {
            return
        }
        _ = try await client.call(.cloudFormation, "DeleteStack", ["StackName": .text(stack)], region: region)
    }

    /// A stack as it is; nil where there is none.
    func described(_ stack: String, region: String) async throws -> AWSValue? {
        do {
            let answer = try await client.call(
                .cloudFormation, "DescribeStacks", ["StackName": .text(stack)], region: region)
            return answer["Stacks"].items.first
        } catch let error as PlumbError {
            if let said = error.cause as? AWSError, said.message.contains("does not exist") { return nil }
            throw error
        }
    }

    func outputs(of stack: String, region: String) async throws -> [String: String] {
        let outputs = try await described(stack, region: region)?["Outputs"].items ?? []
        return Dictionary(
            outputs.compactMap { output in
                output["OutputKey"].text.flatMap { key in output["OutputValue"].text.map { (key, $0) } }
            }
        ) { first, _ in first }
    }

    /// A change set once it is made, with the changes of all its pages.
    private func settled(_ id: String, of source: StackSource) async throws -> AWSValue {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(Self.changeSetSecondsMax)
        let input: AWSValue = ["ChangeSetName": .text(id), "StackName": .text(source.name)]
        while true {
            var set: AWSValue = .null
            var changes: [AWSValue] = []
            for try await page in client.pages(.cloudFormation, "DescribeChangeSet", input, region: source.region) {
                set = page
                changes += page["Changes"].items
            }
            if ["CREATE_COMPLETE", "FAILED"].contains(set["Status"].text) {
                set["Changes"] = .list(changes)
                return set
            }
            guard clock.now < deadline else {
                throw PlumbError(
                    .timedOut, "the change set of \(source.name) is not made after 15 minutes",
                    hint: "aws cloudformation describe-change-set --change-set-name \(id)")
            }
            try await Task.sleep(for: .seconds(Self.pollSeconds))
        }
    }

    /// Values for a template's parameters; nil while an earlier stack has not given one of them.
    private func values(for source: StackSource, isNew: Bool, outputs: [String: String]) throws(PlumbError)
        -> [AWSValue]?
    {
        var values: [AWSValue] = []
        var missing: [String] = []
        for parameter in source.parameters.sorted(by: { $0.name < $1.name }) {
            if let value = parameters[parameter.name] ?? parameter.output.flatMap({ outputs[$0] }) {
                values.append(["ParameterKey": .text(parameter.name), "ParameterValue": .text(value)])
            } else if parameter.hasDefault {
                // Left out, so that the spec's value holds and not one that was given once.
                continue
            } else if parameter.output != nil, isNew {
                return nil
            } else if isNew {
                missing.append(parameter.name)
            } else {
                values.append(["ParameterKey": .text(parameter.name), "UsePreviousValue": true])
            }
        }
        guard missing.isEmpty else {
            throw PlumbError(
                .invalidInput, "\(source.name) needs values for \(missing.joined(separator: ", "))",
                hint: missing.map { "--parameter \($0)=…" }.joined(separator: " "))
        }
        return values
    }

    /// A stack that somebody else is changing, or that has to be taken away first, is left alone.
    private static func refuseUnready(_ name: String, _ status: String?) throws(PlumbError) {
        guard let status, status != "REVIEW_IN_PROGRESS" else { return }
        if status.hasSuffix("_IN_PROGRESS") {
            throw PlumbError(
                .conflict, "\(name) is \(status): another deployment is under way",
                hint:
                    "wait for its end; aws cloudformation describe-stack-events --stack-name \(name) tells how it goes"
            )
        }
        if ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"].contains(status) {
            throw PlumbError(
                .conflict, "\(name) is \(status): it was never made, and nothing can be made of it",
                hint: "aws cloudformation delete-stack --stack-name \(name), then deploy again")
        }
        if status == "UPDATE_ROLLBACK_FAILED" {
            throw PlumbError(
                .conflict, "\(name) is \(status): it could not be brought back",
                hint: "aws cloudformation continue-update-rollback --stack-name \(name), then deploy again")
        }
    }
}
