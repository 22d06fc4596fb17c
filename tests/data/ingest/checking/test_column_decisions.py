"""Rules of deciding how a column is read: once for a file, however it is cut in batches."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts.registry import TABLES
from data.ingest import mapped_file
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.mapped_file import MappedFile
from data.ingest.options import ImportOptions
from data.ingest.reading.open import OpenSource
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
HEADER = ("工单编号", "来电时间", "坐标", "事发地址", "工单标题")
ROW = st.tuples(
    st.sampled_from(["1", "2", "3", "", "250912101108115000", "250912101108116000",
                     "250912101108117000", "250912101108115409"]),
    st.sampled_from(["03/04/2026", "13/04/2026", "04/13/2026", "2026-03-04", "2026-02-30",
                     "someday", "1850-01-01", "3月4日", "2024-11-28", "2023年12月5日", "1.09",
                     "12月30日", "2026-03-04T10:00:00Z", ""]),
    st.sampled_from(["", "36.1,37.2", "117.2,36.1", "36.1,117.2", "E117.2 N36.1", "nowhere"]),
    st.sampled_from(["", "示例花园3号楼"]),
    st.sampled_from(["补课", "噪音"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace that nothing is kept in."""
    folder = tmp_path_factory.mktemp("decisions") / "office"
    return Workspace.open(shutil.copytree(empty_folder, folder))


def read_in_batches(
    office: Workspace, path: Path, rows: int, *, table: str = "complaints"
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each of the four tables of a check, over all batches."""
    contract = TABLES[table]
    opened = OpenSource(path, contract=contract)
    file = MappedFile(office, contract, opened, now=NOON, options=ImportOptions())
    found: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("accepted", "quarantined", "duplicates", "problems")
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mapped_file, "BATCH_ROWS", rows)
        for _, _, checked in file.checked(SeenRows(), check_range=True, secret=b"secret"):
            for name, kept in found.items():
                kept.extend(getattr(checked, name).to_pylist())
    return found


@settings(max_examples=10)
@given(rows=st.lists(ROW, min_size=1, max_size=12), size=st.integers(1, 6))
def test_a_file_read_in_one_batch_or_in_many_gives_the_same_rows(
    office: Workspace, rows: list[tuple[str, ...]], size: int
) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(HEADER)}
    path = office.root / "rows.parquet"
    pq.write_table(pa.table(columns), path)
    assert read_in_batches(office, path, size) == read_in_batches(office, path, 1_000)


PIECE = st.tuples(
    st.sampled_from(["B1", "'B1", "B2", ""]),
    st.sampled_from(["示例花园", "阳光小区"]),
    st.sampled_from(["POLYGON ((0 0, 1 0, 1 1, 0 0))", "POLYGON ((1 0, 2 0, 2 1, 1 0))",
                     "POINT (0.5 0.2)", "nowhere", ""]),
)  # fmt: skip


@settings(max_examples=10)
@given(rows=st.lists(PIECE, min_size=1, max_size=8), size=st.integers(1, 4))
def test_pieces_of_one_building_are_joined_wherever_a_file_is_cut(
    office: Workspace, rows: list[tuple[str, ...]], size: int
) -> None:
    path = office.root / "pieces.parquet"
    header = ("楼栋编码", "小区名称", "轮廓")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
    pq.write_table(pa.table(columns), path)
    whole = read_in_batches(office, path, 1_000, table="buildings")
    assert read_in_batches(office, path, size, table="buildings") == whole


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_workbook_of_several_sheets_is_one_file(
    office: Workspace, workbook: Any, size: int
) -> None:
    sheets = {
        "甲": [list(HEADER), ["1", "03/04/2026", "36.1,37.2", "a", "x"]],
        "乙": [["表"], list(HEADER), ["2", "13/04/2026", "117.2,36.1", "b", "y"]],
        "丙": [list(HEADER), ["3", "05/04/2026", "118.2,36.1", "c", "z"]],
    }
    found = read_in_batches(office, workbook(sheets), size)
    assert [row["received_at"].date().isoformat() for row in found["accepted"]] == [
        "2026-04-03",
        "2026-04-13",
        "2026-04-05",
    ]
    assert [row["lon"] for row in found["accepted"]] == [36.1, 117.2, 118.2]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_name_of_two_months_is_decided_by_all_rows_of_a_file(
    office: Workspace, workbook: Any, size: int
) -> None:
    days = ("3 listopada 2024", "1 marca 2024", "4 listopada 2024")
    rows = [[str(at), day, "36.1,117.2", "a", "x"] for at, day in enumerate(days)]
    found = read_in_batches(office, workbook({"甲": [list(HEADER), *rows]}), size)
    assert [row["received_at"].month for row in found["accepted"]] == [11, 3, 11]
