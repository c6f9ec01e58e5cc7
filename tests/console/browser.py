# SPDX-License-Identifier: Apache-2.0
"""Chromium without a window, spoken to over a pipe by its DevTools protocol; no other program is needed for that.

It runs in a mount namespace of its own, in which a folder of ours is its policy folder: only so can it be told to show
a client certificate without a person who chooses one.
"""

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from certificates import PASSWORD

DEADLINE_SECONDS = 120  # Only ends a run that has failed.
MISSING = "is not installed: scripts/install-packages scripts/packages-console.txt"
PROGRAMS = ("chromium", "certutil", "pk12util", "unshare")
POLICIES = {"AutoSelectCertificateForUrls": [json.dumps({"pattern": "https://localhost", "filter": {}})]}
FLAGS = ("--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--hide-scrollbars", "--lang=en-US")
# It reads from its descriptor 3 and writes to 4.
BECOME = ("import os, sys; low, high = map(int, sys.argv[1:3]); os.dup2(low, 3); os.dup2(high, 4); "
          "os.execvp(sys.argv[3], sys.argv[3:])")


class Failed(Exception):
    pass


def missing_programs():
    return [name for name in PROGRAMS if not shutil.which(name)]


class Browser:
    """The process. `certificates` (the e2e tests' Certificates): whom it trusts, and what `client` of them it shows."""

    def __init__(self, certificates):
        self.folder = tempfile.mkdtemp(prefix="paddock-browser-")
        self._prepare(certificates)
        down, self.write_end = os.pipe()
        self.read_end, up = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (down, up)]
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen(self._command(ends), pass_fds=ends, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, "HOME": self.folder})
        for descriptor in (down, up, *ends):
            os.close(descriptor)
        self.ids = itertools.count(1)
        self.buffer = b""
        self.pages = {}
        try:
            self.call("Browser.getVersion")
        except Failed as failed:
            log = pathlib.Path(self.folder, "log").read_text(encoding="utf-8", errors="replace")
            self.close()
            raise Failed(f"{failed}\n{log[-3000:]}") from failed

    def _prepare(self, certificates):
        """The stores of certificates are where its home is."""
        store = os.path.join(self.folder, ".pki", "nssdb")
        os.makedirs(store)
        database = ["-d", f"sql:{store}"]
        certificates.issue("client")
        for command in (["certutil", "-N", *database, "--empty-password"],
                        ["certutil", "-A", *database, "-n", "ca", "-t", "CT,C,C", "-i", certificates.path("ca.crt")],
                        ["pk12util", *database, "-i", certificates.pkcs12("client"), "-W", PASSWORD]):
            subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE_SECONDS)
        managed = os.path.join(self.folder, "etc", "policies", "managed")
        os.makedirs(managed)
        with open(os.path.join(managed, "tests.json"), "w", encoding="ascii") as file:
            json.dump(POLICIES, file)

    def _command(self, ends):
        program = ["chromium", *FLAGS, f"--user-data-dir={self.folder}/profile", "about:blank"]
        mounted = f"mount --bind {shlex.quote(self.folder)}/etc /etc/chromium && exec {shlex.join(program)}"
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        return [sys.executable, "-c", BECOME, *map(str, ends), "unshare", "--mount", *user, "sh", "-c", mounted]

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise Failed("the browser did not answer in time")
            chunk = os.read(self.read_end, 1 << 20)
            if not chunk:
                raise Failed("the browser has ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        number = next(self.ids)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error']}")
                return answer["result"]
            if answer.get("sessionId") in self.pages:
                self.pages[answer["sessionId"]].note(answer)

    def close(self):
        """By closing the pipe it is told to end."""
        os.close(self.write_end)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Page:
    """One page, with cookies and stores of its own. What it asks for and what it complains about is kept."""

    def __init__(self, browser, width=1280, height=900, dark=False):
        self.browser = browser
        self.errors, self.requests = [], []
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.look(width, height, dark)

    def close(self):
        del self.browser.pages[self.session]
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def note(self, message):
        method, said = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(said["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(said["args"])[:500])
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.errors.append(said["entry"]["text"] + " " + said["entry"].get("url", ""))
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])

    def look(self, width, height, dark=False, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, address):
        self.call("Page.navigate", url=address)

    def run(self, script):
        """The value of an expression; promises are waited for."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise Failed(json.dumps(done["exceptionDetails"])[:800])
        return done["result"].get("value")

    def until(self, script, what):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                value = self.run(script)
            except Failed as failed:
                if "context" not in str(failed):  # It is between two documents.
                    raise
                value = None
            if value:
                return value
            if time.monotonic() > deadline:
                raise Failed(f"did not happen: {what}; the page says: {self.text()[:1500]}; errors: {self.errors}")
            time.sleep(0.05)

    def text(self):
        return self.run("document.body?.innerText ?? ''")

    def until_shown(self, text):
        return self.until(f"(document.body?.innerText ?? '').includes({json.dumps(text)})", f"{text!r} on the page")

    def press(self, key, *, shift=False):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32}
        more = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": codes[key],
                "modifiers": 8 if shift else 0}
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown", **more, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **more)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
