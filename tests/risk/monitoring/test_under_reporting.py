"""How much a community speaks up, told from how often confirmed places are reported again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, spearmanr

from risk.monitoring.repeat_reports import DAYS, FURTHER, ReportingRules, report_events
from risk.monitoring.under_reporting import (
    FAR_LESS,
    NOT_ENOUGH,
    REPORTING_COLUMNS,
    estimate_reporting,
    profile_communities,
)
from simulation.city.city import CityPlan, build_city
from simulation.truth.history import simulate_town
from tests.risk.conftest import CUT, MemoryEngine, make_engine

RULES = ReportingRules()


def tables_of(complaints: pd.DataFrame, visits: pd.DataFrame) -> MemoryEngine:
    frames = {"complaints": complaints, "inspections": visits}
    return make_engine(
        {
            name: frame.astype(object).where(frame.notna(), None).to_dict("records")
            for name, frame in frames.items()
        }
    )


def day(number: float) -> datetime:
    return CUT - timedelta(days=300 - number)


def told(rows: Sequence[tuple[float, str]], **facts: Any) -> pd.DataFrame:
    """Let reporters speak of building B1 on some days; what is not said is ordinary."""
    usual = {"building_id": "B1", "community_code": "C1", "is_true": "属实"}
    frame = pd.DataFrame(
        [
            usual | {"row_key": f"r{n}", "event_at": day(at), "reporter_key": who}
            for n, (at, who) in enumerate(rows)
        ]
    )
    return frame.assign(learnt_at=frame["event_at"], closed_at=frame["event_at"], **facts)


def found(days: Sequence[float], result: str = "属实") -> pd.DataFrame:
    at = pd.Series([day(at) for at in days], dtype="datetime64[us]")
    frame = pd.DataFrame({"event_at": at, "row_key": [f"v{number}" for number in days]})
    return frame.assign(learnt_at=frame["event_at"], building_id="B1", result=result)


def events_of(complaints: pd.DataFrame, visits: pd.DataFrame | None = None) -> pd.DataFrame:
    tables = tables_of(complaints, found([]) if visits is None else visits)
    events = report_events(tables, cut=CUT, rules=RULES, confirmed=["属实"]).to_pandas()
    return events.sort_values("first_at", ignore_index=True)


def test_a_report_that_was_learnt_after_the_cut_does_not_count() -> None:
    complaints = told([(0, "a"), (10, "b")])
    complaints.loc[1, "learnt_at"] = CUT
    assert events_of(complaints)[FURTHER].tolist() == [0]


def test_the_outcome_of_a_complaint_confirms_nothing_before_it_was_closed() -> None:
    reports = told([(250, "a"), (255, "b")])
    assert len(events_of(reports)) == 1
    assert events_of(reports.assign(closed_at=CUT)).empty


def test_what_was_never_confirmed_is_no_event() -> None:
    assert events_of(told([(0, "a"), (5, "b")], is_true="不属实")).empty
    assert len(events_of(told([(0, "a"), (5, "b")], is_true="不属实"), found([40]))) == 1
    assert events_of(told([(0, "a")], is_true=None), found([40], "未发现异常")).empty


def test_complaints_about_other_business_and_reminders_do_not_count() -> None:
    other = told([(0, "a"), (5, "b")], category="城市管理/其他")
    assert events_of(other).empty
    reminder = told([(0, "a"), (5, "b")]).assign(related_ticket=[None, "T0"])
    assert events_of(reminder)[FURTHER].tolist() == [0]


def test_a_complaint_without_a_building_belongs_to_no_event() -> None:
    assert events_of(told([(0, "a"), (5, "b")], building_id=None)).empty


def followed_one_by_one(complaints: pd.DataFrame, visits: pd.DataFrame) -> list[tuple[int, float]]:
    """Follow each event of one building in plain Python: the slow oracle."""
    finds = sorted(visits.loc[visits["result"] == "属实", "event_at"])
    rows = complaints.sort_values(["event_at", "row_key"]).to_dict("records")
    window = pd.Timedelta(days=RULES.window_days)
    events = []
    for number, row in enumerate(rows):
        first, previous = row["event_at"], rows[number - 1]["event_at"] if number else None
        quiet = previous is None or first - previous > window
        if not quiet and not any(previous < find <= first for find in finds):
            continue
        end = min(first + window, CUT)
        ended = [find for find in finds if first < find <= end]
        end = ended[0] if ended else end
        said = [r for r in rows if first <= r["event_at"] <= end]
        if not ended and not any(r["is_true"] in RULES.confirming for r in said):
            continue
        days: dict[str, set[date]] = {}
        for r in said:
            days.setdefault(r["reporter_key"], set()).add(r["event_at"].date())
        caps = {"": RULES.unknown_reporter_days}
        further = sum(min(len(d), caps.get(w, RULES.reporter_days)) for w, d in days.items()) - 1
        events.append((further, (end - first) / pd.Timedelta(days=1)))
    return events


@pytest.mark.parametrize("seed", range(5))
def test_events_agree_with_following_them_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        (float(at), str(who)) for at, who in zip(rng.uniform(0, 299, 40), rng.choice(["", "a", "b",
        "c"], 40), strict=True)
    ]  # fmt: skip
    complaints = told(rows).assign(is_true=rng.choice(["属实", "不属实"], 40, p=[0.2, 0.8]))
    visits = found(sorted(rng.uniform(0, 299, 5)))
    events = events_of(complaints, visits)
    ours = list(zip(events[FURTHER].tolist(), events[DAYS].round(6).tolist(), strict=True))
    plain = [(further, round(days, 6)) for further, days in followed_one_by_one(complaints, visits)]
    assert ours == plain


def simulated(
    rate_per_day: np.ndarray, rng: np.random.Generator, *, events: int = 60
) -> pd.DataFrame:
    """Draw events of each community; sites differ in size, so counts are overdispersed."""
    rows = []
    for number, rate in enumerate(rate_per_day):
        days = rng.uniform(5, 90, events)
        size = rng.gamma(4, 0.25, events)
        rows.append(
            pd.DataFrame(
                {
                    "community_code": f"C{number:02d}",
                    FURTHER: rng.poisson(rate * size * days),
                    DAYS: days,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def alike(count: int) -> pd.DataFrame:
    index = pd.Index([f"C{n:02d}" for n in range(count)], name="community_code")
    return pd.DataFrame({"size": np.zeros(count)}, index=index)


def test_estimates_rank_simulated_communities_as_their_true_rates() -> None:
    rng = np.random.default_rng(1)
    truth = rng.lognormal(-4.0, 0.65, 40)
    estimate = estimate_reporting(simulated(truth, rng), alike(40), rules=RULES)
    assert spearmanr(estimate["rate"], truth)[0] > 0.85
    assert tuple(estimate.columns) == REPORTING_COLUMNS


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _ in range(12):
        truth = rng.gamma(4.0, 0.02 / 4, 40)
        found = estimate_reporting(simulated(truth, rng), alike(40), rules=RULES)
        held.append((found["low"] <= truth * 30) & (truth * 30 <= found["high"]))
    assert 0.72 < np.mean(held) < 0.88


def test_among_equal_communities_hardly_any_is_flagged() -> None:
    rng = np.random.default_rng(3)
    flagged = [
        (estimate_reporting(simulated(np.full(30, 0.02), rng), alike(30), rules=RULES)["state"]
         == FAR_LESS).any()
        for _ in range(30)
    ]  # fmt: skip
    assert np.mean(flagged) <= RULES.false_alarms


def test_communities_that_report_a_third_as_fast_are_flagged_and_others_rarely() -> None:
    rng = np.random.default_rng(4)
    caught, wrong = [], []
    for _ in range(8):
        rates = np.full(30, 0.02)
        rates[:3] /= 3
        flags = estimate_reporting(simulated(rates, rng), alike(30), rules=RULES)["state"]
        caught.append((flags[:3] == FAR_LESS).mean())
        wrong.append((flags[3:] == FAR_LESS).mean())
    assert np.mean(caught) > 0.9
    assert np.mean(wrong) < 0.01


def test_a_community_is_compared_with_its_like() -> None:
    """Quiet small communities are no news where all small communities are quiet."""
    rng = np.random.default_rng(5)
    rates = np.where(np.arange(30) < 15, 0.006, 0.03)
    profile = alike(30).assign(size=np.where(np.arange(30) < 15, 0.0, 5.0))
    assert (estimate_reporting(simulated(rates, rng), profile, rules=RULES)["state"]
            != FAR_LESS).all()  # fmt: skip
    flags = estimate_reporting(simulated(rates, rng), alike(30), rules=ReportingRules(similar=29))[
        "state"
    ]
    assert (flags[:15] == FAR_LESS).sum() > 10


@pytest.mark.parametrize("count", [RULES.least_events - 1, 0])
def test_few_events_are_not_enough_data(count: int) -> None:
    rng = np.random.default_rng(6)
    events = simulated(np.full(5, 0.02), rng, events=count)
    estimate = estimate_reporting(events, alike(6), rules=RULES)
    assert (estimate["state"] == NOT_ENOUGH).all()
    assert np.isnan(estimate["rate_raw"].iloc[5])
    assert (estimate["rate"].iloc[5] > 0) == (count > 0)


@given(st.integers(1, 60), st.integers(1, 200), st.floats(50, 3_000), st.floats(50, 9_000))
def test_p_is_the_exact_conditional_binomial_tail(
    own: int, others: int, days: float, other_days: float
) -> None:
    """Two communities with one event each: nothing to tell dispersion from."""
    events = pd.DataFrame(
        {"community_code": ["C00", "C01"], FURTHER: [own, others], DAYS: [days, other_days]}
    )
    p = estimate_reporting(events, alike(2), rules=RULES)["p"].iloc[0]
    exact = binomtest(own, own + others, days / (days + other_days), alternative="less").pvalue
    assert p == pytest.approx(exact, rel=1e-6, abs=1e-9)


def test_profiles_tell_communities_apart_by_size_and_kinds() -> None:
    buildings = pd.DataFrame(
        {
            "community_code": ["C1"] * 4 + ["C2"] * 4 + ["C3"] * 4 + [""],
            "kind": ["住宅"] * 4 + ["住宅"] * 4 + ["商铺"] * 4 + ["住宅"],
            "dwellings": [50.0] * 4 + [55.0] * 4 + [2.0] * 4 + [50.0],
        }
    )
    profile = profile_communities(buildings)
    assert profile.index.tolist() == ["C1", "C2", "C3"]
    gap = ((profile - profile.loc["C1"]) ** 2).sum(axis=1)
    assert gap["C2"] < gap["C3"]


@pytest.fixture(scope="module")
def lived() -> tuple[Any, Any]:
    """Live two years of a district of the demonstration city, without writing its files."""
    rng = np.random.default_rng(8)
    city = build_city(CityPlan(buildings=8_000), rng=rng)
    return city, simulate_town(city, start=date(2024, 11, 26), rng=rng)


def as_tables(city: Any, truth: Any, rng: np.random.Generator) -> MemoryEngine:
    """Turn what happened into the office's tables; a caller's claim is verified now and then."""
    community = city.buildings["community"].to_numpy()
    reports, visits = truth.reports, truth.visits
    start = pd.Timestamp(truth.start)
    true = (reports["about"] == 0).to_numpy()
    verified = np.where(true, rng.random(len(reports)) < 0.6, rng.random(len(reports)) < 0.07)
    at = start + pd.to_timedelta(reports["day"] + rng.random(len(reports)), unit="D")
    looked = start + pd.to_timedelta(visits["day"] + rng.random(len(visits)), unit="D")
    complaints = pd.DataFrame(
        {
            "row_key": [f"r{n}" for n in range(len(reports))],
            "building_id": reports["building"].astype(str),
            "community_code": [f"C{n:03d}" for n in community[reports["building"]]],
            "event_at": at,
            "learnt_at": at,
            "reporter_key": reports["reporter"].astype(str),
            "category": np.where(reports["about"] == 2, "城市管理/其他", "教育/校外培训"),
            "is_true": np.where(verified, "属实", "不属实"),
        }
    )
    inspections = pd.DataFrame(
        {
            "row_key": [f"v{n}" for n in range(len(visits))],
            "building_id": visits["building"].astype(str),
            "event_at": looked,
            "learnt_at": looked,
            "result": np.where(visits["result"] == 2, "属实", "未发现异常"),
        }
    )
    return tables_of(complaints, inspections)


def test_the_demonstration_city_is_ranked_about_as_its_hidden_reporting_rates(
    lived: tuple[Any, Any], record_property: Callable[[str, object], None]
) -> None:
    """Two years, 30-odd communities: rank correlation 0.6 to 0.9, and flags are below average."""
    city, truth = lived
    tables = as_tables(city, truth, np.random.default_rng(9))
    events = report_events(tables, cut=CUT, rules=RULES, confirmed=["属实"]).to_pandas()
    buildings = pd.DataFrame(
        {
            "community_code": [f"C{n:03d}" for n in city.buildings["community"]],
            "kind": city.buildings["kind"],
            "dwellings": city.buildings["households"].astype(float),
        }
    )
    estimate = estimate_reporting(events, profile_communities(buildings), rules=RULES)
    hidden = truth.communities["reporting"].to_numpy()
    reached = float(spearmanr(estimate["rate"], hidden)[0])
    flagged = hidden[(estimate["state"] == FAR_LESS).to_numpy()]
    record_property("rank_correlation", float(reached))
    assert reached > 0.6
    assert (flagged < 1.0).all()
    assert len(flagged) >= 1
