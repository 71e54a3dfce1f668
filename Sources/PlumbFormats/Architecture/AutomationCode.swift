// The programs of the deployment's functions, in Python as AWS Lambda runs them. Each fits the 4,096 characters that a
// template may hold.

/// What the functions run. They know their deployment only through their environment.
enum AutomationCode {
    static let runtime = "python3.13"

    /// Asks the endpoint the example question and reports 1 or 0; where artefacts are replicated, also for how long
    /// the deployed one has been waiting.
    static let probe = """
        import os
        from datetime import datetime, timezone

        import boto3
        from botocore.config import Config

        ENV = os.environ
        NO_RETRY = Config(read_timeout=float(ENV["TIMEOUT"]), connect_timeout=2, retries={"max_attempts": 1})


        def answers():
            body = ENV.get("BODY")
            if body is None:
                stored = boto3.client("s3").get_object(Bucket=ENV["ARTIFACT_BUCKET"], Key=ENV["BODY_KEY"])
                body = stored["Body"].read()
            try:
                boto3.client("sagemaker-runtime", config=NO_RETRY).invoke_endpoint(
                    EndpointName=ENV["ENDPOINT"], ContentType=ENV["CONTENT_TYPE"], Body=body)
                return 1
            except Exception as error:
                print("probe failed:", error)
                return 0


        def replication_lag():
            head = boto3.client("s3").head_object(Bucket=ENV["ARTIFACT_BUCKET"], Key=ENV["MODEL_KEY"])
            if head.get("ReplicationStatus") == "COMPLETED":
                return 0
            return (datetime.now(timezone.utc) - head["LastModified"]).total_seconds()


        def report(name, value):
            boto3.client("cloudwatch").put_metric_data(Namespace=ENV["NAMESPACE"], MetricData=[{
                "MetricName": name, "Value": value, "Dimensions": [
                    {"Name": "EndpointName", "Value": ENV["ENDPOINT"]},
                    {"Name": "VariantName", "Value": ENV["VARIANT"]}]}])


        def handler(event, context):
            report("ProbeSuccess", answers())
            if "MODEL_KEY" in ENV:
                report("ReplicationLagSeconds", replication_lag())

        """

    /// Brings the previous configuration back when an alarm fires after a rollout. A configuration that is no longer
    /// the newest was rolled back to: it is left alone, so that two bad revisions do not chase each other.
    static let lateRollback = """
        import os

        import boto3
        from botocore.exceptions import ClientError

        ENDPOINT, PREFIX = os.environ["ENDPOINT"], os.environ["CONFIG_PREFIX"]


        def handler(event, context):
            if event["detail"]["state"]["value"] != "ALARM":
                return "not an alarm"
            sagemaker = boto3.client("sagemaker")
            try:
                endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationException":
                    return "the endpoint is off"
                raise
            if endpoint["EndpointStatus"] != "InService":
                return "a deployment is under way: its own guard decides"
            pages = sagemaker.get_paginator("list_endpoint_configs").paginate(
                NameContains=PREFIX, SortBy="CreationTime", SortOrder="Descending")
            names = [config["EndpointConfigName"] for page in pages for config in page["EndpointConfigs"]]
            names = [name for name in names if name.startswith(PREFIX)]
            current = endpoint["EndpointConfigName"]
            if not names or names[0] != current:
                return "the newest configuration is not in service: nothing to undo"
            if len(names) < 2:
                return "there is no earlier configuration"
            sagemaker.update_endpoint(
                EndpointName=ENDPOINT, EndpointConfigName=names[1], RetainAllVariantProperties=True,
                ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DataCaptureConfig"}])
            return f"{event['detail']['alarmName']}: {current} gives way to {names[1]}"

        """

    /// Keeps what would be lost: changes of the state table, and the last hour of the logs.
    static let auditArchive = """
        import json
        import os
        from datetime import datetime, timedelta, timezone

        import boto3

        BUCKET = os.environ["AUDIT_BUCKET"]
        s3, logs = boto3.client("s3"), boto3.client("logs")


        def keep(key, records):
            body = "\\n".join(json.dumps(record, default=str) for record in records)
            s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode(), ChecksumAlgorithm="SHA256")


        def handler(event, context):
            if "Records" in event:
                records = event["Records"]
                day = datetime.now(timezone.utc).strftime("%Y/%m/%d")
                keep(f"state/{day}/{records[0]['eventID']}.jsonl", records)
                return len(records)
            end = datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
            end = end.replace(minute=0, second=0, microsecond=0)
            start, kept = end - timedelta(hours=1), 0
            for group in os.environ["LOG_GROUPS"].split(","):
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName=group, startTime=int(start.timestamp() * 1000),
                    endTime=int(end.timestamp() * 1000) - 1)
                for number, page in enumerate(pages):
                    if page["events"]:
                        name = group.strip("/").replace("/", "_")
                        keep(f"logs/{name}/{start:%Y/%m/%d/%H}-{number:06}.jsonl", page["events"])
                        kept += len(page["events"])
            return kept

        """
}
