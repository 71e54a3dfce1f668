"""How `plumb check aws://` looks at an account of many endpoints, beside the same calls made by the barest client.

    python3 Benchmarks/account.py [--endpoints 1000] [--plumb PATH] [--prowler PATH] [--runs 3]

The account stands in the project's double of AWS (`scripts/aws-tools.sh` installs what it needs), which answers a few
hundred calls a second and is the bottleneck. It writes down every request of the first look; the bare client then sends
the very same bytes again, eight at a time over connections that stay open. With `--prowler` Prowler's checks of
SageMaker are run on the account as well.
"""
import argparse
import base64
import collections
import concurrent.futures
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from client import ROOT, median

TOOLS = os.path.join(ROOT, ".build", "aws-tools", "bin", "python")
DOUBLE = os.path.join(ROOT, "Tests", "Doubles", "aws_double.py")
REGION = "us-east-1"
THREADS = 8

# Run with the AWS tools' Python: this one has no boto3.
POPULATE = r'''
import concurrent.futures, json, sys
import boto3
from botocore.config import Config
url, count = sys.argv[1], int(sys.argv[2])
shared = dict(region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b",
              config=Config(max_pool_connections=16, retries={"max_attempts": 1}))
def client(name):
    return boto3.client(name, **shared)
sm, cw, scaling, logs, ec2 = map(client, ["sagemaker", "cloudwatch", "application-autoscaling", "logs", "ec2"])
kms, s3, iam, sns = map(client, ["kms", "s3", "iam", "sns"])
account = "123456789012"
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
def subnet(i, zone):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"us-east-1{zone}")
    return made["Subnet"]["SubnetId"]
subnets = [subnet(0, "a"), subnet(1, "b")]
group = ec2.create_security_group(GroupName="models", Description="models", VpcId=vpc)["GroupId"]
keys = [kms.create_key(Description=f"team {i}")["KeyMetadata"]["Arn"] for i in range(20)]
topics = [sns.create_topic(Name=f"team-{i}")["TopicArn"] for i in range(20)]
for i in range(20):
    s3.create_bucket(Bucket=f"team-{i}-models")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "sagemaker.amazonaws.com"}}]}
    iam.create_role(RoleName=f"team-{i}", AssumeRolePolicyDocument=json.dumps(trust))
def make(i):
    team, name = i % 20, f"endpoint-{i:04d}"
    environment = ["production", "staging", "dev"][i % 3]
    tags = [{"Key": "ml:environment", "Value": environment}, {"Key": "ml:team", "Value": f"team-{team}"},
            {"Key": "ml:endpoint", "Value": name}, {"Key": "ml:workload", "Value": "cpu"}]
    sm.create_model(ModelName=name, ExecutionRoleArn=f"arn:aws:iam::{account}:role/team-{team}", Tags=tags,
                    PrimaryContainer={"Image": f"{account}.dkr.ecr.us-east-1.amazonaws.com/m@sha256:{i:064x}",
                                      "ModelDataUrl": f"s3://team-{team}-models/{name}/model.tar.gz"},
                    VpcConfig={"Subnets": subnets, "SecurityGroupIds": [group]}, EnableNetworkIsolation=i % 10 != 0)
    sm.create_endpoint_config(EndpointConfigName=name, Tags=tags, KmsKeyId=keys[team], ProductionVariants=[
        {"VariantName": "primary", "ModelName": name, "InstanceType": "ml.c5.xlarge",
         "InitialInstanceCount": 1 if i % 14 == 0 else 2}])
    sm.create_endpoint(EndpointName=name, EndpointConfigName=name, Tags=tags)
    target = dict(ServiceNamespace="sagemaker", ResourceId=f"endpoint/{name}/variant/primary",
                  ScalableDimension="sagemaker:variant:DesiredInstanceCount")
    scaling.register_scalable_target(MinCapacity=2, MaxCapacity=8, **target)
    scaling.put_scaling_policy(PolicyName=f"{name}-cpu", PolicyType="TargetTrackingScaling", **target,
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 70.0, "CustomizedMetricSpecification": {
            "MetricName": "CPUUtilizationNormalized", "Namespace": "/aws/sagemaker/Endpoints", "Statistic": "Average",
            "Dimensions": [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "primary"}]}})
    dimensions = [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "primary"}]
    def alarm(suffix, metric, statistic, threshold):
        kind = {"ExtendedStatistic": statistic} if statistic.startswith("p") else {"Statistic": statistic}
        cw.put_metric_alarm(AlarmName=f"{name}-{suffix}", Namespace="AWS/SageMaker", MetricName=metric, Period=60,
            EvaluationPeriods=3, DatapointsToAlarm=2, Threshold=threshold, Dimensions=dimensions,
            ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", AlarmActions=[topics[team]],
            **kind)
    alarm("latency", "ModelLatency", "p99", 500000.0)
    alarm("errors", "Invocation5XXErrors", "Sum", 10.0)
    alarm("client-errors", "Invocation4XXErrors", "Sum", 10.0)
    alarm("silence", "Invocations", "Sum", 1.0)
    logs.create_log_group(logGroupName=f"/aws/sagemaker/Endpoints/{name}")
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(make, range(count)))
'''


def measured(command, environment):
    """Runs a command; its exit code, seconds, seconds of CPU, MiB at most, and what it printed."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        printed = output.read()
    return os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed


def recorded(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def replay(host, requests):
    """Sends the requests again, in their order, from eight threads; the seconds it takes."""
    row = collections.deque(requests)
    connections = threading.local()

    def work(_):
        while True:
            try:
                request = row.popleft()
            except IndexError:
                return
            if not hasattr(connections, "one"):
                connections.one = http.client.HTTPConnection(host)
            target = request["path"] + ("?" + request["query"] if request["query"] else "")
            connections.one.request(request["method"], target, base64.b64decode(request["body"]), request["headers"])
            connections.one.getresponse().read()

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return time.perf_counter() - start


def operation(request):
    """What a recorded request asks for, as far as its head shows it."""
    target = request["headers"].get("X-Amz-Target")
    if target:
        return target.split(".")[-1]
    body = base64.b64decode(request["body"]).decode(errors="replace")
    fields = dict(pair.split("=", 1) for pair in body.split("&") if "=" in pair)
    return fields.get("Action") or f"{request['method']} {request['path'].split('/')[1][:24]}?{request['query'][:24]}"


def main():
    parser = argparse.ArgumentParser(description="plumb check aws:// on an account of many endpoints.")
    parser.add_argument("--endpoints", type=int, default=1000)
    parser.add_argument("--plumb", default=os.path.join(ROOT, ".build", "release", "plumb"))
    parser.add_argument("--prowler", help="Prowler's program, to run its checks of SageMaker on the same account")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="plumb-account-")
    record = os.path.join(folder, "requests.jsonl")
    double = subprocess.Popen(
        [TOOLS, DOUBLE, "--port", "0", "--with-parent", "--record", record],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    url = double.stdout.readline().split()[-1]
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}
    try:
        start = time.perf_counter()
        subprocess.run([TOOLS, "-c", POPULATE, url, str(options.endpoints)], check=True)
        print(f"{options.endpoints} endpoints made in {time.perf_counter() - start:.0f} s")
        check = [options.plumb, "check", f"aws://{REGION}", "--format", "json"]
        looks, bare, requests = [], [], []
        for _ in range(options.runs):
            open(record, "w").close()
            looks.append(measured(check, environment))
            requests = recorded(record)
            bare.append(replay(url.removeprefix("http://"), requests))
        code, _, _, _, printed = looks[-1]
        if code not in (0, 1):
            sys.exit(f"plumb check ended with {code}")
        print(f"plumb check        {median([look[1] for look in looks]):7.2f} s  "
              f"{median([look[2] for look in looks]):6.2f} s CPU  {max(look[3] for look in looks):5.0f} MiB  "
              f"{len(requests)} calls, {len(printed) / 1e6:.1f} MB of report")
        print(f"the same calls     {median(bare):7.2f} s   ratio {median([l[1] for l in looks]) / median(bare):.2f}")
        bodies = {(r["path"], r["query"], r["body"], r["headers"].get("X-Amz-Target")) for r in requests}
        print(f"asked twice        {len(requests) - len(bodies)}")
        for name, count in collections.Counter(map(operation, requests)).most_common(60):
            print(f"  {count:6} {name}")
        if options.prowler:
            command = [
                options.prowler, "aws", "--service", "sagemaker", "-f", REGION, "--no-banner", "-M", "csv",
                "-o", folder, "-F", "prowler", "--ignore-exit-code-3"]
            code, seconds, cpu, memory, _ = measured(command, {**environment, "AWS_CA_BUNDLE": ""})
            print(f"Prowler            {seconds:7.2f} s  {cpu:6.2f} s CPU  {memory:5.0f} MiB  (exit {code})")
    finally:
        double.stdin.close()
        double.wait()


if __name__ == "__main__":
    main()
