# SPDX-License-Identifier: Apache-2.0
"""Clients with their sessions, requests, limits and configuration; a server that has gone."""

from browser import Page
from cases.admin_api import get, post
from console import ConsoleServer, address, assert_quiet, check, click, fill, go, session_of, submit, until_closed
from harness import wire
from support import until


@check
def sessions(browser):
    """Each session is shown with what it asks for; one is found by the filter, and its connection is closed"""
    with ConsoleServer() as server, Page(browser) as page:
        one, other = session_of(server), session_of(server)
        page.open(address(server, "clients"))
        for session in (one, other):
            page.until_shown(hex(session.session))
        page.run("document.querySelector('input[type=search]').focus()")
        page.write(hex(one.session))
        page.until("document.querySelectorAll('tbody tr').length === 1", "only what is looked for")
        assert hex(one.session) in page.text()
        click(page, "Close…")
        page.until_shown(f"Close the connection of session {hex(one.session)}?")
        submit(page)
        until_closed(page)
        one.receive_until_closed(15)
        assert other.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
        other.close()
        assert_quiet(page, server)


@check
def requests(browser):
    """Slow operations are shown with where their time went, and the busiest paths and sessions"""
    with ConsoleServer({"paddock.slowOperationThresholdMs": "100"}) as server, Page(browser) as page:
        session = session_of(server)
        assert session.call(wire.CREATE, wire.create("/busy", "x"))["err"] == 0
        for _ in range(1000):
            session.call(wire.GET_DATA, wire.path_watch("/busy"))
        # Who may ask twice a second is slow without any clock of ours.
        post(server, "limits", {"name": "slow", "match": "path:/slow", "requests_per_second": 2})
        for _ in range(3):
            session.call(wire.EXISTS, wire.path_watch("/slow"))
        page.open(address(server, "requests"))
        page.until("[...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('/slow') && "
                   "row.textContent.includes('exists'))", "the slow one")
        page.until_shown("/busy")
        go(page, "limits")
        page.until_shown("path:/slow")
        go(page, "clients")
        page.until("[...document.querySelectorAll('section')].some((one) => one.textContent.includes('Busiest sessions') && "
                   f"one.textContent.includes({hex(session.session)!r}))", "the busiest session")
        session.close()
        assert_quiet(page, server)


@check
def limits(browser):
    """A limit is added, changed and removed; it is in force at once"""
    with ConsoleServer() as server, Page(browser) as page:
        page.open(address(server, "limits"))
        page.until_shown("No limits")
        click(page, "Add a limit…")
        fill(page, "name", "all")
        fill(page, "match", "any")
        fill(page, "sessions", "5")
        submit(page)
        until_closed(page)
        page.until_shown("of 5")
        click(page, "Change…")
        fill(page, "sessions", "7")
        submit(page)
        until_closed(page)
        page.until_shown("of 7")
        assert get(server, "limits")[1]["limits"][0]["limit"]["sessions"] == 7
        click(page, "Remove…")
        submit(page)
        page.until_shown("No limits")
        assert get(server, "limits")[1]["limits"] == []
        assert_quiet(page, server)


@check
def configuration(browser):
    """Settings are found, the log level is set, the configuration is read again; a server that has gone is told"""
    with ConsoleServer({"paddock.slowOperationThresholdMs": "123"}) as server, Page(browser) as page:
        page.open(address(server, "configuration"))
        page.until_shown("paddock.slowOperationThresholdMs")
        page.run("document.querySelector('input[type=search]').focus()")
        page.write("SLOWoperation")
        page.until("document.querySelectorAll('tbody tr').length === 1", "only what is looked for")
        assert "123" in page.text()
        page.run("document.getElementById('level').focus()")
        page.run("(() => { const level = document.getElementById('level'); level.value = 'debug'; "
                 "level.dispatchEvent(new Event('change')); })()")
        until(lambda: get(server, "log-level")[1]["level"] == "debug", "the level")
        click(page, "Reload…")
        submit(page)
        page.until_shown("limits of clients are in force")
        click(page, "Close", "#dialog")
        until_closed(page)
        assert_quiet(page, server)
        server.process.kill()
        page.until_shown("The server does not answer.")
        page.until_shown("no answer")
