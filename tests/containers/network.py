# SPDX-License-Identifier: Apache-2.0
"""Networks for containers without an uplink: this process leaves the machine's network for one of its own, in
which a bridge connects one namespace per container. All of it goes away with the process."""

import ctypes
import os
import pathlib
import signal
import subprocess

BRIDGE = "paddock0"
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def leave_the_machine():
    """Call it before any thread is started: only the caller's thread moves."""
    if _libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot make a network namespace; run as root")
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", "10.77.0.1/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def enter(path):
    """Moves this process into a network that exists, under the same condition."""
    with open(path, "rb") as space:
        if _libc.setns(space.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {path}; run as root")


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Network:
    """A namespace with one address on the bridge, held open by a process that sleeps."""

    count = 0

    def __init__(self):
        Network.count += 1
        number = Network.count
        self.address = f"10.77.0.{10 + number}"
        before = os.readlink("/proc/self/ns/net")
        self.holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, preexec_fn=_die_with_parent)
        self.path = f"/proc/{self.holder.pid}/ns/net"
        while os.readlink(self.path) == before or pathlib.Path(f"/proc/{self.holder.pid}/comm").read_text() != "cat\n":
            if self.holder.poll() is not None:
                raise RuntimeError("unshare ended")
        ip("link", "add", f"paddock-v{number}", "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        ip("link", "set", f"paddock-v{number}", "master", BRIDGE, "up")
        inside = ["nsenter", f"--net={self.path}", "ip"]
        for words in ("link set lo up", f"addr add {self.address}/24 dev eth0", "link set eth0 up"):
            subprocess.run(inside + words.split(), check=True)

    def close(self):
        self.holder.kill()
        self.holder.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
