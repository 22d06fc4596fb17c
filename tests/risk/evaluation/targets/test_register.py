"""From when registered units count."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from data.workspace.sections import SettingsError
from data.workspace.settings import WorkspaceSettings, read_section
from risk.config.score import ExposureRule
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.register import learnt_terms
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables
from tests.risk.evaluation.conftest import ORIGIN


def at_rule(tables: Tables, rule: str) -> pd.DataFrame:
    known = Geography.of_tables(tables).tables.before(ORIGIN)
    return learnt_terms(known, ORIGIN, BacktestSettings(register_learnt=rule), ExposureRule())


@pytest.fixture
def terms(city: Tables) -> Tables:
    """Three terms: never inspected; inspected only before its start; inspected within it."""
    seen = city.facts.visits
    last = seen[seen["day"] < ORIGIN].groupby("unit")["day"].max()
    unit, day = last.index[0], int(last.iloc[0])
    base = city.rentals.head(3).reset_index(drop=True)
    base = base.assign(unit=["unseen", unit, unit], day=[day - 50, day + 1, day - 50])
    return replace(city, rentals=base.assign(learnt=base["day"]))


def test_a_register_of_inspected_units_counts_a_unit_after_its_first_inspection(
    terms: Tables,
) -> None:
    counted = [len(at_rule(terms, rule)) for rule in ("start", "first_inspection")]
    assert counted == [3, 2]


def test_a_term_written_down_at_an_inspection_counts_after_an_inspection_within_it(
    terms: Tables,
) -> None:
    """The newest term of a unit tells that a visit is coming: until the visit it must not count."""
    kept = at_rule(terms, "inspection_in_term")
    assert kept["row_key"].tolist() == [terms.rentals["row_key"][2]]


def test_a_lease_that_has_ended_counts_only_where_ends_are_not_trusted(city: Tables) -> None:
    over = replace(city, rentals=city.rentals.assign(end=ORIGIN - 1))
    known = Geography.of_tables(over).tables.before(ORIGIN)
    for trust, expected in ((True, 0), (False, len(city.rentals))):
        rule = ExposureRule(trust_end_date=trust)
        assert len(learnt_terms(known, ORIGIN, BacktestSettings(), rule)) == expected


def test_an_unknown_rule_is_refused_with_all_other_faults() -> None:
    settings = WorkspaceSettings(sections={"backtest": {"register_learnt": "never", "k": -1}})
    with pytest.raises(SettingsError) as caught:
        read_section(settings, "backtest", BacktestSettings)
    assert len(caught.value.facts["problems"]) == 2
