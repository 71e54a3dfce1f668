"""What stands before the endpoint, and keeps all that it is told: CloudFront, API Gateway, Route 53."""
from __future__ import annotations

import copy
import uuid
from typing import Any

from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """Nothing of moto's own."""


# CloudFront: cache policies, functions that are published, and distributions as they were told to be.

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


@answers("cloudfront", "PublishFunction")
def publish_function(call: Call) -> dict:
    summary = call.backend("aws").functions[call["Name"]].function_summary
    summary["FunctionMetadata"] = {**summary["FunctionMetadata"], "Stage": "LIVE"}
    return {"FunctionSummary": summary}


def told_again(call: Call, identity: str, known: dict[str, Any]) -> dict[str, Any]:
    """What a distribution was told, with moto's defaults for the rest."""
    told = {key: value for key, value in call.store("distributions")[identity].items() if value is not None}
    return {**known, **told}


@answers("cloudfront", "CreateDistribution", "CreateDistributionWithTags")
def create_distribution(call: Call) -> dict:
    told = copy.deepcopy((call.get("DistributionConfigWithTags") or call.input)["DistributionConfig"])
    result = call.forward()
    call.store("distributions")[result["Distribution"]["Id"]] = told
    return with_config(call, result, result["Distribution"]["Id"])


@answers("cloudfront", "GetDistribution")
def get_distribution(call: Call) -> dict:
    return with_config(call, call.forward(), call["Id"])


@answers("cloudfront", "GetDistributionConfig")
def get_distribution_config(call: Call) -> dict:
    result = call.forward()
    return {**result, "DistributionConfig": told_again(call, call["Id"], result["DistributionConfig"])}


@answers("cloudfront", "UpdateDistribution")
def update_distribution(call: Call) -> dict:
    told = copy.deepcopy(call["DistributionConfig"])
    result = call.forward()
    call.store("distributions")[call["Id"]] = told
    return with_config(call, result, call["Id"])


def with_config(call: Call, result: dict[str, Any], identity: str) -> dict[str, Any]:
    distribution = result["Distribution"]
    distribution["DistributionConfig"] = told_again(call, identity, distribution["DistributionConfig"])
    return result


# API Gateway: what an integration's cache tells requests apart by.

def place(call: Call) -> tuple[str, str, str]:
    return call["restApiId"], call["resourceId"], call["httpMethod"]


@answers("apigateway", "PutIntegration")
def put_integration(call: Call) -> dict:
    call.store("cache keys")[place(call)] = call.get("cacheKeyParameters") or []
    return {**call.forward(), "cacheKeyParameters": call.get("cacheKeyParameters") or []}


@answers("apigateway", "GetIntegration")
def get_integration(call: Call) -> dict:
    return {**call.forward(), "cacheKeyParameters": call.store("cache keys").get(place(call), [])}


# Route 53: zones in networks, and health checks that follow an alarm.

@answers("route53", "CreateHostedZone")
def create_hosted_zone(call: Call) -> dict:
    """A zone that is made in a network is private, whether or not the request says so."""
    result = call.forward()
    network = call.get("VPC")
    zone = call.backend("aws").zones[result["HostedZone"]["Id"].rsplit("/", 1)[-1]]
    if network and not zone.private_zone:
        zone.private_zone = True
        zone.add_vpc(network["VPCId"], network["VPCRegion"])
    return result


@answers("route53", "CreateHealthCheck")
def create_health_check(call: Call) -> dict:
    result = call.forward()
    call.store("health checks")[result["HealthCheck"]["Id"]] = call["HealthCheckConfig"]
    result["HealthCheck"]["HealthCheckConfig"] = call["HealthCheckConfig"]
    return result


@answers("route53", "GetHealthCheck")
def get_health_check(call: Call) -> dict:
    result = call.forward()
    result["HealthCheck"]["HealthCheckConfig"] = call.store("health checks")[call["HealthCheckId"]]
    return result


@answers("route53", "ListHealthChecks")
def list_health_checks(call: Call) -> dict:
    result = call.forward()
    for check in result["HealthChecks"]:
        check["HealthCheckConfig"] = call.store("health checks")[check["Id"]]
    return result
