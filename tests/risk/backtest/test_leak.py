from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from risk.backtest import tables as tables_module
from risk.backtest.leak import GuardedFacts, guard
from risk.backtest.plans import Plan
from risk.backtest.run import Backtest
from risk.backtest.splits import Span, read_origins, split_at
from risk.config import ScoreConfig
from risk.history import facts as facts_module
from risk.leaks import LeakError

if TYPE_CHECKING:
    from collections.abc import Callable

    from risk.backtest.tables import Tables

CUT = 15_600


def plant(tables: Tables, name: str, column: str) -> Tables:
    """Let the last row of one table happen, or be learnt, on the day of the cut."""

    def late(frame: pd.DataFrame) -> pd.DataFrame:
        planted = frame.tail(1).assign(day=CUT - 1, learnt=CUT - 1, row_key="planted")
        return pd.concat([frame, planted.assign(**{column: CUT})], ignore_index=True)

    if name in {"inspections", "complaints"}:
        key = "visits" if name == "inspections" else name
        frame = getattr(tables.facts, key)
        return replace(tables, facts=replace(tables.facts, **{key: late(frame)}))
    return replace(tables, **{name: late(getattr(tables, name))})


@pytest.fixture
def complained(city: Tables) -> Tables:
    """The city with one complaint, so that one can be planted."""
    visit = city.facts.visits.iloc[[0]]
    one = visit[["building", "cell", "h3_r10", "building_code", "cell_code"]]
    reports = one.assign(day=15_000, learnt=15_000).reset_index(drop=True)
    return replace(city, facts=replace(city.facts, complaints=reports))


@pytest.mark.parametrize("column", ["day", "learnt"])
@pytest.mark.parametrize(
    "name", ["inspections", "complaints", "violations", "rentals", "buildings"]
)
def test_a_row_of_any_table_that_slips_through_the_cut_stops_the_run(
    complained: Tables, name: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever breaks the cutting is found out: here by letting one row through."""
    planted = plant(complained, name, column)

    def leaky(frame: pd.DataFrame, cut: int) -> pd.DataFrame:
        planted = frame["row_key"] == "planted" if "row_key" in frame else False
        return frame[(frame["day"] < cut) & (frame["learnt"] < cut) | planted]

    monkeypatch.setattr(tables_module, "rows_before", leaky)
    monkeypatch.setattr(facts_module, "_before", leaky)
    with pytest.raises(LeakError) as caught:
        planted.before(CUT)
    assert name in caught.value.facts["rows"]


def test_what_is_cut_rightly_passes_the_guard(city: Tables) -> None:
    known = city.before(CUT)
    assert known.facts.visits["day"].max() < CUT
    assert isinstance(known.facts, GuardedFacts), "slices of slices stay guarded"


def test_a_whole_backtest_stops_at_a_leak(
    complained: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaky(frame: pd.DataFrame, cut: int) -> pd.DataFrame:
        return frame[frame["day"] <= cut]

    monkeypatch.setattr(tables_module, "rows_before", leaky)
    origins, _ = read_origins("2012-09-17:2012-09-17:30d")
    plan = Plan(event="inspections:found", unit="building", among="all", horizon="60d",
                splits=split_at(origins, Span(days=60)), methods=("past_count",))  # fmt: skip
    late = plant(complained, "violations", "day")
    late = replace(late, violations=late.violations.assign(day=15_600))
    with pytest.raises(LeakError):
        Backtest(tables=late, config=ScoreConfig()).run([plan])


def test_the_guard_counts_rows_per_table(city: Tables) -> None:
    with pytest.raises(LeakError) as caught:
        guard({"inspections": city.facts.visits, "rentals": city.rentals}, cut=14_000)
    assert f"inspections {len(city.facts.visits)}" in caught.value.facts["rows"]
    assert f"rentals {len(city.rentals)}" in caught.value.facts["rows"]


def test_changing_the_future_changes_no_score(city: Tables, view_of: Callable[..., object]) -> None:
    """The strongest statement about leaks: everything after the origin may be anything."""
    from risk.backtest.baselines import BASELINES
    from risk.backtest.ground import Ground
    from risk.backtest.views import View

    visits = city.facts.visits
    changed = visits.assign(found=visits["found"].where(visits["day"] < CUT, 1.0))
    other = Ground.survey(replace(city, facts=replace(city.facts, visits=changed)))
    for level, among in (("building", "all"), ("place", "inspected"), ("cell:9", "all")):
        ours, theirs = view_of(level, among), view_of(level, among, of=other)
        assert isinstance(ours, View)
        assert isinstance(theirs, View)
        for name, score in BASELINES.items():
            assert (score(ours) == score(theirs)).all(), name
