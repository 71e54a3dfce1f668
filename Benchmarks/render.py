"""How long `plumb render` of the AWS example takes, and how much the few lines of its spec become.

    python3 Benchmarks/render.py [--runs 20] [--plumb PATH]

Every run is the whole command, into an empty folder; one run before them is not counted.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile
import time

from client import ROOT, median

SPEC = os.path.join(ROOT, "Examples", "aws", "plumb.yaml")
ENVIRONMENTS = ["dev", "staging", "production"]
# For each form the files that hold its resources, and what begins one of them.
FORMS = {"cloudformation": ("*.yaml", r"^    Type: "), "terraform": ("*.tf", r"^resource ")}


def timed(plumb, form, environment, folder):
    command = [plumb, "render", SPEC, "--to", form, "--environment", environment, "--output", folder]
    start = time.perf_counter()
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stderr}")
    return seconds * 1000


def code_lines(path):
    """The lines of a file that are neither blank nor a comment."""
    with open(path, encoding="utf-8") as file:
        return sum(1 for line in file if line.strip() and not line.lstrip().startswith("#"))


def resources(path, beginning):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".yaml"):
        # From `Resources:` to the next key at the margin: parameters have a Type as well.
        text = re.search(r"^Resources:\n(?:[ #].*\n|\n)*", text, re.MULTILINE).group()
    return len(re.findall(beginning, text, re.MULTILINE))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--plumb", default=os.path.join(ROOT, ".build", "release", "plumb"))
    options = parser.parse_args()
    plumb = os.path.abspath(options.plumb)
    print(f"the spec: {code_lines(SPEC)} lines without comments and blanks")
    print(f"{'':26} {'median':>10} {'worst':>10} {'files':>6} {'resources':>10} {'lines':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for form, (files, beginning) in FORMS.items():
            for environment in ENVIRONMENTS:
                outputs = [os.path.join(folder, f"{form}-{environment}-{run}") for run in range(options.runs + 1)]
                values = [timed(plumb, form, environment, output) for output in outputs][1:]
                paths = glob.glob(os.path.join(outputs[0], files))
                count = sum(resources(path, beginning) for path in paths)
                lines = sum(code_lines(path) for path in paths)
                print(f"{form:15} {environment:10} {median(values):7.1f} ms {max(values):7.1f} ms"
                      f" {len(paths):6} {count:10} {lines:7}", flush=True)


main()
