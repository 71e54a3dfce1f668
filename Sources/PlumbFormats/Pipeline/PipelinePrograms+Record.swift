// The program that keeps the record of a delivery: change, approval, what ran where.

extension PipelinePrograms {
    /// Knows who changed and who approved, and writes both into the spec that is judged.
    static let record = #"""
        """Keeps the record of a delivery: who changed what, who approved it, what ran where.

            python3 pipeline/record.py change   who made the change, from GitHub's answers or from git
            python3 pipeline/record.py approval another person's approval, or a failure
            python3 pipeline/record.py running  the digests of what an endpoint runs
            python3 pipeline/record.py release  the spec with its provenance, which plumb judges (OPS-3.4, OPS-3.5)
        """
        import argparse
        import json
        import re
        import subprocess
        import sys


        def read(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)


        def write(path, record):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(record, file, indent=2)
            print(json.dumps(record, indent=2))


        def git(*words):
            return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()


        def change(arguments):
            """Everybody who had a hand in the change is its author: none of them can approve it."""
            is_clean = git("status", "--porcelain", "--", ".", ":(exclude)delivery") == ""
            if arguments.commit_file:
                commit, pulls = read(arguments.commit_file), read(arguments.pulls_file)
                pull = pulls[0] if pulls else {}
                people = [pull.get("user"), commit.get("author")]
                logins = [person["login"] for person in people if person]
                record = {"commit": commit["sha"], "pullRequest": pull.get("html_url"), "authors": logins}
                record["authors"] += [arguments.started_by] if arguments.started_by else []
            else:
                number = re.search(r"#(\d+)", git("log", "-1", "--format=%s"))
                record = {
                    "commit": git("rev-parse", "HEAD"), "pullRequest": number.group(0) if number else None,
                    "authors": [git("log", "-1", "--format=%ae")],
                }
            if not record["authors"]:
                raise SystemExit(f"nobody is known as the author of {record['commit']}")
            record["authors"] = list(dict.fromkeys(record["authors"]))
            write(arguments.out, {**record, "treeClean": is_clean})


        def same(left, right):
            """Whether two names are one person's: a login, an address, or a session named by one of these."""
            left, right = left.casefold(), right.casefold()
            return left == right or left.split("@")[0] == right.split("@")[0]


        def approvers_on_github(path, environment):
            return [
                review["user"]["login"] for review in read(path)
                if review["state"] == "approved" and review["user"].get("type", "User") == "User"
                and any(one["name"] == environment for one in review["environments"])]


        def approvers_in_pipeline(pipeline, execution, action):
            import boto3

            pages = boto3.client("codepipeline").get_paginator("list_action_executions").paginate(
                pipelineName=pipeline, filter={"pipelineExecutionId": execution})
            details = [one for page in pages for one in page["actionExecutionDetails"]]
            # The last part of the ARN is the user's name, or the session's: with IAM Identity Center, an address.
            return [
                one["updatedBy"].rsplit("/", 1)[-1] for one in details
                if one["actionName"] == action and one["status"] == "Succeeded" and one.get("updatedBy")]


        def approval(arguments):
            authors = read(arguments.change)["authors"]
            if arguments.approvals:
                approvers = approvers_on_github(arguments.approvals, arguments.environment)
            else:
                approvers = approvers_in_pipeline(arguments.pipeline, arguments.execution, arguments.action)
            others = [
                one for one in approvers
                if not one.lower().endswith("[bot]") and not any(same(one, author) for author in authors)]
            approver = others[0] if others else None
            write(arguments.out, {"authors": authors, "approvers": approvers, "approver": approver})
            if not others:
                raise SystemExit(
                    f"approved by {', '.join(approvers) or 'nobody'}, written by {', '.join(authors)}: "
                    "another person has to approve (OPS-3.4)")


        def running(arguments):
            import boto3

            sagemaker = boto3.client("sagemaker", region_name=arguments.region)
            endpoint = sagemaker.describe_endpoint(EndpointName=arguments.endpoint)
            config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
            variant = config["ProductionVariants"][0]
            model = sagemaker.describe_model(ModelName=variant["ModelName"])
            container = model.get("PrimaryContainer") or model["Containers"][0]
            images = [container.get("Image", "")] + [
                image.get("ResolvedImage", "") for one in endpoint.get("ProductionVariants", [])
                for image in one.get("DeployedImages", [])]
            by_digest = [image.split("@sha256:")[1] for image in images if "@sha256:" in image]
            artefact = re.search(r"models/([0-9a-f]{64})/", container.get("ModelDataUrl", ""))
            record = {
                "endpoint": arguments.endpoint, "config": endpoint["EndpointConfigName"],
                "instanceType": variant.get("InstanceType"), "imageDigest": by_digest[0] if by_digest else None,
                "modelDigest": artefact.group(1) if artefact else None,
            }
            write(arguments.out, record)
            if arguments.like:
                staged = read(arguments.like)
                other = [key for key in ("imageDigest", "modelDigest") if record[key] != staged[key]]
                if other:
                    raise SystemExit(f"{' and '.join(other)} differ from what ran in staging (OPS-3.5)")


        def release(arguments):
            """The spec, with what the pipeline knows of the change laid below it."""
            with open(arguments.spec, encoding="utf-8") as file:
                text = file.read()
            if re.search(r"^['\"]?provenance['\"]?\s*:", text, re.MULTILINE):
                raise SystemExit(f"{arguments.spec} has a provenance of its own: leave it to the pipeline")
            made = read(arguments.change)
            provenance = {
                "commit": made["commit"], "pullRequest": made["pullRequest"], "author": made["authors"][0],
                "treeClean": made["treeClean"],
            }
            added = {"provenance": provenance}
            if arguments.approval:
                provenance["approver"] = read(arguments.approval)["approver"]
            if arguments.running:
                ran, soak, load = read(arguments.running), read(arguments.soak), read(arguments.benchmark)
                if ran["config"] != soak["config"]:
                    raise SystemExit(f"{soak['config']} was watched, but {ran['config']} was deployed")
                provenance["staging"] = {
                    "imageDigest": ran["imageDigest"], "modelDigest": ran["modelDigest"],
                    "soakMinutes": soak["soakMinutes"], "loadTested": load["passed"],
                    "checksPassed": soak["passed"], "day": soak["day"],
                }
                has_own = re.search(r"^['\"]?benchmark['\"]?\s*:", text, re.MULTILINE)
                if not has_own and load["benchmark"]["instanceType"] == arguments.instance_type:
                    added["benchmark"] = load["benchmark"]
            lines = [f"{key}: {json.dumps(known(value))}\n" for key, value in added.items()]
            with open(arguments.out, "w", encoding="utf-8") as file:
                file.write(text.rstrip("\n") + "\n\n" + "".join(lines))


        def known(value):
            """Without what is not known: a spec has no null for it."""
            if not isinstance(value, dict):
                return value
            return {key: known(one) for key, one in value.items() if one is not None}


        def main():
            parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
            actions = parser.add_subparsers(required=True)

            def action(function, *names):
                command = actions.add_parser(function.__name__)
                command.set_defaults(function=function)
                for name in names:
                    command.add_argument(name)
                command.add_argument("--out", required=True)

            action(change, "--commit-file", "--pulls-file", "--started-by")
            action(approval, "--change", "--approvals", "--environment", "--pipeline", "--execution", "--action")
            action(running, "--endpoint", "--region", "--like")
            action(
                release, "--spec", "--change", "--approval", "--running", "--soak", "--benchmark", "--instance-type")
            arguments = parser.parse_args()
            arguments.function(arguments)


        if __name__ == "__main__":
            sys.exit(main())

        """#
}
