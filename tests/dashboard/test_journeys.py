"""Journeys of roles, in a real browser over the real office and the demonstration."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from visits import (
    PHONE,
    WAIT_MS,
    WIDE,
    faults,
    leave,
    left_at_the_end,
    new_profile,
    settled,
    tab_of,
    telling,
)

pytestmark = pytest.mark.browser

HOMES = {
    "office_manager": "/start",
    "planner": "/plan",
    "grid_chief": "/start",
    "warden": "/my-buildings",
    "hotline_clerk": "/import",
    "enforcement_officer": "/my-buildings",
    "auditor": "/people",
}
CASES, TEXTS = "线索与案件", "线索筛查"
PATROLS = ["我的楼栋", "巡查计划", "楼栋", "责任"]
SYSTEM = ["导入", "评估", "用户与审计"]
RECORDS = ["台账", "材料", "通报"]
MENUS = {
    "office_manager": {
        "": ["开始", "一张图"], "巡查": PATROLS, "案件": [CASES, TEXTS], "台账与材料": RECORDS,
        "数据与系统": SYSTEM,
    },
    "planner": {
        "": ["开始", "一张图", TEXTS], "巡查": PATROLS, "台账与材料": ["台账", "通报"],
        "数据与系统": SYSTEM,
    },
    "grid_chief": {
        "": ["开始", "一张图", CASES], "巡查": PATROLS, "台账与材料": RECORDS,
    },
    "enforcement_officer": {
        "": ["一张图"], "巡查": ["我的楼栋", "楼栋", "责任"], "案件": [CASES, TEXTS],
        "台账与材料": RECORDS,
    },
    "hotline_clerk": {"": ["导入", CASES, TEXTS, "用户与审计"]},
}  # fmt: skip
"""The menu's parts and their pages; the pages under "" lie open in it."""
LINK, PART = "[data-testid=stTopNavLink]", "[data-testid=stTopNavSection]"
UNCOUNTED = re.compile(r" \(\d+\)$")
TITLES = {
    "/start": "本周情况",
    "/map": "先看哪里",
    "/plan": "巡查计划",
    "/my-buildings": "我的楼栋",
    "/import": "导入",
    "/people": "用户与审计",
}
ELSEWHERE = {"/people": "/map", "/my-buildings": "/import"}
"""A page that whoever opens on the former lacks."""


@pytest.fixture
def profile(visitors: dict[str, Any], server: str) -> Iterator[Any]:
    """Return a browser in which nobody is signed in; what it fetched before stays."""
    browser = visitors["zh"]
    browser.clear_cookies()
    yield browser
    first, *others = browser.pages
    for page in others:
        page.close()
    leave(first, server)


def says(page: Any, text: str | re.Pattern[str]) -> None:
    page.get_by_text(text).filter(visible=True).first.wait_for(timeout=WAIT_MS)


def titled(page: Any, path: str) -> None:
    """Wait until the page of a path is drawn."""
    page.get_by_role("heading", level=1, name=re.compile(TITLES[path])).wait_for(timeout=WAIT_MS)


def enter(profile: Any, server: str, role: str) -> Any:
    """Sign in as a role by one click; return the page that it opens on, drawn."""
    page = tab_of(profile)
    page.goto(server)
    assert urlsplit(page.url).path == "/gw/sign-in"
    page.locator(f"button[value={role}]").click()
    page.wait_for_url(f"**{HOMES[role]}*", timeout=WAIT_MS)
    titled(page, HOMES[role])
    return page


def menu_of(page: Any) -> dict[str, list[str]]:
    """Return what the menu names, each of its parts folded out by the keyboard."""
    found = {"": [text.strip() for text in page.locator(LINK).all_inner_texts()]}
    for part in page.locator(PART).all():
        part.focus()
        page.keyboard.press("Enter")
        items = page.get_by_role("menuitem")
        items.first.wait_for(timeout=WAIT_MS)
        name = UNCOUNTED.sub("", part.inner_text().split("\n")[0].strip())
        found[name] = [UNCOUNTED.sub("", text.strip()) for text in items.all_inner_texts()]
        page.keyboard.press("Escape")
        items.first.wait_for(state="detached", timeout=WAIT_MS)
    return found


@pytest.mark.parametrize("role", MENUS)
def test_every_role_opens_on_its_own_page_with_its_menu(
    profile: Any, server: str, role: str
) -> None:
    """Who has one page, which is no menu, opens on it below; `test_navigation` knows them all."""
    with telling(profile):
        page = enter(profile, server, role)
        settled(page)
        assert menu_of(page) == MENUS[role]


@pytest.mark.parametrize("role", ["warden", "auditor"])
def test_a_page_of_others_is_not_shown_and_signing_out_ends_every_tab(
    profile: Any, server: str, role: str
) -> None:
    with telling(profile):
        page, second = enter(profile, server, role), profile.new_page()
        second.goto(f"{server}{ELSEWHERE[HOMES[role]]}")
        says(second, "这一页不在您的职责范围内")
        page.locator(".gw-who button").click()
        page.wait_for_url("**/gw/sign-in*", timeout=WAIT_MS)
        says(page, "您已退出登录。")
        second.get_by_role("radio", name="English").click()
        says(second, "You are signed out")
        second.reload()
        assert urlsplit(second.url).path == "/gw/sign-in", "and a refresh asks to sign in"


def test_a_refresh_and_a_second_tab_stay_signed_in(profile: Any, server: str) -> None:
    with telling(profile):
        page = enter(profile, server, "planner")
        page.reload()
        titled(page, "/plan")
        second = profile.new_page()
        second.goto(f"{server}/import")
        titled(second, "/import")


def test_signing_in_works_by_keyboard_alone_and_without_scripts(browser: Any, server: str) -> None:
    plain = new_profile(browser, locale="en-GB", java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{server}/building?unit=B00001")
    page.locator("#login").focus()
    page.keyboard.type("nobody")
    page.keyboard.press("Tab")
    page.keyboard.type("no such password")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for(timeout=WAIT_MS)
    assert page.locator("#login").input_value() == "nobody"
    assert page.locator("#password").input_value() == ""
    page.locator("button[value=auditor]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/building?unit=B00001*", timeout=WAIT_MS)
    plain.close()


def test_axe_finds_nothing_serious_on_the_pages_of_signing_in_and_of_people(
    visitors: dict[str, Any], server: str
) -> None:
    """In the longer words of the two languages; the elements are the same in both."""
    pytest.importorskip("axe_playwright_python")
    browser = visitors["en"]
    browser.clear_cookies()
    page = tab_of(browser)
    with left_at_the_end(page, server, {}), telling(browser):
        page.goto(f"{server}/gw/sign-in")
        wrong = faults(page, (WIDE, PHONE), rests=lambda page: page.wait_for_load_state())
        page.locator("button[value=auditor]").click()
        page.locator("h1").wait_for(timeout=WAIT_MS)
        page.locator("[data-testid=stDataFrame]").first.wait_for(timeout=WAIT_MS)
        wrong += faults(page, (WIDE, PHONE))
    assert wrong == []
