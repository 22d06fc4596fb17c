"""My buildings in a real browser: few taps, no doubles, and nothing that was typed is lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from visits import (
    PHONE,
    WAIT_MS,
    WIDE,
    forget,
    grave_findings,
    is_own_noise,
    new_profile,
    sideways_px,
    small_targets,
    tab_of,
    telling,
)
from warden_street import IDLE, MANAGER, OWNER, TODAY, WARDENS, login, opened, recorded, token_of

from dashboard.i18n import translator
from governance.office import Office

pytestmark = pytest.mark.browser

READY = ".gw-visits-slot[data-ready]"
KEPT = '.gw-visits-slot[data-kept="1"]'
"""Everything that was typed is on the disk."""
OWN_NOISE = re.compile(r"ERR_|401|409|Client Error in reaching|not responding")
"""What a browser says of a server that is gone, or refuses."""
TARGETS = ".gw-v button, .gw-v a, .gw-v summary, .gw-v input:not([type=checkbox]), .gw-v select"
# The server decodes and encodes a photo anew: what the telephone sent is seen here alone.
KEEPS_WHAT_IS_SENT = """() => {
  const send = window.fetch;
  window.fetch = async (address, how) => {
    if (String(address).includes("/gw/visits/photo")) {
      window.gwSent = [...new Uint8Array(await new Response(how.body).arrayBuffer())];
    }
    return send(address, how);
  };
}"""
IS_SEEN = """(text) => {
  const box = text.getBoundingClientRect();
  return document.elementFromPoint(box.x + 5, box.y + box.height / 2) === text;
}"""
_wardens = count(WARDENS, -1)  # the other file of tests of this workspace counts upwards


@dataclass
class Phone:
    """One browser profile on a phone, and the office that it talks to."""

    context: Any
    address: str
    office: Office
    wrong: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    """Tabs that it hears of."""

    def sign_in(self, account: str) -> None:
        name, value = self.office.sessions.cookie_name, token_of(self.office, account)
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open(self, before: Callable[[Any], None] = lambda _page: None) -> Any:
        """Open the page; ``before`` may first set up what the page meets."""
        page = tab_of(self.context)
        before(page)
        self.told.append(page)
        page.on("pageerror", self._failed)
        page.on("console", self._heard)
        page.goto(f"{self.address}/my-buildings")
        page.wait_for_selector(READY, timeout=WAIT_MS)
        return page

    def arrived(self, account: str) -> list[dict[str, Any]]:
        """Return every version of visits that arrived under an account's name."""
        return recorded(self.office, account)

    def forget(self) -> None:
        """Let the browser forget whose it was, but for one tab."""
        for page in self.told:
            page.remove_listener("pageerror", self._failed)
            page.remove_listener("console", self._heard)
        forget(self.context, self.address)

    def _failed(self, error: Any) -> None:
        self.wrong.append(str(error))

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not (
            is_own_noise(message) or OWN_NOISE.search(message.text)
        ):
            self.wrong.append(message.text)


Served = tuple[str, Office]


@pytest.fixture(scope="module")
def served(warden_server: str, warden_folder: Path) -> Iterator[Served]:
    """Serve the wardens; the office is opened here as well, to see what arrives."""
    with opened(warden_folder) as office:
        yield warden_server, office


@pytest.fixture(scope="module")
def pocket(browser: Any) -> Iterator[Any]:
    """Return a browser profile on a phone, so that what never changes is fetched once."""
    screen = {"width": PHONE[0], "height": PHONE[1]}
    context = new_profile(browser, locale="zh-CN", viewport=screen)
    yield context
    context.close()


@contextmanager
def phone_of(context: Any, served: Served, account: str) -> Iterator[Phone]:
    """Sign an account in on a profile that then forgets whose it was."""
    phone = Phone(context, *served)
    phone.sign_in(account)
    try:
        with telling(context):
            yield phone
    finally:
        phone.forget()
    assert phone.wrong == [], "the browser has nothing to complain about"


@pytest.fixture
def account() -> str:
    """Return a warden whom no other test uses."""
    return login(next(_wardens))


@pytest.fixture
def another() -> str:
    """Return one more."""
    return login(next(_wardens))


@pytest.fixture
def phone(pocket: Any, served: Served, account: str) -> Iterator[Phone]:
    with phone_of(pocket, served, account) as made:
        yield made


def nothing_found(page: Any, place: int = 0) -> Any:
    return page.locator(".gw-v-nothing").nth(place)


def state_is(page: Any, state: str, *, number: int = 1) -> None:
    lines = page.locator(f'.gw-v-entries li[data-state="{state}"]')
    lines.nth(number - 1).wait_for(timeout=WAIT_MS)
    assert lines.count() == number


def open_form(page: Any, place: int = 0) -> Any:
    """Open what is recorded of a building beside "nothing found", with everything unfolded."""
    card = page.locator(".gw-v-card").nth(place)
    card.locator(".gw-v-buttons button").nth(1).click()
    card.locator(".gw-v-chip").nth(1).click()
    card.locator(".gw-v-more summary").click()
    return card


def counted(page: Any, name: str) -> int:
    return int(page.locator(f'[data-count="{name}"]').inner_text())


# ---- taps -----------------------------------------------------------------------------------


def test_one_tap_saves_exactly_one_visit_says_so_aloud_and_is_undone_where_it_was_made(
    phone: Phone, account: str
) -> None:
    page = phone.open()
    button = nothing_found(page)
    box = button.bounding_box()
    assert box["y"] + box["height"] < PHONE[1], "it is seen without scrolling"
    button.click()
    state_is(page, "saved")
    page.locator('.gw-v [aria-live="polite"]:has-text("已保存")').wait_for(
        state="attached", timeout=WAIT_MS
    )
    assert [v["result"] for v in phone.arrived(account)] == ["未发现异常"]
    counts = tuple(counted(page, each) for each in ("toSee", "seen", "waiting"))
    assert counts == (TODAY - 1, 1, 0)
    assert page.evaluate("document.activeElement.textContent") == "撤销", "focus is kept"
    page.keyboard.press("Enter")
    nothing_found(page).wait_for(state="visible", timeout=WAIT_MS)
    page.locator('[data-count="toSee"]:text-is("5")').wait_for(timeout=WAIT_MS)
    assert [visit["withdrawn"] for visit in phone.arrived(account)] == [False, True]


def test_three_taps_record_anything_else_with_its_next_step(phone: Phone, account: str) -> None:
    page = phone.open()
    results = ["疑似", "属实", "拒不开门", "无人", "未能进入"]
    for place, result in enumerate(results):
        card = page.locator(".gw-v-card").nth(place)
        taps = [
            card.locator(".gw-v-buttons button").nth(1),
            card.get_by_role(
                "button", name=translator("zh").name("visit_result", result), exact=True
            ),
            card.locator(".gw-v-save .gw-v-primary"),
        ]
        for tap in taps:
            tap.click()
    state_is(page, "saved", number=5)
    kept = phone.arrived(account)
    assert [visit["result"] for visit in kept] == results
    steps = ["chief_looks", "refer", "joint_team", "again", "again"]
    assert [visit["next_step"] for visit in kept] == steps
    assert all(visit["retry_at"] > visit["at"] for visit in kept)


def test_signs_counts_flat_and_note_travel_and_may_be_left_out(phone: Phone, account: str) -> None:
    page = phone.open()
    card = open_form(page)
    sign = card.locator(".gw-v-chips").nth(1).locator("button").first
    sign.click()
    assert sign.get_attribute("aria-pressed") == "true"
    for _ in range(2):
        card.locator(".gw-v-stepper button").nth(1).click()
    card.locator("input[type=text]").fill("3-1001")
    card.locator("textarea").fill("晚上七点有学生进出")
    card.locator(".gw-v-save .gw-v-primary").click()
    state_is(page, "saved")
    (visit,) = phone.arrived(account)
    assert (visit["pupils"], visit["unit"]) == (2, "3-1001")
    assert visit["note"] == "晚上七点有学生进出"
    assert len(visit["signs"]) == 1
    assert pd.isna(visit["teachers"])


def test_what_was_seen_stands_below_the_result_before_what_is_set_already(phone: Phone) -> None:
    card = open_form(phone.open())
    parts = (".gw-v-chips >> nth=1", ".gw-v-field:has(input[type=file]) > button", "textarea",
             ".gw-v-stepper >> nth=0", "select")  # fmt: skip
    heights = [card.locator(part).bounding_box()["y"] for part in parts]
    assert heights == sorted(heights)


def test_a_whole_building_is_recorded_in_one_go(phone: Phone, account: str) -> None:
    page = phone.open()
    card = page.locator(".gw-v-card").first
    card.locator(".gw-v-buttons button").nth(1).click()
    card.get_by_role("button", name="多户或多层一起登记").click()
    card.locator(".gw-v-floors input").nth(1).fill("4")
    card.get_by_role("button", name="生成").click()
    card.locator(".gw-v-rows select").nth(2).select_option("无人")
    card.get_by_role("button", name="保存 4 条").click()
    state_is(page, "saved", number=4)
    told = [(v["unit"], v["result"]) for v in phone.arrived(account)]
    assert told == [
        ("1层", "未发现异常"), ("2层", "未发现异常"), ("3层", "无人"), ("4层", "未发现异常")
    ]  # fmt: skip


# ---- without a connection ---------------------------------------------------------------------


def test_what_is_typed_without_a_connection_arrives_once_later(phone: Phone, account: str) -> None:
    page = phone.open()
    phone.context.set_offline(offline=True)
    nothing_found(page, 0).click()
    nothing_found(page, 1).click()
    state_is(page, "waiting", number=2)
    assert counted(page, "waiting") == 2
    assert phone.arrived(account) == []
    phone.context.set_offline(offline=False)
    state_is(page, "saved", number=2)
    assert len(phone.arrived(account)) == 2


def test_a_card_keeps_its_place_and_its_number_when_the_list_comes_anew(phone: Phone) -> None:
    page = phone.open()
    numbers = page.locator(".gw-v-order")
    before = numbers.all_text_contents()

    def walk_back(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        for building in told["buildings"]:
            building["order"] = 100 - building["order"]
        route.fulfill(response=answer, json=told)

    page.route("**/gw/my-buildings?*", walk_back)
    with page.expect_response("**/gw/my-buildings?*"):
        nothing_found(page).click()
    state_is(page, "saved")
    page.locator('[data-count="seen"]:text-is("1")').wait_for(timeout=WAIT_MS)
    assert numbers.all_text_contents() == before


def test_waiting_records_survive_a_reload(phone: Phone, account: str) -> None:
    page = phone.open()
    page.route("**/gw/visits*", lambda route: route.abort())
    nothing_found(page).click()
    state_is(page, "waiting")
    page.close()
    page = phone.open()
    state_is(page, "saved")
    assert len(phone.arrived(account)) == 1


def lose_first_answer(page: Any) -> list[int]:
    """Let the server have what is sent first, but not the phone its answer; return its status."""
    lost: list[int] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/gw/visits*", lose)
    return lost


def test_a_lost_answer_doubles_nothing(phone: Phone, account: str) -> None:
    page = phone.open()
    lost = lose_first_answer(page)
    nothing_found(page).click()
    state_is(page, "saved")
    assert lost == [200]
    assert len(phone.arrived(account)) == 1


def test_an_undo_after_a_lost_answer_takes_back_what_arrived(phone: Phone, account: str) -> None:
    page = phone.open()
    lose_first_answer(page)
    nothing_found(page).click()
    state_is(page, "waiting")
    page.locator(".gw-v-entries button").first.click()
    page.locator(".gw-v-entries li").first.wait_for(state="detached", timeout=WAIT_MS)
    assert [visit["withdrawn"] for visit in phone.arrived(account)] == [False, True]


def test_half_typed_words_survive_a_reload(phone: Phone) -> None:
    page = phone.open()
    card = open_form(page)
    card.locator("textarea").fill("写到一半")
    page.wait_for_selector(KEPT, timeout=WAIT_MS)
    page.close()
    page = phone.open()
    assert page.locator("textarea").input_value() == "写到一半"
    assert page.locator('.gw-v-chip[aria-pressed="true"]').count() == 1


def test_the_page_stays_usable_when_the_server_is_gone(phone: Phone, account: str) -> None:
    sockets: list[Any] = []

    def through(socket: Any) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page = phone.open(before=lambda page: page.route_web_socket("**/_stcore/stream*", through))
    page.evaluate(
        """() => new MutationObserver(() => {
          if (document.querySelector('[data-testid=stDialog]')) document.body.dataset.dialog = 1;
        }).observe(document.body, {childList: true})"""
    )
    page.route("**/*", lambda route: route.abort())
    sockets[-1].close()
    nothing_found(page).click()
    page.locator("body[data-dialog]").wait_for(state="attached", timeout=WAIT_MS)  # Streamlit's
    nothing_found(page, 1).click(timeout=WAIT_MS)
    state_is(page, "waiting", number=2)
    page.unroute_all()
    state_is(page, "saved", number=2)
    assert len(phone.arrived(account)) == 2
    page.close()  # how its sockets go is never undone


# ---- whose it is --------------------------------------------------------------------------------


def test_another_persons_records_wait_for_them_and_are_only_counted(
    phone: Phone, account: str, another: str
) -> None:
    page = phone.open()
    page.route("**/gw/visits*", lambda route: route.abort())
    nothing_found(page).click()
    state_is(page, "waiting")
    page.close()
    phone.sign_in(another)
    page = phone.open()
    page.get_by_text("这台设备上有其他人的 1 条记录待发送").wait_for(timeout=WAIT_MS)
    assert page.locator(".gw-v-entries li").count() == 0
    assert phone.arrived(account) == []
    assert phone.arrived(another) == []
    page.close()
    phone.sign_in(account)
    page = phone.open()
    state_is(page, "saved")
    assert len(phone.arrived(account)) == 1


def test_a_page_left_open_sends_nothing_under_the_next_persons_name(
    phone: Phone, account: str, another: str
) -> None:
    page = phone.open()
    phone.sign_in(another)
    nothing_found(page).click()
    page.get_by_text("不会以别人的名义发送").wait_for(timeout=WAIT_MS)
    assert phone.arrived(another) == []
    assert phone.arrived(account) == []


def test_signed_out_meanwhile_asks_to_sign_in_and_keeps_everything(
    phone: Phone, account: str
) -> None:
    page = phone.open()
    phone.context.clear_cookies()
    nothing_found(page).click()
    link = page.locator(".gw-v-warn a")
    link.wait_for(timeout=WAIT_MS)
    assert link.get_attribute("href") == "/gw/sign-in?next=/my-buildings"
    state_is(page, "waiting")
    phone.sign_in(account)
    state_is(page, "saved")
    assert len(phone.arrived(account)) == 1


def test_a_refused_record_says_why_and_can_be_changed(phone: Phone, account: str) -> None:
    page = phone.open()
    card = open_form(page)
    note = card.locator("textarea")
    note.evaluate("box => box.removeAttribute('maxlength')")  # an office may allow less
    note.fill("长" * 301)
    card.locator(".gw-v-save .gw-v-primary").click()
    state_is(page, "refused")
    card.get_by_role("button", name="修改").click()
    card.locator("textarea").fill("")
    card.locator(".gw-v-save .gw-v-primary").click()
    state_is(page, "saved")
    assert len(phone.arrived(account)) == 1


# ---- a photo ----------------------------------------------------------------------------------


def test_a_photo_arrives_small_and_without_place_or_camera(phone: Phone, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    source = BytesIO()
    Image.new("RGB", (3000, 2000), "navy").save(source, "jpeg", exif=exif)
    assert b"Camera of somebody" in source.getvalue()
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(source.getvalue())
    page = phone.open()
    page.evaluate(KEEPS_WHAT_IS_SENT)
    card = open_form(page)
    card.locator("input[type=file]").set_input_files(str(picture))
    card.get_by_text("已附照片：1 张").wait_for(timeout=WAIT_MS)
    card.locator(".gw-v-save .gw-v-primary").click()
    problem = card.get_by_text("请先勾选“照片里没有人脸")
    problem.wait_for(timeout=WAIT_MS)
    assert problem.evaluate(IS_SEEN), "it is not below the screen, nor under the button"
    card.locator("input[type=checkbox]").check()
    problem.wait_for(state="hidden", timeout=WAIT_MS)
    with page.expect_response("**/gw/visits/photo*") as answer:
        card.locator(".gw-v-save .gw-v-primary").click()
    assert answer.value.status == 200
    raw = bytes(page.evaluate("window.gwSent"))
    assert b"Camera of somebody" not in raw
    arrived = Image.open(BytesIO(raw))
    assert (arrived.format, arrived.size, len(arrived.getexif())) == ("JPEG", (1600, 1067), 0)


# ---- for everybody ----------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "size"), [("zh", PHONE), ("en", WIDE)])
def test_axe_finds_nothing_serious_and_fingers_find_every_target(
    pocket: Any, visitors: dict[str, Any], served: Served, account: str, language: str,
    size: tuple[int, int],
) -> None:  # fmt: skip
    pytest.importorskip("axe_playwright_python")
    profile = pocket if language == "zh" else visitors[language]
    screen = {"width": size[0], "height": size[1]}
    with phone_of(profile, served, account) as phone:
        page = phone.open(before=lambda page: page.set_viewport_size(screen))
        assert page.locator("html").get_attribute("lang").startswith(language)
        nothing_found(page).click()
        state_is(page, "saved")
        open_form(page, place=1)
        assert grave_findings(page, ".gw-v") == []
        assert small_targets(page, TARGETS, unnamed=True) == []
        assert sideways_px(page) == 0


def test_a_search_narrows_the_cards_and_the_keyboard_alone_records_a_visit(
    phone: Phone, account: str
) -> None:
    page = phone.open()
    name = page.locator(".gw-v-card h3").nth(2).inner_text()
    search = page.locator("input[type=search]")
    search.fill(name)
    assert page.locator(".gw-v-card:visible h3").all_inner_texts() == [name]
    search.fill("")
    search.focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('gw-v-nothing')"):
            break
    page.keyboard.press("Space")
    state_is(page, "saved")
    assert len(phone.arrived(account)) == 1


@pytest.mark.parametrize("account", [IDLE])
def test_whoever_has_no_building_reads_whom_to_ask(phone: Phone) -> None:
    phone.open().get_by_text("还没有分给您楼栋").wait_for(timeout=WAIT_MS)


@pytest.mark.parametrize("account", [MANAGER, OWNER])
def test_who_may_not_record_sees_buildings_without_buttons(phone: Phone) -> None:
    page = phone.open()
    assert page.locator(".gw-v-card").count() > 0
    assert page.locator(".gw-v-buttons").count() == 0
    headings = page.locator(".gw-v :is(h2, h3)").filter(visible=True)
    levels = headings.evaluate_all("(all) => all.map((each) => each.tagName)")
    assert levels[:2] == ["H2", "H3"], "none is left out below the title"
