// The names by which rendered resources are known from outside, and what a deployment tells of itself when it is made.

import PlumbModel

/// A value that a stack or module gives back.
struct RenderedOutput: Sendable {
    var name: String
    var id: String
    /// CloudFormation's attribute; nil means `!Ref`.
    var template: String?
    /// Terraform's attribute.
    var plan: String
    var summary: String
}

extension RenderedDeployment {
    /// What people look for after a deployment.
    var outputs: [RenderedOutput] {
        [
            RenderedOutput(
                name: "EndpointName", id: "Endpoint", template: "EndpointName", plan: "name",
                summary: "The name to invoke."),
            RenderedOutput(
                name: "EndpointConfigName", id: "EndpointConfig", template: "EndpointConfigName", plan: "name",
                summary: "The revision in service."),
            RenderedOutput(
                name: "ArtifactBucketName", id: "ArtifactBucket", template: nil, plan: "id",
                summary: "Where model artefacts are published."),
            RenderedOutput(
                name: "AlarmTopicArn", id: "AlarmTopic", template: nil, plan: "arn", summary: "The topic of all alarms."
            ),
            RenderedOutput(
                name: "FrontTarget", id: "Distribution", template: "DomainName", plan: "domain_name",
                summary: "What the front's DNS record points at."),
            RenderedOutput(
                name: "RecoveryNetworkId", id: "ReplicaNetwork", template: nil, plan: "id",
                summary: "The second region's network, which the failover's zone is asked in."),
        ].filter { has($0.id) }
    }

    /// What must be in the deployment's bucket before the endpoint is made, and how it gets there.
    var uploads: [(reason: String, command: String)] {
        var uploads: [(reason: String, command: String)] = []
        let bucket = plan.bucketName("artifacts").replacing("${AWS::AccountId}", with: "ACCOUNT")
        if let key = plan.modelKey, let path = plan.spec.model.path, !plan.spec.model.isMultiModel {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            uploads.append(("The model's artefact is published before:", "aws s3 cp \(file) s3://\(bucket)/\(key)"))
        }
        if plan.hasMonitors, plan.baselineFolder == plan.ownBaselineFolder, let baseline = plan.spec.drift.baseline {
            let folder = baseline.split(whereSeparator: \.isNewline).joined(separator: " ")
            uploads.append(
                (
                    "So is the baseline that drift is measured from:",
                    "aws s3 cp --recursive \(folder) s3://\(bucket)/\(Blueprint.baselinePrefix)"
                ))
        }
        return uploads
    }

    /// The ARN of a resource in the other region, made of its name, in normal form: what policies speak of.
    func arn(of resource: RenderedResource) -> String {
        if resource.template == "AWS::KMS::ReplicaKey" { return plan.replicaKeyARN }
        return propertyName(of: resource)
    }

    /// How a property names a resource in the other region: by ARN, a key by the ARN of its alias.
    func propertyName(of resource: RenderedResource) -> String {
        let region = resource.region ?? "${AWS::Region}"
        let name = name(of: resource.id)
        return switch resource.template {
        case "AWS::S3::Bucket": "arn:${AWS::Partition}:s3:::\(name)"
        case "AWS::IAM::Role": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/\(name)"
        case "AWS::KMS::Key", "AWS::KMS::ReplicaKey": plan.arn("kms", name, region: region)
        case "AWS::Logs::LogGroup": plan.arn("logs", "log-group:\(name)", region: region)
        case "AWS::SageMaker::Model": plan.arn("sagemaker", "model/\(name.lowercased())", region: region)
        case "AWS::SageMaker::EndpointConfig":
            plan.arn("sagemaker", "endpoint-config/\(name.lowercased())", region: region)
        case "AWS::ECR::Repository": plan.arn("ecr", "repository/\(name)", region: region)
        case "AWS::SNS::Topic": plan.arn("sns", name, region: region)
        default: name
        }
    }

    /// `AlarmTopic` is `alarm_topic` in Terraform, `ECRApiVPCEndpoint` `ecr_api_vpc_endpoint`.
    static func snakeCase(_ name: String) -> String {
        func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
        func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
        var words: [UInt8] = []
        let letters = name.utf8.span
        for index in letters.indices {
            let letter = letters[index]
            if isUpper(letter), index > 0 {
                let before = letters[index - 1]
                let followsLower = isLower(before) || (0x30...0x39).contains(before)
                let precedesLower = index + 1 < letters.count && isLower(letters[index + 1])
                if followsLower || precedesLower { words.append(UInt8(ascii: "_")) }
            }
            switch letter {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): words.append(UInt8(ascii: "_"))
            default: words.append(isUpper(letter) ? letter + 0x20 : letter)
            }
        }
        return String(decoding: words, as: UTF8.self)
    }
}
