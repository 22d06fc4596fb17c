"""A trial is designed for its power, sealed for good, read at its end, and verified."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import text
from trial_street import ASKED, FIRST, moved, protocol, visit

from data.integrity.verify import verify_workspace
from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope
from governance.office import Office
from governance.scores.trials.design import TrialError, TrialOptions
from governance.scores.trials.protocol import drawn_of
from governance.scores.trials.records import Trial, TrialState
from risk.evaluation.trial.size import Assumptions, needed_per_arm

FOUND, SUSPECTED, NOTHING, NOBODY = "属实", "疑似", "未发现异常", "无人"


def code_of(refused: pytest.ExceptionInfo[TrialError]) -> str:
    return str(refused.value.code)


def change(desk: Office, statement: str, **values: object) -> None:
    """Change the database behind the product's back."""
    with desk._workspace.store.begin() as unit:
        unit.session.execute(text(statement), values)
        unit.session.commit()


def test_the_size_is_that_of_the_power_and_the_weeks_those_of_the_visits(
    desk: Office, planner: Actor
) -> None:
    design = desk.trials.design(planner, ASKED).design
    assumed = Assumptions(low=0.02, middle=0.05, high=0.6, looked_share=0.9, alpha=0.05, power=0.8)
    assert design.needed == design.per_arm == needed_per_arm(assumed)
    assert min(design.reached.values()) >= 0.8
    assert design.weeks == -(-3 * design.per_arm // 30)
    assert design.last == FIRST + timedelta(weeks=design.weeks, days=-1)
    assert (design.read_from - design.last).days == 8  # a visit can be recorded for a week
    assert sum(design.available.values()) == 240


def test_what_is_not_asked_comes_from_scores_visits_and_settings(
    desk: Office, planner: Actor
) -> None:
    design = desk.trials.design(planner, TrialOptions(high=0.8, middle=0.1)).design
    assert design.first == FIRST  # next Monday
    assert design.assumed["low"] == design.foretold["low"] < design.foretold["high"]
    assert 10 < design.visits_a_week < 16  # 600 visits in 45 weeks
    assert 0.8 < design.looked_share < 0.92  # every sixth without a find met nobody
    assert (design.power, design.alpha, design.visit_share) == (0.8, 0.05, 0.3)


def test_an_office_without_a_visit_is_told_to_say_how_many(desk: Office, planner: Actor) -> None:
    later = moved(desk, date(2028, 11, 24))
    with pytest.raises(TrialError) as refused:
        later.trials.design(planner, replace(ASKED, first=None, visits_a_week=None))
    assert code_of(refused) == "trial_visits_unknown"


def test_a_trial_is_no_longer_than_allowed_and_says_what_power_is_left(
    desk: Office, planner: Actor
) -> None:
    design = desk.trials.design(planner, replace(ASKED, visits_a_week=2.0)).design
    assert (design.weeks <= 26, design.is_short) == (True, True)
    assert design.reached["low"] < 0.8
    with pytest.raises(TrialError) as refused:
        desk.trials.design(planner, replace(ASKED, visits_a_week=0.1))
    assert code_of(refused) == "trial_too_few_visits"


def test_against_the_low_arm_alone_fewer_buildings_are_enough(desk: Office, planner: Actor) -> None:
    asked = replace(ASKED, middle=0.3)
    both, alone = (
        desk.trials.design(planner, replace(asked, both=each)).design for each in (True, False)
    )
    assert alone.needed < both.needed
    assert alone.reached["low"] >= 0.8 > alone.reached["middle"]


def test_the_arms_can_be_cut_elsewhere(desk: Office, planner: Actor) -> None:
    design = desk.trials.design(planner, replace(ASKED, low_until=0.5, high_from=0.9)).design
    assert design.available == {"low": 120, "middle": 96, "high": 24}
    with pytest.raises(TrialError) as refused:
        replace(ASKED, low_until=0.9, high_from=0.5)
    assert code_of(refused) == "trial_options_wrong"


def test_a_street_too_small_for_the_power_is_sealed_only_when_that_is_accepted(
    desk: Office, planner: Actor
) -> None:
    draft = desk.trials.design(planner, replace(ASKED, high=0.12))
    assert (draft.design.per_arm, draft.design.is_short) == (80, True)
    assert draft.design.reached["middle"] < 0.8
    with pytest.raises(TrialError) as refused:
        desk.trials.seal(planner, draft.trial_id)
    assert code_of(refused) == "trial_short"
    assert desk.trials.seal(planner, draft.trial_id, accept_short=True).state == TrialState.SEALED


def test_a_sealed_trial_holds_arms_of_the_score_and_its_hash_is_in_the_log(
    desk: Office, sealed: Trial
) -> None:
    drawn = drawn_of(protocol(desk, sealed))
    means = drawn.groupby("arm")["score"].mean()
    assert means["low"] <= means["middle"] < means["high"]
    assert set(drawn["arm"].value_counts()) == {sealed.design.per_arm}
    with desk._workspace.store.begin() as unit:
        line = unit.audit.find(action=Action.SEAL_TRIAL)[0]
        assert (line.actor, line.facts["sha256"]) == ("li", sealed.sha256)
        told = json.dumps(line.facts)
    assert not [building for building in drawn["building_id"] if building in told]


def test_two_trials_of_the_same_design_draw_differently(desk: Office, planner: Actor) -> None:
    drawn = []
    for _ in range(2):
        trial = desk.trials.seal(planner, desk.trials.design(planner, ASKED).trial_id)
        drawn.append(set(drawn_of(protocol(desk, trial))["building_id"]))
        desk.trials.cancel(planner, trial.trial_id, reason="又一次")
    assert drawn[0] != drawn[1]


def test_nothing_is_sealed_twice_or_after_it_began_or_beside_another(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    other = desk.trials.design(planner, replace(ASKED, first=FIRST + timedelta(days=7)))
    for asked, at, expected in (
        (sealed, desk, "trial_not_draft"),
        (other, desk, "trial_overlaps"),
        (other, moved(desk, other.design.first), "trial_begun"),
    ):
        with pytest.raises(TrialError) as refused:
            at.trials.seal(planner, asked.trial_id)
        assert code_of(refused) == expected
    with pytest.raises(TrialError) as refused:
        desk.trials.design(planner, replace(ASKED, first=date(2026, 11, 24)))
    assert code_of(refused) == "trial_begun"


def test_a_trial_is_given_up_once_and_with_a_reason(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    with pytest.raises(TrialError) as refused:
        desk.trials.cancel(planner, sealed.trial_id, reason=" ")
    assert code_of(refused) == "trial_reason_missing"
    cancelled = desk.trials.cancel(planner, sealed.trial_id, reason="人手不够")
    assert (cancelled.state, cancelled.reason) == (TrialState.CANCELLED, "人手不够")
    assert cancelled.sha256 == sealed.sha256
    for ask in (
        lambda: desk.trials.cancel(planner, sealed.trial_id, reason="再来"),
        lambda: moved(desk, sealed.design.read_from).trials.result(planner, sealed.trial_id),
    ):
        with pytest.raises(TrialError) as refused:
            ask()
        assert code_of(refused) == "trial_cancelled"


def test_the_state_follows_from_the_day(desk: Office, planner: Actor, sealed: Trial) -> None:
    design = sealed.design
    days = {FIRST - timedelta(days=1): "sealed", FIRST: "running", design.last: "running",
            design.last + timedelta(days=1): "waiting", design.read_from: "over"}  # fmt: skip
    seen = {day: moved(desk, day).trials.all(planner)[0].state for day in days}
    assert seen == days


def test_the_first_day_somebody_could_look_at_decides_for_a_building(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    drawn = drawn_of(protocol(desk, sealed))
    high = drawn.loc[drawn["arm"] == "high", "building_id"].tolist()
    days = [FIRST + timedelta(days=number) for number in range(4)]
    visit(desk, high[0], FIRST - timedelta(days=1), FOUND)  # before it began
    visit(desk, high[1], days[0], NOBODY)
    visit(desk, high[1], days[1], NOTHING)
    visit(desk, high[1], days[1], FOUND)  # jointly
    visit(desk, high[2], days[1], NOTHING)
    visit(desk, high[2], days[2], FOUND)
    visit(desk, high[3], days[3], NOBODY)
    visit(desk, high[4], days[3], SUSPECTED)
    visit(desk, high[5], sealed.design.last + timedelta(days=1), FOUND)  # after its end
    over = moved(desk, sealed.design.read_from)
    result = over.trials.result(planner, sealed.trial_id)
    row = result.arms.set_index("arm").loc["high"]
    counted = row[["planned", "not_visited", "no_look", "looked", "found", "suspected"]].tolist()
    assert counted == [len(high), len(high) - 4, 1, 3, 1, 1]
    assert row["came"] == pytest.approx(1.4)  # a suspicion counts in part, as for the score
    assert (result.early, result.level, result.faults) == (False, 0.95, ())
    progress = over.trials.progress(planner, sealed.trial_id)
    assert progress[["planned", "visited", "looked"]].sum().tolist() == [len(drawn), 4, 3]


def test_a_result_before_its_time_is_refused_unless_asked_for_and_then_costs(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    with pytest.raises(TrialError) as refused:
        desk.trials.result(planner, sealed.trial_id, early=True)
    assert code_of(refused) == "trial_not_begun"
    during = moved(desk, FIRST + timedelta(days=2))
    with pytest.raises(TrialError) as refused:
        during.trials.result(planner, sealed.trial_id)
    assert code_of(refused) == "trial_not_over"
    for _ in range(2):  # twice on a day is one look
        look = during.trials.result(planner, sealed.trial_id, early=True)
        assert (look.early, look.level) == (True, pytest.approx(0.975))
    with desk._workspace.store.begin() as unit:
        lines = unit.audit.find(action=Action.READ_TRIAL)
        assert [line.facts["early"] for line in lines] == [True, True]
    end = moved(desk, sealed.design.read_from).trials.result(planner, sealed.trial_id)
    assert (end.early, end.level) == (False, pytest.approx(0.975))
    assert end.trial.looks == (FIRST + timedelta(days=2),)


def test_what_was_sealed_is_opened_at_the_end_and_its_bytes_have_the_hash(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    with pytest.raises(TrialError) as refused:
        moved(desk, sealed.design.last).trials.protocol(planner, sealed.trial_id)
    assert code_of(refused) == "trial_not_over"
    opened = moved(desk, sealed.design.read_from).trials.protocol(planner, sealed.trial_id)
    assert hashlib.sha256(opened.encode()).hexdigest() == sealed.sha256
    assert json.loads(opened)["buildings"] == protocol(desk, sealed)["buildings"]
    with desk._workspace.store.begin() as unit:
        assert unit.audit.find(action=Action.EXPORT)[0].facts["sha256"] == sealed.sha256


def test_a_draft_has_no_result_and_nothing_to_verify(desk: Office, planner: Actor) -> None:
    draft = desk.trials.design(planner, ASKED)
    for ask in (desk.trials.result, desk.trials.verify, desk.trials.progress, desk.trials.protocol):
        with pytest.raises(TrialError) as refused:
            ask(planner, draft.trial_id)
        assert code_of(refused) == "trial_not_sealed"


@pytest.mark.parametrize(
    ("column", "value", "faults"),
    [
        ("protocol", {"buildings": []}, {"protocol_changed"}),
        ("sha256", "0" * 64, {"protocol_changed", "log_differs"}),
        ("seal", "0" * 64, {"protocol_changed", "log_differs"}),
        ("first", "2026-12-07", {"protocol_changed"}),
    ],
)
def test_a_row_changed_by_sql_is_found(
    desk: Office, planner: Actor, sealed: Trial, column: str, value: object, faults: set[str]
) -> None:
    if isinstance(value, dict):
        value = json.dumps({**protocol(desk, sealed), **value})
    change(desk, f"UPDATE field_trials SET {column} = :value", value=value)  # noqa: S608 -- a test's
    assert faults <= set(desk.trials.verify(planner, sealed.trial_id).faults)
    problems = {problem.code for problem in verify_workspace(desk._workspace).problems}
    assert problems == {"trial_changed"}


def test_a_new_hash_over_other_buildings_does_not_pass(
    desk: Office, planner: Actor, sealed: Trial
) -> None:
    """Whoever can write the database and the key's seal still meets the log and the draw."""
    other = protocol(desk, sealed)
    other["buildings"] = [
        [b, "high" if a == "low" else a, w, s] for b, a, w, s in other["buildings"]
    ]
    change(desk, "UPDATE field_trials SET sealed_at = NULL")
    with desk._workspace.store.begin() as unit:
        assert unit.field_trials.seal(sealed.trial_id, protocol=other, by="x", at=sealed.made_at)
        unit.commit()
    assert desk.trials.verify(planner, sealed.trial_id).faults == ("log_differs", "draw_differs")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM field_trials", "trial_missing"),
        ("UPDATE field_trials SET sealed_at = NULL", "trial_changed"),
        ("UPDATE field_trials SET cancelled_at = NULL", "trial_changed"),
        ("UPDATE field_trials SET looks = '[]'", "trial_changed"),
    ],
)
def test_a_trial_that_vanishes_or_comes_back_or_hides_a_look_is_found(
    desk: Office, planner: Actor, sealed: Trial, statement: str, problem: str
) -> None:
    assert verify_workspace(desk._workspace).sound
    moved(desk, FIRST).trials.result(planner, sealed.trial_id, early=True)
    desk.trials.cancel(planner, sealed.trial_id, reason="人手不够")
    assert verify_workspace(desk._workspace).sound
    change(desk, statement)
    assert [each.code for each in verify_workspace(desk._workspace).problems] == [problem]


def test_a_snapshot_changed_on_disk_is_found(desk: Office, planner: Actor, sealed: Trial) -> None:
    assert desk.trials.verify(planner, sealed.trial_id).faults == ()
    path = desk._workspace.snapshots_path / sealed.design.snapshot_id / "buildings.parquet"
    rows = pd.read_parquet(path)
    rows.assign(score=rows["score"][::-1].to_numpy()).to_parquet(path)
    assert desk.trials.verify(planner, sealed.trial_id).faults == ("snapshot_changed",)


def test_whoever_may_know_of_a_trial_makes_plans() -> None:
    actions = {Action.DESIGN_TRIAL, Action.SEAL_TRIAL, Action.CANCEL_TRIAL, Action.READ_TRIAL}
    knowing = {name for name, role in ROLES.items() if role.actions & actions}
    assert knowing == {"office_manager", "planner", "local_owner"}
    assert all(Action.MAKE_PLAN in ROLES[name].actions for name in knowing)


def test_nobody_else_learns_that_there_is_a_trial(desk: Office) -> None:
    for role in set(ROLES) - {"office_manager", "planner", "local_owner"}:
        with pytest.raises(NotAllowedError):
            desk.trials.all(Actor(role, role, (role,), Scope.whole()))


def test_a_planner_of_a_part_of_the_street_makes_no_trial(desk: Office) -> None:
    actor = Actor("p", "p", ("planner",), Scope(buildings=frozenset({"B001"})))
    with pytest.raises(NotAllowedError):
        desk.trials.design(actor, ASKED)
