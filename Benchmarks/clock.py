"""A clock that jumps while the engine serves: does it go on, and does its log still hold?

    python3 Benchmarks/clock.py [--build release] [--jumps -172800 259200 -31536000 7776000]

Each jump is so many seconds, from the true time, and the last is back to it. After each the endpoint is asked by a
client whose clock is right, a change is made, and the log is verified against the checkpoint from before; then the
engine is ended and started at that time, and all is asked again.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

from client import ROOT, Engine

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="release")
    parser.add_argument("--jumps", nargs="+", type=int, default=[-172_800, 259_200, -31_536_000, 7_776_000])
    options = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        shim = os.path.join(folder, "clock_jumps.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", shim, f"{HERE}/clock_jumps.c"], check=True)
        offset = os.path.join(folder, "offset")
        engine = Engine(os.path.join(folder, "home"), build=options.build)
        engine.environment.update(LD_PRELOAD=shim, PLUMB_CLOCK_OFFSET=offset)
        engine.up(os.path.join(ROOT, "Examples", "digits", "plumb.yaml"))
        try:
            for jump in [*options.jumps, 0]:
                checkpoint = os.path.join(folder, "checkpoint")
                with open(checkpoint, "w", encoding="utf-8") as file:
                    file.write(engine.run("audit", "checkpoint").stdout)
                with open(offset, "w", encoding="utf-8") as file:
                    file.write(str(jump))
                time.sleep(3)
                look(engine, f"{jump} s while it runs", checkpoint, problems)
                engine.run("down")
                engine.run("up", "--detach", "--port", "0")
                look(engine, f"{jump} s, started anew", checkpoint, problems)
        finally:
            engine.run("down", check=False)
    for problem in problems:
        print(f"  {problem}")
    print(f"{2 * len(options.jumps) + 2} looks, {len(problems)} problems")
    sys.exit(1 if problems else 0)


def look(engine, what, checkpoint, problems):
    steps = {
        "an answer": ["invoke", "digits"],
        "a change": ["scale", "digits", "2", "--reason", "the clock jumped"],
        "the log": ["audit", "verify", "--since", checkpoint],
        "the status": ["status"],
    }
    told = []
    for step, words in steps.items():
        own = engine.environment
        if step == "an answer":
            engine.environment = {key: value for key, value in own.items() if key != "LD_PRELOAD"}
        result = engine.run(*words, check=False)
        engine.environment = own
        told.append(f"{step} {'yes' if result.returncode == 0 else 'NO'}")
        if result.returncode:
            problems.append(f"{what}: {step}: {result.stderr.strip()}")
    print(f"{what:32} {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
