"""IAM Access Analyzer, which moto does not have; KMS and CloudTrail, which lose what they are told."""
from __future__ import annotations

from typing import Any

import moto.cloudtrail.models
from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """A trail may be named by its ARN."""
    backend: Any = moto.cloudtrail.models.CloudTrailBackend
    for name in ("start_logging", "stop_logging"):
        original = getattr(backend, name)
        setattr(backend, name, lambda self, name, original=original: original(self, name.rsplit("/", 1)[-1]))


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
    call.backend(region).tag_resource(replica.id, call.get("Tags") or [])
    return result
