#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""zkCli fed with zkcli.txt. Prints its output with zxids, times, session ids and ports blanked.

Usage: zkcli.py HOST:PORT
"""

import pathlib
import re
import subprocess
import sys

COMMANDS = pathlib.Path(__file__).resolve().parent / "zkcli.txt"
BLANKS = [
    (r"\b(cZxid|mZxid|pZxid|ephemeralOwner) = 0x[1-9a-f][0-9a-f]*", r"\1 = Z"),
    (r"\b(ctime|mtime) = .*", r"\1 = T"),
    (r"127\.0\.0\.1:\d+", "SERVER"),
    (r"\[zk: SERVER\(\w+\) \d+\] ?", ""),
    (r"zxid: -?\d+", "zxid: Z"),
]
# The shell ends while its event thread may or may not have told of the close.
ENDING = ("WATCHER::", "WatchedEvent state:Closed type:None path:null")


def main():
    done = subprocess.run(
        ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
         "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar", "org.apache.zookeeper.ZooKeeperMain",
         "-server", sys.argv[1]],
        stdin=open(COMMANDS, encoding="utf-8"), capture_output=True, text=True, timeout=120, check=False)
    # The order of a watcher's lines and of the command's own is not fixed, so all are compared as a set.
    lines = []
    for line in (done.stdout + done.stderr).splitlines():
        for pattern, blank in BLANKS:
            line = re.sub(pattern, blank, line)
        lines.append(line.rstrip())
    print("\n".join(sorted(line for line in lines if line and line not in ENDING)))
    return done.returncode


sys.exit(main())
