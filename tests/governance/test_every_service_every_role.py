"""Every service, asked by every role about somebody else's building, gives away nothing of it.

Of a building that a published plan delegates, services about visits tell what a visit needs, and
all others nothing.
"""

import io
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from service_arguments import NEXT_WEEK, arguments_of, decided_apart, services
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

import governance
from geo.errors import GridwardenError
from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.shifts import Team
from governance.security.accounts.person_scopes import OUTSIDER
from governance.visits.rules.new_visit import NewVisit

REFUSED = "refused"
ASKS_BACK = frozenset({"imports.template", "risk_map.note_export"})
"""Services whose answer only holds what they were given."""
NAMES_PLACES = frozenset({"grants.choices", "grants.buildings_named"})
"""Services that tell who gives rights which places there are, and nothing else of them."""
READS_ROLES = {
    "access/permissions.py",
    # that nobody resets the password of another administrator
    "security/accounts/administration.py",
    # that who guards the system, and sees no row, decides about exports from everywhere
    "security/compliance/export_requests.py",
    "overview/service.py",  # a key of what is kept in memory
    "visits/worklist.py",  # likewise
}


@pytest.fixture(scope="module")
def two(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_built(shutil.copytree(two_communities, tmp_path_factory.mktemp("walk") / "o"))
    yield office
    office.close()


def _questions(name: str, folder: Path, snapshot: str, **more: Any) -> Iterator[dict[str, Any]]:
    """Ask without naming anything, then for each of the foreign names that a service takes."""
    usual = {"path": folder / "out.csv", "snapshot_id": snapshot, "building_id": FOREIGN[0],
             "unit": FOREIGN[0], "rows": True, "text": ESTATES["T"], **more}  # fmt: skip
    told: list[dict[str, Any]] = []
    for named in (
        {},
        {"unit": f"grid:{COMMUNITY['T']}001", "path": folder / "out.xlsx"},
        {"unit": f"community:{COMMUNITY['T']}", "communities": [COMMUNITY["T"]]},
        *({"layer": layer} for layer in ("cell:8", "grid", "community")),
        *({"table": table} for table in ("buildings", "inspections")),
    ):
        arguments = arguments_of(name, **usual | named)
        if arguments not in told:
            told.append(arguments)
            yield arguments


MEMBER, OTHER = "member", "other"
Visited = Mapping[str, tuple[str, str]]
TEAM_ROLES = sorted(
    name
    for name, role in ROLES.items()
    if Action.RECORD_VISIT in role.actions and name not in {"local_owner", OUTSIDER}
)
"""Roles of which somebody can be in a team."""
VISIT_SERVICES = frozenset(
    {
        "team_routes.my_patrol",
        "team_routes.sheets",
        "visits.record",
        "sent_visits.record_many",
        "visits.undo",
        "recorded_visits.listed",
        "worklist.building",
        "worklist.my_buildings",
        "worklist.visits",
    }
)
"""Services that may tell where a delegated building is, what to look for and one's own visits."""
OTHERS_NOTE, OTHERS_DOOR, OWN_NOTE = "他人所记", "9单元909", "自己所记"


@pytest.fixture(scope="module")
def delegating(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an office whose plan sends a team everywhere; two accounts visited foreign ones."""
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("delegating") / "o")
    office, owner = open_built(folder), local_owner()
    for login in (MEMBER, OTHER):
        office.accounts.add(owner, login, name=login)
    team = Team(team_id="new", name="一队", members=(MEMBER,), shifts=((2, "evening"), (3, "day")))
    office.teams.save(owner, team)
    options = replace(NEXT_WEEK, first=date(2026, 11, 24), last=date(2026, 11, 30))
    office.plans.publish(owner, office.plans.make(owner, options).plan_id, version=1)
    for login, note, unit in ((OTHER, OTHERS_NOTE, OTHERS_DOOR), (MEMBER, OWN_NOTE, "1单元101")):
        actor = Actor(id=login, name=login, roles=("warden",), scope=Scope.whole())
        kept = office.visits.record(
            actor,
            NewVisit(
                key=login, building_id=FOREIGN[0], result="疑似", note=note, unit=unit,
                at=datetime(2026, 11, 24, 10, 0),  # noqa: DTZ001 -- local time
            ),
        )  # fmt: skip
        office.photos.attach(actor, kept.visit_id, _photo(login), no_faces=True)
    yield office
    office.close()


def _photo(login: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green" if login == OTHER else "blue").save(content, "PNG")
    return content.getvalue()


def _member(role: str) -> Actor:
    return Actor(
        id=MEMBER, name=MEMBER, roles=(role,), scope=OWN_SCOPE, delegated=frozenset(FOREIGN)
    )


@pytest.fixture(scope="module")
def visited(delegating: Office) -> Visited:
    """Return, for each login, their visit of a foreign building, and its photo."""
    seen = delegating.worklist.visits(local_owner(), building_id=FOREIGN[0]).set_index("note")
    rows = {MEMBER: seen.loc[OWN_NOTE], OTHER: seen.loc[OTHERS_NOTE]}
    return {login: (str(row["visit_id"]), str(row["photos"][0])) for login, row in rows.items()}


@pytest.fixture(scope="module")
def plan_id(delegating: Office) -> str:
    return str(delegating.plans.all(local_owner())["plan_id"].iloc[0])


@cache
def _newest_score(office: Office) -> str:
    return str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])


def _answers(
    office: Office, name: str, actor: Actor, folder: Path, **more: Any
) -> Iterator[tuple[set[str], str]]:
    """Ask a service all questions; yield what each told it, and all that it says and writes."""
    for asked in _questions(name, folder, _newest_score(office), **more):
        answer = _answer(office, name, actor, asked)
        for path in folder.iterdir():
            answer += text_of(path.read_bytes())
            path.unlink()
        yield {value for value in asked.values() if isinstance(value, str)}, answer
        if answer == REFUSED:  # whatever else is asked: the role does not allow it
            break


@pytest.mark.parametrize("name", services())
def test_nobody_learns_of_a_building_out_of_scope(two: Office, tmp_path: Path, name: str) -> None:
    actors = [Actor(f"{r}1", r, (r,), OWN_SCOPE) for r in sorted(set(ROLES) - {"local_owner"})]
    for actor in decided_apart(actors):
        for given, answer in _answers(two, name, actor, tmp_path):
            hidden = {*FOREIGN_MARKS, *NEVER_TOLD} - (given if name in ASKS_BACK else set())
            if name in NAMES_PLACES:
                hidden -= {*FOREIGN, *COMMUNITY.values()}
            assert not [mark for mark in hidden if mark in answer], actor.name


@pytest.mark.parametrize("name", services())
def test_what_a_plan_delegates_is_told_by_services_about_visits_alone(
    delegating: Office, visited: Visited, plan_id: str, tmp_path: Path, name: str
) -> None:
    visit, photo = visited[OTHER]
    more = {"plan_id": plan_id, "visit_id": visit, "of_visit": visit, "sha256": photo}
    hidden = {*NEVER_TOLD, OTHERS_NOTE, OTHERS_DOOR, *FOREIGN_MARKS}
    if name in VISIT_SERVICES:
        hidden -= {*FOREIGN, *ESTATES.values(), *COMMUNITY.values()}
    for actor in decided_apart(map(_member, TEAM_ROLES)):
        new = NewVisit(key=f"{name}/{actor.roles}", building_id=FOREIGN[1])
        for given, answer in _answers(delegating, name, actor, tmp_path, visit=new, **more):
            told_back = given if name in ASKS_BACK else set()
            assert not [mark for mark in hidden - told_back if mark in answer], actor.roles


def test_a_service_reads_roles_by_asking_permission_alone() -> None:
    """So who is allowed the same is told the same, and is asked once here."""
    root = Path(governance.__file__).parent
    reading = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"\b(actor|person)\.roles\b", path.read_text("utf-8"))
    }
    assert reading == READS_ROLES


@pytest.mark.parametrize("role", TEAM_ROLES)
def test_a_member_of_a_team_gets_what_a_visit_needs_of_a_delegated_building(
    delegating: Office, plan_id: str, role: str
) -> None:
    actor, office = _member(role), delegating
    route = office.team_routes.my_patrol(actor, on=date(2026, 11, 24))
    lent = [each for each in FOREIGN if each in set(route["building_id"])]
    assert len(lent) > 1
    assert lent[0] == FOREIGN[0]
    shifts = route["shift_id"].unique()
    assert len(office.team_routes.sheets(actor, plan_id, shifts)) == len(route)
    card = office.worklist.building(actor, FOREIGN[0])
    assert card.row["name"].startswith(ESTATES["T"])
    assert (card.row["tier"], card.row["days_late"]) == ("", 0)
    assert card.visits["note"].tolist() == [OWN_NOTE]
    recorded = office.visits.record(actor, NewVisit(key=f"seen/{role}", building_id=lent[-1]))
    assert recorded.visit_id in set(office.worklist.building(actor, lent[-1]).visits["visit_id"])
    office.visits.undo(actor, recorded.visit_id)
    visits = office.worklist.building(actor, lent[-1]).visits
    assert recorded.visit_id not in set(visits["visit_id"])


@pytest.mark.parametrize("role", TEAM_ROLES)
def test_at_a_delegated_building_only_own_photos_are_seen(
    delegating: Office, visited: Visited, role: str
) -> None:
    assert delegating.photos.read(_member(role), visited[MEMBER][1])
    with pytest.raises(NotAllowedError):
        delegating.photos.read(_member(role), visited[OTHER][1])


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
    for answer in (two.risk_map.layer(actor, layer="building"), two.risk_map.find(actor, "槐荫")):
        assert len(answer)
        assert not set(answer) & {"score", "low", "high", "exposure", "rate_raw", "rate_smoothed"}
        assert not answer.filter(["tier", "rank"]).replace("", np.nan).notna().any(axis=None)
    with pytest.raises(NotAllowedError):
        two.risk_map.top(actor)


def test_a_planner_of_a_part_still_learns_why_there(two: Office) -> None:
    planner = Actor(id="p", name="p", roles=("planner",), scope=OWN_SCOPE)
    told = two.scores.explain(planner, OWN[0])
    assert sum(told.points.values()) == told.score
    assert told.rows["complaints"]


def _answer(office: Office, name: str, actor: Actor, asked: Mapping[str, Any]) -> str:
    """Return everything a service says; a refusal may repeat what was asked, and no more."""
    try:
        return text_of(attrgetter(name)(office)(actor, **asked))
    except NotAllowedError:
        return REFUSED
    except GridwardenError as refusal:
        facts = {key: fact for key, fact in refusal.facts.items() if key != "seen"}
        return text_of(facts)
