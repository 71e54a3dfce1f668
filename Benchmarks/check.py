"""How long `plumb check` takes, and how much memory, on 30, 300 and 3,000 endpoints in three forms; and other checkers.

    python3 Benchmarks/check.py [--counts 30,300,3000] [--runs 5] [--format text] [--plumb PATH]

Every run is the whole command: read, judge by all controls, report. Wall time, CPU time of user and system, and the
highest resident memory are what the kernel reports of the process; medians of the runs. checkov and cfn-lint are
measured on the template of 300 endpoints when they are on PATH, or in the virtual environment that $PLUMB_PEERS names.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GENERATE = os.path.join(ROOT, "Benchmarks", "check", "generate.py")
# The requirement at 300 endpoints, in each form.
SECONDS_MAX, MEBIBYTES_MAX = 0.5, 150


def measure(command, folder):
    """Wall seconds, CPU seconds, MiB of one run. A checker that finds something ends with another code than 0."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        sys.exit(f"{' '.join(command)} was ended by signal {-process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode


def medians(command, folder, runs, codes=None):
    values = [measure(command, folder) for _ in range(runs)]
    for value in values:
        if codes and value[3] not in codes:
            sys.exit(f"{' '.join(command)} ended with {value[3]}")
    return [statistics.median(value[i] for value in values) for i in range(3)]


def tell(name, form, megabytes, figures, note=""):
    wall, cpu, memory = figures
    print(f"{name:24} {form:9} {megabytes:7.1f} MB {wall:9.3f} s {cpu:9.3f} s {memory:8.0f} MiB  {note}", flush=True)


def peers(folder, runs):
    template = "fleet-300.yaml"
    megabytes = os.path.getsize(os.path.join(folder, template)) / 1e6
    commands = {
        "checkov": ["-f", template, "--framework", "cloudformation", "--compact", "--quiet", "--skip-download"],
        "cfn-lint": [template],
    }
    venv = os.environ.get("PLUMB_PEERS")
    path = os.path.join(venv, "bin") + os.pathsep + os.environ["PATH"] if venv else None
    for name, arguments in commands.items():
        found = shutil.which(name, path=path)
        # A version manager leaves commands behind that start nothing.
        if not found or measure([found, "--version"], folder)[3] != 0:
            print(f"{name:24} is not installed: put it on PATH, or name its virtual environment in PLUMB_PEERS")
            continue
        tell(name, "YAML", megabytes, medians([found, *arguments], folder, runs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", default="30,300,3000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer-runs", type=int, default=1)
    parser.add_argument("--format", default="text")
    parser.add_argument("--plumb", default=os.path.join(ROOT, ".build", "release", "plumb"))
    options = parser.parse_args()
    plumb = os.path.abspath(options.plumb)
    missed = []
    print(f"{'':24} {'form':9} {'input':>10} {'wall':>11} {'CPU':>11} {'memory':>12}")
    with tempfile.TemporaryDirectory() as folder:
        version = medians([plumb, "--version"], folder, max(20, options.runs), codes=[0])
        tell("plumb --version", "", 0, version)
        counts = [int(word) for word in options.counts.split(",")]
        for count in counts:
            subprocess.run([sys.executable, GENERATE, str(count), folder], check=True)
            for form, ending in [("YAML", "yaml"), ("JSON", "json"), ("plan", "plan.json")]:
                file = f"fleet-{count}.{ending}"
                command = [plumb, "check", file, "--format", options.format]
                figures = medians(command, folder, options.runs, codes=[0, 1])
                is_missed = count == 300 and (figures[0] > SECONDS_MAX or figures[2] > MEBIBYTES_MAX)
                if is_missed:
                    missed.append(form)
                megabytes = os.path.getsize(os.path.join(folder, file)) / 1e6
                note = f"{figures[1] / count * 1000:.2f} ms CPU an endpoint" + (", over the limit" if is_missed else "")
                tell(f"plumb, {count} endpoints", form, megabytes, figures, note)
        if 300 in counts:
            peers(folder, options.peer_runs)
    if missed:
        sys.exit(f"over {SECONDS_MAX} s or {MEBIBYTES_MAX} MiB at 300 endpoints: {', '.join(missed)}")


main()
