# SPDX-License-Identifier: Apache-2.0
"""Certificates of every shape, made by openssl and keytool where a case wants them."""

import os
import subprocess
import tempfile

PASSWORD = "changeit"
HERE = "DNS:localhost,IP:127.0.0.1"
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


class Certificates:
    """An authority in a folder of its own; a second one is no relation of the first."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="paddock-tls-")
        for name in ("ca", "other"):
            run("openssl", "req", "-x509", *NEW_KEY, "-keyout", self.path(f"{name}.key"), "-out",
                self.path(f"{name}.crt"), "-subj", f"/CN={name}", "-days", "30")
        self.issue("server")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def issue(self, name, authority="ca", days=30, hosts=HERE):
        """NAME.crt and NAME.key; returns both paths. `hosts`: its subject alternative names."""
        with open(self.path("extensions"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={hosts}\n")
        subject = f"/O=Example/CN={name}"
        certificate, key, request = self.path(f"{name}.crt"), self.path(f"{name}.key"), self.path(f"{name}.csr")
        run("openssl", "req", *NEW_KEY, "-keyout", key, "-out", request, "-subj", subject)
        run("openssl", "x509", "-req", "-in", request, "-CA", self.path(f"{authority}.crt"), "-CAkey",
            self.path(f"{authority}.key"), "-CAcreateserial", "-extfile", self.path("extensions"), "-days", str(days),
            "-out", certificate)
        return certificate, key

    def pkcs12(self, name):
        store = self.path(f"{name}.p12")
        run("openssl", "pkcs12", "-export", "-in", self.path(f"{name}.crt"), "-inkey", self.path(f"{name}.key"),
            "-certfile", self.path("ca.crt"), "-out", store, "-passout", f"pass:{PASSWORD}")
        return store

    def jks(self, name):
        """A key store as keytool makes it."""
        store = self.path(f"{name}.jks")
        run("keytool", "-importkeystore", "-srckeystore", self.pkcs12(name), "-srcstoretype", "PKCS12",
            "-srcstorepass", PASSWORD, "-destkeystore", store, "-deststoretype", "JKS", "-deststorepass", PASSWORD)
        return store

    def trust_store(self, kind):
        store = self.path(f"trust.{kind.lower()}")
        run("keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", self.path("ca.crt"), "-keystore", store,
            "-storetype", kind, "-storepass", PASSWORD)
        return store

    def password_file(self):
        with open(self.path("password"), "w", encoding="ascii") as file:
            file.write(PASSWORD + "\n")
        return file.name
