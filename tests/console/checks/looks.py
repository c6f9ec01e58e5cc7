# SPDX-License-Identifier: Apache-2.0
"""For everybody: by keyboard alone, on a narrow screen, in light and dark."""

from browser import Page
from cases.admin_api import post
from console import (ConsoleServer, address, assert_fits, assert_quiet, check, click, go, session_of, until_closed,
                     until_heading)
from harness import wire

SECTIONS = {"overview": "Uptime", "tree:/long": "Data", "clients": "Connections", "requests": "Busiest paths",
            "limits": "Limits of clients", "configuration": "Settings in force"}
FOCUSED = "(document.activeElement?.textContent ?? '').trim()"
# By WCAG: the ratio of luminances of each text to what is behind it.
CONTRASTS = """(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const has_text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!has_text || !element.checkVisibility() || element.matches(":disabled, .skip, noscript, option")) continue;
    const [low, high] = [luminance(parts(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.push(`${element.tagName}.${element.className} ${element.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found;
})()"""
NAMELESS = """[...document.querySelectorAll("a, button, input, select, textarea")].filter((one) => one.checkVisibility() &&
  !(one.textContent.trim() || one.getAttribute("aria-label") || one.labels?.length)).map((one) => one.outerHTML)"""


def furnished(server):
    """Something in each section, long words included."""
    session = session_of(server)
    for path, data in (("/long", "x" * 3000), ("/long/" + "n" * 200, ""), ("/long/" + "w " * 100, "")):
        assert session.call(wire.CREATE, wire.create(path, data))["err"] == 0
    for _ in range(500):
        session.call(wire.GET_DATA, wire.path_watch("/long/" + "n" * 200))
    post(server, "limits", {"name": "a" * 60, "match": "path:/long/" + "m" * 100, "requests_per_second": 1000000})
    return session


@check
def narrow_and_dark(browser):
    """Each section fits into 400 pixels, can be read in light and dark, and names all that can be pressed"""
    with ConsoleServer() as server, Page(browser) as page:
        session = furnished(server)
        page.open(address(server))
        for section, text in SECTIONS.items():
            page.look(1280, 900)
            go(page, section)
            page.until_shown(text)
            page.until("!document.querySelector('main').textContent.includes('Loading')", "it is there")
            backgrounds = set()
            for dark in (False, True):
                for width in (1280, 400):
                    page.look(width, 800, dark=dark)
                    assert_fits(page)
                    assert page.run(CONTRASTS) == [], (section, width, dark)
                backgrounds.add(page.run("getComputedStyle(document.body).backgroundColor"))
            assert len(backgrounds) == 2, backgrounds
            assert page.run(NAMELESS) == [], section
        page.look(400, 800)
        click(page, "Sign in")
        assert_fits(page)
        assert page.run("document.getElementById('dialog').getBoundingClientRect().right <= 400")
        assert page.run(NAMELESS) == []
        session.close()
        assert_quiet(page, server)


def tab_to(page, text, most=40):
    for _ in range(most):
        page.press("Tab")
        if page.run(FOCUSED) == text:
            return
    raise AssertionError(f"{text!r} cannot be reached by Tab; the focus is on {page.run(FOCUSED)!r}")


@check
def keyboard(browser):
    """From the first Tab to a znode that is changed and deleted, without a mouse; the focus never gets lost"""
    with ConsoleServer() as server, Page(browser) as page:
        session = session_of(server)
        assert session.call(wire.CREATE, wire.create("/apps"))["err"] == 0
        assert session.call(wire.CREATE, wire.create("/apps/orders", "one"))["err"] == 0
        page.open(address(server, "limits"))
        page.until_shown("No limits")
        page.press("Tab")
        assert page.run(FOCUSED) == "Skip to the content"
        page.press("Enter")
        page.until("document.activeElement.id === 'main'", "the content has the focus")
        assert page.run("location.hash") == "#limits"
        tab_to(page, "Add a limit…")
        page.run("document.querySelector('.brand').focus()")
        tab_to(page, "Tree")
        page.press("Enter")
        until_heading(page, "/")
        assert page.run("document.activeElement !== document.body"), "the focus is lost"
        tab_to(page, "apps")
        page.press("Enter")
        until_heading(page, "/apps")
        tab_to(page, "orders")
        # What others do meanwhile leaves the focus where it is.
        assert session.call(wire.CREATE, wire.create("/apps/another"))["err"] == 0
        page.until_shown("another")
        assert page.run(FOCUSED) == "orders"
        page.press("Enter")
        until_heading(page, "/apps/orders")
        tab_to(page, "Edit data…")
        page.press("Enter")
        page.until("document.activeElement?.name === 'data'", "the text has the focus")
        page.write("two")
        page.press("Escape")
        until_closed(page)
        page.until(f"{FOCUSED} === 'Edit data…'", "the focus is back where it was")
        assert session.call(wire.GET_DATA, wire.path_watch("/apps/orders"))["data"] == "one"
        page.press("Enter")
        page.until("document.activeElement?.name === 'data'", "the text has the focus")
        page.run("document.activeElement.select()")
        page.write("two")
        tab_to(page, "Save")
        page.press(" ")
        until_closed(page)
        assert session.call(wire.GET_DATA, wire.path_watch("/apps/orders"))["data"] == "two"
        page.until(f"{FOCUSED} === 'Edit data…'", "the focus is back, though all was drawn anew")
        tab_to(page, "Delete…")
        page.press("Enter")
        page.until("document.getElementById('dialog').open", "it is asked")
        tab_to(page, "Delete")
        page.press("Enter")
        until_heading(page, "/apps")
        assert page.run("document.activeElement !== document.body"), "the focus is lost"
        session.close()
        assert_quiet(page, server, ["404"])  # It may look once more at what has just gone.
