# SPDX-License-Identifier: Apache-2.0
"""Signed tokens and the key sets that say who may sign them, made by openssl."""

import base64
import json
import os
import re
import subprocess
import tempfile


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True, timeout=60).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """An issuer with one key, RS256 or ES256."""

    def __init__(self, algorithm="ES256", name="one"):
        self.algorithm, self.name = algorithm, name
        kind = ("EC", "ec_paramgen_curve:P-256") if algorithm == "ES256" else ("RSA", "rsa_keygen_bits:2048")
        self.key = openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1])

    def jwk(self):
        common = {"kid": self.name, "use": "sig", "alg": self.algorithm}
        if self.algorithm == "ES256":
            point = openssl("pkey", "-pubout", "-outform", "DER", data=self.key)[-64:]
            return {"kty": "EC", "crv": "P-256", "x": base64url(point[:32]), "y": base64url(point[32:]), **common}
        modulus = openssl("rsa", "-noout", "-modulus", data=self.key).decode().strip().split("=")[1]
        return {"kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB", **common}

    def token(self, **claims):
        parts = [base64url(json.dumps(part).encode())
                 for part in ({"alg": self.algorithm, "kid": self.name, "typ": "JWT"}, claims)]
        text = ".".join(parts)
        with tempfile.NamedTemporaryFile() as key:
            key.write(self.key)
            key.flush()
            signature = openssl("dgst", "-sha256", "-sign", key.name, data=text.encode())
        if self.algorithm == "ES256":
            listing = openssl("asn1parse", "-inform", "DER", data=signature).decode()
            signature = b"".join(bytes.fromhex(number.zfill(64))
                                 for number in re.findall(r"INTEGER\s+:([0-9A-F]+)", listing))
        return f"{text}.{base64url(signature)}"


def write_keys(path, *signers):
    """Replaces the file in one step."""
    with open(path + ".next", "w", encoding="ascii") as file:
        json.dump({"keys": [signer.jwk() for signer in signers]}, file)
    os.replace(path + ".next", path)
