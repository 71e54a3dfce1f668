"""CloudFormation's comparison of a stack with what there is: whatever a test has told to differ, all else in sync."""
from __future__ import annotations

import uuid
from typing import Any

from moto.core.utils import utcnow

from double import Call, answers
from double.stacks import Stack, stack_of


def mend_moto() -> None:
    """Nothing of moto's own."""


def drifts(call: Call, stack: Stack) -> list[dict[str, Any]]:
    told = call.store("drifts").get(stack.name, {})
    return [
        {
            "StackId": stack.identity, "LogicalResourceId": entry["LogicalResourceId"],
            "PhysicalResourceId": entry["PhysicalResourceId"], "ResourceType": entry["ResourceType"],
            "StackResourceDriftStatus": "IN_SYNC", "Timestamp": utcnow(), "PropertyDifferences": [],
            **told.get(entry["LogicalResourceId"], {}),
        } for entry in stack.resources()]


@answers("cloudformation", "DetectStackDrift")
def detect_stack_drift(call: Call) -> dict:
    stack = stack_of(call)
    has_drifted = any(entry["StackResourceDriftStatus"] != "IN_SYNC" for entry in drifts(call, stack))
    stack.drift = {"StackDriftStatus": "DRIFTED" if has_drifted else "IN_SYNC", "LastCheckTimestamp": utcnow()}
    identity = str(uuid.uuid4())
    call.store("drift detections")[identity] = stack
    return {"StackDriftDetectionId": identity}


@answers("cloudformation", "DescribeStackDriftDetectionStatus")
def describe_detection(call: Call) -> dict:
    stack = call.store("drift detections")[call["StackDriftDetectionId"]]
    return {
        "StackId": stack.identity, "StackDriftDetectionId": call["StackDriftDetectionId"],
        "DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": stack.drift["StackDriftStatus"],
        "Timestamp": stack.drift["LastCheckTimestamp"],
    }


@answers("cloudformation", "DescribeStackResourceDrifts")
def describe_resource_drifts(call: Call) -> dict:
    stack = stack_of(call)
    return {"StackResourceDrifts": drifts(call, stack) if "LastCheckTimestamp" in stack.drift else []}
