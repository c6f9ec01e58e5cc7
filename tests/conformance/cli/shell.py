# SPDX-License-Identifier: Apache-2.0
"""The interactive shell on a terminal: editing, history, completion, interruption, the life of its session."""

import os
import signal
import time

from harness.servers import four_letter_word
from .terminal import CTRL_C, CTRL_D, CTRL_U, LEFT, SECONDS, TAB, UP, Terminal

PROMPT = r"\[zk: [^\]]*\({}\) {}\] "


class Opener:
    """Opens shells that share one history file."""

    def __init__(self, program, server, environment, directory):
        self.program, self.server = program, server
        self.history = os.path.join(directory, "history")
        self.environment = {**environment, "PADDOCK_HISTORY": self.history}

    def __call__(self, *arguments):
        return Terminal([self.program, *arguments], self.environment)


def prompt(number, state="CONNECTED"):
    return PROMPT.format(state, number)


def wait_until_watched(server, path):
    deadline = time.monotonic() + SECONDS
    while path not in four_letter_word(server.address, "wchp").decode().splitlines():
        assert time.monotonic() < deadline, f"nobody watches {path}"
        time.sleep(0.01)


def editing_and_history(open_shell, server, _):
    with open_shell() as shell:
        shell.expect(prompt(0))
        for number, line in enumerate(["create /pty 1", "create /pty/child x", "addauth digest me:secret"], 1):
            shell.send(line + "\r")
            shell.expect(prompt(number))
        # Up twice is the line before the last; the credential is not kept.
        shell.send(UP + UP + "\r")
        assert "already exists: /pty" in shell.expect(prompt(4))
        # The cursor moves: the new letter goes before the last.
        shell.send("get /py" + LEFT + "t\r")
        assert "1\r\n" in shell.expect(prompt(5))
        shell.send("history\r")
        assert "4 - get /pty" in shell.expect(prompt(6))
        shell.send("redo 4\r")
        assert "1\r\n" in shell.expect(prompt(7))
        shell.send(CTRL_D)
        # The exit code is the last command's.
        shell.end()
    with open_shell() as shell:
        shell.expect(prompt(0))
        shell.send(UP + UP + "\r")
        assert "4 - get" not in shell.expect(prompt(1))
        shell.send("quit\r")
        shell.end()
    with open(open_shell.history, encoding="utf-8") as file:
        text = file.read()
    assert "create" in text and "secret" not in text


def keys_at_a_new_prompt(open_shell, server, paddock):
    """Whoever sees the prompt may answer with any key: the shell gets it, not the terminal's own line editor."""
    with open_shell() as shell:
        shell.expect(prompt(0))
        # The end of a watch is an event: nothing but the prompt may be shown late.
        shell.send("printwatches off\r")
        shell.expect(prompt(1))
        shell.send("watch /new\r")
        wait_until_watched(server, "/new")
        paddock("create", "/new")
        shell.expect("NodeCreated /new")
        with shell.shown_later():
            os.kill(shell.process.pid, signal.SIGINT)
            shell.expect_editing()
        shell.expect(prompt(2))
        shell.send(CTRL_D)
        shell.end()


def completion(open_shell, server, _):
    with open_shell() as shell:
        shell.expect(prompt(0))
        for number, line in enumerate(["create /tree x", "create /tree/one 1", "create /tree/two 2",
                                       'create "/tree/with blank" 3'], 1):
            shell.send(line + "\r")
            shell.expect(prompt(number))
        shell.send("getAllC" + TAB + "/tr" + TAB + "\r")
        assert "3\r\n" in shell.expect(prompt(5))
        shell.send("get /tree/t" + TAB + "\r")
        assert "2\r\n" in shell.expect(prompt(6))
        shell.send("get /tree/" + TAB)
        listed = shell.expect(prompt(6))
        assert "/tree/one" in listed and "/tree/two" in listed
        shell.send(CTRL_U + 'get "/tree/w' + TAB + '"\r')
        assert "3\r\n" in shell.expect(prompt(7))
        shell.send("nosuch\r")
        assert "Command not found: nosuch" in shell.expect(prompt(8))
        shell.send("gett /tree\r")
        assert "did you mean 'get'?" in shell.expect(prompt(9))
        shell.send("quit\r")
        # Misused: the exit code is the last command's.
        shell.end(2)


def events_between_commands(open_shell, server, paddock):
    with open_shell() as shell:
        shell.expect(prompt(0))
        shell.send("create /event 1\r")
        shell.expect(prompt(1))
        shell.send("get -w /event\r")
        shell.expect(prompt(2))
        shell.send("half a command")
        shell.expect("half a command")
        paddock("set", "/event", "2")
        shell.expect("WATCHER::")
        shell.expect("NodeDataChanged path:/event")
        # The line that was being typed is still there.
        shell.expect(prompt(2) + "half a command")
        shell.send(CTRL_U + "printwatches off\r")
        shell.expect(prompt(3))
        shell.send("addWatch /event\r")
        shell.expect(prompt(4))
        paddock("set", "/event", "3")
        shell.send("get /event\r")
        assert "WATCHER" not in shell.expect(prompt(5))
        shell.send("quit\r")
        shell.end()


def interruption(open_shell, server, paddock):
    with open_shell() as shell:
        shell.expect(prompt(0))
        shell.send("create /inter x\r")
        shell.expect(prompt(1))
        shell.send("half a line")
        shell.expect("half a line")
        shell.send(CTRL_C)
        shell.expect(prompt(1))
        shell.send("watch /inter\r")
        shell.expect("watch /inter\r\n")
        wait_until_watched(server, "/inter")
        paddock("set", "/inter", "y")
        shell.expect("NodeDataChanged /inter")
        shell.send(CTRL_C)
        shell.expect(prompt(2))
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            shell.send("get /inter\r")
            shell.expect("get /inter\r\n")
            shell.send(CTRL_C)
            shell.expect("Interrupted: /inter")
            shell.expect(prompt(3))
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        shell.send("get /inter\r")
        assert "y\r\n" in shell.expect(prompt(4))
        shell.send("quit\r")
        shell.end()


def a_killed_server(open_shell, server, paddock):
    with open_shell() as shell:
        shell.expect(prompt(0))
        shell.send("create -e /mine x\r")
        shell.expect(prompt(1))
        server.kill()
        shell.expect("state:Disconnected")
        shell.expect(prompt(1, "CONNECTING"))
        shell.send("get /mine\r")
        assert "no session at" in shell.expect(prompt(2, "CONNECTING"))
        server.start()
        shell.expect("state:SyncConnected")
        shell.expect(prompt(2))
        # The same session: its ephemeral is there, and is its own.
        shell.send("getEphemerals\r")
        assert "[/mine]" in shell.expect(prompt(3))
        shell.send("connect 127.0.0.1:nonsense\r")
        assert "1 to 65535" in shell.expect(prompt(4))
        shell.send("get /mine\r")
        assert "x\r\n" in shell.expect(prompt(5))
        shell.send("close\r")
        shell.expect(prompt(6, "CLOSED"))
        shell.send("get /mine\r")
        assert "Not connected" in shell.expect(prompt(7, "CLOSED"))
        shell.send("connect\r")
        shell.expect(prompt(8))
        shell.send("stat /mine\r")
        assert "does not exist" in shell.expect(prompt(9))
        shell.send("quit\r")
        # The exit code is the last command's.
        shell.end(1)


def started_before_its_server(open_shell, server, _):
    server.kill()
    with open_shell("--auth", "digest:zk:cli") as shell:
        assert "Connection refused" in shell.expect(prompt(0, "CONNECTING"))
        server.start()
        shell.expect("state:SyncConnected")
        shell.expect(prompt(0))
        shell.send("whoami\r")
        assert "digest: zk" in shell.expect(prompt(1))
        shell.send("quit\r")
        shell.end()


CASES = [editing_and_history, keys_at_a_new_prompt, completion, events_between_commands, interruption,
         a_killed_server, started_before_its_server]
