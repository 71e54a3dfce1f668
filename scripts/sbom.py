#!/usr/bin/env python3
"""Prints a bill of materials of a build as CycloneDX 1.5: the Swift packages that were resolved, and ONNX Runtime.

    python3 scripts/sbom.py > sbom.json

Reads Package.resolved, which `swift build` writes, and the version that scripts/onnxruntime.sh pins.
"""
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def swift_packages():
    for pin in json.loads(read("Package.resolved"))["pins"]:
        name = pin["location"].removeprefix("https://").removesuffix(".git")
        version = pin["state"].get("version", pin["state"]["revision"])
        yield {
            "type": "library", "name": pin["identity"], "version": version, "purl": f"pkg:swift/{name}@{version}",
            "bom-ref": f"pkg:swift/{name}@{version}",
            "externalReferences": [{"type": "vcs", "url": pin["location"]}],
            "properties": [{"name": "commit", "value": pin["state"]["revision"]}],
        }


def runtime():
    script = read("scripts", "onnxruntime.sh")
    version = re.search(r"^version=(\S+)$", script, re.M).group(1)
    digest = re.search(r"digest=([0-9a-f]{64})", script).group(1)
    return {
        "type": "library", "name": "onnxruntime", "version": version, "purl": f"pkg:pypi/onnxruntime@{version}",
        "bom-ref": f"pkg:pypi/onnxruntime@{version}", "licenses": [{"license": {"id": "MIT"}}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def main():
    version = re.search(r'version(?::\s*String)?\s*=\s*"([0-9][^"]*)"', read("Sources", "plumb", "Composition.swift"))
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {
            "type": "application", "name": "plumbline", "version": version.group(1) if version else "0"}},
        "components": sorted([*swift_packages(), runtime()], key=lambda part: part["name"]),
    }, indent=2))


main()
