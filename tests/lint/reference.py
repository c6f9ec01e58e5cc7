#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the tables in docs/configuration.md are those that the key table makes.

usage: reference.py [--rewrite] <program that prints them> <document>
"""
import pathlib
import subprocess
import sys

BEGIN = "<!-- tables: generated; see CONTRIBUTING.md -->\n"


def main():
    arguments = [word for word in sys.argv[1:] if word != "--rewrite"]
    program, document = arguments[0], pathlib.Path(arguments[1])
    tables = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    text = document.read_text()
    if text.count(BEGIN) != 1:
        sys.exit(f"{document}: expected one line {BEGIN.strip()!r}")
    wanted = text.split(BEGIN)[0] + BEGIN + "\n" + tables
    if wanted == text:
        return
    if "--rewrite" in sys.argv:
        document.write_text(wanted)
        return
    sys.exit(f"{document} is not what the key table makes; run\n"
             f"  tests/lint/reference.py --rewrite {program} {document}")


if __name__ == "__main__":
    main()
