"""Buckets that log, tables with replicas, backups and their restores, and the policies of a cache."""
from __future__ import annotations

import copy
import uuid
from typing import Any

import moto.s3.models
from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """S3 looks at a log bucket's policy when it delivers, and not when logging is turned on: a policy that names the
    bucket whose logs it lets in can only come after it. moto asks for the policy first."""
    moto.s3.models.FakeBucket._log_permissions_enabled_policy = staticmethod(lambda target_bucket, target_prefix: True)
    # AWS delivers access logs hours later; here each request would fill a bucket that is soon to be deleted.
    moto.s3.models.S3Backend.log_incoming_request = lambda self, request, bucket_name: None


# DynamoDB: replicas of a global table, each a table of its own in its region.

def with_replicas(call: Call, table: dict[str, Any]) -> dict[str, Any]:
    replicas = call.store("replicas").get(table["TableName"])
    if replicas:
        table["Replicas"] = [
            {**replica, "RegionName": region, "ReplicaStatus": "ACTIVE"} for region, replica in replicas.items()]
        table["GlobalTableVersion"] = "2019.11.21"
    return table


@answers("dynamodb", "DescribeTable")
def describe_table(call: Call) -> dict:
    result = call.forward()
    with_replicas(call, result["Table"])
    return result


@answers("dynamodb", "UpdateTable")
def update_table(call: Call) -> dict:
    name, updates = call["TableName"], call.get("ReplicaUpdates")
    if not updates:
        result = call.forward()
        with_replicas(call, result["TableDescription"])
        return result
    replicas = call.store("replicas").setdefault(name, {})
    for update in updates:
        kind, told = next((kind, told) for kind, told in update.items() if told)
        region = told["RegionName"]
        tables = call.backend(region).tables
        if kind == "Delete":
            replicas.pop(region, None)
            tables.pop(name, None)
            continue
        replicas.setdefault(region, {}).update(
            {key: value for key, value in told.items() if key != "RegionName" and value is not None})
        if kind == "Create":
            tables[name] = copy.copy(call.backend().tables[name])
            tables[name].region_name = region
            tables[name].table_arn = tables[name].table_arn.replace(call.region, region)
    return {"TableDescription": with_replicas(call, call.backend().describe_table(name)["Table"])}


# AWS Backup: what is backed up, and restores that are tried.

def kept(call: Call, kind: str, name: str) -> dict[str, Any]:
    found = call.store(kind).get(name)
    if not found:
        raise Refusal("ResourceNotFoundException", f"{name} is unknown among {kind}")
    return found


@answers("backup", "CreateBackupSelection")
def create_backup_selection(call: Call) -> dict:
    own = {"SelectionId": str(uuid.uuid4()), "BackupPlanId": call["BackupPlanId"], "CreationDate": utcnow()}
    call.store("selections")[own["SelectionId"]] = {**own, "BackupSelection": call["BackupSelection"]}
    return own


@answers("backup", "GetBackupSelection")
def get_backup_selection(call: Call) -> dict:
    return kept(call, "selections", call["SelectionId"])


@answers("backup", "ListBackupSelections")
def list_backup_selections(call: Call) -> dict:
    own = [entry for entry in call.store("selections").values() if entry["BackupPlanId"] == call["BackupPlanId"]]
    return {"BackupSelectionsList": [{**entry, **entry["BackupSelection"]} for entry in own]}


@answers("backup", "DeleteBackupSelection")
def delete_backup_selection(call: Call) -> None:
    kept(call, "selections", call["SelectionId"])
    del call.store("selections")[call["SelectionId"]]


def restore_arn(call: Call, name: str) -> str:
    return call.arn(f"restore-testing-plan:{name}")


@answers("backup", "CreateRestoreTestingPlan")
def create_restore_testing_plan(call: Call) -> dict:
    name = call["RestoreTestingPlan"]["RestoreTestingPlanName"]
    own = {
        "RestoreTestingPlanArn": restore_arn(call, name), "RestoreTestingPlanName": name, "CreationTime": utcnow()}
    defaults = {"ScheduleExpressionTimezone": "Etc/UTC", "StartWindowHours": 24}
    given = {key: value for key, value in call["RestoreTestingPlan"].items() if value is not None}
    call.store("restores")[name] = {**defaults, **given, **own}
    call.store("restore tags")[own["RestoreTestingPlanArn"]] = call.get("Tags", {})
    return own


@answers("backup", "GetRestoreTestingPlan")
def get_restore_testing_plan(call: Call) -> dict:
    return {"RestoreTestingPlan": kept(call, "restores", call["RestoreTestingPlanName"])}


@answers("backup", "UpdateRestoreTestingPlan")
def update_restore_testing_plan(call: Call) -> dict:
    plan = kept(call, "restores", call["RestoreTestingPlanName"])
    plan.update({key: value for key, value in call["RestoreTestingPlan"].items() if value is not None})
    return {**plan, "UpdateTime": utcnow()}


@answers("backup", "DeleteRestoreTestingPlan")
def delete_restore_testing_plan(call: Call) -> None:
    kept(call, "restores", call["RestoreTestingPlanName"])
    del call.store("restores")[call["RestoreTestingPlanName"]]


@answers("backup", "CreateRestoreTestingSelection")
def create_restore_testing_selection(call: Call) -> dict:
    plan, given = call["RestoreTestingPlanName"], call["RestoreTestingSelection"]
    own = {
        "RestoreTestingPlanName": plan, "RestoreTestingPlanArn": restore_arn(call, plan), "CreationTime": utcnow(),
        "RestoreTestingSelectionName": given["RestoreTestingSelectionName"],
    }
    name = (plan, own["RestoreTestingSelectionName"])
    call.store("restore selections")[name] = {
        **{key: value for key, value in given.items() if value is not None}, **own}
    return own


@answers("backup", "GetRestoreTestingSelection")
def get_restore_testing_selection(call: Call) -> dict:
    name = (call["RestoreTestingPlanName"], call["RestoreTestingSelectionName"])
    return {"RestoreTestingSelection": kept(call, "restore selections", name)}


@answers("backup", "DeleteRestoreTestingSelection")
def delete_restore_testing_selection(call: Call) -> None:
    name = (call["RestoreTestingPlanName"], call["RestoreTestingSelectionName"])
    kept(call, "restore selections", name)
    del call.store("restore selections")[name]


@answers("backup", "ListTags")
def list_backup_tags(call: Call) -> dict:
    own = call.store("restore tags").get(call["ResourceArn"])
    return call.forward() if own is None else {"Tags": own}


# CloudFront: cache policies.

def cache_policy(call: Call) -> dict[str, Any]:
    found = call.store("cache policies").get(call["Id"])
    if not found:
        raise Refusal("NoSuchCachePolicy", f"The cache policy {call['Id']} does not exist.")
    return found


@answers("cloudfront", "CreateCachePolicy")
def create_cache_policy(call: Call) -> dict:
    identity = str(uuid.uuid4())
    policy = {"Id": identity, "LastModifiedTime": utcnow(), "CachePolicyConfig": call["CachePolicyConfig"]}
    call.store("cache policies")[identity] = {
        "CachePolicy": policy, "ETag": uuid.uuid4().hex[:13].upper(), "Location": f"/cache-policy/{identity}"}
    return call.store("cache policies")[identity]


@answers("cloudfront", "GetCachePolicy")
def get_cache_policy(call: Call) -> dict:
    return cache_policy(call)


@answers("cloudfront", "UpdateCachePolicy")
def update_cache_policy(call: Call) -> dict:
    cache_policy(call)["CachePolicy"].update(CachePolicyConfig=call["CachePolicyConfig"], LastModifiedTime=utcnow())
    return cache_policy(call)


@answers("cloudfront", "DeleteCachePolicy")
def delete_cache_policy(call: Call) -> None:
    cache_policy(call)
    del call.store("cache policies")[call["Id"]]


# CloudFront: functions, which moto keeps in development and never publishes.

@answers("cloudfront", "PublishFunction")
def publish_function(call: Call) -> dict:
    summary = call.backend("aws").functions[call["Name"]].function_summary
    summary["FunctionMetadata"] = {**summary["FunctionMetadata"], "Stage": "LIVE"}
    return {"FunctionSummary": summary}


# Route 53: a zone that is made in a network is private, whether or not the request says so.

@answers("route53", "CreateHostedZone")
def create_hosted_zone(call: Call) -> dict:
    result = call.forward()
    if call.get("VPC"):
        identity = result["HostedZone"]["Id"].rsplit("/", 1)[-1]
        call.backend("aws").zones[identity].private_zone = True
        result["HostedZone"].setdefault("Config", {})["PrivateZone"] = True
    return result
