#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kazoo with GSSAPI, in a process of its own because Kerberos reads the process's environment.

    kerberos_client.py HOST:PORT create PATH    with an ACL of the client's own identity
    kerberos_client.py HOST:PORT get PATH
    kerberos_client.py HOST:PORT get PATH NAME  that asks to be somebody else

Prints "ok", what it got, or the name of the exception.
"""

import sys

from kazoo.client import KazooClient
from kazoo.security import ACL, Id


def main():
    address, action, path, *wanted = sys.argv[1:]
    options = {"mechanism": "GSSAPI", "qops": (b"auth",)}
    if wanted:
        options["authorization_id"] = wanted[0]
    client = KazooClient(address, sasl_options=options, timeout=30)
    try:
        client.start(timeout=15)
        if action == "create":
            client.create(path, b"secret", [ACL(31, Id("auth", ""))])
            print("ok", client.get_acls(path)[0][0].id.id)
        else:
            print("ok", client.get(path)[0].decode())
    except Exception as error:
        print(type(error).__name__)
    finally:
        client.stop()
        client.close()


main()
