# SPDX-License-Identifier: Apache-2.0
"""ZooKeeper's own zkCli, from Debian's package, with a JAAS file and other properties of Java."""

import subprocess

ZKCLI = ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
CLASSES = ["-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar",
           "org.apache.zookeeper.ZooKeeperMain"]


def zkcli(server, *command, host="127.0.0.1", **properties):
    """What one command prints, errors and warnings too."""
    flags = [f"-D{name.replace('_', '.')}={value}" for name, value in properties.items()]
    done = subprocess.run([*ZKCLI, *flags, *CLASSES, "-server", f"{host}:{server.port}", *command], text=True,
                          capture_output=True, timeout=60, check=False)
    return done.stdout + done.stderr
