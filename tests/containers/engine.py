# SPDX-License-Identifier: Apache-2.0
"""Podman with a storage of the tests' own, outside the clone, and containers that are surely removed."""

import atexit
import hashlib
import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "paddock"
STORAGE = CACHE / "containers"
RUN = "/run/paddock-" + hashlib.sha256(f"{STORAGE}\n".encode()).hexdigest()[:8]
FLAGS = ["--root", str(STORAGE), "--runroot", RUN]
ENVIRONMENT = {**os.environ, "CONTAINERS_CONF": str(HERE / "containers.conf")}
WAIT_SECONDS = 90


class EngineFailed(Exception):
    """Podman said no; the text has its words."""


def podman(*words, **more):
    """Its output; raises EngineFailed with what it said."""
    done = subprocess.run(["podman", *FLAGS, *map(str, words)], env=ENVIRONMENT, text=True, capture_output=True,
                          check=False, **more)
    if done.returncode != 0:
        raise EngineFailed(f"podman {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout.strip()


def make_base_image():
    STORAGE.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(HERE / "base_image"), str(STORAGE)], check=True)


def inspect_image(image):
    return json.loads(podman("image", "inspect", image))[0]


def until(question, what, seconds=WAIT_SECONDS):
    """The first true answer; the time only ends a run that has failed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} seconds")


_containers = set()


class Container:
    """Runs an image in a network that exists (see network.py): no privileges, a root that cannot be written."""

    def __init__(self, image, network, name, environment=None, volume=None, hosts=(), flags=()):
        self.name = f"paddock-test-{os.getpid()}-{name}"
        self.network = network
        self.flags = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL", "--security-opt=no-new-privileges",
                      "--no-healthcheck", "--hostname", name, "--network", f"ns:{network.path}",
                      *[f"--add-host={host}:{address}" for host, address in hosts],
                      *[f"--env={key}={value}" for key, value in (environment or {}).items()],
                      *([f"--volume={volume}:/data"] if volume else []), *flags]
        self.image = image

    def start(self):
        _containers.add(self.name)
        podman("run", "--detach", "--name", self.name, *self.flags, self.image)
        return self

    def run_to_end(self, *arguments):
        """(exit code, what it said) of a container that ends by itself."""
        done = subprocess.run(["podman", *FLAGS, "run", "--rm", "--name", self.name, *self.flags, self.image, *arguments],
                              env=ENVIRONMENT, text=True, capture_output=True, check=False, timeout=WAIT_SECONDS)
        return done.returncode, done.stdout + done.stderr

    def log(self):
        done = subprocess.run(["podman", *FLAGS, "logs", self.name], env=ENVIRONMENT, text=True, capture_output=True, check=True)
        return done.stdout + done.stderr

    def state(self):
        return json.loads(podman("container", "inspect", self.name))[0]["State"]

    def execute(self, *words):
        done = subprocess.run(["podman", *FLAGS, "exec", self.name, *words], env=ENVIRONMENT, text=True, capture_output=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def until_answers(self, path, status=200):
        """Waits for an answer of the admin port."""
        def answers():
            assert self.state()["Running"], "it has ended"
            return self.answer(path) == status
        try:
            until(answers, f"{self.name} answers {path} with {status}")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.log()}") from None

    def answer(self, path):
        """The status with which the admin port answers; nothing if nobody does."""
        try:
            with urllib.request.urlopen(f"http://{self.network.address}:8080{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def kill(self):
        podman("kill", "--signal=KILL", self.name)
        podman("wait", self.name)

    def stop(self):
        """Its exit code after the image's stop signal."""
        podman("stop", "--time", "60", self.name)
        return self.state()["ExitCode"]

    def remove(self):
        podman("rm", "--force", "--volumes", "--time", "0", self.name)
        _containers.discard(self.name)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()


@atexit.register
def remove_all():
    for name in list(_containers):
        subprocess.run(["podman", *FLAGS, "rm", "--force", "--volumes", "--time", "0", name], env=ENVIRONMENT, capture_output=True, check=False)
