"""One voice, however often it calls, moves a score no further than the cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.config.score import Caps, ScoreConfig
from risk.features.build import FeatureTable, build_features
from risk.features.neighbours import add_neighbourhood
from risk.scoring.scorecard import Scorecard
from tests.risk.conftest import MemoryEngine

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


def scores(features: FeatureTable, scorecard: Scorecard) -> pd.Series:
    scored = scorecard.score(features).buildings
    return scored.set_index(c.BUILDING)[c.SCORE]


def at_the_cap(
    features: FeatureTable, building: str, config: ScoreConfig, mass: float
) -> FeatureTable:
    """Give one building ``mass`` of complaints more, and let its neighbours hear of it."""
    here = features.buildings[c.BUILDING] == building
    louder = features.buildings.assign(
        **{c.COMPLAINTS: features.buildings[c.COMPLAINTS] + mass * here}
    )
    return replace(
        features,
        buildings=add_neighbourhood(
            louder,
            features.unlocated,
            complaint_weight=config.ring_complaint,
            prior_events=config.ring_events,
        ),
    )


@cache
def unheard(engine: MemoryEngine, cut: datetime, cap: float) -> tuple[ScoreConfig, FeatureTable]:
    """Return the features before the loud reporter is heard, once for each cap."""
    config = ScoreConfig(caps=Caps(reporter=cap))
    return config, build_features(engine, cut=cut, config=config)


@few
@given(days=ages, building=st.sampled_from(["B1", "B2", "B3", "B7"]), nature=kinds,
       cap=st.sampled_from([0.5, 2.0]))  # fmt: skip
def test_complaints_of_one_reporter_raise_no_score_by_more_than_his_cap(
    engine: MemoryEngine, cut: datetime, days: list[float], building: str, nature: str, cap: float
) -> None:
    """His building, its neighbours, the whole office: as if his report weighed the cap at most.

    At the same base rate: what all buildings share moves by less than a hundredth with him.
    """
    config, before = unheard(engine, cut, cap)
    scorecard = Scorecard.of(before, config)
    rows = complaints(building, cut, days, nature=nature)
    after = build_features(engine.with_rows("complaints", rows), cut=cut, config=config)
    heard = scores(after, scorecard)
    bound = scores(at_the_cap(before, building, config, cap), scorecard)
    assert (heard <= np.maximum(bound, scores(before, scorecard)) + ROUNDING).all()
    assert Scorecard.of(after, config).rate == pytest.approx(scorecard.rate, rel=0.01)
