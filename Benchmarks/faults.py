"""A disk that fails at the k-th step of a change, for every k: is anything lost, half done or served wrongly?

    python3 Benchmarks/faults.py [--every 1] [--build release] [--only deploy rotate …] [--lie]

First each operation is watched to see how many files' changes (writes, syncs, renames, truncations, new folders and
openings for writing; SQLite's too) it makes. Then it is run again for each of them from the same state, with that one
failing (EIO), and with that one and all after it failing because the disk is full (ENOSPC), until somebody makes room
two seconds later. It has to end well or with an error in words. The engine is then killed and started over an honest disk: the log
must verify and have grown out of the last checkpoint, what was acknowledged must be there, an endpoint must answer,
and the same operation must succeed. The failing disk is Tests/Doubles/disk_faults.c, preloaded. With --lie a change is
said to be done and is not: nobody can endure that, so it shows that this measurement can fail.
"""
import argparse
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from client import ROOT, Engine

sys.path.insert(0, os.path.join(ROOT, "Tests", "Doubles"))
import audit_verifier  # noqa: E402

EIO, ENOSPC = 5, 28


class FaultyDisk:
    """Everything below `folder`, as processes with `environment` see it."""

    def __init__(self, folder, place):
        self.library = os.path.join(place, "disk_faults.so")
        source = os.path.join(ROOT, "Tests", "Doubles", "disk_faults.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl"], check=True)
        self.control = os.path.join(place, "control")
        with open(self.control, "wb") as file:
            file.write(bytes(40))
        self.trace = os.path.join(place, "trace")
        self.environment = {
            "DISK_FAULTS": self.control, "DISK_FAULTS_ROOT": folder, "DISK_FAULTS_TRACE": self.trace,
            "LD_PRELOAD": self.library,
        }
        with open(self.control, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 40)

    def arm(self, failing=0, error=EIO, for_ever=False):
        with open(self.trace, "w", encoding="utf-8"):
            pass
        self.memory[:] = struct.pack("<5q", 1, failing, error, int(for_ever), 0)

    def make_room(self):
        """Nothing fails any more; changes are counted still."""
        self.memory[8:16] = bytes(8)

    def is_armed(self):
        return self.memory[0] == 1

    def disarm(self):
        """Honest again; answers how many changes there were, and which one failed first."""
        seen = struct.unpack("<5q", self.memory[:])[4]
        self.memory[:] = bytes(40)
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            failed = [line.strip() for line in file if line.endswith("!\n")]
        return seen, failed[0] if failed else ""


class Trial:
    """One state, one operation, one fault."""

    def __init__(self, folder, disk, build):
        self.folder, self.disk, self.build = folder, disk, build
        self.home, self.backup = os.path.join(folder, "home"), os.path.join(folder, "backup")
        self.engine = Engine(self.home, build=build)
        self.spec = os.path.join(os.path.dirname(folder), "second.yaml")

    def plumb(self, *arguments, faulty=False, seconds=40):
        environment = dict(self.engine.environment, **(self.disk.environment if faulty else {}))
        return subprocess.run([self.engine.plumb, *arguments], env=environment, check=False, capture_output=True,
                              text=True, errors="replace", timeout=seconds)

    def up(self, faulty=False, backup=False):
        more = ["--backup", self.backup] if backup else []
        return self.plumb("up", "--detach", "--port", "0", *more, faulty=faulty)

    def kill(self):
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if f"PLUMB_HOME={self.home}".encode() + b"\0" in file.read() + b"\0":
                        os.kill(int(entry), signal.SIGKILL)
            except (OSError, ValueError):
                continue
        for _ in range(200):
            # Whoever holds the state's lock is gone when it can be had.
            if subprocess.run(["flock", "-n", f"{self.home}/lock", "true"], check=False).returncode == 0:
                return
            time.sleep(0.02)

    def endpoints(self):
        return {found["record"]["name"]: found["record"].get("active") for found in self.engine.status()["endpoints"]}


def deploy(trial):
    """Where an error was told after it was written down, the rollout goes on by itself."""
    for _ in range(100):
        if trial.disk.is_armed() or "second" not in trial.endpoints():
            return trial.plumb("deploy", trial.spec, "-e", "dev")
        if was_deployed(trial):
            return trial.plumb("invoke", "second")
        time.sleep(0.2)
    return trial.plumb("deploy", trial.spec, "-e", "dev")


def was_deployed(trial):
    return trial.endpoints().get("second") is not None and trial.plumb("invoke", "second").returncode == 0


def rotate(trial):
    return trial.plumb("key", "rotate")


def was_rotated(trial):
    return trial.plumb("key", "status").stdout.count("version ") >= 2


def restart(trial):
    return trial.up(faulty=True)


def back_up(trial):
    return trial.plumb("backup", "now", "--to", trial.backup, faulty=True)


def was_backed_up(trial):
    with tempfile.TemporaryDirectory() as elsewhere:
        key = f"{trial.home}/backup/keyring.json"
        done = trial.plumb("restore", "--from", trial.backup, "--key", key, "--to", f"{elsewhere}/home")
        return done.returncode == 0


def restore(trial):
    target = os.path.join(trial.folder, "restored")
    key = f"{trial.home}/backup/keyring.json"
    done = trial.plumb("restore", "--from", trial.backup, "--key", key, "--to", target, faulty=True)
    trial.restored = done.returncode == 0
    return done


def was_restored(trial):
    """What a restore left is whole where it said so, and nothing that an engine would start on where it did not."""
    target = os.path.join(trial.folder, "restored")
    verified = trial.plumb("audit", "verify", "--home", target).returncode == 0
    shutil.rmtree(target, ignore_errors=True)
    return verified


def ship(trial):
    """A change while the engine ships by itself, until that has arrived or cannot."""
    done = trial.plumb("key", "rotate")
    time.sleep(2.5)
    return done


def was_shipped(trial):
    return was_rotated(trial) and was_backed_up(trial)


# Name: (what is run, what must be so when it said that it was done, needs an engine, that engine ships).
OPERATIONS = {
    "deploy": (deploy, was_deployed, True, False), "rotate": (rotate, was_rotated, True, False),
    "restart": (restart, lambda trial: "digits" in trial.endpoints(), False, False),
    "backup": (back_up, was_backed_up, False, False), "restore": (restore, was_restored, False, False),
    "ship": (ship, was_shipped, True, True),
}


def judge(trial, name, failing, error, for_ever, checkpoint):
    """Runs one trial; answers the changes seen, the one that failed, and what went wrong."""
    operate, is_done, needs_engine, ships = OPERATIONS[name]
    problems = []
    if needs_engine:
        trial.up(faulty=True, backup=ships)
    trial.disk.arm(failing, error, for_ever)
    room = threading.Timer(2, trial.disk.make_room)
    room.start()
    try:
        outcome = operate(trial)
    except subprocess.TimeoutExpired:
        outcome = None
        problems.append("it did not end")
    room.cancel()
    seen, failed = trial.disk.disarm()
    if outcome is not None and outcome.returncode != 0 and (
            outcome.returncode < 0 or len(outcome.stderr.strip()) < 20 or "Fatal error" in outcome.stderr):
        problems.append(f"it ended with {outcome.returncode}: {outcome.stderr.strip()[-300:]!r}")
    acknowledged = outcome is not None and outcome.returncode == 0
    if not failing and not acknowledged:
        problems.append(f"it fails on an honest disk: {outcome.stderr if outcome else ''}")
    if name == "restore":
        if acknowledged and not is_done(trial):
            problems.append("it said restored, and the log does not verify")
        shutil.rmtree(os.path.join(trial.folder, "restored"), ignore_errors=True)
    trial.kill()
    again = trial.up(backup=ships)
    if again.returncode != 0:
        return seen, failed, acknowledged, problems + [f"the engine does not start: {again.stderr.strip()[-400:]}"]
    problems += look(trial, checkpoint)
    if acknowledged and name != "restore" and not is_done(trial):
        problems.append("it was acknowledged, and is gone")
    if name in ("deploy", "rotate", "ship"):
        second = operate(trial)
        if second.returncode != 0:
            problems.append(f"again, it fails: {second.stderr.strip()[-300:]}")
        elif not is_done(trial):
            problems.append("again, it is acknowledged and not there")
    trial.engine.down()
    if name in ("backup", "restore"):
        trial.kill()
        second = operate(trial)
        if second.returncode != 0 or not is_done(trial):
            problems.append(f"again, it fails: {second.stderr.strip()[-300:]}")
    return seen, failed, acknowledged, problems


def look(trial, checkpoint):
    """What holds after every fault."""
    problems = []
    verified = trial.plumb("audit", "verify", "--since", checkpoint)
    if verified.returncode != 0:
        problems.append(f"the log: {verified.stderr.strip()[-300:]}")
    with open(f"{trial.home}/audit.pub", encoding="utf-8") as file:
        key = file.read()
    try:
        audit_verifier.check_log(f"{trial.home}/audit", key)
    except audit_verifier.Untrue as error:
        problems.append(f"the independent verifier: {error}")
    there = trial.endpoints()
    if there.get("digits") != 1:
        problems.append(f"the endpoint of before is not as it was: {there}")
    elif trial.plumb("invoke", "digits").returncode != 0:
        problems.append("the endpoint of before does not answer")
    return problems


def spec(path, name):
    """The digits example by full paths, and with waits of a second."""
    digits = os.path.join(ROOT, "Examples", "digits")
    with open(f"{digits}/plumb.yaml", encoding="utf-8") as file:
        text = file.read().replace("model.onnx", f"{digits}/model.onnx").replace("request.csv", f"{digits}/request.csv")
    text = text.replace("name: digits", f"name: {name}").replace("10s, terminationWait: 10s", "1s, terminationWait: 1s")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def prepare(place, disk, build):
    """A state with one endpoint and a backup of it, and a checkpoint that somebody kept."""
    folder = os.path.join(place, "work")
    os.makedirs(folder)
    trial = Trial(folder, disk, build)
    for name in ("digits", "second"):
        spec(os.path.join(place, f"{name}.yaml"), name)
    for done in (trial.up(), trial.plumb("deploy", os.path.join(place, "digits.yaml"), "-e", "dev")):
        if done.returncode != 0:
            sys.exit(done.stderr)
    checkpoint = os.path.join(place, "checkpoint")
    with open(checkpoint, "w", encoding="utf-8") as file:
        file.write(trial.plumb("audit", "checkpoint").stdout)
    trial.engine.down()
    trial.kill()
    if trial.plumb("backup", "now", "--to", trial.backup).returncode != 0:
        sys.exit("cannot back up")
    # Only those trials ship by themselves that say so.
    os.remove(f"{trial.home}/backup/target")
    shutil.copytree(folder, os.path.join(place, "kept"), symlinks=True)
    return trial, checkpoint


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="release")
    parser.add_argument("--every", type=int, default=1, help="try every so manieth change only")
    parser.add_argument("--only", nargs="*", default=list(OPERATIONS))
    parser.add_argument("--lie", action="store_true")
    options = parser.parse_args()
    kinds = ((0, False),) if options.lie else ((EIO, False), (ENOSPC, True))
    faults, problems, refused = 0, [], 0
    with tempfile.TemporaryDirectory() as place:
        disk = FaultyDisk(os.path.join(place, "work"), place)
        trial, checkpoint = prepare(place, disk, options.build)

        def one(name, failing, error=EIO, for_ever=False):
            shutil.rmtree(trial.folder)
            shutil.copytree(os.path.join(place, "kept"), trial.folder, symlinks=True)
            try:
                return judge(trial, name, failing, error, for_ever, checkpoint)
            finally:
                disk.disarm()
                trial.kill()

        for name in options.only:
            changes, _, _, wrong = one(name, 0)
            problems += wrong
            for what in wrong:
                print(f"  {name}, no fault: {what}", flush=True)
            for failing in range(1, changes + 1, options.every):
                for error, for_ever in kinds:
                    _, failed, acknowledged, wrong = one(name, failing, error, for_ever)
                    faults += 1
                    refused += not acknowledged
                    words = "the disk is full" if for_ever else "one fails"
                    wrong = [f"{name}, {words} from {failed or failing}: {what}" for what in wrong]
                    problems += wrong
                    for what in wrong:
                        print(f"  {what}", flush=True)
            print(f"{name}: {changes} changes, {faults} faults so far, {len(problems)} problems", flush=True)
    print(f"{faults} faults, {refused} told as errors, {faults - refused} endured, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
