// What a reference to a resource gives: its name, its ARN or an id, as CloudFormation's reference says for each type.

/// How a type's resources are named and referred to.
struct ResourceNaming: Sendable {
    enum Value: Sendable {
        case name, arn, id
    }
    /// The property that holds the physical name; nil where AWS always makes one up.
    var nameProperty: String?
    /// What `Ref` gives.
    var reference: Value
    /// Attributes of `Fn::GetAtt` that are the name.
    var nameAttributes: Set<String> = []
    /// Attributes of `Fn::GetAtt` that are the ARN.
    var arnAttributes: Set<String> = ["Arn"]
    /// Attributes of `Fn::GetAtt` that are the same id as `Ref` gives.
    var idAttributes: Set<String> = []

    private init(
        _ nameProperty: String?, ref reference: Value, names: Set<String> = [], arns: Set<String> = ["Arn"],
        ids: Set<String> = []
    ) {
        self.nameProperty = nameProperty
        self.reference = reference
        nameAttributes = names
        arnAttributes = arns
        idAttributes = ids
    }

    /// For a type that is not in the table: `Ref` is some id of its own.
    static let other = ResourceNaming(nil, ref: .id)

    static func of(_ type: String) -> ResourceNaming { table[type] ?? other }

    // "Return values" of each type's page in the CloudFormation template reference.
    private static let table: [String: ResourceNaming] = [
        "AWS::SageMaker::Endpoint": ResourceNaming(
            "EndpointName", ref: .arn, names: ["EndpointName"], arns: ["Arn", "EndpointArn", "Id"]),
        "AWS::SageMaker::EndpointConfig": ResourceNaming(
            "EndpointConfigName", ref: .arn, names: ["EndpointConfigName"], arns: ["Arn", "Id"]),
        "AWS::SageMaker::Model": ResourceNaming("ModelName", ref: .arn, names: ["ModelName"], arns: ["Arn", "Id"]),
        "AWS::SageMaker::MonitoringSchedule": ResourceNaming(
            "MonitoringScheduleName", ref: .arn, names: ["MonitoringScheduleName"],
            arns: ["Arn", "MonitoringScheduleArn"]),
        "AWS::SageMaker::DataQualityJobDefinition": ResourceNaming(
            "JobDefinitionName", ref: .arn, names: ["JobDefinitionName"], arns: ["Arn", "JobDefinitionArn"]),
        "AWS::SageMaker::ModelQualityJobDefinition": ResourceNaming(
            "JobDefinitionName", ref: .arn, names: ["JobDefinitionName"], arns: ["Arn", "JobDefinitionArn"]),
        "AWS::SageMaker::InferenceComponent": ResourceNaming(
            "InferenceComponentName", ref: .arn, names: ["InferenceComponentName"],
            arns: ["Arn", "InferenceComponentArn"]),
        "AWS::CloudWatch::Alarm": ResourceNaming("AlarmName", ref: .name),
        "AWS::CloudWatch::CompositeAlarm": ResourceNaming("AlarmName", ref: .name),
        "AWS::CloudWatch::Dashboard": ResourceNaming("DashboardName", ref: .name),
        "AWS::CloudWatch::AlarmMuteRule": ResourceNaming("Name", ref: .arn),
        "AWS::SNS::Topic": ResourceNaming("TopicName", ref: .arn, names: ["TopicName"], arns: ["Arn", "TopicArn"]),
        "AWS::SQS::Queue": ResourceNaming("QueueName", ref: .id, names: ["QueueName"]),
        "AWS::Events::Rule": ResourceNaming("Name", ref: .name),
        "AWS::Lambda::Function": ResourceNaming("FunctionName", ref: .name),
        "AWS::Lambda::Alias": ResourceNaming(nil, ref: .arn, arns: ["Arn", "AliasArn"]),
        "AWS::Lambda::Version": ResourceNaming(nil, ref: .arn, arns: ["Arn", "FunctionArn"]),
        "AWS::SSM::Document": ResourceNaming("Name", ref: .name),
        "AWS::StepFunctions::StateMachine": ResourceNaming("StateMachineName", ref: .arn, names: ["Name"]),
        "AWS::Synthetics::Canary": ResourceNaming("Name", ref: .name),
        "AWS::ApplicationAutoScaling::ScalableTarget": ResourceNaming(nil, ref: .id, ids: ["Id"]),
        "AWS::ApplicationAutoScaling::ScalingPolicy": ResourceNaming("PolicyName", ref: .arn),
        "AWS::KMS::Key": ResourceNaming(nil, ref: .id, ids: ["KeyId"]),
        "AWS::KMS::ReplicaKey": ResourceNaming(nil, ref: .id, ids: ["KeyId"]),
        "AWS::KMS::Alias": ResourceNaming("AliasName", ref: .name),
        "AWS::S3::Bucket": ResourceNaming("BucketName", ref: .name),
        "AWS::DynamoDB::Table": ResourceNaming("TableName", ref: .name),
        "AWS::DynamoDB::GlobalTable": ResourceNaming("TableName", ref: .name),
        "AWS::Kinesis::Stream": ResourceNaming("Name", ref: .name),
        "AWS::KinesisFirehose::DeliveryStream": ResourceNaming("DeliveryStreamName", ref: .name),
        "AWS::ECR::Repository": ResourceNaming("RepositoryName", ref: .name),
        "AWS::Backup::BackupVault": ResourceNaming(
            "BackupVaultName", ref: .name, names: ["BackupVaultName"], arns: ["Arn", "BackupVaultArn"]),
        "AWS::Backup::BackupPlan": ResourceNaming(
            nil, ref: .id, arns: ["Arn", "BackupPlanArn"], ids: ["BackupPlanId"]),
        "AWS::Backup::RestoreTestingPlan": ResourceNaming(
            "RestoreTestingPlanName", ref: .name, names: ["RestoreTestingPlanName"],
            arns: ["Arn", "RestoreTestingPlanArn"]),
        "AWS::IAM::Role": ResourceNaming("RoleName", ref: .name),
        "AWS::IAM::User": ResourceNaming("UserName", ref: .name),
        "AWS::IAM::Group": ResourceNaming("GroupName", ref: .name),
        "AWS::IAM::ManagedPolicy": ResourceNaming("ManagedPolicyName", ref: .arn, arns: ["Arn", "PolicyArn"]),
        "AWS::IAM::OIDCProvider": ResourceNaming(nil, ref: .arn),
        "AWS::AccessAnalyzer::Analyzer": ResourceNaming("AnalyzerName", ref: .arn),
        "AWS::CloudTrail::Trail": ResourceNaming("TrailName", ref: .name),
        "AWS::Logs::LogGroup": ResourceNaming("LogGroupName", ref: .name),
        "AWS::EC2::VPC": ResourceNaming(nil, ref: .id, ids: ["VpcId"]),
        "AWS::EC2::Subnet": ResourceNaming(nil, ref: .id, ids: ["SubnetId"]),
        "AWS::EC2::RouteTable": ResourceNaming(nil, ref: .id, ids: ["RouteTableId"]),
        "AWS::EC2::SecurityGroup": ResourceNaming(nil, ref: .id, ids: ["GroupId", "Id"]),
        "AWS::EC2::VPCEndpoint": ResourceNaming(nil, ref: .id, ids: ["Id"]),
        "AWS::EC2::InternetGateway": ResourceNaming(nil, ref: .id, ids: ["InternetGatewayId"]),
        "AWS::EC2::NatGateway": ResourceNaming(nil, ref: .id, ids: ["NatGatewayId"]),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ResourceNaming(
            "Name", ref: .arn, names: ["LoadBalancerName"], arns: ["Arn", "LoadBalancerArn"]),
        "AWS::ElasticLoadBalancingV2::Listener": ResourceNaming(nil, ref: .arn, arns: ["Arn", "ListenerArn"]),
        "AWS::ElasticLoadBalancingV2::TargetGroup": ResourceNaming(
            "Name", ref: .arn, names: ["TargetGroupName"], arns: ["Arn", "TargetGroupArn"]),
        "AWS::ApiGateway::RestApi": ResourceNaming("Name", ref: .id, ids: ["RestApiId"]),
        "AWS::ApiGateway::DomainName": ResourceNaming("DomainName", ref: .name),
        "AWS::ApiGatewayV2::DomainName": ResourceNaming("DomainName", ref: .name),
        "AWS::CloudFront::Distribution": ResourceNaming(nil, ref: .id, ids: ["Id"]),
        "AWS::CloudFront::CachePolicy": ResourceNaming(nil, ref: .id, ids: ["Id"]),
        "AWS::Route53::HealthCheck": ResourceNaming(nil, ref: .id, ids: ["HealthCheckId"]),
        "AWS::WAFv2::WebACL": ResourceNaming("Name", ref: .id),
        "AWS::Budgets::Budget": ResourceNaming(nil, ref: .id),
        "AWS::CE::AnomalyMonitor": ResourceNaming("MonitorName", ref: .arn, arns: ["Arn", "MonitorArn"]),
        "AWS::CE::AnomalySubscription": ResourceNaming(
            "SubscriptionName", ref: .arn, arns: ["Arn", "SubscriptionArn"]),
        "AWS::Scheduler::Schedule": ResourceNaming("Name", ref: .name),
        "AWS::SecretsManager::Secret": ResourceNaming("Name", ref: .arn, arns: ["Arn", "Id"]),
    ]
}
