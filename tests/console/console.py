# SPDX-License-Identifier: Apache-2.0
"""The console as a person uses it: where it is, what is pressed and filled in, what must hold of each page of it."""

import json

from support import AdminServer, Session

CHECKS = []
SESSION_MS = 600_000  # Our sessions do not ping.


class ConsoleServer(AdminServer):
    def __init__(self, config=None):
        super().__init__({"maxSessionTimeout": str(SESSION_MS), **(config or {})})


def session_of(server):
    return Session(server, SESSION_MS)


def check(function):
    """Registers a check by its first line of documentation. It is given a browser."""
    CHECKS.append((f"{function.__module__.rsplit('.', 1)[-1]}/{function.__doc__.strip()}", function))
    return function


def address(server, section="", scheme="http"):
    host = "127.0.0.1" if scheme == "http" else "localhost"
    return f"{scheme}://{host}:{server.admin_port}/console/{'#' + section if section else ''}"


def go(page, section):
    """To another section, as a link does."""
    page.run(f"location.hash = {json.dumps('#' + section)}")


def assert_quiet(page, server, allowed=()):
    """Nobody else was asked for anything, and nothing was complained about but what is `allowed`."""
    own = (f"http://127.0.0.1:{server.admin_port}/", f"https://localhost:{server.admin_port}/", "about:", "data:")
    assert page.requests and all(url.startswith(own) for url in page.requests), page.requests
    assert all(any(part in error for part in allowed) for error in page.errors), page.errors


def fill(page, name, value):
    page.run(f"document.querySelector('#dialog [name={name}]').value = {json.dumps(value)}")


def click(page, text, within="body"):
    page.until(f"(() => {{ const one = [...document.querySelectorAll('{within} button, {within} a')].find((one) => "
               f"one.textContent.trim() === {json.dumps(text)} && !one.disabled); one?.click(); return Boolean(one); }})()",
               f"{text!r} to be pressed")


def is_offered(page, text):
    return page.run(f"[...document.querySelectorAll('button')].some((one) => one.textContent === {json.dumps(text)})")


def submit(page):
    page.run("document.querySelector('#dialog form button:not([type])').click()")


def until_closed(page):
    page.until("!document.getElementById('dialog').open", "the dialog has done its work")


def sign_in(page, user=None, password=None, token=None):
    page.until("document.getElementById('who')?.click() ?? document.getElementById('dialog')?.open", "the dialog")
    for name, value in (("user", user), ("password", password), ("token", token)):
        if value is not None:
            fill(page, name, value)
    submit(page)


def until_heading(page, path):
    page.until(f"document.querySelector('.detail h2')?.firstChild.textContent === {json.dumps(path)}", f"the znode {path}")


def has_child(name):
    return f"[...document.querySelectorAll('.children a')].some((one) => one.textContent === {json.dumps(name)})"


def assert_fits(page):
    """Nothing stands out at the side."""
    assert page.run("document.documentElement.scrollWidth <= innerWidth"), page.run("document.documentElement.scrollWidth")
