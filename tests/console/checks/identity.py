# SPDX-License-Identifier: Apache-2.0
"""Who looks: a stranger, an operator with a password, a token or a certificate. It is kept nowhere."""

import json

from browser import Page
from cases.admin_security import STRANGERS, SecureAdmin, ask, digest_id
from cases.jwt import TokenServer, claims
from certificates import Certificates
from console import ConsoleServer, address, assert_quiet, check, click, fill, is_offered, sign_in, submit
from harness.servers import free_port
from support import AdminServer, directory
from tokens import Signer, write_keys

OPERATOR = {**STRANGERS, "paddock.admin.operators": digest_id("olga", "o-secret"),
            "paddock.admin.readers": digest_id("olga", "o-secret")}
KEPT = "JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])"


@check
def password_by_keyboard(browser):
    """A stranger looks only; an operator signs in by keyboard, changes a limit, and is forgotten with the page"""
    with ConsoleServer(OPERATOR) as server, Page(browser) as page:
        page.open(address(server, "tree:/"))
        page.until_shown("sign in first")
        page.open(address(server, "overview"))
        page.until_shown("stands alone")
        assert not is_offered(page, "Drain…")
        page.open(address(server, "limits"))
        page.until_shown("sign in first")
        page.run("document.getElementById('who').focus()")
        page.press("Enter")
        page.until("document.activeElement?.name === 'user'", "the first field has the focus")
        page.write("olga")
        page.press("Tab")
        page.write("o-secret")
        page.press("Enter")
        page.until_shown("digest:olga")
        page.until_shown("No limits")
        click(page, "Add a limit…")
        fill(page, "name", "batch")
        fill(page, "match", "nobody")
        submit(page)
        page.until_shown("expected any")
        fill(page, "match", "digest:batch:*")
        fill(page, "requests_per_second", "2000")
        submit(page)
        page.until_shown("digest:batch:*")
        status, _, text = ask(server, "/admin/limits", headers={"Authorization": "digest olga:o-secret"})
        assert status == 200 and json.loads(text)["limits"][0]["limit"]["requests_per_second"] == 2000, text
        assert page.run(KEPT) == '[0,0,""]'
        page.call("Page.reload")
        page.until_shown("Sign in")
        page.until_shown("sign in first")
        assert_quiet(page, server, ["400", "401", "409"])


@check
def wrong_password(browser):
    """A wrong password is no identity that may change anything; who signs out is a stranger again"""
    with ConsoleServer(OPERATOR) as server, Page(browser) as page:
        page.open(address(server))
        page.until_shown("stands alone")
        sign_in(page, "olga", "wrong")
        page.until("!document.getElementById('dialog').open || !document.querySelector('#dialog .error').hidden", "an answer")
        assert not is_offered(page, "Drain…")
        page.open(address(server))
        page.press("Escape")
        sign_in(page, "olga", "o-secret")
        page.until("[...document.querySelectorAll('button')].some((one) => one.textContent === 'Drain…')", "what she may")
        sign_in(page)
        page.until("document.getElementById('who').textContent === 'Sign in'", "she has signed out")
        page.until("![...document.querySelectorAll('button')].some((one) => one.textContent === 'Drain…')", "it is gone")


class TokenAdmin(AdminServer, TokenServer):
    def __init__(self, folder, config):
        TokenServer.__init__(self, folder)
        self.admin_port = free_port()
        self.config.update({"admin.enableServer": "true", "admin.serverAddress": "127.0.0.1",
                            "admin.serverPort": str(self.admin_port), **config})


@check
def token(browser):
    """An operator signs in with a token; one of another issuer is refused"""
    with directory() as folder:
        good, other = Signer("ES256", "one"), Signer("ES256", "one")
        write_keys(f"{folder}/keys.json", good)
        config = {**STRANGERS, "paddock.admin.operators": "jwt:olga"}
        with TokenAdmin(folder, config) as server, Page(browser) as page:
            page.open(address(server))
            page.until_shown("stands alone")
            sign_in(page, token=other.token(**claims("olga")))
            page.until("!document.querySelector('#dialog .error').hidden", "the refusal")
            assert not is_offered(page, "Drain…")
            fill(page, "token", good.token(**claims("olga")))
            submit(page)
            page.until_shown("jwt:olga")
            page.until_shown("Drain…")
            assert page.run(KEPT) == '[0,0,""]'
            assert_quiet(page, server, ["401", "403"])


@check
def certificate(browser):
    """Over TLS the browser's certificate says who an operator is, without signing in"""
    certificates = browser.certificates
    assert isinstance(certificates, Certificates)
    config = {**STRANGERS, "paddock.admin.clientAuth": "want", "paddock.admin.operators": "x509:CN=client,O=Example"}
    with SecureAdmin(certificates, config) as server, Page(browser) as page:
        page.open(address(server, scheme="https"))
        page.until_shown("x509:CN=client,O=Example")
        page.until_shown("Drain…")
        assert_quiet(page, server)
