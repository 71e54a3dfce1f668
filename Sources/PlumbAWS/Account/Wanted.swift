// What resources point to: found in their texts, so that a survey knows where to look next.

import PlumbModel

/// Something that a resource points to and that is worth a look: a key, a bucket, a role.
struct Wanted: Sendable, Hashable {
    /// CloudFormation's type.
    let type: String
    /// The name or id; what came as an ARN of this account is its last part, a foreign one stays an ARN.
    let identifier: String

    init(_ type: String, _ identifier: String) {
        self.type = type
        self.identifier = identifier
    }

    /// What an ARN, an S3 address or an id names; nil for everything else.
    ///
    /// The region of an ARN is lost where it does not matter; keys, topics and alarms of other regions stay ARNs, which
    /// their services take as well.
    init?(in text: String) {
        if text.hasPrefix("s3://") {
            guard let bucket = text.dropFirst(5).split(separator: "/").first else { return nil }
            self.init("AWS::S3::Bucket", String(bucket))
        } else if text.hasPrefix("arn:") {
            self.init(arn: text)
        } else if text.contains(".dkr.ecr.") {
            self.init(image: text)
        } else if let (prefix, type) = Self.idPrefixes.first(where: { text.hasPrefix($0.prefix) }),
            text.dropFirst(prefix.count).allSatisfy(\.isHexDigit), text.count > prefix.count + 7
        {
            self.init(type, text)
        } else {
            return nil
        }
    }

    private init?(arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let forms = Self.arnForms[parts[2]] else { return nil }
        guard let (prefix, type) = forms.first(where: { parts[5].hasPrefix($0.prefix) }) else { return nil }
        let rest = String(parts[5].dropFirst(prefix.count))
        switch type {
        case "AWS::S3::Bucket":
            guard let bucket = rest.split(separator: "/").first else { return nil }
            self.init(type, String(bucket))
        case "AWS::IAM::Role": self.init(type, rest.split(separator: "/").last.map(String.init) ?? rest)
        case "AWS::Logs::LogGroup": self.init(type, rest.hasSuffix(":*") ? String(rest.dropLast(2)) : rest)
        case "AWS::DynamoDB::Table": self.init(type, rest.split(separator: "/").first.map(String.init) ?? rest)
        case "AWS::Lambda::Function": self.init(type, rest.split(separator: ":").first.map(String.init) ?? rest)
        case "AWS::SNS::Topic", "AWS::KMS::Key", "AWS::IAM::ManagedPolicy", "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::SageMaker::ModelPackage":
            self.init(type, arn)
        case "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api":
            self.init(type, rest.split(separator: "/").first.map(String.init) ?? rest)
        default: self.init(type, rest)
        }
    }

    /// `123456789012.dkr.ecr.eu-central-1.amazonaws.com/models/digits:7`: the ARN of the repository, for AWS's images
    /// lie in repositories of other accounts that may have the same name as one of this account.
    private init?(image: String) {
        guard let slash = image.firstIndex(of: "/") else { return nil }
        let host = image[..<slash].split(separator: ".")
        guard host.count >= 6, host[1] == "dkr", host[2] == "ecr" else { return nil }
        let name = image[image.index(after: slash)...].prefix { $0 != "@" && $0 != ":" }
        let partition = Partition.of(region: String(host[3])).id
        self.init("AWS::ECR::Repository", "arn:\(partition):ecr:\(host[3]):\(host[0]):repository/\(name)")
    }

    private static let idPrefixes = [
        (prefix: "subnet-", type: "AWS::EC2::Subnet"), (prefix: "sg-", type: "AWS::EC2::SecurityGroup"),
        (prefix: "vpc-", type: "AWS::EC2::VPC"),
    ]

    /// Whatever carries a tag and may be chosen by it.
    static func tag(_ key: String, _ value: String) -> Wanted { Wanted("tag", "\(key)=\(value)") }

    private static let arnForms: [String: [(prefix: String, type: String)]] = [
        "s3": [("", "AWS::S3::Bucket")],
        "kms": [("key/", "AWS::KMS::Key"), ("alias/", "AWS::KMS::Key")],
        "iam": [("role/", "AWS::IAM::Role"), ("policy/", "AWS::IAM::ManagedPolicy")],
        "sns": [("", "AWS::SNS::Topic")],
        "dynamodb": [("table/", "AWS::DynamoDB::Table")],
        "logs": [("log-group:", "AWS::Logs::LogGroup")],
        "lambda": [("function:", "AWS::Lambda::Function")],
        "sagemaker": [
            ("endpoint/", "AWS::SageMaker::Endpoint"), ("endpoint-config/", "AWS::SageMaker::EndpointConfig"),
            ("model/", "AWS::SageMaker::Model"), ("model-package/", "AWS::SageMaker::ModelPackage"),
            ("monitoring-schedule/", "AWS::SageMaker::MonitoringSchedule"),
            ("inference-component/", "AWS::SageMaker::InferenceComponent"),
        ],
        "cloudwatch": [
            ("alarm:", "AWS::CloudWatch::Alarm"), ("alarm-mute-rule:", "AWS::CloudWatch::AlarmMuteRule"),
        ],
        "events": [("rule/", "AWS::Events::Rule")],
        "synthetics": [("canary:", "AWS::Synthetics::Canary")],
        "ecr": [("repository/", "AWS::ECR::Repository")],
        "backup": [
            ("backup-vault:", "AWS::Backup::BackupVault"), ("backup-plan:", "AWS::Backup::BackupPlan"),
        ],
        "budgets": [("budget/", "AWS::Budgets::Budget")],
        "ec2": [
            ("vpc/", "AWS::EC2::VPC"), ("subnet/", "AWS::EC2::Subnet"), ("security-group/", "AWS::EC2::SecurityGroup"),
            ("vpc-endpoint/", "AWS::EC2::VPCEndpoint"),
        ],
        "apigateway": [("/restapis/", "AWS::ApiGateway::RestApi"), ("/apis/", "AWS::ApiGatewayV2::Api")],
        "elasticloadbalancing": [("listener/", "AWS::ElasticLoadBalancingV2::Listener")],
        "cloudfront": [("distribution/", "AWS::CloudFront::Distribution")],
        "route53": [("healthcheck/", "AWS::Route53::HealthCheck")],
    ]

    /// Properties that name something without an ARN.
    private static let namedBy = [
        "EndpointConfigName": "AWS::SageMaker::EndpointConfig", "ModelName": "AWS::SageMaker::Model",
        "AlarmName": "AWS::CloudWatch::Alarm", "KmsKeyId": "AWS::KMS::Key", "VolumeKmsKeyId": "AWS::KMS::Key",
        "KmsMasterKeyId": "AWS::KMS::Key",
    ]

    /// Everything that the texts of a value point to.
    static func found(in value: AccountValue) -> [Wanted] {
        switch value {
        case .text(let text): Wanted(in: text).map { [$0] } ?? []
        case .list(let items): items.flatMap(found)
        case .map(let members):
            members.flatMap { name, member -> [Wanted] in
                guard case .text(let text) = member, let type = namedBy[name], !text.isEmpty else {
                    return found(in: member)
                }
                return [Wanted(in: text) ?? Wanted(type, text)]
            }
        case .absent, .unseen, .number, .bool: []
        }
    }
}

extension AccountResource {
    /// What it is known by to those that point to it.
    var answersTo: [Wanted] {
        var names = [name] + otherNames
        if let arn { names.append(arn) }
        return names.map { Wanted(type, $0) } + (arn.flatMap(Wanted.init(in:)).map { [$0] } ?? []) + carriedTags
    }

    /// The tags by which backups and budgets choose what they are for.
    private var carriedTags: [Wanted] {
        let chosenTypes = [
            "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::SageMaker::Endpoint",
        ]
        guard chosenTypes.contains(type) else { return [] }
        return (tags ?? [:]).map { .tag($0.key, $0.value) }
    }
}
