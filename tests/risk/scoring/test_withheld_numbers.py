"""Withholding a number buys no more of a score than giving it."""

from __future__ import annotations

from typing import Any

import pytest

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.scoring.score_as_of import score_as_of
from tests.risk.conftest import CUT, a_building, days_before, make_engine

CONFIG = ScoreConfig(model=ModelConfig(area=False))
CALLS = (1, 2, 5, 40)


@pytest.mark.parametrize("apart_days", [0.0, 0.01, 1.0, 7.0])
def test_any_number_of_anonymous_calls_raises_a_building_no_more_than_as_many_of_one_person(
    apart_days: float,
) -> None:
    """Whether they come at once, within an hour, day by day or week by week."""
    buildings, complaints = [a_building(1)], []
    for number, calls in enumerate(CALLS):
        for kind, reporter in ((10, None), (30, "r1")):
            buildings.append(a_building(kind + number))
            place: dict[str, Any] = {"building_id": f"B{kind + number}", "reporter_key": reporter}
            complaints += [
                place | {"event_at": days_before(10 + apart_days * call)} for call in range(calls)
            ]
    engine = make_engine({"buildings": buildings, "complaints": complaints})
    score = score_as_of(engine, cut=CUT, config=CONFIG).buildings.set_index(c.BUILDING)[c.SCORE]
    for number in range(len(CALLS)):
        anonymous, known = score[f"B{10 + number}"], score[f"B{30 + number}"]
        assert score["B1"] < anonymous <= known
