"""Headless Chromium, told what to do over its debugging pipe: no driver, no package."""

import base64
import json
import os
import select
import shlex
import subprocess
import tempfile
import time

ANSWER_SECONDS_MAX = 30


class Browser:
    """One page of one browser. `faults` collects what its console complains of, `requests` every address it asked."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self.commands = os.pipe()
        self.answers, to_write = os.pipe()
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync",
            "--disable-component-update", "--disable-default-apps", "--hide-scrollbars", "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", f"--user-data-dir={self.profile.name}",
            "about:blank",
        ]
        program = os.environ.get("PLUMB_CHROMIUM", "chromium")
        line = f"exec {shlex.join([program, *flags])} 3<&{to_read} 4>&{to_write}"
        self.process = subprocess.Popen(
            ["bash", "-c", line], pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.number, self.session = b"", 0, None
        self.faults, self.requests, self.bytes, self.events = [], [], 0, []
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.tell(f"{domain}.enable")
        self.tell("Security.setIgnoreCertificateErrors", ignore=True)

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def tell(self, method, **parameters):
        """Gives one command and waits for its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while time.monotonic() < deadline:
            answer = self.hear(deadline - time.monotonic())
            if answer and answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
        raise TimeoutError(method)

    def hear(self, seconds):
        """The next message; events are noted."""
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, seconds))[0]:
                return None
            self.buffer += os.read(self.answers, 1 << 20)
        line, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(line)
        self.note(message.get("method"), message.get("params", {}))
        return message

    def note(self, method, event):
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Network.loadingFinished":
            self.bytes += event["encodedDataLength"]
        elif method == "Runtime.exceptionThrown":
            self.faults.append(str(event["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.faults.append(str(event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.faults.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")
        elif method == "Page.javascriptDialogOpening":
            self.faults.append(f"a dialog: {event['message']}")
        elif method == "Page.loadEventFired":
            self.events.append("load")

    def go(self, url):
        self.events.clear()
        self.bytes = 0
        self.tell("Page.navigate", url=url)
        self.loaded()

    def loaded(self):
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while "load" not in self.events:
            if time.monotonic() > deadline:
                raise TimeoutError("the page does not load")
            self.hear(0.5)

    def ask(self, expression):
        """The value of a JavaScript expression."""
        result = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, seconds=60):
        """Waits until an expression is true; its last value."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = self.ask(expression)
            if value:
                return value
            self.hear(0.2)
        raise TimeoutError(f"not within {seconds} s: {expression}; the page says: {self.text()[:1500]}")

    def text(self):
        return self.ask("document.body.innerText")

    def submit(self, form, **fields):
        """Fills a form, which a selector names, and sends it by its button."""
        button = fields.pop("button", "button")
        self.events.clear()
        self.ask(f"""(() => {{
            const form = document.querySelector({json.dumps(form)});
            for (const [name, value] of Object.entries({json.dumps(fields)})) {{
                const field = form.elements[name];
                if (field.type === 'checkbox') field.checked = true; else field.value = value;
            }}
            form.querySelector({json.dumps(button)}).click();
        }})()""")
        self.loaded()

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.tell("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def look(self, width, height, isDark=False, isPhone=False):
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=isPhone)
        scheme = "dark" if isDark else "light"
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path, height):
        """What is seen, as a PNG file; at most so high."""
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        # Smaller than life, so that pictures for documents stay small files.
        scale = 1 if size["width"] < 600 else 0.75
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height), "scale": scale}
        data = self.tell("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
