"""A simulated city with a register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from risk.config.score import ExposureRule
from risk.config.words import PURPOSES
from risk.design.visit_table import Facts
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import LONG_AGO, Tables
from risk.evaluation.view import View, make_view
from risk.events.fetch import NEVER
from tests.risk.conftest import MemoryEngine, make_engine

ORIGIN, END = 15_600, 15_660


def texts_like(visits: pd.DataFrame, count: int) -> pd.DataFrame:
    return visits[["unit", "building", "h3_r10", "row_key"]].head(count).reset_index(drop=True)


def make_tables(facts: Facts) -> Tables:
    """Give the city a violation at every fifth visit, a term for its first 200, all buildings."""
    visits = facts.visits
    decided = visits[["unit", "building", "h3_r10", "row_key", "day", "learnt"]].iloc[::5]
    terms = texts_like(visits, 200).assign(day=14_000, learnt=14_000, end=NEVER)
    homes = visits.drop_duplicates("building")
    buildings = pd.DataFrame(
        {
            "building": homes["building"],
            "h3_r10": homes["h3_r10"],
            "community": np.where(homes["building"] < "B5", "C1", ""),
            "kind": "住宅",
            "doors": 10.0,
            "made": False,
            "ended": NEVER,
            "day": LONG_AGO,
            "learnt": LONG_AGO,
        }
    ).astype({"community": "str", "kind": "str"})
    return Tables(
        facts=facts,
        violations=decided.reset_index(drop=True),
        rentals=terms,
        buildings=buildings.reset_index(drop=True),
    )


def source_of(tables: Tables) -> MemoryEngine:
    """Hold the city's buildings and visits as rows, for the score."""
    visits, days = tables.facts.visits, pd.to_timedelta(1, unit="D")
    epoch = pd.Timestamp(0)
    moments = {
        f"{name}_at": (epoch + visits[column] * days).dt.to_pydatetime()
        for name, column in (("event", "day"), ("learnt", "learnt"))
    }
    texts = {
        "building_id": "building", "unit_id": "door", "party_key": "party", "place_kind": "kind",
        "party_words": "words", "risk_class": "risk_class",
        "h3_r10": "h3_r10", "row_key": "row_key",
    }  # fmt: skip
    inspections = (
        visits[list(texts.values())]
        .set_axis(list(texts), axis=1)
        .assign(**moments, purpose=np.array(PURPOSES)[visits["purpose_code"]])
        .assign(result=np.where(visits["found"] >= 1, "属实", "未发现异常"))
        .to_dict("records")
    )
    buildings = [
        {"building_id": row.building, "h3_r10": row.h3_r10, "community_code": row.community,
         "kind": row.kind, "household_count": 10, "learnt_at": datetime(2000, 1, 1)}  # noqa: DTZ001 -- local and naive
        for row in tables.buildings.itertuples()
    ]  # fmt: skip
    return make_engine({"buildings": buildings, "inspections": inspections})


@pytest.fixture(scope="session")
def source(city: Tables) -> MemoryEngine:
    return source_of(city)


@pytest.fixture(scope="session")
def city(city_facts: Callable[..., Facts]) -> Tables:
    return make_tables(city_facts())


@pytest.fixture(scope="session")
def ground(city: Tables) -> Geography:
    return Geography.of_tables(city)


@pytest.fixture(scope="session")
def view_of(ground: Geography) -> Callable[..., View]:
    """Look at the city on the origin's day."""

    def make(
        level: str = "building",
        among: str = "all",
        event: str = "inspections:found",
        rule: str = "start",
        of: Geography = ground,
    ) -> View:
        question = Question(event=event, level=level, among=among, cut=ORIGIN, end=END)
        settings = BacktestSettings(register_learnt=rule)
        return make_view(of, of.tables, question, settings, ExposureRule())

    return make
