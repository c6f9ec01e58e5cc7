# SPDX-License-Identifier: Apache-2.0
"""The files of the web console: what they may load, and how they are kept."""

from cases.admin_security import STRANGERS, ask
from support import AdminServer
from . import case


@case
def files():
    """The page and its files are told apart, kept by their tags, and allowed to load nothing from elsewhere"""
    with AdminServer(STRANGERS) as server:
        status, headers, text = ask(server, "/console/")
        assert status == 200 and "<title>Paddock</title>" in text
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy, policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        again = ask(server, "/console/", headers={"If-None-Match": headers["ETag"]})
        assert again[0] == 304 and again[2] == "", again
        assert ask(server, "/console/app.js")[1]["Content-Type"].startswith("text/javascript")
        assert ask(server, "/console")[1]["Location"] == "/console/"
        for path in ("/console/../admin/config", "/console/nothing", "/consolex", "/console/%2e%2e/x"):
            assert ask(server, path)[0] == 404, path
        assert ask(server, "/console/", "POST")[0] == 405
