# SPDX-License-Identifier: Apache-2.0
"""Looks at every port of the secure ensemble as a stranger: nobody gets anything without TLS, nor is a client a server.

usage: look.py FOLDER SERVERS PORT…     ports by kind: all client ports, all quorum ports, and so on
"""

import http.client
import pathlib
import socket
import ssl
import sys

SECONDS = 10
KINDS = ("clients", "servers", "election", "admin", "metrics")
PLAIN = (b"ruok", b"mntr", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
         # A session, as ZooKeeper's clients ask for one.
         bytes.fromhex("0000002d" "00000000" "0000000000000000" "00007530" "0000000000000000" "00000010") + bytes(17))


def plain_answer(port, sent):
    """All that comes back."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as plain:
        try:
            plain.sendall(sent)
            plain.shutdown(socket.SHUT_WR)
            while chunk := plain.recv(4096):
                answer += chunk
        except ConnectionResetError:
            pass
    return answer


def says_nothing(answer):
    """Nothing, that there was no TLS, or over HTTP the same in words."""
    is_alert = answer[:1] == b"\x15" and len(answer) == 7
    return answer == b"" or is_alert or (answer.startswith(b"HTTP/1.1 400") and b"speaks HTTPS only" in answer)


def is_let_in(folder, port, identity):
    """Whether TLS stands with a client of this certificate at a port of the servers."""
    context = ssl.create_default_context(cafile=folder / "servers.crt")
    context.load_cert_chain(folder / f"{identity}.crt", folder / f"{identity}.key")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(b"x")
                secure.recv(1)
                return True
    except (ssl.SSLError, ConnectionError):
        return False


def status(folder, port, method, path, headers=None, identity=None):
    """Of an answer over HTTPS; None if TLS does not come to stand."""
    context = ssl.create_default_context(cafile=folder / "servers.crt")
    if identity:
        context.load_cert_chain(folder / f"{identity}.crt", folder / f"{identity}.key")
    connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=context)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
    except (ssl.SSLError, ConnectionError):
        return None
    answer.read()
    return answer.status


def check(what, is_so):
    if not is_so:
        sys.exit(f"quickstart: {what}: not refused")


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    given = [int(port) for port in sys.argv[3:]]
    ports = {kind: given[i * count:(i + 1) * count] for i, kind in enumerate(KINDS)}
    for kind, of_kind in ports.items():
        for port in of_kind:
            for sent in PLAIN:
                check(f"plain words to port {port} ({kind})", says_nothing(plain_answer(port, sent)))
    print(f"    {'plain words to each of the ' + str(len(given)) + ' ports':<44} nothing is answered")
    for port in ports["servers"] + ports["election"]:
        for identity in ("app", "admin", "stranger"):
            check(f"the certificate of {identity} at port {port}", not is_let_in(folder, port, identity))
    print(f"    {'clients certificates at the ports of servers':<44} no link is made")
    name, _, value = (folder / "operator.header").read_text().partition(": ")
    for port in ports["admin"]:
        for method, path in (("GET", "/commands/configuration"), ("GET", "/commands/stat_reset"),
                             ("POST", "/admin/transfer-leader")):
            check(f"{path} at port {port}", status(folder, port, method, path) == 401)
        if status(folder, port, "GET", "/commands/configuration", {name: value}) != 200:
            sys.exit("quickstart: the operator is refused")
    print(f"    {'an operator without the password':<44} 401; with it 200")
    for port in ports["metrics"]:
        check(f"metrics at port {port}", status(folder, port, "GET", "/metrics") is None)
        if status(folder, port, "GET", "/metrics", identity="app") != 200:
            sys.exit("quickstart: there are no metrics")
    print(f"    {'metrics without a certificate':<44} no TLS; with one 200")


main()
