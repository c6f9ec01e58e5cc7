# SPDX-License-Identifier: Apache-2.0
"""A real API server with nothing behind it, on loopback: what it says of the CRD, of specs and of the objects that the operator makes.
It may be an old one (1.20): without CEL, and with policy/v1beta1."""
import json
import pathlib
import socket
import subprocess
import tempfile
import time

TOKEN = "of-this-test-alone"


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class ApiServer:
    def __init__(self, programs, kubectl):
        self.programs, self.kubectl_program, self.running = pathlib.Path(programs), kubectl, []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="paddock-api-server-")
        try:
            self.start(pathlib.Path(self.folder.name))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
            process.wait()
        self.folder.cleanup()

    def run(self, log, *words):
        with open(log, "w", encoding="utf-8") as out:
            self.running.append(subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT))

    def start(self, folder):
        clients, peers, port = free_ports(3)
        key = folder / "accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        (folder / "tokens.csv").write_text(f'{TOKEN},tester,tester,"system:masters"\n', encoding="utf-8")
        here = "http://127.0.0.1"
        self.run(folder / "etcd.log", "etcd", "--data-dir", folder / "etcd", "--listen-client-urls", f"{here}:{clients}",
                 "--advertise-client-urls", f"{here}:{clients}", "--listen-peer-urls", f"{here}:{peers}",
                 "--initial-advertise-peer-urls", f"{here}:{peers}", "--initial-cluster", f"default={here}:{peers}",
                 "--unsafe-no-fsync")
        self.run(folder / "api.log", self.programs / "kube-apiserver", f"--etcd-servers={here}:{clients}", f"--secure-port={port}",
                 "--bind-address=127.0.0.1", f"--cert-dir={folder / 'certificates'}", f"--token-auth-file={folder / 'tokens.csv'}",
                 "--authorization-mode=AlwaysAllow", "--disable-admission-plugins=ServiceAccount",
                 f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
                 "--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.0.0.0/24")
        self.url = f"https://127.0.0.1:{port}"
        self.base = [self.kubectl_program, f"--server={self.url}", "--insecure-skip-tls-verify", f"--token={TOKEN}",
                     f"--cache-dir={folder / 'cache'}"]
        end = time.monotonic() + 300
        while self.kubectl("get", "--raw", "/readyz").returncode:
            log = (folder / "api.log").read_text(encoding="utf-8")
            assert time.monotonic() < end and self.running[-1].poll() is None, f"the API server does not start:\n{log[-2000:]}"
            time.sleep(0.5)

    def for_helm(self):
        return [f"--kube-apiserver={self.url}", "--kube-insecure-skip-tls-verify", f"--kube-token={TOKEN}"]

    def kubectl(self, *words, text=None):
        return subprocess.run([*self.base, *map(str, words)], input=text, capture_output=True, text=True, check=False)

    def get(self, *words):
        done = self.kubectl("get", *words, "-o", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def apply(self, document):
        return self.kubectl("apply", "--server-side", "--force-conflicts", "--validate=false", "-f", "-", text=json.dumps(document))
