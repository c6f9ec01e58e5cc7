# SPDX-License-Identifier: Apache-2.0
"""Creates znodes below a path without a pause, for three seconds, and kills a server after the first.

usage: load.py PID PATH COMMAND…     COMMAND is `paddock` with what it needs to reach another server.
"""

import os
import signal
import subprocess
import sys
import time

BEFORE, AFTER = 1, 2  # seconds, before the server is killed and after


class Shell:
    """`paddock` as a shell: one line in, one line out."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                sys.exit("quickstart: the client ended")
            if answer.strip() and not answer.startswith("W"):  # "WATCHER::" and what is below it
                return answer.strip()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    victim, path, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    shell = Shell(command)
    shell.ask(f"create {path} x")
    answers, longest, killed = [], 0.0, None
    started = begin = time.monotonic()
    while killed is None or begin < killed + AFTER:
        if killed is None and begin > started + BEFORE:
            os.kill(victim, signal.SIGKILL)
            killed = time.monotonic()
            print(f"    kill -9 of the leader after {len(answers)} writes")
        answers.append(shell.ask(f"create {path}/{len(answers)} x"))
        now = time.monotonic()
        longest = max(longest, now - begin)
        begin = now
    shell.end()
    wrong = [answer for i, answer in enumerate(answers) if not answer.endswith(f"{path}/{i}")]
    print(f"    {len(answers)} writes, {len(wrong)} errors, the longest took {longest * 1000:.0f} ms")
    if wrong:
        sys.exit("quickstart: " + wrong[0])


main()
