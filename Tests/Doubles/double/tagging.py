"""Tags of everything, and what they lead to; inference components, which have a list of their own."""
from __future__ import annotations

from typing import Any, Iterator

import moto.backends
from moto.core.resource_tagging import make_tag_matcher, match_resource_type
from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """Nothing of moto's own."""


def tagged(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    """What has tags in this account and region: moto's services, those that moto leaves out, and the double's own."""
    stacks = stack_tags(call)
    for arn, tags in own_tags(call):
        yield arn, {**tags, **next((stacks[name] for name in known_as(arn) if name in stacks), {})}


def stack_tags(call: Call) -> dict[tuple[str, str] | str, dict[str, str]]:
    """What CloudFormation writes on all that it makes, by the ARN, or by kind and name."""
    told: dict[tuple[str, str] | str, dict[str, str]] = {}
    for stack in call.store("stacks").values():
        for entry in stack.resources():
            _, service, kind = entry["ResourceType"].lower().split("::")
            physical = entry["PhysicalResourceId"]
            tags = {
                "aws:cloudformation:stack-name": stack.name, "aws:cloudformation:stack-id": stack.identity,
                "aws:cloudformation:logical-id": entry["LogicalResourceId"]}
            told[physical] = told[f"{service}:{kind}", physical] = tags
    return told


def known_as(arn: str) -> list[tuple[str, str] | str]:
    _, _, service, _, _, rest = arn.split(":", 5)
    if service in ("s3", "sns"):
        return [arn, ("s3:bucket", rest)]
    name = rest.replace(":", "/").split("/", 1)
    return [arn, (f"{service}:{name[0].replace('-', '')}", name[-1])]


def own_tags(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    for resource in call.backend()._get_resources_generator():
        # moto keeps the ARN of an endpoint configuration in a tuple.
        arn = resource.arn if isinstance(resource.arn, str) else resource.arn[0]
        yield arn.removesuffix(":*"), resource.tags
    for name in ("dynamodb", "cloudtrail", "events", "ecr", "synthetics"):
        backend = moto.backends.get_backend(name)[call.account][call.region]
        yield from tags_in(name, backend, call)
    for store in ("tags", "backup tags"):
        for arn, tags in call.store(store).items():
            if str(arn).startswith("arn:"):
                yield arn, tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def tags_in(name: str, backend: Any, call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    if name == "dynamodb":
        for table in backend.tables.values():
            yield table.table_arn, {tag["Key"]: tag["Value"] for tag in table.tags}
    elif name == "synthetics":
        for canary in backend.canaries.values():
            yield call.arn(f"canary:{canary.name}", "synthetics"), canary.tags
    else:
        service = backend.tagging_service if name == "cloudtrail" else backend.tagger
        for arn in list(service.tags):
            yield arn, service.get_tag_dict_for_resource(arn)


def kind(arn: str) -> str:
    """`logs:log-group`, as a filter on resource types names it."""
    _, _, service, _, _, rest = arn.split(":", 5)
    return service if service in ("s3", "sns") else f"{service}:{rest.replace('/', ':').split(':')[0]}"


@answers("resourcegroupstaggingapi", "GetResources")
def get_resources(call: Call) -> dict:
    """moto ends a page after a hundred tags, and AWS after a hundred resources."""
    matches = make_tag_matcher(call.get("TagFilters"))
    wanted = set(call.get("ResourceARNList") or [])
    found = {
        arn: tags for arn, tags in tagged(call)
        if tags and matches(tags) and match_resource_type(kind(arn), call.get("ResourceTypeFilters"))
        and (not wanted or arn in wanted)}
    entries = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for arn, tags in found.items()]
    return call.page(entries, "ResourceTagMappingList", call.get("ResourcesPerPage") or 50, "PaginationToken")


# Inference components.

def component(call: Call) -> dict[str, Any]:
    found = call.store("inference components").get(call["InferenceComponentName"])
    if not found:
        raise Refusal("ValidationException", f"Could not find inference component {call['InferenceComponentName']}")
    return found


@answers("sagemaker", "CreateInferenceComponent")
def create_inference_component(call: Call) -> dict:
    name, endpoint = call["InferenceComponentName"], call["EndpointName"]
    if endpoint not in call.backend().endpoints:
        raise Refusal("ValidationException", f'Could not find endpoint "{endpoint}".')
    arn = call.arn(f"inference-component/{name}")
    given = {key: value for key, value in call.input.items() if key != "Tags" and value is not None}
    copies = (call.get("RuntimeConfig") or {}).get("CopyCount", 1)
    call.store("inference components")[name] = {
        **given, "InferenceComponentArn": arn, "EndpointArn": call.backend().endpoints[endpoint].arn,
        "InferenceComponentStatus": "InService", "CreationTime": utcnow(), "LastModifiedTime": utcnow(),
        "RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": copies}}
    call.store("tags")[arn] = call.get("Tags") or []
    return {"InferenceComponentArn": arn}


@answers("sagemaker", "DescribeInferenceComponent")
def describe_inference_component(call: Call) -> dict:
    return component(call)


@answers("sagemaker", "ListInferenceComponents")
def list_inference_components(call: Call) -> dict:
    wanted = call.get("EndpointNameEquals")
    found = [
        entry for entry in call.store("inference components").values() if wanted in (None, entry["EndpointName"])]
    return call.page(found, "InferenceComponents", call.get("MaxResults") or 10)


@answers("sagemaker", "DeleteInferenceComponent")
def delete_inference_component(call: Call) -> None:
    call.store("tags").pop(component(call)["InferenceComponentArn"], None)
    del call.store("inference components")[call["InferenceComponentName"]]
