"""Rules of writing tables to files."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from refusals import refused_as

from data.contracts.model import TableContract
from data.engine import Engine
from data.export import tables, writers
from data.export.tables import export_table
from data.export.writers import write_frame
from data.ingest.run import import_file
from data.lake.manifest import Manifest
from data.privacy.export_masks import mask_batch
from data.workspace.folder import Workspace

DAY = datetime(2026, 11, 20, 19, 42)  # noqa: DTZ001 -- local times throughout
COMPUTED = ["building_id", "match_level", "match_score", "match_method", "h3_r10", "grid_code"]
TICKET = "250912101108115409"


@pytest.fixture
def engine(workspace: Workspace, put_rows: Callable[..., Manifest]) -> Engine:
    """Return an engine over one building, two complaints and a member of staff."""
    shape = shapely.to_wkb(shapely.box(117.1, 36.1, 117.1003, 36.1003))
    put_rows(workspace, "buildings", [{"building_id": "A", "floors": 18, "geom": shape}])
    put_rows(
        workspace,
        "complaints",
        [
            {
                "ticket_no": TICKET,
                "received_at": DAY,
                "building_id": "A",
                "title": "=1+1",
                "confidential": False,
            },
            {"ticket_no": "2", "received_at": DAY.replace(hour=0, minute=0), "solved": True},
        ],
    )
    put_rows(workspace, "persons", [{"person_id": "P1", "name": "张三丰", "phone": "13812345678"}])
    return Engine(workspace)


def test_what_was_computed_follows_what_was_imported_and_no_text_is_taken_for_a_formula(
    engine: Engine, tmp_path: Path
) -> None:
    assert export_table(engine, "complaints", tmp_path / "x.csv") == 2
    frame = pd.read_csv(tmp_path / "x.csv", dtype=str, keep_default_na=False)
    assert set(COMPUTED) <= set(frame.columns)
    assert frame["ticket_no"].tolist() == [TICKET, "2"]
    assert frame["title"].tolist() == ["'=1+1", ""]
    assert frame["building_id"].tolist() == ["A", ""]
    assert frame["given_building_id"].tolist() == ["A", ""]
    assert frame["received_at"].tolist() == ["2026-11-20 19:42:00", "2026-11-20"]
    assert frame["solved"].tolist() == ["", "是"]
    assert "reporter_key" not in frame.columns


def test_grades_that_left_and_come_back_are_the_same(workspace: Workspace, tmp_path: Path) -> None:
    (sent := tmp_path / "sent.csv").write_text(
        "检查编号,检查时间,地址,评分\n"
        "1,2026-11-01,示例花园1号楼,92.5\n2,2026-11-01,示例花园1号楼,良\n3,2026-11-01,,待评\n"
    )
    import_file(workspace, "inspections", sent, now=DAY)
    engine = Engine(workspace)
    export_table(engine, "inspections", tmp_path / "x.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.iter_rows(values_only=True))
    grades = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [each["评分"] for each in grades] == [92.5, 85, None]
    assert [each["评分原文"] for each in grades] == [None, "良", "待评"]
    again = import_file(workspace, "inspections", tmp_path / "x.xlsx", now=DAY)
    assert (again.duplicates, again.accepted) == (3, 0)


def test_a_workbook_keeps_codes_as_text_and_runs_no_formula(engine: Engine, tmp_path: Path) -> None:
    export_table(engine, "complaints", tmp_path / "x.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.iter_rows())
    cells = dict(zip([c.value for c in rows[0]], rows[1], strict=True))
    assert (cells["工单编号"].value, cells["工单编号"].data_type) == (TICKET, "s")
    assert (cells["工单标题"].value, cells["工单标题"].data_type) == ("=1+1", "s")
    assert cells["定位层级"].value == "building"


def test_geojson_has_the_footprint_or_the_point_or_nothing(engine: Engine, tmp_path: Path) -> None:
    export_table(engine, "buildings", tmp_path / "b.geojson")
    export_table(engine, "complaints", tmp_path / "c.geojson")
    shapes = [
        [f["geometry"] and f["geometry"]["type"] for f in json.loads(p.read_text())["features"]]
        for p in (tmp_path / "b.geojson", tmp_path / "c.geojson")
    ]
    assert shapes == [["Polygon"], ["Point", None]]


def test_parquet_of_a_table_with_geometry_is_geoparquet(engine: Engine, tmp_path: Path) -> None:
    export_table(engine, "buildings", tmp_path / "b.parquet")
    frame = gpd.read_parquet(tmp_path / "b.parquet")
    assert frame.geometry.geom_type.tolist() == ["Polygon"]
    assert frame["floors"].tolist() == [18]


def test_staff_are_masked_when_they_leave_the_office(engine: Engine, tmp_path: Path) -> None:
    export_table(engine, "persons", tmp_path / "p.csv")
    text = (tmp_path / "p.csv").read_text(encoding="utf-8-sig")
    assert "张**" in text
    assert "三丰" not in text
    assert "13812345678" not in text


def test_a_table_without_rows_still_has_its_columns(engine: Engine, tmp_path: Path) -> None:
    assert export_table(engine, "rentals", tmp_path / "r.csv") == 0
    assert set(COMPUTED) <= set(pd.read_csv(tmp_path / "r.csv").columns)


@pytest.mark.parametrize(
    ("table", "name", "code"),
    [
        ("complaints", "x.docx", "export_format_unknown"),
        ("persons", "x.geojson", "export_without_place"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_no_file(
    engine: Engine, tmp_path: Path, table: str, name: str, code: str
) -> None:
    target = tmp_path / "out" / name
    target.parent.mkdir()
    with refused_as(code):
        export_table(engine, table, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "＝", "＋", "－", "＠"]
)
def test_no_cell_of_a_csv_begins_as_a_formula_does(tmp_path: Path, begins: str) -> None:
    write_frame(pd.DataFrame({"title": [f"{begins}cmd", "补课=收费"]}), tmp_path / "x.csv")
    written = pd.read_csv(tmp_path / "x.csv", dtype=str)["title"].tolist()
    assert written == [f"'{begins}cmd", "补课=收费"]


def test_a_csv_says_that_it_is_utf_8_or_a_spreadsheet_shows_no_chinese(tmp_path: Path) -> None:
    write_frame(pd.DataFrame({"标题": ["补课"]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().startswith("\ufeff".encode() + b'"\xe6')


def test_more_rows_than_a_sheet_holds_are_refused_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "SHEET_ROWS", 3)
    write_frame(pd.DataFrame({"n": range(3)}), tmp_path / "fits.xlsx")
    with refused_as("export_too_long", expected=3):
        write_frame(pd.DataFrame({"n": range(4)}), tmp_path / "long.xlsx")
    assert not (tmp_path / "long.xlsx").exists()


def test_a_text_longer_than_a_cell_holds_is_cut_and_not_lost(tmp_path: Path) -> None:
    write_frame(pd.DataFrame({"title": ["长" * 40_000]}), tmp_path / "x.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"]
    assert cell.value == "长" * 32_767


def test_no_row_is_lost_when_the_thread_that_exports_asks_something_else_meanwhile(
    workspace: Workspace, put_rows: Callable[..., Manifest], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    count = 3 * tables.BATCH_ROWS
    put_rows(workspace, "persons", [{"person_id": f"P{n}", "name": "张三"} for n in range(count)])
    engine = Engine(workspace)

    def mask(batch: pa.RecordBatch, contract: TableContract) -> pa.RecordBatch:
        assert engine.table("persons").count().to_pyarrow().as_py() == count
        return mask_batch(batch, contract)

    monkeypatch.setattr(tables, "mask_batch", mask)
    assert export_table(engine, "persons", tmp_path / "x.parquet") == count
    written = pq.read_table(tmp_path / "x.parquet")
    assert len(set(written["person_id"].to_pylist())) == count
