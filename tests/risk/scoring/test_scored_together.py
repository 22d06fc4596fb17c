"""A day's score is the same alone and beside those of other days."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.features.cache import RememberedSource
from risk.scoring.score_as_of import OfficeScore, score_as_of
from simulation.offices.office import SimulatedOffice, make_office
from simulation.sources import MemorySource, fill_table, source_schema

CONFIG = ScoreConfig(model=ModelConfig(windows=4, area_half_lives_days=(60.0,)))


def with_adverts(office: SimulatedOffice, *, since: datetime, count: int = 40) -> MemorySource:
    """Add adverts of the office's buildings, one a day."""
    buildings = office.tables["buildings"].to_pandas()
    chosen = buildings.sample(count, random_state=1, replace=True).reset_index(drop=True)
    at = [since + timedelta(days=number) for number in range(count)]
    rows = pd.DataFrame(
        {
            "row_key": [f"advert-{number}" for number in range(count)],
            "building_id": chosen["building_id"],
            "h3_r10": chosen["h3_r10"],
            "match_level": "building",
            "match_score": 1.0,
            "event_at": at,
            "learnt_at": at,
            "tutoring": True,
            "contact_key": [f"contact-{number % 7}" for number in range(count)],
        }
    )
    return MemorySource({**office.tables, "adverts": fill_table(rows, source_schema("adverts"))})


def assert_same(one: OfficeScore, other: OfficeScore) -> None:
    pd.testing.assert_frame_equal(one.buildings, other.buildings, check_exact=True)
    pd.testing.assert_frame_equal(one.units, other.units, check_exact=True)
    assert one.facts == other.facts
    np.testing.assert_array_equal(one.rate.covariance, other.rate.covariance)


@pytest.mark.parametrize(("kind", "latest_first"), [("street", False), ("graded", True)])
def test_scores_made_together_equal_to_the_bit_those_made_alone(
    kind: str, *, latest_first: bool
) -> None:
    """Order, points and intervals, although adverts are known from a day between the two only."""
    office = make_office(kind, seed=3, buildings=100)
    last = datetime.combine(office.today - timedelta(days=1), time.min)
    source = with_adverts(office, since=last - timedelta(days=50))
    cuts = [last - timedelta(days=65), last]
    alone = {cut: score_as_of(source, cut=cut, config=CONFIG) for cut in cuts}
    assert [c.ADVERTS in alone[cut].rate.columns for cut in cuts] == [False, True]
    together = RememberedSource(source)
    for cut in sorted(cuts, reverse=latest_first):
        assert_same(score_as_of(together, cut=cut, config=CONFIG), alone[cut])
