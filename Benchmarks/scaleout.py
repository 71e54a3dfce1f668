"""How long from the decision to have one more instance until that instance serves its first request, under load.

    python3 Benchmarks/scaleout.py [--runs 10] [--connections 8] [--build release] [--model FILE.onnx --request FILE]

The decision is `plumb scale`, which is what autoscaling does as well. The new worker has served once the processor time
of its process has grown by a run of the model after it was ready: it is the least busy one then, and gets the next
request. Without --model it is the digits example.
"""
import argparse
import os
import tempfile
import time

from client import ROOT, Engine, Load, heldout_rows, median

DIGITS = os.path.join(ROOT, "Examples", "digits")


def processor_seconds(process):
    """Of all its threads."""
    total = 0
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/schedstat", encoding="utf-8") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def workers(engine):
    return {w["processID"]: w for e in engine.status()["endpoints"] for w in e["workers"] if w.get("processID")}


def until(condition):
    deadline = time.time() + 30
    while time.time() < deadline:
        found = condition()
        if found is not None:
            return found
        time.sleep(0.005)
    raise SystemExit("nothing came of it within 30 s")


def settled(engine, count):
    def look():
        found = workers(engine)
        return found if len(found) == count and all(w["state"] == "ready" for w in found.values()) else None

    return until(look)


def scale_out(engine, run_seconds):
    """Seconds from the decision to ready and to served, and what the worker itself took to load."""
    before = set(settled(engine, 2))
    start = time.time()
    engine.run("scale", "digits", "3")

    def new():
        return next((w for process, w in workers(engine).items() if process not in before and w["state"] == "ready"),
                    None)

    worker = until(new)
    ready = time.time() - start
    base = processor_seconds(worker["processID"])
    until(lambda: True if processor_seconds(worker["processID"]) >= base + run_seconds else None)
    served = time.time() - start
    engine.run("scale", "digits", "2")
    settled(engine, 2)
    return ready, served, worker["startSeconds"]


def spec(folder, options):
    if not options.model:
        return os.path.join(DIGITS, "plumb.yaml")
    path = os.path.join(folder, "plumb.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("name: digits\nteam: bench\nowner: bench@example.org\nworkload: cpu\nenvironment: dev\n"
                   f"instances: {{initial: 2, minimum: 1, maximum: 4}}\nmodel: {{path: {options.model}}}\n"
                   f"example: {{file: {options.request}}}\n")
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--build", default="release")
    parser.add_argument("--model")
    parser.add_argument("--request")
    options = parser.parse_args()
    if options.model:
        kinds = {"json": "application/json", "csv": "text/csv", "npy": "application/x-npy"}
        with open(options.request, "rb") as file:
            rows, kind = [file.read()], kinds[options.request.rsplit(".", 1)[1]]
    else:
        rows, kind = heldout_rows(), "text/csv"
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(os.path.join(folder, "home"), build=options.build).up(spec(folder, options))
        try:
            requests = [engine.request(row, kind) for row in rows]
            with Load(engine.connection, requests, options.connections) as load:
                time.sleep(2)
                found = [scale_out(engine, 0.0002) for _ in range(options.runs)]
            failed = [result for result in load.all() if result[2] != 200]
        finally:
            engine.down()
    for name, column in zip(["decision to ready", "decision to first served request", "the worker's own start"],
                            zip(*found)):
        print(f"{name:34} median {median(column) * 1000:7.1f} ms, worst {max(column) * 1000:7.1f} ms")
    print(f"{len(load.all())} requests, {len(failed)} failed; {options.runs} runs, "
          f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


main()
