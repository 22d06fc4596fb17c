"""Who sees which page, what each role opens on, and what a page does once nobody is signed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard import navigation
from dashboard.i18n import words
from dashboard.runtime import context
from governance.access.permissions import Actor, Scope
from governance.access.roles import ADMINISTRATORS, GRANTED

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = Path(dashboard.__file__).with_name("main.py")


def one(*roles: str) -> Actor:
    return Actor(id="one", name="某人", roles=roles, scope=Scope.whole())


def names(*roles: str) -> set[str]:
    return {entry.name for entry in navigation.entries_for(one(*roles))}


@pytest.mark.parametrize("role", GRANTED)
def test_every_role_has_a_page_that_it_opens_on(role: str) -> None:
    home = navigation.landing_page(one(role))
    assert home is not None
    assert home.name == navigation.OPENS_ON[role]


@pytest.mark.parametrize("role", ["warden", "building_head", "property_owner"])
def test_who_may_not_know_why_sees_his_buildings_and_nothing_else(role: str) -> None:
    assert names(role) == {"my_buildings"}


@pytest.mark.parametrize("role", [*ADMINISTRATORS, "auditor"])
def test_who_keeps_or_checks_the_system_sees_no_case(role: str) -> None:
    assert names(role) == {"people"}


def test_somebody_with_two_roles_sees_the_pages_of_both_and_opens_on_the_first() -> None:
    assert names("warden", "hotline_clerk") == names("warden") | names("hotline_clerk")
    home = navigation.landing_page(one("hotline_clerk", "warden"))
    assert home is not None
    assert home.name == "importing"


def test_somebody_without_a_role_has_no_page() -> None:
    assert navigation.landing_page(one()) is None
    assert navigation.redirect_for("/", one()) is None


@pytest.mark.parametrize("entry", navigation.PAGES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_a_name(entry: navigation.Entry, language: str) -> None:
    assert words(language).knows("page", entry.name)


def test_addresses_of_pages_never_change() -> None:
    assert {entry.url_path for entry in navigation.PAGES} >= {
        "start", "my-buildings", "map", "building", "responsibility", "import", "evaluation",
        "people",
    }  # fmt: skip


def test_the_front_door_is_what_the_role_opens_on(make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, everyone=one("hotline_clerk"))
    app = AppTest.from_file(str(MAIN)).run(timeout=20)
    assert app.title[0].value == "导入"


def test_nobody_signed_in_is_told_kindly_and_led_to_the_sign_in(
    make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_office(buildings=30)
    monkeypatch.setattr(context, "actor", nobody)
    app = AppTest.from_file(str(MAIN)).run(timeout=20)
    assert app.title[0].value == "您已退出登录"
    assert any("/gw/sign-in" in element.proto.body for element in app.get("html"))


@pytest.fixture
def signed_in(make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Serve an office in which the browser of these tests is signed in as the hotline clerk."""
    office = make_office(buildings=30, everyone=None)
    office.token = office.sign_in.by_demo("hotline_clerk").token
    monkeypatch.setattr(context, "token", lambda: office.token)
    return office


@pytest.mark.parametrize("script", ["main", "view"])
def test_a_click_on_a_page_that_is_still_open_does_nothing_after_signing_out(
    signed_in: Any, script: str
) -> None:
    is_main = script == "main"
    app = AppTest.from_file(str(MAIN)) if is_main else AppTest.from_function(importing_script)
    app.session_state["import_tabs"] = "待定地址"
    app.run(timeout=20)
    that = next(button for button in app.button if button.label == "就是它")
    signed_in.sessions.sign_out(signed_in.token)
    that.click()
    app.run(timeout=20)
    assert [call for call in signed_in.calls if call[0] == "decide_review"] == []
    assert app.title[0].value == "您已退出登录"
    assert [str(e.value) for e in app.exception] == []


def test_a_run_of_the_script_asks_the_store_once_who_is_there_and_the_next_run_asks_again(
    signed_in: Any,
) -> None:
    asked: list[str] = []
    look_up = signed_in.flat.session_of_token
    signed_in.session_of_token = lambda token: (asked.append(token), look_up(token))[1]
    app = AppTest.from_file(str(MAIN)).run(timeout=20)
    assert app.title[0].value == "导入"
    assert asked == [signed_in.token]
    app.run(timeout=20)
    assert asked == [signed_in.token] * 2


def nobody() -> Actor:
    raise context.SignedOutError("signed_out")


def importing_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.importing import page as importing_page

    page = frame.open_page()
    if page is not None:
        importing_page.show(page)
