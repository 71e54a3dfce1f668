"""Drift over files and by itself, beside the tools that people use for it, in one run.

    python3 Benchmarks/drift.py [--rows 100000] [--large] [--runs 3] [--plumb PATH] [--only plumb,detector,duckdb,…]

Two files of 25 columns, 20 normal numbers and 5 texts; one number of the second is shifted by a quarter of its standard
deviation. Every tool reads both and compares all columns, as a process of its own. CPU seconds count beside wall time,
since others may share the machine. Peers are installed into /tmp/plumb-drift-peers; those that cannot be are said.
"""
import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

from client import ROOT

PEERS = "/tmp/plumb-drift-peers"
# Each in an environment of its own: they want different versions of the same packages.
INSTALLED = {
    "duckdb": ["duckdb"],
    "evidently": ["evidently", "numpy<2", "pandas<3"],
    "whylogs": ["whylogs[viz]", "numpy<2", "pandas<3"],
    "nannyml": ["nannyml", "statsmodels"],
}
NAMES = [f"n{index:02}" for index in range(20)] + [f"c{index}" for index in range(5)]
SIZES = [2, 3, 5, 10, 50]

PROGRAMS = {
    # The population stability of 20 quantile bins and of categories, in SQL.
    "duckdb": """
import duckdb, sys
con = duckdb.connect()
for name, path in (("r", sys.argv[1]), ("c", sys.argv[2])):
    con.execute(f"CREATE TABLE {name} AS FROM read_csv('{path}')")
found = []
for column, kind in con.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'r'"
                                ).fetchall():
    if kind == "VARCHAR":
        bins = {name: f'SELECT "{column}" AS b, count(*) AS n FROM {name} GROUP BY 1' for name in "rc"}
    else:
        steps = ", ".join(str(i / 20) for i in range(1, 20))
        edges = con.execute(f'SELECT quantile_cont("{column}", [{steps}]) FROM r').fetchone()[0]
        case = " + ".join(f'("{column}" > {edge})::int' for edge in edges)
        bins = {name: f"SELECT {case} AS b, count(*) AS n FROM {name} GROUP BY 1" for name in "rc"}
    psi = con.execute(f'''WITH r2 AS ({bins["r"]}), c2 AS ({bins["c"]})
        SELECT sum((p - q) * ln(p / q)) FROM (SELECT coalesce(r2.n, 1) / (SELECT sum(n) FROM r2) AS p,
        coalesce(c2.n, 1) / (SELECT sum(n) FROM c2) AS q FROM r2 FULL JOIN c2 USING (b))''').fetchone()[0]
    found += [column] if psi > 0.05 else []
print(found)
""",
    "evidently": """
import sys, pandas
from evidently import Report
from evidently.presets import DataDriftPreset
reference, current = pandas.read_csv(sys.argv[1]), pandas.read_csv(sys.argv[2])
Report([DataDriftPreset()]).run(reference_data=reference, current_data=current).dict()
""",
    "whylogs": """
import sys, pandas, whylogs
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores
views = [whylogs.log(pandas.read_csv(path)).view() for path in sys.argv[1:3]]
calculate_drift_scores(target_view=views[1], reference_view=views[0], with_thresholds=True)
""",
    "nannyml": """
import sys, pandas, nannyml
nannyml.disable_usage_logging()
reference, current = pandas.read_csv(sys.argv[1]), pandas.read_csv(sys.argv[2])
calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference.columns), chunk_number=10)
calculator.fit(reference).calculate(current)
""",
}


def write(path, rows, seed, shift):
    source = random.Random(seed)
    with open(path, "w", encoding="ascii") as file:
        file.write(",".join(NAMES) + "\n")
        for _ in range(rows):
            numbers = [source.gauss(0, 1) for _ in range(20)]
            numbers[3] += shift
            texts = [f"value-{int(source.random() * size)}" for size in SIZES]
            file.write(",".join([f"{number:.6f}" for number in numbers] + texts) + "\n")


def write_captures(path, rows, columns):
    """Captured requests of `columns` numbers, and an answer each."""
    source = random.Random(5)
    record = ('{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"%s",'
              '"encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv","mode":"OUTPUT","data":"%.6f",'
              '"encoding":"CSV"}},"eventMetadata":{"eventId":"%032x","inferenceTime":"2026-11-24T08:00:00Z"},'
              '"eventVersion":"0"}\n')
    with open(path, "w", encoding="ascii") as file:
        for row in range(rows):
            numbers = ",".join(f"{source.gauss(0, 1):.4f}" for _ in range(columns))
            file.write(record % (numbers, source.random(), row))


def measured(command, accepted=(0, 1)):
    """Wall and CPU seconds and the peak of memory in MiB of a command; None where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # Through a shell of its own, so that the peak is that of this command.
    script = "import resource,subprocess,sys;r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL," \
             "stderr=subprocess.PIPE);u=resource.getrusage(resource.RUSAGE_CHILDREN);" \
             "print(u.ru_maxrss,u.ru_utime+u.ru_stime,r.returncode);sys.stderr.write(r.stderr.decode()[-600:])"
    run = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    del before
    peak, cpu, status = run.stdout.split()
    if int(status) not in accepted:
        print(f"  failed: {run.stderr.strip().splitlines()[-1:]}")
        return None
    return seconds, float(cpu), int(peak) / 1024


def told(name, results):
    results = [result for result in results if result]
    if not results:
        print(f"{name:34} not measured")
        return None
    wall, cpu, peak = (min(result[index] for result in results) for index in range(3))
    print(f"{name:34} {wall:8.2f} s {cpu:8.2f} s CPU {peak:8.1f} MiB", flush=True)
    return cpu


def environment(name):
    """The Python that has a peer, or why there is none."""
    python = os.path.join(PEERS, name, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(PEERS, name)], check=True)
    module = "import " + name
    if subprocess.run([python, "-c", module], capture_output=True).returncode == 0:
        return python, None
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *INSTALLED[name]]
    try:
        subprocess.run(install, capture_output=True, text=True, timeout=900, check=True)
        subprocess.run([python, "-c", module], capture_output=True, text=True, check=True)
    except subprocess.TimeoutExpired:
        return None, "its installation took more than 15 minutes"
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or "").strip().splitlines()
        return None, lines[-1] if lines else f"pip ended with {error.returncode}"
    return python, None


def files(options, folder, plumb):
    pairs = [(options.rows, options.runs)] + ([(10 * options.rows, 1)] if options.large else [])
    for rows, runs in pairs:
        reference, current = (os.path.join(folder, f"{name}-{rows}.csv") for name in ("reference", "current"))
        write(reference, rows, 1, 0)
        write(current, rows, 2, 0.25)
        print(f"{rows} + {rows} rows x 25 columns, CSV: the least of {runs} runs")
        if "plumb" in options.only:
            command = [plumb, "drift", "run", "--baseline", reference, "--data", current]
            told("plumb drift run", [measured(command) for _ in range(runs)])
        for name, program in PROGRAMS.items():
            if name not in options.only:
                continue
            python, why = environment(name)
            if python is None:
                print(f"{name:34} not measured: {why}")
                continue
            told(name, [measured([python, "-c", program, reference, current], (0,)) for _ in range(runs)])


def captures(options, folder, plumb):
    path = os.path.join(folder, "captures.jsonl")
    columns = 25
    write_captures(path, options.rows, columns)
    names = ",".join(["answer"] + [f"f{index}" for index in range(columns)])
    baseline = os.path.join(folder, "baseline")
    subprocess.run([plumb, "drift", "baseline", path, "-o", baseline, "--columns", names], check=True,
                   stdout=subprocess.DEVNULL)
    tiny = os.path.join(folder, "tiny.jsonl")
    with open(path, encoding="ascii") as source, open(tiny, "w", encoding="ascii") as file:
        file.write(source.readline())
    run = [plumb, "drift", "run", "--baseline", baseline, "--data"]
    nothing = told("captures: one record", [measured(run + [tiny]) for _ in range(options.runs)])
    cpu = told(f"captures: {options.rows} records", [measured(run + [path]) for _ in range(options.runs)])
    if cpu and nothing:
        print(f"captures: {options.rows / (cpu - nothing):.0f} records/s of CPU, parsed, judged and profiled")


def detector(folder):
    script = os.path.join(ROOT, "Benchmarks", "drift", "build.sh")
    built = subprocess.run(["bash", script, folder], capture_output=True, text=True)
    if built.returncode != 0:
        print(f"detector not measured: {built.stderr.strip().splitlines()[-1:]}")
        return
    subprocess.run([os.path.join(folder, "detector"), "speed"], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="ten times the rows as well")
    parser.add_argument("--plumb", default=os.path.join(ROOT, ".build", "release", "plumb"))
    parser.add_argument("--only", type=lambda text: text.split(","), default=["plumb", "detector", *INSTALLED])
    options = parser.parse_args()
    plumb = os.path.abspath(options.plumb)
    print(json.dumps({"load": os.getloadavg(), "cores": os.cpu_count()}))
    with tempfile.TemporaryDirectory() as folder:
        if "detector" in options.only:
            detector(os.path.join(folder, "detector"))
        files(options, folder, plumb)
        if "plumb" in options.only:
            captures(options, folder, plumb)


if __name__ == "__main__":
    main()
