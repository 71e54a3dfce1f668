"""kill -9 of one worker of two under closed-loop load, many times: how many requests fail, how slow is the slowest?

    python3 Benchmarks/kill.py [--kills 20] [--connections 16] [--build release]
"""
import argparse
import os
import random
import signal
import tempfile
import time

from client import ROOT, Engine, Load, heldout_rows, median, percentile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--build", default="release")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(folder, build=options.build).up(os.path.join(ROOT, "Examples", "digits", "plumb.yaml"))
        try:
            measure(engine, options)
        finally:
            engine.down()


def measure(engine, options):
    requests = [engine.request(row) for row in heldout_rows()]
    moments = []
    with Load(engine.connection, requests, options.connections) as load:
        time.sleep(2)
        for _ in range(options.kills):
            victim = random.choice(engine.workers())
            moments.append(time.time())
            os.kill(victim, signal.SIGKILL)
            deadline = time.time() + 10
            time.sleep(0.5)
            while len(engine.workers()) < 2 and time.time() < deadline:
                time.sleep(0.05)
            time.sleep(1.0)
    results = load.all()
    failed = [result for result in results if result[2] != 200]
    after = [r[1] for r in results if r[2] == 200 and any(0 <= r[0] + r[1] - m <= 1.0 for m in moments)]
    slowest = [
        max((r[1] for r in results if r[2] == 200 and -0.01 <= r[0] + r[1] - m <= 1.0), default=0) for m in moments]
    calm = [r[1] for r in results if r[2] == 200 and not any(0 <= r[0] + r[1] - m <= 1.0 for m in moments)]
    print(f"kills                    {len(moments)}")
    print(f"requests                 {len(results)}")
    print(f"failed                   {len(failed)}")
    for result in failed[:10]:
        print(f"  {result[2]}")
    print(f"p99 in calm              {percentile(calm, 99) * 1000:.1f} ms")
    print(f"p99 within 1 s of a kill {percentile(after, 99) * 1000:.1f} ms")
    print(f"slowest success, median  {median(slowest) * 1000:.1f} ms")
    print(f"slowest success, worst   {max(slowest) * 1000:.1f} ms")


main()
