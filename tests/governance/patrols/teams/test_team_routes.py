"""A team's own route: looked at as often as one likes, and written down when it leaves."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import create_workspace, open_office
from tests.governance.patrols.conftest import MONDAY, NOW

TUESDAY = MONDAY + timedelta(days=1)
WANG = Actor("wang", "王网格员", ("warden",), Scope.nothing())


def stop(building: str, place: int, *, day: Any = MONDAY, team: str = "T1") -> dict[str, Any]:
    return {
        "plan_id": "W1", "version": 2, "first": MONDAY, "last": MONDAY + timedelta(days=6),
        "shift_id": f"{team}/{day}/evening", "team_id": team, "day": day, "part": "evening",
        "place": place, "building_id": building, "arm": "list", "arrive": 1080, "minutes": 12,
        "mode": "夜查",
    }  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def sent(
    request: pytest.FixtureRequest, tmp_path: Path, empty_postgresql: Callable[[], str]
) -> Iterator[Office]:
    """Return an office that sends one's team out on two evenings, and another team on one."""
    folder = create_workspace(tmp_path / "office")
    url = "" if request.param == "sqlite" else empty_postgresql()
    (folder / "gridwarden.toml").write_text(f'[store]\nurl = "{url}"\n', encoding="utf-8")
    office = open_office(folder, now=lambda: NOW)
    office.accounts.add(local_owner(), "wang", name="王网格员")
    for team in (
        Team(team_id="new", name="一队", members=("wang",)),
        Team(team_id="new", name="二队"),
    ):
        office.teams.save(local_owner(), team)
    stops = [stop("B1", 1), stop("B2", 2), stop("B3", 1, day=TUESDAY), stop("B4", 1, team="T2")]
    with office._workspace.store.begin() as unit:
        unit.patrols.put_stops("W1", stops)
        unit.commit()
    yield office
    office.close()


def exports(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with office._workspace.store.begin() as unit:
        events = reversed([e for e in unit.audit.newest(50) if e.action == "export"])
        return [(event.actor, dict(event.facts)) for event in events]


def test_a_route_that_leaves_as_a_file_is_written_down_with_its_plan_and_how_much_it_was(
    sent: Office,
) -> None:
    whole = sent.team_routes.my_patrol(WANG, on=MONDAY)
    assert whole["building_id"].tolist() == ["B1", "B2", "B3"]
    assert exports(sent) == []
    assert sent.team_routes.my_patrol(WANG, on=MONDAY, leaves_as="route.xlsx").equals(whole)
    evening = f"T1/{TUESDAY}/evening"
    one = sent.team_routes.my_patrol(WANG, on=MONDAY, shift_id=evening, leaves_as="evening.xlsx")
    assert one["building_id"].tolist() == ["B3"]
    assert exports(sent) == [
        ("wang", {"file": "route.xlsx", "plans": ["W1"], "shifts": 2, "stops": 3}),
        ("wang", {"file": "evening.xlsx", "plans": ["W1"], "shifts": 1, "stops": 1}),
    ]


def test_a_shift_of_another_team_cannot_be_asked_for(sent: Office) -> None:
    assert sent.team_routes.my_patrol(WANG, on=MONDAY, shift_id=f"T2/{MONDAY}/evening").empty
