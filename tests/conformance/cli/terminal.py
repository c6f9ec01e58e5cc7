# SPDX-License-Identifier: Apache-2.0
"""A program on a terminal of its own: what it shows is text, what is sent are keys."""

import contextlib
import fcntl
import os
import pty
import re
import select
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
        self.name = os.ttyname(slave)
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

    def expect_editing(self):
        """The program gets every key as it is typed, because the terminal has stopped making lines of them."""
        deadline = time.monotonic() + SECONDS
        while termios.tcgetattr(self.master)[3] & termios.ICANON:
            if time.monotonic() > deadline:
                raise Timeout("the terminal still makes lines of keys")
            time.sleep(0.01)

    @contextlib.contextmanager
    def shown_later(self):
        """Nothing is shown meanwhile: a program that has something to show stands still."""
        slave = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
        termios.tcflow(slave, termios.TCOOFF)
        try:
            yield
        finally:
            termios.tcflow(slave, termios.TCOON)
            os.close(slave)

    def _read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)

    def end(self, wanted=0):
        """The program ends, with the exit code `wanted`."""
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            while self._read(0):
                pass
            raise Timeout(f"the program did not end; it showed {self.shown!r}") from None
        finally:
            os.close(self.master)
        assert code == wanted, f"the exit code is {code}, not {wanted}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
