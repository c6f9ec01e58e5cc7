# SPDX-License-Identifier: Apache-2.0
"""Where the programs are that the build made."""

import pathlib

from .servers import PaddockServer

ROOT = pathlib.Path(__file__).resolve().parents[3]


def find(name):
    """Beside the server, or in the tree of the tests' preset."""
    for directory in (pathlib.Path(PaddockServer.bin_directory), ROOT / "build-dev" / "bin", ROOT / "build" / "bin"):
        if (directory / name).exists():
            return str(directory / name)
    raise FileNotFoundError(f"{name} is not built: scripts/build dev {name}")
