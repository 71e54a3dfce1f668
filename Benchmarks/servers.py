"""The servers that are compared: how each is started, what it is asked, and which processes belong to it."""
import json
import os
import subprocess
import time
import urllib.request

from client import ROOT

PEERS = os.environ.get("PLUMB_PEERS", os.path.join(ROOT, ".venv"))
HERE = os.path.join(ROOT, "Benchmarks", "peers")
DIGITS = os.path.join(ROOT, "Examples", "digits")
BODY = os.path.join(DIGITS, "request.json")


def environment_of(name):
    """The virtual environment of a peer: its own below PLUMB_PEERS, else that folder itself."""
    own = os.path.join(PEERS, name)
    return own if os.path.isdir(own) else PEERS


def descendants(root):
    """A process and all that it has started."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


class Server:
    """A server on core 0, with everything that belongs to it."""

    def __init__(self, name, command, port, path="/invocations", scheme="http", body=BODY, token=None, folder=None,
                 **environment):
        self.name, self.command, self.port, self.body, self.token = name, command, port, body, token
        self.url = f"{scheme}://127.0.0.1:{port}{path}"
        self.environment = dict(os.environ, PORT=str(port), **environment)
        self.folder, self.process, self.others = folder, None, []

    def start(self, wrap):
        with open(os.path.join(self.folder, "log"), "a") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", "0", *self.command], env=self.environment, cwd=self.folder, stdout=log, stderr=log,
                start_new_session=True)
        self.await_answer()
        wrap(self.processes())

    def await_answer(self):
        import ssl
        context = ssl._create_unverified_context() if self.url.startswith("https") else None
        with open(self.body, "rb") as file:
            request = urllib.request.Request(self.url, file.read(), {"Content-Type": "application/json"})
        deadline = time.time() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5, context=context) as answer:
                    assert answer.status == 200
                return
            except OSError as error:
                if time.time() > deadline or self.process.poll() is not None:
                    with open(os.path.join(self.folder, "log")) as log:
                        raise SystemExit(f"{self.name} does not answer: {error}\n{log.read()[-2000:]}")
                time.sleep(0.2)

    def processes(self):
        return descendants(self.process.pid) + [p for other in self.others for p in other.processes()]

    def stop(self):
        for process in descendants(self.process.pid)[::-1]:
            try:
                os.kill(process, 15)
            except OSError:
                continue
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Plumb:
    """The engine, which is running already."""

    def __init__(self, engine, endpoint="digits", body=BODY, path=None):
        self.name, self.engine, self.body, self.token = "plumb, HTTPS + token", engine, body, engine.token
        self.url = f"https://127.0.0.1:{engine.port}" + (path or f"/endpoints/{endpoint}/invocations")

    def start(self, wrap):
        wrap(self.processes())

    def processes(self):
        return [self.engine.process] + self.engine.workers()

    def stop(self):
        self.engine.down()


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def certificate(folder):
    """A key of the same kind as the engine's own, and its certificate, in one file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out",
         "certificate.pem"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    both = "".join(open(os.path.join(folder, name)).read() for name in ("certificate.pem", "key.pem"))
    return written(folder, "both.pem", both)


def fastapi(folder, port, model):
    return Server(
        "fastapi, HTTP", [os.path.join(environment_of("fastapi"), "bin", "uvicorn"), "--app-dir", HERE,
                          "fastapi_raw:app", "--port", str(port), "--log-level", "warning"], port, folder=folder,
        MODEL=model)


def haproxy(folder, port, behind):
    """HAProxy with TLS before the FastAPI that runs already."""
    config = written(folder, "haproxy.cfg", f"""
global
    nbthread 1
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    http-reuse always
frontend in
    bind 127.0.0.1:{port} ssl crt {certificate(folder)}
    default_backend out
backend out
    server one 127.0.0.1:{behind.port}
""")
    program = os.path.join(PEERS, "system", "usr", "sbin", "haproxy")
    server = Server(
        "haproxy TLS + fastapi", [program, "-db", "-f", config], port, scheme="https", folder=folder,
        LD_LIBRARY_PATH=os.path.join(PEERS, "system", "usr", "lib", "x86_64-linux-gnu"))
    server.others = [behind]
    return server


def nginx(folder, port):
    """The ceiling: an answer of the same size that costs no thought, over TLS."""
    certificate(folder)
    answer = json.dumps({"predictions": [{"label": 3, "probabilities": [0.0123456789] * 10}]})
    config = written(folder, "nginx.conf", f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ worker_connections 512; }}
http {{
    access_log off; keepalive_requests 100000000; client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/body; fastcgi_temp_path {folder}/body; uwsgi_temp_path {folder}/body;
    scgi_temp_path {folder}/body;
    server {{
        listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
        location / {{ default_type application/json; return 200 '{answer}'; }}
    }}
}}
""")
    program = os.path.join(PEERS, "system", "usr", "sbin", "nginx")
    return Server("nginx, constant, TLS", [program, "-p", folder, "-c", config], port, scheme="https", folder=folder)


def litserve(folder, port, model):
    python = os.path.join(environment_of("litserve"), "bin", "python")
    return Server("litserve, HTTP", [python, os.path.join(HERE, "litserve_raw.py")], port, folder=folder, MODEL=model)


def bentoml(folder, port, model):
    program = os.path.join(environment_of("bentoml"), "bin", "bentoml")
    return Server(
        "bentoml, HTTP", [program, "serve", "bentoml_raw:Digits", "--working-dir", HERE, "--host", "127.0.0.1",
                          "--port", str(port)], port, folder=folder, MODEL=model, BENTOML_HOME=folder,
        BENTOML_DO_NOT_TRACK="true", PATH=f"{environment_of('bentoml')}/bin:{os.environ['PATH']}")


def mlserver(folder, port, model):
    written(folder, "settings.json", json.dumps(
        {"host": "127.0.0.1", "http_port": port, "grpc_port": port + 1, "metrics_port": port + 2,
         "parallel_workers": 0, "debug": False}))
    written(folder, "model-settings.json", json.dumps({"name": "digits", "implementation": "mlserver_raw.Digits"}))
    with open(BODY) as file:
        row = json.load(file)["instances"][0]
    body = written(folder, "request.json", json.dumps(
        {"inputs": [{"name": "x", "shape": [1, len(row)], "datatype": "FP32", "data": row}]}))
    program = os.path.join(environment_of("mlserver"), "bin", "mlserver")
    return Server(
        "mlserver, HTTP", [program, "start", folder], port, path="/v2/models/digits/infer", body=body, folder=folder,
        MODEL=model, PYTHONPATH=HERE)
