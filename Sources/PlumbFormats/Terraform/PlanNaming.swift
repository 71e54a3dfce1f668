// What Terraform's AWS provider calls the resources that CloudFormation knows by another name.

/// How a resource type of the AWS provider is named.
struct PlanNaming: Sendable {
    /// CloudFormation's type name.
    var kind: NameDirectory.Kind
    /// The argument that holds the physical name; nil where AWS makes one up.
    var nameAttribute: String?
    /// Whether the attribute `id` is the physical name.
    var isIDName: Bool

    private init(_ kind: NameDirectory.Kind, _ nameAttribute: String?, isIDName: Bool = true) {
        self.kind = kind
        self.nameAttribute = nameAttribute
        self.isIDName = isIDName
    }

    /// Any other type stands for itself.
    static func of(_ type: String) -> PlanNaming { table[type] ?? PlanNaming(type, nil, isIDName: false) }

    // Argument and attribute references of the AWS provider, version 5.
    private static let table: [String: PlanNaming] = [
        "aws_sagemaker_endpoint": PlanNaming("AWS::SageMaker::Endpoint", "name"),
        "aws_sagemaker_endpoint_configuration": PlanNaming("AWS::SageMaker::EndpointConfig", "name"),
        "aws_sagemaker_model": PlanNaming("AWS::SageMaker::Model", "name"),
        "aws_sagemaker_monitoring_schedule": PlanNaming("AWS::SageMaker::MonitoringSchedule", "name"),
        "aws_sagemaker_data_quality_job_definition": PlanNaming("AWS::SageMaker::DataQualityJobDefinition", "name"),
        "aws_cloudwatch_metric_alarm": PlanNaming("AWS::CloudWatch::Alarm", "alarm_name"),
        "aws_cloudwatch_composite_alarm": PlanNaming("AWS::CloudWatch::CompositeAlarm", "alarm_name"),
        "aws_cloudwatch_dashboard": PlanNaming("AWS::CloudWatch::Dashboard", "dashboard_name"),
        "aws_sns_topic": PlanNaming("AWS::SNS::Topic", "name", isIDName: false),
        "aws_cloudwatch_event_rule": PlanNaming("AWS::Events::Rule", "name"),
        "aws_lambda_function": PlanNaming("AWS::Lambda::Function", "function_name"),
        "aws_ssm_document": PlanNaming("AWS::SSM::Document", "name"),
        "aws_sfn_state_machine": PlanNaming("AWS::StepFunctions::StateMachine", "name", isIDName: false),
        "aws_synthetics_canary": PlanNaming("AWS::Synthetics::Canary", "name"),
        "aws_appautoscaling_target": PlanNaming("AWS::ApplicationAutoScaling::ScalableTarget", nil, isIDName: false),
        "aws_appautoscaling_policy": PlanNaming("AWS::ApplicationAutoScaling::ScalingPolicy", "name"),
        "aws_kms_key": PlanNaming("AWS::KMS::Key", nil, isIDName: false),
        "aws_kms_replica_key": PlanNaming("AWS::KMS::Key", nil, isIDName: false),
        "aws_kms_external_key": PlanNaming("AWS::KMS::Key", nil, isIDName: false),
        "aws_kms_alias": PlanNaming("AWS::KMS::Alias", "name"),
        "aws_s3_bucket": PlanNaming("AWS::S3::Bucket", "bucket"),
        "aws_dynamodb_table": PlanNaming("AWS::DynamoDB::Table", "name"),
        "aws_kinesis_stream": PlanNaming("AWS::Kinesis::Stream", "name", isIDName: false),
        "aws_ecr_repository": PlanNaming("AWS::ECR::Repository", "name"),
        "aws_backup_vault": PlanNaming("AWS::Backup::BackupVault", "name"),
        "aws_backup_plan": PlanNaming("AWS::Backup::BackupPlan", nil, isIDName: false),
        "aws_backup_restore_testing_plan": PlanNaming("AWS::Backup::RestoreTestingPlan", "name"),
        "aws_iam_role": PlanNaming("AWS::IAM::Role", "name"),
        "aws_iam_user": PlanNaming("AWS::IAM::User", "name"),
        "aws_iam_policy": PlanNaming("AWS::IAM::ManagedPolicy", "name", isIDName: false),
        "aws_accessanalyzer_analyzer": PlanNaming("AWS::AccessAnalyzer::Analyzer", "analyzer_name"),
        "aws_cloudtrail": PlanNaming("AWS::CloudTrail::Trail", "name"),
        "aws_cloudwatch_log_group": PlanNaming("AWS::Logs::LogGroup", "name"),
        "aws_vpc": PlanNaming("AWS::EC2::VPC", nil, isIDName: false),
        "aws_subnet": PlanNaming("AWS::EC2::Subnet", nil, isIDName: false),
        "aws_route_table": PlanNaming("AWS::EC2::RouteTable", nil, isIDName: false),
        "aws_security_group": PlanNaming("AWS::EC2::SecurityGroup", nil, isIDName: false),
        "aws_vpc_endpoint": PlanNaming("AWS::EC2::VPCEndpoint", nil, isIDName: false),
        "aws_internet_gateway": PlanNaming("AWS::EC2::InternetGateway", nil, isIDName: false),
        "aws_nat_gateway": PlanNaming("AWS::EC2::NatGateway", nil, isIDName: false),
        "aws_lb": PlanNaming("AWS::ElasticLoadBalancingV2::LoadBalancer", "name", isIDName: false),
        "aws_lb_listener": PlanNaming("AWS::ElasticLoadBalancingV2::Listener", nil, isIDName: false),
        "aws_api_gateway_rest_api": PlanNaming("AWS::ApiGateway::RestApi", "name", isIDName: false),
        "aws_api_gateway_domain_name": PlanNaming("AWS::ApiGateway::DomainName", "domain_name"),
        "aws_apigatewayv2_domain_name": PlanNaming("AWS::ApiGatewayV2::DomainName", "domain_name"),
        "aws_cloudfront_distribution": PlanNaming("AWS::CloudFront::Distribution", nil, isIDName: false),
        "aws_cloudfront_cache_policy": PlanNaming("AWS::CloudFront::CachePolicy", "name", isIDName: false),
        "aws_route53_health_check": PlanNaming("AWS::Route53::HealthCheck", nil, isIDName: false),
        "aws_route53_record": PlanNaming("AWS::Route53::RecordSet", "name", isIDName: false),
        "aws_wafv2_web_acl": PlanNaming("AWS::WAFv2::WebACL", "name", isIDName: false),
        "aws_budgets_budget": PlanNaming("AWS::Budgets::Budget", "name", isIDName: false),
        "aws_ce_anomaly_monitor": PlanNaming("AWS::CE::AnomalyMonitor", "name", isIDName: false),
        "aws_ce_anomaly_subscription": PlanNaming("AWS::CE::AnomalySubscription", "name", isIDName: false),
        "aws_ce_cost_allocation_tag": PlanNaming("aws_ce_cost_allocation_tag", "tag_key"),
        "aws_scheduler_schedule": PlanNaming("AWS::Scheduler::Schedule", "name", isIDName: false),
    ]
}
