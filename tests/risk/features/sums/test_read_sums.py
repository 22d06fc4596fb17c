"""Sums of several cuts at once, against each cut read by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from risk.config.score import ExposureRule, ScoreConfig
from risk.features.build import build_features, read_office_sums
from risk.features.sums import read_sums, sums

CUTS_AGO = (400, 200, 90, 30, 0)


def with_what_changes_between(engine: Any, cuts: list[datetime]) -> Any:
    """Add what makes rows read otherwise at one cut than at another, or repeats another row."""
    register = engine.tables["buildings"].to_pandas()
    register.loc[register.index % 4 == 0, "learnt_at"] = cuts[1] + timedelta(days=1)
    tables = engine.tables | {
        "buildings": pa.Table.from_pandas(
            register, schema=engine.tables["buildings"].schema, preserve_index=False
        )
    }
    then = cuts[1] - timedelta(days=5)
    here, elsewhere = {"building_id": "B2"}, {"building_id": "B5", "learnt_at": then}
    told = {**here, "event_at": then, "learnt_at": then, "match_score": 1.0}
    return (
        type(engine)(tables)
        .with_rows(
            "complaints",
            [
                {**elsewhere, "event_at": then, "ticket_no": "T1", "reporter_key": "one"},
                {**told, "ticket_no": "T2", "related_ticket": "T1", "reporter_key": "two"},
                {**told, "ticket_no": "T3", "status": "重复", "closed_at": cuts[3]},
                {**told, "row_key": "day", "reporter_key": "three"},
                {**told, "row_key": "again", "reporter_key": "three", "match_score": 0.7},
            ],
        )
        .with_rows(
            "inspections",
            [{**told, "row_key": f"copy-{number}", "result": "属实"} for number in range(2)],
        )
        .with_rows(
            "rentals",
            [
                {**told, "row_key": f"lease-{number}", "unit_id": "U1", "lessee_key": "t1",
                 "start_date": then, "end_date": cuts[4] - timedelta(days=9 * number)}
                for number in range(3)
            ],
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "after_first_inspection", "at_once"), [(1, False, 2), (2, True, 12)]
)
def test_several_cuts_at_once_sum_what_each_sums_alone(
    seed: int,
    after_first_inspection: bool,  # noqa: FBT001 -- a parameter of a test
    at_once: int,
    random_engine: Callable[[int], Any],
    cut: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_sums, "CUTS_AT_ONCE", at_once)
    monkeypatch.setattr(read_sums, "BUILDINGS_SIDE_BY_SIDE", 0)
    read_sums._expressions.cache_clear()
    rule = ExposureRule(counts_after_first_inspection=after_first_inspection)
    config = ScoreConfig(exposure=rule)
    cuts = [cut - timedelta(days=days) for days in CUTS_AGO]
    engine = with_what_changes_between(random_engine(seed), cuts)
    together = read_office_sums(engine, cut=cuts, config=config)
    for moment in cuts:
        ours, alone = together.features(moment), build_features(engine, cut=moment, config=config)
        pd.testing.assert_frame_equal(ours.buildings, alone.buildings, check_exact=True)
        pd.testing.assert_frame_equal(ours.unlocated, alone.unlocated, check_exact=True)
        pd.testing.assert_series_equal(ours.waiting, alone.waiting)
        assert ours.rows_nowhere == alone.rows_nowhere
        together.release(moment)  # the next ones lose nothing by it
    assert not any(part.located for part in (together.complaints, together.inspections))
    assert (alone.buildings["complaints"] > 0).any()
    assert after_first_inspection or (alone.buildings["rental_shared_tenant"] > 0).any()


def test_what_was_written_for_one_office_is_not_asked_of_another(
    random_engine: Callable[[int], Any], cut: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_sums, "BUILDINGS_SIDE_BY_SIDE", 0)
    cuts = [cut - timedelta(days=90), cut]
    config = ScoreConfig()
    for seed in (1, 2):
        engine = random_engine(seed)
        ours = read_office_sums(engine, cut=cuts, config=config).features(cut).buildings
        theirs = build_features(engine, cut=cut, config=config).buildings
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


@pytest.mark.parametrize(("points", "several"), [(True, False), (False, True)])
def test_parts_of_the_register_add_up_to_the_whole(
    points: bool,  # noqa: FBT001 -- a parameter of a test
    several: bool,  # noqa: FBT001 -- a parameter of a test
    random_engine: Callable[[int], Any],
    cut: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read_sums, "BUILDINGS_SIDE_BY_SIDE", 0)
    cuts = [cut - timedelta(days=days) for days in CUTS_AGO]
    engine = with_what_changes_between(random_engine(1), cuts)
    if not points:
        complaints = engine.tables["complaints"].drop_columns("related_ticket")
        engine = type(engine)(engine.tables | {"complaints": complaints})
    asked_at = cuts[-2:] if several else cut
    whole = read_office_sums(engine, cut=asked_at, config=ScoreConfig())
    asked: list[int] = []
    answer = sums.answer_in_parts
    monkeypatch.setattr(
        sums, "answer_in_parts", lambda *args: asked.append(len(args[1])) or answer(*args)
    )
    monkeypatch.setattr(read_sums, "ROWS_IN_PART", 10)
    parts = read_office_sums(engine, cut=asked_at, config=ScoreConfig())
    # Complaints that point to a ticket, which may be another building's, are summed whole.
    assert len(asked) == (2 if points else 3)
    assert min(asked) > 0
    for moment in asked_at if several else (cut,):
        ours, theirs = parts.features(moment), whole.features(moment)
        pd.testing.assert_frame_equal(ours.buildings, theirs.buildings, check_exact=True)
        pd.testing.assert_frame_equal(ours.unlocated, theirs.unlocated, check_exact=True)
        assert ours.rows_nowhere == theirs.rows_nowhere
