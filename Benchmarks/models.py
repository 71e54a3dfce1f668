"""Bigger real models behind the engine, against the bare ONNX Runtime loop on the same core.

    python3 Benchmarks/models.py [--seconds 8] [--rounds 3] [--connections 16] [--favour 10]

magika reads 2,048 bytes as integers; silero-vad hears 36 ms of sound and keeps a state. Both are asked by the Open
Inference Protocol, with their tensors as JSON and as binary data. `Benchmarks/peers/install.sh FOLDER` fetches the
models; PLUMB_PEERS names the folder.
"""
import argparse
import json
import math
import os
import struct
import tempfile

import servers
from client import Engine, favour, median
from throughput import SCRIPT, Loop, turn, wrk

MODELS = {
    "magika": ("magika/models/standard_v3_3/model.onnx", [
        {"name": "bytes", "shape": [1, 2048], "datatype": "INT32", "data": [(i * 37) % 256 for i in range(2048)]}]),
    "silero": ("silero_vad/data/silero_vad.onnx", [
        {"name": "input", "shape": [1, 576], "datatype": "FP32",
         "data": [round(math.sin(i / 9) * 0.4, 4) for i in range(576)]},
        {"name": "state", "shape": [2, 1, 128], "datatype": "FP32", "data": [0.0] * 256},
        {"name": "sr", "shape": [], "datatype": "INT64", "data": [16000]}]),
}


def spec(folder, name, path, concurrency):
    text = f"""
name: {name}
team: bench
owner: bench@example.org
workload: cpu
environment: dev
model: {{path: {path}, concurrencyMax: {concurrency}}}
example: {{file: request.json}}
"""
    return servers.written(folder, "plumb.yaml", text)


def binary(folder, inputs):
    """The request with every tensor as binary data, and the script that sends it."""
    formats = {"INT32": "i", "INT64": "q", "FP32": "f"}
    parts = [struct.pack(f"<{len(tensor['data'])}{formats[tensor['datatype']]}", *tensor["data"]) for tensor in inputs]
    header = json.dumps({"parameters": {"binary_data_output": True}, "inputs": [
        {**{key: tensor[key] for key in ("name", "shape", "datatype")}, "parameters": {"binary_data_size": len(part)}}
        for tensor, part in zip(inputs, parts)]}).encode()
    path = os.path.join(folder, "request.bin")
    with open(path, "wb") as file:
        file.write(header + b"".join(parts))
    script = SCRIPT.replace("application/json", "application/octet-stream")
    script += f'wrk.headers["Inference-Header-Content-Length"] = "{len(header)}"\n'
    return path, servers.written(folder, "binary.lua", script)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--favour", type=int, default=0, choices=range(20))
    parser.add_argument("--build", default="release")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    options = parser.parse_args()
    print(f"{'':8} {'':24} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>8}")
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            engine = Engine(os.path.join(folder, "home"), cpus="0", build=options.build)
            try:
                compare(options, name, folder, engine)
            finally:
                engine.down()
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


def compare(options, name, folder, engine):
    prefer = favour(options.favour)
    path = os.path.join(servers.PEERS, "models", MODELS[name][0])
    body = servers.written(folder, "request.json", json.dumps({"inputs": MODELS[name][1]}))
    script = servers.written(folder, "post.lua", SCRIPT)
    engine.up(spec(folder, name, path, options.connections))
    url = f"/v2/models/{name}/infer"
    ours = servers.Plumb(engine, path=url, body=body)
    body, binary_script = binary(folder, MODELS[name][1])
    quick = servers.Plumb(engine, path=url, body=body)
    quick.name = "the same, binary tensors"
    loop = Loop(path, ours.body)
    scripts = {loop.name: script, ours.name: script, quick.name: binary_script}
    for server in (ours, loop):
        server.start(prefer)
    wrk(ours, 4, 2, script, prefer)
    results = {server: [] for server in scripts}
    for _ in range(options.rounds):
        for server in (loop, ours, quick):
            results[server.name].append(
                turn(server, options.connections, options.seconds, scripts[server.name], prefer))
    rows = {server: {key: median([r[key] for r in found]) for key in ("rate", "p50", "p99", "cpu")}
            for server, found in results.items()}
    for server, row in rows.items():
        print(f"{name:8} {server:24} {row['rate']:8.0f} {row['p50']:8.2f} {row['p99']:8.2f} {row['cpu']:8.0f}",
              flush=True)
    bare = rows[loop.name]
    for served in (ours, quick):
        print(f"{name:8} {served.name}: of the loop's rate {rows[served.name]['rate'] / bare['rate']:.3f}; "
              f"of our CPU the loop's is {bare['cpu'] / rows[served.name]['cpu']:.3f}", flush=True)


if __name__ == "__main__":
    main()
