#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What Kubernetes 1.20 lacks and manifests of today ask for: policy/v1 and discovery.k8s.io/v1, as an aggregated API that
says the same to the cluster's v1beta1, in the name of who has asked.

    newer_apis.py KUBECONFIG ADDRESS PORT CERTIFICATE KEY AUTHORITY_OF_THE_FRONT
"""

import http.client
import http.server
import json
import re
import ssl
import sys

from dns import Api

PATH = re.compile(r"/apis/(policy|discovery\.k8s\.io)/v1(/.*|\?.*|)$")
TO_OLD = re.compile(rb'("apiVersion"\s*:\s*"(?:policy|discovery\.k8s\.io)/v1)"')
TO_NEW = re.compile(rb'((?:policy|discovery\.k8s\.io)/v1)beta1"')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api = None

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match = PATH.match(self.path)
        if match is None:
            self.send_whole(404, b"{}")
            return
        group, rest = match.groups()
        is_about_resources = rest.partition("?")[0].strip("/") != ""
        response = self.ask(f"/apis/{group}/v1beta1{rest}", is_about_resources, TO_OLD.sub(rb'\1beta1"', body))
        if "watch=" in rest and response.status == 200:
            self.send_lines(response)
            return
        text = TO_NEW.sub(rb'\1"', response.read())
        self.send_whole(response.status, text if is_about_resources else without_security_policies(text))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def ask(self, path, is_about_resources, body):
        connection = http.client.HTTPSConnection(self.api.url.hostname, self.api.url.port, context=self.api.tls, timeout=3600)
        connection.putrequest(self.command, path)
        connection.putheader("Accept", "application/json")
        if self.headers.get("Content-Type"):
            connection.putheader("Content-Type", self.headers["Content-Type"])
        user = self.headers.get("X-Remote-User")
        # The server's own questions are about what there is.
        if user and user != "system:apiserver" and is_about_resources:
            connection.putheader("Impersonate-User", user)
            for one in self.headers.get_all("X-Remote-Group") or []:
                connection.putheader("Impersonate-Group", one)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse()

    def send_whole(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def send_lines(self, response):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in response:
            told = TO_NEW.sub(rb'\1"', line)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(told), told))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


def without_security_policies(text):
    """The list of resources, as v1 has it."""
    found = json.loads(text)
    found["resources"] = [one for one in found["resources"] if not one["name"].startswith("podsecurity")]
    return json.dumps(found).encode()


def main():
    kubeconfig, address, port, certificate, key, front = sys.argv[1:]
    Handler.api = Api(kubeconfig)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    tls.load_verify_locations(front)
    # Names of users are believed of the API server alone.
    tls.verify_mode = ssl.CERT_REQUIRED
    server = http.server.ThreadingHTTPServer((address, int(port)), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
