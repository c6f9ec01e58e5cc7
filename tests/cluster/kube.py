# SPDX-License-Identifier: Apache-2.0
"""kubectl, and what a test waits for with it."""

import json
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
# Only ends what has failed: the machine is shared.
WAIT_SECONDS = 90


class Refused(AssertionError):
    """kubectl failed; the text has what it said."""


def kubectl(*words, given=None, **more):
    done = subprocess.run(["kubectl", *map(str, words)], check=False, capture_output=True, text=True, input=given, **more)
    if done.returncode != 0:
        raise Refused(f"kubectl {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout.strip()


def get(*words):
    return json.loads(kubectl("get", *words, "-o", "json"))


def machine(*words):
    """What the machine below does: powers nodes off, for instance."""
    subprocess.run([str(HERE / "cluster"), *map(str, words)], check=True)


def until(question, what, seconds=WAIT_SECONDS):
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def condition(kind, name):
    """Whether it says that it is ready; not if there is none at the moment."""
    try:
        found = get(kind, name).get("status", {}).get("conditions", [])
    except Refused:
        return False
    return any(one["type"] == "Ready" and one["status"] == "True" for one in found)


def identity(pod):
    try:
        return get("pod", pod)["metadata"]["uid"]
    except Refused:
        return None  # Between two of the same name.


def await_pods(pods, instead_of=()):
    """Until they are ready, none of them one of those identities; the seconds that it took."""
    started = time.monotonic()
    for pod in pods:
        until(lambda: condition("pod", pod) and identity(pod) not in instead_of, f"{pod} is ready")
    return time.monotonic() - started


def node_of(pod):
    return get("pod", pod)["spec"]["nodeName"]
