# SPDX-License-Identifier: Apache-2.0
"""The tree: browse, watch live, change what may be changed, and be told what may not."""

from browser import Page
from cases.admin_security import STRANGERS, digest_id
from console import (ConsoleServer, address, assert_quiet, check, click, fill, go, has_child, is_offered,
                     session_of, sign_in, submit, until_closed, until_heading)
from harness import wire

MARKUP = "<img src=x onerror=alert(1)>"


def made(server, *nodes):
    """A session that has made znodes: pairs of path and data."""
    session = session_of(server)
    for path, data in nodes:
        assert session.call(wire.CREATE, wire.create(path, data))["err"] == 0, path
    return session


def data_of(session, path):
    return session.call(wire.GET_DATA, wire.path_watch(path)).get("data")


@check
def live(browser):
    """What another client does is seen without being asked for: data, children, and that a znode has gone"""
    with ConsoleServer() as server, Page(browser) as page:
        session = made(server, ("/apps", ""), ("/apps/orders", '{"replicas": 3}'))
        page.open(address(server, "tree:/apps/orders"))
        page.until_shown('{"replicas": 3}')
        assert session.call(wire.SET_DATA, wire.set_data("/apps/orders", '{"replicas": 5}', -1))["err"] == 0
        page.until_shown('{"replicas": 5}')
        assert session.call(wire.CREATE, wire.create("/apps/orders/new", "x"))["err"] == 0
        page.until(has_child("new"), "the child of another client")
        for path in ("/apps/orders/new", "/apps/orders"):
            assert session.call(wire.DELETE, wire.path_version(path))["err"] == 0
        page.until_shown("there is no such znode")
        click(page, "↑ up", ".children")
        until_heading(page, "/apps")
        session.close()
        assert_quiet(page, server, ["404"])  # The browser's own line.


@check
def changes(browser):
    """A znode is edited, a child of it created and deleted; what was changed meanwhile is not overwritten"""
    with ConsoleServer() as server, Page(browser) as page:
        session = made(server, ("/orders", "one"))
        page.open(address(server, "tree:/orders"))
        page.until_shown("Version")
        click(page, "Edit data…")
        fill(page, "data", '{"replicas": 7}\n')
        submit(page)
        page.until_shown('{"replicas": 7}')
        until_closed(page)
        assert data_of(session, "/orders") == '{"replicas": 7}\n'
        click(page, "Edit data…")
        assert session.call(wire.SET_DATA, wire.set_data("/orders", "theirs", -1))["err"] == 0
        fill(page, "data", "ours")
        submit(page)
        page.until("!document.querySelector('#dialog .error').hidden", "the refusal")
        assert data_of(session, "/orders") == "theirs"
        click(page, "Cancel")
        page.until_shown("theirs")
        click(page, "Create child…")
        fill(page, "name", "new")
        submit(page)
        page.until(has_child("new"), "the child")
        until_closed(page)
        click(page, "new", ".children")
        until_heading(page, "/orders/new")
        click(page, "Delete…")
        page.until_shown("Delete /orders/new?")
        submit(page)
        until_heading(page, "/orders")
        page.until(f"!{has_child('new')}", "it is gone")
        session.close()
        assert_quiet(page, server, ["409"])


@check
def left_in_between(browser):
    """Who goes elsewhere with a dialog open changes nothing, and an answer that comes late moves nobody"""
    with ConsoleServer() as server, Page(browser) as page:
        session = made(server, ("/one", ""), ("/two", ""), ("/two/child", ""))
        page.open(address(server, "tree:/one"))
        until_heading(page, "/one")
        go(page, "tree:/two/child")
        until_heading(page, "/two/child")
        click(page, "Delete…")
        page.until_shown("Delete /two/child?")
        page.run("history.back()")
        until_heading(page, "/one")
        assert not page.run("document.getElementById('dialog').open"), "it asks about another znode than is shown"
        assert session.call(wire.EXISTS, wire.path_watch("/two/child"))["err"] == 0
        go(page, "tree:/two/child")
        until_heading(page, "/two/child")
        click(page, "Delete…")
        # In one turn of the page: what is sent, and on to another znode before its answer.
        page.run("document.querySelector('#dialog form button:not([type])').click(); location.hash = '#tree:/one'")
        until_closed(page)
        until_heading(page, "/one")
        page.run("new Promise((done) => setTimeout(done, 1000))")
        until_heading(page, "/one")
        assert page.run("location.hash") == "#tree:/one"
        assert session.call(wire.EXISTS, wire.path_watch("/two/child"))["err"] != 0
        session.close()


@check
def strange_content(browser):
    """Bytes are shown as such, markup stays text, and names of any kind can be gone to"""
    with ConsoleServer() as server, Page(browser) as page:
        names = (MARKUP, "50% off", "a:b", "café ☕", "#hash?query&x=1")
        session = made(server, ("/apps", ""), ("/bytes", b"\0\1\xff"), *((f"/apps/{name}", f"of {name}") for name in names))
        page.open(address(server, "tree:/bytes"))
        page.until_shown("00 01 ff")
        for name in names:
            go(page, "tree:/apps")
            until_heading(page, "/apps")
            click(page, name, ".children")
            until_heading(page, f"/apps/{name}")
            page.until_shown(f"of {name}")
        assert page.run("document.querySelector('main img')") is None
        session.close()
        assert_quiet(page, server)


@check
def permissions(browser):
    """A stranger may look only; an operator is refused what the ACL refuses, and is told so"""
    config = {**STRANGERS, "paddock.admin.operators": digest_id("olga", "o-secret")}
    with ConsoleServer(config) as server, Page(browser) as page:
        session = session_of(server)
        for path, perms in (("/free", 31), ("/fixed", 1), ("/secret", 16)):
            body = wire.create(path, "content", acl=[(perms, "world", "anyone")])
            assert session.call(wire.CREATE, body)["err"] == 0, path
        page.open(address(server, "tree:/free"))
        page.until_shown("You may look only")
        assert not any(is_offered(page, name) for name in ("Edit data…", "Create child…", "Delete…"))
        sign_in(page, "olga", "o-secret")
        page.until_shown("digest:olga")
        until_heading(page, "/free")
        click(page, "Edit data…")
        fill(page, "data", "changed")
        submit(page)
        page.until_shown("changed")
        until_closed(page)
        go(page, "tree:/fixed")
        until_heading(page, "/fixed")
        click(page, "Edit data…")
        fill(page, "data", "changed")
        submit(page)
        refusal = page.until("document.querySelector('#dialog .error:not([hidden])')?.textContent", "the refusal")
        assert "permi" in refusal.lower() or "ACL" in refusal, refusal
        assert data_of(session, "/fixed") == "content"
        click(page, "Cancel")
        go(page, "tree:/secret")
        until_heading(page, "/secret")
        page.until("document.querySelector('.detail .empty') !== null", "it is told")
        assert "content" not in page.run("document.querySelector('.detail').textContent")
        session.close()
        assert_quiet(page, server, ["401", "403"])
