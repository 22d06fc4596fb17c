"""The attacker of `benchmarks.patrols` finds a leak of known size, and none without one.

On 1,500 stops of 3 towns a leak that is right in 8 of 10 stops is found here; one
that is right in 11 of 20 is below what such a month can show. The plans of four simulated towns
show a gain of .04 and more; smaller ones are looked for by the benchmark, on more towns.
"""

import numpy as np
import pandas as pd
import pytest

from benchmarks.patrols.warden_attacker import (
    BASE,
    GAIN,
    LABEL,
    LATER,
    MONTH_WEEKS,
    ROUTE,
    compare,
    of_months,
    town,
    with_history,
)
from simulation.patrols.office import Scene

STOPS, BUILDINGS = 1_500, 250


def _month(rng: np.random.Generator, *, right: float) -> pd.DataFrame:
    """Return stops of which one column of the route tells the truth that often."""
    rows = pd.DataFrame(rng.normal(size=(STOPS, len(BASE) + len(ROUTE))), columns=[*BASE, *ROUTE])
    rows["town"] = np.arange(STOPS) % 3
    rows["building"] = rng.integers(0, BUILDINGS, STOPS)
    led = rng.random(STOPS) < 0.4
    honest = rng.random(STOPS) < right
    return rows.assign(**{LABEL: led, "order": np.where(honest, led, ~led).astype(float)})


def test_a_leak_is_found() -> None:
    told = compare(_month(np.random.default_rng(0), right=0.8), draws=30)
    assert told["low"] > GAIN


def test_where_nothing_leaks_no_gain_is_shown() -> None:
    told = compare(_month(np.random.default_rng(0), right=0.5), draws=30)
    assert told["low"] < GAIN
    assert told["auc_with_routes"] == pytest.approx(0.5, abs=0.06)


def test_what_an_attacker_knows_of_a_building_is_only_what_came_before() -> None:
    week = pd.DataFrame({"building": ["A", "B"]})
    rows = with_history([week.assign(week=0), week.assign(week=3), week.head(1).assign(week=4)])
    assert rows["times"].tolist() == [0, 0, 1, 1, 2]
    assert rows["weeks_since"].tolist() == [999, 999, 3, 3, 1]
    assert rows["times_after"].tolist() == [2, 1, 1, 0, 0]
    assert rows["weeks_until"].tolist() == [3, 3, 1, 999, 999]


def test_a_month_has_no_memory_of_the_one_before() -> None:
    week = pd.DataFrame({"building": ["A"]})
    rows = of_months([[week.assign(week=n) for n in range(2 * MONTH_WEEKS + 1)]])
    assert rows["times"].tolist() == [*range(MONTH_WEEKS)] * 2


@pytest.fixture(scope="module")
def planned() -> pd.DataFrame:
    """Return the stops of a month of plans in four simulated towns."""
    scene = Scene(buildings=400, weeks=MONTH_WEEKS, teams=1, movers=3)
    return of_months([town(seed, scene) for seed in (1, 2, 3, 4)])


def test_the_routes_of_a_month_do_not_tell_which_stops_follow_a_complaint(
    planned: pd.DataFrame,
) -> None:
    """Neither as they come nor read from their end."""
    told = compare(planned, draws=60, route=(*ROUTE, *LATER))
    assert told["power"] < 2 * GAIN
    assert told["low"] < GAIN


def test_who_complained_is_sent_to_again_the_next_week_as_others_are(
    planned: pd.DataFrame,
) -> None:
    """The gap was .36 when plans came back after five days; its standard error is .05."""
    rows = planned[planned["week"] < MONTH_WEEKS - 1]
    again = rows["weeks_until"].eq(1).groupby(rows[LABEL]).mean()
    assert abs(again[True] - again[False]) < 5 * GAIN


def test_what_gives_some_of_these_stops_away_is_found(planned: pd.DataFrame) -> None:
    honest = np.random.default_rng(0).random(len(planned)) < 0.8
    told = compare(planned.assign(order=planned[LABEL].where(honest, ~planned[LABEL])), draws=60)
    assert told["low"] > GAIN
