"""HTTPS + token + metrics against other servers: the same model and request, each on one core, in turns.

    python3 Benchmarks/throughput.py [--seconds 8] [--rounds 3] [--connections 1 16 64] [--concurrency 32]
                                     [--peers fastapi haproxy mlserver litserve bentoml nginx loop] [--favour 10]

The server, with everything that belongs to it, is pinned to core 0, wrk to core 1. Closed loop, medians of the rounds;
in a round every server has its turn. CPU is of all processes of the server, for one request. `loop` is the bare ONNX
Runtime loop, and `nginx` a constant answer over TLS: the two ceilings. `--favour` asks the system to prefer what is
measured to what else runs on the machine (needs root).

The peers need what `Benchmarks/peers/install.sh FOLDER` installs, with PLUMB_PEERS naming that folder; FastAPI alone
the virtual environment that PLUMB_PEERS names, else .venv, which `Benchmarks/run.sh` makes.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile

import servers
from client import Engine, favour, median
from servers import Plumb, environment_of

SCRIPT = """
wrk.method = "POST"
wrk.body = io.open(os.getenv("BODY"), "rb"):read("*a")
wrk.headers["Content-Type"] = "application/json"
if os.getenv("TOKEN") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN") end
"""


def cpu_seconds(processes):
    total = 0
    for process in processes:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident(processes):
    """Resident and proportional memory in MiB."""
    found = {"Rss": 0, "Pss": 0}
    for process in processes:
        with open(f"/proc/{process}/smaps_rollup") as file:
            for line in file:
                if line.split(":")[0] in found:
                    found[line.split(":")[0]] += int(line.split()[1]) / 1024
    return found


def wrk(server, connections, seconds, script, prefer=lambda _: None):
    environment = dict(os.environ, BODY=server.body)
    if server.token:
        environment["TOKEN"] = server.token
    process = subprocess.Popen(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script,
         server.url], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    prefer([process.pid])
    out = process.communicate()[0]
    assert process.returncode == 0 and "Non-2xx" not in out, f"{server.name}: {out}"

    def milliseconds(rank):
        number, unit = re.search(rf"{rank}%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), "p50": milliseconds(50),
        "p99": milliseconds(99), "requests": int(re.search(r"(\d+) requests in", out).group(1))}


class Loop:
    """The bare ONNX Runtime loop, which has no connections."""
    name = "bare ONNX Runtime loop"

    def __init__(self, model, body):
        self.model, self.body = model, body

    def start(self, prefer):
        self.prefer = prefer

    def stop(self):
        pass

    def run(self, seconds):
        process = subprocess.Popen(
            ["taskset", "-c", "0", os.path.join(environment_of("fastapi"), "bin", "python"),
             os.path.join(servers.HERE, "bare_loop.py"), self.model, self.body, str(seconds)],
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.prefer([process.pid])
        runs, cpu = process.communicate()[0].split()
        return {"rate": int(runs) / seconds, "p50": 0, "p99": 0, "cpu": float(cpu) / int(runs) * 1e6}


def turn(server, connections, seconds, script, prefer):
    if isinstance(server, Loop):
        return server.run(seconds)
    processes = server.processes()
    before = cpu_seconds(processes)
    result = wrk(server, connections, seconds, script, prefer)
    result["cpu"] = (cpu_seconds(processes) - before) / result["requests"] * 1e6
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--concurrency", type=int, default=32, help="requests that one worker takes at a time")
    parser.add_argument("--batch", type=int, default=1, help="requests that one run of the model may answer")
    parser.add_argument("--peers", nargs="*", default=["fastapi"],
                        choices=["fastapi", "haproxy", "mlserver", "litserve", "bentoml", "nginx", "loop"])
    parser.add_argument("--favour", type=int, default=0, choices=range(20))
    parser.add_argument("--build", default="release")
    options = parser.parse_args()
    prefer = favour(options.favour)
    with tempfile.TemporaryDirectory() as folder:
        script = servers.written(folder, "post.lua", SCRIPT)
        engine = Engine(os.path.join(folder, "home"), cpus="0", build=options.build)
        started = []
        try:
            engine.up(write_spec(folder, options))
            for server in chosen(options, folder, engine):
                started.append(server)
                server.start(prefer)
            measure(options, started, script, prefer)
        finally:
            for server in started[::-1]:
                server.stop()
            engine.down()


def chosen(options, folder, engine):
    model = os.path.join(servers.DIGITS, "model.onnx")

    def own(name):
        path = os.path.join(folder, name)
        os.mkdir(path)
        return path

    first = servers.fastapi(own("fastapi"), 18123, model)
    found = [Plumb(engine)]
    if {"fastapi", "haproxy"} & set(options.peers):
        found.insert(0, first)
    makers = {
        "haproxy": lambda: servers.haproxy(own("haproxy"), 18124, first),
        "mlserver": lambda: servers.mlserver(own("mlserver"), 18130, model),
        "litserve": lambda: servers.litserve(own("litserve"), 18125, model),
        "bentoml": lambda: servers.bentoml(own("bentoml"), 18126, model),
        "nginx": lambda: servers.nginx(own("nginx"), 18127),
        "loop": lambda: Loop(model, open_inference(folder))}
    return found + [makers[name]() for name in options.peers if name in makers]


def open_inference(folder):
    """The digits request in the form that the bare loop reads."""
    with open(servers.BODY) as file:
        row = json.load(file)["instances"][0]
    return servers.written(folder, "request.json", json.dumps(
        {"inputs": [{"name": "x", "shape": [1, len(row)], "datatype": "FP32", "data": row}]}))


def write_spec(folder, options):
    """The digits example, with so many requests at a time for one worker: its default, 4, is for larger models."""
    with open(os.path.join(servers.DIGITS, "plumb.yaml")) as file:
        text = file.read()
    batch = f', environment: {{PLUMB_BATCH_MAX: "{options.batch}"}}' if options.batch > 1 else ""
    text = text.replace(
        "model: {path: model.onnx}",
        f"model: {{path: {servers.DIGITS}/model.onnx, concurrencyMax: {options.concurrency}{batch}}}")
    text = text.replace("{file: request.csv}", f"{{file: {servers.DIGITS}/request.csv}}")
    return servers.written(folder, "plumb.yaml", text)


def measure(options, subjects, script, prefer):
    for server in subjects:
        if not isinstance(server, Loop):
            wrk(server, 8, 2, script, prefer)
    print(f"{'':24} {'conns':>5} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>7}  {'rate':>5} {'CPU':>6}   "
          "(ours to its: rate, CPU the other way)")
    for connections in options.connections:
        results = {server.name: [] for server in subjects}
        for _ in range(options.rounds):
            for server in subjects:
                results[server.name].append(turn(server, connections, options.seconds, script, prefer))
        rows = {name: {key: median([r[key] for r in found]) for key in ("rate", "p50", "p99", "cpu")}
                for name, found in results.items()}
        ours = rows["plumb, HTTPS + token"]
        for name, row in rows.items():
            print(f"{name:24} {connections:5} {row['rate']:8.0f} {row['p50']:8.2f} {row['p99']:8.2f} {row['cpu']:7.1f}"
                  f"  {ours['rate'] / row['rate']:5.2f} {row['cpu'] / ours['cpu']:6.2f}", flush=True)
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")
    for server in subjects:
        if not isinstance(server, Loop):
            memory = resident(server.processes())
            print(f"{server.name:24} {memory['Rss']:6.0f} MiB resident, {memory['Pss']:6.0f} proportional")


if __name__ == "__main__":
    main()
