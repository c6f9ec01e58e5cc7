# SPDX-License-Identifier: Apache-2.0
"""What is checked of the console, by file; each check starts what it needs and asserts."""

import importlib
import pathlib


def load():
    from console import CHECKS
    for file in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if file.stem != "__init__":
            importlib.import_module(f"checks.{file.stem}")
    return CHECKS
