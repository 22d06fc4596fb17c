"""Every service, asked by every role about somebody else's building, gives away nothing of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from service_arguments import call, parameters_of, services
from two_communities import (
    COMMUNITY,
    ESTATES,
    FOREIGN,
    FOREIGN_MARKS,
    NEVER_TOLD,
    OWN,
    OWN_SCOPE,
    open_built,
    text_of,
)

from geo.errors import GridwardenError
from governance.access.permissions import (
    ROLES,
    Action,
    Actor,
    NotAllowedError,
    Scope,
    local_owner,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from governance.office import Office

REFUSED = "refused"
ASKS_BACK = frozenset({"imports.template", "risk_map.note_export"})
"""Services whose answer only holds what they were given."""


def _alike() -> dict[str, list[str]]:
    """Return one role of each set of actions → all roles with these: services ask nothing else."""
    roles: dict[frozenset[Action], list[str]] = {}
    for role in sorted(set(ROLES) - {"local_owner"}):
        roles.setdefault(frozenset(ROLES[role].actions), []).append(role)
    return {each[0]: each for each in roles.values()}


ALIKE = _alike()


@pytest.fixture(scope="module")
def two(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_built(shutil.copytree(two_communities, tmp_path_factory.mktemp("walk") / "o"))
    yield office
    office.close()


def _questions(name: str, folder: Path, snapshot: str) -> Iterator[dict[str, Any]]:
    """Ask without naming anything, then for each of the foreign names that a service takes."""
    usual = {"path": folder / "out.csv", "snapshot_id": snapshot, "building_id": FOREIGN[0],
             "unit": FOREIGN[0], "rows": True, "text": ESTATES["T"]}  # fmt: skip
    yield usual
    yield {**usual, "unit": f"grid:{COMMUNITY['T']}001", "path": folder / "out.xlsx"}
    yield {**usual, "unit": f"community:{COMMUNITY['T']}", "communities": [COMMUNITY["T"]]}
    takes = {parameter.name for parameter in parameters_of(name)}
    for layer in ("cell:8", "grid", "community"):
        if takes & {"layer"}:
            yield {**usual, "layer": layer}
    for table in ("buildings", "inspections"):
        if takes & {"table"}:
            yield {**usual, "table": table}


@pytest.mark.parametrize("role", ALIKE, ids=["=".join(roles) for roles in ALIKE.values()])
@pytest.mark.parametrize("name", services())
def test_nobody_learns_of_a_building_that_is_not_his(
    two: Office, tmp_path: Path, name: str, role: str
) -> None:
    actor = Actor(id=f"{role}1", name=role, roles=(role,), scope=OWN_SCOPE)
    snapshot = str(two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    for asked in _questions(name, tmp_path, snapshot):
        told = _answer(two, name, actor, asked)
        for path in tmp_path.iterdir():
            told += text_of(path.read_bytes())
            path.unlink()
        said = [value for value in asked.values() if isinstance(value, str)]
        marks = set(FOREIGN_MARKS) - set(said) if name in ASKS_BACK else set(FOREIGN_MARKS)
        assert not [mark for mark in marks if mark in told]
        assert not [mark for mark in NEVER_TOLD if mark in told]
        if told == REFUSED:  # whatever else is asked: the role does not allow it
            break


def test_the_walk_would_see_what_it_looks_for(two: Office) -> None:
    whole = Actor(id="m", name="m", roles=("office_manager",), scope=Scope.whole())
    told = _answer(two, "risk_map.layer", whole, {"layer": "building"})
    assert ESTATES["T"] in told
    assert FOREIGN[0] in told


@pytest.mark.parametrize("layer", ["cell:10", "grid", "community"])
def test_a_part_of_the_street_is_ranked_by_itself(two: Office, layer: str) -> None:
    planner = Actor(id="p", name="p", roles=("planner",), scope=OWN_SCOPE)
    units = two.risk_map.layer(planner, layer=layer)
    assert list(units["rank"]) == list(range(1, len(units) + 1))
    assert units["score"].sum() > 0


@pytest.mark.parametrize("role", ["warden", "building_head", "hotline_clerk"])
def test_who_may_not_know_why_gets_no_number_to_read_it_from(two: Office, role: str) -> None:
    actor = Actor(id=role, name=role, roles=(role,), scope=OWN_SCOPE)
    for answer in (
        two.risk_map.layer(actor, layer="building"),
        two.risk_map.top(actor),
        two.risk_map.find(actor, "槐荫"),
    ):
        assert len(answer)
        assert not set(answer) & {"score", "low", "high", "exposure", "rate_raw", "rate_smoothed"}


def test_a_planner_of_a_part_still_learns_why_there(two: Office) -> None:
    planner = Actor(id="p", name="p", roles=("planner",), scope=OWN_SCOPE)
    told = two.scores.explain(planner, OWN[0])
    assert sum(told.points.values()) == told.score
    assert told.rows["complaints"]


def _answer(office: Office, name: str, actor: Actor, asked: Mapping[str, Any]) -> str:
    """Return everything a service says; a refusal may repeat what was asked, and no more."""
    try:
        return text_of(call(office, name, actor, **asked))
    except NotAllowedError:
        return REFUSED
    except GridwardenError as refusal:
        facts = {key: fact for key, fact in refusal.facts.items() if key != "seen"}
        return text_of(facts)
