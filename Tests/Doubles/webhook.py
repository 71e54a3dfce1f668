# A receiver of webhooks: answers with the statuses it is given, one after the other and then the last one again, and
# writes what it got to a file, a line of JSON each. It prints its address, and ends when its standard input does.
import argparse
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser()
arguments.add_argument("--answers", default="200")
arguments.add_argument("--log", required=True)
arguments.add_argument("--secret", default="")
options = arguments.parse_args()
answers = [int(word) for word in options.answers.split(",")]
lock = threading.Lock()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        signed = (self.headers.get("plumb-timestamp") or "").encode() + b"." + body
        wanted = "sha256=" + hmac.new(options.secret.encode(), signed, hashlib.sha256).hexdigest()
        with lock:
            status = answers.pop(0) if len(answers) > 1 else answers[0]
            with open(options.log, "a") as log:
                log.write(json.dumps({
                    "status": status, "delivery": self.headers.get("plumb-delivery"),
                    "isSigned": hmac.compare_digest(wanted, self.headers.get("plumb-signature") or ""),
                    "body": json.loads(body),
                }) + "\n")
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
