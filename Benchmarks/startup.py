"""How long `plumb check` of a spec takes, and how long from `plumb up` in an empty folder to the first answered request.

    python3 Benchmarks/startup.py [--runs 20]
"""
import argparse
import os
import subprocess
import tempfile
import time

from client import ROOT, Engine, heldout_rows, median

SPEC = os.path.join(ROOT, "Examples", "digits", "plumb.yaml")


def timed(*arguments):
    start = time.perf_counter()
    subprocess.run(
        [os.path.join(ROOT, ".build", "release", "plumb"), *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    for name, arguments in [("plumb --version", ["--version"]), ("plumb check SPEC", ["check", SPEC])]:
        values = [timed(*arguments) for _ in range(options.runs)]
        print(f"{name:32} median {median(values):7.1f} ms, worst {max(values):7.1f} ms, {options.runs} runs")
    values = []
    for _ in range(max(3, options.runs // 4)):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            engine = Engine(os.path.join(folder, "home")).up(SPEC)
            connection = engine.connection()
            status, _, _ = connection.exchange(engine.request(heldout_rows()[0]))
            values.append((time.perf_counter() - start) * 1000)
            assert status == 200
            connection.close()
            engine.down()
    print(f"{'plumb up to first answer':32} median {median(values):7.0f} ms, worst {max(values):7.0f} ms, {len(values)} runs")


main()
