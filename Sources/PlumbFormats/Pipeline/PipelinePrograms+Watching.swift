// The programs that put a deployment to the proof: watched for an hour, and under load.

extension PipelinePrograms {
    /// Watches the alarms that guard a deployment.
    static let soak = #"""
        """Watches an endpoint and the alarms that guard it for some minutes; fails as soon as one is in ALARM.

            python3 pipeline/soak.py --stack digits-staging --endpoint digits --region R --minutes 60 --out soak.json
        """
        import argparse
        import json
        import sys
        import time
        from datetime import datetime, timezone

        import boto3
        from botocore.exceptions import ClientError

        # The alarms that bring the previous revision back, as the templates name them; three are always there.
        GUARDS = [
            "ErrorRateAlarm", "LatencyP99Alarm", "HealthAlarm",
            "NewRevisionErrorRateAlarm", "DriftAlarm", "QualityAlarm",
        ]
        NEEDED = GUARDS[:3]


        def guards(cloudformation, stack):
            """The names of the deployment's alarms, by their logical ids."""
            found = {}
            for name in (stack, f"{stack}-endpoint"):
                try:
                    pages = list(cloudformation.get_paginator("list_stack_resources").paginate(StackName=name))
                except ClientError as error:
                    if "does not exist" in str(error):
                        continue
                    raise
                for resource in (one for page in pages for one in page["StackResourceSummaries"]):
                    if resource["LogicalResourceId"] in GUARDS:
                        found[resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
            missing = [guard for guard in NEEDED if guard not in found]
            if missing:
                raise SystemExit(f"the stacks of {stack} have no {', '.join(missing)}: nothing would be noticed")
            return found


        def states(cloudwatch, names):
            """Each alarm's state and reason; an alarm that is gone has none."""
            answer = cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
            alarms = answer.get("MetricAlarms", []) + answer.get("CompositeAlarms", [])
            return {alarm["AlarmName"]: (alarm["StateValue"], alarm.get("StateReason", "")) for alarm in alarms}


        def look(cloudwatch, sagemaker, alarms, endpoint, config):
            """What is wrong now, in sentences; and the states that were seen."""
            seen = states(cloudwatch, sorted(alarms.values()))
            wrong = [f"{name} is gone" for name in sorted(alarms.values()) if name not in seen]
            wrong += [
                f"{name} is in ALARM: {reason}" for name, (state, reason) in sorted(seen.items()) if state == "ALARM"]
            described = sagemaker.describe_endpoint(EndpointName=endpoint)
            if described["EndpointStatus"] != "InService":
                wrong.append(f"{endpoint} is {described['EndpointStatus']}")
            if described["EndpointConfigName"] != config:
                wrong.append(f"{endpoint} went from {config} to {described['EndpointConfigName']}")
            return wrong, {name: state for name, (state, _) in sorted(seen.items())}


        def main():
            parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
            parser.add_argument("--stack", required=True, help="the start of the stacks' names")
            parser.add_argument("--endpoint", required=True)
            parser.add_argument("--region", required=True)
            parser.add_argument("--minutes", type=float, required=True)
            parser.add_argument("--interval", type=float, default=15, help="seconds between two looks")
            parser.add_argument("--out", required=True)
            arguments = parser.parse_args()
            cloudformation, cloudwatch, sagemaker = (
                boto3.client(name, region_name=arguments.region)
                for name in ("cloudformation", "cloudwatch", "sagemaker"))

            alarms = guards(cloudformation, arguments.stack)
            config = sagemaker.describe_endpoint(EndpointName=arguments.endpoint)["EndpointConfigName"]
            began, start, looks = datetime.now(timezone.utc), time.monotonic(), 0
            while True:
                wrong, seen = look(cloudwatch, sagemaker, alarms, arguments.endpoint, config)
                looks += 1
                elapsed = time.monotonic() - start
                if wrong or elapsed >= arguments.minutes * 60:
                    break
                time.sleep(min(arguments.interval, max(0.0, arguments.minutes * 60 - elapsed)))
            record = {
                "endpoint": arguments.endpoint, "config": config, "alarms": alarms, "states": seen, "looks": looks,
                "began": began.isoformat(timespec="seconds"), "day": began.date().isoformat(),
                "soakMinutes": round(elapsed / 60, 2), "wantedMinutes": arguments.minutes,
                "passed": not wrong, "wrong": wrong,
            }
            with open(arguments.out, "w", encoding="utf-8") as file:
                json.dump(record, file, indent=2)
            print(json.dumps(record, indent=2))
            return 1 if wrong else 0


        if __name__ == "__main__":
            sys.exit(main())

        """#

    /// Measures an endpoint on schedule, and holds it to its limits.
    static let benchmark = #"""
        """Loads an endpoint with its example request, on schedule, and holds the answers to the limits of its alarms.

            python3 pipeline/benchmark.py --endpoint digits --region R --content-type text/csv --file request.csv \
                --rate 40 --seconds 300 --concurrency 32 --p99-limit 500 --error-limit 1 --out benchmark.json

        A request's time counts from when it was due, not from when a connection was free for it: a queue is not hidden.
        The result has the keys that a spec's `benchmark` has.
        """
        import argparse
        import json
        import math
        import os
        import re
        import sys
        import threading
        import time
        from datetime import datetime, timezone

        import boto3
        from botocore.config import Config


        def percentile(sorted_values, share):
            """The nearest rank, as CloudWatch's users expect it: a value that was measured."""
            return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


        def load(send, rate, count, concurrency):
            """Sends `count` requests at `rate`, at most `concurrency` at once; answers milliseconds and failures."""
            lock, turns, start = threading.Lock(), iter(range(count)), time.monotonic()
            times, failures = [], {}

            def work():
                while True:
                    with lock:
                        turn = next(turns, None)
                    if turn is None:
                        return
                    due = start + turn / rate
                    time.sleep(max(0.0, due - time.monotonic()))
                    try:
                        send()
                        failure = None
                    except Exception as error:  # whatever goes wrong is a request that failed
                        failure = type(error).__name__
                    taken = (time.monotonic() - due) * 1000
                    with lock:
                        times.append(taken)
                        if failure:
                            failures[failure] = failures.get(failure, 0) + 1

            workers = [threading.Thread(target=work, daemon=True) for _ in range(min(concurrency, count))]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return sorted(times), failures, time.monotonic() - start


        def served(region, endpoint):
            """On what the endpoint runs which artefact."""
            sagemaker = boto3.client("sagemaker", region_name=region)
            config = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
            variant = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
            model = sagemaker.describe_model(ModelName=variant["ModelName"])
            container = model.get("PrimaryContainer") or model["Containers"][0]
            digest = re.search(r"models/([0-9a-f]{64})/", container.get("ModelDataUrl", ""))
            return variant.get("InstanceType"), digest.group(1) if digest else None


        def verdict(result, p99_limit, error_limit):
            wrong = []
            if result["p99Milliseconds"] > p99_limit:
                wrong.append(f"p99 is {result['p99Milliseconds']} ms, wanted {p99_limit:g} or less")
            if result["errorRatePercent"] > error_limit:
                wrong.append(f"{result['errorRatePercent']} % of the requests failed, wanted {error_limit:g} or less")
            return wrong


        def main():
            parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
            for name in ("--endpoint", "--region", "--content-type", "--out"):
                parser.add_argument(name, required=True)
            body = parser.add_mutually_exclusive_group(required=True)
            body.add_argument("--body", help="the request itself")
            body.add_argument("--file", help="a file that holds it")
            for name in ("--rate", "--seconds", "--p99-limit", "--error-limit"):
                parser.add_argument(name, type=float, required=True)
            parser.add_argument("--timeout", type=float, default=60)
            parser.add_argument("--concurrency", type=int, default=32)
            arguments = parser.parse_args()
            if arguments.file:
                with open(arguments.file, "rb") as file:
                    payload = file.read()
            else:
                payload = arguments.body.encode()

            # One attempt: a retry would hide the failure that it mends.
            runtime = boto3.client("sagemaker-runtime", region_name=arguments.region, config=Config(
                retries={"total_max_attempts": 1}, read_timeout=arguments.timeout, connect_timeout=5,
                max_pool_connections=arguments.concurrency))

            def send():
                runtime.invoke_endpoint(
                    EndpointName=arguments.endpoint, ContentType=arguments.content_type, Body=payload)["Body"].read()

            instance_type, digest = served(arguments.region, arguments.endpoint)
            count = max(1, math.ceil(arguments.rate * arguments.seconds))
            times, failures, elapsed = load(send, arguments.rate, count, arguments.concurrency)
            result = {
                "modelDigest": digest, "instanceType": instance_type,
                "p50Milliseconds": round(percentile(times, 0.5), 2),
                "p99Milliseconds": round(percentile(times, 0.99), 2),
                "errorRatePercent": round(100 * sum(failures.values()) / count, 3), "requests": count,
                "durationSeconds": round(elapsed), "requestsPerSecond": round(count / elapsed, 2), "openLoop": True,
                "signer": os.environ.get("SIGNER", "benchmark.py"),
                "day": datetime.now(timezone.utc).date().isoformat(),
            }
            wrong = verdict(result, arguments.p99_limit, arguments.error_limit)
            record = {
                "endpoint": arguments.endpoint, "benchmark": result, "failures": failures,
                "limits": {"p99Milliseconds": arguments.p99_limit, "errorRatePercent": arguments.error_limit},
                "passed": not wrong, "wrong": wrong,
            }
            with open(arguments.out, "w", encoding="utf-8") as file:
                json.dump(record, file, indent=2)
            print(json.dumps(record, indent=2))
            return 1 if wrong else 0


        if __name__ == "__main__":
            sys.exit(main())

        """#
}
