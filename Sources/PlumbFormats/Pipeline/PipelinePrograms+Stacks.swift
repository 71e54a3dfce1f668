// The program that plans a deployment as change sets and executes the plan that was approved.

extension PipelinePrograms {
    /// Change sets are made without being executed, and executed as they were planned.
    static let stacks = #"""
        """Plans a deployment as change sets, and carries out the plan that was looked at.

            python3 pipeline/stacks.py plan   --stack digits-staging --rendered DIR --region R --out plan.json
            python3 pipeline/stacks.py deploy --stack digits-staging --rendered DIR --region R --plan F --endpoint E

        Deploying executes the very change sets of the plan, in the order in which the stacks build on each other. Only
        where a stack could not be planned yet, because one before it is new, its change set is made on the way.
        """
        import argparse
        import hashlib
        import json
        import os
        import re
        import sys
        import tempfile
        import time

        import boto3
        from botocore.exceptions import ClientError

        PARTS = ["template", "foundation", "recovery", "data", "endpoint", "standby", "automation", "operations"]
        # What holds data or callers is never removed or replaced by a delivery (OPS-3.6).
        KEPT = {
            "AWS::Backup::BackupVault", "AWS::CloudTrail::Trail", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
            "AWS::ECR::Repository", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
            "AWS::SageMaker::Endpoint",
        }
        UNCHANGED = ("didn't contain changes", "No updates are to be performed")
        DAY = 24 * 3600


        def seconds(name, standard):
            """A pause between two questions; tests shorten it."""
            return float(os.environ.get(name, standard))


        class Stack:
            """One template and the stack that is made of it."""

            def __init__(self, part, arguments):
                self.part = part
                self.name = arguments.stack if part == "template" else f"{arguments.stack}-{part}"
                self.region = arguments.recovery_region if part in ("recovery", "standby") else arguments.region
                with open(os.path.join(arguments.rendered, f"{part}.yaml"), encoding="utf-8") as file:
                    self.body = file.read()
                self.digest = hashlib.sha256(self.body.encode()).hexdigest()
                self.role = arguments.role
                self.parameters = arguments.parameters
                self.cloudformation = boto3.client("cloudformation", region_name=self.region)

            def described(self):
                try:
                    return self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
                except ClientError as error:
                    if "does not exist" in str(error):
                        return None
                    raise

            def resources(self):
                """Names of what there is by logical id; an ARN's name is its last part."""
                if self.described() is None:
                    return {}
                pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
                return {
                    one["LogicalResourceId"]: one["PhysicalResourceId"].rsplit("/", 1)[-1]
                    for page in pages for one in page["StackResourceSummaries"] if one.get("PhysicalResourceId")}

            def request(self, name):
                stack = self.described()
                is_new = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
                request = {
                    "StackName": self.name, "ChangeSetName": name, "TemplateBody": self.body,
                    "ChangeSetType": "CREATE" if is_new else "UPDATE", "Capabilities": ["CAPABILITY_NAMED_IAM"],
                }
                if self.parameters:
                    asked = self.cloudformation.validate_template(TemplateBody=self.body)["Parameters"]
                    names = [one["ParameterKey"] for one in asked if one["ParameterKey"] in self.parameters]
                    request["Parameters"] = [
                        {"ParameterKey": key, "ParameterValue": str(self.parameters[key])} for key in names]
                if self.role:
                    request["RoleARN"] = self.role
                return request

            def plan(self, name):
                """Makes a change set and tells what it would do; executes nothing."""
                entry = {
                    "part": self.part, "stack": self.name, "region": self.region,
                    "template": self.digest, "changes": [],
                }
                try:
                    change_set = self.cloudformation.create_change_set(**self.request(name))["Id"]
                    described = self.settled(change_set)
                except ClientError as error:
                    if "No export named" not in str(error):
                        raise
                    return {**entry, "status": "waits", "reason": str(error)}
                reason = described.get("StatusReason", "")
                if described["Status"] == "FAILED":
                    if any(text in reason for text in UNCHANGED):
                        self.cloudformation.delete_change_set(ChangeSetName=change_set)
                        return {**entry, "status": "unchanged"}
                    if "No export named" in reason:
                        return {**entry, "status": "waits", "reason": reason}
                    raise SystemExit(f"{self.name} cannot be planned: {reason}")
                changes = [change["ResourceChange"] for change in described["Changes"] if "ResourceChange" in change]
                entry["changes"] = [
                    {"action": change["Action"], "resource": change["LogicalResourceId"],
                     "type": change["ResourceType"], "replacement": change.get("Replacement", "False")}
                    for change in changes]
                return {**entry, "status": "planned", "changeSet": change_set}

            def settled(self, change_set):
                """The change set once it is made, with the changes of all its pages."""
                deadline = time.monotonic() + 900
                while True:
                    described = self.cloudformation.describe_change_set(ChangeSetName=change_set, StackName=self.name)
                    if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
                        break
                    if time.monotonic() > deadline:
                        raise SystemExit(f"the change set of {self.name} is not made after 15 minutes")
                    time.sleep(seconds("POLL_SECONDS", 5))
                token = described.get("NextToken")
                while token:
                    page = self.cloudformation.describe_change_set(
                        ChangeSetName=change_set, StackName=self.name, NextToken=token)
                    described["Changes"] += page["Changes"]
                    token = page.get("NextToken")
                return described

            def execute(self, change_set):
                self.cloudformation.execute_change_set(ChangeSetName=change_set, StackName=self.name)
                deadline = time.monotonic() + DAY
                while True:
                    status = self.described()["StackStatus"]
                    if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                        return print(f"{self.name}: {status}")
                    if status.endswith("_FAILED") or "ROLLBACK" in status and status.endswith("_COMPLETE"):
                        raise SystemExit(f"{self.name}: {status}; its events tell why")
                    if time.monotonic() > deadline:
                        raise SystemExit(f"{self.name} is still {status}")
                    time.sleep(seconds("POLL_SECONDS", 10))


        def losses(plan):
            """Changes that would take away what has to stay."""
            return [
                f"{change['resource']} of {entry['stack']} would be "
                + ("removed" if change["action"] == "Remove" else "replaced")
                for entry in plan["stacks"] for change in entry["changes"]
                if change["type"] in KEPT and (change["action"] == "Remove" or change["replacement"] == "True")]


        def markdown(plan):
            """The plan as an approver reads it."""
            lines = [f"## Plan of {plan['deployment']}", "", "| stack | change | resource | type | replaced |",
                     "|---|---|---|---|---|"]
            for entry in plan["stacks"]:
                if entry["status"] != "planned":
                    is_same = entry["status"] == "unchanged"
                    word = "unchanged" if is_same else "planned when the stacks before it are there"
                    lines.append(f"| {entry['stack']} | {word} | | | |")
                for change in entry["changes"]:
                    row = "| {} | {action} | {resource} | {type} | {replacement} |"
                    lines.append(row.format(entry["stack"], **change))
            return "\n".join(lines) + "\n"


        def plan(stacks, arguments):
            made = {"deployment": arguments.stack, "stacks": [stack.plan(arguments.change_set) for stack in stacks]}
            with open(arguments.out, "w", encoding="utf-8") as file:
                json.dump(made, file, indent=2)
            print(markdown(made))
            lost = losses(made)
            for text in lost:
                print(f"refused: {text} (OPS-3.6)", file=sys.stderr)
            return 1 if lost else 0


        def publish(bucket, rendered, arguments):
            """Puts the artefact where the templates look for it: under its digest, so that it never changes there."""
            s3 = boto3.client("s3", region_name=arguments.region)
            found = set(re.findall(r"models/([0-9a-f]{64})/", rendered))
            if arguments.model and len(found) != 1:
                raise SystemExit(f"the templates name {len(found)} artefacts by digest, wanted one")
            files = {}
            if arguments.model:
                files[f"models/{found.pop()}/model.tar.gz"] = arguments.model
            if arguments.example:
                files[f"examples/{arguments.example}"] = os.path.join(arguments.spec_folder, arguments.example)
            for key, path in files.items():
                if key.startswith("models/") and is_there(s3, bucket, key):
                    print(f"s3://{bucket}/{key} is there")
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    if path.startswith("s3://"):
                        path = fetched(s3, path, key.split("/")[1], folder)
                    s3.upload_file(path, bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
                print(f"s3://{bucket}/{key} is published")


        def is_there(s3, bucket, key):
            try:
                s3.head_object(Bucket=bucket, Key=key)
                return True
            except ClientError as error:
                if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                    return False
                raise


        def fetched(s3, address, digest, folder):
            """A copy of an artefact that lies in another bucket; it must be the one that the spec means."""
            bucket, key = address[len("s3://"):].split("/", 1)
            path = os.path.join(folder, "artefact")
            s3.download_file(bucket, key, path)
            content = hashlib.sha256()
            with open(path, "rb") as file:
                for chunk in iter(lambda: file.read(1 << 20), b""):
                    content.update(chunk)
            if content.hexdigest() != digest:
                raise SystemExit(f"{address} has the digest {content.hexdigest()}, the spec says {digest}")
            return path


        def deploy(stacks, arguments):
            with open(arguments.plan, encoding="utf-8") as file:
                entries = {entry["part"]: entry for entry in json.load(file)["stacks"]}
            rendered, there = "".join(stack.body for stack in stacks), {}
            for stack in stacks:
                entry = entries.get(stack.part)
                if entry is None or entry["template"] != stack.digest:
                    raise SystemExit(f"{stack.name} is not what was planned: plan anew")
                if stack.part in ("template", "endpoint"):
                    bucket = {**there, **stack.resources()}.get("ArtifactBucket")
                    if bucket is None:
                        raise SystemExit(
                            f"there is no bucket for the artefact before {stack.name} is made: make its stack once "
                            "by hand, and publish the artefact while it is being made")
                    publish(bucket, rendered, arguments)
                if entry["status"] == "waits":
                    entry = stack.plan(arguments.change_set + "-late")
                    lost = losses({"stacks": [entry]})
                    if entry["status"] == "waits" or lost:
                        raise SystemExit("; ".join(lost) or f"{stack.name} cannot be planned: {entry['reason']}")
                if entry["status"] == "planned":
                    stack.execute(entry["changeSet"])
                else:
                    print(f"{stack.name}: unchanged")
                there.update(stack.resources())
            return settle(there["EndpointConfig"], arguments)


        def settle(wanted, arguments):
            """Waits for the endpoint, and makes sure that it is the new revision which answers."""
            sagemaker = boto3.client("sagemaker", region_name=arguments.region)
            name = arguments.endpoint
            sagemaker.get_waiter("endpoint_in_service").wait(
                EndpointName=name, WaiterConfig={"Delay": 30, "MaxAttempts": 240})
            current = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
            # SageMaker's ARNs are in lower case.
            if current.lower() != wanted.lower():
                raise SystemExit(f"{name} went back to {current}: an alarm fired while {wanted} took over")
            print(f"{name} answers with {current}")
            return 0


        def main():
            parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
            parser.add_argument("action", choices=["plan", "deploy"])
            parser.add_argument("--stack", required=True, help="the start of the stacks' names")
            parser.add_argument("--rendered", required=True, help="the folder of the templates")
            parser.add_argument("--endpoint", help="the endpoint's name, to wait for it")
            parser.add_argument("--region", required=True)
            parser.add_argument("--recovery-region")
            parser.add_argument("--change-set", default="delivery")
            parser.add_argument("--role", help="the role that CloudFormation takes")
            parser.add_argument("--parameters", help="a file of values for what the templates ask for")
            parser.add_argument("--plan")
            parser.add_argument("--out")
            parser.add_argument("--model", help="the artefact, packed, or its s3:// address")
            parser.add_argument("--example", help="the example request's file, beside the spec")
            parser.add_argument("--spec-folder", default=".")
            arguments = parser.parse_args()
            if arguments.parameters and os.path.exists(arguments.parameters):
                with open(arguments.parameters, encoding="utf-8") as file:
                    arguments.parameters = json.load(file)
            else:
                arguments.parameters = {}
            there = {name[:-len(".yaml")] for name in os.listdir(arguments.rendered) if name.endswith(".yaml")}
            parts = [part for part in PARTS if part in there]
            if not parts or there - set(PARTS):
                raise SystemExit(f"of {PARTS} some have to be in {arguments.rendered}, and no other: {sorted(there)}")
            stacks = [Stack(part, arguments) for part in parts]
            return {"plan": plan, "deploy": deploy}[arguments.action](stacks, arguments)


        if __name__ == "__main__":
            sys.exit(main())

        """#
}
