#!/usr/bin/env python3
"""A double of AWS for the project's tests: moto's server, and what moto lacks for an ML deployment.

    python aws_double.py --port 15000 [--creating SECONDS] [--updating SECONDS] [--rolling-back SECONDS]
        [--evaluating SECONDS]

It listens on 127.0.0.1 alone (port 0 is any free one), takes any access key for account 123456789012, forgets
everything when it ends, and prints its address when it is ready. With `--with-parent` it ends when its standard input
does, and so with whoever started it. `POST /moto-api/reset` makes it forget at once. `--record FILE` appends every
request to a file, a line of JSON each, so that calls can be counted, and sent again.

moto 5.2.5 keeps most of what Terraform and CloudFormation make, but not all: some operations are missing, some lose
fields, so that Terraform cannot apply a deployment or plans to change it again straight away. The modules in `double/`
answer these operations in moto's place, each in a few lines; `double/__init__.py` says how.
"""
import argparse
import base64
import io
import json
import logging
import os
import socket
import sys
import threading
from typing import Any, Callable

from werkzeug.serving import make_server


def listen(port: int) -> socket.socket:
    """Takes the port, 0 for any free one: from here on whoever calls is kept waiting, and nobody else can have it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    return listener


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


class Recorder:
    """Writes down each request, and passes it on."""

    def __init__(self, application: Callable, path: str) -> None:
        self.application, self.path, self.lock = application, path, threading.Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        names = [key for key in environ if key.startswith("HTTP_") or key == "CONTENT_TYPE"]
        headers = {key.removeprefix("HTTP_").replace("_", "-").title(): environ[key] for key in names}
        line = {
            "method": environ["REQUEST_METHOD"], "path": environ.get("RAW_URI", environ["PATH_INFO"]).split("?")[0],
            "query": environ.get("QUERY_STRING", ""), "headers": headers, "body": base64.b64encode(body).decode()}
        with self.lock, open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return self.application(environ, start_response)


def main() -> None:
    parser = argparse.ArgumentParser(description="A double of AWS for tests.")
    parser.add_argument("--port", type=int, required=True, help="the port on 127.0.0.1; 0 for a free one")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    for state in ("creating", "updating", "rolling-back"):
        parser.add_argument(
            f"--{state}", type=float, default=0.5, metavar="SECONDS", help=f"how long an endpoint is {state}")
    parser.add_argument(
        "--answering", type=float, default=0, metavar="SECONDS",
        help="how long the answer to ExecuteChangeSet waits for the stack to be done")
    parser.add_argument("--record", metavar="FILE", help="append every request to this file")
    parser.add_argument(
        "--evaluating", type=float, metavar="SECONDS",
        help="evaluate alarms from what is published, this often; without it their states are set by hand")
    options = parser.parse_args()
    listener = listen(options.port)
    port = listener.getsockname()[1]
    # moto calls itself at this port, and lists IAM's managed policies only when told to.
    os.environ.setdefault("MOTO_PORT", str(port))
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

    import double
    from double import access, cost, data, drift, evaluating, front, jobs, pricing, serving, stacks, tagging, watching
    from moto.server import MotoRequestHandler

    serving.Durations.creating = options.creating
    serving.Durations.updating = options.updating
    serving.Durations.rolling_back = options.rolling_back
    stacks.Durations.answering = options.answering
    for module in (
            access, cost, data, drift, evaluating, front, jobs, pricing, serving, stacks, tagging, watching):
        module.mend_moto()

    if options.evaluating:
        evaluating.keep_evaluating(options.evaluating)
    if options.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = double.Double()
    if options.record:
        application = Recorder(application, options.record)
    server = make_server(
        "127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno())
    print(f"AWS double on http://127.0.0.1:{port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
