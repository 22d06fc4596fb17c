"""Accounts on the command line: made there, and acted as."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import local_owner
from governance.access.roles import GRANTED
from gridwarden.compose import open_office
from gridwarden.settings import PASSWORD_VARIABLE

Gridwarden = Callable[..., Any]

GOOD = "Lotus-river-77"


def choose_password(folder: Path, login: str, once: str) -> None:
    office = open_office(folder)
    office.sign_in.change_password(office.sign_in.owner_of(login, once), old=once, new=GOOD)
    office.close()


def test_a_new_workspace_prints_its_first_administrator_once(
    tmp_path: Path, gridwarden: Gridwarden
) -> None:
    made = gridwarden("init", tmp_path / "w", "--json").json["administrator"]
    assert made["login"] == "admin"
    office = open_office(tmp_path / "w")
    assert office.sign_in.by_password("admin", made["one_time_password"]).must_change
    assert office.accounts.ensure_first_administrator() is None
    office.close()


def test_who_makes_an_account_that_sees_no_building_is_told(
    folder: Path, gridwarden: Gridwarden
) -> None:
    def add(login: str, *more: str) -> str:
        return gridwarden("-w", folder, "user", "add", login, *more).out

    assert "--street" in add("li", "--role", "planner")
    assert "--street" not in add("wu", "--role", "planner", "--street")
    assert "--street" not in add("he", "--role", "auditor")
    assert "--street" not in add("lu")


def test_an_account_is_made_changed_and_listed_for_scripts(
    folder: Path, gridwarden: Gridwarden
) -> None:
    made = gridwarden(
        "-w", folder, "user", "add", "Li", "--name", "李", "--role", "planner", "--street", "--json"
    ).json
    assert made["login"] == "li"
    assert len(made["one_time_password"]) >= 16
    gridwarden("-w", folder, "user", "roles", "li", "--role", "warden", "--person", "P0001")
    gridwarden("-w", folder, "user", "lock", "li")
    listed = {
        row["login"]: row
        for row in gridwarden("-w", folder, "user", "list", "--json").json["accounts"]
    }
    assert listed["li"]["roles"] == ["warden"]
    assert listed["li"]["scope"]["street"]
    assert (listed["li"]["state"], listed["li"]["person_id"]) == ("locked", "P0001")
    assert listed["li"]["last_seen_at"] is None
    gridwarden("-w", folder, "user", "unlock", "li")
    again = gridwarden("-w", folder, "user", "reset", "li", "--json").json
    assert again["one_time_password"] != made["one_time_password"]
    assert "李" in gridwarden("-w", folder, "user", "list").out
    assert len(gridwarden("user", "roles", "--json").json["roles"]) == len(GRANTED)


def test_a_command_acts_with_the_rights_of_the_account_it_names(
    folder: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    for login, role in (("li", "planner"), ("wu", "warden")):
        once = gridwarden("-w", folder, "user", "add", login, "--role", role, "--street", "--json")
        choose_password(folder, login, once.json["one_time_password"])
    monkeypatch.setenv(PASSWORD_VARIABLE, GOOD)
    assert gridwarden("-w", folder, "--as", "li", "imports", "--json").code == 0
    said = gridwarden("-w", folder, "--as", "wu", "imports", "--json")
    assert (said.code, said.json["error"]) == (1, "not_allowed")
    said = gridwarden("-w", folder, "--as", "li", "user", "add", "x1", "--json")
    assert (said.code, said.json["error"]) == (1, "not_allowed")
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    assert gridwarden("-w", folder, "--as", "li", "imports", "--json").json["error"] == (
        "sign_in_failed"
    )


def test_a_password_for_one_use_opens_no_command_but_its_change(
    folder: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = gridwarden(
        "-w", folder, "user", "add", "li", "--role", "planner", "--street", "--json"
    ).json
    monkeypatch.setenv(PASSWORD_VARIABLE, made["one_time_password"])
    said = gridwarden("-w", folder, "--as", "li", "imports", "--json")
    assert (said.code, said.json["error"]) == (1, "password_change_due")
    monkeypatch.setattr("typer.prompt", lambda *_, **__: GOOD)
    assert gridwarden("-w", folder, "--as", "li", "user", "password").code == 0
    monkeypatch.setenv(PASSWORD_VARIABLE, GOOD)
    assert gridwarden("-w", folder, "--as", "li", "imports", "--json").code == 0


@pytest.mark.parametrize("line", [("init", "x"), ("demo", "--no-serve"), ("serve",)])
def test_what_the_owner_of_the_machine_does_takes_no_account(
    folder: Path, gridwarden: Gridwarden, line: tuple[str, ...]
) -> None:
    said = gridwarden("-w", folder, "--as", "li", *line)
    assert said.code == 2
    assert "--as" in said.err


def test_the_demonstration_has_an_account_for_every_role_and_asks_no_password(
    own_demonstration: Path,
) -> None:
    office = open_office(own_demonstration)
    assert office.sign_in.demo_roles() == GRANTED
    assert office.accounts.ensure_first_administrator() is None
    assert office.demo_accounts.add_people(local_owner()) == 0
    actors = {}
    for role in GRANTED:
        actor = office.sessions.actor(office.sign_in.by_demo(role).token)
        assert actor is not None
        assert actor.roles == (role,)
        actors[role] = actor
    assert len(actors["warden"].scope.buildings) > 1
    assert actors["grid_chief"].scope.communities
    assert [len(actors[r].scope.buildings) for r in ("building_head", "property_owner")] == [1, 1]
    office.close()


def test_a_warden_lists_own_buildings_without_their_score_and_nothing_else(
    own_demonstration: Path, gridwarden: Gridwarden
) -> None:
    warden = ("-w", own_demonstration, "--as", "demo-warden")
    office = open_office(own_demonstration)
    own = office.sign_in.act_as("demo-warden", None).scope.buildings
    office.close()
    listed = gridwarden(*warden, "my-buildings", "--json").json
    assert listed
    assert {row["building_id"] for row in listed} <= own
    assert not any(row["tier"] or {"score", "points", "rank"} & set(row) for row in listed)
    refused = (("top",), ("imports",), ("explain", min(own)), ("user", "list"), ("verify",))
    for each in refused:
        said = gridwarden(*warden, *each, "--json")
        assert (said.code, said.json["error"]) == (1, "not_allowed"), each


def test_a_demonstration_turned_into_an_office_lets_nobody_in_by_a_click(
    own_demonstration: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(own_demonstration, tmp_path / "office")
    office = open_office(folder)
    token = office.sign_in.by_demo("planner").token
    office.close()
    path = folder / "gridwarden.toml"
    path.write_text(path.read_text("utf-8").replace("demo = true", "demo = false"), "utf-8")
    office = open_office(folder)
    assert office.sign_in.demo_roles() == ()
    assert office.sessions.session(token) is None
    office.close()
