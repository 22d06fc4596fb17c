"""The same commands on Spark, whose lake lies at an address, as on DuckDB in the folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import move_lake

from data.derived.backends import duckdb_sessions

AS_OF = "2026-11-20"
LEARNING = "\n[score.model]\nwindows = 1\n"


def copied(demonstration: Path, folder: Path, engine: str) -> Path:
    """Copy the demonstration city and name its engine."""
    shutil.copytree(demonstration, folder)
    file = folder / "gridwarden.toml"
    named = file.read_text(encoding="utf-8").replace('kind = "duckdb"', f'kind = "{engine}"')
    file.write_text(named + LEARNING, encoding="utf-8")
    return folder


@pytest.mark.spark
@pytest.mark.usefixtures("spark")  # the session that the process has is the one that is used
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_a_score_learnt_on_spark_and_its_explanation_are_those_of_duckdb(
    demonstration: Path,
    tmp_path: Path,
    gridwarden: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, read = tmp_path / "at lake", list[str]()
    on_spark = duckdb_sessions.open_on_spark

    def open_on_spark(session: Any, path: str, name: str, schema: Any) -> Any:
        read.append(path)
        return on_spark(session, path, name, schema)

    monkeypatch.setattr(duckdb_sessions, "open_on_spark", open_on_spark)
    told = []
    for engine in ("duckdb", "spark"):
        folder = copied(demonstration, tmp_path / engine, engine)
        if engine == "spark":
            move_lake(folder, address)
        snapshot = gridwarden("-w", folder, "score", "--as-of", AS_OF, "--json").json["snapshot_id"]
        files = sorted((folder / "snapshots" / snapshot).glob("*.parquet"))
        tables = {file.stem: pd.read_parquet(file) for file in files}
        first = tables["buildings"]["building_id"].iloc[0]
        told.append((tables, gridwarden("-w", folder, "explain", first, "--json").json))
    (ours, our_reasons), (theirs, their_reasons) = told
    assert ours.keys() == theirs.keys()
    for name, table in ours.items():
        pd.testing.assert_frame_equal(table, theirs[name], rtol=1e-9, atol=1e-9)
    assert read
    assert all(path.startswith(f"file://{address}/for_spark/derived/") for path in read)
    assert json.dumps(our_reasons, sort_keys=True) == json.dumps(their_reasons, sort_keys=True)
