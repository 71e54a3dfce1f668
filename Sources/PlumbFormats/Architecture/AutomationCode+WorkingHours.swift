// The program that puts autoscaling back where the night has taken it away.

extension AutomationCode {
    /// Deleting an endpoint takes its scalable target with it, and the policies and scheduled actions of that, without
    /// a word; the policies that are put again have new ARNs, which the alarms must call. Whatever fails halfway is
    /// made good by the next run: all is in place when the last policy is.
    static let workingHours = """
        import json
        import os

        import boto3
        from botocore.exceptions import ClientError

        ENV = os.environ
        SETTINGS = json.loads(ENV["SETTINGS"])
        TARGET = SETTINGS["target"]
        KEPT = ("AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "InsufficientDataActions", "Metrics",
                "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData")
        scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")


        def point(name, policy):
            alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
            kept = {key: alarm[key] for key in KEPT if key in alarm}
            cloudwatch.put_metric_alarm(**kept, AlarmActions=[policy])


        def handler(event, context):
            try:
                endpoint = boto3.client("sagemaker").describe_endpoint(EndpointName=ENV["ENDPOINT"])
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationException":
                    return "the endpoint is off"
                raise
            if endpoint["EndpointStatus"] != "InService":
                return f"the endpoint is {endpoint['EndpointStatus']}"
            pages = scaling.get_paginator("describe_scaling_policies").paginate(
                ServiceNamespace=TARGET["ServiceNamespace"], ResourceId=TARGET["ResourceId"])
            there = {policy["PolicyName"] for page in pages for policy in page["ScalingPolicies"]}
            if there.issuperset(entry["policy"]["PolicyName"] for entry in SETTINGS["policies"]):
                return "autoscaling is in place"
            scaling.register_scalable_target(
                **TARGET, MinCapacity=int(ENV["MINIMUM"]), MaxCapacity=int(ENV["MAXIMUM"]))
            for action in SETTINGS["actions"]:
                scaling.put_scheduled_action(**TARGET, **action)
            for entry in SETTINGS["policies"]:
                policy = scaling.put_scaling_policy(**TARGET, **entry["policy"])
                if "alarm" in entry:
                    point(entry["alarm"], policy["PolicyARN"])
            return "autoscaling is back in place"

        """
}
