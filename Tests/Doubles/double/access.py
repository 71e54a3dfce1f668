"""IAM Access Analyzer, which moto does not have; KMS and CloudTrail, which lose what they are told."""
from __future__ import annotations

import base64
import uuid
from typing import Any

import moto.cloudtrail.models
import moto.kms.models
import moto.kms.responses
from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """A trail may be named by its ARN; the id of a multi-Region key has no hyphens after its first word."""
    backend: Any = moto.cloudtrail.models.CloudTrailBackend
    for name in ("start_logging", "stop_logging"):
        original = getattr(backend, name)
        setattr(backend, name, lambda self, name, original=original: original(self, name.rsplit("/", 1)[-1]))

    response: Any = moto.kms.responses.KmsResponse
    validate = response._validate_cmk_id

    def validate_unless_known(self: Any, key_id: str) -> None:
        if key_id not in self.kms_backend.keys:
            validate(self, key_id)

    def generate_key_id(multi_region: bool = False) -> str:
        return f"mrk-{uuid.uuid4().hex}" if multi_region else str(uuid.uuid4())

    response._validate_cmk_id = validate_unless_known
    moto.kms.models.generate_key_id = generate_key_id


# Analyzers.

def analyzer(call: Call) -> dict[str, Any]:
    found = call.store("analyzers").get(call["analyzerName"])
    if not found:
        raise Refusal("ResourceNotFoundException", f"Analyzer not found. Name: {call['analyzerName']}")
    return found


@answers("accessanalyzer", "CreateAnalyzer")
def create_analyzer(call: Call) -> dict:
    name = call["analyzerName"]
    if name in call.store("analyzers"):
        raise Refusal("ConflictException", f"the analyzer {name} exists already")
    arn = call.arn(f"analyzer/{name}", service="access-analyzer")
    call.store("analyzers")[name] = {
        "arn": arn, "name": name, "type": call["type"], "createdAt": utcnow(), "status": "ACTIVE",
        "tags": call.get("tags", {}), "configuration": call.get("configuration"),
    }
    return {"arn": arn}


@answers("accessanalyzer", "GetAnalyzer")
def get_analyzer(call: Call) -> dict:
    return {"analyzer": analyzer(call)}


@answers("accessanalyzer", "ListAnalyzers")
def list_analyzers(call: Call) -> dict:
    return {"analyzers": list(call.store("analyzers").values())}


@answers("accessanalyzer", "UpdateAnalyzer")
def update_analyzer(call: Call) -> dict:
    analyzer(call)["configuration"] = call.get("configuration")
    return {"configuration": call.get("configuration")}


@answers("accessanalyzer", "DeleteAnalyzer")
def delete_analyzer(call: Call) -> None:
    analyzer(call)
    del call.store("analyzers")[call["analyzerName"]]


@answers("accessanalyzer", "ListTagsForResource")
def list_analyzer_tags(call: Call) -> dict:
    return {"tags": call.store("analyzers").get(call["resourceArn"].rsplit("/", 1)[-1], {}).get("tags", {})}


@answers("accessanalyzer", "CreateArchiveRule")
def create_archive_rule(call: Call) -> None:
    rule = {key: value for key, value in call.input.items() if key in ("ruleName", "filter")}
    analyzer(call).setdefault("rules", []).append({**rule, "createdAt": utcnow(), "updatedAt": utcnow()})


@answers("accessanalyzer", "ListArchiveRules")
def list_archive_rules(call: Call) -> dict:
    return {"archiveRules": analyzer(call).get("rules", [])}


@answers("accessanalyzer", "ListFindingsV2")
def list_findings(call: Call) -> dict:
    """What a test has told that was found, by analyzer and status, as many a page as are asked for."""
    kept = call.store("findings").get(call["analyzerArn"], [])
    states = call.get("filter", {}).get("status", {}).get("eq")
    found = [entry for entry in kept if not states or entry["status"] in states]
    start, size = int(call.get("nextToken") or 0), call.get("maxResults") or 100
    more = {"nextToken": str(start + size)} if start + size < len(found) else {}
    return {"findings": found[start:start + size], **more}


# Trails: what was done.

@answers("cloudtrail", "LookupEvents")
def lookup_events(call: Call) -> dict:
    names = [entry["AttributeValue"] for entry in call["LookupAttributes"] if entry["AttributeKey"] == "EventName"]
    events = [event for event in call.store("events").values() if event["EventName"] in names]
    start, size = int(call.get("NextToken") or 0), call.get("MaxResults") or 50
    more = {"NextToken": str(start + size)} if start + size < len(events) else {}
    return {"Events": events[start:start + size], **more}


@answers("cloudtrail", "ListPublicKeys")
def list_public_keys(call: Call) -> dict:
    """Keys by their fingerprint, as a test has told them: they are all good for whatever time is asked for."""
    return {
        "PublicKeyList": [
            {"Fingerprint": fingerprint, "Value": base64.b64decode(value)}
            for fingerprint, value in call.store("publicKeys").items()]}


# Keys: the rotation's period.

def key_id(call: Call) -> str:
    return call["KeyId"].rsplit("/", 1)[-1]


@answers("kms", "EnableKeyRotation")
def enable_key_rotation(call: Call) -> dict:
    call.store("rotation")[key_id(call)] = call.get("RotationPeriodInDays") or 365
    return call.forward()


@answers("kms", "GetKeyRotationStatus")
def get_key_rotation_status(call: Call) -> dict:
    result = call.forward()
    if result.get("KeyRotationEnabled"):
        result["RotationPeriodInDays"] = call.store("rotation").get(key_id(call), 365)
    return result


@answers("kms", "ReplicateKey")
def replicate_key(call: Call) -> dict:
    """A replica has a policy, a description and tags of its own."""
    result = call.forward()
    region = call["ReplicaRegion"]
    replica = call.backend(region).keys[key_id(call)]
    replica.policy = call.get("Policy") or replica.policy
    replica.description = call.get("Description") or ""
    tags = {tag["TagKey"]: tag["TagValue"] for tag in call.get("Tags") or []}
    call.backend(region).tag_resource(replica.id, tags)
    return result


@answers("kms", "DescribeKey")
def describe_key(call: Call) -> dict:
    """moto lets a primary key and its replica share what they say of themselves."""
    result = call.forward()
    told = result["KeyMetadata"].get("MultiRegionConfiguration")
    if told:
        is_primary = told["PrimaryKey"]["Region"] == call.region
        told["MultiRegionKeyType"] = "PRIMARY" if is_primary else "REPLICA"
    return result
