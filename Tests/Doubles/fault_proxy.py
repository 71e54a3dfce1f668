#!/usr/bin/env python3
"""A way to the double of AWS on which things go wrong.

    python fault_proxy.py --to http://127.0.0.1:15000 [--port 0] [--with-parent]

Every request is passed on, until `POST /fault {"service": "sagemaker", "kind": "html"}` names a service, as requests
are signed for it, and what happens to each answer of it; an empty object mends all. It prints its address when it is
ready, and with `--with-parent` ends when its standard input does.
"""
import argparse
import http.client
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

fault: dict[str, str] = {}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Who are you?</body></html>"


def error(code: str) -> bytes:
    return json.dumps({"__type": code, "message": "for a test"}).encode()


# The status and the body in place of AWS's own.
ANSWERS = {
    "throttled": (429, error("ThrottlingException")), "broken": (500, error("InternalFailure")),
    "busy": (503, b"<html><body>503 Service Unavailable</body></html>"), "html": (200, PAGE), "empty": (200, b""),
    "expired": (400, error("ExpiredTokenException")),
}


class Way(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target = ("", 0)

    def log_message(self, *_) -> None:
        pass

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/fault":
            fault.clear()
            fault.update(json.loads(body))
            return self.answer(200, [], b"{}")
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", self.headers.get("Authorization", ""))
        kind = fault.get("kind") if scope and scope.group(1) == fault.get("service") else None
        if kind == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            return self.connection.close()
        if kind in ANSWERS:
            status, told = ANSWERS[kind]
            return self.answer(status, [], told)
        status, headers, told = self.passed_on(body)
        if kind == "half":
            told = told[:len(told) // 2]
        self.answer(status, headers, told, kind)

    def passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        way = http.client.HTTPConnection(*self.target, timeout=300)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            way.request(self.command, self.path, body, headers)
            response = way.getresponse()
            kept = [
                (name, value) for name, value in response.getheaders()
                if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server")]
            return response.status, kept, response.read()
        finally:
            way.close()

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes, kind: str | None = None) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if kind == "truncated":
            # Less than was announced.
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        if kind == "slow":
            for start in range(0, len(body), max(1, len(body) // 3)):
                time.sleep(0.02)
                self.wfile.write(body[start:start + max(1, len(body) // 3)])
                self.wfile.flush()
            return
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_) -> None:
        """Whoever has hung up does not want to hear of it."""


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--with-parent", action="store_true")
    asked = parser.parse_args()
    if asked.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    target = urlsplit(asked.to)
    Way.target = (target.hostname, target.port)
    server = Server(("127.0.0.1", asked.port), Way)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
