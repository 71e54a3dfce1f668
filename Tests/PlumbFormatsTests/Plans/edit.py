#!/usr/bin/env python3
"""Applies the edits of mutations.yaml, wirings.yaml or variations.yaml to a plan; README.md says what each edit changes.

    edit.py LIST.yaml --list                      names every entry
    edit.py LIST.yaml NUMBER [-o OUT.json]        writes the edited plan
    edit.py LIST.yaml --check                     applies every entry and tells the edits that change nothing
"""
import argparse
import copy
import json
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent


class Missing(Exception):
    pass


def modules(module):
    yield module
    for child in module.get("child_modules", []):
        yield from modules(child)


def mirror(value):
    """The shape of a known value in after_unknown and after_sensitive: blocks and lists stay, scalars in lists are false."""
    if isinstance(value, dict):
        return {key: mirror(item) for key, item in value.items() if isinstance(item, (dict, list))}
    if isinstance(value, list):
        return [mirror(item) if isinstance(item, (dict, list)) else False for item in value]
    return False


def ordered(value):
    """A value with its keys in the order in which jsonencode writes them."""
    return json.loads(json.dumps(value, sort_keys=True))


def expression(value):
    """How the writer's value looks in the configuration."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [block(item) for item in value]
    return {"constant_value": value}


def block(value):
    return {key: expression(item) for key, item in value.items() if item is not None and item != [] and item != ""}


def is_expression(node):
    return isinstance(node, dict) and set(node) <= {"constant_value", "references"}


def step(node, key, make=None):
    if isinstance(node, list):
        if not isinstance(key, int) or not 0 <= key < len(node):
            raise Missing(key)
        return node[key]
    if not isinstance(node, dict):
        raise Missing(key)
    if key not in node or node[key] is None:
        if make is None:
            raise Missing(key)
        node[key] = make
    return node[key]


def leave(node, key):
    """Takes a key or an index out, if it is there."""
    if isinstance(node, list):
        if isinstance(key, int) and 0 <= key < len(node):
            del node[key]
    elif isinstance(node, dict):
        node.pop(key, None)


def walk(node, path):
    for key in path:
        node = step(node, key)
    return node


def shape(node, path, change):
    """Changes after_unknown or a sensitive tree at a path, where the tree reaches that far."""
    try:
        parent = walk(node, path[:-1])
    except Missing:
        return
    if isinstance(parent, (dict, list)):
        change(parent, path[-1])


def put(parent, key, value):
    if isinstance(parent, list):
        if key == len(parent):
            parent.append(value)
        else:
            parent[key] = value
    else:
        parent[key] = value


class Plan:
    def __init__(self, document):
        self.document = document
        self.root = document["configuration"]["root_module"]

    # Where an address is told

    def change(self, address):
        for item in self.document["resource_changes"]:
            if item["address"] == address:
                return item
        raise Missing(f"no change of {address}")

    def planned(self, address):
        for module in modules(self.document["planned_values"]["root_module"]):
            for item in module.get("resources", []):
                if item["address"] == address:
                    return item
        return None

    def configured(self, address):
        parts, module = address, self.root
        while call := re.match(r"module\.([\w-]+)(\[[^\]]*\])?\.", parts):
            module = module["module_calls"][call[1]]["module"]
            parts = parts[call.end():]
        base = parts[:parts.index("[")] if "[" in parts and parts.endswith("]") else parts
        for item in module.get("resources", []):
            if item["address"] == base:
                return item
        raise Missing(f"no configuration of {address}")

    # Edits

    def apply(self, edit):
        if "provider" in edit:
            provider = self.document["configuration"]["provider_config"][edit["provider"]]
            parent = walk(provider, edit["attribute"][:-1])
            if edit.get("omit"):
                leave(parent, edit["attribute"][-1])
            else:
                put(parent, edit["attribute"][-1], edit["set"])
        elif edit.get("remove"):
            self.remove(edit["address"])
        elif "copy" in edit:
            self.copy(edit["copy"], edit["address"])
        elif "create" in edit:
            self.create(edit)
        elif "actions" in edit:
            self.change(edit["address"])["change"]["actions"] = edit["actions"]
        elif "json" in edit:
            self.edit_text(edit)
        else:
            self.edit_attribute(edit)

    def values(self, address):
        """The trees that hold an address's values: the change's, and the planned ones."""
        change = self.change(address)["change"]
        trees = [change["after"]]
        planned = self.planned(address)
        if planned is not None:
            trees.append(planned["values"])
        return trees

    def shapes(self, address):
        change = self.change(address)["change"]
        trees = [change.setdefault("after_unknown", {}), change.setdefault("after_sensitive", {})]
        planned = self.planned(address)
        if planned is not None:
            trees.append(planned.setdefault("sensitive_values", {}))
        return trees

    def edit_text(self, edit):
        path, inside = edit["attribute"], edit["json"]
        for tree in self.values(edit["address"]):
            parent = walk(tree, path[:-1])
            text = json.loads(step(parent, path[-1]))
            self.alter(text, inside, {key: ordered(value) for key, value in edit.items()})
            put(parent, path[-1], json.dumps(text, separators=(",", ":"), ensure_ascii=False))

    @staticmethod
    def alter(tree, path, edit):
        parent = walk(tree, path[:-1])
        if "append" in edit:
            step(parent, path[-1], [] if isinstance(parent, dict) else None).append(copy.deepcopy(edit["append"]))
        elif edit.get("drop") or edit.get("omit"):
            step(parent, path[-1])
            leave(parent, path[-1])
        else:
            put(parent, path[-1], copy.deepcopy(edit["set"]))

    def edit_attribute(self, edit):
        path, address = list(edit["attribute"]), edit["address"]
        unknown, *sensitive = self.shapes(address)
        for tree in self.values(address):
            parent = walk(tree, path[:-1])
            if "append" in edit:
                step(parent, path[-1], []).append(copy.deepcopy(edit["append"]))
            elif edit.get("drop"):
                step(parent, path[-1])
                leave(parent, path[-1])
            elif "reference" in edit or edit.get("computed"):
                if isinstance(parent, list):
                    put(parent, path[-1], None)
                else:
                    leave(parent, path[-1])
            elif edit.get("omit"):
                put(parent, path[-1], copy.deepcopy(edit.get("planned")))
            else:
                put(parent, path[-1], copy.deepcopy(edit["set"]))

        def tell(parent, key, mark):
            if "append" in edit:
                if isinstance(parent, dict) and not isinstance(parent.get(key), list):
                    parent[key] = []
                if isinstance(parent, list) and not isinstance(parent[key], list):
                    parent[key] = []
                parent[key].append(mirror(edit["append"]))
            elif edit.get("drop"):
                leave(parent, key)
            elif "reference" in edit or edit.get("computed"):
                put(parent, key, mark)
            else:
                value = edit.get("planned") if edit.get("omit") else edit["set"]
                if isinstance(value, (dict, list)):
                    put(parent, key, mirror(value))
                elif isinstance(parent, list):
                    put(parent, key, False)
                else:
                    leave(parent, key)

        shape(unknown, path, lambda parent, key: tell(parent, key, True))
        for tree in sensitive:
            shape(tree, path, lambda parent, key: tell(parent, key, False) if "reference" not in edit and not edit.get("computed") else None)

        where = edit.get("configuration", path)
        if where is not False:
            self.configure(self.configured(address).setdefault("expressions", {}), list(where), edit)

    def configure(self, node, path, edit):
        for position, key in enumerate(path):
            if is_expression(node) and position > 0 and not isinstance(path[position - 1], int):
                if "constant_value" in node and not ("reference" in edit):
                    try:
                        self.alter(node["constant_value"], path[position:], edit)
                    except Missing:
                        pass
                return
            if position == len(path) - 1:
                break
            if isinstance(node, dict) and key not in node:
                node[key] = [{}] if isinstance(path[position + 1], int) else {}
            if isinstance(node, list) and key >= len(node):
                return
            node = node[key]
        key = path[-1]
        if "append" in edit:
            value = edit["append"]
            if isinstance(value, dict):
                node.setdefault(key, [])
                if isinstance(node[key], list):
                    node[key].append(block(value))
            elif key in node and "constant_value" in node[key]:
                node[key]["constant_value"] = node[key]["constant_value"] + [value]
            return
        if edit.get("drop") or edit.get("omit") or edit.get("computed"):
            leave(node, key)
        elif "reference" in edit:
            references = []
            for reference in edit["reference"] if isinstance(edit["reference"], list) else [edit["reference"]]:
                references += [reference, reference[:reference.rindex(".")]]
            put(node, key, {"references": references})
        elif edit["set"] is None:
            leave(node, key)
        elif edit["set"] == [] and isinstance(node, dict) and isinstance(node.get(key), list):
            leave(node, key)
        else:
            value = copy.deepcopy(edit["set"])
            put(node, key, block(value) if isinstance(node, list) and isinstance(value, dict) else expression(value))

    def remove(self, address):
        base = address.split("[")[0] if address.endswith("]") else address
        changes = self.document["resource_changes"]
        gone = [item for item in changes if item["address"] == address or item["address"].startswith(base + "[") and base == address]
        if not gone:
            raise Missing(f"nothing to remove at {address}")
        self.document["resource_changes"] = [item for item in changes if item not in gone]
        names = {item["address"] for item in gone}
        for module in modules(self.document["planned_values"]["root_module"]):
            if "resources" in module:
                module["resources"] = [item for item in module["resources"] if item["address"] not in names]
        if base == address:
            configured = self.configured(address)
            for module in self.configuration_modules(self.root):
                if configured in module.get("resources", []):
                    module["resources"] = [item for item in module["resources"] if item is not configured]

    def configuration_modules(self, module):
        yield module
        for call in module.get("module_calls", {}).values():
            yield from self.configuration_modules(call["module"])

    def copy(self, source, address):
        kind, name = address.split(".")[-2:]
        for collection in (self.document["resource_changes"], self.root["resources"]):
            for item in collection:
                if item["address"] == source:
                    twin = copy.deepcopy(item)
                    twin["address"], twin["name"] = address, name
                    collection.append(twin)
                    break
        planned = copy.deepcopy(self.planned(source))
        planned["address"], planned["name"] = address, name
        self.document["planned_values"]["root_module"]["resources"].append(planned)

    def create(self, edit):
        address, values, references = edit["address"], edit["create"], edit.get("references", {})
        kind, name = address.split(".")[-2:]
        unknown = {**mirror(values), **{key: True for key in [*references, *edit.get("computed", []), "id"]}}
        provider = "registry.terraform.io/hashicorp/aws"
        self.document["resource_changes"].append({
            "address": address, "mode": "managed", "type": kind, "name": name, "provider_name": provider,
            "change": {"actions": ["create"], "before": None, "after": copy.deepcopy(values), "after_unknown": unknown,
                       "before_sensitive": False, "after_sensitive": mirror(values)}})
        self.document["planned_values"]["root_module"]["resources"].append({
            "address": address, "mode": "managed", "type": kind, "name": name, "provider_name": provider,
            "schema_version": 0, "values": copy.deepcopy(values), "sensitive_values": mirror(values)})
        expressions = block(values)
        for key, reference in references.items():
            expressions[key] = {"references": [reference, reference[:reference.rindex(".")]]}
        self.root["resources"].append({
            "address": address, "mode": "managed", "type": kind, "name": name,
            "provider_config_key": edit.get("provider_config_key", "aws"), "expressions": expressions, "schema_version": 0})


def edited(entry, plans={}):
    base = entry["base"]
    if base not in plans:
        plans[base] = json.loads((HERE / f"{base}.json").read_text())
    plan = Plan(copy.deepcopy(plans[base]))
    for number, edit in enumerate(entry["edits"]):
        before = json.dumps(plan.document)
        try:
            plan.apply(edit)
        except (Missing, KeyError, IndexError, TypeError, ValueError) as trouble:
            raise SystemExit(f"{entry.get('control') or entry.get('title')}: edit {number + 1} {edit}: {trouble!r}")
        if json.dumps(plan.document) == before:
            raise SystemExit(f"{entry.get('control')} \"{entry['title']}\": edit {number + 1} changes nothing")
    return plan.document


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("list")
    arguments.add_argument("number", nargs="?", type=int)
    arguments.add_argument("-o", "--output")
    arguments.add_argument("--list", action="store_true", dest="tell")
    arguments.add_argument("--check", action="store_true")
    options = arguments.parse_args()
    entries = yaml.safe_load(pathlib.Path(options.list).read_text())
    if options.tell:
        for number, entry in enumerate(entries):
            print(number, entry.get("control", "holds"), entry["title"], sep="\t")
    elif options.check:
        for entry in entries:
            edited(entry)
        print(f"{len(entries)} entries apply")
    elif options.number is not None:
        text = json.dumps(edited(entries[options.number]), separators=(",", ":"), ensure_ascii=False)
        pathlib.Path(options.output).write_text(text) if options.output else sys.stdout.write(text)


if __name__ == "__main__":
    main()
