# SPDX-License-Identifier: Apache-2.0
"""The same lines typed into zkCli.sh and into `paddock`, on two fresh Apache servers: what scripts read must
be equal. Compared as sets of lines, because both print events beside the commands' own output."""

import os
import re
import subprocess

ZKCLI = ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
         "-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar",
         "org.apache.zookeeper.ZooKeeperMain", "-server"]
SECONDS = 120

BLANKS = [
    (r"\b(cZxid|mZxid|pZxid|ephemeralOwner) = 0x[1-9a-f][0-9a-f]*", r"\1 = Z"),
    (r"\b(ctime|mtime) = .*", r"\1 = T"),
    (r"\[zk: [^]]*\] ?", ""),
    (r" zxid: -?\d+", ""),
]

# Lines that only one of them prints, with the reason.
ONLY_ZKCLI = [
    (r"Connecting to .*|Welcome to ZooKeeper!|JLine support is (enabled|disabled)", "its greeting"),
    (r"ZooKeeper CLI version: .*", "its version"),
    (r"WatchedEvent state:Closed .*", "we end the session after the last event was printed"),
    (r"WATCHER::", "one less, for that event"),
    (r"org\.apache\.commons\.cli\.AlreadySelectedException: .*", "we take -N and -B together"),
    (r"quota for /z/a does not exist\.", "so for us there is a quota to list"),
]
ONLY_OURS = [
    (r"  \S.*", "a hint that says what to do"),
    (r"Paddock CLI version: .*", "our version"),
    (r"Output (quota|stat) for /z/a .*", "we take -N and -B together"),
]


def _lines(command, script, environment=None):
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=SECONDS,
                          check=False, env=environment or os.environ)
    lines = []
    for line in (done.stdout + done.stderr).splitlines():
        for pattern, blank in BLANKS:
            line = re.sub(pattern, blank, line)
        if line.strip():
            lines.append(line.rstrip())
    return lines


def _missing(lines, others, excuses):
    rest = list(others)
    missing = []
    for line in lines:
        if line in rest:
            rest.remove(line)
        elif not any(re.fullmatch(pattern, line) for pattern, _ in excuses):
            missing.append(line)
    return missing


def differences(zkcli_server, paddock_server, paddock, script):
    ours = _lines([paddock, "--server", paddock_server.connect_string], script)
    theirs = _lines([*ZKCLI, zkcli_server.connect_string], script)
    return ([f"only zkCli.sh prints: {line}" for line in _missing(theirs, ours, ONLY_ZKCLI)] +
            [f"only paddock prints: {line}" for line in _missing(ours, theirs, ONLY_OURS)])
