#!/usr/bin/env python3
"""What the console costs: the time of its first page, its weight, and the processor time of a page that is kept live.

    Benchmarks/console.py [.build/release/plumb]

One endpoint serves 20 requests a second meanwhile. The board of 200 endpoints is measured by
`PLUMB_BENCHMARK=100 swift test --filter PageTests`, because an engine holds 100.
"""

import argparse
import http.client
import importlib.util
import os
import pathlib
import re
import ssl
import statistics
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("tour", ROOT / "scripts" / "console-tour.py")
tour = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tour)

PAGES = ["/", "/endpoints/digits", "/policies", "/policies/OPS-1", "/audit", "/cost", "/drills", "/access"]
TIMES = 100
SECONDS = 30


def connect(base, authority):
    address = urllib.parse.urlsplit(base)
    context = ssl.create_default_context(cafile=authority)
    return http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=60)


def sign_in(engine):
    link = urllib.parse.urlsplit(engine.run("console"))
    base = f"{link.scheme}://{link.netloc}"
    connection = connect(base, engine.ca)
    connection.request("POST", "/open", link.query, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    return base, connection, {"Cookie": re.match(r"[^;]+", answer.getheader("Set-Cookie")).group()}


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plumb", nargs="?", default=str(ROOT / ".build/release/plumb"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumb-console-") as folder:
        engine = tour.Engine(os.path.abspath(arguments.plumb), folder)
        try:
            measure(engine)
        finally:
            engine.close()


def measure(engine):
    base, connection, cookie = sign_in(engine)
    time.sleep(8)
    for page in PAGES:
        took = []
        for _ in range(TIMES):
            start = time.perf_counter()
            connection.request("GET", page, headers=cookie)
            answer = connection.getresponse()
            body = answer.read()
            took.append((time.perf_counter() - start) * 1000)
            assert answer.status == 200, (page, answer.status)
        took.sort()
        median = statistics.median(took)
        print(f"{page:20} {len(body):7} bytes  median {median:6.2f} ms  worst {took[-1]:6.2f} ms", flush=True)
    process = engine.process()
    before = processor_seconds(process)
    time.sleep(SECONDS)
    idle = processor_seconds(process) - before
    stream = connect(base, engine.ca)
    stream.request("GET", "/live/endpoints/digits", headers=cookie)
    answer = stream.getresponse()
    before, started, parts = processor_seconds(process), time.monotonic(), 0
    while time.monotonic() - started < SECONDS:
        parts += answer.fp.readline().startswith(b"event: part")
    live = processor_seconds(process) - before
    share, rest = live / SECONDS * 100, idle / SECONDS * 100
    print(f"one live page: {parts} parts in {SECONDS} s, {share:.2f} % of a core, without it {rest:.2f} %")
    stream.close()


if __name__ == "__main__":
    sys.exit(main())
