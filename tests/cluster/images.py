# SPDX-License-Identifier: Apache-2.0
"""The images of the tests, from Podman's storage to the nodes."""

import hashlib
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "containers"))

import engine  # noqa: E402

SERVER = "localhost/paddock-server:test"
CLIENT = "localhost/paddock-test-client:1"


def make_client():
    """kazoo on Debian, once for each text of its Dockerfile."""
    file = HERE / "client" / "Dockerfile"
    made_of = hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        if engine.inspect_image(CLIENT)["Labels"]["made-of"] == made_of:
            return
    except (engine.EngineFailed, KeyError, TypeError):
        pass
    engine.make_base_image()
    engine.podman("build", "--network=host", "--pull=never", "--quiet", f"--label=made-of={made_of}", "--tag", CLIENT,
                  str(file.parent))


def load(cluster, *images):
    """Onto all nodes; what that takes lies among the cluster's files, so that it goes with them."""
    command = [str(HERE / "cluster"), "folder"]
    place = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(dir=place) as folder:
        archives = []
        for number, image in enumerate(images):
            archives.append(f"{folder}/{number}.tar")
            engine.podman("save", "--quiet", "--format", "oci-archive", "--output", archives[-1], image)
        cluster("load", *archives)
