"""Nobody who may be sent by a plan learns why, nor what chance chose: whatever they ask.

Two offices hold one plan that differs only in why each building is on it; one of them has drafts
besides, of this plan and of another of its week. Who makes plans can tell them apart; to everybody
else every answer is the same.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from service_arguments import call, decided_apart, parameters_of, services
from two_communities import text_of

from data.workspace.clock import DEFAULT_ZONE
from geo.errors import GridwardenError
from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.patrols.blinding import without_why
from governance.patrols.routing.model.plan import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    Plan,
    PlanTotals,
)
from governance.visits.classification import visit_id_of
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.patrols.results.afterwards_street import MONDAY, STOPS, TEAM, plan_of

DURING = datetime(2026, 12, 28, 20, 0)  # noqa: DTZ001 -- local
EVENING = DURING.replace(hour=18, minute=30)
SHIFT = f"T1/{MONDAY}/evening"
DRAFT = "W2"
WARDEN = Actor("wang", "王", ("warden",), Scope.whole(), person_id="W1")
SENT = sorted(name for name, role in ROLES.items() if Action.MAKE_PLAN not in role.actions)
"""Roles that may be sent, or only look on."""
STOP_TOLD = {"shift_id", "place", "building_id", "name", "address", "building_kind", "lon", "lat",
             "arrive", "minutes", "walk_m", "mode", "grid_code", "community_code"}  # fmt: skip
STOP_HIDDEN = {"arm": "", "tier": "", "reasons": [], "find_chance": None, "locked": False,
               "floor_due_on": None, "days_late": 0}  # fmt: skip
SHIFT_TOLD = {"shift_id", "team_id", "team", "day", "part", "slot_kind", "from_minute",
              "until_minute", "minutes", "most_minutes", "over_minutes", "stops", "distance_m",
              "joint", "departments"}  # fmt: skip
SHIFT_HIDDEN = {"expected_finds": None}
UNCOVERED_TOLD = {"building_id", "name", "grid_code", "community_code", "reason"}
UNCOVERED_HIDDEN = {"tier": "", "due_on": None, "days_late": 0, "rank": 0, "find_chance": None}
TOTALS_TOLD = {"shifts", "stops", "buildings", "minutes", "distance_km", "uncovered", "over_time"}
CHANGING = frozenset(
    {
        "audit.accept",
        "accounts.add",
        "demo_accounts.add",
        "demo_accounts.add_people",
        "assignment.approve",
        "photos.attach",
        "plans.cancel",
        "sign_in.change_password",
        "imports.import_file",
        "accounts.lock",
        "plans.publish",
        "visits.record",
        "sent_visits.record_many",
        "teams.remove",
        "accounts.reset_password",
        "calendar.save",
        "teams.save",
        "scores.run",
        "scores.run_days",
        "grants.set_rights",
        "sessions.sign_out_everywhere",
        "suspicions.settle",
        "visits.undo",
        "accounts.unlock",
        "evaluation.backtest",
        "evaluation.evaluate",
        "verify",
        "backups.make",
        "backups.restored",
        "audit.prune",
        "audit.export",
        "evaluation.run_plans",
    }
)
ABOUT_OTHERS = frozenset(
    {
        "imports.template",
        "settings",
        "risk_map.layer",
        "risk_map.find",
        "risk_map.top",
        "responsibility.chain",
        "address_review.queue",
        "assignment.preview",
        "evaluation.options",
        "monitoring.reporting",
        "imports.tables",
    }
)
"""Services that read neither a plan nor a visit, and take their time."""
SUMS_OF_THE_STREET = frozenset({"monitoring.time_factors"})
"""Rates over all visits of the street, which weigh each by how it came about; of no building."""
DRAWN = frozenset({"evidence_intake.begin", "evidence_intake.unfinished"})
"""Services that answer with the token of an upload, which is drawn by lot."""
WALKED = sorted({*services()} - CHANGING - DRAWN - ABOUT_OTHERS - SUMS_OF_THE_STREET)


def _why(*, swapped: bool) -> Plan:
    """Return a plan; swapped, with other reasons for the same stops."""
    other = {"list": "random", "random": "list"}
    stops = [
        (building, day, other[arm] if swapped and "joint" not in reasons else arm, reasons)
        for building, day, arm, reasons in STOPS
    ]
    plan = plan_of(stops=stops)
    number = 1 + swapped
    count = len(plan.stops)
    due = {
        "building_id": "B7", "name": "B7", "tier": "橙" if swapped else "黄", "grid_code": "",
        "community_code": "", "reason": "no_capacity", "days_late": number, "rank": number,
        "due_on": pd.Timestamp(2026, 12, number), "find_chance": 0.1 * number,
    }  # fmt: skip
    # Of what was visited or on a plan just before only the highest scores are among what is left.
    high = [
        due | {"building_id": building, "name": building, "reason": reason}
        for building, reason in (("B8", "visited_lately"), ("B9", "on_plan_lately"))
    ]
    left = pd.DataFrame([due, *high] if swapped else [due])
    return replace(
        plan,
        options=replace(plan.options, random_share=0.1 * number, floor_days={"red": 7 * number},
                        focus=f"why {number}"),
        totals=PlanTotals(
            stops=count, uncovered=1, expected_finds=number, expected_low=0.5 * number,
            expected_high=2 * number, random_stops=number, ordinary_stops=number,
            one_more_finds=number, likely_finds=number, highest=10, highest_kept=number,
            objective=number, bound=number, seconds=number,
        ),
        shifts=plan.shifts.assign(expected_finds=0.3 * number),
        stops=plan.stops.assign(
            tier=["红", "黄"][swapped], find_chance=0.2 * number, days_late=number, locked=swapped,
            floor_due_on=pd.Timestamp(2026, 12, number),
            reasons=pd.Series([["risk"], ["random", "ordinary"]][swapped] for _ in range(count)),
        ),
        uncovered=left[list(UNCOVERED_COLUMNS)],
        notes=("no_teams_named", "random_arm_small" if swapped else "visits_alone"),
        locked=frozenset({"B1"} if swapped else ()),
    )  # fmt: skip


def opened(folder: Path) -> Office:
    """Open an office on the first evening."""
    return open_office(folder, now=lambda: DURING.replace(tzinfo=DEFAULT_ZONE))


def _build(folder: Path, *, swapped: bool) -> None:
    """Let an office be on the first evening: a plan is out, and four of its doors were seen."""
    office = opened(folder)
    owner, plan = local_owner(), _why(swapped=swapped)
    with office._workspace.store.begin() as unit:
        unit.patrols.save_team(TEAM.content(), at=DURING, by="li")
        office.plans._versions.next_version(unit, owner, plan, seed=f"seed {swapped}", note="made")
        unit.commit()
    office.plans.publish(owner, "W1", version=1)
    if swapped:
        _add_drafts(office, owner, plan)
    for building, kind in (("B1", "夜查"), ("B2", "联检"), ("B4", "夜查"), ("B6", "夜查")):
        visit = NewVisit(key=building, building_id=building, at=EVENING, result="无人")
        office.visits.record(WARDEN, visit)
        newest = office.worklist.visits(WARDEN, building_id=building)
        assert newest["kind"].tolist() == [kind]
    office.scores.run(owner, as_of=date(2026, 12, 28))
    office.close()


def built_as_is(built_once: Callable[..., Path], filled: Path) -> Path:
    """Return the office with the plan as it is; to be copied, never changed."""
    return built_once("as_is", lambda to: _build(shutil.copytree(filled, to), swapped=False))


def _add_drafts(office: Office, owner: Actor, plan: Plan) -> None:
    """Add drafts that go elsewhere: a change of the plan, and another plan of its week."""
    fewer = replace(plan, version=3, state="draft", stops=plan.stops.iloc[1:])
    versions = office.plans._versions
    with office._workspace.store.begin() as unit:
        for draft in (fewer, replace(fewer, plan_id=DRAFT, version=1)):
            versions.next_version(unit, owner, draft, seed="another", note="made")
        unit.commit()


@pytest.fixture(scope="module")
def offices(
    built_once: Callable[..., Path], filled_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, Office]]:
    to = tmp_path_factory.mktemp("why")
    _build(shutil.copytree(filled_folder, to / "swapped"), swapped=True)
    shutil.copytree(built_as_is(built_once, filled_folder), to / "as_is")
    made = opened(to / "as_is"), opened(to / "swapped")
    yield made
    for office in made:
        office.close()


def _sent(role: str, scope: Scope) -> Actor:
    return Actor(id="wang", name="王", roles=(role,), scope=scope, person_id="W1")


def _questions(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    about = {
        "plan_id": "W1", "shift_id": SHIFT, "shift_ids": (SHIFT,), "unit": "B1",
        "visit_id": visit_id_of(WARDEN, "B4"), "building_id": "B1",
        "day": MONDAY, "on": MONDAY, "since": MONDAY, "until": MONDAY,
        "first": MONDAY, "last": MONDAY, "table": "inspections", "path": folder / "out.csv",
    }  # fmt: skip
    yield about
    if "building_id" in {each.name for each in parameters_of(name)}:
        yield about | {"building_id": "B4"}
    if "plan_id" in {each.name for each in parameters_of(name)}:
        yield about | {"plan_id": DRAFT}


DIGEST = re.compile(r"\b[0-9a-f]{64}\b|<dcterms:(?:created|modified)[^>]*>[^<]*")
"""What is sealed under the office's key tells nothing to whoever has no key, nor does the second in
which a workbook was written."""


def _answers(office: Office, name: str, actor: Actor, folder: Path) -> list[str]:
    told = []
    for asked in _questions(name, folder):
        try:
            told.append(DIGEST.sub("digest", text_of(call(office, name, actor, **asked))))
        except NotAllowedError:
            return ["refused"]
        except GridwardenError as refused:
            told.append(text_of(refused.facts))
        for path in sorted(folder.iterdir()):
            told.append(path.read_text(encoding="utf-8", errors="replace"))
            path.unlink()
    return told


def _told_apart(
    offices: tuple[Office, Office], name: str, actor: Actor, folder: Path
) -> list[list[str]]:
    """Return what a service of each office answers, where that tells the two apart."""
    told = [_answers(office, name, actor, folder) for office in offices]
    return told if told[0] != told[1] else []


@pytest.mark.parametrize("name", WALKED)
def test_no_service_tells_why_to_who_may_be_sent(
    offices: tuple[Office, Office], tmp_path: Path, name: str
) -> None:
    """Nor what a draft holds; neither to who answers for all of the street, nor for a part."""
    part = Scope(buildings=frozenset({"B1", "B4", "B7"}))
    for scope, roles in ((Scope.whole(), SENT), (part, ("grid_chief", "warden"))):
        for actor in decided_apart(_sent(role, scope) for role in roles):
            assert _told_apart(offices, name, actor, tmp_path) == [], actor.roles


def test_a_planner_can_tell_what_the_others_cannot(
    offices: tuple[Office, Office], tmp_path: Path
) -> None:
    told = {
        "plans.get",
        "plans.all",
        "plans.versions",
        "plans.of_week",
        "plan_evaluation.evaluate",
        "campaigns.summary",
        "worklist.visits",
        "worklist.my_buildings",
        "worklist.building",
        "exports.export_table",
        "team_routes.sheets",  # of drafts, too
    }
    planner = _sent("planner", Scope.whole())
    apart = {
        n for n in told | {"team_routes.my_patrol"} if _told_apart(offices, n, planner, tmp_path)
    }
    assert apart == told


def test_a_chief_s_plan_has_known_columns_and_those_that_tell_why_are_blank(
    offices: tuple[Office, Office],
) -> None:
    plan = offices[0].plans.get(_sent("grid_chief", Scope.whole()), "W1")
    for frame, shown, hidden, columns in (
        (plan.stops, STOP_TOLD, STOP_HIDDEN, STOP_COLUMNS),
        (plan.shifts, SHIFT_TOLD, SHIFT_HIDDEN, SHIFT_COLUMNS),
        (plan.uncovered, UNCOVERED_TOLD, UNCOVERED_HIDDEN, UNCOVERED_COLUMNS),
    ):
        assert set(frame) == set(columns) == shown | set(hidden)
        assert len(frame)
        for name, blank in hidden.items():
            told = [None if not isinstance(x, list) and pd.isna(x) else x for x in frame[name]]
            assert told == [blank] * len(frame), name
    assert set(plan.stops["mode"]) == {"夜查", "联检"}
    blank = PlanTotals(expected_finds=0)
    for each in fields(PlanTotals):
        if each.name not in TOTALS_TOLD and not each.name.startswith("expected"):
            assert getattr(plan.totals, each.name) == getattr(blank, each.name)
    assert all(pd.isna(getattr(plan.totals, f"expected_{n}")) for n in ("finds", "low", "high"))
    assert plan.notes == ("no_teams_named",)
    assert (plan.locked, plan.options.seed, plan.options.random_share) == (frozenset(), None, None)
    whole = asdict(offices[0].plans.get(local_owner(), "W1").totals)
    assert {name: whole[name] for name in TOTALS_TOLD} == {
        name: getattr(plan.totals, name) for name in TOTALS_TOLD
    }


def test_of_what_is_left_uncovered_only_what_falls_due_is_told() -> None:
    plan = _why(swapped=False)
    late = pd.concat([plan.uncovered] * 3, ignore_index=True)
    days = [pd.Timestamp(plan.last), pd.Timestamp(plan.last + timedelta(days=1)), pd.NaT]
    late = late.assign(building_id=["due", "reported or drawn", "never visited"], due_on=days)
    told = without_why(replace(plan, uncovered=late))
    assert told.uncovered["building_id"].tolist() == ["due", "never visited"]
    assert told.totals.uncovered == 2


def test_a_row_of_a_team_s_route_has_these_columns_and_no_other(
    offices: tuple[Office, Office],
) -> None:
    member, routes = _sent("warden", Scope.nothing()), offices[0].team_routes
    for rows in (routes.my_patrol(member, on=MONDAY), routes.sheets(member, "W1", [SHIFT])):
        assert len(rows)
        assert list(rows) == [
            "shift_id", "team", "day", "part", "place", "building_id", "name", "address", "kind",
            "lon", "lat", "arrive", "minutes", "mode", "departments", "look_for", "done",
            "last_at", "last_result",
        ]  # fmt: skip


def test_what_was_seen_can_be_read_by_the_kind_of_visit_that_the_plan_asked_for(
    offices: tuple[Office, Office],
) -> None:
    told = offices[0].plan_evaluation.evaluate(local_owner(), MONDAY).modes.set_index("mode")
    assert told.loc[["夜查", "抽检", "联检"], "visited"].tolist() == [2, 1, 1]
    summary = offices[0].campaigns.summary(local_owner(), "W1")
    assert dict(
        zip(summary.departments["department"], summary.departments["checks"], strict=True)
    ) == {"教育": 1, "市场监管": 1}
    chief = offices[0].campaigns.summary(_sent("grid_chief", Scope.whole()), "W1")
    assert dict(zip(chief.modes["mode"], chief.modes["places"], strict=True)) == {
        "夜查": 3,
        "联检": 1,
    }
    assert chief.sentence == summary.sentence == "累计出动1人次，检查点位4处，发现问题0个"


def test_the_rows_behind_a_score_tell_a_chief_nothing_of_chance(
    offices: tuple[Office, Office],
) -> None:
    chief, planner = (_sent(role, Scope.whole()) for role in ("grid_chief", "planner"))

    def ways(actor: Actor, building: str) -> set[tuple[str, str, str]]:
        told = offices[0].scores.explain(actor, building).rows
        return {
            (factor, row.facts["mode"], row.facts["purpose"])
            for factor, rows in told.items()
            for row in rows
            if row.table == "inspections"
        }

    drawn, listed = ways(chief, "B4"), ways(chief, "B1")
    assert drawn == listed != set()
    assert {way[1:] for way in drawn} == {("夜查", "例行巡查")}
    assert {way[1:] for way in ways(planner, "B4")} == {("抽检", "例行巡查(抽检)")}
