"""kill -9 of the engine at random moments under load: is anything lost that it had acknowledged?

    python3 Benchmarks/crash.py [--kills 200] [--writers 8] [--build release] [--seed 1]

Writers note approvals over the control socket and remember each one that was acknowledged. The engine is killed at a
random moment, its backup is looked at as a disaster would find it, and it is started again. Then every acknowledged
entry must be in the audit log, the log must verify and must have grown out of the checkpoint of the round before, and a
verifier that knows only the standards must believe it. The loss of data is the time between the kill and the newest
acknowledged entry that the backup has; a round in which nothing was missing from it counts as none.
"""
import argparse
import http.client
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time

from client import ROOT, Engine, median, percentile

sys.path.insert(0, os.path.join(ROOT, "Tests", "Doubles"))
import audit_verifier  # noqa: E402


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


class Writer(threading.Thread):
    """Notes entries until the engine is gone; `acknowledged` holds (name, time) of those it may rely on."""

    def __init__(self, path, name):
        super().__init__(daemon=True)
        self.path, self.prefix, self.acknowledged = path, name, []

    def run(self):
        number = 0
        try:
            connection = UnixConnection(self.path)
            while True:
                name = f"{self.prefix}-{number}"
                entry = {"at": 0, "actor": "", "action": "approve", "subject": name, "outcome": "done", "details": {}}
                connection.request("POST", "/v1/audit", json.dumps(entry), {"x-plumb-actor": "crash"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 201:
                    raise OSError(f"{answer.status}")
                self.acknowledged.append((name, time.time()))
                number += 1
        except (OSError, http.client.HTTPException):
            pass


def subjects(home):
    """What every entry of a log was about, read from its bundles alone."""
    with open(f"{home}/audit/checkpoint", encoding="utf-8") as file:
        size = int(file.read().split("\n")[1])
    found = set()
    for index in range((size + audit_verifier.WIDTH - 1) // audit_verifier.WIDTH):
        width, data = audit_verifier.read_tile(f"{home}/audit", 0, index, size, is_bundle=True)
        place = 0
        for _ in range(width):
            length = int.from_bytes(data[place : place + 2], "big")
            found.add(json.loads(data[place + 2 : place + 2 + length])["subject"])
            place += 2 + length
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--build", default="release")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    luck = random.Random(options.seed)
    problems, recoveries, losses, promised = [], [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(os.path.join(folder, "home"), build=options.build)
        for turn in range(options.kills + 1):
            start = time.time()
            engine.run("up", "--detach", "--no-restart", "--port", "0", "--backup", os.path.join(folder, "backup"))
            recoveries.append(time.time() - start)
            check(engine, os.path.join(folder, "checkpoint"), promised, problems, turn)
            if problems or turn == options.kills:
                break
            process = engine.status()["processID"]
            writers = [Writer(f"{engine.folder}/run/control.sock", f"{turn}-{n}") for n in range(options.writers)]
            for writer in writers:
                writer.start()
            time.sleep(luck.uniform(0.0, 2.0))
            os.kill(process, signal.SIGKILL)
            killed = time.time()
            for writer in writers:
                writer.join()
            acknowledged = {name: at for writer in writers for name, at in writer.acknowledged}
            promised |= set(acknowledged)
            losses.append(loss(engine, os.path.join(folder, "backup"), acknowledged, killed))
            print(f"\r{turn + 1} kills, {len(promised)} acknowledged", end="", file=sys.stderr, flush=True)
        engine.down()
    print(f"\n{len(losses)} kills, {len(promised)} entries acknowledged, {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    print(f"start to answer: median {median(recoveries):.2f} s, worst {max(recoveries):.2f} s")
    print(f"loss of the backup: median {median(losses):.3f} s, p99 {percentile(losses, 99):.3f} s, "
          f"worst {max(losses):.3f} s")
    sys.exit(1 if problems else 0)


def check(engine, kept, promised, problems, turn):
    """The started engine has everything that was acknowledged, in a log that grew out of the last one."""
    found = engine.run("audit", "verify", *(["--since", kept] if os.path.exists(kept) else []), check=False)
    if found.returncode:
        problems.append(f"turn {turn}: {found.stderr.strip()}")
    missing = promised - subjects(engine.folder)
    if missing:
        problems.append(f"turn {turn}: {len(missing)} acknowledged entries are gone: {sorted(missing)[:3]}")
    with open(kept, "w", encoding="utf-8") as file:
        file.write(engine.run("audit", "checkpoint").stdout)
    with open(f"{engine.folder}/audit.pub", encoding="utf-8") as file:
        key = file.read()
    try:
        audit_verifier.check_log(f"{engine.folder}/audit", key)
    except audit_verifier.Untrue as error:
        problems.append(f"turn {turn}: the independent verifier: {error}")


def loss(engine, backup, acknowledged, killed):
    """Seconds of acknowledged work that a restore from the backup, as it was at the kill, does not have."""
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "restored")
        engine.run("restore", "--from", backup, "--key", f"{engine.folder}/backup/keyring.json", "--to", target)
        there = subjects(target)
    missing = [at for name, at in acknowledged.items() if name not in there]
    return killed - min(missing) if missing else 0.0


if __name__ == "__main__":
    main()
