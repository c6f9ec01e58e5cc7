# SPDX-License-Identifier: Apache-2.0
"""Servers that are not there, say nothing, say nonsense, or go away in the middle: a clear error, never a hang."""

import os
import signal
import socket
import subprocess
import threading
import time

from harness.servers import four_letter_word

SECONDS = 60


class Tool:
    def __init__(self, program, server, environment):
        self.program, self.server, self.environment = program, server, environment

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=SECONDS, check=False)

    def start(self, *arguments):
        return subprocess.Popen([self.program, *arguments], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)


class FakeServer:
    """Accepts, then says `answer`, or nothing and keeps the connection."""

    def __init__(self, answer=None):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.kept = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        try:
            while True:
                connection, _ = self.listener.accept()
                if self.answer is None:
                    self.kept.append(connection)
                else:
                    connection.recv(4096)
                    connection.sendall(self.answer)
                    connection.close()
        except OSError:
            pass

    @property
    def address(self):
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.kept:
            connection.close()


def _refused(done, *words):
    assert done.returncode == 3 and done.stdout == "", done
    for word in words:
        assert word in done.stderr, done.stderr


def nobody_listens(tool, _):
    _refused(tool.run("--server", "127.0.0.1:1", "get", "/a"), "Connection refused", "check that the server runs")


def a_name_that_does_not_resolve(tool, _):
    _refused(tool.run("--server", "nosuch.invalid", "get", "/a"), "cannot resolve nosuch.invalid:2181")


def a_server_that_says_nothing(tool, _):
    with FakeServer() as mute:
        _refused(tool.run("--server", mute.address, "--connect-timeout", "300ms", "get", "/a"),
                 "did not answer within 300 ms")


def a_server_that_says_something_else(tool, _):
    with FakeServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        _refused(tool.run("--server", web.address, "get", "/a"), "does not speak the protocol")
    with FakeServer(b"") as closing:
        _refused(tool.run("--server", closing.address, "get", "/a"), "it closed the connection")


def the_next_server_of_the_list(tool, paddock):
    assert paddock("create", "/next", "x").returncode == 0
    with FakeServer() as mute:
        servers = f"127.0.0.1:1,{mute.address},{tool.server.connect_string}"
        for _ in range(4):  # in an order that differs from run to run
            done = tool.run("--server", servers, "--connect-timeout", "900ms", "get", "/next")
            assert done.returncode == 0 and done.stdout == "x\n", done


def the_server_dies_while_a_command_watches(tool, paddock):
    assert paddock("create", "/watched", "1").returncode == 0
    process = tool.start("--timeout", "30s", "watch", "--count", "2", "/watched")
    try:
        _read_until(process.stderr, "connected to")
        assert paddock("set", "/watched", "1").returncode == 0
        _read_until(process.stdout, "NodeDataChanged /watched")
        tool.server.kill()
        tool.server.start()
        _read_until(process.stderr, "connection lost")
        _read_until(process.stderr, "connected to")
        assert paddock("set", "/watched", "2").returncode == 0
        _read_until(process.stdout, "NodeDataChanged /watched")
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()


def _read_until(stream, text):
    """Reads lines up to one with `text` in it."""
    for line in stream:
        if text in line:
            return
    raise AssertionError(f"it ended without {text!r}")


def the_session_expires_while_a_command_watches(tool, paddock):
    process = tool.start("--session-timeout", "1s", "watch", "/watched")
    try:
        _read_until(process.stderr, "connected to")
        sessions = _sessions(tool)
        assert sessions
        os.kill(process.pid, signal.SIGSTOP)
        while sessions & _sessions(tool):
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGCONT)
        _read_until(process.stderr, "expired")
        assert process.wait(SECONDS) == 3
    finally:
        process.kill()


def _sessions(tool):
    text = four_letter_word(tool.server.address, "dump").decode().split("ephemeral nodes dump")[0]
    return {word.strip(":") for word in text.split() if word.startswith("0x")}


def a_value_that_is_too_large(tool, paddock):
    assert paddock("create", "/large", "x").returncode == 0
    done = subprocess.run([tool.program, "set", "--file", "-", "/large"], env=tool.environment,
                          input=b"v" * 2_000_000, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 3 and b"jute.maxbuffer" in done.stderr, done
    done = subprocess.run([tool.program, "set", "--file", "-", "/large"], env=tool.environment,
                          input=b"v" * 900_000, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done
    assert tool.run("get", "--raw", "/large").stdout == "v" * 900_000


CASES = [nobody_listens, a_name_that_does_not_resolve, a_server_that_says_nothing,
         a_server_that_says_something_else, the_next_server_of_the_list,
         the_server_dies_while_a_command_watches, the_session_expires_while_a_command_watches,
         a_value_that_is_too_large]
