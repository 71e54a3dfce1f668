#!/usr/bin/env python3
"""Fills the double of AWS with endpoints and with all that belongs to them, through boto3.

    python population.py http://127.0.0.1:15000 --endpoints 3 [--region eu-central-1]

Each endpoint has a model, a configuration, a scalable target with a policy and a scheduled action, four alarms and a
composite one, a mute rule, a dashboard, a rule, a schedule, a function, a log group, and a monitor with its job. They
share a role, a key and a topic. Beside them the account holds the same sort of things that are nobody's: what is said
of an endpoint must leave those out. An endpoint's name is `endpoint-0000` and so on.
"""
import argparse
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
from botocore.config import Config

CLIENTS = threading.local()


class Account:
    """Clients of one region, one set for each thread."""

    def __init__(self, url: str, region: str) -> None:
        self.url, self.region = url, region

    def __getattr__(self, service: str) -> Any:
        clients = CLIENTS.__dict__.setdefault("clients", {})
        name = service.replace("_", "-")
        if name not in clients:
            clients[name] = boto3.client(
                name, endpoint_url=self.url, region_name=self.region, aws_access_key_id="offline",
                aws_secret_access_key="offline", config=Config(retries={"total_max_attempts": 1}))
        return clients[name]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:123456789012:{resource}"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("index.py", "def handler(event, context): return None\n")
    return buffer.getvalue()


def make_shared(account: Account) -> dict[str, str]:
    trusted = ["sagemaker.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com"]
    trust = {
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}]}
    role = account.iam.create_role(RoleName="serving", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    key = account.kms.create_key(Description="models")["KeyMetadata"]["Arn"]
    topic = account.sns.create_topic(Name="oncall", Tags=[{"Key": "ml:team", "Value": "vision"}])["TopicArn"]
    account.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@example.com")
    return {"role": role, "key": key, "topic": topic}


def tags(name: str) -> list[dict[str, str]]:
    return [{"Key": "ml:environment", "Value": "production"}, {"Key": "ml:endpoint", "Value": name}]


def make_serving(account: Account, name: str, shared: dict[str, str]) -> None:
    sagemaker = account.sagemaker
    sagemaker.create_model(
        ModelName=f"{name}-model", ExecutionRoleArn=shared["role"], EnableNetworkIsolation=True,
        PrimaryContainer={
            "Image": f"123456789012.dkr.ecr.{account.region}.amazonaws.com/serving@sha256:{'a' * 64}",
            "ModelDataUrl": f"s3://models/{name}/model.tar.gz"}, Tags=tags(name))
    sagemaker.create_endpoint_config(
        EndpointConfigName=f"{name}-config", KmsKeyId=shared["key"], Tags=tags(name),
        ProductionVariants=[{
            "VariantName": "main", "ModelName": f"{name}-model", "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": 2, "InitialVariantWeight": 1.0}],
        DataCaptureConfig={
            "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": f"s3://captures/{name}",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]})
    sagemaker.create_endpoint(
        EndpointName=name, EndpointConfigName=f"{name}-config", Tags=tags(name),
        DeploymentConfig={
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY", "WaitIntervalInSeconds": 300,
                    "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}}},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": f"{name}-errors"}]}})


def make_scaling(account: Account, name: str) -> None:
    place = {
        "ServiceNamespace": "sagemaker", "ResourceId": f"endpoint/{name}/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
    scaling = account.application_autoscaling
    scaling.register_scalable_target(**place, MinCapacity=2, MaxCapacity=10)
    scaling.put_scaling_policy(
        **place, PolicyName=f"{name}-requests", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 700.0, "ScaleInCooldown": 300, "ScaleOutCooldown": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}})
    scaling.put_scheduled_action(
        **place, ScheduledActionName=f"{name}-morning", Schedule="cron(0 7 * * ? *)",
        ScalableTargetAction={"MinCapacity": 3})


def make_alarms(account: Account, name: str, shared: dict[str, str]) -> None:
    cloudwatch = account.cloudwatch
    dimensions = [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "main"}]
    common = {
        "EvaluationPeriods": 3, "AlarmActions": [shared["topic"]], "Tags": tags(name),
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}

    def row(identity: str, metric: str) -> dict[str, Any]:
        stat = {"Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions}
        return {
            "Id": identity, "ReturnData": False, "MetricStat": {"Metric": stat, "Period": 60, "Stat": "Sum"}}

    cloudwatch.put_metric_alarm(
        **common, AlarmName=f"{name}-errors", Threshold=1.0, Metrics=[
            row("errors", "Invocation5XXErrors"), row("requests", "Invocations"),
            {"Id": "rate", "Expression": "100 * errors / requests", "ReturnData": True}])
    cloudwatch.put_metric_alarm(
        **common, AlarmName=f"{name}-latency", Threshold=500000.0, Namespace="AWS/SageMaker", Period=60,
        MetricName="ModelLatency", ExtendedStatistic="p99", Dimensions=dimensions)
    for metric in ("CPUUtilization", "MemoryUtilization"):
        cloudwatch.put_metric_alarm(
            **common, AlarmName=f"{name}-{metric}", Threshold=90.0, Namespace="/aws/sagemaker/Endpoints", Period=60,
            MetricName=metric, Statistic="Average", Dimensions=dimensions)
    cloudwatch.put_composite_alarm(
        AlarmName=f"{name}-health", AlarmRule=f'ALARM("{name}-errors") OR ALARM("{name}-latency")',
        AlarmActions=[shared["topic"]])
    cloudwatch.put_alarm_mute_rule(
        Name=f"{name}-nights", Rule={"Schedule": {"Expression": "cron(0 22 * * *)", "Duration": "PT8H"}},
        MuteTargets={"AlarmNames": [f"{name}-CPUUtilization"]})
    widgets = [{"type": "metric", "properties": {"metrics": [
        ["AWS/SageMaker", "Invocations", "EndpointName", name, "VariantName", "main"]]}}]
    cloudwatch.put_dashboard(DashboardName=name, DashboardBody=json.dumps({"widgets": widgets}))


def make_reactions(account: Account, name: str, shared: dict[str, str]) -> None:
    function = account.__getattr__("lambda").create_function(
        FunctionName=f"{name}-stop", Runtime="python3.12", Role=shared["role"], Handler="index.handler", Timeout=60,
        Code={"ZipFile": archive()}, Environment={"Variables": {"ENDPOINT": name, "API_TOKEN": "a-secret"}},
        Tags={"ml:purpose": "stop-endpoint"})["FunctionArn"]
    pattern = {
        "source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [{"prefix": f"{name}-"}]}}
    account.events.put_rule(Name=f"{name}-alarms", EventPattern=json.dumps(pattern), Tags=tags(name))
    account.events.put_targets(Rule=f"{name}-alarms", Targets=[{"Id": "topic", "Arn": shared["topic"]}])
    account.events.put_rule(Name=f"{name}-evening", ScheduleExpression="cron(0 19 * * ? *)")
    account.events.put_targets(Rule=f"{name}-evening", Targets=[{"Id": "stop", "Arn": function}])
    account.__getattr__("lambda").add_permission(
        FunctionName=f"{name}-stop", StatementId="evening", Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com", SourceArn=account.arn("events", f"rule/{name}-evening"))
    account.scheduler.create_schedule(
        Name=f"{name}-stop", ScheduleExpression="cron(0 20 ? * MON-FRI *)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint", "RoleArn": shared["role"],
            "Input": json.dumps({"EndpointName": name})})
    account.logs.create_log_group(logGroupName=f"/aws/sagemaker/Endpoints/{name}", tags={"ml:endpoint": name})
    account.logs.put_retention_policy(logGroupName=f"/aws/sagemaker/Endpoints/{name}", retentionInDays=90)


def make_monitor(account: Account, name: str, shared: dict[str, str]) -> None:
    account.sagemaker.create_data_quality_job_definition(
        JobDefinitionName=f"{name}-drift", RoleArn=shared["role"], Tags=tags(name),
        DataQualityAppSpecification={"ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/monitor"},
        DataQualityBaselineConfig={"ConstraintsResource": {"S3Uri": f"s3://models/{name}/constraints.json"}},
        DataQualityJobInput={"EndpointInput": {"EndpointName": name, "LocalPath": "/opt/ml/processing/input"}},
        DataQualityJobOutputConfig={"MonitoringOutputs": [{"S3Output": {
            "S3Uri": f"s3://captures/{name}/reports", "LocalPath": "/opt/ml/processing/output"}}]},
        JobResources={"ClusterConfig": {
            "InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}})
    account.sagemaker.create_monitoring_schedule(
        MonitoringScheduleName=f"{name}-drift", Tags=tags(name),
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"}, "MonitoringType": "DataQuality",
            "MonitoringJobDefinitionName": f"{name}-drift"})


def make_traffic(account: Account, name: str) -> None:
    """A request a second for an hour of yesterday, one in a hundred a failure, and two processors of four at work."""
    time = datetime.now(timezone.utc) - timedelta(hours=1)
    dimensions = [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "main"}]
    for namespace, metric, value in (
        ("AWS/SageMaker", "Invocations", 3600), ("AWS/SageMaker", "Invocation5XXErrors", 36),
        ("AWS/SageMaker", "ModelLatency", 120000), ("/aws/sagemaker/Endpoints", "CPUUtilization", 200),
        ("/aws/sagemaker/Endpoints", "MemoryUtilization", 40),
    ):
        account.cloudwatch.put_metric_data(Namespace=namespace, MetricData=[
            {"MetricName": metric, "Dimensions": dimensions, "Timestamp": time, "Value": value}])


def make_strangers(account: Account) -> None:
    """What has nothing to do with an endpoint."""
    topic = account.sns.create_topic(Name="billing")["TopicArn"]
    account.cloudwatch.put_metric_alarm(
        AlarmName="queue-depth", Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible", Period=60,
        Statistic="Sum", EvaluationPeriods=1, Threshold=100.0, ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "QueueName", "Value": "orders"}], AlarmActions=[topic])
    pattern = {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}
    account.events.put_rule(Name="machines", EventPattern=json.dumps(pattern))
    account.events.put_targets(Rule="machines", Targets=[{"Id": "topic", "Arn": topic}])
    account.scheduler.create_schedule(
        Name="orders", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": account.arn("sqs", "orders"), "RoleArn": "arn:aws:iam::123456789012:role/serving"})
    widgets = [{"type": "text", "properties": {"markdown": "orders"}}]
    account.cloudwatch.put_dashboard(DashboardName="orders", DashboardBody=json.dumps({"widgets": widgets}))
    account.logs.create_log_group(logGroupName="/aws/lambda/orders")


def populate(account: Account, name: str, shared: dict[str, str], has_traffic: bool) -> None:
    make_serving(account, name, shared)
    make_scaling(account, name)
    make_alarms(account, name, shared)
    make_reactions(account, name, shared)
    make_monitor(account, name, shared)
    if has_traffic:
        make_traffic(account, name)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fills the double of AWS.")
    parser.add_argument("url")
    parser.add_argument("--endpoints", type=int, default=3)
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--without-traffic", action="store_true")
    options = parser.parse_args()
    account = Account(options.url, options.region)
    shared = make_shared(account)
    make_strangers(account)
    with ThreadPoolExecutor(4) as pool:
        made = [
            pool.submit(populate, account, f"endpoint-{number:04}", shared, not options.without_traffic)
            for number in range(options.endpoints)]
        for one in made:
            one.result()
    print(f"{options.endpoints} endpoints")


if __name__ == "__main__":
    main()
