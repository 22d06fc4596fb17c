"""The demonstration's office keeps the cadence that it set, but for a number it can work off."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.access.permissions import local_owner
from governance.office import Office
from gridwarden.compose import open_office
from gridwarden.demo.rounds import keep_cadence, rounds

TODAY, SEED = date(2026, 11, 24), 5
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
DAYS = {"红": 7, "橙": 14, "黄": 30, "蓝": 90}


@pytest.fixture(scope="module")
def folder(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = shutil.copytree(demonstration, tmp_path_factory.mktemp("rounds") / "demo")
    keep_cadence(
        copy, settings=copy / "gridwarden.toml", truth=copy / "files" / "truth", today=TODAY,
        seed=SEED, actor=local_owner(),
    )  # fmt: skip
    return copy


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Office]:
    with closing(open_office(folder, now=lambda: NOON)) as office:
        every = office.scores.snapshots(local_owner())
        assert every.empty, "none is left that was made before the rounds were known"
        office.scores.run(local_owner(), as_of=TODAY)
        yield office


def test_what_is_overdue_is_less_than_two_weeks_of_visits(office: Office) -> None:
    overdue = office.coverage.breaches(local_owner(), on=TODAY)
    assert 0 < len(overdue) < 2 * office.coverage.cadence(local_owner()).made


def test_its_cadence_asks_for_no_more_than_it_does(office: Office) -> None:
    assert not office.coverage.cadence(local_owner()).is_needed


def test_every_line_of_the_ledger_is_a_visit_of_the_last_year_to_a_building_of_the_register(
    office: Office, folder: Path
) -> None:
    ledger = pd.read_csv(folder / "files" / "日常巡查台账.csv")
    rows = office._engine.table("inspections").to_pandas()
    mine = rows[rows["inspection_id"].isin(ledger["检查编号"])]
    assert len(mine) == len(ledger) > 0
    assert set(mine["building_id"]) <= set(
        office._engine.table("buildings").to_pandas()["building_id"]
    )
    assert mine["event_at"].max() < pd.Timestamp(TODAY)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_round_goes_on_working_days_within_the_cadence_and_to_most_of_what_is_due(
    seed: int,
) -> None:
    tiers = np.random.default_rng(seed).choice([*DAYS, ""], 200)
    due = pd.DataFrame({"building_id": [f"B{n:03}" for n in range(200)], "tier": tiers})
    visits = rounds(due, DAYS, today=TODAY, rng=np.random.default_rng(seed))
    assert visits["building_id"].is_unique
    assert 160 < len(visits) <= 200
    assert visits["at"].is_monotonic_increasing
    assert visits["at"].dt.day_of_week.max() < 5
    tier = visits["building_id"].map(due.set_index("building_id")["tier"])
    ago = pd.Timestamp(TODAY) - visits["at"].dt.normalize()
    weekend = timedelta(days=2)
    assert (ago >= timedelta(days=1)).all()
    assert (ago <= pd.to_timedelta(tier.map(DAYS).fillna(90), unit="D") + weekend).all()
