"""A closed-loop client: keep-alive connections that each send the next request when the last one is answered.

Every request is accounted for: status, latency, revision and, for a failure, what broke. No request is sent again.
Uses the standard library only.
"""
import os
import socket
import ssl
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Connection:
    """One keep-alive HTTPS connection."""

    def __init__(self, host, port, authority=None, timeout=10.0):
        self.host, self.port, self.timeout = host, port, timeout
        self.context = None
        if authority:
            self.context = ssl.create_default_context(cafile=authority)
        self.socket = None
        self.buffer = b""

    def connect(self):
        raw = socket.create_connection((self.host, self.port), timeout=self.timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self.context.wrap_socket(raw, server_hostname=self.host) if self.context else raw
        self.buffer = b""

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def exchange(self, request):
        """Sends bytes, reads one answer; returns (status, headers, body)."""
        if self.socket is None:
            self.connect()
        self.socket.sendall(request)
        while b"\r\n\r\n" not in self.buffer:
            self.read()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(b":", 1)
            headers[name.lower().decode()] = value.strip().decode()
        length = int(headers.get("content-length", "0"))
        while len(self.buffer) < length:
            self.read()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, headers, body

    def read(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("closed in the middle of an answer" if self.buffer else "closed before an answer")
        self.buffer += part


def request_bytes(path, body, content_type, token=None, host="127.0.0.1"):
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{authorization}Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """Runs connections in threads until stopped; `results` holds (start, seconds, status or text, revision)."""

    def __init__(self, make_connection, requests, connections, pause=0.0):
        self.make_connection, self.requests, self.pause = make_connection, requests, pause
        self.results = [[] for _ in range(connections)]
        self.running = True
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        for thread in self.threads:
            thread.join(timeout=30)

    def run(self, index):
        connection = self.make_connection()
        results = self.results[index]
        turn = index
        while self.running:
            request = self.requests[turn % len(self.requests)]
            turn += len(self.threads)
            start = time.time()
            try:
                status, headers, _ = connection.exchange(request)
                results.append((start, time.time() - start, status, headers.get("x-plumb-revision", "")))
            except (OSError, ConnectionError) as error:
                results.append((start, time.time() - start, f"{type(error).__name__}: {error}", ""))
                connection.close()
                time.sleep(0.01)
            if self.pause:
                time.sleep(self.pause)
        connection.close()

    def all(self):
        return sorted(result for results in self.results for result in results)


class Engine:
    """A daemon of its own, on a free port, with its state in `folder`."""

    def __init__(self, folder, cpus=None, threads=1, build="release"):
        self.folder, self.cpus, self.threads = folder, cpus, threads
        self.plumb = os.path.join(ROOT, ".build", build, "plumb")
        self.environment = dict(os.environ, PLUMB_HOME=folder)

    def run(self, *arguments, check=True):
        prefix = ["taskset", "-c", self.cpus] if self.cpus else []
        result = subprocess.run(prefix + [self.plumb, *arguments], env=self.environment, capture_output=True, text=True)
        if check and result.returncode:
            raise SystemExit(f"plumb {' '.join(arguments)} ended with {result.returncode}: {result.stderr.strip()}")
        return result

    def up(self, spec):
        self.run("up", "--detach", "--port", "0", "--threads", str(self.threads), spec)
        import json

        status = json.loads(self.run("status", "--format", "json").stdout)
        self.port = int(status["gateway"].rsplit(":", 1)[1])
        self.authority = status["certificateAuthorityPath"]
        self.token = open(status["tokenPath"]).read()
        self.process = status["processID"]
        return self

    def status(self):
        import json

        return json.loads(self.run("status", "--format", "json").stdout)

    def connection(self):
        return Connection("127.0.0.1", self.port, self.authority)

    def request(self, body, content_type="text/csv", endpoint="digits"):
        return request_bytes(f"/endpoints/{endpoint}/invocations", body, content_type, self.token)

    def workers(self):
        """Process ids of the model servers."""
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                if words[0].endswith(b"plumb-worker") and self.folder.encode() in b"\0".join(words):
                    found.append(int(name))
            except OSError:
                continue
        return sorted(found)

    def down(self):
        self.run("down", check=False)


def favour(level):
    """A function that has processes preferred by the scheduler, with their whole session."""
    def apply(processes):
        for process in processes if level else []:
            try:
                with open(f"/proc/{process}/autogroup", "w") as file:
                    file.write(str(-level))
            except OSError:
                continue
    return apply


def heldout_rows():
    with open(os.path.join(ROOT, "Examples", "digits", "heldout.csv"), "rb") as file:
        return [line + b"\n" for line in file.read().splitlines()]


def percentile(values, rank):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * rank / 100))] if values else float("nan")


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
