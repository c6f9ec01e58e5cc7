# SPDX-License-Identifier: Apache-2.0
"""ZooKeeper's own zkCli, from Debian's package, with a JAAS file and other properties of Java."""

import subprocess

from certificates import PASSWORD

ZKCLI = ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
NETTY = "buffer codec common handler resolver transport transport-native-epoll transport-native-unix-common".split()
JARS = ["zookeeper", "slf4j-simple", *(f"netty-{part}" for part in NETTY)]
CLASSES = ["-cp", ":".join(f"/usr/share/java/{jar}.jar" for jar in JARS), "org.apache.zookeeper.ZooKeeperMain"]


def zkcli(server, *command, host="127.0.0.1", port=None, **properties):
    """What one command prints, errors and warnings too."""
    flags = [f"-D{name.replace('_', '.')}={value}" for name, value in properties.items()]
    done = subprocess.run([*ZKCLI, *flags, *CLASSES, "-server", f"{host}:{port or server.port}", *command], text=True,
                          capture_output=True, timeout=60, check=False)
    return done.stdout + done.stderr


def tls(certificates, name):
    """The properties with which Java's client speaks TLS, by stores in Java's own format."""
    return {"zookeeper_client_secure": "true",
            "zookeeper_clientCnxnSocket": "org.apache.zookeeper.ClientCnxnSocketNetty",
            "zookeeper_ssl_keyStore_location": certificates.jks(name),
            "zookeeper_ssl_keyStore_password": PASSWORD,
            "zookeeper_ssl_trustStore_location": certificates.trust_store("JKS"),
            "zookeeper_ssl_trustStore_password": PASSWORD}
