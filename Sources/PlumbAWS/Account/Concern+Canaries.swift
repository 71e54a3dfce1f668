// Scripted probes: CloudWatch Synthetics' canaries, kept for the endpoint that their environment names.

import PlumbModel

extension Concern {
    /// A canary has `LiveState` (`RUNNING`, `STOPPED`, …).
    static let canaries = Concern(
        name: "canaries",
        reads: [Read(.synthetics, "DescribeCanaries"), Read(.lambda, "GetFunctionConfiguration")],
        list: { survey in try await survey.listCanaries() })
}

extension Survey {
    fileprivate func listCanaries() async throws {
        let type = "AWS::Synthetics::Canary"
        let found = try await listed(type, .synthetics, "DescribeCanaries", ["MaxResults": 20], in: "Canaries")
        try await inParallel(found) { canary in
            guard let name = canary["Name"].text else { return }
            let arn = "arn:\(Partition.of(region: region).id):synthetics:\(region):\(account):canary:\(name)"
            var resource = AccountResource(
                type, name: name, arn: arn, region: region, tags: canary["Tags"].members.compactMapValues(\.text),
                properties: AccountValue(
                    canary, only: "Name", "Schedule", "ExecutionRoleArn", "ArtifactS3Location", "RuntimeVersion"))
            resource.properties["LiveState"] = AccountValue(canary["Status"]["State"])
            // What its script is told stands in the function that runs it, which AWS makes for it.
            var words = Self.words(of: name)
            if let engine = canary["EngineArn"].text {
                let function = try await functionConfiguration(Self.unversioned(engine))
                let environment = AccountValue(function) { Self.environment($0["Environment"]) }
                resource.properties["RunConfig"] = ["EnvironmentVariables": environment["Variables"]]
                for variable in function.value?["Environment"]["Variables"].members.values ?? [:].values {
                    words.formUnion(Self.words(of: variable.text ?? ""))
                }
            }
            notebook.consider(resource, mentioning: words.map { .endpoint($0) })
        }
    }

    /// A function's name out of its ARN, without the version.
    private static func unversioned(_ arn: String) -> String { Wanted(in: arn)?.identifier ?? arn }
}
