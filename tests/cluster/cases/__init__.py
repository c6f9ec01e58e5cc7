# SPDX-License-Identifier: Apache-2.0
"""The cases, by file, in order: those of a file share what the first of them installs, and the last removes it.

What an operator does belongs into a file beside server.py: helm is there as kubectl is, and Load takes members by name.
"""

import importlib
import pathlib

CASES = []


def case(function):
    """Registers a case under its file and its first line of documentation."""
    name = f"{function.__module__.rsplit('.', 1)[-1]}/{function.__doc__.strip()}"
    CASES.append((name, function))
    return function


def load():
    for file in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if file.stem != "__init__":
            importlib.import_module(f"cases.{file.stem}")
    return CASES
