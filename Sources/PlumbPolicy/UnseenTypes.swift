// What an account has refused to list: nothing may fail because it was not seen, nor hold because of it.

import PlumbModel

extension Graph {
    /// The judgements on a control, undecided where they rest on a type of which resources may be there unseen.
    func withoutUnseen(_ judgements: [Judgement], of control: Control) -> [Judgement] {
        guard !notes.unseen.isEmpty else { return judgements }
        let unseen = notes.unseen.filter { UnseenTypes.controls(restingOn: $0.key).contains(control.id) }
        let reasons = Set(unseen.values).sorted().few(joinedBy: "; ")
        guard !unseen.isEmpty else { return judgements }
        let isOpen = judgements.contains { $0.verdict == .fails || $0.verdict == .holds || $0.verdict == .unknown }
        // Where nothing was seen that the control could ask, that is no answer either.
        guard isOpen else { return judgements + [Judgement(.unknown, "account", reasons)] }
        return judgements.map { judgement in
            guard judgement.verdict == .fails || judgement.verdict == .holds else { return judgement }
            var open = judgement
            open.verdict = .unknown
            open.severity = nil
            open.message = "\(reasons); as far as was seen: \(judgement.message)"
            return open
        }
    }
}

/// Which controls rest on which types: whether there are resources of the type may change what they say.
enum UnseenTypes {
    /// A type that stands nowhere here may be anybody's.
    static func controls(restingOn type: String) -> Set<String> {
        table[type] ?? parts[type].flatMap { table[$0] } ?? Set(PolicyBook.policies.flatMap(\.controls).map(\.id))
    }

    /// Types that the graph joins into another one.
    private static let parts = [
        "AWS::S3::BucketPolicy": "AWS::S3::Bucket", "AWS::SNS::Subscription": "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy": "AWS::SNS::Topic", "AWS::KMS::Alias": "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey": "AWS::KMS::Key", "AWS::IAM::ManagedPolicy": "AWS::IAM::Role",
        "AWS::IAM::RolePolicy": "AWS::IAM::Role", "AWS::IAM::Policy": "AWS::IAM::Role",
        "AWS::SageMaker::DataQualityJobDefinition": "AWS::SageMaker::MonitoringSchedule",
        "AWS::SageMaker::ModelQualityJobDefinition": "AWS::SageMaker::MonitoringSchedule",
        "AWS::SageMaker::InferenceComponent": "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::ModelPackage": "AWS::SageMaker::Model",
        "AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
        "AWS::ECR::ReplicationConfiguration": "AWS::ECR::Repository",
        "AWS::Backup::RestoreTestingSelection": "AWS::Backup::RestoreTestingPlan",
        "AWS::CE::CostAllocationTag": "aws_ce_cost_allocation_tag",
        "AWS::Lambda::Permission": "AWS::Lambda::Function", "AWS::Lambda::Alias": "AWS::Lambda::Function",
        "AWS::ApiGateway::RestApi": "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::Stage": "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::Method": "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::BasePathMapping": "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::Api": "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::Route": "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::DomainName": "AWS::ApiGateway::DomainName",
        "AWS::ApiGatewayV2::ApiMapping": "AWS::ApiGateway::DomainName",
        "AWS::ElasticLoadBalancingV2::LoadBalancer": "AWS::ApiGateway::DomainName",
        "AWS::ElasticLoadBalancingV2::Listener": "AWS::ApiGateway::DomainName",
        "AWS::EC2::Route": "AWS::EC2::RouteTable",
        "AWS::EC2::SubnetRouteTableAssociation": "AWS::EC2::RouteTable",
    ]

    static let table: [String: Set<String>] = found.merging(others) { "\($0) \($1)" }.mapValues {
        Set($0.split(separator: " ").map(String.init))
    }

    /// What no example shows, because other resources in it tell the same, or because all of its own are in order.
    private static let others = [
        "AWS::CloudWatch::Dashboard": "OPS-1.1", "AWS::CloudWatch::CompositeAlarm": "OPS-1.6 OPS-1.8 OPS-2.2",
        "AWS::EC2::VPC": "", "AWS::Events::Rule": "OPS-2.3", "AWS::Lambda::Function": "OPS-2.3 OPS-2.10 \(billed)",
        "AWS::SageMaker::MonitoringSchedule": "OPS-2.2 SEC-1.4 SEC-1.8",
        "AWS::SageMaker::Endpoint": billed, "AWS::SageMaker::EndpointConfig": billed,
        "AWS::SageMaker::Model": billed, "AWS::SNS::Topic": billed, "AWS::KMS::Key": billed, "AWS::S3::Bucket": billed,
        "AWS::DynamoDB::Table": billed, "AWS::ECR::Repository": billed, "AWS::Backup::BackupVault": billed,
        "AWS::Logs::LogGroup": billed, "AWS::EC2::VPCEndpoint": billed, "AWS::Synthetics::Canary": billed,
    ]
    /// Controls that ask every resource on the bill for its tags.
    private static let billed = "COST-1.2 COST-3.2"

    // A test finds them out by taking each type away from every example.
    private static let found = [
        "AWS::AccessAnalyzer::Analyzer": "SEC-2.7",
        "AWS::ApiGateway::DomainName": "SEC-1.2 SEC-1.3 PERF-3.4",
        "AWS::ApplicationAutoScaling::ScalableTarget":
            "OPS-3.1 REL-1.2 REL-2.1 REL-2.2 REL-2.3 REL-2.4 REL-2.5 REL-2.6",
        "AWS::ApplicationAutoScaling::ScalingPolicy": "OPS-1.6 REL-2.1 REL-2.3 REL-2.4 REL-2.5",
        "AWS::Backup::BackupPlan": "REL-3.6",
        "AWS::Backup::BackupSelection": "REL-3.6",
        "AWS::Backup::BackupVault": "SEC-1.8 REL-3.6",
        "AWS::Backup::RestoreTestingPlan": "REL-3.2",
        "AWS::Budgets::Budget": "COST-1.3 COST-2.4 COST-3.1 COST-3.2 COST-3.3 COST-3.4",
        "AWS::CE::AnomalyMonitor": "COST-1.3",
        "AWS::CE::AnomalySubscription": "COST-1.3",
        "AWS::CloudFront::CachePolicy": "PERF-3.3 PERF-3.4",
        "AWS::CloudFront::Distribution": "SEC-1.2 SEC-1.3 PERF-3.3 PERF-3.4",
        "AWS::CloudTrail::Trail": "SEC-1.8 SEC-3.1 SEC-3.2 SEC-3.5",
        "AWS::CloudWatch::Alarm":
            "OPS-1.1 OPS-1.2 OPS-1.3 OPS-1.4 OPS-1.5 OPS-1.6 OPS-1.7 OPS-1.8 OPS-2.1 OPS-2.2 OPS-2.3 "
            + "OPS-2.4 OPS-2.8 OPS-2.9 OPS-2.10 OPS-3.1 REL-1.4 REL-1.6 REL-2.4 REL-2.5 REL-3.3 REL-3.4 REL-3.7",
        "AWS::CloudWatch::AlarmMuteRule": "OPS-1.6",
        "AWS::CloudWatch::CompositeAlarm": "OPS-2.1",
        "AWS::DynamoDB::Table": "SEC-1.6 SEC-3.2 SEC-3.4 REL-3.4 REL-3.6",
        "AWS::EC2::RouteTable": "SEC-1.4",
        "AWS::EC2::SecurityGroup": "SEC-1.3 SEC-1.4",
        "AWS::EC2::Subnet": "SEC-1.3 SEC-1.4 REL-1.3 REL-1.4 REL-1.5",
        "AWS::EC2::VPCEndpoint": "SEC-1.3 SEC-2.4 REL-1.4",
        "AWS::ECR::Repository": "SEC-1.8 SEC-2.4",
        "AWS::Events::Rule": "OPS-1.8 OPS-2.10",
        "AWS::IAM::Role": "OPS-2.8 OPS-3.1 SEC-2.1 SEC-2.2 SEC-2.3 SEC-2.5 SEC-2.6 SEC-3.4 SEC-3.6",
        "AWS::KMS::Key": "OPS-1.6 OPS-3.1 SEC-1.5 SEC-1.6 SEC-1.7 SEC-1.8 SEC-1.9 SEC-2.4 SEC-3.1 REL-3.7 COST-3.4",
        "AWS::Lambda::EventSourceMapping": "SEC-3.4 SEC-3.6",
        "AWS::Lambda::Function": "OPS-1.8 SEC-3.4 SEC-3.6",
        "AWS::Logs::LogGroup": "SEC-1.8 SEC-1.9 SEC-3.7",
        "AWS::Route53::HealthCheck": "REL-3.7",
        "AWS::Route53::RecordSet": "REL-3.7",
        "AWS::S3::Bucket":
            "OPS-3.1 SEC-1.1 SEC-1.5 SEC-2.4 SEC-2.7 SEC-3.1 SEC-3.2 SEC-3.3 SEC-3.5 SEC-3.6 SEC-3.7 "
            + "SEC-3.8 REL-3.4 REL-3.5 REL-3.6 COST-1.2 COST-3.2",
        "AWS::SNS::Topic": "OPS-1.6 OPS-1.8 SEC-1.2 SEC-1.8 SEC-2.4 COST-3.4",
        "AWS::SageMaker::Endpoint":
            "OPS-1.1 OPS-1.2 OPS-1.3 OPS-1.4 OPS-1.5 OPS-1.7 OPS-1.8 OPS-2.1 OPS-2.2 OPS-2.3 OPS-2.4 "
            + "OPS-2.5 OPS-2.6 OPS-2.7 OPS-2.8 OPS-2.9 OPS-2.10 OPS-3.1 OPS-3.2 OPS-3.4 OPS-3.5 SEC-1.2 "
            + "SEC-1.3 SEC-1.8 SEC-1.9 SEC-2.5 SEC-3.2 SEC-3.5 SEC-3.7 SEC-3.8 SEC-3.9 REL-1.1 REL-1.2 "
            + "REL-1.3 REL-1.4 REL-1.5 REL-1.6 REL-2.1 REL-2.2 REL-2.3 REL-2.4 REL-2.5 REL-2.6 REL-3.2 "
            + "REL-3.3 REL-3.4 REL-3.5 REL-3.7 PERF-1.1 PERF-1.2 PERF-1.3 PERF-1.4 PERF-2.1 PERF-2.2 "
            + "PERF-2.3 PERF-2.4 PERF-3.3 COST-1.2 COST-1.3 COST-1.4 COST-1.5 COST-2.1 COST-2.2 COST-2.3 "
            + "COST-2.4 COST-3.1 COST-3.2 COST-3.3 COST-3.4",
        "AWS::SageMaker::EndpointConfig":
            "OPS-1.1 OPS-1.2 OPS-1.3 OPS-1.4 OPS-1.5 OPS-1.8 OPS-2.2 OPS-2.3 OPS-2.6 OPS-2.7 OPS-2.8 "
            + "OPS-2.9 OPS-3.1 OPS-3.4 SEC-1.3 SEC-1.4 SEC-1.7 SEC-1.8 SEC-2.6 SEC-3.8 SEC-3.9 REL-1.1 "
            + "REL-1.2 REL-1.3 REL-1.4 REL-1.5 REL-1.6 REL-2.1 REL-2.2 REL-2.3 REL-2.4 REL-2.5 REL-2.6 "
            + "REL-3.3 REL-3.7 PERF-1.1 PERF-1.2 PERF-1.3 PERF-1.4 PERF-2.4 COST-1.4 COST-2.1 COST-2.3",
        "AWS::SageMaker::Model":
            "OPS-2.7 OPS-2.8 OPS-3.1 SEC-1.3 SEC-1.4 SEC-3.9 REL-1.3 REL-1.5 REL-3.5 REL-3.7 PERF-3.2",
        "AWS::SageMaker::MonitoringSchedule": "OPS-2.3",
        "AWS::Scheduler::Schedule": "REL-1.2 REL-1.5 COST-2.2 COST-2.3",
        "AWS::Synthetics::Canary": "OPS-1.4",
        "aws_ce_cost_allocation_tag": "COST-1.2 COST-3.2",
    ]
}
