# SPDX-License-Identifier: Apache-2.0
"""An S3-compatible server on loopback with one empty bucket: s3rver, of npm, behind a gate that checks signatures.

s3rver looks at the key only. The gate makes the signature of each request anew, by AWS's description of version 4, and
sends on what is signed with the right secret. s3rver is installed into a cache outside the source tree, by default
~/.cache/paddock-e2e.
"""

import hashlib
import hmac
import http.client
import http.server
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.parse

from harness.servers import free_port
from support import until

PACKAGES = pathlib.Path(__file__).resolve().parent / "npm" / "package.json"
CACHE = pathlib.Path(os.environ.get("PADDOCK_E2E_CACHE") or pathlib.Path.home() / ".cache" / "paddock-e2e") / "s3"
INSTALL_SECONDS = 600
BUCKET = "backups"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER"}
_one_at_a_time = threading.Lock()


def install():
    with _one_at_a_time:
        done = CACHE / "installed"
        if done.exists() and done.stat().st_mtime > PACKAGES.stat().st_mtime:
            return
        if not shutil.which("npm"):
            root = [] if os.geteuid() == 0 else ["sudo"]
            subprocess.run([*root, "apt-get", "install", "-y", "--no-install-recommends", "npm"], check=True,
                           capture_output=True, timeout=INSTALL_SECONDS)
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGES, CACHE / "package.json")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=CACHE, check=True, capture_output=True,
                       timeout=INSTALL_SECONDS)
        done.touch()


def signature_of(method, target, headers, secret):
    """What the Authorization header of a request should end with."""
    path, _, query = target.partition("?")
    fields = dict(part.strip().split("=", 1) for part in headers["Authorization"].split(" ", 1)[1].split(","))
    date, region, service, end = fields["Credential"].split("/")[1:]
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    quoted = "&".join(f"{urllib.parse.quote(name, '')}={urllib.parse.quote(value, '')}" for name, value in pairs)
    names = fields["SignedHeaders"].split(";")
    canonical = "\n".join([method, urllib.parse.quote(urllib.parse.unquote(path)), quoted,
                           *[f"{name}:{headers[name].strip()}" for name in names], "", fields["SignedHeaders"],
                           headers["x-amz-content-sha256"]])
    scope = f"{date}/{region}/{service}/{end}"
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, end):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behind = None  # The port of s3rver.

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        expected = signature_of(self.command, self.path, self.headers, CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        is_right = (self.headers["Authorization"].endswith(f"Signature={expected}") and
                    self.headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest())
        if is_right:
            self.send_on(body)
        else:
            self.reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")

    do_PUT = do_DELETE = do_GET

    def send_on(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.behind)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        self.reply(answer.status, answer.read())
        connection.close()

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class S3Server:
    def __enter__(self):
        install()
        self.folder = tempfile.mkdtemp(prefix="paddock-s3-")
        self.port = free_port()
        self.process = subprocess.Popen(
            ["node", str(CACHE / "node_modules" / "s3rver" / "bin" / "s3rver.js"), "--directory", self.folder,
             "--address", "127.0.0.1", "--port", str(self.port), "--configure-bucket", BUCKET, "--silent"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        until(self.listens, "an S3 server that listens", 180)
        self.gate = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("OwnGate", (Gate,), {"behind": self.port}))
        threading.Thread(target=self.gate.serve_forever, daemon=True).start()
        return self

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_):
        self.gate.shutdown()
        self.gate.server_close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.gate.server_address[1]}"
