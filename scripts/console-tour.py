#!/usr/bin/env python3
"""Opens every page of the console of an engine of its own in headless Chromium, and checks what a person would see.

    scripts/console-tour.py .build/release/plumb [--images docs/images]

The engine gets a model that answers, another that fails, requests all the while, three users, and an endpoint with a past
of 90 days where plumb-seed lies beside plumb. Checked are: pages
render, the live part renews itself, a rollback shows without a reload, a change is approved by another person, a form
of another session changes nothing, no request leaves the host, no fault in the browser's console, labels, contrast,
focus order, the width of a phone, and the weight of each page.
"""

import argparse
import http.client
import importlib.util
import itertools
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("browser", ROOT / "scripts" / "browser.py")
browser_module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(browser_module)

PAGE_BYTES_MAX = 150_000
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202Etxt'

# What a page has to keep, seen from within it: labels, names, headings, contrast, and no script but our own.
CHECK = r"""(() => {
  const faults = [];
  const every = selector => [...document.querySelectorAll(selector)];
  const visible = e => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1; };
  for (const field of every('input:not([type=hidden]), select, textarea')) {
    const isNamed = field.labels.length || field.getAttribute('aria-label');
    if (!isNamed) faults.push('no label: ' + field.outerHTML);
  }
  const pointed = e => (e.getAttribute('aria-labelledby') || '').split(' ')
    .map(id => document.getElementById(id)?.textContent || '').join('');
  for (const e of every('button, a, [role=img], [role=region]')) {
    const name = e.textContent.trim() || e.getAttribute('aria-label') || pointed(e);
    if (!name) faults.push('no name: ' + e.outerHTML);
  }
  for (const table of every('table')) {
    if (!table.caption) faults.push('a table without a caption');
    for (const head of table.querySelectorAll('th')) {
      if (!head.scope) faults.push('th without scope: ' + head.outerHTML);
    }
  }
  const ids = every('[id]').map(e => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push('twice the id ' + id);
  let level = 0;
  for (const heading of every('h1, h2, h3, h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push('heading skips a level: ' + heading.textContent);
    level = next;
  }
  if (every('h1').length !== 1) faults.push('not one h1');
  if (every('[style], [onclick], [onerror], script:not([src])').length) faults.push('inline style or script');
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const part = value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const light = color => {
    const [red, green, blue] = rgb(color).map(value => part(value / 255));
    return .2126 * red + .7152 * green + .0722 * blue;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (rgb(color)[3] === 255) return color;
    }
    return 'white';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const isText = walker.currentNode.textContent.trim() && !e.closest('svg, option, .skip');
    if (!isText || seen.has(e) || !visible(e)) continue;
    seen.add(e);
    const [one, other] = [light(getComputedStyle(e).color), light(ground(e))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) faults.push('contrast ' + ratio.toFixed(2) + ': ' + e.outerHTML.slice(0, 120));
  }
  return faults.slice(0, 8);
})()"""


class Engine:
    """An engine of its own, with requests all the while."""

    def __init__(self, plumb, folder, wants_past=False):
        self.plumb, self.folder, self.home = plumb, pathlib.Path(folder), f"{folder}/state"
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith("PLUMB_") or name == "PLUMB_WORKER"}
        self.spec("plumb.yaml", "model.onnx")
        self.spec("broken.yaml", "model-error.onnx")
        seed = pathlib.Path(plumb).with_name("plumb-seed")
        self.has_past = wants_past and seed.exists()
        if self.has_past:
            subprocess.run(
                [seed, self.home, "--spec", ROOT / "Examples/digits/plumb.yaml", "--endpoints", "1"], check=True)
        self.run("up", "--detach", "--port", "0", "--console-port", "0", f"{folder}/plumb.yaml")
        status = json.loads(self.run("status", "--format", "json"))
        self.gateway, self.ca = status["gateway"], status["certificateAuthorityPath"]
        self.token_path = status["tokenPath"]
        self.is_asking = True
        self.asker = threading.Thread(target=self.ask, daemon=True)
        self.asker.start()

    def spec(self, name, model):
        text = (ROOT / "Examples/digits/plumb.yaml").read_text()
        text = text.replace("model.onnx", str(ROOT / "Examples/digits" / model))
        text = text.replace("request.csv", str(ROOT / "Examples/digits/request.csv"))
        rollout = "rollout: {wait: 5s, terminationWait: 5s, requestsMinimum: 20}"
        text = re.sub(r"^rollout:.*$", rollout, text, flags=re.M)
        (self.folder / name).write_text(text)

    def run(self, *arguments, environment=None, codes=(0,)):
        result = subprocess.run(
            [self.plumb, *arguments], capture_output=True, text=True, timeout=240,
            env={**self.environment, "PLUMB_HOME": self.home, **(environment or {})}, check=False)
        if result.returncode not in codes:
            raise RuntimeError(f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout.strip() if 0 in codes and result.returncode == 0 else result.stdout + result.stderr

    def ask(self):
        address = urllib.parse.urlsplit(self.gateway)
        context = ssl.create_default_context(cafile=self.ca)
        headers = {
            "Authorization": "Bearer " + pathlib.Path(self.token_path).read_text(), "Content-Type": "text/csv"}
        # Images of all sorts: the broken model fails on those with much ink.
        rows = (ROOT / "Examples/digits/heldout.csv").read_bytes().splitlines()
        connection = None
        for row in itertools.cycle(rows):
            if not self.is_asking:
                break
            try:
                connection = connection or http.client.HTTPSConnection(
                    address.hostname, address.port, context=context, timeout=10)
                connection.request("POST", "/endpoints/digits/invocations", row, headers)
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                connection = None
            time.sleep(0.02)

    def process(self):
        return json.loads(self.run("status", "--format", "json"))["processID"]

    def as_user(self, token):
        return {"PLUMB_ENGINE_URL": self.gateway, "PLUMB_CA": self.ca, "PLUMB_TOKEN": token}

    def close(self):
        self.is_asking = False
        self.run("down", codes=(0, 3))


class Tour:
    """What is looked at, one thing after another."""

    def __init__(self, engine, browser, images):
        self.engine, self.browser, self.images = engine, browser, images
        link = urllib.parse.urlsplit(engine.run("console"))
        self.base = f"{link.scheme}://{link.netloc}"
        self.failures, self.weights = [], {}
        self.is_thorough = bool(os.environ.get("PLUMB_EVERY_PICTURE"))

    def expect(self, condition, what):
        print(("ok   " if condition else "FAIL ") + what, flush=True)
        if not condition:
            self.failures.append(what)

    def check(self, path, heading, picture=None, height=1400):
        """One page: light, dark, and as wide as a phone."""
        browser = self.browser
        browser.look(1280, 900)
        browser.go(self.base + path)
        self.weights[path] = browser.bytes
        self.expect(heading in browser.text(), f"{path} shows '{heading}'")
        self.expect(browser.bytes < PAGE_BYTES_MAX, f"{path} weighs {browser.bytes} bytes")
        faults = browser.ask(CHECK)
        self.expect(not faults, f"{path} in light: {faults or 'labels, names, headings and contrast'}")
        self.take(picture, "", height)
        browser.look(1280, 900, isDark=True)
        faults = [fault for fault in browser.ask(CHECK) if fault.startswith("contrast")]
        self.expect(not faults, f"{path} in dark: {faults or 'contrast'}")
        self.take(picture, "-dark", height)
        browser.look(390, 844, isPhone=True)
        width = browser.ask("document.documentElement.scrollWidth")
        self.expect(width <= 390, f"{path} is {width} wide on a phone")
        self.take(picture, "-phone", 1500)
        browser.look(1280, 900)

    def take(self, picture, kind, height):
        """Each page in light; the two that matter most in dark and on a phone as well."""
        if picture and self.images and (not kind or picture in ("board", "endpoint") or self.is_thorough):
            self.browser.picture(f"{self.images}/console-{picture}{kind}.png", height)

    def sign_in_as_owner(self):
        self.browser.go(self.engine.run("console"))
        self.browser.submit("form[action='/open']")
        self.expect("What needs a person" in self.browser.text(), "a link of plumb console opens the board")

    def keyboard(self):
        self.browser.go(self.base + "/")
        order = []
        for _ in range(9):
            self.browser.press("Tab", 9)
            order.append(self.browser.ask("document.activeElement.textContent.trim()"))
        self.expect(order[0] == "Skip to the content" and order[1] == "Plumbline", f"focus goes in order: {order}")
        outline = self.browser.ask("getComputedStyle(document.activeElement).outlineStyle")
        self.expect(outline == "solid", "what has the focus is outlined")

    def live(self):
        self.browser.go(self.base + "/endpoints/digits")
        self.browser.until("document.querySelector('[data-live-status]').textContent === 'Live'")
        self.browser.until("Number(document.getElementById('live').dataset.updates) >= 2")
        self.expect(True, "the live part renews itself")

    def rollback(self):
        self.browser.ask("window.isStillTheSamePage = true")
        deployment = subprocess.Popen(
            [self.engine.plumb, "deploy", f"{self.engine.folder}/broken.yaml", "--environment", "production"],
            env={**self.engine.environment, "PLUMB_HOME": self.engine.home}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        live = "document.getElementById('live').innerText"
        self.browser.until("document.querySelector('.steps [aria-current]') !== null", 90)
        self.expect(True, "the steps of the rollout show")
        self.take("rollout", "", 1100)
        self.browser.until(f"{live}.includes('r2 was rolled back: ')", 120)
        self.expect(self.browser.ask("window.isStillTheSamePage === true"), "the rollback shows without a reload")
        self.expect(deployment.wait(60) == 3, "the deployment says the same")

    def by_name(self):
        """A request that failed is found by the id that its answer bore."""
        self.browser.go(self.base + "/endpoints/digits")
        name = self.browser.ask("document.querySelector('#requests ~ ul code')?.textContent || ''")
        self.expect(len(name) == 36, f"the endpoint's page shows its last errors by name: {name}")
        self.browser.submit("form[action='/endpoints/digits/requests']", id=name)
        text = self.browser.text()
        self.expect(name in text and "ModelError: the model answered" in text, "a request is found by its id")
        rows = self.browser.ask("document.querySelectorAll('tbody tr').length")
        self.expect(rows == 1, f"it alone is found: {rows}")
        self.check("/endpoints/digits/requests?errors=true", "Requests of digits", "requests", 900)
        for span in ("1h", "7d", "90d"):
            self.browser.go(f"{self.base}/endpoints/digits?over={span}")
            here = self.browser.ask("document.querySelectorAll('#past ~ nav [aria-current]').length")
            self.expect(here == 1 and "The past" in self.browser.text(), f"the past of {span} is there")
        if not self.engine.has_past:
            print("left out: the past of 90 days, since there is no plumb-seed beside plumb", flush=True)
            return
        self.check("/endpoints/endpoint-0?over=90d", "Each step is 6 h", "past", 1250)
        charts = self.browser.ask("document.querySelectorAll('#past ~ .charts figure').length")
        lines = self.browser.ask("[...document.querySelectorAll('#past ~ .charts path.line')]"
                                 ".filter(line => line.getAttribute('d').length > 1000).length")
        self.expect(charts == 8 and lines == 8, f"{charts} charts of 90 days, {lines} of them with lines")

    def people(self):
        run = self.engine.run
        first = run("access", "bootstrap").split()[-1]
        run("access", "claim", "ada", "--engine", self.engine.gateway,
            environment={"PLUMB_CA": self.engine.ca, "PLUMB_TOKEN": first})
        for name, role in [("ben", "deployer"), ("cleo", "approver"), ("vera", "viewer")]:
            run("access", "user", "add", name)
            run("access", "grant", name, role)
        return {
            name: run("access", "token", "issue", name).split()[-1] for name in ("ben", "cleo", "vera")}

    def sign_out(self):
        self.browser.submit("form[action='/sign-out']")
        self.expect("Sign in" in self.browser.text(), "signing out leads back to the way in")

    def sign_in(self, token):
        self.browser.go(self.base + "/sign-in")
        self.browser.submit("form[action='/sign-in']", token=token)

    def approval(self, tokens):
        path = self.engine.folder / "plumb.yaml"
        record = json.loads(self.engine.run("status", "--format", "json"))["endpoints"][0]["record"]
        served = next(one for one in record["revisions"] if one["number"] == record["active"])
        text = path.read_text().replace("model: {path:", f"model: {{digest: {served['modelDigest']}, path:")
        path.write_text(text + "\npeakRequestsPerSecond: 12\n")
        told = self.engine.run(
            "deploy", str(path), "--environment", "production", "--no-wait",
            environment=self.engine.as_user(tokens["ben"]), codes=(3,))
        self.expect("another person has to approve" in told, f"ben's deployment waits: {told.strip()[-200:]}")
        self.sign_in(tokens["cleo"])
        self.check("/approvals", "deploy digits to production", "approvals", 900)
        self.expect("peakRequestsPerSecond" in self.browser.text(), "the plan is shown as what it changes")
        form = "article form"
        stolen = self.browser.ask(f"""fetch('/act/approve', {{method: 'POST', redirect: 'manual',
            headers: {{'Content-Type': 'application/x-www-form-urlencoded'}},
            body: new URLSearchParams({{form: 'guessed', plan: document.querySelector('[name=plan]').value,
                reason: 'x'}})}}).then(answer => answer.status)""")
        self.expect(stolen == 403, f"a form of another session is answered {stolen}")
        self.browser.faults.clear()
        self.browser.submit(form, reason=f"looks right {HOSTILE}", button="[formaction='/act/approve']")
        self.expect("✓ Done: " in self.browser.text() and "approved once for ben" in self.browser.text(),
                    "cleo approves")
        self.sign_out()

    def refused(self, tokens):
        self.sign_in(tokens["vera"])
        self.browser.go(self.base + "/endpoints/digits")
        self.browser.submit("form[action='/act/scale']", count="3", reason="more")
        self.expect("vera may not scale" in self.browser.text(), "a viewer's wish is refused, and says why")
        self.browser.go(self.base + "/audit")
        self.expect("may not read-audit" in self.browser.text(), "a viewer sees no audit record")
        self.browser.faults.clear()
        self.engine.run("access", "token", "revoke", self.token_id("vera"))
        self.browser.go(self.base + "/")
        self.expect("Sign in" in self.browser.text(), "a revoked token ends the session at once")
        self.sign_in("nonsense")
        self.expect("is not one of this engine's" in self.browser.text(), "a wrong token is told so")
        self.browser.faults.clear()

    def token_id(self, user):
        listed = json.loads(self.engine.run("access", "token", "list", "--format", "json"))
        return next(token["id"] for token in listed if token["user"] == user)

    def audit(self):
        self.check("/audit", "Checkpoint", "audit", 850)
        self.browser.go(self.base + "/audit?action=approve&text=looks+right")
        text = self.browser.text()
        self.expect("onerror=alert(1)" in text, "hostile words are shown as words")
        self.expect("\u202e" not in text, "marks that turn the direction of writing are taken out")
        number = self.browser.ask("document.querySelector('tbody a').textContent")
        self.browser.go(f"{self.base}/audit/{number}")
        self.expect("approve" in self.browser.text() and "Proof" in self.browser.text(), "an entry has its proof")
        proof = self.browser.ask(f"fetch('/audit/{number}/proof').then(answer => answer.text())")
        file = self.engine.folder / "entry.proof"
        file.write_text(proof)
        said = self.engine.run("audit", "verify", "--proof", str(file))
        self.expect("approve" in said, "plumb audit verify accepts the proof")

    def whole(self):
        self.sign_in_as_owner()
        self.keyboard()
        self.live()
        self.rollback()
        self.by_name()
        self.check("/endpoints/digits", "Workers by failure domain", "endpoint", 1500)
        self.check("/", "The fifteen policies", "board", 1150)
        self.check("/policies", "Waivers", "policies", 1000)
        self.check("/policies/OPS-1", "OPS-1", "policy", 1000)
        self.check("/controls/OPS-1.2", "Evidence", "control", 1000)
        self.check("/cost", "Together", "cost", 900)
        self.check("/drills", "Start one", "drills", 900)
        tokens = self.people()
        self.check("/access", "Break the glass", "access", 1200)
        self.check("/endpoints/digits/captures", "Captured examples")
        self.sign_out()
        self.approval(tokens)
        self.refused(tokens)
        self.sign_in_as_owner()
        self.audit()
        strangers = [url for url in self.browser.requests
                     if not url.startswith((self.base, "about:", "data:", "chrome"))]
        self.expect(not strangers, f"no request leaves the host: {strangers[:3] or len(self.browser.requests)}")
        self.expect(not self.browser.faults, f"the browser's console is silent: {self.browser.faults[:5]}")
        print("bytes of each page:", json.dumps(self.weights))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plumb")
    parser.add_argument("--images", help="a folder for a picture of each page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumb-console-") as folder:
        engine = Engine(os.path.abspath(arguments.plumb), folder, wants_past=True)
        try:
            with browser_module.Browser() as browser:
                tour = Tour(engine, browser, arguments.images)
                tour.whole()
        finally:
            engine.close()
    sys.exit(1 if tour.failures else 0)


if __name__ == "__main__":
    main()
