"""Failures under closed-loop load, many times each: how many requests fail, how slow is the slowest?

    python3 Benchmarks/kill.py [--kills 50] [--connections 16] [--build release] [--cases worker domain ...]
                               [--favour 10]

worker   kill -9 of one worker of two
domain   kill -9 of both workers of one domain, of four in two domains
stop     SIGSTOP of one worker of two: it keeps its connections and answers nothing
update   a new revision replaces the old one, all at once
reload   the daemon is replaced by `plumb reload`; the workers stay
daemon   kill -9 of the daemon, gateway and control plane in one: what it was answering is lost, the rest waits
scale    out to three workers and in to two, by `plumb scale`

The client sends nothing twice. A line is of the second after each event. `--favour` asks the system to prefer the
engine and the client to what else runs on the machine (needs root, and a session of its own: setsid).
"""
import argparse
import os
import random
import signal
import subprocess
import tempfile
import time

from client import ROOT, Engine, Load, favour, heldout_rows, median, percentile

DIGITS = os.path.join(ROOT, "Examples", "digits")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--build", default="release")
    parser.add_argument("--favour", type=int, default=0, choices=range(20))
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    options = parser.parse_args()
    print(f"{'':8} {'events':>6} {'requests':>9} {'failed':>6} {'p99 calm':>9} {'p99 after':>9} "
          f"{'slowest median':>14} {'worst':>7}   (ms)")
    for case in options.cases:
        with tempfile.TemporaryDirectory() as folder:
            engine = Engine(os.path.join(folder, "home"), build=options.build)
            try:
                CASES[case](engine, folder, case, options)
            finally:
                engine.down()
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


def spec(folder, **changes):
    """The digits spec with some keys changed, in a file of its own."""
    with open(os.path.join(DIGITS, "plumb.yaml")) as file:
        # Requests that fail are counted here; that a busy machine is slow must roll nothing back.
        text = file.read().replace("latencyP99: {", "latencyP99: {thresholdMilliseconds: 10000, ")
    lines = text.splitlines()
    changes.setdefault("model", f"{{path: {DIGITS}/model.onnx}}")
    changes.setdefault("example", f"{{file: {DIGITS}/request.csv}}")
    lines = [line for line in lines if line.split(":")[0] not in changes]
    path = os.path.join(folder, "plumb.yaml")
    with open(path, "w") as file:
        file.write("\n".join(lines + [f"{key}: {value}" for key, value in changes.items()]) + "\n")
    return path


def ready(engine, count):
    """Waits until so many workers are ready; answers them."""
    deadline = time.time() + 30
    while time.time() < deadline:
        workers = [w for e in engine.status()["endpoints"] for w in e["workers"] if w["state"] == "ready"]
        if len(workers) == count:
            return workers
        time.sleep(0.1)
    raise SystemExit(f"{count} workers are not ready after 30 s")


def under_load(engine, case, options, event):
    favour(options.favour)([engine.process, *engine.workers(), os.getpid()])
    requests = [engine.request(row) for row in heldout_rows()]
    moments = []
    with Load(engine.connection, requests, options.connections) as load:
        time.sleep(2)
        for _ in range(options.kills):
            moments += event()
            time.sleep(1.5)
    tell(case, load.all(), moments)


def tell(case, results, moments):
    failed = [result for result in results if result[2] != 200]
    # A moment is a span for what takes its time; a second behind it still belongs to it.
    spans = [(m, m + 1.0) if isinstance(m, float) else (m[0], m[1] + 1.0) for m in moments]
    inside = [[r for r in results if r[2] == 200 and s <= r[0] + r[1] <= e] for s, e in spans]
    marked = {id(result) for results in inside for result in results}
    calm = [r[1] for r in results if r[2] == 200 and id(r) not in marked]
    after = [r[1] for results in inside for r in results]
    slowest = [max((r[1] for r in results), default=0) for results in inside]
    print(f"{case:8} {len(moments):6} {len(results):9} {len(failed):6} {percentile(calm, 99) * 1000:9.1f} "
          f"{percentile(after, 99) * 1000:9.1f} {median(slowest) * 1000:14.1f} {max(slowest) * 1000:7.1f}", flush=True)
    for kind in sorted({str(result[2]) for result in failed}):
        print(f"         {sum(1 for result in failed if str(result[2]) == kind)} x {kind}")


def kill_one(engine, folder, case, options):
    engine.up(os.path.join(DIGITS, "plumb.yaml"))

    def event():
        victim = random.choice(ready(engine, 2))["processID"]
        moment = time.time()
        os.kill(victim, signal.SIGSTOP if case == "stop" else signal.SIGKILL)
        if case == "stop":
            # It is given up after three health checks; the next event waits for the whole fleet.
            while os.path.exists(f"/proc/{victim}") and time.time() < moment + 30:
                time.sleep(0.05)
        return [moment]

    under_load(engine, case, options, event)


def kill_domain(engine, folder, case, options):
    # Production would not be deployed with the alarm's threshold that high.
    engine.up(spec(folder, environment="staging", instances="{initial: 4, maximum: 4, zones: 2}"))

    def event():
        workers = ready(engine, 4)
        zone = random.choice(workers)["zone"]
        moment = time.time()
        for worker in workers:
            if worker["zone"] == zone:
                os.kill(worker["processID"], signal.SIGKILL)
        return [moment]

    under_load(engine, case, options, event)


def update(engine, folder, case, options):
    plan = dict(environment="dev", instances="{initial: 2}",
                rollout="{strategy: allAtOnce, wait: 4s, terminationWait: 4s, requestsMinimum: 20}")
    engine.up(spec(folder, **plan))
    versions = {"turn": 0}

    def event():
        versions["turn"] += 1
        start = time.time()
        path = spec(folder, summary=f"turn {versions['turn']}", **plan)
        engine.run("deploy", path)
        return [(start, time.time())]

    under_load(engine, case, options, event)


def reload(engine, folder, case, options):
    engine.up(os.path.join(DIGITS, "plumb.yaml"))

    def event():
        before = {worker["processID"] for worker in ready(engine, 2)}
        start = time.time()
        engine.run("reload")
        end = time.time()
        assert {worker["processID"] for worker in ready(engine, 2)} == before, "the workers did not stay"
        return [(start, end)]

    under_load(engine, case, options, event)


def kill_daemon(engine, folder, case, options):
    engine.up(os.path.join(DIGITS, "plumb.yaml"))

    def event():
        ready(engine, 2)
        moment = time.time()
        victim = engine.status()["processID"]
        os.kill(victim, signal.SIGKILL)
        # Whoever asks for the status is told that nobody answers until the supervisor has started it again.
        while engine.run("status", check=False).returncode:
            time.sleep(0.02)
        ready(engine, 2)
        time.sleep(5)  # One that dies within five seconds is started again more slowly.
        return [moment]

    under_load(engine, case, options, event)


def scale(engine, folder, case, options):
    if "scale" not in subprocess.run([engine.plumb, "--help"], capture_output=True, text=True).stdout:
        print(f"{case:8} left out: this plumb has no scale command")
        return
    engine.up(os.path.join(DIGITS, "plumb.yaml"))
    turn = {"count": 2}

    def event():
        turn["count"] = 5 - turn["count"]
        start = time.time()
        engine.run("scale", "digits", str(turn["count"]))
        ready(engine, turn["count"])
        return [(start, time.time())]

    under_load(engine, case, options, event)


CASES = {"worker": kill_one, "domain": kill_domain, "stop": kill_one, "update": update, "reload": reload,
         "daemon": kill_daemon, "scale": scale}

main()
