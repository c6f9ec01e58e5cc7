# SPDX-License-Identifier: Apache-2.0
"""The web console in Chromium: what it shows, what may be changed with it, by keyboard and on a narrow screen."""

import json
import os

from browser import Browser
from cases.admin_api import get, post
from cases.admin_security import STRANGERS, ask, digest_id
from cases.ensemble_admin import Watched
from harness import wire
from support import AdminServer, Session, until
from . import case


def address(server, section=""):
    return f"http://127.0.0.1:{server.admin_port}/console/{'#' + section if section else ''}"


def is_own(server, requests):
    """Nobody else was asked for anything."""
    own = f"http://127.0.0.1:{server.admin_port}/"
    return all(url.startswith((own, "about:", "data:")) for url in requests)


def picture(page, name):
    """For whoever changes how it looks: PADDOCK_PICTURES names a folder."""
    folder = os.environ.get("PADDOCK_PICTURES")
    if folder:
        page.picture(os.path.join(folder, name + ".png"))


def fill(page, name, value):
    page.run(f"document.querySelector('#dialog [name={name}]').value = {json.dumps(value)}")


def click(page, text, within="body"):
    page.until(f"(() => {{ const one = [...document.querySelectorAll('{within} button, {within} a')].find((one) => "
               f"one.textContent.trim() === {json.dumps(text)} && !one.disabled); one?.click(); return Boolean(one); }})()",
               f"{text!r} to be pressed")


def submit(page):
    page.run("document.querySelector('#dialog form button:not([type])').click()")


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


@case
def overview():
    """An ensemble's leader shows who is in step, with the numbers of this moment, in light and dark and at 400 px"""
    with Watched(observers=1) as servers, Browser() as page:
        server = servers.servers[servers.leader()]
        page.open(address(server))
        page.until_shown("in step")
        page.until_shown("leads")
        shown = page.text()
        assert "Requests a second" in shown and "observer" in shown, shown
        assert page.run("document.querySelectorAll('tbody tr').length") == 4
        page.until("document.querySelector('.line0').getAttribute('points')?.includes(' ')", "a line with two points")
        picture(page, "overview")
        page.look(1280, 900, dark=True)
        picture(page, "overview-dark")
        page.look(400, 800)
        assert page.run("document.documentElement.scrollWidth") <= 400
        picture(page, "overview-narrow")
        assert not page.errors, page.errors
        assert is_own(server, page.requests), page.requests


@case
def tree():
    """A znode is created, edited and deleted, and what another client does is seen without being asked for"""
    with AdminServer() as server, Browser() as page:
        session = Session(server)
        markup = "<img src=x onerror=alert(1)>"
        for path, data in (("/apps", ""), ("/apps/orders", '{"replicas": 3}'), ("/apps/bytes", b"\0\1\xff"),
                           (f"/apps/{markup}", "x")):
            assert session.call(wire.CREATE, wire.create(path, data))["err"] == 0
        page.open(address(server, "tree:/apps/orders"))
        page.until_shown('{"replicas": 3}')
        assert session.call(wire.SET_DATA, wire.set_data("/apps/orders", '{"replicas": 5}', -1))["err"] == 0
        page.until_shown('{"replicas": 5}')
        picture(page, "tree")
        click(page, "Edit data…")
        fill(page, "data", '{"replicas": 7}\n')
        submit(page)
        page.until_shown('{"replicas": 7}')
        assert session.call(wire.GET_DATA, wire.path_watch("/apps/orders"))["data"] == '{"replicas": 7}\n'
        click(page, "Create child…")
        fill(page, "name", "new")
        submit(page)
        page.until("[...document.querySelectorAll('.children a')].some((one) => one.textContent === 'new')", "the child")
        click(page, "new", ".children")
        page.until_shown("No children.")
        click(page, "Delete…")
        page.until_shown("Delete /apps/orders/new?")
        submit(page)
        page.until("document.querySelector('.detail h2').textContent.startsWith('/apps/orders') && "
                   "![...document.querySelectorAll('.children a')].some((one) => one.textContent === 'new')", "it is gone")
        page.open(address(server, "tree:/apps/bytes"))
        page.until_shown("00 01 ff")
        page.open(address(server, "tree:/apps"))
        page.until_shown(markup)
        assert page.run("document.querySelector('main img')") is None
        page.open(address(server, "tree:/none"))
        page.until_shown("there is no such znode")
        page.look(400, 800)
        page.open(address(server, "tree:/apps/orders"))
        page.until_shown("replicas")
        assert page.run("document.documentElement.scrollWidth") <= 400
        picture(page, "tree-narrow")
        # The one refusal is the browser's own line about a 404.
        assert all("404" in error for error in page.errors), page.errors
        session.close()


@case
def identities():
    """A stranger looks only, a wrong password is told, an operator signs in by keyboard and changes something"""
    config = {**STRANGERS, "paddock.admin.operators": digest_id("olga", "o-secret"),
              "paddock.admin.readers": digest_id("olga", "o-secret")}
    with AdminServer(config) as server, Browser() as page:
        page.open(address(server, "tree:/"))
        page.until_shown("sign in first")
        assert "Create child…" not in page.text()
        page.open(address(server, "overview"))
        page.until_shown("stands alone")
        assert "Drain…" not in page.text()
        page.open(address(server, "limits"))
        page.until_shown("sign in first")
        page.run("document.getElementById('who').focus()")
        page.press("Enter")
        page.until("document.activeElement?.name === 'user'", "the first field has the focus")
        page.call("Input.insertText", text="olga")
        page.press("Tab")
        page.call("Input.insertText", text="o-secret")
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
        picture(page, "limits")
        status, _, text = ask(server, "/admin/limits", headers={"Authorization": "digest olga:o-secret"})
        assert status == 200 and json.loads(text)["limits"][0]["limit"]["requests_per_second"] == 2000, text
        assert page.run("JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])") == '[0,0,""]'


@case
def sections():
    """Clients, requests and configuration show what there is; a connection is ended; a server that has gone is told"""
    with AdminServer({"paddock.slowOperationThresholdMs": "100"}) as server, Browser() as page:
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/busy", "x"))["err"] == 0
        for _ in range(1000):
            session.call(wire.GET_DATA, wire.path_watch("/busy"))
        post(server, "limits", {"name": "slow", "match": "path:/slow", "requests_per_second": 2})
        for _ in range(3):
            session.call(wire.EXISTS, wire.path_watch("/slow"))
        page.open(address(server, "requests"))
        page.until_shown("/busy")
        page.until_shown("exists")
        picture(page, "requests")
        page.open(address(server, "configuration"))
        page.until_shown("paddock.slowOperationThresholdMs")
        page.run("const level = document.getElementById('level'); level.value = 'debug'; "
                 "level.dispatchEvent(new Event('change'))")
        until(lambda: get(server, "log-level")[1]["level"] == "debug", "the level")
        page.open(address(server, "clients"))
        page.until_shown(hex(session.session))
        picture(page, "clients")
        click(page, "Close…")
        page.until_shown("Close the connection of session")
        submit(page)
        page.until("!document.getElementById('dialog').open", "it is done")
        session.receive_until_closed(15)
        assert not page.errors, page.errors
        server.process.kill()
        page.until_shown("The server does not answer.")
        picture(page, "gone")
