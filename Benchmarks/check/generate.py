"""Templates and plans of N endpoints, ten resources each, for measuring `plumb check`.

    python3 Benchmarks/check/generate.py 300 DIRECTORY

writes `fleet-300.yaml`, `fleet-300.json` and `fleet-300.plan.json`: the same endpoints, rightly wired, in three forms.
"""
import json
import pathlib
import sys

ACCOUNT = "123456789012"


def name(i):
    return f"scoring-{i:04d}"


def resources(i):
    """The ten resources of one endpoint in CloudFormation's words; functions stand as one-key maps."""
    endpoint, key = name(i), f"E{i:04d}"
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "primary"}]
    tags = [{"Key": "ml:endpoint", "Value": endpoint}, {"Key": "ml:environment", "Value": "production"},
            {"Key": "ml:team", "Value": "risk"}, {"Key": "ml:workload", "Value": "cpu"}]

    def alarm(suffix, metric, statistic, threshold, missing):
        body = {"AlarmName": f"{endpoint}-{suffix}", "AlarmDescription": f"{metric} of {endpoint}",
                "Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions, "Period": 60,
                "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "Threshold": threshold,
                "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": missing,
                "AlarmActions": [{"Ref": "AlarmTopic"}], "Tags": tags}
        body["ExtendedStatistic" if statistic.startswith("p") else "Statistic"] = statistic
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": body}

    return {
        f"{key}Role": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}}]},
            "Policies": [{"PolicyName": "serve", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject"],
                 "Resource": {"Fn::Sub": "${ModelBucket.Arn}/" + endpoint + "/*"}},
                {"Effect": "Allow", "Action": ["cloudwatch:DescribeAlarms"], "Resource": [
                    {"Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
                     + f"{endpoint}-{suffix}"} for suffix in ("errors", "latency", "probe")]}]}}],
            "Tags": tags}},
        f"{key}Model": {"Type": "AWS::SageMaker::Model", "Properties": {
            "ModelName": f"{endpoint}-r1", "ExecutionRoleArn": {"Fn::GetAtt": [f"{key}Role", "Arn"]},
            "EnableNetworkIsolation": True,
            "PrimaryContainer": {
                "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/scoring@sha256:" + "a" * 64},
                "ModelDataUrl": {"Fn::Sub": "s3://${ModelBucket}/" + endpoint + "/" + "b" * 64 + "/model.tar.gz"}},
            "Tags": tags}},
        f"{key}Config": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {
            "EndpointConfigName": f"{endpoint}-r1", "KmsKeyId": {"Ref": "DataKey"},
            "ProductionVariants": [{
                "VariantName": "primary", "ModelName": {"Fn::GetAtt": [f"{key}Model", "ModelName"]},
                "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 2, "InitialVariantWeight": 1.0}],
            "Tags": tags}},
        f"{key}Errors": alarm("errors", "Invocation5XXErrors", "Average", 0.01, "notBreaching"),
        f"{key}Latency": alarm("latency", "ModelLatency", "p99", 500000, "notBreaching"),
        f"{key}Probe": {**alarm("probe", "SuccessPercent", "Average", 90, "breaching"), "Properties": {
            **alarm("probe", "SuccessPercent", "Average", 90, "breaching")["Properties"],
            "Namespace": "CloudWatchSynthetics", "ComparisonOperator": "LessThanThreshold",
            "Dimensions": [{"Name": "CanaryName", "Value": endpoint}]}},
        f"{key}Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {
            "EndpointName": endpoint, "EndpointConfigName": {"Fn::GetAtt": [f"{key}Config", "EndpointConfigName"]},
            "RetainAllVariantProperties": True,
            "DeploymentConfig": {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "Type": "CANARY", "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
                        "WaitIntervalInSeconds": 360},
                    "TerminationWaitInSeconds": 360, "MaximumExecutionTimeoutInSeconds": 3600},
                "AutoRollbackConfiguration": {"Alarms": [
                    {"AlarmName": {"Ref": f"{key}Errors"}}, {"AlarmName": {"Ref": f"{key}Latency"}}]}},
            "Tags": tags}},
        f"{key}Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "DependsOn": f"{key}Endpoint",
                         "Properties": {
                             "ServiceNamespace": "sagemaker", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                             "ResourceId": f"endpoint/{endpoint}/variant/primary", "MinCapacity": 2, "MaxCapacity": 4}},
        f"{key}Scaling": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {
            "PolicyName": f"{endpoint}-cpu", "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": f"{key}Target"},
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 280, "DisableScaleIn": True, "CustomizedMetricSpecification": {
                    "Namespace": "/aws/sagemaker/Endpoints", "MetricName": "CPUUtilization", "Statistic": "Average",
                    "Dimensions": dimensions}}}},
        f"{key}Budget": {"Type": "AWS::Budgets::Budget", "Properties": {
            "Budget": {"BudgetName": endpoint, "BudgetType": "COST", "TimeUnit": "MONTHLY",
                       "BudgetLimit": {"Amount": 2500, "Unit": "USD"},
                       "CostFilters": {"TagKeyValue": ["user:ml:endpoint$" + endpoint]}},
            "NotificationsWithSubscribers": [
                {"Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN",
                                  "ThresholdType": "PERCENTAGE", "Threshold": percent},
                 "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": "AlarmTopic"}}]}
                for percent in (50, 80, 100)]}},
    }


def shared():
    return {
        "DataKey": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": {
            "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
                "Action": "kms:*", "Resource": "*"}]}}},
        "ModelBucket": {"Type": "AWS::S3::Bucket", "Properties": {
            "VersioningConfiguration": {"Status": "Enabled"}}},
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": [
            {"Protocol": "email", "Endpoint": "ml-oncall@example.com"}]}},
    }


# YAML with the short forms of functions, as people write it.

def yaml_lines(value, indent):
    pad = "  " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            text = inline(item)
            if text is not None:
                yield f"{pad}{key}: {text}"
            else:
                yield f"{pad}{key}:"
                yield from yaml_lines(item, indent + 1)
    else:
        for item in value:
            text = inline(item)
            if text is not None:
                yield f"{pad}- {text}"
            else:
                lines = list(yaml_lines(item, indent + 1))
                yield pad + "- " + lines[0].lstrip()
                yield from lines[1:]


def inline(value):
    if isinstance(value, dict) and len(value) == 1:
        key, item = next(iter(value.items()))
        if key == "Ref":
            return f"!Ref {item}"
        if key == "Fn::GetAtt":
            return "!GetAtt " + ".".join(item)
        if key == "Fn::Sub":
            return "!Sub " + json.dumps(item)
    if isinstance(value, (dict, list)):
        return None
    if isinstance(value, str):
        plain = value.replace("-", "").replace("_", "").replace("::", "").replace("/", "").replace(".", "")
        return value if plain.isalnum() and not value[0].isdigit() and value[0] not in "/-." else json.dumps(value)
    return json.dumps(value)


# The same as a plan: attributes in the provider's words.

def snake(value):
    text = ""
    for i, c in enumerate(value):
        if c.isupper() and i and (not value[i - 1].isupper()):
            text += "_"
        text += c.lower()
    return text


def planned(i):
    endpoint, key = name(i), f"e{i:04d}"
    tags = {"ml:endpoint": endpoint, "ml:environment": "production", "ml:team": "risk", "ml:workload": "cpu"}
    dimensions = {"EndpointName": endpoint, "VariantName": "primary"}
    topic = {"references": ["aws_sns_topic.alarms.arn", "aws_sns_topic.alarms"]}

    def alarm(suffix, metric, statistic, threshold, missing, namespace="AWS/SageMaker",
              comparison="GreaterThanThreshold", dims=None):
        after = {"actions_enabled": True, "alarm_description": f"{metric} of {endpoint}",
                 "alarm_name": f"{endpoint}-{suffix}", "comparison_operator": comparison, "datapoints_to_alarm": 2,
                 "dimensions": dims or dimensions, "evaluation_periods": 2, "extended_statistic": None,
                 "insufficient_data_actions": None, "metric_name": metric, "metric_query": [], "namespace": namespace,
                 "ok_actions": None, "period": 60, "statistic": None, "tags": tags, "tags_all": tags,
                 "threshold": threshold, "threshold_metric_id": None, "treat_missing_data": missing, "unit": None}
        after["extended_statistic" if statistic.startswith("p") else "statistic"] = statistic
        unknown = {"alarm_actions": True, "arn": True, "dimensions": {}, "evaluate_low_sample_count_percentiles": True,
                   "id": True, "metric_query": [], "tags": {}, "tags_all": {}}
        return "aws_cloudwatch_metric_alarm", f"{key}_{suffix}", after, unknown, {"alarm_actions": topic}

    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::risk-models/{endpoint}/*"},
        {"Effect": "Allow", "Action": ["cloudwatch:DescribeAlarms"], "Resource": [
            f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:{endpoint}-{suffix}"
            for suffix in ("errors", "latency", "probe")]}]})
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}]})
    role = {"references": [f"aws_iam_role.{key}_role.arn", f"aws_iam_role.{key}_role"]}
    return [
        ("aws_iam_role", f"{key}_role", {
            "assume_role_policy": trust, "name": f"{endpoint}-execution", "tags": tags, "tags_all": tags,
            "inline_policy": [{"name": "serve", "policy": policy}], "force_detach_policies": False,
            "max_session_duration": 3600, "path": "/", "permissions_boundary": None},
         {"arn": True, "id": True, "unique_id": True, "managed_policy_arns": True, "tags": {}, "tags_all": {},
          "inline_policy": [{}]}, {}),
        ("aws_sagemaker_model", f"{key}_model", {
            "name": f"{endpoint}-r1", "enable_network_isolation": True, "container": [], "vpc_config": [],
            "inference_execution_config": [],
            "primary_container": [{
                "image": f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/scoring@sha256:" + "a" * 64, "mode": "SingleModel",
                "model_data_url": f"s3://risk-models/{endpoint}/" + "b" * 64 + "/model.tar.gz", "environment": None,
                "container_hostname": None, "image_config": [], "multi_model_config": [], "model_data_source": []}],
            "tags": tags, "tags_all": tags},
         {"arn": True, "execution_role_arn": True, "id": True, "primary_container": [{}], "tags": {}, "tags_all": {}},
         {"execution_role_arn": role}),
        ("aws_sagemaker_endpoint_configuration", f"{key}_config", {
            "name": f"{endpoint}-r1", "async_inference_config": [], "data_capture_config": [],
            "shadow_production_variants": [],
            "production_variants": [{
                "variant_name": "primary", "model_name": f"{endpoint}-r1", "instance_type": "ml.m5.xlarge",
                "initial_instance_count": 2, "initial_variant_weight": 1, "accelerator_type": None,
                "container_startup_health_check_timeout_in_seconds": None, "core_dump_config": [],
                "enable_ssm_access": None, "inference_ami_version": None, "managed_instance_scaling": [],
                "model_data_download_timeout_in_seconds": None, "routing_config": [], "serverless_config": []}],
            "tags": tags, "tags_all": tags},
         {"arn": True, "id": True, "kms_key_arn": True, "name_prefix": True, "tags": {}, "tags_all": {},
          "production_variants": [{"volume_size_in_gb": True}]},
         {"kms_key_arn": {"references": ["aws_kms_key.data.arn", "aws_kms_key.data"]},
          "production_variants": [{"variant_name": {"constant_value": "primary"}}]}),
        alarm("errors", "Invocation5XXErrors", "Average", 0.01, "notBreaching"),
        alarm("latency", "ModelLatency", "p99", 500000, "notBreaching"),
        alarm("probe", "SuccessPercent", "Average", 90, "breaching", "CloudWatchSynthetics", "LessThanThreshold",
              {"CanaryName": endpoint}),
        ("aws_sagemaker_endpoint", f"{key}_endpoint", {
            "name": endpoint, "endpoint_config_name": f"{endpoint}-r1", "tags": tags, "tags_all": tags,
            "deployment_config": [{
                "auto_rollback_configuration": [{"alarms": [
                    {"alarm_name": f"{endpoint}-errors"}, {"alarm_name": f"{endpoint}-latency"}]}],
                "blue_green_update_policy": [{
                    "maximum_execution_timeout_in_seconds": 3600, "termination_wait_in_seconds": 360,
                    "traffic_routing_configuration": [{
                        "type": "CANARY", "wait_interval_in_seconds": 360, "linear_step_size": [],
                        "canary_size": [{"type": "CAPACITY_PERCENT", "value": 50}]}]}],
                "rolling_update_policy": []}]},
         {"arn": True, "id": True, "deployment_config": [{}], "tags": {}, "tags_all": {}}, {}),
        ("aws_appautoscaling_target", f"{key}_target", {
            "max_capacity": 4, "min_capacity": 2, "resource_id": f"endpoint/{endpoint}/variant/primary",
            "scalable_dimension": "sagemaker:variant:DesiredInstanceCount", "service_namespace": "sagemaker",
            "tags": None, "tags_all": {}},
         {"arn": True, "id": True, "role_arn": True, "suspended_state": True, "tags_all": {}}, {}),
        ("aws_appautoscaling_policy", f"{key}_scaling", {
            "name": f"{endpoint}-cpu", "policy_type": "TargetTrackingScaling",
            "resource_id": f"endpoint/{endpoint}/variant/primary",
            "scalable_dimension": "sagemaker:variant:DesiredInstanceCount", "service_namespace": "sagemaker",
            "step_scaling_policy_configuration": [],
            "target_tracking_scaling_policy_configuration": [{
                "target_value": 280, "disable_scale_in": True, "predefined_metric_specification": [],
                "scale_in_cooldown": None, "scale_out_cooldown": None,
                "customized_metric_specification": [{
                    "namespace": "/aws/sagemaker/Endpoints", "metric_name": "CPUUtilization", "statistic": "Average",
                    "unit": None, "metrics": [],
                    "dimensions": [{"name": k, "value": v} for k, v in dimensions.items()]}]}]},
         {"alarm_arns": True, "arn": True, "id": True, "step_scaling_policy_configuration": [],
          "target_tracking_scaling_policy_configuration": [{}]}, {}),
        ("aws_budgets_budget", f"{key}_budget", {
            "name": endpoint, "budget_type": "COST", "time_unit": "MONTHLY", "limit_amount": "2500.0",
            "limit_unit": "USD", "auto_adjust_data": [], "planned_limit": [], "time_period_end": "2087-06-15_00:00",
            "cost_filter": [{"name": "TagKeyValue", "values": ["user:ml:endpoint$" + endpoint]}],
            "notification": [{
                "comparison_operator": "GREATER_THAN", "notification_type": "ACTUAL", "threshold": percent,
                "threshold_type": "PERCENTAGE", "subscriber_email_addresses": []} for percent in (50, 80, 100)],
            "tags": None, "tags_all": {}},
         {"account_id": True, "arn": True, "id": True, "cost_types": True, "name_prefix": True,
          "time_period_start": True, "tags_all": {}, "cost_filter": [{"values": [False]}],
          "notification": [{"subscriber_email_addresses": [], "subscriber_sns_topic_arns": True}] * 3},
         {"notification": [{"threshold": {"constant_value": percent}, "subscriber_sns_topic_arns": topic}
                           for percent in (50, 80, 100)]}),
    ]


def plan(count):
    shared_resources = [
        ("aws_kms_key", "data", {"enable_key_rotation": True, "is_enabled": True, "key_usage": "ENCRYPT_DECRYPT",
                                 "deletion_window_in_days": 30, "tags_all": {}}, {"arn": True, "id": True}, {}),
        ("aws_s3_bucket", "models", {"bucket": "risk-models", "force_destroy": False, "tags_all": {}},
         {"arn": True, "id": True}, {}),
        ("aws_sns_topic", "alarms", {"name": "alarms", "kms_master_key_id": None, "tags_all": {}},
         {"arn": True, "id": True}, {}),
        ("aws_sns_topic_subscription", "oncall", {"protocol": "email", "endpoint": "ml-oncall@example.com"},
         {"arn": True, "topic_arn": True},
         {"topic_arn": {"references": ["aws_sns_topic.alarms.arn", "aws_sns_topic.alarms"]}}),
    ]
    values, changes, configuration = [], [], []
    provider = "registry.terraform.io/hashicorp/aws"
    for kind, own, after, unknown, expressions in shared_resources + [r for i in range(count) for r in planned(i)]:
        address = f"{kind}.{own}"
        head = {"address": address, "mode": "managed", "type": kind, "name": own}
        values.append({**head, "provider_name": provider, "schema_version": 0, "values": after, "sensitive_values": {}})
        changes.append({**head, "provider_name": provider, "change": {
            "actions": ["create"], "before": None, "after": after, "after_unknown": unknown, "before_sensitive": False,
            "after_sensitive": {}}})
        known = {}
        for attribute, value in after.items():
            if value is not None and attribute != "tags_all" and not isinstance(value, (list, dict)):
                known[attribute] = {"constant_value": value}
        configuration.append({**head, "provider_config_key": "aws", "expressions": {**known, **expressions},
                              "schema_version": 0})
    return {"format_version": "1.2", "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": values}}, "resource_changes": changes,
            "configuration": {
                "provider_config": {"aws": {"name": "aws", "full_name": provider, "version_constraint": "~> 5.100",
                                            "expressions": {"region": {"constant_value": "eu-central-1"}}}},
                "root_module": {"resources": configuration}}}


def main():
    count, directory = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Description": f"{count} endpoints",
                "Resources": {**shared(), **{k: v for i in range(count) for k, v in resources(i).items()}}}
    (directory / f"fleet-{count}.json").write_text(json.dumps(template, indent=2))
    (directory / f"fleet-{count}.yaml").write_text("\n".join(yaml_lines(template, 0)) + "\n")
    (directory / f"fleet-{count}.plan.json").write_text(json.dumps(plan(count)))


main()
