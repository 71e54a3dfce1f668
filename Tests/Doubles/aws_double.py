#!/usr/bin/env python3
"""A double of AWS for the project's tests: moto's server, and what moto lacks for an ML deployment.

    python aws_double.py --port 15000 [--creating SECONDS] [--updating SECONDS] [--rolling-back SECONDS]
        [--evaluating SECONDS]

It listens on 127.0.0.1 alone (port 0 is any free one), takes any access key for account 123456789012, forgets
everything when it ends, and prints its address when it is ready. With `--with-parent` it ends when its standard input
does, and so with whoever started it. `POST /moto-api/reset` makes it forget at once.

moto 5.2.5 keeps most of what Terraform and CloudFormation make, but not all: some operations are missing, some lose
fields, so that Terraform cannot apply a deployment or plans to change it again straight away. The modules in `double/`
answer these operations in moto's place, each in a few lines; `double/__init__.py` says how.
"""
import argparse
import logging
import os
import socket
import sys
import threading

from werkzeug.serving import run_simple


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="A double of AWS for tests.")
    parser.add_argument("--port", type=int, required=True, help="the port on 127.0.0.1; 0 for a free one")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    for state in ("creating", "updating", "rolling-back"):
        parser.add_argument(
            f"--{state}", type=float, default=0.5, metavar="SECONDS", help=f"how long an endpoint is {state}")
    parser.add_argument(
        "--evaluating", type=float, metavar="SECONDS",
        help="evaluate alarms from what is published, this often; without it their states are set by hand")
    options = parser.parse_args()
    port = options.port or free_port()
    # moto calls itself at this port, and lists IAM's managed policies only when told to.
    os.environ.setdefault("MOTO_PORT", str(port))
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

    import double
    from double import access, cost, data, evaluating, front, serving, stacks, watching
    from moto.server import MotoRequestHandler

    serving.Durations.creating = options.creating
    serving.Durations.updating = options.updating
    serving.Durations.rolling_back = options.rolling_back
    for module in (access, cost, data, evaluating, front, serving, stacks, watching):
        module.mend_moto()

    if options.evaluating:
        evaluating.keep_evaluating(options.evaluating)
    if options.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    print(f"AWS double on http://127.0.0.1:{port}", flush=True)
    run_simple("127.0.0.1", port, double.Double(), threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main()
