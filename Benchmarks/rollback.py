"""From the first bad answer of a broken revision to all traffic back on the old one, end to end, many times.

    python3 Benchmarks/rollback.py [--runs 20] [--connections 8] [--build release] [--spec plumb-error.yaml]
"""
import argparse
import os
import tempfile
import time

from client import ROOT, Engine, Load, heldout_rows, median


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--build", default="release")
    parser.add_argument("--spec", default="plumb-error.yaml")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(folder, build=options.build).up(os.path.join(ROOT, "Examples", "digits", "plumb.yaml"))
        try:
            measure(engine, options)
        finally:
            engine.down()


def measure(engine, options):
    requests = [engine.request(row) for row in heldout_rows()]
    seconds, old_failed, old_total, new_failed = [], 0, 0, 0
    for run in range(options.runs):
        with Load(engine.connection, requests, options.connections, pause=0.005) as load:
            time.sleep(0.5)
            outcome = engine.run(
                "deploy", os.path.join(ROOT, "Examples", "digits", options.spec), check=False)
            time.sleep(0.5)
        assert outcome.returncode == 3, f"a rollback must exit 3: {outcome.stdout} {outcome.stderr}"
        record = engine.status()["endpoints"][0]["record"]
        new, old = str(record["history"][-1]["new"]), str(record["active"])
        results = load.all()
        bad = [r for r in results if r[2] != 200]
        of_new = [r for r in results if r[3] == new or (r[2] != 200 and r[3] != old)]
        first_bad = min(r[0] + r[1] for r in bad)
        last_new = max(r[0] for r in of_new)
        seconds.append(max(0.0, last_new - first_bad))
        new_failed += len(bad)
        old_total += sum(1 for r in results if r[3] == old)
        old_failed += sum(1 for r in results if r[3] == old and r[2] != 200)
        print(f"run {run + 1:2}: first bad answer to last request on the new revision {seconds[-1]:.2f} s", flush=True)
    print(f"runs                               {len(seconds)}")
    print(f"median                             {median(seconds):.2f} s")
    print(f"worst                              {max(seconds):.2f} s")
    print(f"answers of the old revision        {old_total}, failed {old_failed}")
    print(f"failed answers in all              {new_failed}")


main()
