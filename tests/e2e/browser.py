# SPDX-License-Identifier: Apache-2.0
"""Chromium without a window, spoken to over a pipe by its DevTools protocol; no other program is needed."""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

DEADLINE_SECONDS = 180  # Only ends a run that has failed.
_one_at_a_time = threading.Lock()  # A browser takes much of a machine.
BECOME = ("import os, sys; low, high = map(int, sys.argv[1:3]); os.dup2(low, 3); os.dup2(high, 4); "
          "os.execvp(sys.argv[3], sys.argv[3:])")


class Failed(Exception):
    pass


class Browser:
    """One page. What the page logs as an error is kept."""

    def __init__(self, width=1280, height=900, dark=False):
        _one_at_a_time.acquire()
        self.profile = tempfile.mkdtemp(prefix="paddock-browser-")
        down, self.write_end = os.pipe()
        self.read_end, up = os.pipe()
        # It reads from its descriptor 3 and writes to 4.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (down, up)]
        command = [sys.executable, "-c", BECOME, *map(str, ends), "chromium", "--headless=new",
                   "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--no-first-run", "--disable-extensions", "--hide-scrollbars", f"--user-data-dir={self.profile}",
                   f"--window-size={width},{height}", "about:blank"]
        try:
            self.process = subprocess.Popen(command, pass_fds=ends, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            for descriptor in (down, up, *ends):
                os.close(descriptor)
        self.ids = itertools.count(1)
        self.buffer = b""
        self.errors = []
        self.requests = []
        self.session = None
        try:
            self.attach()
            self.look(width, height, dark)
        except Failed:
            self.close()
            raise

    def attach(self):
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def look(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

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

    def note(self, message):
        method, said = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(said["exceptionDetails"])[:500])
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.errors.append(said["entry"]["text"] + " " + said["entry"].get("url", ""))
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])

    def call(self, method, **parameters):
        number = next(self.ids)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

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
                if "context" not in str(failed):
                    raise
                value = None
            if value:
                return value
            if time.monotonic() > deadline:
                raise Failed(f"did not happen: {what}; the page says: {self.text()[:1500]}; errors: {self.errors}")
            time.sleep(0.1)

    def text(self):
        return self.run("document.body?.innerText ?? ''")

    def until_shown(self, text):
        return self.until(f"(document.body?.innerText ?? '').includes({json.dumps(text)})", f"{text!r} on the page")

    def press(self, key, code=None, text=None):
        keys = {"Tab": 9, "Enter": 13, "Escape": 27}
        more = {"text": text or ("\r" if key == "Enter" else "")}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode=keys.get(key, 0), **(more if kind == "keyDown" and more["text"] else {}))

    def picture(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except Failed:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        shutil.rmtree(self.profile, ignore_errors=True)
        _one_at_a_time.release()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
