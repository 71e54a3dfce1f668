// What was seen in an account becomes a graph: references meet, environments part, refusals stay visible.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct AccountReaderTests {
    private static let today = Day(daysSinceEpoch: 20_785)
    private static let account = "123456789012"

    private static func arn(_ service: String, _ rest: String, account: String = account) -> String {
        "arn:aws:\(service):eu-west-1:\(account):\(rest)"
    }

    /// An endpoint with its configuration, its model, the model's role and an alarm that tells a topic.
    private static func deployment(_ name: String, tags: [String: String] = [:]) -> [AccountResource] {
        let role = "arn:aws:iam::\(account):role/service/\(name)-execution"
        return [
            AccountResource(
                "AWS::SageMaker::Endpoint", name: name, arn: arn("sagemaker", "endpoint/\(name)"), region: "eu-west-1",
                tags: tags,
                properties: [
                    "EndpointName": .text(name), "EndpointConfigName": "\(name)-1", "LiveStatus": "InService",
                    "LiveVariants": [["VariantName": "primary", "CurrentInstanceCount": 2]],
                ]),
            AccountResource(
                "AWS::SageMaker::EndpointConfig", name: "\(name)-1", arn: arn("sagemaker", "endpoint-config/\(name)-1"),
                tags: [:],
                properties: ["ProductionVariants": [["VariantName": "primary", "ModelName": "\(name)-model"]]]),
            AccountResource(
                "AWS::SageMaker::Model", name: "\(name)-model", arn: arn("sagemaker", "model/\(name)-model"), tags: [:],
                properties: ["ExecutionRoleArn": .text(role), "VpcConfig": ["Subnets": ["subnet-0a1b2c3d4e"]]]),
            AccountResource("AWS::IAM::Role", name: "\(name)-execution", arn: role, tags: [:]),
            AccountResource(
                "AWS::CloudWatch::Alarm", name: "\(name)-errors", arn: arn("cloudwatch", "alarm:\(name)-errors"),
                tags: [:],
                properties: [
                    "MetricName": "Invocation5XXErrors",
                    "Dimensions": [["Name": "EndpointName", "Value": .text(name)]],
                    "AlarmActions": [.text(arn("sns", "\(name)-alerts"))], "LiveState": "OK",
                    "LiveStateTransitionedTime": 1_795_651_200,
                ]),
            AccountResource(
                "AWS::SNS::Topic", name: "\(name)-alerts", arn: arn("sns", "\(name)-alerts"), tags: [:],
                properties: [
                    "Subscription": [["Protocol": "email", "Endpoint": "a@example.org", "LiveConfirmed": false]]
                ]),
        ]
    }

    private static let shared = [
        AccountResource(
            "AWS::EC2::Subnet", name: "subnet-0a1b2c3d4e", arn: arn("ec2", "subnet/subnet-0a1b2c3d4e"),
            properties: ["VpcId": "vpc-0123456789", "AvailabilityZone": "eu-west-1a"]),
        AccountResource(
            "AWS::CloudTrail::Trail", name: "all", arn: arn("cloudtrail", "trail/all"),
            tags: ["ml:environment": "production"],
            properties: [
                "IsLogging": true, "S3BucketName": "log-123456789012", "LiveLatestDelivery": "2026-11-28T03:04:05Z",
            ]),
        AccountResource(
            "AWS::S3::Bucket", name: "log-123456789012", arn: "arn:aws:s3:::log-123456789012",
            tags: ["ml:environment": "production"]),
        AccountResource(
            "AWS::S3::BucketPolicy", name: "log-123456789012",
            properties: [
                "Bucket": "log-123456789012",
                "PolicyDocument": [
                    "Statement": [
                        [
                            "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::log-123456789012/*",
                            "Principal": ["AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::999999999999:root"]],
                        ]
                    ]
                ],
            ]),
    ]

    private static func inventory(_ resources: [AccountResource]...) -> AccountInventory {
        var inventory = AccountInventory(account: account, region: "eu-west-1")
        inventory.resources = resources.flatMap { $0 }
        return inventory
    }

    private static func only(_ inventory: AccountInventory) throws -> Graph {
        let readings = AccountReader.read(inventory, asOf: today)
        try #require(readings.count == 1)
        return readings[0].graph
    }

    // MARK: - References

    @Test func namesIdsAndARNsMeet() throws {
        let graph = try Self.only(Self.inventory(Self.deployment("digits"), Self.shared))
        let endpoint = try #require(graph.endpoints.first)
        #expect(graph.source == .live && graph.region.value == "eu-west-1" && endpoint.id == "endpoint/digits")
        let config = try #require(graph.endpointConfigs[endpoint.config])
        let model = try #require(config.variants.value?.first.flatMap { graph.models[$0.model] })
        #expect(graph.roles[model.role]?.id == "role/digits-execution")
        #expect(model.subnets.value?.first?.value == .resource("subnet/subnet-0a1b2c3d4e"))
        let action = try #require(graph.alarms.first?.actions.value?.first)
        #expect(graph.topics[action]?.name.value == "digits-alerts")
        #expect(graph.trails.first?.bucket.value == .resource("bucket/log-123456789012"))
    }

    @Test func aPolicyIsJoinedToItsBucketAndItsOwnAccountIsOurs() throws {
        let graph = try Self.only(Self.inventory(Self.shared))
        let statement = try #require(graph.buckets.first?.policy.value?.statements.first)
        #expect(statement.resources == ["${bucket/log-123456789012.Arn}/*"])
        #expect(
            statement.principals.map(\.id).sorted() == [
                "arn:aws:iam::${AWS::AccountId}:root", "arn:aws:iam::999999999999:root",
            ])
    }

    @Test func anARNOfAnotherAccountNamesNothingHere() throws {
        var resources = Self.deployment("digits")
        resources[4].properties["AlarmActions"] = [.text(Self.arn("sns", "digits-alerts", account: "999999999999"))]
        let graph = try Self.only(Self.inventory(resources))
        let action = try #require(graph.alarms.first?.actions.value?.first?.value)
        #expect(action == .external(Self.arn("sns", "digits-alerts", account: "999999999999")))
    }

    @Test func aKeyIsFoundByItsAliasAndIsAWSsOwnWhereAWSManagesIt() throws {
        var key = AccountResource(
            "AWS::KMS::Key", name: "1234abcd-12ab-34cd-56ef-1234567890ab",
            arn: Self.arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
            properties: ["LiveManager": "AWS", "LiveState": "Enabled"])
        key.otherNames = ["alias/aws/sns"]
        var topic = Self.deployment("digits")[5]
        topic.properties["KmsMasterKeyId"] = "alias/aws/sns"
        let graph = try Self.only(Self.inventory([key, topic]))
        #expect(graph.keys[graph.topics.first?.key ?? .absent]?.isCustomerManaged.value == false)
    }

    // MARK: - Environments

    @Test func eachEnvironmentHasItsOwnAndWhatAllShare() throws {
        let inventory = Self.inventory(
            Self.deployment("digits", tags: ["ml:environment": "prod"]),
            Self.deployment("trial", tags: ["ml:environment": "dev"]), Self.shared)
        let readings = AccountReader.read(inventory, asOf: Self.today)
        #expect(readings.map(\.name) == ["aws://eu-west-1 (production)", "aws://eu-west-1 (dev)"])
        let dev = try #require(readings.last?.graph)
        #expect(dev.environment == .dev && !dev.environmentIsAssumed)
        #expect(dev.endpoints.map(\.id) == ["endpoint/trial"] && dev.alarms.map(\.id) == ["alarm/trial-errors"])
        #expect(dev.topics.map(\.id) == ["topic/trial-alerts"] && dev.roles.map(\.id) == ["role/trial-execution"])
        // A trail watches the whole account, whatever it is tagged with, and the bucket goes with it.
        #expect(dev.trails.count == 1 && dev.buckets.count == 1 && dev.subnets.count == 1)
    }

    @Test func untaggedEndpointsAreTakenForProductionAndThatIsSaid() throws {
        let readings = AccountReader.read(Self.inventory(Self.deployment("digits")), asOf: Self.today)
        let reading = try #require(readings.first)
        #expect(reading.graph.environment == .production && reading.graph.environmentIsAssumed)
        #expect(reading.diagnostics.contains { $0.message.contains("ml:environment") })
    }

    @Test func aNamedEnvironmentLeavesTheOthersOut() throws {
        let inventory = Self.inventory(
            Self.deployment("digits", tags: ["ml:environment": "prod"]), Self.deployment("trial"))
        let readings = AccountReader.read(inventory, environment: .staging, asOf: Self.today)
        let graph = try #require(readings.first?.graph)
        #expect(readings.count == 1 && graph.endpoints.map(\.id) == ["endpoint/trial"])
        #expect(readings[0].diagnostics.contains { $0.message.contains("left out") && $0.message.contains("digits") })
    }

    // MARK: - What was not seen, and what only an account shows

    @Test func whatWasRefusedStaysUnknownAndIsNamed() throws {
        var inventory = Self.inventory(Self.deployment("digits"))
        inventory.resources[2].properties["EnableNetworkIsolation"] = .unseen("sagemaker:DescribeModel is denied")
        inventory.resources[3].tags = nil
        inventory.resources[3].properties["Tags"] = .unseen("iam:ListRoleTags is denied")
        inventory.gaps = [
            AccountGap(
                type: "AWS::CloudTrail::Trail", action: "cloudtrail:DescribeTrails",
                reason: "cloudtrail:DescribeTrails is denied")
        ]
        let reading = try #require(AccountReader.read(inventory, asOf: Self.today).first)
        let graph = reading.graph
        #expect(graph.models.first?.isNetworkIsolated.whyUnknown == "sagemaker:DescribeModel is denied")
        #expect(graph.roles.first?.head.tags.whyUnknown == "iam:ListRoleTags is denied")
        #expect(graph.notes.unseen["AWS::CloudTrail::Trail"] == "cloudtrail:DescribeTrails is denied")
        #expect(reading.diagnostics.contains { $0.message.contains("cloudtrail:DescribeTrails") })
    }

    @Test func statesAndRunsAreTakenOver() throws {
        let graph = try Self.only(Self.inventory(Self.deployment("digits"), Self.shared))
        #expect(graph.alarms.first?.state.value == .ok)
        #expect(graph.live.alarmStateSince["alarm/digits-errors"]?.value == Day("2026-11-26"))
        #expect(graph.topics.first?.subscriptions.value?.first?.isConfirmed.value == false)
        #expect(graph.live.endpoints["endpoint/digits"]?.instances.value == ["primary": 2])
        #expect(graph.live.deliveries["trail/all"]?.newest.value == Day("2026-11-28"))
    }
}
