"""Every change of a plan is a version, made from the one that was seen, and can be undone."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from imported import opened_copy
from sqlalchemy import func, select

from data.store.tables.patrols import PatrolPiece
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.validation import PlanRefusedError
from tests.governance.patrols.conftest import MONDAY, NOW, options
from tests.governance.patrols.results.afterwards_street import desk_of, visit

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def desk(planned_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an office in which each test has a draft of its own and changes nothing else."""
    yield from opened_copy(planned_folder, tmp_path_factory.mktemp("edits"), now=NOW)


@pytest.fixture
def draft(desk: Office, draft: Plan) -> Plan:
    """Return the draft, version 1, under a name of its own."""
    own = replace(draft, plan_id=f"W{next(_NUMBERS)}")
    with desk._workspace.store.begin() as unit:
        versions = desk.plans._versions
        versions.next_version(unit, local_owner(), own, seed="of-the-server", note="made")
        unit.commit()
    return desk.plans.get(local_owner(), own.plan_id)


@pytest.fixture
def own_desk(planned_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Return an office of the test's own."""
    yield from opened_copy(planned_folder, tmp_path, now=NOW)


def building_at(plan: Plan, number: int = 0) -> str:
    return str(plan.stops["building_id"].iloc[number])


def other_shift(plan: Plan, building: str) -> str:
    stops = plan.stops.set_index("building_id")["shift_id"]
    return str(next(s for s in plan.shifts["shift_id"] if s != stops[building]))


def where(plan: Plan) -> dict[str, tuple[str, int]]:
    stops = plan.stops
    return {
        str(b): (str(s), int(p))
        for b, s, p in zip(stops["building_id"], stops["shift_id"], stops["place"], strict=True)
    }


def test_a_moved_stop_is_in_its_new_place_and_stays_there(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building = building_at(draft)
    shift = other_shift(draft, building)
    moved = desk.plan_edits.move_stop(
        planner, draft.plan_id, building, to_shift=shift, place=1, version=1
    )
    assert (moved.version, moved.state) == (2, "draft")
    assert where(moved)[building] == (shift, 1)
    assert building in moved.locked
    assert set(where(moved)) == set(where(draft))
    for _, stops in moved.stops.groupby("shift_id"):
        assert list(stops["place"]) == list(range(1, len(stops) + 1))
        assert stops["arrive"].is_monotonic_increasing
    assert where(desk.plans.get(planner, draft.plan_id)) == where(moved)
    assert where(desk.plans.get(planner, draft.plan_id, version=1)) == where(draft)


def test_a_change_keeps_no_row_that_is_left_uncovered_again(
    own_desk: Office, planner: Actor
) -> None:
    draft = own_desk.plans.of_week(planner, MONDAY)
    assert draft is not None

    def kept() -> tuple[int, list[str]]:
        with own_desk._workspace.store.begin() as unit:
            pieces = unit.session.scalar(select(func.count()).select_from(PatrolPiece))
            newest = unit.patrols.version(draft.plan_id)
            assert newest is not None
            return pieces or 0, [*newest.content["uncovered"]]

    before = kept()
    assert before == (2, ["pieces", "codes"]), "nothing but their digests"
    locked = own_desk.plan_edits.lock_stops(
        planner, draft.plan_id, [building_at(draft)], locked=True, version=1
    )
    assert kept() == before
    own_desk.plan_edits.remove_stop(planner, draft.plan_id, building_at(draft, 1), version=2)
    assert kept()[0] > before[0]
    pd.testing.assert_frame_equal(locked.uncovered, draft.uncovered)


def test_what_takes_too_long_is_shown_and_not_refused(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    assert (draft.shifts["over_minutes"] == 0).all()
    building = building_at(draft)
    shift = other_shift(draft, building)
    moved = desk.plan_edits.move_stop(planner, draft.plan_id, building, to_shift=shift, version=1)
    there = moved.shifts.set_index("shift_id").loc[shift]
    assert there["stops"] == 3
    assert there["over_minutes"] == there["minutes"] - there["most_minutes"] > 0
    assert moved.totals.over_time == 1


def test_a_stop_is_taken_out_and_put_back(desk: Office, draft: Plan, planner: Actor) -> None:
    building, shift = building_at(draft), str(draft.shifts["shift_id"].iloc[-1])
    less = desk.plan_edits.remove_stop(planner, draft.plan_id, building, version=1)
    assert building not in where(less)
    assert less.totals.stops == draft.totals.stops - 1
    more = desk.plan_edits.add_stop(
        planner, draft.plan_id, building, to_shift=shift, place=1, version=2
    )
    assert where(more)[building] == (shift, 1)
    assert more.stops.set_index("building_id").loc[building, "arm"] == "list"


def test_a_day_is_handed_over_as_its_preview_showed_and_undone_as_a_whole(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    given = str(draft.stops["shift_id"].iloc[0])
    handed = draft.stops.loc[draft.stops["shift_id"] == given, "building_id"].tolist()
    wish = {"to_shifts": [s for s in draft.shifts["shift_id"] if s != given], "version": 1}
    seen = desk.plan_edits.preview_hand_over(planner, draft.plan_id, handed, **wish)
    assert desk.plans.get(planner, draft.plan_id).version == 1
    after = desk.plan_edits.hand_over(planner, draft.plan_id, handed, **wish)
    assert (after.version, after.state, where(after)) == (2, "draft", where(seen))
    moved = {each for each in handed if where(after)[each][0] != given}
    assert moved <= after.locked
    line = json.loads(str(desk.audit.log(local_owner())["facts"].iloc[0]))
    assert (line["change"], line["stops"]) == ("stops_handed_over", len(moved))
    assert where(desk.plan_edits.undo(planner, draft.plan_id, version=2)) == where(draft)
    assert list(desk.plans.versions(planner, draft.plan_id)["note"]) == [
        "undone", "stops_handed_over", "made"
    ]  # fmt: skip


def test_a_stop_that_was_visited_on_its_day_or_later_stays_with_its_team(
    own_desk: Office, planner: Actor
) -> None:
    draft = own_desk.plans.of_week(planner, MONDAY)
    assert draft is not None
    given = str(draft.stops["shift_id"].iloc[0])
    handed = draft.stops.loc[draft.stops["shift_id"] == given, "building_id"].tolist()
    visited, before_its_day = handed[:2]
    visit(own_desk, visited, f"{given.split('/')[1]}T09:00")
    visit(own_desk, before_its_day, "2026-11-23T09:00")
    others = [each for each in draft.shifts["shift_id"] if each != given]
    wish = {"to_shifts": others, "over_time": True, "version": 1}
    after = own_desk.plan_edits.hand_over(planner, draft.plan_id, handed, **wish)
    assert [each for each in handed if where(after)[each][0] == given] == [visited]
    assert own_desk.plan_edits.visited_stops(planner, draft.plan_id, handed) == {visited}
    assert visited not in after.locked


def test_of_the_teams_that_could_go_out_instead_only_those_that_are_needed_do(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    given = str(draft.stops["shift_id"].iloc[0])
    _, day, part = given.split("/")
    handed = draft.stops.loc[draft.stops["shift_id"] == given, "building_id"].tolist()
    free = [f"{each.team_id}/{day}/{part}" for each in draft.teams
            if f"{each.team_id}/{day}/{part}" != given]  # fmt: skip
    spare = f"{draft.teams[0].team_id}/2026-12-06/day"
    after = desk.plan_edits.hand_over(
        planner, draft.plan_id, handed, to_shifts=[*free, spare], version=1
    )
    assert {where(after)[each][0] for each in handed} == {*free}
    assert set(after.shifts["shift_id"]) == {*draft.shifts["shift_id"], *free}
    again = desk.plan_edits.replan(planner, draft.plan_id, version=2, seconds=0.05)
    assert {where(again)[each][0] for each in handed} == {*free}


def test_what_cannot_be_changed_is_said(desk: Office, draft: Plan, planner: Actor) -> None:
    edits, plan_id, building = desk.plan_edits, draft.plan_id, building_at(draft)
    wishes = (
        (lambda: edits.move_stop(planner, plan_id, "B99", to_shift="none", version=1),
         ["stop_unknown", "shift_unknown"]),
        (lambda: edits.add_stop(planner, plan_id, "B99", to_shift="none", version=1),
         ["building_unknown", "shift_unknown"]),
        (lambda: edits.add_stop(planner, plan_id, building, to_shift="none", version=1),
         ["already_planned", "shift_unknown"]),
        (lambda: edits.remove_stop(planner, plan_id, "B99", version=1), ["stop_unknown"]),
        (lambda: edits.lock_stops(planner, plan_id, ["B98", "B99"], locked=True, version=1),
         ["stop_unknown", "stop_unknown"]),
        (lambda: edits.hand_over(planner, plan_id, ["B99"], to_shifts=["none"], version=1),
         ["stop_unknown", "shift_unknown"]),
    )  # fmt: skip
    for wish, codes in wishes:
        with pytest.raises(PlanRefusedError) as refused:
            wish()
        assert [problem.code for problem in refused.value.problems] == codes
    assert desk.plans.get(planner, plan_id).version == 1


def test_of_two_editors_at_once_one_wins_and_the_other_is_told(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    buildings = [building_at(draft, number) for number in range(3)]

    def change(building: str) -> str:
        try:
            desk.plan_edits.lock_stops(planner, draft.plan_id, [building], locked=True, version=1)
        except PlanError as refused:
            return f"{refused.code} {refused.facts['expected']}"
        return "kept"

    with ThreadPoolExecutor(max_workers=3) as pool:
        told = sorted(pool.map(change, buildings))
    assert told == ["kept", "plan_changed 2", "plan_changed 2"]
    assert len(desk.plans.get(planner, draft.plan_id).locked) == 1


def test_undoing_goes_back_step_by_step_and_is_a_version_itself(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    plan_id = draft.plan_id
    first, second = building_at(draft), building_at(draft, 1)
    one = desk.plan_edits.remove_stop(planner, plan_id, first, version=1)
    desk.plan_edits.remove_stop(planner, plan_id, second, version=2)
    back = desk.plan_edits.undo(planner, plan_id, version=3)
    assert back.version == 4
    assert where(back) == where(one)
    start = desk.plan_edits.undo(planner, plan_id, version=4)
    assert where(start) == where(draft)
    with pytest.raises(PlanError) as refused:
        desk.plan_edits.undo(planner, plan_id, version=5)
    assert refused.value.code == "plan_nothing_to_undo"
    anew = desk.plan_edits.remove_stop(planner, plan_id, second, version=5)
    assert where(desk.plan_edits.undo(planner, plan_id, version=anew.version)) == where(draft)
    notes = desk.plans.versions(planner, plan_id)["note"]
    assert list(notes)[::-1] == [
        "made", "removed", "removed", "undone", "undone", "removed", "undone"
    ]  # fmt: skip


def test_planning_anew_keeps_what_is_locked_and_the_draw(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building = building_at(draft)
    shift = other_shift(draft, building)
    moved = desk.plan_edits.move_stop(planner, draft.plan_id, building, to_shift=shift, version=1)
    anew = desk.plan_edits.replan(planner, draft.plan_id, version=2, seconds=0.05)
    assert anew.version == 3
    assert where(anew)[building][0] == shift
    assert anew.locked == moved.locked
    drawn = [set(p.stops.loc[p.stops["arm"] == "random", "building_id"]) for p in (draft, anew)]
    assert drawn[0] == drawn[1]


def test_planning_anew_is_searched_as_the_plan_was_unless_another_time_is_given(
    desk: Office, planner: Actor
) -> None:
    made = desk.plans.make(planner, options(iterations=30))
    anew = desk.plan_edits.replan(planner, made.plan_id, version=1)
    assert (anew.options.iterations, anew.options.seconds) == (30, 0.05)
    timed = desk.plan_edits.replan(planner, made.plan_id, version=2, seconds=0.1)
    assert (timed.options.iterations, timed.options.seconds) == (None, 0.1)


def test_a_plan_that_also_goes_elsewhere_is_not_changed_by_a_planner_of_a_part(
    desk: Office, draft: Plan
) -> None:
    building = building_at(draft)
    part = Actor("p", "p", ("planner",), Scope(buildings=frozenset({building})))
    for change in (
        lambda: desk.plan_edits.remove_stop(part, draft.plan_id, building, version=1),
        lambda: desk.plans.publish(part, draft.plan_id, version=1),
        lambda: desk.plan_edits.undo(part, draft.plan_id, version=1),
    ):
        with pytest.raises(NotAllowedError) as refused:
            change()
        assert refused.value.code == "not_allowed_in_part"


def test_a_day_that_has_begun_goes_on_from_the_clock_of_the_office(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    days = draft.shifts.set_index("shift_id")
    given, taking = (str(each) for each in days.index[days["stops"] > 0][:2])
    handed = draft.stops.loc[draft.stops["shift_id"] == given, "building_id"].tolist()
    begin, until = (int(days.loc[taking, name]) for name in ("from_minute", "until_minute"))
    later = (begin + until) // 2
    day = days.loc[taking, "day"]
    wish = {"to_shifts": [taking], "over_time": True, "version": 1}
    office = desk_of(desk, at=local(day + pd.Timedelta(minutes=later)))
    after = office.plan_edits.preview_hand_over(planner, draft.plan_id, handed, **wish)
    stops = after.stops[after.stops["shift_id"] == taking]
    assert {*handed} <= {*stops["building_id"]}
    assert stops["arrive"].min() >= later
    office = desk_of(desk, at=local(day + pd.Timedelta(minutes=until)))
    after = office.plan_edits.preview_hand_over(planner, draft.plan_id, handed, **wish)
    assert not {*handed} & {*after.stops.loc[after.stops["shift_id"] == taking, "building_id"]}


def local(moment: pd.Timestamp) -> datetime:
    return moment.tz_localize("Asia/Shanghai").to_pydatetime()
