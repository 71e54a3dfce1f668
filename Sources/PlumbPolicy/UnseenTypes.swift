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
        "AWS::Lambda::Permission": "AWS::Lambda::Function", "AWS::Lambda::Alias": "AWS::Lambda::Function",
        "AWS::ApiGateway::RestApi": "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::Stage": "AWS::ApiGateway::DomainName",
        "AWS::ElasticLoadBalancingV2::LoadBalancer": "AWS::ApiGateway::DomainName",
        "AWS::ElasticLoadBalancingV2::Listener": "AWS::ApiGateway::DomainName",
        "AWS::EC2::Route": "AWS::EC2::RouteTable",
        "AWS::EC2::SubnetRouteTableAssociation": "AWS::EC2::RouteTable",
    ]

    static let table: [String: Set<String>] = words.mapValues { Set($0.split(separator: " ").map(String.init)) }

    // The test of this file finds them out by taking each type away from every example.
    private static let words: [String: String] = [:]
}
