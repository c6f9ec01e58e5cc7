# SPDX-License-Identifier: Apache-2.0
"""The overview: the ensemble's members, the numbers of this moment, leadership and draining."""

import threading

from browser import Page
from cases.ensemble_admin import Watched
from console import ConsoleServer, address, assert_quiet, check, click, go, session_of, submit, until_closed
from harness import wire
from support import until

STANDINGS = "[...document.querySelectorAll('tbody tr')].map((row) => row.cells[2].textContent)"


class Load:
    """Reads until it is stopped, so that there is something to be drawn."""

    def __init__(self, server):
        self.server, self.stopping = server, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        session = session_of(self.server)
        while not self.stopping.wait(0.005):
            session.call(wire.EXISTS, wire.path_watch("/"))
        session.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)


@check
def members_and_charts(browser):
    """An ensemble's leader shows who is in step, a follower who leads; the charts move while there is load"""
    with Watched(observers=1) as servers, Page(browser) as page, Load(servers.servers[servers.leader()]):
        leader = servers.leader()
        server = servers.servers[leader]
        page.open(address(server))
        page.until(f"{STANDINGS}.filter((one) => one === 'in step').length === 3", "three members in step")
        assert page.run(f"{STANDINGS}.filter((one) => one === 'leads').length") == 1
        shown = page.text()
        assert f"server {leader}, leader" in shown and "observer" in shown and "Znodes" in shown, shown
        page.until("document.querySelector('.line0').getAttribute('points')?.includes(' ')", "a line with two points")
        page.until("/received [1-9]/.test(document.querySelector('.chart .now').textContent)", "requests are counted")
        assert_quiet(page, server)
        other = servers.servers[servers.others(leader, 4)[0]]
        page.requests.clear()
        page.open(address(other))
        page.until(f"{STANDINGS}.includes('leads') && {STANDINGS}.includes('ask the leader')", "what a follower knows")
        assert_quiet(page, other)


@check
def lost_member(browser):
    """A member that ends is shown as not connected, and as in step when it is back"""
    with Watched() as servers, Page(browser) as page:
        leader = servers.leader()
        gone = servers.others(leader)[0]
        page.open(address(servers.servers[leader]))
        page.until(f"{STANDINGS}.filter((one) => one === 'in step').length === 2", "two in step")
        servers.kill(gone)
        page.until(f"{STANDINGS}.includes('not connected')", "one that has gone")
        servers.start(gone)
        page.until(f"{STANDINGS}.filter((one) => one === 'in step').length === 2", "two in step again")
        assert_quiet(page, servers.servers[leader])


@check
def leadership(browser):
    """Leadership is handed over to the server that is named, and the page follows"""
    with Watched() as servers, Page(browser) as page:
        leader = servers.leader()
        heir = servers.others(leader)[-1]
        page.open(address(servers.servers[leader]))
        page.until_shown("in step")
        click(page, "Hand leadership over…")
        page.run(f"document.querySelector('#dialog [name=to]').value = '{heir}'")
        submit(page)
        until_closed(page)
        until(lambda: servers.mode(heir) == "leader", "the heir leads", 60)
        page.until_shown(f"server {leader}, follower")
        page.until("![...document.querySelectorAll('button')].some((one) => one.textContent.startsWith('Hand lead'))",
                   "a follower has nothing to hand over")


@check
def draining(browser):
    """A server is drained and takes clients again; the section that was left does not come back"""
    with ConsoleServer() as server, Page(browser) as page:
        page.open(address(server))
        click(page, "Drain…")
        submit(page)
        page.until_shown("is being drained")
        assert server.http("/readyz")[0] == 503
        click(page, "Take clients again…")
        submit(page)
        until_closed(page)
        page.until_shown("standalone · serving")
        # Each leaves while the one before is still being asked for.
        for section in ("configuration", "clients", "requests", "limits", "tree:/", "configuration", "overview"):
            go(page, section)
        page.until_shown("stands alone")
        page.run("new Promise((done) => setTimeout(done, 1000))")
        assert "Settings in force" not in page.text() and "Uptime" in page.text(), page.text()
