"""SageMaker: endpoints that are updated and rolled back, monitoring schedules, and fields that moto loses."""
from __future__ import annotations

import datetime
import time
from typing import Any

import botocore.session
import moto.backends
import moto.cloudwatch.models
import moto.sagemaker.models
from moto.core.utils import utcnow

from double import Call, Refusal, answers

INSTANCE_TYPES = set(
    botocore.session.get_session().get_service_model("sagemaker").shape_for("ProductionVariantInstanceType").enum)


class Durations:
    """Seconds that an endpoint stays in a state."""

    creating = 0.5
    updating = 0.5
    rolling_back = 0.5


def mend_moto() -> None:
    """moto's own list of instance types ends before g5, p5 and inf2."""

    def validate(self: Any, name: str) -> None:
        if name not in INSTANCE_TYPES:
            raise Refusal("ValidationException", f"Value '{name}' at 'instanceType' is no member of the enum value set")

    moto.sagemaker.models.FakeEndpointConfig.validate_instance_type = validate


def refuse_second(call: Call, known: Any, what: str, name: str) -> None:
    """SageMaker never replaces what has a name; moto does."""
    if name in known:
        arn = call.arn(f"{what.replace(' ', '-')}/{name}")
        raise Refusal("ValidationException", f'Cannot create already existing {what} "{arn}".')


# Models and endpoint configurations: every field is kept.

@answers("sagemaker", "CreateModel")
def create_model(call: Call) -> dict:
    name = call["ModelName"]
    refuse_second(call, call.backend()._models, "model", name)
    return created(call, "models", name)


@answers("sagemaker", "DescribeModel")
def describe_model(call: Call) -> dict:
    return described(call, "models", call["ModelName"])


@answers("sagemaker", "CreateEndpointConfig")
def create_endpoint_config(call: Call) -> dict:
    name = call["EndpointConfigName"]
    refuse_second(call, call.backend().endpoint_configs, "endpoint configuration", name)
    return created(call, "endpoint configurations", name)


@answers("sagemaker", "DescribeEndpointConfig")
def describe_endpoint_config(call: Call) -> dict:
    return described(call, "endpoint configurations", call["EndpointConfigName"])


def created(call: Call, kind: str, name: str) -> dict:
    result = call.forward()
    call.store(kind)[name] = {key: value for key, value in call.input.items() if key != "Tags" and value is not None}
    return result


def described(call: Call, kind: str, name: str) -> dict:
    """What was given, and what moto adds to it that says something."""
    known = {key: value for key, value in call.forward().items() if value}
    return {**known, **call.store(kind).get(name, {})}


# Endpoints: Creating and Updating take their time, and an alarm in ALARM rolls an update back.

# What happens to the new fleet of an update, as shares of its time, and the new fleet's share of the traffic.
CANARY = [
    ("Creating", 0.25, 0), ("ActivatingTraffic", 0.05, 0), ("Baking", 0.3, "canary"), ("ActivatingTraffic", 0.05, 1),
    ("Baking", 0.25, 1), ("Deleting", 0.1, 1)]
ALL_AT_ONCE = [("Creating", 0.4, 0), ("ActivatingTraffic", 0.1, 0), ("Baking", 0.4, 1), ("Deleting", 0.1, 1)]


def phases(deployment: dict | None) -> list[tuple[str, float, float]]:
    """The states of an update with the moment at which each ends; a linear one takes its steps as a canary does."""
    policy = (deployment or {}).get("BlueGreenUpdatePolicy") or {}
    routing = policy.get("TrafficRoutingConfiguration") or {}
    size = routing.get("CanarySize") or routing.get("LinearStepSize") or {}
    step = size.get("Value", 100) / 100 if size.get("Type") == "CAPACITY_PERCENT" else 0.5
    plan = ALL_AT_ONCE if routing.get("Type", "ALL_AT_ONCE") == "ALL_AT_ONCE" else CANARY
    made, end = [], time.monotonic()
    for status, share, weight in plan:
        end += share * Durations.updating
        made.append((status, end, step if weight == "canary" else weight))
    return made


def advance(call: Call, name: str) -> dict | None:
    """Moves an endpoint to the state that it has by now."""
    endpoint = call.backend().endpoints.get(name)
    state = call.store("endpoints").get(name)
    if endpoint is None or state is None:
        return None
    if endpoint.endpoint_status == "Updating":
        rollback = (state["deployment"] or {}).get("AutoRollbackConfiguration", {})
        names = [alarm["AlarmName"] for alarm in rollback.get("Alarms", [])]
        alarms = moto.cloudwatch.models.cloudwatch_backends[call.account][call.region].alarms
        firing = [name for name in names if name in alarms and alarms[name].state_value == "ALARM"]
        if firing:
            endpoint.endpoint_status = "RollingBack"
            state.update(
                until=time.monotonic() + Durations.rolling_back, next=None,
                reason=f"One or more configured alarm(s) went into ALARM state: {firing}")
    if endpoint.endpoint_status in ("Creating", "Updating", "RollingBack") and time.monotonic() >= state["until"]:
        if state.get("next"):
            endpoint.endpoint_config_name, endpoint.production_variants = state["next"]
            state.update(next=None, reason=None)
        endpoint.endpoint_status = "InService"
        endpoint.last_modified_time = utcnow()
    return state


def pending(endpoint: Any, state: dict) -> dict | None:
    """What an update under way has come to."""
    if endpoint.endpoint_status != "Updating" or not state.get("next"):
        return None
    config, variants = state["next"]
    now = time.monotonic()
    status, _, weight = next((one for one in state["phases"] if now < one[1]), state["phases"][-1])
    return {
        "EndpointConfigName": config, "StartTime": state["began"],
        "ProductionVariants": [
            {
                **variant, "CurrentWeight": variant.get("CurrentWeight", 1) * weight,
                "CurrentInstanceCount": 0 if status == "Creating" else variant.get("DesiredInstanceCount", 1),
                "VariantStatus": [{"Status": status, "StartTime": state["began"]}],
            } for variant in variants]}


@answers("sagemaker", "CreateEndpoint")
def create_endpoint(call: Call) -> dict:
    name = call["EndpointName"]
    refuse_second(call, call.backend().endpoints, "endpoint", name)
    result = call.forward()
    call.backend().endpoints[name].endpoint_status = "Creating"
    call.store("endpoints")[name] = {
        "deployment": call.get("DeploymentConfig"), "until": time.monotonic() + Durations.creating, "reason": None}
    return result


@answers("sagemaker", "UpdateEndpoint")
def update_endpoint(call: Call) -> dict:
    name, config = call["EndpointName"], call["EndpointConfigName"]
    state = advance(call, name)
    if state is None:
        raise Refusal("ValidationException", f'Could not find endpoint "{call.arn(f"endpoint/{name}")}".')
    endpoint = call.backend().endpoints[name]
    if endpoint.endpoint_status != "InService":
        raise Refusal("ValidationException", f'Cannot update in-progress endpoint "{endpoint.arn}".')
    if config not in call.backend().endpoint_configs:
        arn = call.arn(f"endpoint-config/{config}")
        raise Refusal("ValidationException", f'Could not find endpoint configuration "{arn}".')
    kept = state["deployment"] if call.get("RetainDeploymentConfig") else None
    variants = endpoint._process_production_variants(call.backend().endpoint_configs[config].production_variants)
    if call.get("RetainAllVariantProperties"):
        retain(endpoint.production_variants, variants)
    deployment = call.get("DeploymentConfig") or kept
    state.update(
        deployment=deployment, until=time.monotonic() + Durations.updating, next=(config, variants),
        phases=phases(deployment), began=utcnow(), reason=None)
    endpoint.endpoint_status = "Updating"
    endpoint.last_modified_time = utcnow()
    return {"EndpointArn": endpoint.arn}


def retain(old: list[dict], new: list[dict]) -> None:
    """Variants keep the count and weight that they have come to."""
    by_name = {variant["VariantName"]: variant for variant in old}
    for variant in new:
        now = by_name.get(variant["VariantName"], {})
        for key in ("CurrentInstanceCount", "DesiredInstanceCount", "CurrentWeight", "DesiredWeight"):
            if key in now and key in variant:
                variant[key] = now[key]


@answers("sagemaker", "DescribeEndpoint")
def describe_endpoint(call: Call) -> dict:
    name = call["EndpointName"]
    state = advance(call, name)
    result = call.forward()
    # A test may have told that it was made long ago.
    if name in call.store("endpoint ages"):
        result["CreationTime"] = datetime.datetime.fromtimestamp(
            call.store("endpoint ages")[name], datetime.timezone.utc)
    if state:
        if state["deployment"]:
            result["LastDeploymentConfig"] = state["deployment"]
        if state["reason"]:
            result["FailureReason"] = state["reason"]
        summary = pending(call.backend().endpoints[name], state)
        if summary:
            result["PendingDeploymentSummary"] = summary
    return result


@answers("sagemaker", "ListEndpoints")
def list_endpoints(call: Call) -> dict:
    for name in list(call.store("endpoints")):
        advance(call, name)
    return call.forward()


@answers("sagemaker", "DeleteEndpoint")
def delete_endpoint(call: Call) -> None:
    call.store("endpoints").pop(call["EndpointName"], None)
    call.forward()


# Monitors.

@answers("sagemaker", "DescribeDataQualityJobDefinition", "DescribeModelQualityJobDefinition")
def describe_job_definition(call: Call) -> dict:
    """moto adds empty structures where the writer left something out."""
    return {key: value for key, value in call.forward().items() if value not in (None, {}, [])}


def schedule(call: Call) -> dict:
    name = call["MonitoringScheduleName"]
    found = call.store("monitoring schedules").get(name)
    if not found:
        raise Refusal("ResourceNotFound", f"Monitoring schedule {name} does not exist.")
    return found


@answers("sagemaker", "CreateMonitoringSchedule")
def create_monitoring_schedule(call: Call) -> dict:
    name, config = call["MonitoringScheduleName"], call["MonitoringScheduleConfig"]
    refuse_second(call, call.store("monitoring schedules"), "monitoring schedule", name)
    arn = call.arn(f"monitoring-schedule/{name}")
    call.store("monitoring schedules")[name] = {
        "MonitoringScheduleArn": arn, "MonitoringScheduleName": name, "MonitoringScheduleStatus": "Scheduled",
        "MonitoringType": config.get("MonitoringType"), "CreationTime": utcnow(), "LastModifiedTime": utcnow(),
        "MonitoringScheduleConfig": config,
    }
    call.store("tags")[arn] = call.get("Tags", [])
    return {"MonitoringScheduleArn": arn}


@answers("sagemaker", "DescribeMonitoringSchedule")
def describe_monitoring_schedule(call: Call) -> dict:
    return {**schedule(call), "EndpointName": endpoint_of(call, schedule(call))}


def endpoint_of(call: Call, entry: dict[str, Any]) -> str | None:
    """The endpoint that the job of a schedule watches, written into the schedule or into a definition."""
    config = entry["MonitoringScheduleConfig"]
    job, inline = config.get("MonitoringJobDefinitionName"), config.get("MonitoringJobDefinition") or {}
    inputs = [one.get("EndpointInput") for one in inline.get("MonitoringInputs", [])]
    backend = call.backend()
    if job in backend.data_quality_job_definitions:
        inputs.append((backend.data_quality_job_definitions[job].data_quality_job_input or {}).get("EndpointInput"))
    if job in backend.model_quality_job_definitions:
        inputs.append((backend.model_quality_job_definitions[job].model_quality_job_input or {}).get("EndpointInput"))
    return next((one["EndpointName"] for one in inputs if one), None)


@answers("sagemaker", "UpdateMonitoringSchedule")
def update_monitoring_schedule(call: Call) -> dict:
    schedule(call).update(MonitoringScheduleConfig=call["MonitoringScheduleConfig"], LastModifiedTime=utcnow())
    return {"MonitoringScheduleArn": schedule(call)["MonitoringScheduleArn"]}


@answers("sagemaker", "StopMonitoringSchedule", "StartMonitoringSchedule")
def switch_monitoring_schedule(call: Call) -> None:
    is_start = call.operation.name.startswith("Start")
    schedule(call)["MonitoringScheduleStatus"] = "Scheduled" if is_start else "Stopped"


@answers("sagemaker", "DeleteMonitoringSchedule")
def delete_monitoring_schedule(call: Call) -> None:
    call.store("tags").pop(schedule(call)["MonitoringScheduleArn"], None)
    del call.store("monitoring schedules")[call["MonitoringScheduleName"]]


@answers("sagemaker", "ListMonitoringSchedules")
def list_monitoring_schedules(call: Call) -> dict:
    wanted = call.get("EndpointName")
    found = [
        {**entry, "EndpointName": endpoint_of(call, entry)} for entry in call.store("monitoring schedules").values()]
    shown = [entry for entry in found if wanted in (None, entry["EndpointName"])]
    return call.page(shown, "MonitoringScheduleSummaries", call.get("MaxResults") or 10)


@answers("sagemaker", "ListTags")
def list_tags(call: Call) -> dict:
    own = call.store("tags").get(call["ResourceArn"])
    return call.forward() if own is None else {"Tags": own}


@answers("sagemaker", "DeleteModelPackageGroup")
def delete_model_package_group(call: Call) -> None:
    call.backend().model_package_groups.pop(call["ModelPackageGroupName"], None)


# Quotas.

# AWS has one for every type; here are those of the types that a configuration names. A test says others with
# `keep("quotas", {name: value})`.
USUAL_QUOTA = 20.0


@answers("service-quotas", "ListServiceQuotas")
def list_service_quotas(call: Call) -> dict:
    """moto knows those of networks alone."""
    if call["ServiceCode"] != "sagemaker":
        return call.forward()
    configs = moto.backends.get_backend("sagemaker")[call.account][call.region].endpoint_configs.values()
    types = {variant.get("InstanceType") for config in configs for variant in config.production_variants}
    values = {f"{name} for endpoint usage": USUAL_QUOTA for name in sorted(types - {None})}
    values.update(call.store("quotas"))
    quotas = [
        {"ServiceCode": "sagemaker", "ServiceName": "Amazon SageMaker", "QuotaName": name, "Value": value,
         "QuotaCode": f"L-{number:08X}", "Unit": "None", "Adjustable": True, "GlobalQuota": False}
        for number, (name, value) in enumerate(values.items())]
    return call.page(quotas, "Quotas", call.get("MaxResults") or 100)
