"""The start page's service, over the demonstration."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from imported import opened_copy
from service_arguments import NEXT_WEEK

from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.overview.facts import EVENT_COLUMNS, RISER_COLUMNS
from governance.overview.first_places import PLACE_COLUMNS
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OWNER = local_owner()


def acting(role: str, scope: Scope) -> Actor:
    return Actor(id=role, name=role, roles=(role,), scope=scope)


@pytest.fixture(scope="module")
def office(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open a copy of the demonstration, on the day its records end."""
    yield from opened_copy(demonstration, tmp_path_factory.mktemp("start"), now=NOW)


def test_the_newest_score_is_compared_with_one_a_week_or_more_older(office: Office) -> None:
    facts = office.overview.summary(OWNER)
    assert facts.as_of is not None
    assert facts.before is not None
    assert (facts.as_of - facts.before).days >= 7
    assert list(facts.risers) == list(RISER_COLUMNS)
    assert (facts.risers["change"] > 0).all()
    assert facts.risers["change"].is_monotonic_decreasing


def test_scores_of_two_models_are_not_compared(demonstration: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demonstration, tmp_path / "demo")
    for older in sorted((folder / "snapshots").glob("2*"))[:-1]:
        path = older / "manifest.json"
        facts = json.loads(path.read_text(encoding="utf-8"))
        del facts["score"]
        path.write_text(json.dumps(facts | {"scorecard": {"weights": {}}}), encoding="utf-8")
    opened = open_office(folder, now=lambda: NOW)
    facts = opened.overview.summary(OWNER)
    opened.close()
    assert (facts.before, len(facts.risers)) == (None, 0)


def test_events_are_counted_by_kind_and_no_line_is_zero(office: Office) -> None:
    facts = office.overview.summary(OWNER)
    assert list(facts.events) == list(EVENT_COLUMNS)
    assert facts.events["kind"].tolist() == ["complaints", "rentals", "violations", "inspections"]
    assert facts.events["week"].sum() > 0
    assert all(line.count > 0 for line in (*facts.overdue, *facts.duties, *facts.warnings))


def test_a_grid_chief_is_told_of_his_community_alone(office: Office) -> None:
    communities = office.responsibility.duties_of_day(OWNER)["community_code"]
    mine = str(communities[communities != ""].iloc[0])
    facts = office.overview.summary(acting("grid_chief", Scope(communities=frozenset({mine}))))
    whole = office.overview.summary(OWNER)
    assert set(facts.coverage["unit"]) <= {mine}
    assert set(facts.risers["community_code"]) <= {mine}
    assert (facts.events["week"] <= whole.events["week"]).all()
    assert not {"quarantine", "addresses"} & {line.kind for line in facts.warnings}


def test_the_places_to_look_at_first_are_those_of_highest_score_with_their_wardens(
    office: Office,
) -> None:
    first = office.overview.summary(OWNER).first
    assert list(first) == list(PLACE_COLUMNS)
    top = office.risk_map.top(OWNER, k=5)
    assert first["unit"].tolist() == [row["unit"] for row in top]
    duties = office.responsibility.duties_of_day(OWNER).set_index("building_id")
    assert first["warden"].tolist() == duties.loc[first["unit"], "网格员_name"].tolist()
    for place in first.itertuples():
        points = office.scores.explain(OWNER, place.unit).points
        highest = sorted((n for n in points if n != "exposure"), key=lambda n: -points[n])
        assert place.factors == highest[: len(place.factors)]
    assert first["planned_on"].isna().all()  # nobody planned here
    assert (first["left_out"] == "").all()


def test_of_the_places_to_look_at_first_a_grid_chief_is_told_of_their_own(office: Office) -> None:
    communities = office.responsibility.duties_of_day(OWNER).set_index("building_id")
    ninth = office.risk_map.top(OWNER, k=9)[-1]["unit"]
    mine = str(communities.loc[ninth, "community_code"])
    chief = acting("grid_chief", Scope(communities=frozenset({mine})))
    first = office.overview.summary(chief).first
    assert len(first) == 5
    assert set(communities.loc[first["unit"], "community_code"]) == {mine}


def test_of_duties_whose_holder_left_it_is_told_how_many_people_these_are(office: Office) -> None:
    (line,) = (each for each in office.overview.summary(OWNER).duties if each.kind == "duty_left")
    work = office.responsibility.work(OWNER).rows
    left = work[work["kind"] == "left"]
    assert line.count == len(left) > left["person_id"].nunique() > 0
    assert line.facts == {"people": left["person_id"].nunique()}


def test_a_warden_has_no_start_page(office: Office) -> None:
    with pytest.raises(NotAllowedError):
        office.overview.summary(acting("warden", Scope.whole()))
    with pytest.raises(NotAllowedError):
        office.overview.figures(acting("warden", Scope.whole()))


@pytest.mark.parametrize("role", ["office_manager", "grid_chief", "planner"])
def test_the_figures_over_the_map_are_those_of_the_start_page(office: Office, role: str) -> None:
    communities = office.responsibility.duties_of_day(OWNER)["community_code"]
    mine = str(communities[communities != ""].iloc[0])
    for scope in (Scope.whole(), Scope(communities=frozenset({mine}))):
        actor = acting(role, scope)
        facts, figures = office.overview.summary(actor), office.overview.figures(actor)
        weeks = dict(zip(facts.events["kind"], facts.events["week"], strict=True))
        waiting = {line.kind: line.count for line in facts.overdue}
        assert figures.complaints == weeks.get("complaints")
        assert figures.visits_due == waiting.get("visits_due", 0) > 0
        assert figures.suspected == waiting.get("suspected", 0)


def test_the_same_question_is_answered_from_memory_until_something_changed(office: Office) -> None:
    first = office.overview.summary(OWNER)
    assert office.overview.summary(OWNER) is first
    building = str(office.responsibility.duties_of_day(OWNER)["building_id"].iloc[0])
    office.duties.set_duty(
        OWNER, target_kind="building", target_id=building, duty="产权人", org="某单位",
        valid_from=date(2026, 11, 24),
    )  # fmt: skip
    assert office.overview.summary(OWNER) is not first


def test_what_was_last_said_is_of_the_person_as_they_are_now(office: Office) -> None:
    facts = office.overview.summary(OWNER)
    assert office.overview.earlier(OWNER) == (office.clock.local(), facts)
    narrower = replace(OWNER, scope=Scope(communities=frozenset({"370998001001"})))
    assert office.overview.earlier(narrower) is None
    assert office.overview.earlier(replace(OWNER, roles=("office_manager",))) is None


def test_an_empty_workspace_has_nothing_to_tell(tmp_path: Path) -> None:
    opened = open_office(create_workspace(tmp_path / "empty"), now=lambda: NOW)
    facts = opened.overview.summary(OWNER)
    opened.close()
    assert (facts.has_rows, facts.has_score, facts.as_of) == (False, False, None)
    assert facts.overdue == facts.duties == facts.warnings == ()


def test_a_pinned_reference_of_drift_makes_the_page_ask_anew(office: Office) -> None:
    before = office.overview.summary(OWNER)
    pinned = office.scores.snapshots(OWNER)["snapshot_id"].iloc[-1]
    office.monitoring.pin_reference(OWNER, str(pinned))
    assert office.overview.summary(OWNER) is not before


def test_who_makes_plans_is_told_how_far_next_week_is_and_nobody_else(office: Office) -> None:
    planner = acting("planner", Scope.whole())
    line = office.overview.summary(planner).plan
    assert line is not None
    assert line.kind == "plan_missing"
    assert line.facts == {"first": date(2026, 11, 30), "last": date(2026, 12, 6)}
    assert office.overview.summary(acting("grid_chief", Scope.whole())).plan is None
    plan = office.plans.make(planner, NEXT_WEEK)
    assert plan_line(office, planner) == "plan_draft"
    assert planned_drafts(office, planner) == {True}
    published = office.plans.publish(
        acting("office_manager", Scope.whole()), plan.plan_id, version=plan.version
    )
    assert plan_line(office, planner) == "plan_published"
    assert planned_drafts(office, planner) == {False}
    stop = published.stops["building_id"].iloc[0]
    office.plan_edits.remove_stop(planner, plan.plan_id, stop, version=published.version)
    assert plan_line(office, planner) == "plan_changed"


def planned_drafts(office: Office, actor: Actor) -> set[bool]:
    first = office.overview.summary(actor).first
    return set(first.loc[first["planned_on"].notna(), "is_draft"])


def plan_line(office: Office, actor: Actor) -> str:
    told = office.overview.summary(actor).plan
    return told.kind if told else ""
