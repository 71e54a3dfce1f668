"""Alarms whose state and history are kept and tell somebody, mute rules, percentiles, and tags of autoscaling."""
from __future__ import annotations

import json
import sys
from typing import Any

import moto.cloudwatch.models
import moto.sns.models
from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """An alarm begins without data, keeps its state when it is put again, and sets off its actions."""
    alarm, backend = moto.cloudwatch.models.Alarm, moto.cloudwatch.models.CloudWatchBackend
    make, put, set_state = alarm.__init__, backend.put_metric_alarm, backend.set_alarm_state

    def make_without_data(self: Any, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        self.state_value = "INSUFFICIENT_DATA"

    def put_and_keep_state(self: Any, *arguments: Any, **named: Any) -> Any:
        old = self.alarms.get(named.get("name"))
        new = put(self, *arguments, **named)
        if old:
            new.state_value, new.state_reason, new.history = old.state_value, old.state_reason, old.history
        return new

    def set_state_and_act(self: Any, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        old = self.alarms[alarm_name].state_value if alarm_name in self.alarms else None
        set_state(self, alarm_name, reason, reason_data, state_value)
        if old != state_value:
            act(self, self.alarms[alarm_name])

    statistics = moto.cloudwatch.models.Statistics
    plain_statistic = statistics.get_statistics_for_type

    def statistic(self: Any, name: str) -> Any:
        """moto knows no percentiles; this one is that of the values themselves."""
        if not name.startswith("p"):
            return plain_statistic(self, name)
        values = sorted(self.metric_single_values_list)
        rank = max(1, -(-len(values) * float(name[1:]) // 100))
        return values[int(rank) - 1] if values else None

    statistics.get_statistics_for_type = statistic
    alarm.__init__ = make_without_data
    backend.put_metric_alarm = put_and_keep_state
    backend.set_alarm_state = set_state_and_act


def act(backend: Any, alarm: Any) -> None:
    """Publishes to the topics that an alarm names for its new state."""
    if not alarm.actions_enabled:
        return
    actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}.get(
        alarm.state_value, alarm.insufficient_data_actions)
    message = {
        "AlarmName": alarm.name, "NewStateValue": alarm.state_value, "NewStateReason": alarm.state_reason}
    for arn in actions:
        if ":sns:" not in arn:
            continue
        try:
            topics = moto.sns.models.sns_backends[backend.account_id][arn.split(":")[3]]
            topics.publish(message=json.dumps(message), arn=arn, subject=f"{alarm.state_value}: {alarm.name}")
        except Exception as error:
            print(f"{alarm.name} could not tell {arn}: {error!r}", file=sys.stderr)


# CloudWatch: lists in pages, composite alarms, history.

@answers("cloudwatch", "DescribeAlarms")
def describe_alarms(call: Call) -> dict:
    """moto answers with all alarms at once, of both kinds, whatever was asked for; AWS with metric alarms at most."""
    names, prefix = call.get("AlarmNames"), call.get("AlarmNamePrefix") or ""
    kinds = call.get("AlarmTypes") or ["MetricAlarm"]
    composites = call.store("composite alarms")
    found = [
        ("MetricAlarm", alarm) for alarm in call.backend().alarms.values() if alarm.name not in composites
    ] + [("CompositeAlarm", composite) for composite in composites.values()]

    def is_wanted(kind: str, alarm: Any) -> bool:
        name = alarm["AlarmName"] if kind == "CompositeAlarm" else alarm.name
        state = alarm["StateValue"] if kind == "CompositeAlarm" else alarm.state_value
        actions = alarm["AlarmActions"] if kind == "CompositeAlarm" else alarm.alarm_actions
        return (
            kind in kinds and (not names or name in names) and name.startswith(prefix)
            and state == (call.get("StateValue") or state)
            and (not call.get("ActionPrefix") or any(one.startswith(call["ActionPrefix"]) for one in actions)))

    page = call.page([one for one in found if is_wanted(*one)], "Alarms", call.get("MaxRecords") or 50)
    alarms = page.pop("Alarms")
    return {
        "MetricAlarms": [alarm for kind, alarm in alarms if kind == "MetricAlarm"],
        "CompositeAlarms": [alarm for kind, alarm in alarms if kind == "CompositeAlarm"], **page}


@answers("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(call: Call) -> None:
    name = call["AlarmName"]
    given = {key: value for key, value in call.input.items() if key != "Tags" and value is not None}
    old = call.store("composite alarms").get(name, {})
    state = {
        "StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": utcnow(), "StateTransitionedTimestamp": utcnow(), "ActionsEnabled": True,
        "AlarmActions": [], "OKActions": [], "InsufficientDataActions": []}
    arn = call.arn(f"alarm:{name}")
    kept = {key: old[key] for key in state if key.startswith("State") and key in old}
    call.store("composite alarms")[name] = {
        **state, **kept, **given, "AlarmArn": arn, "AlarmConfigurationUpdatedTimestamp": utcnow()}
    if not old:
        call.store("tags")[arn] = call.get("Tags") or []


@answers("cloudwatch", "DeleteAlarms")
def delete_alarms(call: Call) -> None:
    names = call["AlarmNames"]
    own = [name for name in names if call.store("composite alarms").pop(name, None)]
    for name in own:
        call.store("tags").pop(call.arn(f"alarm:{name}"), None)
    if len(own) < len(names):
        call.forward()


@answers("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(call: Call) -> dict:
    """The changes of state; moto keeps what the state was before each."""
    items = []
    for alarm in call.backend().alarms.values():
        if call.get("AlarmName") not in (None, alarm.name):
            continue
        current = (None, alarm.state_reason, None, alarm.state_value, alarm.state_updated_timestamp)
        states = [*alarm.history, current]
        for old, new in zip(states, states[1:]):
            if old[3] == new[3] or (call.get("StartDate") and new[4] < call["StartDate"].replace(tzinfo=None)):
                continue
            told = {
                "version": "1.0", "oldState": {"stateValue": old[3], "stateReason": old[1]},
                "newState": {"stateValue": new[3], "stateReason": new[1]}}
            items.append({
                "AlarmName": alarm.name, "AlarmType": "MetricAlarm", "Timestamp": new[4],
                "HistoryItemType": "StateUpdate", "HistorySummary": f"Alarm updated from {old[3]} to {new[3]}",
                "HistoryData": json.dumps(told)})
    items.sort(key=lambda item: item["Timestamp"], reverse=call.get("ScanBy") != "TimestampAscending")
    return call.page(items, "AlarmHistoryItems", call.get("MaxRecords") or 50)


@answers("cloudwatch", "PutAlarmMuteRule")
def put_alarm_mute_rule(call: Call) -> None:
    given = {key: value for key, value in call.input.items() if key != "Tags" and value is not None}
    call.store("mute rules")[call["Name"]] = {
        **given, "AlarmMuteRuleArn": call.arn(f"alarm-mute-rule:{call['Name']}"), "Status": "SCHEDULED",
        "LastUpdatedTimestamp": utcnow()}


@answers("cloudwatch", "ListAlarmMuteRules")
def list_alarm_mute_rules(call: Call) -> dict:
    shown = ("AlarmMuteRuleArn", "Status", "LastUpdatedTimestamp")
    rules = [{name: rule[name] for name in shown} for rule in call.store("mute rules").values()]
    return call.page(rules, "AlarmMuteRuleSummaries", call.get("MaxRecords") or 50)


@answers("cloudwatch", "GetAlarmMuteRule")
def get_alarm_mute_rule(call: Call) -> dict:
    rule = call.store("mute rules").get(call["AlarmMuteRuleName"])
    if not rule:
        raise Refusal("ResourceNotFoundException", f"{call['AlarmMuteRuleName']} is unknown")
    return rule


# Autoscaling: a target's tags, and what it has done.

@answers("application-autoscaling", "RegisterScalableTarget")
def register_scalable_target(call: Call) -> dict:
    result = call.forward()
    if call.get("Tags"):
        call.store("tags")[call["ResourceId"]] = call["Tags"]
    return result


@answers("application-autoscaling", "ListTagsForResource")
def list_scaling_tags(call: Call) -> dict:
    targets = call.backend().targets.values()
    names = [
        target.resource_id for group in targets for target in group.values() if target.arn == call["ResourceARN"]]
    return {"Tags": call.store("tags").get(names[0], {}) if names else {}}


@answers("application-autoscaling", "DescribeScalingActivities")
def describe_scaling_activities(call: Call) -> dict:
    """What only time brings about, a test keeps."""
    place = call.get("ResourceId")
    kept = [entry for entry in call.store("scaling activities").values() if place in (None, entry["ResourceId"])]
    return call.page(kept, "ScalingActivities", min(call.get("MaxResults") or 50, 50))


@answers("application-autoscaling", "DescribeScalableTargets")
def describe_scalable_targets(call: Call) -> dict:
    """moto's third page is its second again."""
    found = call.backend().describe_scalable_targets(
        call["ServiceNamespace"], call.get("ResourceIds"), call.get("ScalableDimension"))
    suspended = {
        "DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": False, "ScheduledScalingSuspended": False}
    targets = [
        {
            "ServiceNamespace": call["ServiceNamespace"], "ResourceId": target.resource_id,
            "ScalableDimension": target.scalable_dimension, "MinCapacity": target.min_capacity,
            "MaxCapacity": target.max_capacity, "RoleARN": target.role_arn, "CreationTime": target.creation_time,
            "SuspendedState": {**suspended, **(target.suspended_state or {})}, "ScalableTargetARN": target.arn,
        } for target in found]
    return call.page(targets, "ScalableTargets", min(call.get("MaxResults") or 50, 50))


@answers("application-autoscaling", "DescribeScheduledActions")
def describe_scheduled_actions(call: Call) -> dict:
    return call.page(call.forward()["ScheduledActions"], "ScheduledActions", min(call.get("MaxResults") or 50, 50))
