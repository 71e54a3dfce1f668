"""HTTPS + token + metrics against FastAPI on plain HTTP: the same model and request, each on one core, in turns.

    python3 Benchmarks/throughput.py [--seconds 8] [--rounds 3] [--connections 1 16 64] [--concurrency 32]

The server, with everything that belongs to it, is pinned to core 0, wrk to core 1. Closed loop, medians of the rounds.
FastAPI needs a virtual environment: the one that PLUMB_PEERS names, else .venv, which `Benchmarks/run.sh` makes.
"""
import argparse
import os
import re
import subprocess
import tempfile
import time

from client import ROOT, Connection, Engine, median, request_bytes

SCRIPT = """
wrk.method = "POST"
wrk.body = io.open(os.getenv("BODY"), "rb"):read("*a")
wrk.headers["Content-Type"] = "application/json"
if os.getenv("TOKEN") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN") end
"""
PEERS = os.environ.get("PLUMB_PEERS", os.path.join(ROOT, ".venv"))
BODY = os.path.join(ROOT, "Examples", "digits", "request.json")


def cpu_seconds(processes):
    total = 0
    for process in processes:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def wrk(url, connections, seconds, script, token=None):
    environment = dict(os.environ, BODY=BODY)
    if token:
        environment["TOKEN"] = token
    out = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, url],
        env=environment, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out, out

    def milliseconds(rank):
        number, unit = re.search(rf"{rank}%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), "p50": milliseconds(50),
        "p99": milliseconds(99), "requests": int(re.search(r"(\d+) requests in", out).group(1))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--concurrency", type=int, default=32, help="requests that one worker takes at a time")
    parser.add_argument("--build", default="release")
    options = parser.parse_args()
    port = 18123
    environment = dict(os.environ, MODEL=os.path.join(ROOT, "Examples", "digits", "model.onnx"))
    peer = subprocess.Popen(
        ["taskset", "-c", "0", os.path.join(PEERS, "bin", "uvicorn"), "--app-dir",
         os.path.join(ROOT, "Benchmarks", "peers"), "fastapi_raw:app", "--port", str(port), "--log-level", "warning"],
        env=environment)
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "post.lua")
        with open(script, "w") as file:
            file.write(SCRIPT)
        engine = Engine(os.path.join(folder, "home"), cpus="0", build=options.build)
        try:
            engine.up(write_spec(folder, options.concurrency))
            await_peer(port)
            measure(options, engine, peer, port, script)
        finally:
            peer.terminate()
            peer.wait()
            engine.down()


def write_spec(folder, concurrency):
    """The digits example, with so many requests at a time for one worker: its default, 4, is for larger models."""
    example = os.path.join(ROOT, "Examples", "digits")
    with open(os.path.join(example, "plumb.yaml")) as file:
        text = file.read()
    text = text.replace(
        "model: {path: model.onnx}", f"model: {{path: {example}/model.onnx, concurrencyMax: {concurrency}}}")
    text = text.replace("{file: request.csv}", f"{{file: {example}/request.csv}}")
    path = os.path.join(folder, "plumb.yaml")
    with open(path, "w") as file:
        file.write(text)
    return path


def await_peer(port):
    deadline = time.time() + 30
    while True:
        try:
            connection = Connection("127.0.0.1", port)
            status, _, _ = connection.exchange(
                request_bytes("/invocations", open(BODY, "rb").read(), "application/json"))
            assert status == 200
            connection.close()
            return
        except (OSError, ConnectionError):
            if time.time() > deadline:
                raise
            time.sleep(0.1)


def measure(options, engine, peer, port, script):
    subjects = {
        "fastapi, HTTP": (f"http://127.0.0.1:{port}/invocations", [peer.pid], None),
        "plumb, HTTPS+token": (
            f"https://127.0.0.1:{engine.port}/endpoints/digits/invocations", [engine.process] + engine.workers(),
            engine.token),
    }
    for url, _, token in subjects.values():
        wrk(url, 8, 2, script, token)
    print(f"{'':22} {'conns':>5} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>7}  ratio")
    for connections in options.connections:
        rates = {}
        for name, (url, processes, token) in subjects.items():
            rates[name] = []
        for _ in range(options.rounds):
            for name, (url, processes, token) in subjects.items():
                before = cpu_seconds(processes)
                result = wrk(url, connections, options.seconds, script, token)
                result["cpu"] = (cpu_seconds(processes) - before) / result["requests"] * 1e6
                rates[name].append(result)
        base = median([r["rate"] for r in rates["fastapi, HTTP"]])
        for name, results in rates.items():
            row = {key: median([r[key] for r in results]) for key in ("rate", "p50", "p99", "cpu")}
            print(
                f"{name:22} {connections:5} {row['rate']:8.0f} {row['p50']:8.2f} {row['p99']:8.2f} {row['cpu']:7.0f}"
                f"  {row['rate'] / base:.2f}", flush=True)


main()
