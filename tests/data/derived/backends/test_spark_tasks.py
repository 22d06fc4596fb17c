"""Rows placed and screened by Spark's tasks: the same files as by one process."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data.derived.backends import spark_tasks
from data.derived.backends.spark_tasks import work_through
from data.ingest import mapped_file
from data.ingest.options import ImportOptions
from data.ingest.reading.text import delimited
from data.ingest.run import import_file
from data.workspace.folder import Workspace
from data.workspace.sections import SettingsError
from data.workspace.settings import SETTINGS_FILE
from data.workspace.storage_settings import EngineSettings

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore"),  # pyspark 4.0 itself warns with pandas 3
]
KEPT = ("lake", "quarantine", "derived")
NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
BUILDINGS = "楼栋编码,小区名称,楼栋号,户数,经度,纬度\n" + "".join(
    f"B{n},示例花园,{n}号楼,60,{117.12 + n / 1000:.4f},36.19\n" for n in range(1, 9)
)
TEXTS = ("周末补课，学生集中出入", "电梯故障", "托管班晚上噪音")
POINTS = [f"{117.12 + n / 1000:.4f},36.19" for n in range(8)]
COMPLAINTS = "工单编号,来电时间,事发地址,来电人,联系电话,诉求内容,经度,纬度\n" + "".join(
    f"{n},{f'2026-10-{n % 28 + 1:02d} 19:10' if n % 7 else '某天'},示例花园{n % 9 + 1}号楼{n}室,"
    f"张示例,1380000{n:04d},{TEXTS[n % 3]},{POINTS[n % 8] if n % 2 else ','}\n"
    for n in range(1, 61)
)


def imported(root: Path, kind: str, file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Import complaints; return the receipt, and every file of rows, refused or derived."""
    settings = root / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8").replace('kind = "duckdb"', f'kind = "{kind}"')
    settings.write_text(text, encoding="utf-8")
    workspace = Workspace.open(root)
    options = ImportOptions(datum="wgs84")
    result = import_file(workspace, "complaints", file, now=NOW, options=options)
    workspace.close()
    files = [p for name in ("lake", "quarantine", "derived") for p in (root / name).rglob("*.*")]
    return asdict(result), {
        p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.is_file()
    }


@pytest.mark.usefixtures("spark")
def test_an_import_on_spark_keeps_the_same_bytes_and_gives_the_same_receipt(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped_file, "BATCH_ROWS", 1)
    monkeypatch.setattr(delimited, "CHUNK", 2_000)  # some twenty rows
    (buildings := tmp_path / "buildings.csv").write_text(BUILDINGS, encoding="utf-8")
    (complaints := tmp_path / "complaints.csv").write_text(COMPLAINTS, encoding="utf-8")
    options = ImportOptions(datum="wgs84")
    import_file(workspace, "buildings", buildings, now=NOW, options=options)
    workspace.close()
    on_spark, worked = spark_tasks._on_spark, list[Any]()

    def _on_spark(context: Any, work: Any, parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
        worked.append(work)
        return on_spark(context, work, parts)

    monkeypatch.setattr(spark_tasks, "_on_spark", _on_spark)
    other = shutil.copytree(workspace.root, tmp_path / "other")
    receipt, kept = imported(workspace.root, "duckdb", complaints)
    assert not worked
    on_tasks = imported(other, "spark", complaints)
    assert len(worked) == 2  # placed and screened
    assert on_tasks[0] == receipt
    assert on_tasks[1].keys() == kept.keys()
    assert not [name for name, content in kept.items() if on_tasks[1][name] != content]
    assert receipt["quarantined"]
    assert len(receipt["located"]) > 1


@pytest.mark.usefixtures("spark")
def test_parts_come_back_in_their_order_and_a_worker_that_fails_is_told() -> None:
    settings = EngineSettings(kind="spark", master="local[1]")
    parts = [pa.table({"n": [n]}) for n in range(5)]
    done = work_through(settings, lambda: _doubled, parts, count=len(parts))
    assert [part["n"].to_pylist() for part in done] == [[0], [2], [4], [6], [8]]
    with pytest.raises(SettingsError) as failed:
        list(work_through(settings, lambda: _failing, parts, count=len(parts)))
    assert failed.value.code == "spark_tasks_failed"


def _doubled(part: pa.Table) -> pa.Table:
    return pa.table({"n": [2 * n for n in part["n"].to_pylist()]})


def _failing(part: pa.Table) -> pa.Table:
    raise ModuleNotFoundError(str(part.num_rows))


def test_one_part_and_parts_without_a_column_start_no_spark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def start_spark(_: EngineSettings) -> None:
        pytest.fail("started")

    monkeypatch.setattr(spark_tasks, "start_spark", start_spark)
    settings, rows = EngineSettings(kind="spark"), pa.table({"n": [1]})
    (done,) = work_through(settings, lambda: _doubled, [rows], count=1)
    assert done["n"].to_pylist() == [2]
    bare = [rows.select([])] * 2
    assert list(work_through(settings, lambda: lambda part: part, bare, count=2)) == bare
