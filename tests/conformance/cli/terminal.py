# SPDX-License-Identifier: Apache-2.0
"""A program on a terminal of its own: what it shows is text, what is sent are keys."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

SECONDS = 20
UP, LEFT, TAB, CTRL_C, CTRL_D, CTRL_U = "\x1b[A", "\x1b[D", "\t", "\x03", "\x04", "\x15"


class Timeout(Exception):
    """What was expected did not come; the text says what was there instead."""


class Terminal:
    def __init__(self, command, environment):
        self.shown = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**environment, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        os.close(slave)

    def send(self, keys):
        os.write(self.master, keys.encode())

    def expect(self, pattern):
        """Everything up to and with what matches; later calls see what follows."""
        deadline = time.monotonic() + SECONDS
        while True:
            if found := re.search(pattern, self.shown):
                text, self.shown = self.shown[:found.end()], self.shown[found.end():]
                return text
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                raise Timeout(f"no {pattern!r} in {self.shown!r}")

    def _read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)

    def end(self):
        """The exit code; a program that does not end is killed."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            return self.process.wait()
        finally:
            os.close(self.master)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
