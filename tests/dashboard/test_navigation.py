"""Who sees which page, what each role opens on, and what a page does once nobody is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pages import html, labelled, main_page, opened, run

from dashboard import navigation
from dashboard.i18n import words
from dashboard.runtime import context
from governance.access.permissions import Actor, Scope, local_owner
from governance.access.roles import ADMINISTRATORS, GRANTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.office import Office


def one(*roles: str) -> Actor:
    return Actor(id="one", name="某人", roles=roles, scope=Scope.whole())


def names(*roles: str) -> set[str]:
    return {entry.name for entry in navigation.entries_for(one(*roles))}


@pytest.mark.parametrize("role", GRANTED)
def test_every_role_has_a_page_that_it_opens_on(role: str) -> None:
    home = navigation.home_of(one(role))
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
    home = navigation.home_of(one("hotline_clerk", "warden"))
    assert home is not None
    assert home.name == "importing"


def test_somebody_without_a_role_has_no_page() -> None:
    assert navigation.home_of(one()) is None
    assert navigation.way_instead("/", one()) is None


@pytest.mark.parametrize("entry", navigation.PAGES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_a_name(entry: navigation.Entry, language: str) -> None:
    assert words(language).knows("page", entry.name)


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


def test_a_click_on_a_page_that_is_still_open_does_nothing_after_signing_out(
    serve: Callable[..., Any], own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(own_city, one("hotline_clerk"))
    waiting = own_city.address_review.queue(local_owner())
    app = opened("importing")
    that = labelled(app.button, "就是它")
    monkeypatch.setattr(context, "actor", nobody)
    that.click()
    assert run(app).title[0].value == "您已退出登录"
    assert len(own_city.address_review.queue(local_owner())) == len(waiting) > 0


def nobody() -> Actor:
    raise context.SignedOutError("signed_out")
