# SPDX-License-Identifier: Apache-2.0
"""A Kerberos realm of its own on loopback: a folder with its configuration, key tables and a running KDC."""

import contextlib
import os
import subprocess
import tempfile

import jaas
from harness.servers import free_port
from support import until

REALM = "PADDOCK.TEST"
SERVICE = "zookeeper/localhost"


class Realm:
    """Its files are only in its folder: the machine's own Kerberos is neither read nor changed."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="paddock-kerberos-")
        self.port = free_port()
        self.environment = {"KRB5_CONFIG": self.path("krb5.conf"), "KRB5_KDC_PROFILE": self.path("kdc.conf")}
        jaas.write(self.path("krb5.conf"), f"""
[libdefaults]
  default_realm = {REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:{self.port}
  }}
""")
        jaas.write(self.path("kdc.conf"), f"""
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:{self.port}
[realms]
  {REALM} = {{
    database_name = {self.path("principals")}
    key_stash_file = {self.path("stash")}
    max_life = 1h
  }}
[logging]
  kdc = FILE:{self.path("kdc.log")}
""")
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        self.key_table(SERVICE)
        self.kdc = subprocess.Popen(["/usr/sbin/krb5kdc", "-n", "-r", REALM], env={**os.environ, **self.environment},
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.answers, "an answer of the KDC")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kdc.terminate()
        self.kdc.wait()
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run(self, program, *arguments, **environment):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", **self.environment,
                                   **environment})
        assert done.returncode == 0, f"{program} {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def key_table(self, principal, name=None):
        """Adds a principal, whose key is then in a table; returns its path."""
        table = self.path(name or principal.replace("/", "_") + ".keytab")
        self.run("kadmin.local", "-r", REALM, "-q", f"addprinc -randkey {principal}")
        self.run("kadmin.local", "-r", REALM, "-q", f"ktadd -k {table} {principal}")
        return table

    def ticket(self, principal, table, *options):
        """A cache with a ticket of the principal, as a client finds it in its environment."""
        cache = self.path(principal.replace("/", "_") + ".cache")
        self.run("kinit", *options, "-c", cache, "-k", "-t", table, principal)
        return {**self.environment, "KRB5CCNAME": f"FILE:{cache}"}

    def answers(self):
        with contextlib.suppress(AssertionError):
            self.ticket(SERVICE, self.path("zookeeper_localhost.keytab"))
            return True
        return False

    def server_section(self, table=None, principal=f"{SERVICE}@{REALM}"):
        return jaas.section("Server", jaas.KERBEROS_MODULE, {
            "useKeyTab": "true", "storeKey": "true", "useTicketCache": "false", "principal": principal,
            "keyTab": table or self.path("zookeeper_localhost.keytab")})

    def client_section(self, principal, table):
        return jaas.section("Client", jaas.KERBEROS_MODULE, {
            "useKeyTab": "true", "storeKey": "true", "useTicketCache": "false", "principal": f"{principal}@{REALM}",
            "keyTab": table})
