"""The hidden truth behaves as the world it stands for."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.city.city import CityPlan, build_city
from simulation.generate import DemoFiles
from simulation.truth.history import WARM_UP_WEEKS, simulate_town
from simulation.truth.inspections import FOUND, PATROL, RESULTS, chance_to_find, look
from simulation.truth.sites import Town

Hidden = Callable[[str], pd.DataFrame]

ROOT = Path(__file__).parents[2]


def test_nothing_outside_the_generator_reads_the_truth() -> None:
    """No package below imports the simulation at all; its face may, but not what is hidden."""
    readers = [
        path
        for path in (ROOT / "gridwarden").rglob("*.py")
        if re.search(r"truth\.(history|risk_field)|truth_files", path.read_text(encoding="utf-8"))
    ]
    assert readers == []


def test_no_file_to_import_lies_in_the_truth_folder(demo: DemoFiles) -> None:
    assert all(demo.truth not in file.path.parents for file in demo.files)
    assert {p.suffix for p in demo.truth.iterdir()} == {".parquet", ".json"}


def test_true_risk_has_one_row_per_building_and_month_and_mean_one(hidden: Hidden) -> None:
    risk = hidden("risk")
    assert len(risk) == 3_000 * 24
    assert risk["intensity"].mean() == pytest.approx(1.0, rel=1e-3)
    assert not risk.duplicated(["building_id", "month"]).any()


def test_risk_is_concentrated_persists_for_months_and_then_moves(hidden: Hidden) -> None:
    field = hidden("risk").pivot_table(index="building_id", columns="month", values="intensity")
    ranked = np.sort(field.to_numpy()[:, 0])[::-1]
    assert ranked[:300].sum() > 0.4 * ranked.sum()
    month_on, year_on = (field.iloc[:, 0].corr(field.iloc[:, lag]) for lag in (1, 18))
    assert month_on > 0.9
    assert year_on < month_on - 0.1


def test_sites_open_where_the_risk_is(hidden: Hidden) -> None:
    mean_risk = hidden("risk").groupby("building_id")["intensity"].mean()
    sites = hidden("sites").groupby("building_id").size().reindex(mean_risk.index, fill_value=0)
    assert mean_risk.corr(sites, method="spearman") > 0.4


def test_most_of_those_found_open_again_near_by_within_two_months(hidden: Hidden) -> None:
    sites = hidden("sites").set_index("site", drop=False)
    moved = sites[sites["moved_from"] >= 0]
    before = sites.loc[moved["moved_from"]]
    wait = (moved["opened"].to_numpy() - before["closed"].to_numpy()) / np.timedelta64(1, "D")
    assert (before["why_closed"] == "found").all()
    assert ((wait >= 0) & (wait <= 60)).all()
    assert (moved["operator"].to_numpy() == before["operator"].to_numpy()).all()
    place = hidden("buildings").set_index("building_id")[["lon", "lat"]] * [90_000, 111_000]
    here, there = (place.loc[f["building_id"]].to_numpy() for f in (moved, before))
    gap = np.hypot(*(here - there).T)
    assert np.median(gap) < 600
    found = (sites["why_closed"] == "found").sum()
    assert 0.4 < len(moved) / found < 0.75


def test_no_complaint_and_no_find_concerns_a_site_that_is_not_open(hidden: Hidden) -> None:
    sites = hidden("sites").set_index("site")
    visits = hidden("visits")
    seen = visits[visits["site"] >= 0]
    there = sites.loc[seen["site"]]
    assert (there["opened"].to_numpy() <= seen["day"].to_numpy()).all()
    closed = there["closed"].to_numpy()
    assert (np.isnat(closed) | (closed >= seen["day"].to_numpy())).all()
    assert (there["building_id"].to_numpy() == seen["building_id"].to_numpy()).all()
    assert set(visits.loc[visits["site"] < 0, "result"]).isdisjoint({"属实"})
    reports = hidden("reports")
    first = reports[(reports["site"] >= 0) & (reports["repeat_of"] < 0)]
    told = sites.loc[first["site"]]
    assert (told["opened"].to_numpy() <= first["at"].to_numpy() + np.timedelta64(7, "D")).all()


def test_a_site_still_open_has_no_end_and_every_other_ended_before_today(
    demo: DemoFiles, hidden: Hidden
) -> None:
    sites = hidden("sites")
    assert (sites["closed"].isna() == (sites["why_closed"] == "open")).all()
    assert sites["closed"].max() < pd.Timestamp(demo.today)
    assert 50 < sites["closed"].isna().sum() < 400


def test_a_found_site_is_found_once(hidden: Hidden) -> None:
    visits = hidden("visits")
    assert not visits.loc[visits["result"] == "属实", "site"].duplicated().any()


def test_communities_report_at_different_rates(hidden: Hidden) -> None:
    rate = hidden("communities")["reporting"]
    assert rate.mean() == pytest.approx(1.0)
    assert rate.max() > 3 * rate.min()


def test_a_few_callers_call_again_and_again(hidden: Hidden) -> None:
    calls = hidden("reports")["reporter"].value_counts()
    assert calls.iloc[0] >= 20
    assert calls.median() <= 3


def test_who_was_visited_follows_effort_more_than_risk(hidden: Hidden) -> None:
    patrols = hidden("visits").query("reason == 'patrol'").groupby("building_id").size()
    effort = hidden("effort").set_index("building_id")["effort"]
    mean_risk = hidden("risk").groupby("building_id")["intensity"].mean()
    count = patrols.reindex(effort.index, fill_value=0)
    by_effort = count.corr(effort, method="spearman")
    assert by_effort > 0.6
    assert by_effort > count.corr(mean_risk.loc[effort.index], method="spearman") + 0.2


def test_answers_name_every_row_of_every_file_once(demo: DemoFiles, hidden: Hidden) -> None:
    answers = hidden("answers")
    assert set(answers["file"]) == {file.path.name for file in demo.files}
    assert not answers.duplicated(["file", "sheet", "source_row"]).any()
    known = set(hidden("buildings")["building_id"]) | {""}
    assert set(answers["building_id"]) <= known
    sure = answers["level"].isin(["room", "building"]) & (answers["problem"] == "")
    assert (answers.loc[sure, "building_id"] != "").all()


def test_somebody_else_may_decide_who_is_visited_and_where_nobody_goes_nothing_is_found() -> None:
    weeks = []

    def everywhere_on_mondays_from_the_first_year_on(town: Town, day: int) -> pd.DataFrame:
        weeks.append(day)
        count = len(town.seen) if day >= 364 else 0
        going = {"day": day, "building": np.arange(count), "reason": PATROL, "night": False}
        return look(town, pd.DataFrame(going), day, chance=np.ones(count))

    truth = simulate_town(
        build_city(CityPlan(buildings=100, seed=3), rng=np.random.default_rng(3)),
        start=date(2024, 11, 25),
        rng=np.random.default_rng(4),
        visiting=everywhere_on_mondays_from_the_first_year_on,
    )
    assert weeks == [7 * week for week in range(-WARM_UP_WEEKS, 104)]
    assert (truth.visits.groupby("day").size() == 100).all()
    assert truth.visits["day"].min() == 364
    seen = truth.visits[truth.visits["site"] >= 0]
    assert len(seen) > 10
    assert (seen["result"] == FOUND).all()
    found = truth.sites[truth.sites["why_closed"] == "found"]
    assert (found["closed"] >= 364).all()
    late = found[found["opened"] >= 364]
    # A visit sees one site of a building, so that a second one there waits for the next.
    assert ((late["closed"] - late["opened"]) <= 7).mean() > 0.8
    assert (truth.sites["closed"] < 364).any()  # their time was over


def test_more_is_found_in_the_evening_than_by_day() -> None:
    reasons = np.arange(len(RESULTS) - 1)
    by_night = chance_to_find(reasons, night=np.ones(len(reasons), dtype=bool))
    assert (by_night > chance_to_find(reasons, night=np.zeros(len(reasons), dtype=bool))).all()
