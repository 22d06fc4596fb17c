"""What is written down only after a find is no part of a list of visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from risk.config.score import ScoreConfig
from risk.design.availability import (
    LISTED_TEXTS,
    available_texts,
    is_available,
)
from risk.design.read import read_facts
from risk.design.visit_table import Facts
from risk.events.fetch import day_of

Make = Callable[..., Facts]


def named_after_finds(*texts: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Leave out the texts where a visit found nothing."""

    def change(visits: pd.DataFrame) -> pd.DataFrame:
        blank = dict.fromkeys(texts, "")
        return visits.assign(
            **{name: visits[name].where(visits["found"] > 0, blank[name]) for name in texts}
        )

    return change


def test_what_every_visit_says_is_foretold(city_facts: Make) -> None:
    assert available_texts(city_facts().visits) == set(LISTED_TEXTS)


@pytest.mark.parametrize("text", LISTED_TEXTS)
def test_a_text_that_only_finds_have_is_not_foretold(city_facts: Make, text: str) -> None:
    visits = city_facts(change=named_after_finds(text)).visits
    assert available_texts(visits) == set(LISTED_TEXTS) - {text}


def test_doors_named_only_after_a_find_count_with_their_building(engine: Any) -> None:
    at = datetime(2026, 10, 1)  # noqa: DTZ001 -- the product's times are local and naive
    rows = [
        {"building_id": f"B{n}", "event_at": at, "learnt_at": at, "row_key": f"r{n}",
         "result": "属实" if n == 1 else "未发现异常", "unit_id": "B1-101" if n == 1 else None}
        for n in range(1, 40)
    ]  # fmt: skip
    source = engine.with_rows("inspections", rows)
    cut = datetime(2026, 11, 24)  # noqa: DTZ001 -- as above
    visits = read_facts(source, cut=cut, config=ScoreConfig()).before(day_of(cut)).visits
    assert "B1-101" not in set(visits["unit"])
    assert {f"B{n}" for n in range(1, 40)} <= set(visits["unit"])


def test_one_side_without_visits_says_nothing_against_a_text() -> None:
    found = pd.Series([1.0, 1.0])
    assert is_available(pd.Series([True, False]), found)
    assert available_texts(pd.DataFrame({n: ["x", ""] for n in LISTED_TEXTS}).assign(found=found))
