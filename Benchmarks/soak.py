"""Half an hour at 70 % of what the engine bears, with a kill every ten seconds: failures, memory, descriptors.

    python3 Benchmarks/soak.py [--minutes 30] [--rate 0] [--build release]

The load is `plumb bench`: open-loop, nothing is sent twice. Without --rate the capacity is searched first (p99 within
100 ms). Memory and descriptors are the daemon's; its workers are killed too often to have a history.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import time

from client import ROOT, Engine

KILL_SECONDS = 10


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--build", default="release")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(folder, build=options.build).up(os.path.join(ROOT, "Examples", "digits", "plumb.yaml"))
        try:
            soak(engine, options)
        finally:
            engine.down()


def bench(engine, options, *arguments):
    return [engine.plumb, "bench", "digits", "--format", "json", "--connections", str(options.connections), *arguments]


def soak(engine, options):
    rate = options.rate
    if not rate:
        found = subprocess.run(
            bench(engine, options, "--find-capacity", "--p99", "100ms", "--duration", "3s"), env=engine.environment,
            capture_output=True, text=True, check=True)
        capacity = json.loads(found.stdout)["capacity"]
        rate = 0.7 * capacity
        print(f"capacity                 {capacity:.0f} requests/s (p99 within 100 ms)")
    seconds = int(options.minutes * 60)
    load = subprocess.Popen(
        bench(engine, options, "--rate", f"{rate:.0f}", "--duration", f"{seconds}s"), env=engine.environment,
        stdout=subprocess.PIPE, text=True)
    samples, kills = [], 0
    start = time.time()
    while load.poll() is None and time.time() < start + seconds - KILL_SECONDS / 2:
        time.sleep(KILL_SECONDS)
        samples.append((time.time() - start, resident(engine.process), descriptors(engine.process)))
        workers = engine.workers()
        if workers:
            os.kill(random.choice(workers), signal.SIGKILL)
            kills += 1
    result = json.loads(load.communicate()[0])
    latency = result["latencyMilliseconds"]
    print(f"rate                     {rate:.0f} requests/s for {seconds} s, {options.connections} connections")
    print(f"kills                    {kills}")
    print(f"requests                 {result['requests']}")
    print(f"failed                   {result['failed']} {result['failures'] or ''}")
    print(f"p50, p99, p99.9, max     {latency['50']}, {latency['99']}, {latency['99.9']}, {latency['100']} ms")
    for name, index, unit in [("memory of the daemon", 1, "MiB"), ("its descriptors", 2, "")]:
        values = [sample[index] for sample in samples]
        quarter = max(1, len(values) // 4)
        first, last = sum(values[:quarter]) / quarter, sum(values[-quarter:]) / quarter
        print(f"{name:24} {first:.1f} in the first quarter, {last:.1f} in the last, {max(values):.1f} at most {unit}")


def resident(process):
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / (1 << 20)


def descriptors(process):
    return len(os.listdir(f"/proc/{process}/fd"))


main()
