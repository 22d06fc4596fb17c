"""People and audit, over the real accounts: each administrator sees and does his own part."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pages import labels, page_of, press
from pages import run as run_page
from streamlit.testing.v1 import AppTest

from dashboard.i18n import translator
from dashboard.runtime import context
from dashboard.views.people.accounts import scope_in_words, searched
from dashboard.views.people.rights import codes_of
from governance.access.permissions import Actor, Scope, local_owner
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def one(role: str) -> Actor:
    return Actor(id=f"the_{role}", name=role, roles=(role,), scope=Scope.whole())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty workspace with a warden's and a planner's account; to be copied."""
    folder = create_workspace(tmp_path_factory.mktemp("people") / "office")
    office, owner = open_office(folder, now=lambda: NOW), local_owner()
    office.accounts.add(owner, "wang", name="王示例", roles=["warden"], person_id="P1")
    office.accounts.add(owner, "li", name="李示例", roles=["planner"], scope=Scope.whole())
    office.close()
    return folder


@pytest.fixture
def office(built: Path, tmp_path: Path) -> Iterator[Any]:
    opened = open_office(shutil.copytree(built, tmp_path / "office"), now=lambda: NOW)
    yield opened
    context.withdraw()
    opened.close()


def opened_as(office: Any, role: str) -> AppTest:
    context.provide(office, everyone=one(role))
    return run(page_of("people", lang="en"))


def run(app: AppTest) -> AppTest:
    run_page(app)
    assert [e.value for e in app.error] == []
    return app


def row(office: Any, login: str) -> Any:
    accounts = office.accounts.all(local_owner())
    return accounts[accounts["login"] == login].iloc[0]


def test_the_system_administrator_makes_and_locks_but_gives_no_rights(office: Any) -> None:
    app = opened_as(office, "system_administrator")
    assert labels(app, "tab") == ["Accounts", "New account"]
    assert {"Lock", "Reset the password"} <= set(labels(app, "button"))
    assert "Store roles and scope" not in labels(app, "button")


def test_the_security_administrator_gives_rights_but_makes_no_account(office: Any) -> None:
    app = opened_as(office, "security_administrator")
    assert "New account" not in labels(app, "tab")
    assert "Lock" not in labels(app, "button")
    assert "Store roles and scope" in labels(app, "button")


@pytest.mark.parametrize("role", ["auditor", "audit_administrator"])
def test_who_reads_the_log_changes_nothing(office: Any, role: str) -> None:
    app = opened_as(office, role)
    assert labels(app, "tab") == ["Audit log", "Accounts"]
    assert not {"Lock", "Unlock", "Reset the password", "Make the account"} & set(
        labels(app, "button")
    )
    assert "whole" in app.success[0].value


def test_a_locked_account_can_be_unlocked(office: Any) -> None:
    app = opened_as(office, "system_administrator")
    app.selectbox(key="account_chosen").select("wang")
    run(app).button(key="account_lock").click()
    run(app)
    assert row(office, "wang")["state"] == "locked"
    assert "wang is locked" in app.success[0].value
    app.button(key="account_unlock").click()
    run(app)
    assert row(office, "wang")["state"] != "locked"


def test_a_new_password_is_shown_once(office: Any) -> None:
    app = opened_as(office, "system_administrator")
    app.selectbox(key="account_chosen").select("wang")
    run(app).button(key="account_reset").click()
    shown = run(app).code[0].value
    assert office.sign_in.by_password("wang", shown).must_change
    app.button(key="one_time_done").click()
    assert len(run(app).code) == 0


def test_a_new_account_gets_a_one_time_password_and_no_rights(office: Any) -> None:
    app = opened_as(office, "system_administrator")
    app.session_state["people_tabs"] = "New account"
    run(app)
    app.text_input(key="new_login").input("zhao")
    app.text_input(key="new_name").input("赵示例")
    shown = press(app, "Make the account").code[0].value
    made = row(office, "zhao")
    assert (made["name"], tuple(made["roles"])) == ("赵示例", ())
    assert office.sign_in.by_password("zhao", shown).must_change


def test_roles_scope_and_person_are_stored_together(office: Any) -> None:
    app = opened_as(office, "security_administrator")
    app.selectbox(key="account_chosen").select("wang")
    run(app)
    app.multiselect(key="roles_wang").select("grid_chief")
    app.text_input(key="person_wang").input("P2")
    app.checkbox(key="street_wang").check()
    press(app, "Store roles and scope")
    stored = row(office, "wang")
    assert tuple(stored["roles"]) == ("warden", "grid_chief")
    assert stored["person_id"] == "P2"
    assert stored["scope"]["street"] is True


def test_a_refused_right_says_why_and_changes_nothing(office: Any) -> None:
    app = opened_as(office, "security_administrator")
    app.selectbox(key="account_chosen").select("wang")
    run(app).multiselect(key="roles_wang").select("auditor")
    press(app, "Store roles and scope")
    assert len(app.error) == 1
    assert tuple(row(office, "wang")["roles"]) == ("warden",)


def test_an_unmasked_export_takes_two_people_and_happens_once(office: Any) -> None:
    app = opened_as(office, "planner")
    app.text_input(key="ask_reason").input("court order 12")
    press(app, "Ask for it")
    assert office.exports.requests(local_owner())["state"].tolist() == ["open"]
    manager = opened_as(office, "office_manager")
    manager.button(key="allow_1").click()
    run(manager)
    assert office.exports.requests(local_owner())["state"].tolist() == ["approved"]
    assert "Fetch No. 1 once: Buildings" in labels(opened_as(office, "planner"), "download_button")


def test_who_asked_cannot_allow_it_himself(office: Any) -> None:
    app = opened_as(office, "office_manager")
    app.text_input(key="ask_reason").input("court order 12")
    assert "Allow once" not in labels(press(app, "Ask for it"), "button")


def test_the_log_can_be_narrowed_to_a_person_and_an_action(office: Any) -> None:
    office.accounts.lock(one("system_administrator"), "wang")
    app = opened_as(office, "auditor")
    everything = app.dataframe[0].value
    app.selectbox(key="audit_person").select("the_system_administrator")
    narrowed = run(app).dataframe[0].value
    assert 0 < len(narrowed) < len(everything)
    assert set(narrowed["person"]) == {"the_system_administrator"}


def test_a_search_finds_logins_names_persons_and_roles(office: Any) -> None:
    accounts, say = office.accounts.all(local_owner()), translator("zh")
    for wanted, found in (("WANG", "wang"), ("李示", "li"), ("p1", "wang"), ("网格员", "wang")):
        assert searched(accounts, wanted, say=say)["login"].tolist() == [found]
    assert len(searched(accounts, "", say=say)) == 2


def test_a_scope_is_told_in_words() -> None:
    say = translator("en")
    assert scope_in_words(Scope.whole(), say=say) == "the whole street"
    some = Scope(communities=frozenset({"C1"}), buildings=frozenset({"B2", "B1"}))
    assert scope_in_words(some, say=say) == "communities C1；buildings B1、B2"
    assert scope_in_words(Scope.nothing(), say=say) == "what the person answers for"


@pytest.mark.parametrize("text", ["C1 C2", "C1,C2", "C1，C2；", " C1、 C2\n"])
def test_codes_may_be_parted_as_people_part_them(text: str) -> None:
    assert codes_of(text) == ["C1", "C2"]
