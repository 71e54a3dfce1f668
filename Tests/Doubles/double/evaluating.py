"""CloudWatch: alarms that judge what is published, their history, and metrics with percentiles and arithmetic.

moto keeps alarms and never looks at them. Here each is evaluated over its last periods, M of N, with its rule for
missing data, from metrics, percentiles and metric math. In a real account SageMaker publishes an endpoint's metrics,
and nobody else can; here a test does it.
"""
from __future__ import annotations

import ast
import json
import math
import re
import sys
import threading
import time
import traceback
from datetime import datetime, timedelta, timezone
from typing import Any

import moto.cloudwatch.models

from double import ACCOUNT, Call, answers
from double.watching import act

COMPARISONS = {
    "GreaterThanThreshold": ("greater than", lambda value, limit: value > limit),
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", lambda value, limit: value >= limit),
    "LessThanThreshold": ("less than", lambda value, limit: value < limit),
    "LessThanOrEqualToThreshold": ("less than or equal to", lambda value, limit: value <= limit),
}


def mend_moto() -> None:
    """Every change of an alarm's state is history."""
    alarm = moto.cloudwatch.models.Alarm
    update_state = alarm.update_state

    def update_and_note(self: Any, reason: str, reason_data: str, state_value: str) -> None:
        old = {"stateValue": self.state_value, "stateReason": self.state_reason}
        update_state(self, reason, reason_data, state_value)
        if old["stateValue"] == state_value:
            return
        new = {"stateValue": state_value, "stateReason": reason, "stateReasonData": json.loads(reason_data or "{}")}
        history(self.region_name).insert(0, {
            "AlarmName": self.name, "AlarmType": "MetricAlarm", "HistoryItemType": "StateUpdate",
            "Timestamp": aware(self.state_updated_timestamp),
            "HistorySummary": f"Alarm updated from {old['stateValue']} to {state_value}",
            "HistoryData": json.dumps({"version": "1.0", "oldState": old, "newState": new}),
        })

    alarm.update_state = update_and_note


def history(region: str) -> list[dict[str, Any]]:
    return Call.stores[ACCOUNT, region, "alarm history"].setdefault("items", [])


@answers("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(call: Call) -> dict:
    kept = [
        item for item in history(call.region)
        if call.get("AlarmName") in (None, item["AlarmName"])
        and call.get("HistoryItemType") in (None, item["HistoryItemType"])
        and (not call.get("StartDate") or item["Timestamp"] >= aware(call["StartDate"]))
        and (not call.get("EndDate") or item["Timestamp"] <= aware(call["EndDate"]))]
    if call.get("ScanBy") == "TimestampAscending":
        kept.reverse()
    start, count = int(call.get("NextToken") or 0), int(call.get("MaxRecords") or 100)
    page = {"AlarmHistoryItems": kept[start:start + count]}
    return {**page, "NextToken": str(start + count)} if len(kept) > start + count else page


def aware(moment: Any) -> datetime:
    if isinstance(moment, (int, float)):
        return datetime.fromtimestamp(moment, timezone.utc)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


# Metrics.

def statistic(data: list[Any], name: str) -> float | None:
    """Of what was published in one period; percentiles need single values."""
    values = [float(datum.value) for datum in data if hasattr(datum, "value")]
    sets = [datum for datum in data if not hasattr(datum, "value")]
    if match := re.fullmatch(r"p(\d+(?:\.\d+)?)", name):
        place = (len(values) - 1) * float(match[1]) / 100
        low, high = math.floor(place), math.ceil(place)
        values.sort()
        return values[low] + (values[high] - values[low]) * (place - low) if values else None
    total = sum(values) + sum(float(one.sum) for one in sets)
    count = len(values) + sum(float(one.sample_count) for one in sets)
    return {
        "Sum": total, "SampleCount": count, "Average": total / count,
        "Minimum": min(values + [float(one.min) for one in sets]),
        "Maximum": max(values + [float(one.max) for one in sets])}[name]


def series(backend: Any, wanted: dict[str, Any], start: datetime, end: datetime) -> dict[datetime, float]:
    """A metric's statistic by the start of each period in which there was something."""
    dimensions, period = sorted(wanted["dimensions"]), int(wanted["period"])
    found: dict[datetime, list[Any]] = {}
    for datum in list(backend.metric_data):
        if (datum.namespace, datum.name) != (wanted["namespace"], wanted["name"]):
            continue
        moment = aware(datum.timestamp)
        if start <= moment < end and sorted((one.name, one.value) for one in datum.dimensions) == dimensions:
            found.setdefault(floor(moment, period), []).append(datum)
    values = {moment: statistic(data, wanted["statistic"]) for moment, data in found.items()}
    return {moment: value for moment, value in values.items() if value is not None}


def floor(moment: datetime, period: int) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // period * period, timezone.utc)


def calculated(expression: str, values: dict[str, float | None]) -> float | None:
    """Metric math on one period; what is missing stays missing unless it is filled."""
    def choose(condition: Any, yes: Any, no: Any) -> Any:
        return None if condition is None else yes if condition else no

    functions: dict[str, Any] = {
        "IF": choose, "FILL": lambda value, other: other if value is None else value,
        "MAX": lambda items: max(items), "MIN": lambda items: min(items), "SUM": lambda items: sum(items),
        "ABS": lambda value: None if value is None else abs(value)}
    comparisons: dict[type, Any] = {
        ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b, ast.Lt: lambda a, b: a < b,
        ast.LtE: lambda a, b: a <= b, ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b}
    operations: dict[type, Any] = {
        ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
        ast.Div: lambda a, b: a / b if b else None}

    def look(node: ast.AST) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return values[node.id]
            case ast.List():
                return [value for value in map(look, node.elts) if value is not None]
            case ast.UnaryOp(op=ast.USub()):
                value = look(node.operand)
                return None if value is None else -value
            case ast.Call():
                return functions[node.func.id](*map(look, node.args))
            case ast.Compare():
                left, right = look(node.left), look(node.comparators[0])
                return None if None in (left, right) else comparisons[type(node.ops[0])](left, right)
            case ast.BinOp():
                left, right = look(node.left), look(node.right)
                return None if None in (left, right) else operations[type(node.op)](left, right)
        raise ValueError(f"the double's metric math has no {ast.dump(node)}")

    return look(ast.parse(expression.strip(), mode="eval").body)


@answers("cloudwatch", "GetMetricData")
def get_metric_data(call: Call) -> dict:
    start, end = aware(call["StartTime"]), aware(call["EndTime"])
    found: dict[str, dict[datetime, float]] = {}
    labels: dict[str, str] = {}
    queries = call["MetricDataQueries"]
    for query in (one for one in queries if one.get("MetricStat")):
        told = query["MetricStat"]
        metric = told["Metric"]
        labels[query["Id"]] = query.get("Label") or metric["MetricName"]
        found[query["Id"]] = series(call.backend(), {
            "namespace": metric["Namespace"], "name": metric["MetricName"], "period": told["Period"],
            "statistic": told["Stat"],
            "dimensions": [(one["Name"], one["Value"]) for one in metric.get("Dimensions") or []],
        }, floor(start, int(told["Period"])), end)
    for query in (one for one in queries if one.get("Expression")):
        labels[query["Id"]] = query.get("Label") or query["Id"]
        moments = {moment for values in found.values() for moment in values}
        values = {moment: calculated(query["Expression"], {
            name: values.get(moment) for name, values in found.items()}) for moment in moments}
        found[query["Id"]] = {moment: float(value) for moment, value in values.items() if value is not None}
    results = []
    for query in queries:
        if query.get("ReturnData") is False:
            continue
        moments = sorted(found[query["Id"]], reverse=call.get("ScanBy") != "TimestampAscending")
        results.append({
            "Id": query["Id"], "Label": labels[query["Id"]], "StatusCode": "Complete", "Timestamps": moments,
            "Values": [found[query["Id"]][moment] for moment in moments]})
    return {"MetricDataResults": results}


# Alarms.

class Judgement:
    """An alarm's state by what was published in its last whole periods."""

    def __init__(self, backend: Any, alarm: Any, now: datetime) -> None:
        self.alarm, self.now = alarm, now
        stats = [query.metric_stat for query in alarm.metric_data_queries if query.metric_stat]
        self.period = int(stats[0].period if stats else alarm.period)
        self.count = int(alarm.evaluation_periods)
        end = floor(now, self.period)
        self.start = end - timedelta(seconds=self.period * self.count)
        self.moments = [self.start + timedelta(seconds=self.period * place) for place in range(self.count)]
        self.values = self.judged(backend, end)

    def judged(self, backend: Any, end: datetime) -> dict[datetime, float]:
        alarm = self.alarm
        if not alarm.metric_data_queries:
            return series(backend, {
                "namespace": alarm.namespace, "name": alarm.metric_name, "period": alarm.period,
                "statistic": alarm.extended_statistic or alarm.statistic,
                "dimensions": [(one.name, one.value) for one in alarm.dimensions]}, self.start, end)
        found = {query.id: series(backend, {
            "namespace": query.metric_stat.metric.namespace, "name": query.metric_stat.metric.metric_name,
            "period": query.metric_stat.period, "statistic": query.metric_stat.stat,
            "dimensions": [(one.name, one.value) for one in query.metric_stat.metric.dimensions],
        }, self.start, end) for query in alarm.metric_data_queries if query.metric_stat}
        asked = next(one for one in alarm.metric_data_queries if str(one.return_data).lower() != "false")
        if not asked.expression:
            return found[asked.id]
        values = {moment: calculated(asked.expression, {
            name: values.get(moment) for name, values in found.items()}) for moment in self.moments}
        return {moment: float(value) for moment, value in values.items() if value is not None}

    @property
    def state(self) -> str:
        treatment = self.alarm.treat_missing_data or "missing"
        wanted = int(self.alarm.datapoints_to_alarm or self.count)
        breaching = sum(self.breaches(value) for value in self.values.values())
        missing = self.count - len(self.values)
        if not self.values and treatment in ("missing", "ignore"):
            return "INSUFFICIENT_DATA" if treatment == "missing" else self.alarm.state_value
        return "ALARM" if breaching + (missing if treatment == "breaching" else 0) >= wanted else "OK"

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.alarm.comparison_operator][1](value, float(self.alarm.threshold))

    @property
    def reason(self) -> str:
        told = ", ".join(
            f"{self.values[moment]} ({moment:%d/%m/%y %H:%M:%S})" for moment in reversed(self.moments)
            if moment in self.values)
        treatment = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(
            self.alarm.treat_missing_data, "Missing")
        if not told:
            count = f"{self.count} missing datapoint{'' if self.count == 1 else 's'}"
            return (
                f"Threshold Crossed: no datapoints were received for {self.count} periods and {count} "
                f"{'was' if self.count == 1 else 'were'} treated as [{treatment}].")
        words, is_alarm = COMPARISONS[self.alarm.comparison_operator][0], self.state == "ALARM"
        count = sum(self.breaches(value) == is_alarm for value in self.values.values())
        return (
            f"Threshold Crossed: {count} out of the last {self.count} datapoints [{told}] "
            f"{'was' if count == 1 else 'were'} {'' if is_alarm else 'not '}{words} the threshold "
            f"({float(self.alarm.threshold)}) (minimum {self.alarm.datapoints_to_alarm or self.count} datapoints for "
            f"{'OK -> ALARM' if is_alarm else 'ALARM -> OK'} transition).")

    @property
    def reason_data(self) -> str:
        moments = [moment for moment in self.moments if moment in self.values]
        stat = self.alarm.extended_statistic or self.alarm.statistic
        return json.dumps({
            "version": "1.0", "queryDate": stamp(self.now), "startDate": stamp(self.start),
            **({"statistic": stat} if stat else {}), "period": self.period,
            "recentDatapoints": [self.values[moment] for moment in moments], "threshold": float(self.alarm.threshold),
            "evaluatedDatapoints": [
                {"timestamp": stamp(moment), "value": self.values[moment]} for moment in reversed(moments)]})


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0000"


def evaluate(backend: Any) -> None:
    now = datetime.now(timezone.utc)
    for alarm in list(backend.alarms.values()):
        if alarm.rule is not None:
            continue
        judgement = Judgement(backend, alarm, now)
        state = judgement.state
        if state != alarm.state_value:
            alarm.update_state(judgement.reason, judgement.reason_data, state)
            act(backend, alarm)


def keep_evaluating(seconds: float) -> None:
    """Evaluates all alarms again and again, in a thread that ends with the process."""
    def work() -> None:
        while True:
            time.sleep(seconds)
            for regions in list(moto.cloudwatch.models.cloudwatch_backends.values()):
                for backend in list(regions.values()):
                    try:
                        evaluate(backend)
                    except Exception:
                        traceback.print_exc(file=sys.stderr)

    threading.Thread(target=work, daemon=True).start()
