"""Every service of an office, asked by every role with the names of another office's rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from installations import NOW
from service_arguments import arguments_of, decided_apart, services
from streets import COMMUNITY, ESTATES, marks, units
from two_communities import text_of

from geo.errors import GridwardenError
from governance.access.permissions import ROLES, Actor, Scope, local_owner
from governance.office import Office
from gridwarden.compose import open_office, place_in

ASKED, FOREIGN = "A", "B"
SCOPES = (Scope.whole(), Scope(communities=frozenset({COMMUNITY[FOREIGN]})))


@pytest.fixture(scope="module")
def east(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    city = shutil.copytree(installation.parent, tmp_path_factory.mktemp("services") / "city")
    place = place_in(city / "city.toml", "east")
    office = open_office(city / "east", now=lambda: NOW, place=place)
    yield office
    office.close()


@pytest.fixture(scope="module")
def snapshots(installation: Path) -> dict[str, str]:
    found = {}
    for mark, key in ((ASKED, "east"), (FOREIGN, "west")):
        office = open_office(installation.parent / key, now=lambda: NOW)
        found[mark] = str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
        office.close()
    return found


def _answer(office: Office, name: str, actor: Actor, asked: dict[str, Any]) -> str:
    service, _, method = name.rpartition(".")
    called = getattr(getattr(office, service) if service else office, method)
    try:
        return text_of(called(actor, **asked))
    except (GridwardenError, ValueError, KeyError) as error:
        return text_of(getattr(error, "facts", {}))


def test_who_answers_for_a_community_of_another_office_sees_no_building_here(
    east: Office, snapshots: dict[str, str]
) -> None:
    for role in ("office_manager", "planner", "grid_chief", "warden"):
        actor = Actor("b", role, (role,), SCOPES[1])
        assert len(east.risk_map.layer(actor, layer="building")) == 0
    whole = Actor("a", "a", ("planner",), Scope.whole())
    shown = east.risk_map.layer(whole, layer="building", snapshot_id=snapshots[ASKED])
    assert set(shown["unit"]) == {*units(ASKED)}


@pytest.mark.parametrize("name", services())
def test_no_service_of_an_office_knows_a_row_of_another(
    east: Office, snapshots: dict[str, str], tmp_path: Path, name: str
) -> None:
    unit = units(FOREIGN)[0]
    of_foreign: dict[str, Any] = {"building_id": unit, "unit": unit, "text": ESTATES[FOREIGN],
                  "communities": [COMMUNITY[FOREIGN]], "community": COMMUNITY[FOREIGN],
                  "code": COMMUNITY[FOREIGN], "path": tmp_path / "out.csv",
                  "rows": True}  # fmt: skip
    roles = sorted(set(ROLES) - {"local_owner"})
    for scope in SCOPES:
        for actor in decided_apart([Actor(f"b-{role}", role, (role,), scope) for role in roles]):
            asked = arguments_of(name, **of_foreign, snapshot_id=snapshots[FOREIGN])
            told = _answer(east, name, actor, asked)
            told += "".join(text_of(path.read_bytes()) for path in tmp_path.iterdir())
            for echoed in (unit, ESTATES[FOREIGN], COMMUNITY[FOREIGN]):
                told = told.replace(echoed, "")
            assert not [mark for mark in marks(FOREIGN) if mark in told], actor.name
