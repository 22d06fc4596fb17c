"""What browser tests share: a server in a process of its own, and a visit to it.

Every request to anywhere but that server is refused and reported; so is whatever the browser
complains about. Where a wait fails, the failure says what the page showed then.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S
from script_runs import AWAITED, note_runs
from warm_servers import start_server

ROOT = Path(__file__).parents[1]
WIDE, PHONE = (1440, 900), (390, 844)
READY = "[data-testid=stApp] .gw-map-slot[data-ready]"
WAIT_MS = 180_000
"""Matters only where something fails: whatever is waited for ends the waiting. The first page of a
server that has just started costs seconds of computing, half a minute beside busy processes."""
POLLING_MS = 50
"""Between two looks at a page that is waited for: one at every frame draws sixty a second."""
_ROLES: dict[str, tuple[str, str]] = {}
_AT_REST: dict[Any, Any] = {}
"""Browser profile → a tab of it that a visit has left."""
# The app rests, no run that it asked for is still to begin, nothing moves – no placeholder waits
# for its element –, every picture is there – a later run takes back the files of an earlier one –,
# and it has been so for a fifth of a second: a click is sent, and an answer drawn, a moment later.
_RESTS = """(call) => {
  const app = document.querySelector("[data-testid=stApp]");
  const waiting = [...document.querySelectorAll("[data-testid=stSkeleton]")];
  const moving = document.getAnimations().some((each) => each.playState === "running")
    || waiting.some((each) => each.checkVisibility());
  const drawn = [...document.images].every((each) => each.complete || each.loading === "lazy");
  const runs = app?.dataset.testScriptState !== "notRunning" || AWAITED;
  const rests = !runs && !moving && drawn;
  if (!rests || window.gwRests?.call !== call) window.gwRests = {call, since: performance.now()};
  return performance.now() - window.gwRests.since > 200;
}""".replace("AWAITED", AWAITED)
_calls = count()
_OWN_NOISE = re.compile(r"Unrecognized feature|allow-same-origin")
# Streamlit's page does not know under which path it is served: it asks for two addresses under the
# page's own path first, hears 404 and asks under the path above.
_ASKS_ABOVE = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
# A page that is left or reloaded while it waits for a layer is told so by its own `fetch`. Only as
# many of these are let pass as there were requests that the browser itself gave up; a server that
# is gone, or refuses, fails with another code.
_GIVEN_UP, _ITS_FETCH = "net::ERR_ABORTED", "TypeError: Failed to fetch"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    arguments: Sequence[str],
    *,
    port: int,
    trusting: ssl.SSLContext | None = None,
    name: str = "127.0.0.1",
) -> Iterator[str]:
    """Run ``gridwarden``, wait until it answers, say where, end it; by https if trusted.

    ``name``: by which it is asked whether it answers.
    """
    address = f"{'https' if trusting else 'http'}://127.0.0.1:{port}"
    server = start_server(arguments)
    try:
        asked = urllib.request.Request(f"{address}/gw/health", headers={"Host": name})  # noqa: S310 -- ours
        _wait_until_up(asked, server, trusting)
        yield address
    finally:
        server.terminate()
        server.join(PATIENCE_S)


def _wait_until_up(
    asked: urllib.request.Request, server: BaseProcess, trusting: ssl.SSLContext | None
) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.is_alive():
        try:
            with urllib.request.urlopen(asked, timeout=1, context=trusting):  # noqa: S310 -- ours
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not come up: exit code {server.exitcode}")


@dataclass
class Visit:
    """One visitor's page, and what went wrong on it."""

    page: Any
    address: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    given_up: int = 0

    def unexplained(self) -> list[str]:
        """Return the complaints, but for those about requests that ended because it went on."""
        fetches = [each for each in self.complaints if _ITS_FETCH in each]
        others = [each for each in self.complaints if _ITS_FETCH not in each]
        return others + fetches[self.given_up :]

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.address}/{path}")

    def sign_in(self, role: str) -> None:
        """Sign this browser in as a role of the demonstration, in every tab."""
        signed_in_as(self.page.context, self.address, role)

    def ready(self) -> Any:
        """Wait until the map is painted and return it."""
        self.page.wait_for_selector(READY, timeout=WAIT_MS)
        return self.page.locator(".gw-map")

    def settled(self) -> None:
        """Wait until the app rests: what is half drawn is pale, small or elsewhere."""
        settled(self.page)

    def zoom(self, *, nearer: bool) -> None:
        """Bring the map nearer or farther by one step and wait until that is painted."""
        self.paint_anew(self.page.locator(".gw-buttons button").nth(0 if nearer else 1))

    def paint_anew(self, button: Any) -> None:
        """Press a button that moves the map and wait until that is painted."""
        before = self.page.locator(READY).get_attribute("data-ready")
        button.click(timeout=WAIT_MS)
        self.page.wait_for_function(
            "was => document.querySelector('.gw-map-slot').dataset.ready !== was",
            arg=before,
            timeout=WAIT_MS,
            polling=POLLING_MS,
        )

    def says(self, text: str | re.Pattern[str]) -> Any:
        """Wait until a text is seen and return where."""
        found = self.page.get_by_text(text).filter(visible=True).first
        found.wait_for(timeout=WAIT_MS)
        return found

    def press(self, name: str) -> None:
        """Press the button that is called exactly so."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.filter(visible=True).first.click(timeout=WAIT_MS)

    def go_to(self, path: str) -> None:
        """Go to another page by the menu, whose parts fold out: no page is loaded for it."""
        link = self.page.locator(f"[data-testid^=stTopNav][href$='/{path}']").filter(visible=True)
        part = self.page.locator("[data-testid=stTopNavSection]")
        for number in range(part.count()):
            if link.count():
                break
            part.nth(number).click()
        link.first.click(timeout=WAIT_MS)
        folded_out = self.page.locator("[data-testid=stTopNavDropdownLink]").first
        folded_out.wait_for(state="detached", timeout=WAIT_MS)
        there = re.compile(rf"/{path}(\?|$)")
        self.page.wait_for_url(there, wait_until="commit", timeout=WAIT_MS)

    def take(self, name: str, to: Path) -> Path:
        """Press a button that hands out a file, and keep the file."""
        with self.page.expect_download(timeout=WAIT_MS) as waiting:
            self.press(name)
        waiting.value.save_as(to)
        return to


def settled(page: Any) -> None:
    """Wait until the app on a page rests."""
    page.wait_for_function(_RESTS, arg=next(_calls), timeout=WAIT_MS, polling=POLLING_MS)


def grave_findings(page: Any, part: str = "html") -> list[tuple[str, str]]:
    """Run axe-core inside a part of a page; return rule and element of what is serious or worse."""
    if not page.evaluate("'axe' in window"):
        script = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
        page.evaluate(f"{script}; undefined")
    run = "part => axe.run(part, {resultTypes: ['violations'], iframes: false})"
    found = page.evaluate(run, arg=part)
    return [
        (each["id"], str(node["html"])[:160])
        for each in found["violations"]
        if each["impact"] in {"critical", "serious"}
        for node in each["nodes"]
    ]


def sideways_px(page: Any) -> int:
    """Return how far a page can be scrolled to the side."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


def small_targets(page: Any, targets: str, *, unnamed: bool = False) -> list[list[object]]:
    """Return name and height in pixels of what is too small for a finger.

    ``page``: of the browser.
    ``targets``: CSS selectors of what can be tapped.
    ``unnamed``: whether what has neither a text nor a label counts.
    """
    found: list[list[object]] = page.evaluate(
        """([targets, unnamed]) => [...document.querySelectorAll(targets)]
          .map((e) => [e.innerText || e.ariaLabel || (unnamed && e.outerHTML.slice(0, 80)),
                       e.getBoundingClientRect().height])
          .filter(([name, height]) => name && height > 0 && height < 44)""",
        [targets, unnamed],
    )
    return found


def faults(
    page: Any,
    sizes: Sequence[tuple[int, int]],
    *,
    targets: str = "",
    rests: Callable[[Any], None] = settled,
) -> list[tuple[object, object]]:
    """Return what is wrong with a page for somebody, on screens of some sizes.

    ``page``: of the browser; it was opened on a screen of the first size.
    ``sizes``: width and height in pixels. On the first one axe-core looks at the page, which costs
    most: what is named and how it is coloured does not hang on the width.
    ``targets``: CSS selectors of what a finger taps; looked at on a phone.
    ``rests``: waits until nothing moves on the page any more.
    """
    found: list[tuple[object, object]] = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        rests(page)
        if (width, height) == sizes[0]:
            found += [("axe", each) for each in grave_findings(page)]
        found += [("px beside the screen", px)] if (px := sideways_px(page)) else []
        if targets and (width, height) == PHONE:
            found += [("too small for a finger", each) for each in small_targets(page, targets)]
    return found


def is_own_noise(message: Any) -> bool:
    """Say whether Streamlit's page complains about itself."""
    probe = "404" in message.text and _ASKS_ABOVE.search(message.location.get("url", ""))
    return bool(probe or _OWN_NOISE.search(message.text))


@contextmanager
def telling(browser: Any) -> Iterator[None]:
    """Say what the pages of a browser showed when something that a test waits for did not come."""
    from playwright.sync_api import TimeoutError as Late

    try:
        yield
    except Late as late:
        for page in browser.pages:
            late.add_note(f"{page.url} showed:\n{page.locator('body').inner_text(timeout=5_000)}")
        raise


def new_profile(browser: Any, **how: Any) -> Any:
    """Open a browser profile in which whatever is waited for may come as late as it does."""
    profile = browser.new_context(**how)
    profile.set_default_timeout(WAIT_MS)
    note_runs(profile)
    return profile


@contextmanager
def opened_without_network(browser: Any, file: Path) -> Iterator[Any]:
    """Open a map that left as a file; it may ask for nothing."""
    context = new_profile(browser, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with telling(context):
        page.goto(file.as_uri())
        page.locator(".leaflet-container canvas").first.wait_for(timeout=WAIT_MS)
        yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def signed_in_as(browser: Any, address: str, role: str) -> None:
    """Sign a browser in as a role of the demonstration, unless it is already."""
    if (address, role) in map(_ROLES.get, _sessions_in(browser, address)):
        return
    answer = browser.request.post(
        f"{address}/gw/demo-sign-in",
        form={"role": role},
        headers={"origin": address},
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()
    _ROLES.update(
        dict.fromkeys(_sessions_in(browser, address) - _ROLES.keys(), (address, role)),
    )


def _sessions_in(browser: Any, address: str) -> set[str]:
    """Return sessions at a host: its cookies are of all ports."""
    cookies = browser.cookies(address)
    return {each["value"] for each in cookies if each["name"].startswith("sid-")}


def tab_of(profile: Any) -> Any:
    """Return a tab of a browser profile: the one that was left last, or a new one.

    In a tab that was used the scripts of the page are compiled, and its process runs: a page costs
    half the CPU that it costs in a new tab.
    """
    tab = _AT_REST.pop(profile, None)
    return profile.new_page() if tab is None or tab.is_closed() else tab


def leave(tab: Any, address: str) -> None:
    """Keep a tab for the next visit, without what it knows of this one."""
    tab.unroute_all(behavior="ignoreErrors")
    tab.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    tab.goto(f"{address}/gw/health")
    tab.evaluate("sessionStorage.clear()")
    _AT_REST[tab.context] = tab


_FORGETS_EVERYTHING = """async () => {
  localStorage.clear();
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
  for (const each of await caches.keys()) await caches.delete(each);
  const gone = indexedDB.deleteDatabase("gridwarden");
  await new Promise((resolve) => { gone.onsuccess = gone.onerror = resolve; });
}"""


def forget(profile: Any, address: str) -> None:
    """Have a browser profile forget whose it was, but for one tab and what never changes."""
    profile.set_offline(offline=False)
    profile.clear_cookies()
    first, *others = profile.pages or [profile.new_page()]
    for page in others:
        page.close()
    leave(first, address)
    first.evaluate(_FORGETS_EVERYTHING)


@contextmanager
def left_at_the_end(
    tab: Any, address: str, told: dict[str, Callable[[Any], None]]
) -> Iterator[None]:
    """Have a tab tell of its events; at the end leave it, or close it after a failure."""
    for event, hears in told.items():
        tab.on(event, hears)
    try:
        yield
    except BaseException:
        tab.close()
        raise
    if not tab.is_closed():
        leave(tab, address)
        for event, hears in told.items():
            tab.remove_listener(event, hears)


@contextmanager
def visiting(
    visitors: dict[str, Any],
    address: str,
    *,
    language: str = "zh",
    size: tuple[int, int] = WIDE,
    role: str | None = "planner",
) -> Iterator[Visit]:
    """Open a page whose every request to elsewhere is refused by the browser, and reported here.

    ``visitors``: a browser for each language.
    ``address``: the server.
    ``language``: ``zh`` or ``en``.
    ``size``: of the window.
    ``role``: whom the demonstration takes the visitor for; None leaves them as they are.
    """
    if role is not None:
        signed_in_as(visitors[language], address, role)
    visitors[language].clear_cookies(name="gw_language")  # as an earlier visit or signing in chose
    visit = Visit(tab_of(visitors[language]), address)
    visit.page.set_viewport_size({"width": size[0], "height": size[1]})
    here = (address, address.replace("http", "ws"), "data:", "blob:")

    def asked(request: Any) -> None:
        if not request.url.startswith(here):
            visit.foreign.append(request.url)

    def heard(message: Any) -> None:
        if message.type in {"error", "warning"} and not is_own_noise(message):
            visit.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def ended(request: Any) -> None:
        visit.given_up += request.failure == _GIVEN_UP

    def failed(error: Any) -> None:
        visit.complaints.append(str(error))

    told = {"request": asked, "requestfailed": ended, "console": heard, "pageerror": failed}
    with left_at_the_end(visit.page, address, told), telling(visitors[language]):
        yield visit
    assert visit.foreign == [], f"fetched from elsewhere: {visit.foreign}"
    complaints = visit.unexplained()
    assert complaints == [], f"the browser complains: {complaints}"


@contextmanager
def on_the_map(
    visitors: dict[str, Any], address: str, *, size: tuple[int, int] = WIDE
) -> Iterator[Visit]:
    """Open the map on a page as `visiting` does, and wait until it rests."""
    with visiting(visitors, address, size=size) as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        yield visit
