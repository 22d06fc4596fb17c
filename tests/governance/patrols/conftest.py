"""The small office with two teams, a score, and a draft of next week's plan."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imported import import_text, opened_copy

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
PEOPLE = """人员编号,姓名,角色,所属单位,在岗状态
P3,丙,网格员,示例社区,是
P4,丁,网格员,示例社区,是
"""
SETTINGS = """
[patrols]
shift_minutes = 30
"""
"""Two stops a shift: not all of eight buildings can be on a plan of three shifts."""
TEAMS = (
    Team(team_id="T1", name="一队", members=("P3", "wang"), shifts=((1, "evening"), (6, "day"))),
    Team(
        team_id="T2", name="联合队", members=("P4",), people=3, officers=2,
        departments=("教育", "市场监管"), shifts=((3, "evening"),),
    ),
)  # fmt: skip


def options(**asked: object) -> PlanOptions:
    """Return what is asked of a plan of next week that takes no time."""
    usual = {
        "seconds": 0.05,
        "one_more": False,
        "floor_cost": False,
        "random_share": 0.4,
        "seed": "of-the-server",
    }
    span = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}
    return PlanOptions(**span | usual | asked)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def planned_folder(built_once: Callable[..., Path], filled_folder: Path) -> Path:
    """Return an office with people, teams, a score and a plan; to be copied, never changed."""
    return built_once("planned", lambda folder: _plan(shutil.copytree(filled_folder, folder)))


def _plan(folder: Path) -> None:
    with (folder / "gridwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    office, owner = open_office(folder, now=lambda: NOW), local_owner()
    import_text(office, "persons", PEOPLE)
    office.scores.run(owner, as_of=date(2026, 11, 23))
    account = office.accounts.add(owner, "wang", name="王网格员")
    assert account
    for team in TEAMS:
        office.teams.save(owner, replace(team, team_id="new"))
    office.plans.make(owner, options())
    office.close()


@pytest.fixture(scope="session")
def planned(planned_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open a copy of that office for tests that change nothing but its log."""
    yield from opened_copy(planned_folder, tmp_path_factory.mktemp("read"), now=NOW)


@pytest.fixture
def desk(tmp_path: Path, planned_folder: Path) -> Iterator[Office]:
    """Return a copy of that office."""
    yield from opened_copy(planned_folder, tmp_path, now=NOW)


@pytest.fixture(scope="session")
def draft(planned: Office) -> Plan:
    """Return the draft, version 1."""
    plan = planned.plans.of_week(local_owner(), MONDAY)
    assert plan is not None
    return plan


@pytest.fixture
def planner() -> Actor:
    return Actor("li", "李统筹", ("planner",), Scope.whole())


@pytest.fixture
def member() -> Actor:
    """Return a member of the first team as they are without any plan: one building is theirs."""
    return Actor(
        "wang", "王网格员", ("warden",), Scope(buildings=frozenset({"B1"})), person_id="P9"
    )
