"""The demonstration's teams, the plan they went by, and what the hidden truth let them find."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import local_owner
from governance.office import Office
from gridwarden.compose import open_office
from gridwarden.demo import patrols
from gridwarden.demo.patrols import (
    add_demo_patrols,
    draft_next_week,
    options_of_week,
    sunday_before,
)
from simulation.truth.visit_outcomes import look_at_doors

TODAY, SEED = date(2026, 11, 24), 5
LAST, THIS = date(2026, 11, 16), date(2026, 11, 23)


@pytest.fixture(scope="module", autouse=True)
def _short_searches() -> Iterator[None]:
    """Search for routes for a fraction of a second: how good they are is no matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patrols, "SEARCH_ITERATIONS", 100)
        yield


@pytest.fixture(scope="module")
def folder(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = shutil.copytree(demonstration, tmp_path_factory.mktemp("patrols") / "demo")
    truth = copy / "files" / "truth"
    add_demo_patrols(copy, truth=truth, today=TODAY, seed=SEED, actor=local_owner())
    return copy


@pytest.fixture(scope="module")
def patrolled(folder: Path) -> Iterator[Office]:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
    office = open_office(folder, now=lambda: noon)
    yield office
    office.close()


@pytest.mark.parametrize("monday", [LAST, THIS])
def test_a_plan_made_again_from_what_was_known_then_is_the_same(folder: Path, monday: date) -> None:
    sunday = sunday_before(monday).replace(tzinfo=DEFAULT_ZONE)
    with closing(open_office(folder, now=lambda: sunday)) as office:
        made = office.plans.of_week(local_owner(), monday)
        assert made is not None
        assert made.options.iterations, "what a clock ends depends on the machine"
        again = office.plans.preview(local_owner(), options_of_week(monday, seed=SEED))
    assert len(again.stops)
    for name in ("shifts", "stops", "uncovered"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(made, name), check_exact=True)


def test_four_teams_are_named_one_of_them_joint_and_one_by_evening(patrolled: Office) -> None:
    teams = {team.name: team for team in patrolled.teams.all(local_owner())}
    assert len(teams) == 4
    joint = teams["联合检查队"]
    assert (joint.joint, joint.officers) == (True, 2)
    assert joint.departments == ("教育", "市场监管", "公安")
    assert {part for _, part in teams["夜间巡查队"].shifts} == {"evening"}
    for team in teams.values():
        assert any(member.startswith("demo-") for member in team.members)


def test_last_week_ran_by_a_plan_and_this_week_has_one(patrolled: Office) -> None:
    owner = local_owner()
    for monday in (LAST, THIS):
        plan = patrolled.plans.of_week(owner, monday)
        assert plan is not None
        assert (plan.first, plan.state) == (monday, "published")
        assert plan.made_at is not None
        assert plan.made_at.date() < monday
        assert plan.totals.random_stops > 0
    route = patrolled.team_routes.my_patrol(patrolled.sign_in.act_as("demo-warden", None), on=THIS)
    assert set(route["team"]) == {"白班巡查队"}
    today = route[route["day"] == pd.Timestamp(TODAY)]
    assert len(today)
    listed = patrolled.worklist.my_buildings(
        patrolled.sign_in.act_as("demo-warden", None), on=TODAY
    )
    assert set(today["building_id"]) <= set(listed.loc[listed["today"], "building_id"])


def test_what_came_of_the_week_is_there_to_be_judged(patrolled: Office) -> None:
    told = patrolled.plan_evaluation.evaluate(local_owner(), LAST)
    arms = told.arms.set_index("arm")
    assert told.over
    visited = arms["visited"].sum()
    assert 0.8 <= visited / arms["planned"].sum() <= 1
    assert arms.loc["random", "visited"] > 0
    recorded = patrolled.worklist.visits(local_owner(), since=LAST, until=LAST + timedelta(days=6))
    # A stop is visited by a visit from a file as well.
    assert 0.8 * visited <= len(recorded) <= arms["planned"].sum()
    assert set(recorded["kind"]) >= {"日查", "夜查", "抽检"}
    assert patrolled.verify(local_owner()).sound


def test_a_find_is_at_a_door_behind_which_the_truth_has_something(
    patrolled: Office, demonstration: Path
) -> None:
    recorded = patrolled.worklist.visits(local_owner(), since=LAST)
    found = recorded[recorded["result"] == "属实"]
    sites = pd.read_parquet(demonstration / "files" / "truth" / "sites.parquet")
    both = found[["building_id", "at"]].merge(sites, on="building_id")
    open_then = (both["opened"] <= both["at"]) & (
        both["closed"].isna() | (both["closed"] >= both["at"].dt.normalize())
    )
    assert set(both.loc[open_then, "building_id"]) == set(found["building_id"])


def test_a_site_is_found_once_and_only_while_it_stands_open(tmp_path: Path) -> None:
    day = pd.Timestamp(2026, 11, 16)
    pd.DataFrame(
        {"site": [0, 1], "building_id": ["B1", "B2"], "opened": [day, day],
         "closed": [pd.NaT, day + timedelta(days=1)]}
    ).to_parquet(tmp_path / "sites.parquet")  # fmt: skip
    many = 200  # all before midnight
    at = [day + timedelta(hours=19, minutes=number) for number in range(many)]

    def found(building: str, shift: timedelta) -> int:
        visits = pd.DataFrame({"building_id": building, "at": [each + shift for each in at]})
        return look_at_doors(tmp_path, visits, rng=np.random.default_rng(1)).count("属实")

    assert found("B1", timedelta(0)) == 1
    assert found("B1", -timedelta(days=1)) == 0
    assert found("B2", timedelta(days=2)) == 0
    assert found("B3", timedelta(0)) == 0


def test_the_week_to_come_has_a_draft_that_names_the_places_to_look_at_first(
    folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "demo")
    draft_next_week(copy, now=datetime.combine(TODAY, time(12)), seed=SEED)
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
    with closing(open_office(copy, now=lambda: noon)) as office:
        plan = office.plans.of_week(local_owner(), THIS + (THIS - LAST))
        first = office.overview.summary(local_owner()).first
    assert plan is not None
    assert plan.state == "draft"
    assert plan.made_at == datetime.combine(TODAY, time(12))
    on_plan = dict(zip(plan.stops["building_id"], plan.stops["shift_id"], strict=True))
    for place in first.itertuples():
        coming = not pd.isna(place.planned_on) and place.planned_on >= pd.Timestamp(plan.first)
        assert coming == (place.unit in on_plan) or not pd.isna(place.planned_on)
        assert pd.isna(place.planned_on) == bool(place.left_out)
    assert first["planned_on"].notna().any()
