// Log groups: those of the endpoints, and those that others write to.

import PlumbModel

extension Concern {
    static let logGroups = Concern(
        name: "log groups", reads: [Read(.logs, "DescribeLogGroups"), Read(.sageMaker, "ListEndpoints")],
        list: { survey in
            for name in try await survey.endpointNames() {
                survey.notebook.want(Wanted("AWS::Logs::LogGroup", "/aws/sagemaker/Endpoints/\(name)"))
            }
        },
        types: ["AWS::Logs::LogGroup"], look: { survey, _, names in try await survey.lookAtLogGroups(names) })
}

extension Survey {
    /// A folder from which so many groups are wanted is listed as a whole.
    private static let groupsOneByOneMax = 10

    fileprivate func lookAtLogGroups(_ names: [String]) async throws {
        let wanted = Set(names)
        let folders = Dictionary(grouping: names) { name in
            String(name.prefix(through: name.lastIndex(of: "/") ?? name.startIndex))
        }
        // A name without a folder would be a list of nearly all.
        let prefixes = folders.flatMap { folder, names in
            names.count > Self.groupsOneByOneMax && folder.count > 1 ? [folder] : names
        }
        try await inParallel(prefixes) { prefix in
            let input: AWSValue = ["logGroupNamePrefix": .text(prefix), "limit": 50]
            switch try await items(.logs, "DescribeLogGroups", input, in: "logGroups") {
            case .absent: break
            case .unseen(let why):
                for name in names where name.hasPrefix(prefix) {
                    notebook.note(
                        AccountResource("AWS::Logs::LogGroup", name: name, region: region, properties: .unseen(why)))
                }
            case .seen(let groups):
                for group in groups {
                    guard let name = group["logGroupName"].text, wanted.contains(name) else { continue }
                    notebook.note(
                        AccountResource(
                            "AWS::Logs::LogGroup", name: name, arn: Self.arn(of: group), region: region,
                            properties: [
                                "LogGroupName": .text(name), "KmsKeyId": AccountValue(group["kmsKeyId"]),
                                "RetentionInDays": AccountValue(group["retentionInDays"]),
                                "LogGroupClass": AccountValue(group["logGroupClass"]),
                                "LiveStoredBytes": AccountValue(group["storedBytes"]),
                            ]))
                }
            }
        }
    }

    /// The older form of the ARN ends with `:*`, which is no part of it where tags are concerned.
    private static func arn(of group: AWSValue) -> String? {
        guard let arn = group["logGroupArn"].text ?? group["arn"].text else { return nil }
        return arn.hasSuffix(":*") ? String(arn.dropLast(2)) : arn
    }
}
