"""Who sees which page, what each role opens on, and what a page does once nobody is signed in."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from pages import html, labelled, main_page, page_of, run
from small_browser import PASSWORD, add_account

from dashboard import navigation
from dashboard.i18n import translator
from dashboard.runtime import context
from dashboard.ui import frame
from governance.access.permissions import Actor, Scope, local_owner
from governance.access.roles import ADMINISTRATORS, GRANTED
from governance.office import Office


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


@pytest.mark.parametrize("role", GRANTED)
def test_the_menu_has_every_page_of_a_role_once_and_no_part_of_one_page(role: str) -> None:
    mine = navigation.entries_for(one(role))
    menu = navigation.menu_of(mine)
    assert sorted(each.name for part in menu.values() for each in part) == sorted(names(role))
    assert all(len(part) > 1 for group, part in menu.items() if group)
    assert next(iter(menu)) == "", "what lies open comes first"


def test_few_pages_all_lie_open_and_many_are_grouped() -> None:
    few, many = navigation.PAGES[: navigation.FLAT], navigation.PAGES
    assert navigation.menu_of(few) == {"": list(few)}
    menu = navigation.menu_of(many)
    assert [each.name for each in menu[""]] == ["start", "offices", "map"]
    assert all(each.group == group for group, part in menu.items() for each in part)


def test_every_page_and_every_part_of_the_menu_has_a_name() -> None:
    say = translator("zh")
    assert all(say.knows("menu", group) for group in navigation.GROUPS)
    assert all(say.knows("page", entry.name) for entry in navigation.PAGES)


def test_addresses_of_pages_never_change() -> None:
    assert {entry.url_path for entry in navigation.PAGES} >= {
        "start", "my-buildings", "map", "building", "responsibility", "import", "evaluation",
        "people",
    }  # fmt: skip


def test_the_front_door_is_what_the_role_opens_on(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, one("hotline_clerk"))
    assert run(main_page()).title[0].value == "导入"


def test_nobody_signed_in_is_told_kindly_and_led_to_the_sign_in(
    serve: Callable[..., Any], empty_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(empty_office)
    monkeypatch.setattr(context, "actor", nobody)
    app = run(main_page())
    assert app.title[0].value == "您已退出登录"
    assert "/gw/sign-in" in html(app)


class SignedIn(NamedTuple):
    """An office, and the token by which the browser of a test is signed in to it."""

    office: Office
    token: str


@pytest.fixture
def signed_in(
    serve: Callable[..., Any], own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> SignedIn:
    """Serve a city in which the browser of these tests is signed in as a hotline clerk."""
    add_account(own_city, "clerk", "hotline_clerk")
    token = own_city.sign_in.by_password("clerk", PASSWORD).token
    serve(own_city, None)
    monkeypatch.setattr(context, "token", lambda: token)
    return SignedIn(own_city, token)


@pytest.mark.parametrize("script", ["main", "view"])
def test_a_click_on_a_page_that_is_still_open_does_nothing_after_signing_out(
    signed_in: SignedIn, script: str
) -> None:
    app = main_page() if script == "main" else page_of("importing")
    app.session_state["import_tabs"] = "待定地址"
    that = labelled(run(app).button, "均不符合")
    waiting = signed_in.office.address_review.queue(local_owner())
    signed_in.office.sessions.sign_out(signed_in.token)
    that.click()
    assert run(app).title[0].value == "您已退出登录"
    assert len(signed_in.office.address_review.queue(local_owner())) == len(waiting) > 0


def looked_up(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list into which every question to the store about a session goes."""
    asked: list[str] = []
    sessions = signed_in.office.sessions
    look_up = sessions.session

    def counted(token: str) -> Any:
        asked.append(token)
        return look_up(token)

    monkeypatch.setattr(sessions, "session", counted)
    return asked


def test_a_part_that_is_drawn_alone_asks_the_store_once_each_time_and_draws_for_nobody_else(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_for: list[Actor] = []
    asked = looked_up(signed_in, monkeypatch)
    monkeypatch.setattr(frame.st, "fragment", lambda draw: draw)
    part = frame.part(lambda page: drawn_for.extend([page.actor, page.actor]))
    page = frame.Page(signed_in.office, translator("zh"))
    part(page)
    part(page)
    assert asked == [signed_in.token] * 2
    assert len(drawn_for) == 4
    signed_in.office.sessions.sign_out(signed_in.token)
    with pytest.raises(context.SignedOutError):
        part(page)
    assert len(drawn_for) == 4


def test_a_run_of_the_script_asks_the_store_once_who_is_there_and_the_next_run_asks_again(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = looked_up(signed_in, monkeypatch)
    app = run(main_page())
    assert app.title[0].value == "导入"
    assert asked == [signed_in.token]
    run(app)
    assert asked == [signed_in.token] * 2


def nobody() -> Actor:
    raise context.SignedOutError("signed_out")
