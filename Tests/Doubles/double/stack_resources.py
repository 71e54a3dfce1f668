"""Makers of a stack's resources: from the properties of a type to the requests of its service's API.

Many types have the words of their API, and one line here. A maker takes each property by name; one that is left over
fails the resource, so that nothing a template says is lost unseen.
"""
from __future__ import annotations

import io
import json
import os
import time
import zipfile
from typing import Any, Callable

import boto3
import botocore.config

from double import ACCOUNT


class Made:
    """What `!Ref` and `!GetAtt` give, and how to take it away again."""

    def __init__(self, ref: str, attributes: dict[str, Any] | None = None, undo: Callable[[], Any] | None = None):
        self.ref, self.attributes = ref, attributes or {}
        self.undo: Callable[[], Any] = undo or (lambda: None)
        self.properties: dict[str, Any] = {}


class Properties(dict):
    """Properties that are taken away as they are used."""

    def take(self, *names: str) -> dict[str, Any]:
        """Those of these names that are there."""
        return {name: self.pop(name) for name in names if name in self}

    def rest(self) -> dict[str, Any]:
        taken = dict(self)
        self.clear()
        return taken


Make = Callable[["Maker", Properties], Made]
MAKERS: dict[str, Make] = {}
# Made anew in place of the old one: the request replaces it, or there is one for changes.
CHANGERS: dict[str, Callable[["Maker", Properties, Made], Made]] = {}


class Maker:
    """Makes resources in a region of the double."""

    def __init__(self, region: str) -> None:
        self.region = region

    def client(self, service: str) -> Any:
        return boto3.client(
            service, region_name=self.region, endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
            aws_access_key_id="stack", aws_secret_access_key="stack",
            config=botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))

    def make(self, kind: str, properties: dict[str, Any], old: Made | None) -> Made:
        if kind not in MAKERS:
            raise ValueError(f"the double makes no {kind}")
        rest = Properties(properties)
        if old and kind in CHANGERS:
            made = CHANGERS[kind](self, rest, old)
        else:
            if old:
                old.undo()
            made = MAKERS[kind](self, rest)
        if rest:
            raise ValueError(f"the double's {kind} does not take {sorted(rest)}")
        return made

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{resource}"


def makes(kind: str) -> Callable[[Make], Make]:
    def register(function: Make) -> Make:
        MAKERS[kind] = function
        return function

    return register


def changes(kind: str) -> Callable:
    def register(function: Callable) -> Callable:
        CHANGERS[kind] = function
        return function

    return register


def text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def lower(node: Any) -> Any:
    """Keys with a small first letter, as some services have them."""
    if isinstance(node, dict):
        return {key[0].lower() + key[1:]: lower(value) for key, value in node.items()}
    return [lower(item) for item in node] if isinstance(node, list) else node


def tag_map(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def same(
    kind: str, service: str, create: str, delete: Callable[[Any, dict, dict], Any] | None, ref: str,
    attributes: dict[str, str] | None = None, adapt: Callable[[dict], dict] | None = None, replaces: bool = False,
) -> None:
    """A type with the words of its API: `ref` and `attributes` are looked up in the result, then in the request."""

    def make(maker: Maker, properties: Properties) -> Made:
        client = maker.client(service)
        request = properties.rest()
        request = adapt(request) if adapt else request
        result = getattr(client, create)(**request)

        def found(path: str) -> Any:
            for start in (result, request):
                node: Any = start
                for step in path.split("."):
                    node = node.get(step) if isinstance(node, dict) else None
                if node is not None:
                    return node
            raise ValueError(f"{kind}: no {path} in {result} or {request}")

        return Made(
            found(ref), {name: found(path) for name, path in (attributes or {}).items()},
            (lambda: delete(client, request, result)) if delete else None)

    MAKERS[kind] = make
    if replaces:
        CHANGERS[kind] = lambda maker, properties, old: make(maker, properties)


# Types with the words of their API.

same("AWS::CloudWatch::Dashboard", "cloudwatch", "put_dashboard",
     lambda client, asked, _: client.delete_dashboards(DashboardNames=[asked["DashboardName"]]), "DashboardName",
     adapt=lambda asked: {**asked, "DashboardBody": text(asked["DashboardBody"])}, replaces=True)
same("AWS::SageMaker::Model", "sagemaker", "create_model",
     lambda client, asked, _: client.delete_model(ModelName=asked["ModelName"]), "ModelName",
     {"ModelName": "ModelName"})
same("AWS::SageMaker::EndpointConfig", "sagemaker", "create_endpoint_config",
     lambda client, asked, _: client.delete_endpoint_config(EndpointConfigName=asked["EndpointConfigName"]),
     "EndpointConfigName", {"EndpointConfigName": "EndpointConfigName"})
same("AWS::Budgets::Budget", "budgets", "create_budget",
     lambda client, asked, _: client.delete_budget(AccountId=ACCOUNT, BudgetName=asked["Budget"]["BudgetName"]),
     "Budget.BudgetName", adapt=lambda asked: {
         "AccountId": ACCOUNT, **asked,
         "Budget": {**asked["Budget"], "BudgetLimit": {
             **asked["Budget"]["BudgetLimit"], "Amount": str(asked["Budget"]["BudgetLimit"]["Amount"])}}})
same("AWS::CE::AnomalyMonitor", "ce", "create_anomaly_monitor",
     lambda client, _, made: client.delete_anomaly_monitor(MonitorArn=made["MonitorArn"]), "MonitorArn",
     {"MonitorArn": "MonitorArn"}, adapt=lambda asked: {
         "ResourceTags": asked.pop("ResourceTags", []),
         "AnomalyMonitor": {**asked, "MonitorSpecification": json.loads(asked["MonitorSpecification"])}})
same("AWS::CE::AnomalySubscription", "ce", "create_anomaly_subscription",
     lambda client, _, made: client.delete_anomaly_subscription(SubscriptionArn=made["SubscriptionArn"]),
     "SubscriptionArn", adapt=lambda asked: {
         "ResourceTags": asked.pop("ResourceTags", []),
         "AnomalySubscription": {**asked, "ThresholdExpression": json.loads(asked["ThresholdExpression"])}})
same("AWS::Scheduler::Schedule", "scheduler", "create_schedule",
     lambda client, asked, _: client.delete_schedule(Name=asked["Name"]), "Name", {"Arn": "ScheduleArn"})
same("AWS::AccessAnalyzer::Analyzer", "accessanalyzer", "create_analyzer",
     lambda client, asked, _: client.delete_analyzer(analyzerName=asked["analyzerName"]), "arn", {"Arn": "arn"},
     adapt=lambda asked: {
         "tags": tag_map(asked.pop("Tags", [])),
         **({"configuration": {"unusedAccess": lower(asked.pop("AnalyzerConfiguration")["UnusedAccessConfiguration"])}}
            if "AnalyzerConfiguration" in asked else {}), **lower(asked)})
same("AWS::Backup::BackupPlan", "backup", "create_backup_plan",
     lambda client, _, made: client.delete_backup_plan(BackupPlanId=made["BackupPlanId"]), "BackupPlanId",
     {"BackupPlanArn": "BackupPlanArn"}, adapt=lambda asked: {
         "BackupPlanTags": asked.get("BackupPlanTags", {}), "BackupPlan": {
             "BackupPlanName": asked["BackupPlan"]["BackupPlanName"], "Rules": [
                 {("TargetBackupVaultName" if key == "TargetBackupVault" else key): value
                  for key, value in rule.items()} for rule in asked["BackupPlan"]["BackupPlanRule"]]}})
same("AWS::Backup::BackupSelection", "backup", "create_backup_selection",
     lambda client, asked, made: client.delete_backup_selection(
         BackupPlanId=asked["BackupPlanId"], SelectionId=made["SelectionId"]), "SelectionId")
same("AWS::Backup::RestoreTestingPlan", "backup", "create_restore_testing_plan",
     lambda client, _, made: client.delete_restore_testing_plan(RestoreTestingPlanName=made["RestoreTestingPlanName"]),
     "RestoreTestingPlanName", {"RestoreTestingPlanArn": "RestoreTestingPlanArn"}, adapt=lambda asked: {
         "Tags": tag_map(asked.pop("Tags", [])), "RestoreTestingPlan": asked})
same("AWS::Backup::RestoreTestingSelection", "backup", "create_restore_testing_selection",
     lambda client, _, made: client.delete_restore_testing_selection(
         RestoreTestingPlanName=made["RestoreTestingPlanName"],
         RestoreTestingSelectionName=made["RestoreTestingSelectionName"]), "RestoreTestingSelectionName",
     adapt=lambda asked: {
         "RestoreTestingPlanName": asked.pop("RestoreTestingPlanName"), "RestoreTestingSelection": asked})
same("AWS::KMS::Alias", "kms", "create_alias",
     lambda client, asked, _: client.delete_alias(AliasName=asked["AliasName"]), "AliasName")
same("AWS::IAM::RolePolicy", "iam", "put_role_policy",
     lambda client, asked, _: client.delete_role_policy(RoleName=asked["RoleName"], PolicyName=asked["PolicyName"]),
     "PolicyName", adapt=lambda asked: {**asked, "PolicyDocument": text(asked["PolicyDocument"])}, replaces=True)
same("AWS::S3::BucketPolicy", "s3", "put_bucket_policy",
     lambda client, asked, _: client.delete_bucket_policy(Bucket=asked["Bucket"]), "Bucket",
     adapt=lambda asked: {"Bucket": asked["Bucket"], "Policy": text(asked["PolicyDocument"])}, replaces=True)
same("AWS::SNS::Subscription", "sns", "subscribe",
     lambda client, _, made: client.unsubscribe(SubscriptionArn=made["SubscriptionArn"]), "SubscriptionArn")
same("AWS::ECR::Repository", "ecr", "create_repository",
     lambda client, asked, _: client.delete_repository(repositoryName=asked["repositoryName"], force=True),
     "repositoryName", {"Arn": "repository.repositoryArn", "RepositoryUri": "repository.repositoryUri"},
     adapt=lambda asked: {"tags": asked.pop("Tags", []), **lower(asked)})
same("AWS::Lambda::Permission", "lambda", "add_permission",
     lambda client, asked, _: client.remove_permission(
         FunctionName=asked["FunctionName"], StatementId=asked["StatementId"]), "StatementId",
     adapt=lambda asked: {**asked, "StatementId": f"stack-{abs(hash(json.dumps(asked, sort_keys=True)))}"})
same("AWS::Lambda::EventSourceMapping", "lambda", "create_event_source_mapping",
     lambda client, _, made: client.delete_event_source_mapping(UUID=made["UUID"]), "UUID",
     adapt=lambda asked: {**asked, "Tags": tag_map(asked.pop("Tags", []))})
same("AWS::Route53::HealthCheck", "route53", "create_health_check",
     lambda client, _, made: client.delete_health_check(HealthCheckId=made["HealthCheck"]["Id"]), "HealthCheck.Id",
     adapt=lambda asked: {"HealthCheckConfig": asked["HealthCheckConfig"], "CallerReference": str(time.time_ns())})
same("AWS::EC2::VPC", "ec2", "create_vpc",
     lambda client, _, made: client.delete_vpc(VpcId=made["Vpc"]["VpcId"]), "Vpc.VpcId", {"VpcId": "Vpc.VpcId"},
     adapt=lambda asked: tagged("vpc", {key: value for key, value in asked.items() if not key.startswith("EnableDns")}))
same("AWS::EC2::Subnet", "ec2", "create_subnet",
     lambda client, _, made: client.delete_subnet(SubnetId=made["Subnet"]["SubnetId"]), "Subnet.SubnetId",
     adapt=lambda asked: tagged("subnet", {key: value for key, value in asked.items() if key != "MapPublicIpOnLaunch"}))
same("AWS::EC2::RouteTable", "ec2", "create_route_table",
     lambda client, _, made: client.delete_route_table(RouteTableId=made["RouteTable"]["RouteTableId"]),
     "RouteTable.RouteTableId", adapt=lambda asked: tagged("route-table", asked))
same("AWS::EC2::SubnetRouteTableAssociation", "ec2", "associate_route_table",
     lambda client, _, made: client.disassociate_route_table(AssociationId=made["AssociationId"]), "AssociationId")
same("AWS::EC2::VPCEndpoint", "ec2", "create_vpc_endpoint",
     lambda client, _, made: client.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]]),
     "VpcEndpoint.VpcEndpointId", adapt=lambda asked: tagged("vpc-endpoint", {
         **asked, **({"PolicyDocument": text(asked["PolicyDocument"])} if "PolicyDocument" in asked else {})}))
same("AWS::CloudFront::CachePolicy", "cloudfront", "create_cache_policy",
     lambda client, _, made: client.delete_cache_policy(Id=made["CachePolicy"]["Id"]), "CachePolicy.Id",
     adapt=lambda asked: {"CachePolicyConfig": counted(asked["CachePolicyConfig"])})
same("AWS::ApiGateway::Resource", "apigateway", "create_resource",
     lambda client, asked, made: client.delete_resource(restApiId=asked["restApiId"], resourceId=made["id"]), "id",
     adapt=lower)
same("AWS::ApiGateway::RequestValidator", "apigateway", "create_request_validator",
     lambda client, asked, made: client.delete_request_validator(
         restApiId=asked["restApiId"], requestValidatorId=made["id"]), "id", adapt=lower)
same("AWS::ApiGateway::Authorizer", "apigateway", "create_authorizer",
     lambda client, asked, made: client.delete_authorizer(restApiId=asked["restApiId"], authorizerId=made["id"]),
     "id", adapt=lambda asked: {"providerARNs": asked.pop("ProviderARNs"), **lower(asked)})
same("AWS::ApiGateway::Deployment", "apigateway", "create_deployment", None, "id", adapt=lower)
same("AWS::ApiGateway::BasePathMapping", "apigateway", "create_base_path_mapping",
     lambda client, asked, _: client.delete_base_path_mapping(domainName=asked["domainName"], basePath="(none)"),
     "domainName", adapt=lower)


def tagged(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    tags = asked.pop("Tags", None)
    return {**asked, "TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else asked


def counted(node: Any) -> Any:
    """CloudFront's API wraps each list with its length."""
    if isinstance(node, dict):
        return {key: counted(value) for key, value in node.items()}
    if isinstance(node, list):
        return {"Quantity": len(node), "Items": [counted(item) for item in node]}
    return node


# Keys.

@makes("AWS::KMS::Key")
def key(maker: Maker, properties: Properties) -> Made:
    kms = maker.client("kms")
    wanted = properties.take("Description", "KeySpec", "MultiRegion", "Origin")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.pop("Tags", [])]
    meta = kms.create_key(Policy=text(properties.pop("KeyPolicy")), Tags=tags, **wanted)["KeyMetadata"]
    identity = meta["KeyId"]
    if properties.pop("EnableKeyRotation", False):
        kms.enable_key_rotation(KeyId=identity, **properties.take("RotationPeriodInDays"))
    if not properties.pop("Enabled", True):
        kms.disable_key(KeyId=identity)
    days = properties.pop("PendingWindowInDays", 30)
    return Made(
        identity, {"Arn": meta["Arn"], "KeyId": identity},
        lambda: kms.schedule_key_deletion(KeyId=identity, PendingWindowInDays=days))


@makes("AWS::KMS::ReplicaKey")
def replica_key(maker: Maker, properties: Properties) -> Made:
    primary = properties.pop("PrimaryKeyArn")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.pop("Tags", [])]
    kms, policy = Maker(primary.split(":")[3]).client("kms"), text(properties.pop("KeyPolicy"))
    meta = kms.replicate_key(
        KeyId=primary.rsplit("/", 1)[-1], ReplicaRegion=maker.region, Policy=policy, Tags=tags,
        **properties.take("Description"))["ReplicaKeyMetadata"]
    properties.take("Enabled", "PendingWindowInDays")
    return Made(meta["KeyId"], {"Arn": meta["Arn"], "KeyId": meta["KeyId"]})


# Buckets.

def bucket_settings(s3: Any, name: str, properties: Properties) -> None:
    def put(method: str, **request: Any) -> None:
        getattr(s3, f"put_{method}")(Bucket=name, **request)

    if "VersioningConfiguration" in properties:
        put("bucket_versioning", VersioningConfiguration=properties.pop("VersioningConfiguration"))
    if "BucketEncryption" in properties:
        rules = [
            {("ApplyServerSideEncryptionByDefault" if name == "ServerSideEncryptionByDefault" else name): value
             for name, value in rule.items()}
            for rule in properties.pop("BucketEncryption")["ServerSideEncryptionConfiguration"]]
        put("bucket_encryption", ServerSideEncryptionConfiguration={"Rules": rules})
    if "OwnershipControls" in properties:
        put("bucket_ownership_controls", OwnershipControls=properties.pop("OwnershipControls"))
    if "PublicAccessBlockConfiguration" in properties:
        put("public_access_block", PublicAccessBlockConfiguration=properties.pop("PublicAccessBlockConfiguration"))
    if "ObjectLockConfiguration" in properties:
        put("object_lock_configuration", ObjectLockConfiguration=properties.pop("ObjectLockConfiguration"))
    if "LifecycleConfiguration" in properties:
        put("bucket_lifecycle_configuration", LifecycleConfiguration={
            "Rules": [lifecycle(rule) for rule in properties.pop("LifecycleConfiguration")["Rules"]]})
    if "LoggingConfiguration" in properties:
        told = properties.pop("LoggingConfiguration")
        put("bucket_logging", BucketLoggingStatus={"LoggingEnabled": {
            "TargetBucket": told["DestinationBucketName"], "TargetPrefix": told.get("LogFilePrefix", "")}})
    if "ReplicationConfiguration" in properties:
        told = properties.pop("ReplicationConfiguration")
        rules = [{("ID" if key == "Id" else key): value for key, value in rule.items()} for rule in told["Rules"]]
        put("bucket_replication", ReplicationConfiguration={"Role": told["Role"], "Rules": rules})
    if "Tags" in properties:
        put("bucket_tagging", Tagging={"TagSet": properties.pop("Tags")})


def lifecycle(rule: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation has flat words for what the API keeps in structures."""
    result: dict[str, Any] = {"Filter": {"Prefix": rule.pop("Prefix", "")}, "Status": rule.pop("Status")}
    if "Id" in rule:
        result["ID"] = rule.pop("Id")
    if "ExpirationInDays" in rule:
        result["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
    return {**result, **rule}


@makes("AWS::S3::Bucket")
def bucket(maker: Maker, properties: Properties) -> Made:
    s3, name = maker.client("s3"), properties.pop("BucketName")
    place = {} if maker.region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": maker.region}}
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=properties.pop("ObjectLockEnabled", False), **place)
    bucket_settings(s3, name, properties)
    attributes = {
        "Arn": f"arn:aws:s3:::{name}", "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{maker.region}.amazonaws.com"}
    return Made(name, attributes, lambda: s3.delete_bucket(Bucket=name))


@changes("AWS::S3::Bucket")
def change_bucket(maker: Maker, properties: Properties, old: Made) -> Made:
    properties.take("BucketName", "ObjectLockEnabled")
    bucket_settings(maker.client("s3"), old.ref, properties)
    return Made(old.ref, old.attributes, old.undo)


# Tables.

@makes("AWS::DynamoDB::Table")
def table(maker: Maker, properties: Properties) -> Made:
    dynamo, name = maker.client("dynamodb"), properties["TableName"]
    recovery = properties.pop("PointInTimeRecoverySpecification", None)
    stream = properties.pop("StreamSpecification", None)
    encryption = properties.pop("SSESpecification", None)
    if encryption:
        encryption = {("Enabled" if key == "SSEEnabled" else key): value for key, value in encryption.items()}
    made = dynamo.create_table(
        **properties.rest(), **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
        **({"SSESpecification": encryption} if encryption else {}))["TableDescription"]
    if recovery:
        dynamo.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)

    def undo() -> None:
        dynamo.update_table(TableName=name, DeletionProtectionEnabled=False)
        dynamo.delete_table(TableName=name)

    return Made(name, {"Arn": made["TableArn"], "StreamArn": made.get("LatestStreamArn")}, undo)


@makes("AWS::DynamoDB::GlobalTable")
def global_table(maker: Maker, properties: Properties) -> Made:
    replicas = properties.pop("Replicas")
    own = next(replica for replica in replicas if replica["Region"] == maker.region)
    encryption = {**properties.pop("SSESpecification", {}), **own.get("SSESpecification", {})}
    made = table(maker, Properties({
        **properties.rest(), "SSESpecification": encryption,
        **{key: value for key, value in own.items() if key not in ("Region", "SSESpecification")}}))
    dynamo = maker.client("dynamodb")
    for replica in replicas:
        if replica is not own:
            created = {"RegionName": replica["Region"]}
            if "SSESpecification" in replica:
                created["KMSMasterKeyId"] = replica["SSESpecification"]["KMSMasterKeyId"]
            dynamo.update_table(TableName=made.ref, ReplicaUpdates=[{"Create": created}])
    return made


@makes("AWS::ECR::ReplicationConfiguration")
def image_replication(maker: Maker, properties: Properties) -> Made:
    ecr = maker.client("ecr")
    ecr.put_replication_configuration(**lower(properties.rest()))
    return Made(
        ACCOUNT, {"RegistryId": ACCOUNT},
        lambda: ecr.put_replication_configuration(replicationConfiguration={"rules": []}))


# Roles, functions, rules.

@makes("AWS::IAM::Role")
def role(maker: Maker, properties: Properties) -> Made:
    iam, name = maker.client("iam"), properties["RoleName"]
    document = text(properties.pop("AssumeRolePolicyDocument"))
    made = iam.create_role(AssumeRolePolicyDocument=document, **properties.rest())["Role"]
    return Made(name, {"Arn": made["Arn"], "RoleId": made["RoleId"]}, lambda: iam.delete_role(RoleName=name))


@makes("AWS::Lambda::Function")
def function(maker: Maker, properties: Properties) -> Made:
    client, name = maker.client("lambda"), properties["FunctionName"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("index.py", properties.pop("Code")["ZipFile"])
    # A parameter of type Number gives a text where one is wanted.
    variables = properties.pop("Environment", {}).get("Variables", {})
    made = client.create_function(
        Code={"ZipFile": archive.getvalue()}, Tags=tag_map(properties.pop("Tags", [])),
        Environment={"Variables": {name: str(value) for name, value in variables.items()}}, **properties.rest())
    return Made(name, {"Arn": made["FunctionArn"]}, lambda: client.delete_function(FunctionName=name))


@makes("AWS::Events::Rule")
def rule(maker: Maker, properties: Properties) -> Made:
    events, name, targets = maker.client("events"), properties["Name"], properties.pop("Targets", [])
    pattern = {"EventPattern": text(properties.pop("EventPattern"))} if "EventPattern" in properties else {}
    arn = events.put_rule(**pattern, **properties.rest())["RuleArn"]
    if targets:
        events.put_targets(Rule=name, Targets=targets)

    def undo() -> None:
        if targets:
            events.remove_targets(Rule=name, Ids=[target["Id"] for target in targets])
        events.delete_rule(Name=name)

    return Made(name, {"Arn": arn}, undo)


# Endpoints and their autoscaling.

def endpoint_made(maker: Maker, name: str) -> Made:
    """Waits as CloudFormation does: an endpoint that was rolled back fails the stack."""
    sagemaker = maker.client("sagemaker")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        state = sagemaker.describe_endpoint(EndpointName=name)
        if state["EndpointStatus"] in ("InService", "Failed"):
            break
        time.sleep(0.1)
    if state["EndpointStatus"] != "InService" or state.get("FailureReason"):
        raise ValueError(f"endpoint {name} did not stabilize: {state.get('FailureReason', state['EndpointStatus'])}")
    return Made(
        state["EndpointArn"], {"EndpointName": name}, lambda: sagemaker.delete_endpoint(EndpointName=name))


@makes("AWS::SageMaker::Endpoint")
def endpoint(maker: Maker, properties: Properties) -> Made:
    properties.take("RetainAllVariantProperties", "ExcludeRetainedVariantProperties", "RetainDeploymentConfig")
    maker.client("sagemaker").create_endpoint(**properties)
    return endpoint_made(maker, properties.rest()["EndpointName"])


@changes("AWS::SageMaker::Endpoint")
def change_endpoint(maker: Maker, properties: Properties, old: Made) -> Made:
    properties.pop("Tags", None)
    maker.client("sagemaker").update_endpoint(**properties)
    return endpoint_made(maker, properties.rest()["EndpointName"])


@makes("AWS::ApplicationAutoScaling::ScalableTarget")
def scalable_target(maker: Maker, properties: Properties) -> Made:
    scaling = maker.client("application-autoscaling")
    identity = {key: properties[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    tags = tag_map(properties.pop("Tags", []))
    actions = properties.pop("ScheduledActions", [])
    scaling.register_scalable_target(**properties.rest(), **({"Tags": tags} if tags else {}))
    for action in actions:
        scaling.put_scheduled_action(**identity, **action)
    return Made(
        "|".join(identity[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace")), {},
        lambda: scaling.deregister_scalable_target(**identity))


CHANGERS["AWS::ApplicationAutoScaling::ScalableTarget"] = lambda maker, properties, old: scalable_target(
    maker, properties)


@makes("AWS::ApplicationAutoScaling::ScalingPolicy")
def scaling_policy(maker: Maker, properties: Properties) -> Made:
    scaling, name = maker.client("application-autoscaling"), properties["PolicyName"]
    resource, dimension, namespace = properties.pop("ScalingTargetId").split("|")
    identity = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}
    arn = scaling.put_scaling_policy(**identity, **properties.rest())["PolicyARN"]
    return Made(arn, {"Arn": arn}, lambda: scaling.delete_scaling_policy(PolicyName=name, **identity))


CHANGERS["AWS::ApplicationAutoScaling::ScalingPolicy"] = lambda maker, properties, old: scaling_policy(
    maker, properties)


# Alarms, topics, logs, trails, vaults.

@makes("AWS::CloudWatch::Alarm")
def alarm(maker: Maker, properties: Properties) -> Made:
    cloudwatch, name = maker.client("cloudwatch"), properties["AlarmName"]
    cloudwatch.put_metric_alarm(**properties.rest())
    return Made(
        name, {"Arn": maker.arn("cloudwatch", f"alarm:{name}")}, lambda: cloudwatch.delete_alarms(AlarmNames=[name]))


CHANGERS["AWS::CloudWatch::Alarm"] = lambda maker, properties, old: alarm(maker, properties)


@makes("AWS::SNS::Topic")
def topic(maker: Maker, properties: Properties) -> Made:
    sns, name = maker.client("sns"), properties.pop("TopicName")
    attributes = {"KmsMasterKeyId": properties.pop("KmsMasterKeyId")} if "KmsMasterKeyId" in properties else {}
    arn = sns.create_topic(Name=name, Attributes=attributes, **properties.take("Tags"))["TopicArn"]
    return Made(arn, {"TopicArn": arn, "TopicName": name}, lambda: sns.delete_topic(TopicArn=arn))


@makes("AWS::SNS::TopicPolicy")
def topic_policy(maker: Maker, properties: Properties) -> Made:
    sns, topics = maker.client("sns"), properties.pop("Topics")
    policy = text(properties.pop("PolicyDocument"))
    for arn in topics:
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Made(topics[0])


CHANGERS["AWS::SNS::TopicPolicy"] = lambda maker, properties, old: topic_policy(maker, properties)


@makes("AWS::Logs::LogGroup")
def log_group(maker: Maker, properties: Properties) -> Made:
    logs, name = maker.client("logs"), properties.pop("LogGroupName")
    key = {"kmsKeyId": properties.pop("KmsKeyId")} if "KmsKeyId" in properties else {}
    logs.create_log_group(logGroupName=name, tags=tag_map(properties.pop("Tags", [])), **key)
    if "RetentionInDays" in properties:
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties.pop("RetentionInDays")))
    return Made(
        name, {"Arn": maker.arn("logs", f"log-group:{name}:*")}, lambda: logs.delete_log_group(logGroupName=name))


@makes("AWS::CloudTrail::Trail")
def trail(maker: Maker, properties: Properties) -> Made:
    client, name = maker.client("cloudtrail"), properties.pop("TrailName")
    selectors = properties.pop("AdvancedEventSelectors", None)
    words = {"KMSKeyId": "KmsKeyId", "EnableLogFileValidation": "EnableLogFileValidation"}
    is_logging, tags = properties.pop("IsLogging"), properties.pop("Tags", [])
    request = {words.get(key, key): value for key, value in properties.rest().items()}
    arn = client.create_trail(Name=name, TagsList=tags, **request)["TrailARN"]
    if selectors:
        client.put_event_selectors(TrailName=name, AdvancedEventSelectors=selectors)
    if is_logging:
        client.start_logging(Name=name)
    return Made(name, {"Arn": arn}, lambda: client.delete_trail(Name=name))


@makes("AWS::Backup::BackupVault")
def backup_vault(maker: Maker, properties: Properties) -> Made:
    backup, name = maker.client("backup"), properties["BackupVaultName"]
    lock = properties.pop("LockConfiguration", None)
    made = backup.create_backup_vault(**properties.rest())
    if lock:
        backup.put_backup_vault_lock_configuration(BackupVaultName=name, **lock)
    return Made(
        name, {"BackupVaultArn": made["BackupVaultArn"], "BackupVaultName": name},
        lambda: backup.delete_backup_vault(BackupVaultName=name))


# Network.

@makes("AWS::EC2::SecurityGroup")
def security_group(maker: Maker, properties: Properties) -> Made:
    ec2 = maker.client("ec2")
    ingress, egress = properties.pop("SecurityGroupIngress", []), properties.pop("SecurityGroupEgress", [])
    name = properties.pop("GroupName", f"stack-{time.time_ns()}")
    request = tagged("security-group", {
        "GroupName": name, "Description": properties.pop("GroupDescription"), "VpcId": properties.pop("VpcId"),
        **properties.take("Tags")})
    identity = ec2.create_security_group(**request)["GroupId"]
    if ingress:
        ec2.authorize_security_group_ingress(GroupId=identity, IpPermissions=[permission(rule) for rule in ingress])
    if egress:
        everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.revoke_security_group_egress(GroupId=identity, IpPermissions=everywhere)
        ec2.authorize_security_group_egress(GroupId=identity, IpPermissions=[permission(rule) for rule in egress])
    return Made(identity, {"GroupId": identity}, lambda: ec2.delete_security_group(GroupId=identity))


def permission(rule: dict[str, Any]) -> dict[str, Any]:
    description = {"Description": rule.pop("Description")} if "Description" in rule else {}
    if "CidrIp" in rule:
        rule["IpRanges"] = [{"CidrIp": rule.pop("CidrIp"), **description}]
    if "DestinationPrefixListId" in rule:
        rule["PrefixListIds"] = [{"PrefixListId": rule.pop("DestinationPrefixListId"), **description}]
    for group in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if group in rule:
            rule["UserIdGroupPairs"] = [{"GroupId": rule.pop(group), **description}]
    return rule


# Which region serves.

@makes("AWS::Route53::HostedZone")
def hosted_zone(maker: Maker, properties: Properties) -> Made:
    route53 = maker.client("route53")
    networks = properties.pop("VPCs", [])
    properties.take("HostedZoneTags")
    network = {"VPC": {"VPCId": networks[0]["VPCId"], "VPCRegion": networks[0]["VPCRegion"]}} if networks else {}
    config = {**properties.pop("HostedZoneConfig", {}), "PrivateZone": bool(networks)}
    identity = route53.create_hosted_zone(
        Name=properties.pop("Name"), CallerReference=str(time.time_ns()), HostedZoneConfig=config, **network
    )["HostedZone"]["Id"].rsplit("/", 1)[-1]
    return Made(identity, {"Id": identity}, lambda: route53.delete_hosted_zone(Id=identity))


@makes("AWS::Route53::RecordSet")
def record_set(maker: Maker, properties: Properties) -> Made:
    route53, zone = maker.client("route53"), properties.pop("HostedZoneId")
    record = properties.rest()
    record["TTL"] = int(record["TTL"])
    record["ResourceRecords"] = [{"Value": value} for value in record["ResourceRecords"]]

    def change(action: str) -> None:
        route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]})

    change("CREATE")
    return Made(record["Name"], {}, lambda: change("DELETE"))


# The cached front.

@makes("AWS::ApiGateway::RestApi")
def rest_api(maker: Maker, properties: Properties) -> Made:
    client = maker.client("apigateway")
    made = client.create_rest_api(tags=tag_map(properties.pop("Tags", [])), **lower(properties.rest()))
    root = client.get_resources(restApiId=made["id"])["items"][0]["id"]
    return Made(
        made["id"], {"RootResourceId": root, "RestApiId": made["id"]},
        lambda: client.delete_rest_api(restApiId=made["id"]))


@makes("AWS::ApiGateway::Method")
def method(maker: Maker, properties: Properties) -> Made:
    client = maker.client("apigateway")
    place = lower(properties.take("RestApiId", "ResourceId", "HttpMethod"))
    integration, answers = properties.pop("Integration"), properties.pop("MethodResponses", [])
    client.put_method(**place, **lower(properties.take(
        "AuthorizationType", "AuthorizerId", "RequestValidatorId")), **{
            lower_key(key): value for key, value in properties.rest().items()})
    for answer in answers:
        client.put_method_response(**place, **plain(answer))
    responses = integration.pop("IntegrationResponses", [])
    client.put_integration(**place, **plain(integration))
    for answer in responses:
        client.put_integration_response(**place, **plain(answer))
    return Made(f"{place['restApiId']}|{place['resourceId']}", {}, lambda: client.delete_method(**place))


def lower_key(key: str) -> str:
    return key[0].lower() + key[1:]


def plain(asked: dict[str, Any]) -> dict[str, Any]:
    """Keys in the API's words; what they hold has names of its own."""
    return {lower_key(key): str(value) if key == "StatusCode" else value for key, value in asked.items()}


@makes("AWS::ApiGateway::Stage")
def stage(maker: Maker, properties: Properties) -> Made:
    client, place = maker.client("apigateway"), lower(properties.take("RestApiId", "StageName"))
    settings = properties.pop("MethodSettings", [])
    request = {key: value for key, value in plain(properties.take(
        "DeploymentId", "CacheClusterEnabled", "CacheClusterSize", "TracingEnabled")).items()}
    client.create_stage(**place, **request, tags=tag_map(properties.pop("Tags", [])))
    words = {
        "CachingEnabled": "caching/enabled", "CacheTtlInSeconds": "caching/ttlInSeconds",
        "CacheDataEncrypted": "caching/dataEncrypted", "DataTraceEnabled": "logging/dataTrace",
        "LoggingLevel": "logging/loglevel", "MetricsEnabled": "metrics/enabled"}
    for setting in settings:
        path = f"/{setting.pop('ResourcePath').lstrip('/').replace('/', '~1')}/{setting.pop('HttpMethod')}/"
        client.update_stage(**place, patchOperations=[
            {"op": "replace", "path": path + words[key], "value": text(value)} for key, value in setting.items()])
    return Made(place["stageName"], {}, lambda: client.delete_stage(**place))


@makes("AWS::ApiGateway::DomainName")
def domain_name(maker: Maker, properties: Properties) -> Made:
    client = maker.client("apigateway")
    properties.take("Tags")
    made = client.create_domain_name(**lower(properties.rest()))
    name = made["domainName"]
    attributes = {
        "RegionalDomainName": made.get("regionalDomainName", f"d-double.execute-api.{maker.region}.amazonaws.com"),
        "RegionalHostedZoneId": made.get("regionalHostedZoneId", "Z1D633PJN98FT9")}
    return Made(name, attributes, lambda: client.delete_domain_name(domainName=name))


@makes("AWS::CloudFront::Function")
def edge_function(maker: Maker, properties: Properties) -> Made:
    client, name = maker.client("cloudfront"), properties["Name"]
    properties.take("AutoPublish")
    code = properties.pop("FunctionCode").encode()
    made = client.create_function(FunctionCode=code, **properties.rest())
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    return Made(
        arn, {"FunctionARN": arn}, lambda: client.delete_function(Name=name, IfMatch=made["ETag"]))


@makes("AWS::CloudFront::Distribution")
def distribution(maker: Maker, properties: Properties) -> Made:
    client, config = maker.client("cloudfront"), properties.pop("DistributionConfig")
    config["IsIPV6Enabled"] = config.pop("IPV6Enabled", True)
    certificate = config.get("ViewerCertificate", {})
    for old, new in (("AcmCertificateArn", "ACMCertificateArn"), ("SslSupportMethod", "SSLSupportMethod")):
        if old in certificate:
            certificate[new] = certificate.pop(old)
    config = counted(config)
    behaviour = config["DefaultCacheBehavior"]
    if "CachedMethods" in behaviour:
        behaviour["AllowedMethods"]["CachedMethods"] = behaviour.pop("CachedMethods")
    for origin in config["Origins"]["Items"]:
        custom = origin.get("CustomOriginConfig")
        if custom:
            origin["CustomOriginConfig"] = {
                "HTTPPort": custom.pop("HTTPPort", 80), "HTTPSPort": custom.pop("HTTPSPort", 443),
                **{("OriginSslProtocols" if key == "OriginSSLProtocols" else key): value
                   for key, value in custom.items()}}
    made = client.create_distribution_with_tags(DistributionConfigWithTags={
        "DistributionConfig": {"CallerReference": str(time.time_ns()), **config},
        "Tags": {"Items": properties.pop("Tags", [])}})["Distribution"]

    def undo() -> None:
        client.delete_distribution(Id=made["Id"], IfMatch=client.get_distribution(Id=made["Id"])["ETag"])

    return Made(made["Id"], {"DomainName": made["DomainName"], "Id": made["Id"]}, undo)
