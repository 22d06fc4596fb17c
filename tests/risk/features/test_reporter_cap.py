"""One voice, however often it calls, moves a score no further than the cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.config.score import Caps, ScoreConfig
from risk.features.build import build_features
from risk.features.factors import factor_columns
from risk.features.neighbours import add_neighbourhood
from risk.find_rate.columns import WAITING
from risk.find_rate.knowledge import Known, known_at
from risk.find_rate.model import FindRate, learn_find_rate
from risk.find_rate.points import score_buildings
from tests.risk.conftest import MemoryEngine, in_buildings

ROUNDING = 19 * 2.0**-10
"""Each of nineteen points is rounded to a multiple of 2^-10."""
LOUD = "the loud reporter"
ages = st.lists(st.floats(0.01, 400), min_size=1, max_size=30)
kinds = st.sampled_from(["投诉", "举报", "求助"])
few = settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
"""Each example asks the engine anew; shrinking one would take minutes."""


def complaints(
    building: str, cut: datetime, days: list[float], **facts: Any
) -> list[dict[str, Any]]:
    return [
        {
            "building_id": building,
            "event_at": cut - timedelta(days=day),
            "reporter_key": LOUD,
            "ticket_no": f"loud-{number}",
        }
        | facts
        for number, day in enumerate(days)
    ]


def scores(known: Known, rate: FindRate) -> pd.Series:
    return score_buildings(known, rate).set_index(c.BUILDING)[c.SCORE]


def at_the_cap(known: Known, building: str, config: ScoreConfig, mass: float) -> Known:
    """Give one building ``mass`` of complaints more, one that waits, and tell its neighbours."""
    features = known.features
    here = features.buildings[c.BUILDING] == building
    louder = add_neighbourhood(
        features.buildings.assign(**{c.COMPLAINTS: features.buildings[c.COMPLAINTS] + mass * here}),
        features.unlocated,
        complaint_weight=config.ring_complaint,
        prior_events=config.ring_events,
    )
    columns = factor_columns(louder, usual=features.usual, reporting=np.ones(len(louder)))
    waiting = np.maximum(known.by_building[WAITING], here.to_numpy())
    by_building = known.by_building.assign(**columns, **{WAITING: waiting})
    changed = replace(known, by_building=by_building)
    return replace(changed, x=changed.design(changed.places))


@cache
def unheard(engine: MemoryEngine, cut: datetime, cap: float) -> tuple[ScoreConfig, Known, FindRate]:
    """Return what is known before the loud reporter is heard, once for each cap."""
    config = ScoreConfig(caps=Caps(reporter=cap))
    known = known_at(engine, cut=cut, config=config)
    return config, known, learn_find_rate(engine, known, config=config)


@few
@given(days=ages, building=st.sampled_from(["B1", "B2", "B3", "B7"]), nature=kinds,
       cap=st.sampled_from([0.5, 2.0]))  # fmt: skip
def test_complaints_of_one_reporter_raise_no_score_by_more_than_the_cap(
    engine: MemoryEngine, cut: datetime, days: list[float], building: str, nature: str, cap: float
) -> None:
    """The building, its neighbours, the whole office: as if one report weighed the cap at most."""
    config, before, rate = unheard(engine, cut, cap)
    rows = complaints(building, cut, days, nature=nature)
    heard = scores(known_at(engine.with_rows("complaints", rows), cut=cut, config=config), rate)
    bound = scores(at_the_cap(before, building, config, cap), rate)
    assert (heard <= np.maximum(bound, scores(before, rate)) + ROUNDING).all()
    assert heard[building] >= scores(before, rate)[building]


def test_withholding_a_number_buys_no_more_than_giving_it(
    engine: MemoryEngine, cut: datetime
) -> None:
    """However often somebody calls, with a name once a day counts, and without one no more."""
    assert Caps().unknown_reporters == Caps().reporter
    calls = [[1.0], [1.0, 2.0, 3.0], [float(day) for day in range(1, 60)], [5.0, 200.0, 400.0]]
    cases = [
        {"complaints": complaints("", cut, days, building_id=None, reporter_key=key)}
        for days in calls
        for key in (LOUD, None)
    ]
    rows = [{"complaints": [{k: v for k, v in row.items() if k != "building_id"}
                            for row in case["complaints"]]} for case in cases]  # fmt: skip
    office, ids = in_buildings(engine, rows)
    features = build_features(office, cut=cut, config=ScoreConfig()).buildings
    masses = features.set_index(c.BUILDING).loc[ids, c.COMPLAINTS].to_numpy()
    assert (masses[1::2] <= masses[::2]).all()
    assert (masses > 0).all()
