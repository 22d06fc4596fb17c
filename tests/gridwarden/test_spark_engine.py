"""The same commands on Spark, whose lake lies at an address, as on DuckDB in the folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import move_lake

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
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_a_score_learnt_on_spark_and_its_explanation_are_those_of_duckdb(
    demonstration: Path, tmp_path: Path, gridwarden: Callable[..., Any], spark: Any
) -> None:
    """The session that the process has is the one that the command uses."""
    address = tmp_path / "at lake"
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
    read = {file for view in spark.catalog.listTables() if view.isTemporary
            for file in spark.table(view.name).inputFiles()}  # fmt: skip
    shared = [path.as_uri() for path in (address / "for_spark" / "derived").rglob("*.parquet")]
    assert set(shared) & read
    assert not [file for file in read if str(folder) in file]
    assert json.dumps(our_reasons, sort_keys=True) == json.dumps(their_reasons, sort_keys=True)
