"""My buildings without a connection: it opens, it records, and it keeps what others must not see.

The browser has a folder of its own, and is closed and started again as a phone is. Between it and
the server lies a line that a test cuts.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM
from PIL import Image
from visits import (
    PHONE,
    WAIT_MS,
    forget,
    grave_findings,
    new_profile,
    sideways_px,
    small_targets,
    tab_of,
    telling,
)
from warden_street import TODAY, login, opened, own_buildings, recorded, token_of

from governance.access.permissions import Scope, local_owner
from governance.office import Office

pytestmark = pytest.mark.browser

NAME = socket.gethostname().lower()
"""Under this name a browser takes the server for one of the network, without https."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
OPENS_OFFLINE = '.gw-visits-slot[data-opens-offline="1"]'
READY = ".gw-visits-slot[data-ready]"
TWICE_BUSY = """() => {
  const { prototype } = ServiceWorkerContainer;
  const { register } = prototype;
  let failures = 2;
  prototype.register = function (...given) {
    if (failures-- > 0) return Promise.reject(new TypeError("the server is busy"));
    return register.apply(this, given);
  };
}"""
KEPT = '.gw-visits-slot[data-kept="1"]'
TARGETS = ".gw-field button, .gw-field a, .gw-v summary, .gw-v input:not([type=checkbox]), select"
MADE_WHEN_ASKED = ".gw-v-paper, .gw-v-links, .gw-v-mapped"
SCREEN = {"width": PHONE[0], "height": PHONE[1]}
AGAIN_MS = 15_000
"""After how long a page looks by itself for its connection."""
FIRST, SECOND, THIRD = login(31), login(32), login(33)
"""Wardens whom no other file of tests uses; their numbers lie between those."""
EVERYTHING_KEPT = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("gridwarden", 1);
    request.onsuccess = () => resolve(request.result);
  });
  const told = [];
  for (const store of database.objectStoreNames) {
    const rows = await new Promise((resolve) => {
      const request = database.transaction(store).objectStore(store).getAll();
      request.onsuccess = () => resolve(request.result);
    });
    for (const row of rows) {
      const bytes = row.data ? new Uint8Array(row.data) : new Uint8Array();
      const held = row.key instanceof CryptoKey
        ? [row.key.extractable, row.key.algorithm.name] : null;
      told.push({ store, owner: row.owner, kind: row.kind, waiting: row.waiting, sealed: !!row.iv,
        text: JSON.stringify(row) + new TextDecoder().decode(bytes), held });
    }
  }
  database.close();
  return told;
}"""
CACHED = """async () => {
  const told = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      told[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return told;
}"""


class Line:
    """The way to a server, by a port of its own that nobody answers on while it is cut."""

    def __init__(self, server_url: str) -> None:
        self._server = ("127.0.0.1", int(server_url.rpartition(":")[2]))
        self.port = 0
        self._ends: list[socket.socket] = []
        self._changing = threading.Lock()
        self.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def join(self) -> None:
        """Let the server be reached, if it is not."""
        if self._ends:
            return
        entry = socket.create_server(("127.0.0.1", self.port))
        self.port = entry.getsockname()[1]
        self._ends.append(entry)
        threading.Thread(target=self._take, args=(entry,), daemon=True).start()

    def cut(self) -> None:
        with self._changing:
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._ends.clear()

    def _take(self, entry: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = entry.accept()
                with self._changing:
                    if entry not in self._ends:  # it was cut just now
                        near.close()
                        return
                    far = socket.create_connection(self._server)
                    self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while some := source.recv(65_536):
                target.sendall(some)
            target.shutdown(socket.SHUT_WR)


@dataclass
class Phone:
    """A browser with a folder of its own on a phone that may have no connection."""

    play: Any
    folder: Path
    line: Line
    office: Office
    context: Any = None
    wrong: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    """Tabs that it hears of."""

    @property
    def address(self) -> str:
        return self.line.address

    def start(self) -> None:
        """Start the browser, or start it again: whatever was open is gone."""
        if self.context:
            self.context.close()
        self.context = self.play.chromium.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=ARGUMENTS, locale="zh-CN",
            viewport=SCREEN,
        )  # fmt: skip
        self.context.set_default_timeout(WAIT_MS)

    def sign_in(self, account: str, *, to: str | None = None) -> None:
        name, value = self.office.sessions.cookie_name, token_of(self.office, account)
        self.context.add_cookies([{"name": name, "value": value, "url": to or self.address}])

    def open(
        self, *, way: str = "/my-buildings", waiting_for: str = READY, to: str | None = None
    ) -> Any:
        page = tab_of(self.context)
        self.told.append(page)
        page.on("pageerror", self._failed)
        page.goto(f"{to or self.address}{way}")
        page.wait_for_selector(waiting_for, timeout=WAIT_MS)
        return page

    def prepared(self, account: str) -> Any:
        """Sign in and open the page once with a connection, until it would open without one."""
        self.sign_in(account)
        return self.open(waiting_for=OPENS_OFFLINE)

    def arrived(self, account: str) -> list[dict[str, Any]]:
        return recorded(self.office, account)

    def forget(self) -> None:
        """Let the browser forget whose it was."""
        for page in self.told:
            page.remove_listener("pageerror", self._failed)
        self.line.join()
        forget(self.context, self.address)

    def _failed(self, error: Any) -> None:
        self.wrong.append(str(error))


@contextmanager
def phone_of(made: Phone) -> Iterator[Phone]:
    """Give a phone and say, should it fail, what it showed; it may have nothing to complain of."""
    with telling(made.context):
        yield made
    assert made.wrong == []


@pytest.fixture
def phone(play: Any, warden_server: str, warden_folder: Path, tmp_path: Path) -> Iterator[Phone]:
    """Return a phone that can be closed and started again."""
    with opened(warden_folder) as office:
        made = Phone(play, tmp_path / "profile", Line(warden_server), office)
        made.start()
        try:
            with phone_of(made):
                yield made
        finally:
            made.context.close()
            made.line.cut()


@pytest.fixture(scope="module")
def pocket(browser: Any, warden_server: str) -> Iterator[tuple[Any, Line]]:
    """Return a profile of the browser that runs already, and its way to the server."""
    profile, line = new_profile(browser, locale="zh-CN", viewport=SCREEN), Line(warden_server)
    yield profile, line
    profile.close()
    line.cut()


@pytest.fixture
def phone_on(
    pocket: tuple[Any, Line], play: Any, warden_folder: Path, tmp_path: Path
) -> Iterator[Phone]:
    """Return a phone that is never closed, and forgets afterwards whose it was."""
    profile, line = pocket
    with opened(warden_folder) as office:
        made = Phone(play, tmp_path, line, office, profile)
        try:
            with phone_of(made):
                yield made
        finally:
            made.forget()


def play_error() -> type[Exception]:
    from playwright.sync_api import Error

    return Error


def photo(folder: Path) -> str:
    picture = folder / "photo.jpg"
    Image.new("RGB", (600, 400), "navy").save(picture, "jpeg")
    return str(picture)


def record_with_photo(page: Any, picture: str, *, place: int = 0) -> None:
    """Record a suspicion with a note and a photo, and wait until it lies on the disk."""
    card = page.locator(".gw-v-card").nth(place)
    card.locator(".gw-v-buttons button").nth(1).click()
    card.locator(".gw-v-chip").nth(1).click()
    card.locator(".gw-v-more summary").click()
    card.locator("textarea").fill("晚上七点有学生进出")
    card.locator("input[type=file]").set_input_files(picture)
    card.locator(".gw-v-thumbnail").wait_for(timeout=WAIT_MS)
    card.locator("input[type=checkbox]").check()
    card.locator(".gw-v-save .gw-v-primary").click()
    state_is(page, "waiting")
    page.wait_for_selector(KEPT, timeout=WAIT_MS)


def state_is(page: Any, state: str, *, number: int = 1) -> None:
    lines = page.locator(f'.gw-v-entries li[data-state="{state}"]')
    lines.nth(number - 1).wait_for(timeout=WAIT_MS)
    assert lines.count() == number


def waits_for(page: Any, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=WAIT_MS)


def test_a_phone_started_without_a_connection_opens_records_and_sends_once_later(
    phone: Phone, tmp_path: Path
) -> None:
    phone.prepared(FIRST)
    phone.line.cut()
    phone.start()
    page = phone.open()
    assert page.locator(".gw-v-card").count() == TODAY, "today's list is there"
    waits_for(page, "没有网络")
    made_when_asked = page.locator(MADE_WHEN_ASKED)
    assert made_when_asked.count() > 0
    assert made_when_asked.filter(visible=True).count() == 0, "the server cannot make them now"
    banner = page.locator(".gw-v-info").first.inner_text()
    assert FIRST in banner, "it says whose list this is"
    assert "待发送 0 条" in banner
    record_with_photo(page, photo(tmp_path))
    page.reload()
    page.wait_for_selector(READY, timeout=WAIT_MS)
    state_is(page, "waiting")
    phone.start()
    page = phone.open()
    state_is(page, "waiting")
    waits_for(page, "待发送 1 条")
    assert phone.arrived(FIRST) == []
    phone.sign_in(FIRST)  # a browser that was closed is signed out
    with page.expect_response("**/gw/visits/photo*", timeout=WAIT_MS) as answer:
        phone.line.join()
    assert answer.value.status == 200
    page.locator('[data-count="waiting"]:text-is("0")').wait_for(timeout=WAIT_MS)
    page.locator(MADE_WHEN_ASKED).first.wait_for(timeout=WAIT_MS)
    phone.start()
    phone.prepared(FIRST)
    kept = phone.arrived(FIRST)
    assert len({visit["visit_id"] for visit in kept}) == 1
    assert kept[-1]["note"] == "晚上七点有学生进出"
    seen = phone.office.worklist.visits(local_owner(), building_id=kept[-1]["building_id"])
    assert [len(photos) for photos in seen["photos"]] == [1]


def test_what_a_phone_keeps_is_sealed_and_no_script_can_read_out_the_key(
    phone_on: Phone, tmp_path: Path
) -> None:
    page = phone_on.prepared(SECOND)
    phone_on.line.cut()
    record_with_photo(page, photo(tmp_path))
    told = page.evaluate(EVERYTHING_KEPT)
    kinds = {each["kind"] for each in told}
    assert {"entry", "photo", "list"} <= kinds
    assert all(each["sealed"] for each in told if each["kind"])
    everything = "".join(each["text"] for each in told) + str(page.evaluate("({...localStorage})"))
    secret = [*own_buildings(SECOND), "泉林", "学生进出", "疑似", "JFIF"]
    assert [word for word in secret if word in everything] == []
    assert [each["held"] for each in told if each["held"]] == [[False, "AES-GCM"]]


def test_only_the_pages_own_files_are_cached_and_they_name_nobody(phone_on: Phone) -> None:
    page = phone_on.prepared(SECOND)
    cached = page.evaluate(CACHED)
    assert {"/gw/field", "/gw/field/words", "/gw/assets/visits/visits.js"} <= set(cached)
    allowed = ("/gw/field", "/gw/assets/visits/", "/gw/assets/elements.js", "/gw/assets/icon.svg")
    assert [path for path in cached if not path.startswith(allowed)] == []
    personal = [SECOND, *own_buildings(SECOND), "泉林花园"]
    assert [word for word in personal if word in "".join(cached.values())] == []


def test_signing_out_leaves_nothing_to_open_but_keeps_what_waits_for_its_own_account(
    phone: Phone, tmp_path: Path
) -> None:
    page = phone.prepared(THIRD)
    phone.line.cut()
    record_with_photo(page, photo(tmp_path))
    page.goto(f"{phone.address}/gw/field")
    page.wait_for_selector(READY, timeout=WAIT_MS)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".gw-f-head button").click()
    waits_for(page, "本机也没有可以打开的名单")
    told = page.evaluate(EVERYTHING_KEPT)
    assert {each["kind"] for each in told if each["kind"]} == {"entry", "photo"}
    assert [each for each in told if each["held"]] == [], "the key is gone"
    phone.start()
    assert phone.open().locator(".gw-v-card").count() == 0
    phone.line.join()
    page = phone.open(waiting_for="form[action='/gw/sign-in']")
    assert page.url.startswith(f"{phone.address}/gw/sign-in"), "it is signed out at the server too"
    phone.prepared(SECOND)
    assert phone.arrived(THIRD) == []
    page = phone.prepared(THIRD)
    state_is(page, "saved")
    page.locator('[data-count="waiting"]:text-is("0")').wait_for(timeout=WAIT_MS)
    assert len({visit["visit_id"] for visit in phone.arrived(THIRD)}) == 1


def test_the_next_person_on_a_phone_opens_nothing_of_the_last_ones(phone_on: Phone) -> None:
    phone_on.prepared(FIRST)
    page = phone_on.prepared(SECOND)
    told = page.evaluate(EVERYTHING_KEPT)
    assert {each["owner"] for each in told if each["kind"]} == {SECOND}
    phone_on.line.cut()
    page = phone_on.open()
    shown = set(
        page.locator(".gw-v-card").evaluate_all("all => all.map((e) => e.dataset.building)")
    )
    assert shown <= set(own_buildings(SECOND))
    assert shown


def test_a_list_is_not_opened_once_the_session_would_have_ended(phone_on: Phone) -> None:
    page = phone_on.prepared(SECOND)
    phone_on.line.cut()
    page.add_init_script("const now = Date.now; Date.now = () => now() + 13 * 3600 * 1000;")
    page.goto(f"{phone_on.address}/my-buildings")
    waits_for(page, "本机也没有可以打开的名单")
    page.close()  # its clock goes on like this


def test_who_no_longer_records_opens_nothing_after_the_next_connection(phone_on: Phone) -> None:
    account = login(37)
    page = phone_on.prepared(account)
    with phone_on.office._workspace.store.begin() as unit:
        held = unit.accounts.of_login(account)
        assert held is not None
        held.roles = ["property_owner"]
        unit.commit()
    page = phone_on.open(way="/gw/field")
    assert not [each for each in page.evaluate(EVERYTHING_KEPT) if each["held"]]
    phone_on.line.cut()
    page.goto(f"{phone_on.address}/my-buildings")
    waits_for(page, "本机也没有可以打开的名单")


def test_a_building_given_to_somebody_else_leaves_the_list_with_the_connection(
    phone: Phone,
) -> None:
    account = login(34)
    phone.prepared(account)
    phone.line.cut()
    phone.context.clock.install()
    page = phone.open()
    gone = page.locator(".gw-v-card").first.get_attribute("data-building")
    left = frozenset(own_buildings(account)) - {gone}
    change_scope(phone.office, account, left)
    phone.sign_in(account)
    phone.line.join()
    page.clock.fast_forward(AGAIN_MS)  # a browser does not notice every connection that comes back
    page.locator(f'.gw-v-card[data-building="{gone}"]').wait_for(state="detached", timeout=WAIT_MS)


def change_scope(office: Office, account: str, buildings: frozenset[str]) -> None:
    with office._workspace.store.begin() as unit:
        held = unit.accounts.of_login(account)
        assert held is not None
        held.scope = Scope(buildings=buildings).to_mapping()
        unit.commit()


def test_after_an_upgrade_the_phone_keeps_the_new_files_alone(phone_on: Phone) -> None:
    page = phone_on.prepared(SECOND)
    (name,) = page.evaluate("caches.keys()")
    old = page.evaluate(
        """async () => {
          await (await caches.open("gridwarden-field-old")).put("/gw/field", new Response("old"));
          const workers = await navigator.serviceWorker.getRegistrations();
          for (const each of workers) await each.unregister();
          return caches.keys();
        }"""
    )
    assert set(old) == {name, "gridwarden-field-old"}
    for open_page in phone_on.context.pages:
        open_page.close()
    page = phone_on.prepared(SECOND)
    assert page.evaluate("caches.keys()") == [name]


def test_a_kept_file_that_was_changed_is_not_served(phone_on: Phone) -> None:
    page = phone_on.prepared(SECOND)
    page.evaluate(
        """async () => {
          const cache = await caches.open((await caches.keys())[0]);
          await cache.put("/gw/field", new Response("<script src=evil.js></script>"));
        }"""
    )
    phone_on.line.cut()
    with pytest.raises(play_error(), match="ERR_"):
        page.goto(f"{phone_on.address}/my-buildings")
    page.close()  # what it shows instead may still be coming


def test_the_page_without_a_connection_runs_no_script_but_its_own(phone_on: Phone) -> None:
    phone_on.prepared(SECOND)
    phone_on.line.cut()
    page = phone_on.open()
    ran = page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          return window.ran === true;
        }"""
    )
    assert not ran


def test_the_page_without_a_connection_is_for_everybody_and_for_fingers(
    phone_on: Phone,
) -> None:
    pytest.importorskip("axe_playwright_python")
    phone_on.prepared(SECOND)
    phone_on.line.cut()
    page = phone_on.open()
    page.evaluate("scrollTo(0, 0)")
    assert small_targets(page, TARGETS, unnamed=True) == []
    assert sideways_px(page) == 0
    phone_on.line.join()
    page = phone_on.open(way="/gw/field")
    page.evaluate("scrollTo(0, 0)")
    assert grave_findings(page) == []


def test_without_https_the_page_says_that_it_must_stay_open_and_still_loses_no_record(
    phone: Phone, tmp_path: Path
) -> None:
    account, plain = login(35), f"http://{NAME}:{phone.line.port}"
    phone.sign_in(account, to=plain)
    page = phone.open(to=plain)
    waits_for(page, "请不要刷新或关闭页面")
    assert page.evaluate("!isSecureContext && !navigator.serviceWorker")
    phone.line.cut()
    record_with_photo(page, photo(tmp_path))
    page.close()
    phone.line.join()
    page = phone.open(to=plain)
    state_is(page, "saved")
    page.locator('[data-count="waiting"]:text-is("0")').wait_for(timeout=WAIT_MS)
    assert len({visit["visit_id"] for visit in phone.arrived(account)}) == 1


def test_a_page_that_could_not_be_kept_at_first_is_kept_as_soon_as_it_can_be(
    phone_on: Phone,
) -> None:
    phone_on.sign_in(login(38))
    page = phone_on.context.new_page()
    page.add_init_script(f"({TWICE_BUSY})()")
    page.goto(f"{phone_on.address}/gw/field")
    waits_for(page, "请不要刷新或关闭页面")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(OPENS_OFFLINE, timeout=WAIT_MS)
    assert "请不要刷新或关闭页面" not in page.locator("body").inner_text()
    page.close()


def test_a_saved_card_stays_in_view_with_its_undo_and_a_photo_can_be_taken_away_again(
    phone_on: Phone, tmp_path: Path
) -> None:
    page = phone_on.prepared(login(36))
    card = page.locator(".gw-v-card").nth(1)
    card.locator(".gw-v-buttons button").nth(1).click()
    card.locator(".gw-v-chip").nth(1).click()
    card.locator(".gw-v-more summary").click()
    for _ in range(2):
        card.locator("input[type=file]").set_input_files(photo(tmp_path))
        card.locator(".gw-v-thumbnail").last.wait_for(timeout=WAIT_MS)
    waits_for(page, "已附照片：2 张")
    for left in (1, 0):
        card.locator(".gw-v-thumbnails button").first.click()
        page.wait_for_function(
            "left => document.querySelectorAll('.gw-v-thumbnail').length === left",
            arg=left, timeout=WAIT_MS,
        )  # fmt: skip
    card.locator(".gw-v-save .gw-v-primary").click()
    state_is(page, "saved")
    undo = card.locator(".gw-v-entries button").first.bounding_box()
    assert 0 <= undo["y"] <= PHONE[1] - undo["height"]
