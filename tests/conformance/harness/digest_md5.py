# SPDX-License-Identifier: Apache-2.0
"""A client of DIGEST-MD5 (RFC 2831) that can be made to say anything."""

import hashlib
import re


def directives(challenge):
    """What a server's challenge says, by name."""
    text = challenge.decode()
    return {name: quoted or plain for name, quoted, plain in re.findall(r'([\w-]+)=(?:"([^"]*)"|([^,]*))', text)}


def answer(challenge, user, password, realm="zk-sasl-md5", authzid=None, uri="zookeeper/zk-sasl-md5"):
    def md5(data):
        return hashlib.md5(data).digest()

    nonce, own = directives(challenge)["nonce"], "0123456789"
    a1 = md5(f"{user}:{realm}:{password}".encode()) + f":{nonce}:{own}".encode()
    if authzid is not None:
        a1 += f":{authzid}".encode()
    parts = [md5(a1).hex(), nonce, "00000001", own, "auth", md5(f"AUTHENTICATE:{uri}".encode()).hex()]
    said = [f'charset=utf-8,username="{user}",realm="{realm}",nonce="{nonce}",nc=00000001,cnonce="{own}"',
            f'digest-uri="{uri}",maxbuf=65536,response={md5(":".join(parts).encode()).hex()},qop=auth']
    if authzid is not None:
        said.append(f'authzid="{authzid}"')
    return ",".join(said).encode()
