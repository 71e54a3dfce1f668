"""Buckets that log and replicate, tables with replicas, backups and their restores."""
from __future__ import annotations

import copy
import json
import uuid
from typing import Any

import moto.s3.models
from moto.core.utils import utcnow
from moto.iam.access_control import IAMPolicy, PermissionResult

from double import Call, Refusal, answers


def mend_moto() -> None:
    """S3 looks at a log bucket's policy when it delivers, and not when logging is turned on: a policy that names the
    bucket whose logs it lets in can only come after it. moto asks for the policy first."""
    moto.s3.models.FakeBucket._log_permissions_enabled_policy = staticmethod(lambda target_bucket, target_prefix: True)
    moto.s3.models.FakeBucket.get_permission = permission
    # AWS delivers access logs hours later; here each request would fill a bucket that is soon to be deleted.
    moto.s3.models.S3Backend.log_incoming_request = lambda self, request, bucket_name: None


def permission(bucket: Any, action: str, resource: str) -> Any:
    """A denial for want of TLS does not strike: what comes to the double counts as having come over TLS 1.2, since its
    clients would use nothing else. moto knows no conditions, and would strike with each."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy.decode())
    about_tls = [{"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}]
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [
        one for one in statements if one["Effect"] != "Deny" or one.get("Condition") not in about_tls]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


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


@answers("dynamodb", "DescribeKinesisStreamingDestination")
def describe_streaming(call: Call) -> dict:
    """Nobody can send the changes of a table to a stream here."""
    call.backend().describe_table(call["TableName"])
    return {"TableName": call["TableName"], "KinesisDataStreamDestinations": []}


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
            if told.get("KMSMasterKeyId"):
                tables[name].sse_specification = {
                    "Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": told["KMSMasterKeyId"]}
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
    call.store("backup tags")[own["RestoreTestingPlanArn"]] = call.get("Tags", {})
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


@answers("backup", "ListRestoreTestingPlans")
def list_restore_testing_plans(call: Call) -> dict:
    return {"RestoreTestingPlans": list(call.store("restores").values())}


@answers("backup", "ListRestoreTestingSelections")
def list_restore_testing_selections(call: Call) -> dict:
    selections = call.store("restore selections").items()
    return {"RestoreTestingSelections": [
        told for (plan, _), told in selections if plan == call["RestoreTestingPlanName"]]}


@answers("backup", "ListRestoreJobs")
def list_restore_jobs(call: Call) -> dict:
    """Jobs that a test has told, by the ARN of their restore testing plan."""
    return {"RestoreJobs": call.store("restore jobs").get(call.get("ByRestoreTestingPlanArn"), [])}


@answers("backup", "ListProtectedResources")
def list_protected_resources(call: Call) -> dict:
    return {"Results": [
        {"ResourceArn": arn, "LastBackupTime": when} for arn, when in call.store("recovery points").items()]}


@answers("backup", "CreateBackupVault", "CreateBackupPlan")
def create_with_tags(call: Call) -> dict:
    result = call.forward()
    arn = result.get("BackupVaultArn") or result["BackupPlanArn"]
    call.store("backup tags")[arn] = call.get("BackupVaultTags") or call.get("BackupPlanTags") or {}
    return result


@answers("backup", "ListTags")
def list_backup_tags(call: Call) -> dict:
    return {"Tags": call.store("backup tags").get(call["ResourceArn"], {})}


@answers("backup", "TagResource")
def tag_backup(call: Call) -> None:
    call.store("backup tags").setdefault(call["ResourceArn"], {}).update(call["Tags"])


@answers("backup", "UntagResource")
def untag_backup(call: Call) -> None:
    for name in call["TagKeyList"]:
        call.store("backup tags").get(call["ResourceArn"], {}).pop(name, None)


# S3: the rules of a replication, each with all its settings.

@answers("s3", "PutBucketReplication")
def put_bucket_replication(call: Call) -> None:
    call.forward()
    call.store("replications", "aws")[call["Bucket"]] = call["ReplicationConfiguration"]


@answers("s3", "GetBucketReplication")
def get_bucket_replication(call: Call) -> dict:
    result = call.forward()
    return {"ReplicationConfiguration": call.store("replications", "aws").get(
        call["Bucket"], result["ReplicationConfiguration"])}
