# SPDX-License-Identifier: Apache-2.0
"""JAAS files, as servers and Java's clients read them."""

DIGEST_MODULE = "org.apache.zookeeper.server.auth.DigestLoginModule"
KERBEROS_MODULE = "com.sun.security.auth.module.Krb5LoginModule"


def section(name, module, options):
    lines = "\n".join(f'    {key}="{value}"' for key, value in options.items())
    return f"{name} {{\n  {module} required\n{lines};\n}};\n"


def users(name="Server", **passwords):
    """A server's section for DIGEST-MD5."""
    return section(name, DIGEST_MODULE, {f"user_{user}": password for user, password in passwords.items()})


def user(name, password):
    """A client's."""
    return section("Client", DIGEST_MODULE, {"username": name, "password": password})


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path
