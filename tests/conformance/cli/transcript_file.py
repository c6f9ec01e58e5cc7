# SPDX-License-Identifier: Apache-2.0
"""Transcripts of a program: the command lines and what they must print.

    $ create /a hello        a command; words as a POSIX shell splits them
    < some text              a line of its standard input
    Created /a               a line of standard output
    ! Node already exists    a line of standard error
    = 1                      the exit code, if it is not 0
    # a remark
"""

import difflib
import shlex
import subprocess

SECONDS = 30


class Step:
    def __init__(self, line, number):
        self.line, self.number = line, number
        self.input, self.expected = [], []


def read(path):
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("$ "):
            steps.append(Step(line[2:], number))
        elif line.startswith("< "):
            steps[-1].input.append(line[2:])
        elif line and not line.startswith("#"):
            steps[-1].expected.append(line)
    return steps


def play(step, program, environment, normalise):
    """What the step's command prints, in the transcript's form. SERVER stands for the server's address."""
    text = "".join(line + "\n" for line in step.input)
    words = [word.replace("SERVER", environment["PADDOCK_SERVER"]) for word in shlex.split(step.line)]
    try:
        done = subprocess.run([*program, *words], input=text.encode(), env=environment,
                              capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return [f"= no end after {SECONDS} s"]
    lines = normalise(done.stdout.decode(errors="replace")).splitlines()
    lines += ["! " + line for line in normalise(done.stderr.decode(errors="replace")).splitlines()]
    if done.returncode != 0:
        lines.append(f"= {done.returncode}")
    return [line for line in lines if line.strip()]


def check(path, program, environment, normalise):
    """Plays the whole file; the differences, as text, one for each command that differs."""
    wrong = []
    for step in read(path):
        seen = play(step, program, environment, normalise)
        if seen != step.expected:
            lines = "\n".join(difflib.ndiff(step.expected, seen))
            wrong.append(f"{path.name}:{step.number}: $ {step.line}\n{lines}")
    return wrong


def rewrite(path, program, environment, normalise):
    """Puts what the program prints now into the file."""
    out = []
    steps = {step.number: step for step in read(path)}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if number in steps:
            step = steps[number]
            out += ["$ " + step.line, *("< " + text for text in step.input),
                    *play(step, program, environment, normalise)]
        elif line.startswith("#") or not line:
            out.append(line)
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
