"""Plans are made within one's scope, kept with their seed out of sight, and shown in part."""

import json
import math
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from service_arguments import call
from sqlalchemy import delete, select, update
from two_communities import FOREIGN_MARKS, OWN, open_built, text_of

from data.store.repositories.patrols.patrols import Patrols
from data.store.tables.base import AuditEvent
from data.store.tables.patrols import PatrolPiece, PatrolPlan
from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.patrols.routing import make_plan
from governance.patrols.routing.model.plan import Plan, PlanError, PlanOptions
from governance.patrols.routing.model.problem import PatrolProblem, Solution
from governance.patrols.routing.solver.search import solve
from governance.patrols.validation import PlanRefusedError, plan_options
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.patrols.conftest import MONDAY, NOW, options

SEED = "of-the-server"


def codes(error: pytest.ExceptionInfo[PlanRefusedError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_plan_is_kept_as_a_draft_and_read_as_it_was_made(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    made = desk.plans.make(planner, options(title="新计划"))
    assert (made.version, made.state, made.made_by) == (1, "draft", "li")
    kept = desk.plans.get(planner, made.plan_id)
    assert kept.stops.equals(made.stops)
    assert kept.totals == made.totals
    listed = desk.plans.all(planner)
    assert list(listed["plan_id"]) == [made.plan_id, draft.plan_id]
    assert list(listed["stops"]) == [made.totals.stops, draft.totals.stops]
    assert listed["title"].iloc[0] == "新计划"
    newest = desk.plans.of_week(planner, MONDAY + timedelta(days=6))
    assert newest is not None
    assert newest.plan_id == made.plan_id
    assert desk.plans.of_week(planner, MONDAY - timedelta(days=1)) is None


def test_the_seed_is_kept_and_never_told(desk: Office, draft: Plan, planner: Actor) -> None:
    held = desk.plans._versions.get(draft.plan_id)
    assert held.seed == SEED
    made = desk.plans.make(planner, options(seed=None))
    drawn = desk.plans._versions.get(made.plan_id).seed
    assert len(drawn) >= 32
    told = [
        desk.plans.get(planner, draft.plan_id), made,
        desk.plans.all(planner), desk.plans.versions(planner, made.plan_id), held.content,
        desk.plan_edits.lock_stops(planner, draft.plan_id, [draft.stops["building_id"][0]],
            locked=True,
                        version=1),
    ]  # fmt: skip
    with desk._workspace.store.begin() as unit:
        told += [event.facts for event in unit.session.scalars(select(AuditEvent))]
    texts = " ".join(text_of(each) for each in told)
    assert SEED not in texts
    assert drawn not in texts


def test_a_preview_keeps_nothing_and_the_same_seed_draws_the_same(
    planned: Office, draft: Plan, planner: Actor
) -> None:
    shown = planned.plans.preview(planner, options())
    assert (shown.plan_id, shown.version) == ("", 0)
    assert len(planned.plans.all(planner)) == 1
    drawn = [set(p.stops.loc[p.stops["arm"] == "random", "building_id"]) for p in (shown, draft)]
    assert drawn[0] == drawn[1] != set()


def test_a_report_brings_a_building_on_the_plan_until_somebody_goes_there(
    desk: Office, planner: Actor
) -> None:
    def reported() -> tuple[bool, float]:
        made = desk.plans.preview(planner, options(random_share=0.0, kinds=("住宅",)))
        row = made.stops.set_index("building_id").loc["B3"]
        return "report" in row["reasons"], row["find_chance"]

    waits, chance = reported()
    visit = NewVisit(key="a", building_id="B3", at=datetime(2026, 11, 23, 19), result="无人")  # noqa: DTZ001
    desk.visits.record(local_owner(), visit)
    answered, without = reported()
    assert (waits, answered) == (True, False)
    assert chance > without


def test_a_search_by_iterations_is_ended_by_them_alone_and_so_gives_the_same_plan_again(
    desk: Office, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[tuple[float, int]] = []

    def noted(problem: PatrolProblem, **how: Any) -> Solution:
        searches.append((how["seconds"], how["iterations"]))
        return solve(problem, **how)

    monkeypatch.setattr(make_plan, "solve", noted)
    made = desk.plans.make(planner, options(iterations=40))
    again = desk.plans.preview(planner, options(iterations=40))
    assert searches == [(math.inf, 10), (math.inf, 30)] * 2, "first where company is wanted"
    assert again.stops.equals(made.stops)
    assert desk.plans.get(planner, made.plan_id).options == made.options


def test_everything_wrong_with_a_wish_is_said_at_once(planned: Office, planner: Actor) -> None:
    wish = PlanOptions(
        first=MONDAY, last=MONDAY + timedelta(days=61), communities=("nowhere",), kinds=("塔楼",),
        floor_days={"purple": 7},
    )  # fmt: skip
    with pytest.raises(PlanRefusedError) as refused:
        planned.plans.make(planner, wish)
    assert codes(refused) == ["community_unknown", "kind_unknown", "tier_unknown"]
    with pytest.raises(PlanRefusedError) as reversed_:
        plan_options(first=MONDAY, last=MONDAY - timedelta(days=1))
    assert codes(reversed_) == ["dates_reversed"]


def test_days_on_which_no_team_is_out_are_refused(planned: Office, planner: Actor) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with pytest.raises(PlanRefusedError) as refused:
        planned.plans.make(planner, options(first=tuesday, last=tuesday))
    assert codes(refused) == ["no_shifts"]


def test_an_office_without_buildings_or_score_is_told_both(
    empty_office: Office, planner: Actor
) -> None:
    with pytest.raises(PlanRefusedError) as refused:
        empty_office.plans.preview(planner, options())
    assert codes(refused) == ["not_scored", "no_buildings"]


def test_an_unknown_plan_or_version_is_said(planned: Office, draft: Plan, planner: Actor) -> None:
    with pytest.raises(PlanError) as missing:
        planned.plans.get(planner, "W0")
    assert missing.value.code == "plan_missing"
    with pytest.raises(PlanError) as version:
        planned.plans.get(planner, draft.plan_id, version=9)
    assert version.value.code == "plan_version_missing"


def test_a_plan_is_seen_as_far_as_ones_scope_goes(planned: Office, draft: Plan) -> None:
    own = frozenset(draft.stops["building_id"].head(2))
    planner = Actor("c", "c", ("planner",), Scope(buildings=own))
    part = planned.plans.get(planner, draft.plan_id)
    assert set(part.stops["building_id"]) == own
    assert (
        part.totals.stops
        == part.shifts["stops"].sum()
        == planned.plans.all(planner)["stops"].sum()
        == 2
    )
    assert part.totals.expected_finds == pytest.approx(part.stops["find_chance"].sum())
    others = set(draft.stops["building_id"]) - own
    assert not [building for building in others if building in text_of(part)]
    stranger = Actor("s", "s", ("grid_chief",), Scope(buildings=frozenset({"B99"})))
    assert planned.plans.all(stranger).empty
    for ask in (planned.plans.get, planned.plans.versions):
        with pytest.raises(PlanError) as refused:
            ask(stranger, draft.plan_id)
        assert refused.value.code == "plan_missing"


@pytest.mark.parametrize("role", ["planner", "grid_chief"])
def test_whether_a_plan_concerns_somebody_is_read_once_and_agrees_with_the_plan(
    desk: Office, draft: Plan, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.plans.publish(local_owner(), draft.plan_id, version=1)

    def concerned(scope: Scope) -> bool:
        try:
            desk.plans.get(Actor("c", "c", (role,), scope), draft.plan_id)
        except PlanError:
            return False
        return True

    rows = pd.concat([draft.stops, draft.uncovered])
    scopes = [Scope(**{parts: frozenset({str(code)})})
              for parts, column in (("buildings", "building_id"), ("grids", "grid_code"),
                                    ("communities", "community_code"))
              for code in [*rows[column].dropna().unique(), "none"]]  # fmt: skip
    expected = [concerned(scope) for scope in scopes]
    assert {True, False} == set(expected)
    for _ in range(2):
        listed = [desk.plans.all(Actor("c", "c", (role,), scope)) for scope in scopes]
        assert [bool(len(each)) for each in listed] == expected
        for name in ("stop_places", "left_places", "left_codes"):
            monkeypatch.delattr(Patrols, name, raising=False)


@pytest.mark.parametrize("role", ["planner", "grid_chief"])
def test_the_list_of_plans_for_a_part_decodes_no_plan_and_agrees_with_each(
    desk: Office, draft: Plan, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.plans.publish(local_owner(), draft.plan_id, version=1)
    own = frozenset(draft.stops["building_id"].head(3))
    actor = Actor("c", "c", (role,), Scope(buildings=own))
    part = desk.plans.get(actor, draft.plan_id)
    monkeypatch.delattr(Plan, "of_content")
    listed = desk.plans.all(actor)
    assert listed["stops"].tolist() == [part.totals.stops] == [3]
    assert listed["expected_finds"].tolist() == pytest.approx(
        [part.totals.expected_finds], nan_ok=True
    )


@pytest.mark.parametrize("role", ["planner", "grid_chief"])
def test_a_plan_that_was_kept_whole_in_its_content_is_read_as_before(
    desk: Office, draft: Plan, role: str, tmp_path: Path
) -> None:
    desk.plans.publish(local_owner(), draft.plan_id, version=1)
    grids = frozenset(draft.uncovered["grid_code"])
    readers = [
        Actor("c", "c", (role,), each)
        for each in (
            Scope.whole(),
            Scope(grids=grids),
            Scope(buildings=frozenset(draft.uncovered["building_id"].head(1))),
        )
    ]

    def told(office: Office) -> list[str]:
        plans = [text_of(office.plans.get(reader, draft.plan_id)) for reader in readers]
        return plans + [office.plans.all(reader).to_csv() for reader in readers]

    now = told(desk)
    with desk._workspace.store.begin() as unit:
        whole = json.loads(json.dumps(draft.content()))
        unit.session.execute(update(PatrolPlan).values(content=whole))
        unit.session.execute(delete(PatrolPiece))
        unit.commit()
    with closing(open_office(tmp_path / "office", now=lambda: NOW)) as again:
        assert told(again) == now


def test_who_does_not_plan_reads_a_plan_as_it_was_published_last(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    chief = Actor("c", "c", ("grid_chief",), Scope.whole())
    plan_id, count = draft.plan_id, len(draft.stops)
    desk.plans.publish(planner, plan_id, version=1)
    first = str(draft.stops["building_id"].iloc[0])
    desk.plan_edits.remove_stop(planner, plan_id, first, version=2)

    def told() -> tuple[int, str]:
        plan, listed = desk.plans.get(chief, plan_id), desk.plans.all(chief).iloc[0]
        assert listed[["version", "state", "stops"]].tolist() == [plan.version, plan.state, count]
        assert (len(plan.stops), first in set(plan.stops["building_id"])) == (count, True)
        assert desk.plans.versions(chief, plan_id)["version"].tolist() == [2]
        return plan.version, plan.state

    assert told() == (2, "published")
    desk.plans.cancel(planner, plan_id, version=3)
    assert told() == (2, "cancelled")
    assert desk.plans.of_week(chief, MONDAY) is None
    for version in (1, 3, 4, 99):
        with pytest.raises(PlanError) as refused:
            desk.plans.get(chief, plan_id, version=version)
        assert refused.value.code == "plan_version_missing"


def test_a_planner_of_a_part_plans_that_part(two_communities: Path) -> None:
    two = open_built(two_communities)
    own = Actor("p", "p", ("planner",), Scope(buildings=frozenset(OWN)))
    plan = two.plans.preview(own, options())
    two.close()
    assert set(plan.stops["building_id"]) | set(plan.uncovered["building_id"]) <= set(OWN)
    assert not [mark for mark in FOREIGN_MARKS if mark in text_of(plan)]


ASKED = {
    Action.MAKE_PLAN: ("plans.make", "plans.preview", "plans.forecast", "plan_edits.move_stop",
                       "plan_edits.add_stop", "plan_edits.remove_stop", "plan_edits.lock_stops",
                       "plan_edits.hand_over", "plan_edits.preview_hand_over",
                       "plan_edits.replan", "plan_edits.undo", "teams.save", "teams.remove"),
    Action.PUBLISH_PLAN: ("plans.publish", "plans.cancel"),
    Action.SEE_PLAN: ("plans.people", "plans.get", "plans.all", "plans.of_week", "plans.versions",
                      "teams.all", "campaigns.summary"),
    Action.RECORD_VISIT: ("team_routes.my_patrol",),
}  # fmt: skip


@pytest.mark.parametrize("action", ASKED)
def test_each_service_is_refused_to_every_role_without_its_action(
    planned: Office, action: Action
) -> None:
    for role in sorted(each for each in ROLES if action not in ROLES[each].actions):
        actor = Actor(role, role, (role,), Scope.whole())
        for service in ASKED[action]:
            with pytest.raises(NotAllowedError):
                call(planned, service, actor)


def test_a_span_that_is_no_week_is_a_campaign(desk: Office, planner: Actor) -> None:
    made = desk.plans.make(
        planner, options(kind="campaign", title="寒假专项", last=date(2026, 12, 20))
    )
    assert made.plan_id.startswith("C20261130-")
    week = desk.plans.of_week(local_owner(), MONDAY)
    assert week is not None
    assert week.kind == "week"
