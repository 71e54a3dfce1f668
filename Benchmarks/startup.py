"""How long `plumb check` of a spec takes, how long a worker until its first ping is answered, and how long from
`plumb up` in an empty folder to the first answered request.

    python3 Benchmarks/startup.py [--runs 20] [--build release]
"""
import argparse
import os
import socket
import subprocess
import tempfile
import time

from client import ROOT, Engine, heldout_rows, median

SPEC = os.path.join(ROOT, "Examples", "digits", "plumb.yaml")


def timed(program, *arguments):
    start = time.perf_counter()
    subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def worker_ready(program):
    """Milliseconds from a worker's start to the answer of its first ping, which runs the model."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        model = os.path.join(ROOT, "Examples", "digits", "model.onnx")
        start = time.perf_counter()
        worker = subprocess.Popen([program, "--model", model, "--socket", path], stderr=subprocess.DEVNULL)
        try:
            while worker.poll() is None:
                with socket.socket(socket.AF_UNIX) as connection:
                    try:
                        connection.connect(path)
                    except OSError:
                        time.sleep(0.001)
                        continue
                    connection.sendall(b"GET /ping HTTP/1.1\r\nHost: worker\r\n\r\n")
                    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
                    return (time.perf_counter() - start) * 1000
            raise SystemExit("the worker has ended")
        finally:
            worker.terminate()
            worker.wait()


def tell(name, values):
    print(f"{name:32} median {median(values):7.1f} ms, worst {max(values):7.1f} ms, {len(values)} runs")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--build", default="release")
    options = parser.parse_args()
    folder = os.path.join(ROOT, ".build", options.build)
    for name, arguments in [("plumb --version", ["--version"]), ("plumb check SPEC", ["check", SPEC])]:
        tell(name, [timed(os.path.join(folder, "plumb"), *arguments) for _ in range(options.runs)])
    worker = os.path.join(folder, "plumb-worker")
    tell("worker's start to first ping", [worker_ready(worker) for _ in range(options.runs)])
    tell("plumb up to first answer", [first_answer(options.build) for _ in range(max(3, options.runs // 4))])
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


def first_answer(build):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        engine = Engine(os.path.join(folder, "home"), build=build).up(SPEC)
        try:
            connection = engine.connection()
            status, _, _ = connection.exchange(engine.request(heldout_rows()[0]))
            assert status == 200
            connection.close()
            return (time.perf_counter() - start) * 1000
        finally:
            engine.down()


main()
