"""Proposing who takes which building, approving it step by step, and taking it back."""

import math
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from refusals import refused_as
from sqlalchemy import event

from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.responsibility.assignment.build_problem import AssignmentError, AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal
from governance.responsibility.duty_writer import DutyError

TODAY = date(2026, 11, 24)
WEST = "370998001001001"
COMMUNITY = WEST[:12]


def wardens_of_day(office: Office, actor: Actor) -> dict[str, str]:
    frame = office.responsibility.duties_of_day(actor)
    return dict(zip(frame["building_id"], frame["网格员"], strict=True))


def given(proposal: Proposal) -> dict[str, str]:
    return dict(zip(proposal.rows["building_id"], proposal.rows["to_id"], strict=True))


def test_whoever_left_gets_nothing_and_every_building_somebody(
    staffed: Office, actor: Actor
) -> None:
    proposal = staffed.assignment.propose(actor)
    assert set(given(proposal).values()) == {"P3", "P4"}
    assert (proposal.totals.buildings, proposal.totals.wardens, proposal.totals.gaps) == (8, 2, 0)
    assert proposal.before.gaps == 4
    assert set(proposal.rows.loc[proposal.rows["from_id"] == "P5", "reason"]) == {"vacancy"}
    assert proposal.rows["load"].sum() == pytest.approx(proposal.wardens["load"].sum(), abs=0.01)


def test_a_proposal_changes_nothing_and_is_the_same_when_asked_again(
    staffed: Office, actor: Actor
) -> None:
    before = wardens_of_day(staffed, actor)
    first, second = (staffed.assignment.propose(actor) for _ in range(2))
    assert first.proposal_id == second.proposal_id
    assert staffed.assignment.proposals(actor)["state"].tolist() == ["open"]
    assert staffed.assignment.proposals(actor)["made_by"].tolist() == [actor.name]
    assert wardens_of_day(staffed, actor) == before
    again = staffed.assignment.proposal(actor, first.proposal_id)
    assert given(again) == given(first)
    assert again.totals == first.totals
    assert again.options == first.options


def test_steps_are_approved_by_warden_and_undone_whole(staffed: Office, actor: Actor) -> None:
    before = wardens_of_day(staffed, actor)
    options = AssignmentOptions(fixed={"B1": "P4", "B5": "P3"}, curve=False)
    proposal = staffed.assignment.propose(actor, options=options)
    wanted = given(proposal)

    def approve(only: Collection[str] | None) -> str:
        staffed.assignment.approve(actor, proposal.proposal_id, only=only)
        return str(staffed.assignment.proposals(actor)["state"].iloc[0])

    assert approve(["P4"]) == "part"
    step = wardens_of_day(staffed, actor)
    assert all(step[b] == p for b, p in wanted.items() if p == "P4")
    assert approve(None) == "approved"
    assert wardens_of_day(staffed, actor) == wanted
    with pytest.raises(AssignmentError, match="done"):
        approve(None)
    assert staffed.assignment.undo(actor, proposal.proposal_id) >= 2
    assert wardens_of_day(staffed, actor) == before
    assert staffed.assignment.proposals(actor)["state"].tolist() == ["undone"]
    assert approve([COMMUNITY]) == "approved"


def test_a_proposal_that_facts_overtook_is_refused(
    staffed: Office, actor: Actor, set_warden: Callable[..., int]
) -> None:
    proposal = staffed.assignment.propose(actor)
    changed = proposal.rows.loc[proposal.rows["changed"], "building_id"].iloc[0]
    set_warden("P1", changed)
    with pytest.raises(AssignmentError) as refused:
        staffed.assignment.approve(actor, proposal.proposal_id)
    assert refused.value.code == "proposal_outdated"


def test_no_duty_is_approved_at_a_building_that_was_pulled_down(
    staffed: Office, actor: Actor
) -> None:
    proposal = staffed.assignment.propose(actor)
    open_row = proposal.rows[proposal.rows["changed"]].iloc[0]
    staffed.building_ends.end(actor, [open_row["building_id"]], ended_on=TODAY, reason="拆迁")
    with pytest.raises(AssignmentError) as refused:
        staffed.assignment.approve(actor, proposal.proposal_id)
    assert refused.value.code == "proposal_building_ended"
    assert refused.value.facts == {"seen": open_row["name"], "rows": 1}
    anew = staffed.assignment.propose(actor)
    staffed.assignment.approve(actor, anew.proposal_id)
    assert open_row["building_id"] not in given(anew)


def test_what_was_approved_is_not_undone_under_a_later_change(
    staffed: Office, actor: Actor, set_warden: Callable[..., int]
) -> None:
    proposal = staffed.assignment.propose(actor)
    staffed.assignment.approve(actor, proposal.proposal_id)
    changed = proposal.rows.loc[proposal.rows["changed"], "building_id"].iloc[0]
    set_warden("P1", changed)
    with pytest.raises(DutyError) as refused:
        staffed.assignment.undo(actor, proposal.proposal_id)
    assert refused.value.code == "change_built_upon"
    assert staffed.assignment.proposals(actor)["state"].iloc[0] == "approved"


def test_fixed_pairs_and_absences_are_kept(staffed: Office, actor: Actor) -> None:
    options = AssignmentOptions(fixed={"B1": "P4"}, stickiness=0.0, curve=False)
    assert given(staffed.assignment.preview(actor, options=options))["B1"] == "P4"
    staffed.constraints.set_building_need(actor, "B2", fixed_person_id="P4")
    assert given(staffed.assignment.preview(actor))["B2"] == "P4"
    staffed.constraints.set_absence(actor, "P4", since=TODAY, until=TODAY + timedelta(days=3))
    now = staffed.assignment.preview(actor)
    assert set(given(now).values()) == {"P3"}
    later = AssignmentOptions(valid_from=TODAY + timedelta(days=3))
    assert given(staffed.assignment.preview(actor, options=later))["B2"] == "P4"


def test_stairs_and_languages_bar_pairs(staffed: Office, actor: Actor) -> None:
    staffed.constraints.set_building_need(actor, "B1", languages=["朝鲜语"])
    staffed.constraints.set_warden_limit(actor, "P4", max_stairs=None, languages=["朝鲜语"])
    proposal = staffed.assignment.preview(actor)
    first = proposal.rows.set_index("building_id").loc["B1"]
    assert (first["to_id"], first["reason"]) == ("P4", "limit")
    limits = staffed.constraints.limits(actor)
    assert limits.wardens["languages"].tolist() == [["朝鲜语"]]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"absent": ("P99",)}, "person_unknown"),
        ({"fixed": {"B99": "P3"}}, "building_unknown"),
        ({"fixed": {"B1": "P5"}}, "fixed_person_absent"),
        ({"absent": ("P3", "P4")}, "no_wardens"),
    ],
)
def test_options_that_cannot_be_are_refused(
    staffed: Office, actor: Actor, options: dict[str, object], code: str
) -> None:
    with pytest.raises(AssignmentError) as refused:
        staffed.assignment.preview(actor, options=AssignmentOptions(**options))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_stickiness_outside_its_range_is_refused() -> None:
    with pytest.raises(AssignmentError):
        AssignmentOptions(stickiness=1.2)


def test_the_curve_shows_what_other_degrees_of_stickiness_give(
    staffed: Office, actor: Actor
) -> None:
    options = AssignmentOptions(stickiness=0.3)
    made = staffed.assignment.preview(actor, options=options)
    assert made.options == options
    assert made.curve["stickiness"].tolist() == [0.0, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0]
    assert made.curve["moved"].iloc[-1] == 4
    without = staffed.assignment.preview(actor, options=replace(options, curve=False))
    assert without.curve.empty
    assert made.rows is without.rows  # worked out once


def test_of_a_part_of_the_street_rows_and_figures_are_those_of_the_part(
    staffed: Office, actor: Actor
) -> None:
    options = AssignmentOptions(fixed={"B1": "P4", "B5": "P3", "B6": "P4"})
    whole = staffed.assignment.propose(actor, options=options)
    chief = Actor("chief", "乙", ("grid_chief",), Scope(grids=frozenset({WEST})))
    part = staffed.assignment.proposal(chief, whole.proposal_id)
    own = whole.rows[whole.rows["building_id"].isin(["B1", "B2", "B3", "B4"])]
    assert part.rows["building_id"].tolist() == own["building_id"].tolist()
    moved = int((own["changed"] & own["from_id"].ne("")).sum())
    assert (part.totals.buildings, part.totals.moved, part.before.buildings) == (4, moved, 4)
    assert math.isnan(part.totals.max_over_mean)
    assert part.curve.empty
    assert len(whole.curve) > 1
    columns = ["buildings_before", "moved_in", "moved_out"]
    assert part.wardens[columns].sum().tolist() == [4, moved, moved]
    line = staffed.assignment.proposals(chief).iloc[0]
    assert (line["moved"], line["state"]) == (moved, "open")
    assert math.isnan(line["max_over_mean"])
    with pytest.raises(NotAllowedError):
        staffed.assignment.approve(chief, whole.proposal_id)
    mine = staffed.assignment.propose(chief, options=AssignmentOptions(curve=False))
    assert set(mine.rows["building_id"]) == {"B1", "B2", "B3", "B4"}


def test_a_list_of_proposals_reads_none_of_their_contents(staffed: Office, actor: Actor) -> None:
    made = [
        staffed.assignment.propose(actor, options=AssignmentOptions(stickiness=s, curve=False))
        for s in (0.0, 1.0)
    ]
    taker = str(made[0].wardens.set_index("person_id")["moved_in"].idxmax())
    staffed.assignment.approve(actor, made[0].proposal_id, only=[taker])
    statements: list[str] = []
    engine = staffed._workspace.store.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(*args: Any) -> None:
        statements.append(args[2])

    lines = staffed.assignment.proposals(actor)
    event.remove(engine, "before_cursor_execute", note)
    # Which are newest, a line of each, what was approved, what who made them is called.
    assert len(statements) == 4
    for statement in statements:  # the database takes single figures out of it
        assert "s.content" not in statement.replace("JSON_EXTRACT(assignment_proposals.content", "")
    first, second = (lines.set_index("proposal_id").loc[one.proposal_id] for one in made)
    assert (second["state"], second["moved"]) == ("open", made[1].totals.moved)
    assert first["open_steps"] == made[0].wardens["moved_in"].gt(0).sum() - 1


@pytest.mark.parametrize("away", [True, False])
def test_nothing_is_approved_for_whoever_is_away_or_has_left(
    staffed: Office, actor: Actor, tmp_path: Path, *, away: bool
) -> None:
    proposal = staffed.assignment.propose(actor, options=AssignmentOptions(curve=False))
    if away:
        staffed.constraints.set_absence(actor, "P4", since=TODAY, until=TODAY + timedelta(days=3))
    else:
        path = tmp_path / "left.csv"
        path.write_text(
            "人员编号,姓名,角色,所属单位,办公电话,在岗状态,任期止\n"
            "P4,丁,网格员,示例社区,0538-0000004,否,2026-11-20\n",
            encoding="utf-8",
        )
        staffed.imports.import_file(actor, "persons", path)
    with pytest.raises(AssignmentError) as refused:
        staffed.assignment.approve(actor, proposal.proposal_id)
    assert refused.value.code == "taker_gone"
    assert refused.value.facts["seen"] == "丁"
    assert wardens_of_day(staffed, actor)["B5"] == "P5"


def test_what_is_not_given_of_a_building_stays_as_it_was(staffed: Office, actor: Actor) -> None:
    staffed.constraints.set_building_need(actor, "B1", languages=["朝鲜语"], lift=True)
    staffed.constraints.set_building_need(actor, "B1", fixed_person_id="P4")
    staffed.constraints.set_building_need(actor, "B1", fixed_person_id=None)
    need = staffed.constraints.limits(actor).buildings.iloc[0]
    assert (need["languages"], need["lift"]) == (["朝鲜语"], True)
    assert pd.isna(need["fixed_person_id"])


def test_a_building_is_fixed_to_nobody_who_is_not_on_the_staff(
    staffed: Office, actor: Actor
) -> None:
    with refused_as("person_unknown", seen="P99"):
        staffed.constraints.set_building_need(actor, "B1", fixed_person_id="P99")
    needs = staffed.constraints.limits(actor).buildings
    assert "P99" not in set(needs["fixed_person_id"])


def test_communities_go_by_name_or_code(staffed: Office, actor: Actor) -> None:
    assert staffed.assignment.community_codes(actor, ["示例社区", COMMUNITY]) == [
        COMMUNITY,
        COMMUNITY,
    ]


def test_one_person_absent_moves_at_most_a_tenth_of_the_others_buildings(
    own_demonstration: object,
) -> None:
    from governance.access.permissions import local_owner
    from gridwarden.compose import open_office

    office, actor = open_office(own_demonstration), local_owner()  # type: ignore[arg-type]
    start = office.assignment.propose(actor, options=AssignmentOptions(curve=False))
    assert start.before.max_over_mean > start.totals.max_over_mean
    assert start.before.gaps > 0
    assert start.totals.max_over_mean <= 1.0501
    assert start.totals.stray == 0
    office.assignment.approve(actor, start.proposal_id)
    person = start.wardens.loc[start.wardens["buildings"] > 0, "person_id"].iloc[1]
    asked = AssignmentOptions(absent=(person,), curve=False)
    left = office.assignment.preview(actor, options=asked)
    assert left.totals.others_moved_share <= 0.10
    assert not (left.rows["to_id"] == person).any()
    office.close()
