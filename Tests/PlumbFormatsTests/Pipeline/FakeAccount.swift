// A small account for the programs of the pipeline: AWS's library as they use it, over one JSON file.
//
// A template is JSON here: resources by id (type and name), and the exports that it makes and needs. What the service
// would answer follows from what is in the file.

import Foundation
import Testing

@testable import PlumbFormats

/// A folder with the pipeline's programs, and an account that they meet.
struct FakeAccount {
    let folder: URL

    init(_ account: [String: Any] = [:]) throws {
        folder = try PipelineExample.folder()
        let library = folder.appending(path: "library")
        try FileManager.default.createDirectory(
            at: library.appending(path: "botocore"), withIntermediateDirectories: true)
        try write(FakeAccount.boto3, to: "library/boto3.py")
        try write("", to: "library/botocore/__init__.py")
        try write(FakeAccount.exceptions, to: "library/botocore/exceptions.py")
        try write("class Config:\n    def __init__(self, **_):\n        pass\n", to: "library/botocore/config.py")
        let start: [String: Any] = ["stacks": [:], "changeSets": [:], "objects": [], "calls": []]
        try writeJSON(start.merging(account) { $1 }, to: "account.json")
    }

    func write(_ text: String, to path: String) throws {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func writeJSON(_ value: Any, to path: String) throws {
        let data = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])
        try write(String(decoding: data, as: UTF8.self), to: path)
    }

    /// A JSON file that a program wrote.
    func record(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appending(path: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    var calls: [String] { get throws { try #require(try record("account.json")["calls"] as? [String]) } }

    func change(_ key: String, to value: Any) throws {
        var account = try record("account.json")
        account[key] = value
        try writeJSON(account, to: "account.json")
    }

    /// Runs a program of the pipeline; nil where Python is not installed.
    func run(_ program: String, _ words: String...) throws -> ProgramRun? { try run(program, words) }

    func run(_ program: String, _ words: [String]) throws -> ProgramRun? {
        try ProgramRun(
            ["python3", "pipeline/\(program)"] + words, in: folder,
            environment: [
                "PYTHONPATH": folder.appending(path: "library").path(), "PYTHONDONTWRITEBYTECODE": "1",
                "ACCOUNT": folder.appending(path: "account.json").path(), "POLL_SECONDS": "0",
            ])
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)  // A folder left behind harms nobody.
    }

    private static let exceptions = #"""
        class ClientError(Exception):
            def __init__(self, code, message):
                super().__init__(message)
                self.response = {"Error": {"Code": code}}
        """#

    private static let boto3 = #"""
        import io
        import json
        import os
        import threading
        import time

        from botocore.exceptions import ClientError

        LOCK = threading.Lock()


        class Account:
            def __enter__(self):
                LOCK.acquire()
                with open(os.environ["ACCOUNT"], encoding="utf-8") as file:
                    self.state = json.load(file)
                return self.state

            def __exit__(self, *_):
                with open(os.environ["ACCOUNT"], "w", encoding="utf-8") as file:
                    json.dump(self.state, file)
                LOCK.release()


        def exports(state):
            return {one for stack in state["stacks"].values() for one in stack.get("exports", [])}


        def made(state, ChangeSetName, **_):
            return state["changeSets"][ChangeSetName]


        class Client:
            def __init__(self, service, region):
                self.service, self.region = service, region

            def __getattr__(self, name):
                def call(**arguments):
                    with Account() as state:
                        what = arguments.get("StackName") or arguments.get("EndpointName") or ""
                        state["calls"].append(f"{name} {what}".strip())
                        answer = OPERATIONS[name](state, **arguments)
                    return answer
                return call

            def get_paginator(self, name):
                return Pages(getattr(self, name))

            def get_waiter(self, name):
                return Waiter(getattr(self, "describe_endpoint"))

            def upload_file(self, path, bucket, key, ExtraArgs):
                with open(path, "rb"), Account() as state:
                    state["objects"].append(f"{bucket}/{key}")
                    state["calls"].append(f"upload_file {key}")

            def invoke_endpoint(self, EndpointName, ContentType, Body):
                with Account() as state:
                    state["requests"] = state.get("requests", 0) + 1
                    turn, latency, every = state["requests"], state.get("latency", 0), state.get("failEvery", 0)
                time.sleep(latency)
                if every and turn % every == 0:
                    raise ClientError("ModelError", "the model failed")
                return {"Body": io.BytesIO(b"3")}


        class Pages:
            def __init__(self, call):
                self.call = call

            def paginate(self, **arguments):
                return [self.call(**arguments)]


        class Waiter:
            def __init__(self, describe):
                self.describe = describe

            def wait(self, EndpointName, WaiterConfig):
                assert self.describe(EndpointName=EndpointName)["EndpointStatus"] == "InService"


        def describe_stacks(state, StackName):
            if StackName not in state["stacks"]:
                raise ClientError("ValidationError", f"Stack with id {StackName} does not exist")
            return {"Stacks": [{"StackStatus": state["stacks"][StackName]["status"]}]}


        def create_change_set(state, StackName, ChangeSetName, TemplateBody, **request):
            template, name = json.loads(TemplateBody), f"{StackName}/{ChangeSetName}"
            there = state["stacks"].get(StackName, {"resources": {}})["resources"]
            missing = sorted(set(template.get("imports", [])) - exports(state))
            wanted = template["resources"]
            changes = [("Add", key, *wanted[key], "False") for key in wanted if key not in there]
            changes += [("Remove", key, *there[key], "False") for key in there if key not in template["resources"]]
            changes += [("Modify", key, *there[key], "True") for key in there
                        if key in template["resources"] and template["resources"][key] != there[key]]
            status, reason = "CREATE_COMPLETE", ""
            if missing:
                status, reason = "FAILED", f"No export named {missing[0]} found."
            elif not changes:
                status, reason = "FAILED", "The submitted information didn't contain changes."
            state["changeSets"][name] = {
                "Status": status, "StatusReason": reason, "template": template, "stack": StackName, "request": request,
                "Changes": [{"ResourceChange": {
                    "Action": action, "LogicalResourceId": key, "ResourceType": kind, "Replacement": replaced}}
                    for action, key, kind, _, replaced in changes]}
            return {"Id": name}


        def execute_change_set(state, ChangeSetName, StackName):
            template = made(state, ChangeSetName)["template"]
            is_broken = StackName == state.get("breaks")
            state["stacks"][StackName] = {
                "status": "UPDATE_ROLLBACK_COMPLETE" if is_broken else "CREATE_COMPLETE",
                "resources": template["resources"], "exports": template.get("exports", [])}
            for kind, name in template["resources"].values():
                if kind == "AWS::SageMaker::EndpointConfig" and not state.get("goesBack"):
                    state["config"] = name


        def describe_alarms(state, AlarmNames, AlarmTypes):
            looks = state["alarms"]
            seen = looks.pop(0) if len(looks) > 1 else looks[0]
            return {"MetricAlarms": [
                {"AlarmName": name, "StateValue": seen[name], "StateReason": "it was told to"}
                for name in AlarmNames if name in seen]}


        def head_object(state, Bucket, Key):
            if f"{Bucket}/{Key}" not in state["objects"]:
                raise ClientError("404", "Not Found")


        OPERATIONS = {
            "describe_stacks": describe_stacks, "create_change_set": create_change_set,
            "describe_change_set": made, "execute_change_set": execute_change_set,
            "delete_change_set": lambda state, ChangeSetName: state["changeSets"].pop(ChangeSetName) and None,
            "validate_template": lambda state, TemplateBody: {
                "Parameters": [{"ParameterKey": key} for key in json.loads(TemplateBody).get("parameters", [])]},
            "list_stack_resources": lambda state, StackName: describe_stacks(state, StackName) and {
                "StackResourceSummaries": [
                    {"LogicalResourceId": key, "PhysicalResourceId": name}
                    for key, (_, name) in state["stacks"][StackName]["resources"].items()]},
            "describe_alarms": describe_alarms, "head_object": head_object,
            "describe_endpoint": lambda state, EndpointName: {
                "EndpointStatus": state.get("endpointStatus", "InService"), "EndpointConfigName": state["config"]},
            "describe_endpoint_config": lambda state, EndpointConfigName: {
                "ProductionVariants": [{"ModelName": "digits", "InstanceType": "ml.m5.xlarge"}]},
            "describe_model": lambda state, ModelName: {"PrimaryContainer": {
                "Image": f"registry/worker@sha256:{state['image']}",
                "ModelDataUrl": f"s3://bucket/models/{state['model']}/model.tar.gz"}},
            "list_action_executions": lambda state, pipelineName, filter: {
                "actionExecutionDetails": state["executions"]},
        }


        def client(service, region_name=None, config=None):
            return Client(service, region_name)
        """#
}
