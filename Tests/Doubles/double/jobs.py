"""Jobs that make another model of a model: they take a few looks, fail where a test says so, and leave what they made.

`store "job failures"` has reasons by what a job's name begins with. moto knows compilation jobs, which are completed at
once and make nothing; it knows no optimisation jobs.
"""
from __future__ import annotations

import hashlib
from typing import Any

import moto.backends
from moto.core.utils import utcnow

from double import ACCOUNT, Call, Refusal, answers

# What a job answers look by look; it stays in the last one.
STATES = ("STARTING", "INPROGRESS", "INPROGRESS")


def mend_moto() -> None:
    """Nothing of moto's own."""


def put(address: str, content: bytes) -> None:
    bucket, key = address.removeprefix("s3://").split("/", 1)
    moto.backends.get_backend("s3")[ACCOUNT]["aws"].put_object(bucket, key, content)


def state(call: Call, name: str) -> tuple[str, str]:
    """The job's state at this look, and the reason of a failure."""
    looks = call.store("job looks")
    looks[name] = looks.get(name, 0) + 1
    if name in call.store("job stops"):
        return "STOPPED", ""
    if looks[name] <= len(STATES):
        return STATES[looks[name] - 1], ""
    for start, reason in call.store("job failures").items():
        if name.startswith(start):
            return "FAILED", reason
    return "COMPLETED", ""


@answers("sagemaker", "DescribeCompilationJob")
def describe_compilation_job(call: Call) -> dict:
    job = call.forward()
    name, output = job["CompilationJobName"], job["OutputConfig"]
    job["CompilationJobStatus"], job["FailureReason"] = state(call, name)
    job["ModelArtifacts"] = {"S3ModelArtifacts": ""}
    if job["CompilationJobStatus"] == "COMPLETED":
        address = f"{output['S3OutputLocation']}model-{output.get('TargetDevice', 'platform')}.tar.gz"
        content = f"compiled by {name}".encode()
        put(address, content)
        job["ModelArtifacts"] = {"S3ModelArtifacts": address}
        job["ModelDigests"] = {"ArtifactDigest": hashlib.blake2b(content).hexdigest()}
    return job


@answers("sagemaker", "CreateOptimizationJob")
def create_optimization_job(call: Call) -> dict:
    jobs, name = call.store("optimization jobs"), call["OptimizationJobName"]
    if name in jobs:
        raise Refusal("ResourceInUse", f"Job name must be unique within an AWS account and region, and {name} is not.")
    arn = f"arn:aws:sagemaker:{call.region}:{ACCOUNT}:optimization-job/{name}"
    jobs[name] = {**call.input, "OptimizationJobArn": arn, "CreationTime": utcnow()}
    return {"OptimizationJobArn": arn}


@answers("sagemaker", "DescribeOptimizationJob")
def describe_optimization_job(call: Call) -> dict:
    name = call["OptimizationJobName"]
    if name not in call.store("optimization jobs"):
        raise Refusal("ResourceNotFound", f"Could not find optimization job '{name}'.")
    job: dict[str, Any] = {**call.store("optimization jobs")[name], "LastModifiedTime": utcnow()}
    job.pop("Tags", None)
    job["OptimizationJobStatus"], reason = state(call, name)
    if reason:
        job["FailureReason"] = reason
    if job["OptimizationJobStatus"] == "COMPLETED":
        for file in ("config.json", "model-00001.neff"):
            put(f"{job['OutputConfig']['S3OutputLocation']}{file}", f"{file} of {name}".encode())
        job["OptimizationOutput"] = {"RecommendedInferenceImage": "763104351884.dkr.ecr.aws/djl-inference:lmi"}
    return job


@answers("sagemaker", "StopCompilationJob")
def stop_compilation_job(call: Call) -> dict:
    call.store("job stops")[call["CompilationJobName"]] = True
    return {}


@answers("sagemaker", "StopOptimizationJob")
def stop_optimization_job(call: Call) -> dict:
    call.store("job stops")[call["OptimizationJobName"]] = True
    return {}
