"""Alarms whose state is kept and tells somebody, and tags of autoscaling."""
from __future__ import annotations

import json
import sys
from typing import Any

import moto.cloudwatch.models
import moto.sns.models

from double import Call, answers


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
    return {"ScalingActivities": []}
