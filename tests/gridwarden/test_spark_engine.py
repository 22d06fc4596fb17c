"""The same commands on Spark, whose lake lies at an address, as on DuckDB in the folder."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from lakes import move_lake

from data.derived.backends import spark_rows
from gridwarden.compose import open_office
from risk.events.fetch import fetch
from risk.monitoring.repeat_reports import ReportingRules, report_events

AS_OF, CUT = "2026-11-20", datetime(2026, 11, 21)  # noqa: DTZ001 -- local
ENDED_ON = "2026-11-20"
"""From this day on one building does not stand; in windows of before, which teach, it did."""
LEARNING = "\n[score.model]\nwindows = 2\n"
"""Two cuts are read at once for its windows, and one for what is known now."""


def copied(demonstration: Path, folder: Path, engine: str) -> Path:
    """Copy the demonstration city and name its engine."""
    shutil.copytree(demonstration, folder)
    file = folder / "gridwarden.toml"
    named = file.read_text(encoding="utf-8").replace('kind = "duckdb"', f'kind = "{engine}"')
    file.write_text(named + LEARNING, encoding="utf-8")
    return folder


def reports(folder: Path) -> pd.DataFrame:
    """Return the reports about each place and what was said before each."""
    with closing(open_office(folder)) as office:
        asked: dict[str, Any] = {"cut": CUT, "rules": ReportingRules(), "confirmed": ("属实",)}
        rows = fetch(report_events(office._engine, **asked))
    return rows.sort_values([*rows], ignore_index=True)


@pytest.mark.spark
@pytest.mark.usefixtures("spark")  # the session that the process has is the one that is used
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_a_score_its_explanation_and_followed_reports_on_spark_are_those_of_duckdb(
    demonstration: Path,
    tmp_path: Path,
    gridwarden: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, read = tmp_path / "at lake", list[str]()
    rows_of = spark_rows._rows_of

    def _rows_of(*asked: Any) -> Any:
        rows = rows_of(*asked)
        read.extend(rows.inputFiles())
        return rows

    monkeypatch.setattr(spark_rows, "_rows_of", _rows_of)
    told = []
    for engine in ("duckdb", "spark"):
        folder = copied(demonstration, tmp_path / engine, engine)
        if engine == "spark":
            move_lake(folder, address)
        ended = gridwarden("-w", folder, "top", "-k", "1", "--json").json[0]["unit"]
        gridwarden("-w", folder, "buildings-ended", ended, "--on", ENDED_ON, "--reason", "拆迁")
        snapshot = gridwarden("-w", folder, "score", "--as-of", AS_OF, "--json").json["snapshot_id"]
        files = sorted((folder / "snapshots" / snapshot).glob("*.parquet"))
        tables = {file.stem: pd.read_parquet(file) for file in files}
        assert ended not in set(tables["buildings"]["building_id"])
        first = tables["buildings"]["building_id"].iloc[0]
        reasons = gridwarden("-w", folder, "explain", first, "--json").json
        told.append((tables | {"reports": reports(folder)}, reasons))
    (ours, our_reasons), (theirs, their_reasons) = told
    assert len(ours["reports"]) > 10
    assert ours.keys() == theirs.keys()
    for name, table in ours.items():
        pd.testing.assert_frame_equal(
            table, theirs[name], rtol=1e-9, atol=1e-9, check_dtype=name != "reports"
        )
    assert read
    below = f"file://{quote(str(address))}/for_spark/derived/"
    assert all(path.startswith(below) for path in read)
    assert json.dumps(our_reasons, sort_keys=True) == json.dumps(their_reasons, sort_keys=True)
