"""CloudFormation: stacks whose every resource is made through the API of its own service.

moto skips the types that it does not know, and says CREATE_COMPLETE. Here a type without a maker, a property that its
maker does not take, an import that nobody exports or a request that a service refuses fails the stack with its reason,
and what was made so far is taken back. `stack_resources.py` has the makers.

A change set is executed beside the requests, as AWS does it; other stacks are made while the request waits.
"""
from __future__ import annotations

import copy
import json
import re
import threading
import uuid
from typing import Any

import moto.backends
import moto.s3.exceptions
import yaml
from moto.core.utils import utcnow

from double import Call, Refusal, answers
from double.stack_resources import CHANGERS, Made, Maker, Properties


# What cannot be changed: the new one is made beside the old one, which goes when all has worked.
REPLACED = {"AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"}
# Another name is another resource.
NAMED_BY = {
    "AWS::CloudWatch::Alarm": "AlarmName", "AWS::S3::Bucket": "BucketName", "AWS::SageMaker::Endpoint": "EndpointName",
    "AWS::Logs::LogGroup": "LogGroupName", "AWS::CloudWatch::Dashboard": "DashboardName"}


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms; a date stays the text that it is."""

    yaml_implicit_resolvers = {
        first: [entry for entry in entries if entry[0] != "tag:yaml.org,2002:timestamp"]
        for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def short_form(loader: TemplateLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        value = value.split(".", 1) if name == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


TemplateLoader.add_multi_constructor("!", short_form)


class Stack:
    """What a stack has made, and what it knows of itself."""

    def __init__(self, name: str, region: str, account: str) -> None:
        self.name, self.region, self.account = name, region, account
        self.identity = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
        self.status, self.reason, self.created = "REVIEW_IN_PROGRESS", None, utcnow()
        self.template: dict[str, Any] = {"Resources": {}}
        self.parameters: dict[str, Any] = {}
        self.made: dict[str, Made] = {}
        self.outputs: list[dict[str, str]] = []
        self.exports: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        self.drift: dict[str, Any] = {"StackDriftStatus": "NOT_CHECKED"}

    def note(self, logical: str, kind: str, status: str, reason: str | None = None, physical: str = "") -> None:
        self.events.insert(0, {
            "StackId": self.identity, "EventId": str(uuid.uuid4()), "StackName": self.name, "Timestamp": utcnow(),
            "LogicalResourceId": logical, "PhysicalResourceId": physical, "ResourceType": kind,
            "ResourceStatus": status, "ResourceStatusReason": reason,
        })

    def settle(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason
        self.note(self.name, "AWS::CloudFormation::Stack", status, reason, self.identity)

    def described(self) -> dict[str, Any]:
        return {
            "StackId": self.identity, "StackName": self.name, "StackStatus": self.status, "CreationTime": self.created,
            "StackStatusReason": self.reason, "DriftInformation": self.drift, "Outputs": self.outputs,
            "Capabilities": ["CAPABILITY_NAMED_IAM"], "EnableTerminationProtection": False,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": str(value)} for key, value in self.parameters.items()],
        }

    def resources(self) -> list[dict[str, Any]]:
        return [
            {
                "StackId": self.identity, "StackName": self.name, "LogicalResourceId": logical,
                "PhysicalResourceId": made.ref, "ResourceType": self.template["Resources"][logical]["Type"],
                "ResourceStatus": "CREATE_COMPLETE", "Timestamp": self.created, "LastUpdatedTimestamp": self.created,
            } for logical, made in self.made.items()]


class Resolver:
    """Reads a template's functions with what is made so far."""

    def __init__(self, stack: Stack, template: dict[str, Any], parameters: dict[str, Any], exports: dict[str, str]):
        self.stack, self.template, self.parameters, self.exports = stack, template, parameters, exports
        self.pseudo = {
            "AWS::AccountId": stack.account, "AWS::Region": stack.region, "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com", "AWS::StackName": stack.name, "AWS::StackId": stack.identity,
        }

    def value(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" or name.startswith("Fn::"):
                function = getattr(self, "fn_" + name.removeprefix("Fn::").lower(), None)
                if function is None:
                    raise Refusal("ValidationError", f"the double has no function {name}")
                return function(argument)
        return {key: self.value(item) for key, item in node.items()}

    def made(self, logical: str) -> Made:
        if logical not in self.stack.made:
            raise Refusal("ValidationError", f"Unresolved resource dependencies [{logical}]")
        return self.stack.made[logical]

    def fn_ref(self, name: str) -> Any:
        for known in (self.pseudo, self.parameters):
            if name in known:
                return known[name]
        return self.made(name).ref

    def fn_getatt(self, path: list[str]) -> Any:
        logical, attribute = path
        attributes = self.made(logical).attributes
        if attribute not in attributes:
            raise Refusal("ValidationError", f"{logical} has no attribute {attribute}, only {sorted(attributes)}")
        return attributes[attribute]

    def fn_sub(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else (argument[0], self.value(argument[1]))

        def filled(match: re.Match) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(own[name])
            return str(self.fn_getatt(name.split(".", 1)) if "." in name else self.fn_ref(name))

        return re.sub(r"\$\{([^}]+)\}", filled, text)

    def fn_join(self, argument: list) -> str:
        return argument[0].join(str(item) for item in self.value(argument[1]))

    def fn_select(self, argument: list) -> Any:
        return self.value(argument[1])[int(self.value(argument[0]))]

    def fn_split(self, argument: list) -> list[str]:
        return self.value(argument[1]).split(argument[0])

    def fn_getazs(self, argument: Any) -> list[str]:
        return [f"{self.value(argument) or self.stack.region}{letter}" for letter in "abc"]

    def fn_importvalue(self, argument: Any) -> str:
        name = self.value(argument)
        if name not in self.exports:
            raise Refusal("ValidationError", f"No export named {name} found.")
        return self.exports[name]

    def order(self) -> list[str]:
        """Every resource after those that it names."""
        resources, done, under_way = self.template["Resources"], [], set()

        def visit(logical: str) -> None:
            if logical in done or logical not in resources:
                return
            if logical in under_way:
                raise Refusal("ValidationError", f"Circular dependency between resources: {sorted(under_way)}")
            under_way.add(logical)
            told = resources[logical].get("DependsOn", [])
            for other in [told] if isinstance(told, str) else told:
                visit(other)
            for other in named_in(resources[logical].get("Properties", {})):
                visit(other)
            under_way.discard(logical)
            done.append(logical)

        for logical in resources:
            visit(logical)
        return done


def named_in(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in named_in(item)]
    if not isinstance(node, dict):
        return []
    names = [name for item in node.values() for name in named_in(item)]
    if "Ref" in node:
        names.append(node["Ref"])
    if "Fn::GetAtt" in node:
        names.append(node["Fn::GetAtt"][0])
    if "Fn::Sub" in node:
        text = node["Fn::Sub"] if isinstance(node["Fn::Sub"], str) else node["Fn::Sub"][0]
        names += [name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)]
    return names


def is_replaced(kind: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    name = NAMED_BY.get(kind)
    return kind in REPLACED or kind not in CHANGERS or bool(name) and old.get(name) != new.get(name)


def stack_policy(template: dict[str, Any], logical: str) -> str:
    """What becomes of a resource that another takes the place of."""
    return template["Resources"].get(logical, {}).get("UpdateReplacePolicy", "Delete")


def exports_beside(call: Call, stack: Stack) -> dict[str, str]:
    others = [other for other in call.store("stacks").values() if other is not stack]
    return {name: value for other in others for name, value in other.exports.items()}


def carry_out(call: Call, stack: Stack, template: dict[str, Any], given: dict[str, Any]) -> None:
    """Makes a stack what its template says. On a failure a new stack is taken back, and an old one is what it was."""
    is_new = not stack.made
    word = "CREATE" if is_new else "UPDATE"
    resolver = Resolver(stack, template, parameter_values(template, given), exports_beside(call, stack))
    maker = Maker(stack.region)
    stack.settle(f"{word}_IN_PROGRESS")
    old, logical = (stack.template, stack.parameters), stack.name
    before, replaced = dict(stack.made), []
    try:
        order = resolver.order()
        stack.template, stack.parameters = template, resolver.parameters
        for logical in order:
            kind = template["Resources"][logical]["Type"]
            properties = resolver.value(template["Resources"][logical].get("Properties", {}))
            known = stack.made.get(logical)
            if known and known.properties == properties:
                continue
            stack.note(
                logical, kind, f"{'UPDATE' if known else 'CREATE'}_IN_PROGRESS", None, known.ref if known else "")
            # What has no request for changes is taken away first; what is replaced stays until all has worked.
            if known and kind in CHANGERS and is_replaced(kind, known.properties, properties) or kind in REPLACED:
                if known and stack_policy(old[0], logical) != "Retain":
                    replaced.append(known)
                made = maker.make(kind, copy.deepcopy(properties), None)
            else:
                made = maker.make(kind, copy.deepcopy(properties), known)
            stack.made[logical], made.properties = made, properties
            stack.note(logical, kind, f"{'UPDATE' if known else 'CREATE'}_COMPLETE", None, made.ref)
        set_outputs(stack, resolver)
        if not is_new:
            stack.settle("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        for logical in [name for name in reversed(list(stack.made)) if name not in template["Resources"]]:
            stack.made.pop(logical).undo()
        for made in reversed(replaced):
            made.undo()
        stack.settle(f"{word}_COMPLETE")
    except Exception as error:
        kind = template["Resources"].get(logical, {}).get("Type", "AWS::CloudFormation::Stack")
        action = "UPDATE" if logical in before else "CREATE"
        stack.note(logical, kind, f"{action}_FAILED", str(error))
        reason = f"The following resource(s) failed to {action.lower()}: [{logical}]. "
        status = "ROLLBACK_COMPLETE" if is_new else "UPDATE_ROLLBACK_COMPLETE"
        stack.settle("ROLLBACK_IN_PROGRESS" if is_new else "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        try:
            if is_new:
                take_back(stack, keeps=False)
            else:
                restore(stack, maker, before)
        except Exception as second:
            status, reason = "UPDATE_ROLLBACK_FAILED" if before else "ROLLBACK_FAILED", f"{reason}; and then: {second}"
        if not is_new:
            stack.template, stack.parameters = old
        stack.settle(status, reason)


def restore(stack: Stack, maker: Maker, before: dict[str, Made]) -> None:
    """Takes back what an update has made, the last first, and changes back what it changed in place."""
    for logical in reversed(list(stack.made)):
        made, old = stack.made[logical], before.get(logical)
        if made is old:
            continue
        kind = stack.template["Resources"][logical]["Type"]
        if old is None:
            stack.made.pop(logical).undo()
        elif kind in CHANGERS and not is_replaced(kind, old.properties, made.properties):
            stack.made[logical] = maker.make(kind, copy.deepcopy(old.properties), made)
            stack.made[logical].properties = old.properties
        else:
            made.undo()
            kept = old
            if kind not in REPLACED and kind not in CHANGERS:
                kept = maker.make(kind, copy.deepcopy(old.properties), None)
                kept.properties = old.properties
            stack.made[logical] = kept


def set_outputs(stack: Stack, resolver: Resolver) -> None:
    stack.outputs, stack.exports = [], {}
    for logical, output in stack.template.get("Outputs", {}).items():
        told = {"OutputKey": logical, "OutputValue": str(resolver.value(output["Value"]))}
        if "Export" in output:
            told["ExportName"] = resolver.value(output["Export"]["Name"])
            stack.exports[told["ExportName"]] = told["OutputValue"]
        stack.outputs.append(told)


def take_back(stack: Stack, keeps: bool) -> None:
    for logical in reversed(list(stack.made)):
        resource = stack.template["Resources"][logical]
        made = stack.made.pop(logical)
        if not (keeps and resource.get("DeletionPolicy", "").startswith("Retain")):
            made.undo()


def parameter_values(template: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, parameter in template.get("Parameters", {}).items():
        value = given.get(name, parameter.get("Default"))
        if value is None:
            raise Refusal("ValidationError", f"Parameters: [{name}] must have values")
        pattern = parameter.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, str(value)):
            raise Refusal("ValidationError", f"Parameter {name} failed to satisfy constraint: {pattern}")
        if parameter["Type"] == "Number":
            value = int(value)
            if not parameter.get("MinValue", value) <= value <= parameter.get("MaxValue", value):
                raise Refusal("ValidationError", f"Parameter '{name}' must be a number within its bounds")
        values[name] = value
    return values


def read_template(text: str) -> dict[str, Any]:
    if len(text.encode()) > 51_200:
        raise Refusal("ValidationError", "Member must have length less than or equal to 51200")
    return yaml.load(text, TemplateLoader)


def given_template(call: Call) -> dict[str, Any]:
    """The template of a request: in it, or in a bucket."""
    url = call.get("TemplateURL")
    if not url:
        return read_template(call["TemplateBody"])
    found = re.fullmatch(r"https://([^/]+)\.s3\.[^/]*amazonaws\.com/(.+)", url)
    if not found:
        raise Refusal("ValidationError", "TemplateURL must reference a valid S3 object to which you have access.")
    try:
        stored = moto.backends.get_backend("s3")[call.account]["aws"].get_object(*found.groups())
    except moto.s3.exceptions.S3ClientError:
        stored = None
    if stored is None:
        raise Refusal("ValidationError", "S3 error: The specified key does not exist.")
    return yaml.load(stored.value.decode(), TemplateLoader)


def stack_of(call: Call) -> Stack:
    wanted = call["StackName"]
    for stack in call.store("stacks").values():
        if wanted in (stack.name, stack.identity) and stack.status != "DELETE_COMPLETE":
            return stack
    raise Refusal("ValidationError", f"Stack with id {wanted} does not exist")


def given_parameters(call: Call, stack: Stack | None) -> dict[str, Any]:
    kept = stack.parameters if stack else {}
    return {
        entry["ParameterKey"]: kept.get(entry["ParameterKey"]) if entry.get("UsePreviousValue") else
        entry.get("ParameterValue") for entry in call.get("Parameters") or []}


@answers("cloudformation", "CreateChangeSet")
def create_change_set(call: Call) -> dict:
    name, template = call["StackName"], given_template(call)
    if call.get("ChangeSetType") == "CREATE":
        known = call.store("stacks").get(name)
        if known and known.status != "REVIEW_IN_PROGRESS":
            raise Refusal("ValidationError", f"Stack [{name}] already exists and cannot be created again")
        call.store("stacks")[name] = known or Stack(name, call.region, call.account)
    stack = stack_of(call)
    if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
        raise Refusal("ValidationError", f"Stack:{stack.identity} is in {stack.status} state and can not be updated.")
    given = given_parameters(call, stack)
    values = parameter_values(template, given)
    arn = call.arn(f"changeSet/{call['ChangeSetName']}/{uuid.uuid4()}")
    missing = sorted({name for name in imports(template)} - set(exports_beside(call, stack)))
    is_same = stack.made and (template, values) == (stack.template, stack.parameters)
    reason = "The submitted information didn't contain changes. Submit different information to create a change set."
    if missing:
        reason = f"No export named {missing[0]} found. Rollback requested by user."
    is_failed = bool(missing) or is_same
    call.store("change sets")[arn] = {
        "ChangeSetName": call["ChangeSetName"], "ChangeSetId": arn, "StackName": name, "StackId": stack.identity,
        "Status": "FAILED" if is_failed else "CREATE_COMPLETE", "CreationTime": utcnow(), "template": template,
        "StatusReason": reason if is_failed else None, "given": given,
        "ExecutionStatus": "UNAVAILABLE" if is_failed else "AVAILABLE",
        "Changes": [] if is_failed else changes(stack, template, values),
    }
    return {"Id": arn, "StackId": stack.identity}


def changes(stack: Stack, template: dict[str, Any], values: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs from the stack, resource by resource; who names a resource that is replaced may change with it."""
    old, new = stack.template.get("Resources", {}), template["Resources"]
    other = {name for name, value in values.items() if stack.parameters.get(name) != value}
    found: dict[str, dict[str, Any]] = {}
    replaced: set[str] = set()
    for logical in [*new, *(name for name in old if name not in new)]:
        kind = (new.get(logical) or old[logical])["Type"]
        entry = {"LogicalResourceId": logical, "ResourceType": kind}
        if logical in stack.made:
            entry["PhysicalResourceId"] = stack.made[logical].ref
        if logical not in stack.made:
            found[logical] = {**entry, "Action": "Add"}
        elif logical not in new:
            found[logical] = {**entry, "Action": "Remove"}
        else:
            was, will = old[logical].get("Properties", {}), new[logical].get("Properties", {})
            names = sorted(name for name in {*was, *will} if was.get(name) != will.get(name))
            names += sorted(name for name in will if name not in names and other & set(named_in(will[name])))
            if names:
                always = is_replaced(kind, {NAMED_BY.get(kind): was.get(NAMED_BY.get(kind))}, {
                    NAMED_BY.get(kind): will.get(NAMED_BY.get(kind))})
                replaced |= {logical} if always else set()
                found[logical] = changed(entry, names, "True" if always else "False", "DirectModification")
    while True:
        more = {
            logical: [name for name, value in resource.get("Properties", {}).items() if replaced & set(named_in(value))]
            for logical, resource in new.items() if logical in stack.made and logical not in found}
        more = {logical: names for logical, names in more.items() if names}
        for logical, names in more.items():
            kind = new[logical]["Type"]
            entry = {
                "LogicalResourceId": logical, "ResourceType": kind, "PhysicalResourceId": stack.made[logical].ref}
            found[logical] = changed(
                entry, names, "Conditional" if kind in REPLACED else "False", "ResourceReference")
            replaced |= {logical} if kind in REPLACED else set()
        if not more:
            return [{"Type": "Resource", "ResourceChange": entry} for entry in found.values()]


def changed(entry: dict[str, Any], names: list[str], replacement: str, source: str) -> dict[str, Any]:
    return {
        **entry, "Action": "Modify", "Replacement": replacement, "Scope": ["Properties"], "Details": [
            {
                "ChangeSource": source, "Evaluation": "Static" if source == "DirectModification" else "Dynamic",
                "Target": {
                    "Attribute": "Properties", "Name": name,
                    "RequiresRecreation": "Always" if replacement == "True" else "Never"},
            } for name in names]}


def change_set(call: Call) -> dict[str, Any]:
    for arn, found in call.store("change sets").items():
        if call["ChangeSetName"] == arn or (call["ChangeSetName"], call.get("StackName")) == (
                found["ChangeSetName"], found["StackName"]):
            return found
    raise Refusal("ChangeSetNotFoundException", f"ChangeSet [{call['ChangeSetName']}] does not exist")


@answers("cloudformation", "DescribeChangeSet")
def describe_change_set(call: Call) -> dict:
    return change_set(call)


@answers("cloudformation", "DeleteChangeSet")
def delete_change_set(call: Call) -> dict:
    call.store("change sets").pop(change_set(call)["ChangeSetId"])
    return {}


class Durations:
    # AWS answers at once; whoever looks only every thirty seconds, as its own tools do, is answered later.
    answering = 0.0


@answers("cloudformation", "ExecuteChangeSet")
def execute_change_set(call: Call) -> dict:
    found = change_set(call)
    if found["ExecutionStatus"] != "AVAILABLE":
        raise Refusal("InvalidChangeSetStatus", f"ChangeSet [{found['ChangeSetId']}] cannot be executed")
    found["ExecutionStatus"] = "EXECUTE_COMPLETE"
    stack = call.store("stacks")[found["StackName"]]
    stack.status = "UPDATE_IN_PROGRESS" if stack.made else "CREATE_IN_PROGRESS"
    work = threading.Thread(
        target=carry_out, args=(call, stack, found["template"], found["given"]), daemon=True)
    work.start()
    work.join(Durations.answering)
    return {}


@answers("cloudformation", "CreateStack")
def create_stack(call: Call) -> dict:
    name = call["StackName"]
    if name in call.store("stacks") and call.store("stacks")[name].status != "DELETE_COMPLETE":
        raise Refusal("AlreadyExistsException", f"Stack [{name}] already exists")
    stack = call.store("stacks")[name] = Stack(name, call.region, call.account)
    carry_out(call, stack, given_template(call), given_parameters(call, None))
    return {"StackId": stack.identity}


@answers("cloudformation", "UpdateStack")
def update_stack(call: Call) -> dict:
    stack = stack_of(call)
    carry_out(call, stack, given_template(call), given_parameters(call, stack))
    return {"StackId": stack.identity}


@answers("cloudformation", "DescribeStacks")
def describe_stacks(call: Call) -> dict:
    if call.get("StackName"):
        return {"Stacks": [stack_of(call).described()]}
    return {"Stacks": [stack.described() for stack in call.store("stacks").values()]}


@answers("cloudformation", "DescribeStackEvents")
def describe_stack_events(call: Call) -> dict:
    return {"StackEvents": stack_of(call).events}


@answers("cloudformation", "DescribeStackResources")
def describe_stack_resources(call: Call) -> dict:
    return {"StackResources": stack_of(call).resources()}


@answers("cloudformation", "ListStackResources")
def list_stack_resources(call: Call) -> dict:
    return {"StackResourceSummaries": stack_of(call).resources()}


@answers("cloudformation", "ListExports")
def list_exports(call: Call) -> dict:
    return {"Exports": [
        {"ExportingStackId": stack.identity, "Name": name, "Value": value}
        for stack in call.store("stacks").values() for name, value in stack.exports.items()]}


@answers("cloudformation", "GetTemplate")
def get_template(call: Call) -> dict:
    return {"TemplateBody": json.dumps(stack_of(call).template)}


@answers("cloudformation", "GetTemplateSummary")
def get_template_summary(call: Call) -> dict:
    body = call.get("TemplateBody")
    template = read_template(body) if body else stack_of(call).template
    return {
        "ResourceTypes": sorted({resource["Type"] for resource in template["Resources"].values()}),
        "Parameters": [
            {"ParameterKey": name, "ParameterType": told["Type"], "DefaultValue": told.get("Default")}
            for name, told in template.get("Parameters", {}).items()]}


@answers("cloudformation", "DeleteStack")
def delete_stack(call: Call) -> dict:
    try:
        stack = stack_of(call)
    except Refusal:
        return {}
    imported = {name for other in call.store("stacks").values() for name in imports(other.template)}
    used = sorted(name for name in stack.exports if name in imported)
    if used:
        raise Refusal("ValidationError", f"Export {used[0]} cannot be deleted as it is in use")
    try:
        take_back(stack, keeps=True)
        stack.exports = {}
        stack.settle("DELETE_COMPLETE")
        call.store("stacks").pop(stack.name)
    except Exception as error:
        stack.settle("DELETE_FAILED", str(error))
    return {}


def imports(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in imports(item)]
    if isinstance(node, dict):
        own = [node["Fn::ImportValue"]] if isinstance(node.get("Fn::ImportValue"), str) else []
        return own + [name for item in node.values() for name in imports(item)]
    return []


def mend_moto() -> None:
    """Nothing of moto's own: CloudFormation is answered here."""
