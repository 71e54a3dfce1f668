#!/usr/bin/env python3
"""What the console costs: the time of its pages, their weight, and the processor time of a page that is kept live.

    Benchmarks/console.py [.build/release/plumb]
    Benchmarks/console.py --endpoints 200 --days 90 [.build/release/plumb]

One endpoint serves requests meanwhile. With --endpoints the engine's folder is filled before with as many more, parked,
each with days of metrics, metered hours and audit entries (Benchmarks/seed, built beside plumb: swift build -c release
--product plumb-seed, or plumb-seed of .build/debug for a debug plumb).
"""

import argparse
import http.client
import importlib.util
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("tour", ROOT / "scripts" / "console-tour.py")
tour = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tour)

PAGES = [
    "/", "/endpoints/digits", "/endpoints/digits/requests", "/policies", "/policies/OPS-1", "/audit",
    "/audit?actor=nobody", "/cost", "/drills", "/access"]
SEEDED_PAGES = [f"/endpoints/endpoint-7?over={span}" for span in ("1h", "24h", "7d", "90d")]
TIMES = 100
SECONDS = 30
SECONDS_FOR_ONE_PAGE_MAX = 20


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


def seed(arguments, folder):
    """Fills the engine's folder, through the store's own code."""
    program = pathlib.Path(arguments.plumb).with_name("plumb-seed")
    model = ROOT / "Examples/digits/plumb.yaml"
    start = time.monotonic()
    subprocess.run(
        [program, f"{folder}/state", "--spec", model, "--endpoints", str(arguments.endpoints), "--days",
         str(arguments.days)], check=True)
    size = sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file()) / 1e6
    print(f"{arguments.endpoints} endpoints of {arguments.days} days: {size:.0f} MB in "
          f"{time.monotonic() - start:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plumb", nargs="?", default=str(ROOT / ".build/release/plumb"))
    parser.add_argument("--endpoints", type=int, default=0, help="parked endpoints beside the one that serves")
    parser.add_argument("--days", type=int, default=90, help="days of their past")
    arguments = parser.parse_args()
    arguments.plumb = os.path.abspath(arguments.plumb)
    with tempfile.TemporaryDirectory(prefix="plumb-console-") as folder:
        if arguments.endpoints:
            seed(arguments, folder)
        start = time.monotonic()
        engine = tour.Engine(arguments.plumb, folder)
        print(f"the engine serves after {time.monotonic() - start:.1f} s", flush=True)
        try:
            measure(engine, PAGES + (SEEDED_PAGES if arguments.endpoints else []))
        finally:
            engine.close()


def measure(engine, pages):
    base, connection, cookie = sign_in(engine)
    time.sleep(8)
    print(f"{'page':36} {'bytes':>8} {'p50 ms':>8} {'p99 ms':>8} {'worst ms':>9}", flush=True)
    for page in pages:
        took, began = [], time.monotonic()
        while len(took) < TIMES and (len(took) < 3 or time.monotonic() - began < SECONDS_FOR_ONE_PAGE_MAX):
            start = time.perf_counter()
            connection.request("GET", page, headers=cookie)
            answer = connection.getresponse()
            body = answer.read()
            took.append((time.perf_counter() - start) * 1000)
            assert answer.status == 200, (page, answer.status)
        took.sort()
        ninety_nine = took[min(len(took) - 1, int(len(took) * 0.99))]
        print(f"{page:36} {len(body):8} {statistics.median(took):8.2f} {ninety_nine:8.2f} {took[-1]:9.2f}",
              flush=True)
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
