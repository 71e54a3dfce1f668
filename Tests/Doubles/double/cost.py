"""Budgets and Cost Explorer: subscribers, tags, anomaly monitors; moto keeps a budget's figures alone."""
from __future__ import annotations

import uuid
from typing import Any

from moto.core.utils import utcnow

from double import Call, Refusal, answers


def mend_moto() -> None:
    """Nothing of moto's own: both services are answered here."""


# Budgets, each with its notifications, and a notification with its subscribers.

def budget(call: Call) -> dict[str, Any]:
    name = call.get("BudgetName") or call.get("NewBudget", {}).get("BudgetName")
    found = call.store("budgets").get(name)
    if not found:
        raise Refusal("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def key(notification: dict) -> tuple:
    return (
        notification["NotificationType"], notification["ComparisonOperator"], notification["Threshold"],
        notification.get("ThresholdType", "PERCENTAGE"))


@answers("budgets", "CreateBudget")
def create_budget(call: Call) -> dict:
    name = call["Budget"]["BudgetName"]
    if name in call.store("budgets"):
        raise Refusal("DuplicateRecordException", f"the budget {name} exists already")
    defaults = {
        "TimePeriod": {"Start": utcnow().replace(day=1, hour=0, minute=0, second=0, microsecond=0), "End": 3706473600},
        "CalculatedSpend": {"ActualSpend": {"Amount": "0", "Unit": "USD"}},
        "CostTypes": {
            "IncludeTax": True, "IncludeSubscription": True, "UseBlended": False, "IncludeRefund": True,
            "IncludeCredit": True, "IncludeUpfront": True, "IncludeRecurring": True, "IncludeOtherSubscription": True,
            "IncludeSupport": True, "IncludeDiscount": True, "UseAmortized": False,
        },
    }
    notifications = {
        key(entry["Notification"]): {"Notification": entry["Notification"], "Subscribers": entry.get("Subscribers", [])}
        for entry in call.get("NotificationsWithSubscribers", [])
    }
    given = {name: value for name, value in call["Budget"].items() if value is not None}
    call.store("budgets")[name] = {"Budget": {**defaults, **given}, "notifications": notifications}
    call.store("tags")[f"arn:aws:budgets::{call.account}:budget/{name}"] = call.get("ResourceTags", [])
    return {}


@answers("budgets", "DescribeBudget")
def describe_budget(call: Call) -> dict:
    return {"Budget": budget(call)["Budget"]}


@answers("budgets", "DescribeBudgets")
def describe_budgets(call: Call) -> dict:
    return {"Budgets": [entry["Budget"] for entry in call.store("budgets").values()]}


@answers("budgets", "UpdateBudget")
def update_budget(call: Call) -> dict:
    budget(call)["Budget"].update(call["NewBudget"])
    return {}


@answers("budgets", "DeleteBudget")
def delete_budget(call: Call) -> dict:
    budget(call)
    del call.store("budgets")[call["BudgetName"]]
    return {}


@answers("budgets", "DescribeNotificationsForBudget")
def describe_notifications(call: Call) -> dict:
    return {"Notifications": [entry["Notification"] for entry in budget(call)["notifications"].values()]}


@answers("budgets", "DescribeBudgetNotificationsForAccount")
def describe_all_notifications(call: Call) -> dict:
    entries = [
        {
            "BudgetName": name,
            "Notifications": [entry["Notification"] for entry in budget["notifications"].values()],
        } for name, budget in call.store("budgets").items()]
    return {"BudgetNotificationsForAccount": entries}


@answers("budgets", "CreateNotification")
def create_notification(call: Call) -> dict:
    budget(call)["notifications"][key(call["Notification"])] = {
        "Notification": call["Notification"], "Subscribers": call["Subscribers"]}
    return {}


@answers("budgets", "DeleteNotification")
def delete_notification(call: Call) -> dict:
    budget(call)["notifications"].pop(key(call["Notification"]), None)
    return {}


@answers("budgets", "DescribeSubscribersForNotification")
def describe_subscribers(call: Call) -> dict:
    return {"Subscribers": budget(call)["notifications"][key(call["Notification"])]["Subscribers"]}


@answers("budgets", "ListTagsForResource")
def list_budget_tags(call: Call) -> dict:
    return {"ResourceTags": call.store("tags").get(call["ResourceARN"], [])}


@answers("budgets", "TagResource")
def tag_budget(call: Call) -> dict:
    new = {tag["Key"] for tag in call["ResourceTags"]}
    old = call.store("tags").get(call["ResourceARN"], [])
    call.store("tags")[call["ResourceARN"]] = [tag for tag in old if tag["Key"] not in new] + call["ResourceTags"]
    return {}


# Cost Explorer: who watches unusual spending, who is told, and the tags that the bill is split by.

def kept(call: Call, kind: str, arn: str) -> dict[str, Any]:
    found = call.store(kind).get(arn)
    if not found:
        code = "UnknownMonitorException" if kind == "monitors" else "UnknownSubscriptionException"
        raise Refusal(code, f"{arn} is unknown")
    return found


@answers("ce", "CreateAnomalyMonitor")
def create_anomaly_monitor(call: Call) -> dict:
    arn = f"arn:aws:ce::{call.account}:anomalymonitor/{uuid.uuid4()}"
    call.store("monitors")[arn] = {**call["AnomalyMonitor"], "MonitorArn": arn}
    call.store("tags")[arn] = call.get("ResourceTags", [])
    return {"MonitorArn": arn}


@answers("ce", "GetAnomalyMonitors")
def get_anomaly_monitors(call: Call) -> dict:
    wanted = call.get("MonitorArnList") or list(call.store("monitors"))
    return {"AnomalyMonitors": [kept(call, "monitors", arn) for arn in wanted]}


@answers("ce", "UpdateAnomalyMonitor")
def update_anomaly_monitor(call: Call) -> dict:
    kept(call, "monitors", call["MonitorArn"]).update(MonitorName=call.get("MonitorName"))
    return {"MonitorArn": call["MonitorArn"]}


@answers("ce", "DeleteAnomalyMonitor")
def delete_anomaly_monitor(call: Call) -> dict:
    kept(call, "monitors", call["MonitorArn"])
    del call.store("monitors")[call["MonitorArn"]]
    return {}


@answers("ce", "CreateAnomalySubscription")
def create_anomaly_subscription(call: Call) -> dict:
    arn = f"arn:aws:ce::{call.account}:anomalysubscription/{uuid.uuid4()}"
    subscription = {**call["AnomalySubscription"], "SubscriptionArn": arn, "AccountId": call.account}
    call.store("subscriptions")[arn] = subscription
    call.store("tags")[arn] = call.get("ResourceTags", [])
    return {"SubscriptionArn": arn}


@answers("ce", "GetAnomalySubscriptions")
def get_anomaly_subscriptions(call: Call) -> dict:
    wanted = call.get("SubscriptionArnList") or list(call.store("subscriptions"))
    return {"AnomalySubscriptions": [kept(call, "subscriptions", arn) for arn in wanted]}


@answers("ce", "UpdateAnomalySubscription")
def update_anomaly_subscription(call: Call) -> dict:
    given = {name: value for name, value in call.input.items() if value is not None}
    kept(call, "subscriptions", call["SubscriptionArn"]).update(given)
    return {"SubscriptionArn": call["SubscriptionArn"]}


@answers("ce", "DeleteAnomalySubscription")
def delete_anomaly_subscription(call: Call) -> dict:
    kept(call, "subscriptions", call["SubscriptionArn"])
    del call.store("subscriptions")[call["SubscriptionArn"]]
    return {}


@answers("ce", "GetCostAndUsage")
def get_cost_and_usage(call: Call) -> dict:
    """The dollars of a month that a test has told, by the value of the tag that is grouped by."""
    tag = call["GroupBy"][0]["Key"]
    groups = [
        {"Keys": [f"{tag}${value}"], "Metrics": {"UnblendedCost": {"Amount": str(usd), "Unit": "USD"}}}
        for value, usd in call.store("spend").items()]
    return {"ResultsByTime": [{"TimePeriod": call["TimePeriod"], "Groups": groups, "Estimated": True}]}


@answers("ce", "ListTagsForResource")
def list_cost_tags(call: Call) -> dict:
    own = call.store("tags").get(call["ResourceArn"])
    return call.forward() if own is None else {"ResourceTags": own}


@answers("ce", "UpdateCostAllocationTagsStatus")
def update_cost_allocation_tags(call: Call) -> dict:
    for entry in call["CostAllocationTagsStatus"]:
        call.store("allocation tags")[entry["TagKey"]] = {**entry, "Type": "UserDefined"}
    return {"Errors": []}


@answers("ce", "ListCostAllocationTags")
def list_cost_allocation_tags(call: Call) -> dict:
    known = call.store("allocation tags")
    return {"CostAllocationTags": [known[name] for name in call.get("TagKeys") or known if name in known]}


# What the tools that look at spending have found, as a test has told.

@answers("ce", "GetAnomalies")
def get_anomalies(call: Call) -> dict:
    return call.page(list(call.store("anomalies").values()), "Anomalies", 1, token="NextPageToken")


@answers("ce", "GetSavingsPlansPurchaseRecommendation")
def get_savings_plans(call: Call) -> dict:
    if call["SavingsPlansType"] != "SAGEMAKER_SP":
        raise Refusal("ValidationException", f"no recommendation for {call['SavingsPlansType']}")
    told = list(call.store("savings plans").values())
    return {"SavingsPlansPurchaseRecommendation": {
        "SavingsPlansType": "SAGEMAKER_SP", "TermInYears": call["TermInYears"], "PaymentOption": call["PaymentOption"],
        "SavingsPlansPurchaseRecommendationDetails": told}}


@answers("compute-optimizer", "GetIdleRecommendations")
def get_idle_recommendations(call: Call) -> dict:
    return {"idleRecommendations": list(call.store("idle", "global").values()), "errors": []}


@answers("support", "DescribeTrustedAdvisorCheckSummaries")
def describe_check_summaries(call: Call) -> dict:
    flagged = call.store("flagged checks", "global")
    return {"summaries": [
        {
            "checkId": check, "timestamp": "2026-11-01T00:00:00Z", "status": "warning" if check in flagged else "ok",
            "hasFlaggedResources": check in flagged,
            "resourcesSummary": {
                "resourcesProcessed": 9, "resourcesFlagged": flagged.get(check, {}).get("flagged", 0),
                "resourcesIgnored": 0, "resourcesSuppressed": 0},
            "categorySpecificSummary": {"costOptimizing": {
                "estimatedMonthlySavings": flagged.get(check, {}).get("usd", 0.0),
                "estimatedPercentMonthlySavings": 0.1}},
        } for check in call["checkIds"]]}
