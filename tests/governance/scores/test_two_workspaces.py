"""The same files in two workspaces: each hashes names and keys of rows with a secret of its own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.results.snapshots import SnapshotStore
from gridwarden.compose import create_workspace, open_office
from risk.config.score import ModelConfig, ScoreConfig
from risk.evaluation.run import Backtest
from risk.evaluation.targets.origins import Span, read_origins, split_at
from risk.evaluation.targets.plans import Plan
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import read_tables
from risk.explanation.explain import explain
from risk.scoring.run import cut_after, run_score
from tests.imported import import_text

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
BUILDINGS, UNITS, DAYS = 24, 30, 45
CONFIG = ScoreConfig(
    model=ModelConfig(windows=2, window_days=60, burn_in_days=120, penalties=(20.0,),
                      area_half_lives_days=(60.0,), area_bandwidths_m=(500.0,))
)  # fmt: skip


def _days(rng: np.random.Generator, count: int) -> list[str]:
    """Draw few days, so that many rows are of one."""
    drawn = 8 + 13 * rng.integers(0, DAYS, count)
    return [str(AS_OF - timedelta(days=int(day))) for day in drawn]


def town() -> dict[str, str]:
    """Return the files of a small town, whose rows have no number and often differ in one cell."""
    rng = np.random.default_rng(4)
    at = np.arange(BUILDINGS)
    buildings = pd.DataFrame({
        "building_id": [f"B{number}" for number in at],
        "std_address": [f"和平路{number + 1}号" for number in at],
        "lon": 117.1 + 0.001 * (at % 6),
        "lat": 36.1 + 0.001 * (at // 6),
        "household_count": 40,
    })  # fmt: skip

    def some(*texts: str, count: int) -> list[str]:
        return list(rng.choice(np.array(texts, dtype=object), count))

    count = 700
    unit = rng.integers(0, UNITS, count)
    visits = pd.DataFrame({
        "unit_id": [f"U{number}" for number in unit],
        "building_id": [f"B{(number + each) % BUILDINGS}"
                        for number, each in zip(unit, rng.integers(0, 2, count), strict=True)],
        "at": _days(rng, count),
        "party": some("Sun Kids Centre", "Sun Art Studio", "Moon Kids Studio", "王某", count=count),
        "place_kind": some("培训", "咨询", "", count=count),
        "risk_class": some("高", "低", count=count),
        "purpose": some("例行巡查", "复查", "", count=count),
        "result": some("属实", "疑似", "未发现异常", "", count=count),
    })  # fmt: skip
    complaints = pd.DataFrame({
        "building_id": [f"B{number}" for number in rng.integers(0, BUILDINGS, 200)],
        "received_at": _days(rng, 200),
        "reporter_name": some("张三", "李四", "赵六", count=200),
        "nature": some("投诉", "举报", count=200),
        "source": some("12345热线", "网格上报", count=200),
    })  # fmt: skip
    rentals = pd.DataFrame({
        "building_id": [f"B{number}" for number in rng.integers(0, BUILDINGS, 80)],
        "unit_id": [f"R{number}" for number in rng.integers(0, 30, 80)],
        "lessee": some("Sun Kids Centre", "Moon Kids Studio", count=80),
        "start_date": _days(rng, 80),
        "lessee_kind": some("企业", "个人", count=80),
    })  # fmt: skip
    tables = {"buildings": buildings, "inspections": visits, "complaints": complaints}
    tables["rentals"] = rentals
    return {name: table.to_csv(index=False) for name, table in tables.items()}


def found_in(folder: Path, files: dict[str, str]) -> dict[str, Any]:
    """Import files into a new workspace; return its scores, places, explanations, evaluation."""
    office = open_office(create_workspace(folder / "office"), now=lambda: NOW)
    try:
        for table, text in files.items():
            assert import_text(office, table, text).quarantined == 0
        engine = office._engine.pinned()
        store = SnapshotStore(folder / "snapshots")
        snapshot = store.open(run_score(engine, store, as_of=AS_OF, config=CONFIG).snapshot_id)
        told = [asdict(explain(snapshot, engine, f"building:B{n}")) for n in range(0, 24, 4)]
        tables = read_tables(engine, cut=cut_after(AS_OF), config=CONFIG)
        origins, _ = read_origins("2026-09-01:2026-09-10:30d")
        plan = Plan(
            event="inspections:found", unit="building", among="inspected", horizon="30d",
            splits=split_at(origins, Span(days=30)), methods=("score", "random"),
        )  # fmt: skip
        settings = BacktestSettings()
        backtest = Backtest(tables=tables, source=engine, config=CONFIG, settings=settings)
        return {
            "units": snapshot.table("units"),
            "places": snapshot.table("places"),
            "explanations": [_without_keys(each) for each in told],
            "runs": pd.DataFrame(backtest.run([plan]).runs),
        }
    finally:
        office.close()


def _without_keys(told: dict[str, Any]) -> dict[str, Any]:
    """Return an explanation without what names its snapshot and the keys of its rows."""
    rows = {
        factor: [each._replace(row_key="", value=round(each.value, 9)) for each in rows]
        for factor, rows in told["rows"].items()
    }
    return told | {"snapshot_id": "", "rows": rows}


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    files = town()
    return [found_in(tmp_path_factory.mktemp(name), files) for name in ("one", "other")]


def test_the_same_files_give_the_same_scores(workspaces: list[dict[str, Any]]) -> None:
    one, other = workspaces
    assert one["units"]["score"].nunique() > BUILDINGS
    for table in ("units", "places", "runs"):
        pd.testing.assert_frame_equal(one[table], other[table], rtol=1e-9, atol=1e-9)


def test_the_same_files_give_the_same_explanations(workspaces: list[dict[str, Any]]) -> None:
    one, other = (each["explanations"] for each in workspaces)
    assert any(rows for told in one for rows in told["rows"].values())
    assert one == other
