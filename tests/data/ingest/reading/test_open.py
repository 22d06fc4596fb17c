"""Reading sources of every kind as text."""

import csv
import json
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xlwt  # type: ignore[import-untyped]
from refusals import refused_as

from data.contracts.registry import TABLES
from data.ingest.batches import SourceBatch
from data.ingest.reading import input_formats, typed
from data.ingest.reading.cell_text import texts_of_values
from data.ingest.reading.headers.column_mapping import MappingError, guess_mapping
from data.ingest.reading.input_formats import UnreadableSourceError, hash_source, name_of_source
from data.ingest.reading.open import OpenSource, filter_rows
from data.ingest.reading.text import delimited
from data.ingest.reading.workbooks import excel

COMPLAINTS = TABLES["complaints"]
HEADER = ["工单编号", "来电时间", "事发地址"]


def only(source: Path | str, **options: str) -> SourceBatch:
    (batch,) = OpenSource(source, contract=COMPLAINTS, **options).batches()  # type: ignore[arg-type]
    return batch


def test_commas_between_coordinates_are_no_delimiters(tmp_path: Path) -> None:
    path = tmp_path / "outlines.csv"
    outline = "POLYGON ((117.1 36.1, 117.2 36.1, 117.2 36.2, 117.1 36.1))"
    lines = ["楼栋编码;轮廓", *(f"B{number};{outline}" for number in range(9))]
    path.write_text("\n".join(lines), encoding="utf-8")
    (batch,) = OpenSource(path, contract=TABLES["buildings"]).batches()
    assert [*batch.columns] == ["楼栋编码", "轮廓"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_is_read_in_any_encoding_and_with_any_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(
            [HEADER, ["0012", "2026-11-20", "示例花园，12号楼\n3单元"], ["13", "2026-11-21", None]]
        )
    batch = only(path)
    assert batch.columns == HEADER
    assert batch.rows["工单编号"].to_pylist() == ["0012", "13"]
    assert batch.rows["事发地址"].to_pylist() == ["示例花园，12号楼\n3单元", None]
    assert batch.source_row.tolist() == [2, 3]


def test_rows_that_are_no_data_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "××街道台账（2026年11月）,,,\n序号,工单编号,来电时间,事发地址\n1,11,2026-11-01,a\n,,,\n2,,,\n"
        "小计,1,,\n序号,工单编号,来电时间,事发地址\n3,12,11月2日,b\n合 计,2,,\n"
        "填表人：张三,,审核人：李四,\n备注：本表保密,,,\n",
        encoding="gbk",
    )
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist() == ["11", "12"]
    assert batch.source_row.tolist() == [3, 8]
    assert batch.skipped == {"blank": 2, "total": 2, "footer": 2, "repeated_header": 1}
    assert batch.heading == "××街道台账（2026年11月）"


@pytest.mark.parametrize(
    "below",
    [
        ["填表人,王芳,审核人,李强"],
        ["报送单位：平安办,,,", "Prepared by: J. Smith,,,"],
        [",,,某街道办事处", ",,,2026年11月30日"],
        [",,,二〇二六年十一月三十日"],
    ],
)
def test_who_signed_below_a_table_and_when_is_no_row(tmp_path: Path, below: list[str]) -> None:
    path = tmp_path / "a.csv"
    lines = ["序号,工单编号,来电时间,事发地址", "1,11,2026-11-01,a", *below]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist() == ["11"]
    assert batch.skipped == {"footer": len(below)}


def test_an_office_that_is_a_place_of_the_list_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("小区名称,楼号,社区\n某街道办事处,,\n示例花园,1,甲\n", encoding="utf-8")
    assert only(path).rows["小区名称"].to_pylist() == ["某街道办事处", "示例花园"]


def test_short_rows_are_kept_and_long_rows_carry_their_surplus(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "工单编号,来电时间,事发地址\n1,2026-11-01\n2,2026-11-01,a,b,\n3,2026-11-01,c,,\n4,x,d\n5,y,e\n6,z,f\n"
    )
    batches = list(OpenSource(path, contract=COMPLAINTS).batches())
    rows = {
        int(n): (
            batch.rows["工单编号"][i].as_py(),
            batch.surplus[i].as_py() if batch.surplus else None,
        )
        for batch in batches
        for i, n in enumerate(batch.source_row)
    }
    assert rows == {
        2: ("1", None),
        3: ("2", "b"),
        4: ("3", None),
        **{i: (str(i - 1), None) for i in (5, 6, 7)},
    }


def test_rows_come_in_their_place_whatever_the_batches_and_however_ragged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "CHUNK", 1 << 12)
    path, count, long = tmp_path / "a.csv", 400, "示例花园" * 20
    lines = [
        f"{i},2026-11-01,{long}{i}号楼{',多出' * (i % 3 == 1)}" if i % 5 else f"{i},2026-11-01"
        for i in range(count)
    ]
    path.write_text("\n".join([",".join(HEADER), *lines]), encoding="gb18030")
    whole, parted = (
        list(OpenSource(path, contract=COMPLAINTS).batches(rows)) for rows in (10**6, 10)
    )
    assert len(whole) < len(parted)
    for batches in (whole, parted):
        assert [int(n) for b in batches for n in b.source_row] == list(range(2, count + 2))
        assert [t for b in batches for t in b.rows["工单编号"].to_pylist()] == [
            str(i) for i in range(count)
        ]
        surplus = [t for b in batches if b.surplus is not None for t in b.surplus.to_pylist()]
        assert surplus == ["多出" if i % 5 and i % 3 == 1 else None for i in range(count)]


def test_stray_bytes_do_not_stop_a_file_and_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(",".join(HEADER).encode() + b"\n1,2026-11-01,\xff\xfe\xff\n")
    batch = only(path)
    assert len(batch) == 1
    assert batch.notes == (("damaged_text", ""),)
    path.write_bytes(",".join(HEADER).encode() + b"\n1,2026-11-01,a\n")
    assert only(path).notes == ()


def test_columns_that_number_other_rows_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": {"0": 1}, "b": {"0": 2}, "c": {"0": 3}}')
    assert only(path).rows.column_names == ["a", "b", "c"]
    path.write_text('{"a": {"0": 1}, "b": {"1": 2}, "c": {"0": 3}}')
    assert only(path).rows.column_names == ["a/0", "b/1", "c/0"]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_a_line_of_records_ends_with_the_line_alone(tmp_path: Path, mark: str) -> None:
    records = [{"工单编号": number, "内容": f"甲{mark}乙"} for number in ("1", "2")]
    path = tmp_path / "a.jsonl"
    lines = (json.dumps(each, ensure_ascii=False) for each in records)
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    assert only(path).rows["工单编号"].to_pylist() == ["1", "2"]


def test_a_workbook_keeps_codes_as_text_and_flags_long_numbers(
    workbook: Callable[..., Path],
) -> None:
    moment = datetime(2026, 11, 24, 19, 42)  # noqa: DTZ001 -- naive by design
    path = workbook(
        {
            "S": [
                HEADER,
                [250912101108115409, moment, 12.5],
                ["0012", date(2026, 1, 2), True],
                [3, 4, 5],
            ]
        }
    )
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist()[1:] == ["0012", "3"]
    assert batch.rows["来电时间"].to_pylist() == ["2026-11-24 19:42:00", "2026-01-02", "4"]
    assert batch.rows["事发地址"].to_pylist() == ["12.5", "是", "5"]
    assert {name: mask.tolist() for name, mask in batch.imprecise.items()} == {
        "工单编号": [True, False, False]
    }


def test_merged_cells_fill_down_and_titles_are_passed_over(workbook: Callable[..., Path]) -> None:
    rows = [
        ["××街道投诉台账", None, None, None],
        ["社区", *HEADER],
        ["示例社区", "1", "2026-11-01", "a"],
        [None, "2", "2026-11-02", "b"],
    ]
    batch = only(workbook({"S": rows}, merge=["A1:D1", "A3:A4"]))
    assert batch.rows["社区"].to_pylist() == ["示例社区", "示例社区"]
    assert batch.source_row.tolist() == [3, 4]
    assert batch.heading == "××街道投诉台账"


def test_every_sheet_with_the_same_header_is_read_and_others_are_named(
    workbook: Callable[..., Path],
) -> None:
    path = workbook(
        {
            "甲社区": [HEADER, ["1", "2026-11-01", "a"]],
            "乙社区": [["表"], ["事发地址", "工单 编号", "来电时间"], ["b", "2", "2026-11-02"]],
            "汇总": [["社区", "件数"], ["甲社区", 1]],
            "Sheet4": [],
            "旧": [HEADER, ["9", "2020-01-01", "z"]],
        },
        hide_sheets=["旧"],
    )
    batches = list(OpenSource(path, contract=COMPLAINTS).batches())
    assert [(b.sheet, b.rows["工单编号"].to_pylist()) for b in batches] == [
        ("甲社区", ["1"]),
        ("乙社区", ["2"]),
    ]
    assert batches[0].notes == (("other_sheet", "汇总"), ("hidden_sheet", "旧"))
    assert only(path, sheet="旧").rows["工单编号"].to_pylist() == ["9"]


def test_hidden_rows_are_read_and_told(workbook: Callable[..., Path]) -> None:
    batch = only(
        workbook({"S": [HEADER, ["1", "2026-11-01", "a"], ["2", "2026-11-02", "b"]]}, hide_rows=[3])
    )
    assert batch.rows["工单编号"].to_pylist() == ["1", "2"]
    assert batch.notes == (("hidden_rows", "S: 1"),)


def test_old_workbooks_are_read_even_under_a_wrong_name(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("S")
    rows: list[list[object]] = [
        [*HEADER],
        ["0012", "2026-11-01", "a"],
        [250912101108115409, 45985, "b"],
    ]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    path = tmp_path / "old.xlsx"
    book.save(str(path))
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist()[0] == "0012"
    assert batch.imprecise["工单编号"].tolist() == [False, True]


def test_text_under_the_name_of_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("工单编号\t来电时间\n1\t2026-11-01\n", encoding="gbk")
    assert only(path).rows["工单编号"].to_pylist() == ["1"]


PAGE = """<html><head><meta charset="gb2312"></head><table>
<tr><td colspan="3">台账（2026年）</td></tr><tr><th>工单编号<th>来电时间<th>事发地址</tr>
<tr><td>250912101108115409</td><td>2026-11-01</td><td rowspan="2">甲&nbsp;苑</td></tr>
<tr><td>2</td><td>2026-11-02</td></tr></table></html>"""
OLD_XML = """<?xml version="1.0"?><Workbook xmlns:ss="urn:x"><Worksheet><Table>
<Row><Cell><Data>工单编号</Data></Cell><Cell><Data>来电时间</Data></Cell>
<Cell><Data>事发地址</Data></Cell></Row>
<Row><Cell><Data>250912101108115409</Data></Cell><Cell><Data>2026-11-01</Data></Cell>
<Cell><Data>甲 苑</Data></Cell></Row>
<Row><Cell><Data>2</Data></Cell><Cell ss:Index="3"><Data>甲 苑</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize(("page", "second"), [(PAGE, "2026-11-02"), (OLD_XML, None)])
def test_markup_under_the_name_of_a_workbook_is_read_with_its_codes_whole(
    tmp_path: Path, page: str, second: str | None
) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes(page.encode("gbk"))
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist() == ["250912101108115409", "2"]
    assert batch.rows["来电时间"].to_pylist() == ["2026-11-01", second]
    places = [text.replace("\u00a0", " ") for text in batch.rows["事发地址"].to_pylist()]
    assert places == ["甲 苑"] * 2


@pytest.mark.parametrize(
    ("name", "driver"), [("a.geojson", "GeoJSON"), ("a.gpkg", "GPKG"), ("a.shp", None)]
)
def test_layers_bring_their_geometry_and_what_they_claim_about_it(
    tmp_path: Path, name: str, driver: str | None
) -> None:
    frame = gpd.GeoDataFrame(
        {"JZWDM": ["0012", "0013"], "户数": [108, None]},
        geometry=[shapely.Point(117.1, 36.2), shapely.box(117, 36, 118, 37)][
            : 1 if driver is None else 2
        ]
        + ([shapely.Point(117.2, 36.3)] if driver is None else []),
        crs="EPSG:4326",
    )
    path = tmp_path / name
    frame.to_file(path, driver=driver, encoding="utf-8")
    (batch,) = OpenSource(path, contract=TABLES["buildings"]).batches()
    assert batch.rows["JZWDM"].to_pylist() == ["0012", "0013"]
    assert batch.rows["户数"].to_pylist() == ["108", None]
    assert batch.crs == "EPSG:4326"
    assert batch.geometry is not None
    assert shapely.from_wkb(batch.geometry[0].as_py()).wkt == "POINT (117.1 36.2)"


def test_parquet_becomes_exact_text_and_impossible_dates_become_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    smallest = -(2**63) + 1
    pq.write_table(
        pa.table(
            {
                "License": pa.array([30790.0, None]),
                "Date": pa.array([0, smallest], pa.timestamp("us")),
                "Name": pa.array(["a", ""]),
            }
        ),
        path,
    )
    batch = only(path)
    assert batch.rows.to_pydict() == {"License": ["30790"], "Date": ["1970-01-01"], "Name": ["a"]}
    assert batch.skipped == {"blank": 1}


@pytest.mark.parametrize("name", ["a.json", "a.geojson", "a.parquet"])
def test_columns_whose_cells_are_lists_are_named_once_and_points_are_none(
    tmp_path: Path, name: str
) -> None:
    faults = [None, [], [{"code": "3", "text": "no\nsoap"}], [{"code": "4", "text": ""}] * 2]
    rows = [{"id": n, "found": f, "tags": ["a"], "at": [117.1, 36.2]} for n, f in enumerate(faults)]
    path = tmp_path / name
    if path.suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows[::-1]), path)
    else:
        features = [{"type": "Feature", "geometry": None, "properties": each} for each in rows]
        file = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(file), encoding="utf-8")
    notes = [note for batch in OpenSource(path).batches(2) for note in batch.notes]
    assert sorted("、".join(about for _, about in notes).split("、")) == ["found", "tags"]
    assert {code for code, _ in notes} == {"lists_in_cells"}


def test_a_database_is_read_by_one_select_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (工单编号 TEXT, n INTEGER)")
        connection.execute("INSERT INTO t VALUES ('0012', 250912101108115409)")
    connection.close()
    batch = only(f"sqlite:///{path}#SELECT 工单编号, n FROM t")  # noqa: S608 -- only the path varies
    assert batch.rows.to_pydict() == {"工单编号": ["0012"], "n": ["250912101108115409"]}
    assert not batch.imprecise
    for query in (
        *("DELETE FROM t", "SELECT 1; DROP TABLE t", "DROP TABLE t", "PRAGMA user_version = 3"),
        *("WITH d AS (DELETE FROM t RETURNING n) SELECT n FROM d", "SELECT n INTO u FROM t"),
    ):
        with refused_as("query_not_read_only"):
            list(OpenSource(f"sqlite:///{path}#{query}").batches())


def test_a_database_error_hides_the_password() -> None:
    with pytest.raises(UnreadableSourceError) as caught:
        list(OpenSource("postgresql+nothing://u:sesame@h/d#SELECT 1").batches())
    assert "sesame" not in str(caught.value)
    assert name_of_source("postgresql://u:sesame@h/d#SELECT 1") == "postgresql://u:***@h/d#SELECT 1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04broken", "broken_file"),
        (b",,\n,,\n", "empty_file"),
        (bytes(range(32)) * 9, "broken_file"),
        (b'<?xml version="1.0"?><visits><visit><at>2026-11-30</at></visit></visits>', "no_table"),
        (b"<html><p>nothing</p></html>", "no_table"),
    ],
)
def test_what_holds_no_table_says_so(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with refused_as(code):
        list(OpenSource(path).batches())


def test_a_workbook_without_a_filled_cell_is_told_as_empty(tmp_path: Path) -> None:
    path, book = tmp_path / "a.xlsx", openpyxl.Workbook()
    book.create_sheet("空")
    book.save(path)
    with refused_as("empty_file"):
        list(OpenSource(path, contract=TABLES["complaints"]).batches())


def test_a_missing_file_and_a_missing_sheet_say_so(
    tmp_path: Path, workbook: Callable[..., Path]
) -> None:
    with pytest.raises(UnreadableSourceError, match="File not found"):
        OpenSource(tmp_path / "nothing.csv").batches()
    with pytest.raises(UnreadableSourceError, match="Sheet not found"):
        only(workbook({"S": [HEADER]}), sheet="T")


def test_a_filter_keeps_rows_by_value_and_refuses_unknown_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("工单编号,来电时间,Results\n1,2026-11-01,Fail \n2,2026-11-01,Pass\n")
    batch = only(path)
    assert filter_rows(batch, {"results": "Fail"}).rows["工单编号"].to_pylist() == ["1"]
    with pytest.raises(MappingError):
        filter_rows(batch, {"Result": "Fail"})


def test_a_shapefile_is_hashed_with_all_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    path.write_bytes(b"x")
    before = hash_source(path)
    path.with_suffix(".dbf").write_bytes(b"y")
    assert hash_source(path) != before
    assert hash_source("sqlite:///x#SELECT 1") is None


def test_a_cell_may_hold_a_whole_petition(tmp_path: Path) -> None:
    source = tmp_path / "long.csv"
    source.write_text(",".join(HEADER) + "\nA1,2026-11-01," + "长" * 140_000 + "\n")
    assert only(source).rows["事发地址"].to_pylist() == ["长" * 140_000]


def test_a_workbook_made_to_fill_the_memory_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_formats, "_LARGEST_PART", 1 << 20)
    source = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 << 20))
    with pytest.raises(UnreadableSourceError) as refused:
        only(source)
    assert refused.value.facts["reason"] == "zip bomb"


def test_of_a_parquet_file_no_more_is_in_memory_than_a_part(tmp_path: Path) -> None:
    path, cell = tmp_path / "a.parquet", "x" * 10_000
    with pq.ParquetWriter(
        path, pa.schema([("工单编号", pa.string())]), compression="none", use_dictionary=False
    ) as writer:
        for _ in range(30):
            writer.write_table(pa.table({"工单编号": [cell] * 100}))
    before, held, rows = pa.total_allocated_bytes(), 0, 0
    for batch in OpenSource(path, contract=COMPLAINTS).batches(100):
        held, rows = max(held, pa.total_allocated_bytes() - before), rows + len(batch)
    assert rows == 3_000
    assert held < path.stat().st_size / 2


LONG = "街" * 200_000
NAMED = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), [LONG])
SHAPES = pa.DictionaryArray.from_arrays(NAMED.indices, [LONG.encode()])
ENDS = pa.array([0, 500, 1_000], pa.int32())


@pytest.mark.parametrize(
    "column",
    [
        NAMED,
        SHAPES,
        pa.ListArray.from_arrays(ENDS, NAMED),
        pa.ListArray.from_arrays(ENDS, SHAPES),
        pa.StructArray.from_arrays([NAMED], ["其他"]),
        pa.MapArray.from_arrays(ENDS, pa.array(["k"] * 1_000), NAMED),
        pa.DictionaryArray.from_arrays(pa.array([None] * 9 + [0] * 1_000, pa.int32()), [LONG]),
    ],
    ids=["texts", "shapes", "lists", "lists_of_bytes", "structs", "maps", "after_blanks"],
)
@pytest.mark.parametrize("noted", [True, False])
def test_a_long_value_that_many_rows_name_is_refused_before_it_is_written_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: pa.Array, *, noted: bool
) -> None:
    monkeypatch.setattr(typed, "_AT_ONCE", 16 << 20)
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"geometry": column}), path, compression="zstd", store_schema=noted)
    before = pa.default_memory_pool().max_memory()
    held = pa.total_allocated_bytes()  # of earlier tests, which is not this one's
    with refused_as("unpacks_too_large"):
        list(OpenSource(path, contract=COMPLAINTS).batches())
    assert pa.default_memory_pool().max_memory() <= max(before, held + (1 << 29))


def test_long_values_of_a_dictionary_come_in_smaller_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    texts = ["街" * 100, "巷"] * 50
    lists = [[text] * 10 for text in texts]
    pq.write_table(pa.table({"诉求内容": texts, "标签": lists}), path)
    whole = only(path)
    monkeypatch.setattr(typed, "_AT_ONCE", 6_000)
    batches = list(OpenSource(path, contract=COMPLAINTS).batches())
    assert max(map(len, batches)) == 3
    assert pa.concat_tables(batch.rows for batch in batches).equals(whole.rows)
    assert [number for batch in batches for number in batch.source_row] == [*range(1, 101)]


def test_blank_rows_of_a_sheet_are_counted_and_cost_no_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, counted = tmp_path / "a.xls", [0]
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("a")
    rows = [HEADER, ["", "", ""], ["0012", "2026-11-20", "示例花园"]]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.write(5_000, 0, "0013")
    workbook.save(path)

    def count(values: Sequence[Any], *, integers_are_floats: bool) -> Any:
        counted[0] += len(values)
        return texts_of_values(values, integers_are_floats=integers_are_floats)

    monkeypatch.setattr(excel, "texts_of_values", count)
    batch = only(path)
    assert batch.rows["工单编号"].to_pylist() == ["0012", "0013"]
    assert batch.source_row.tolist() == [3, 5_001]
    assert batch.skipped == {"blank": 4_998}
    assert counted[0] < 100


@pytest.mark.parametrize("last", ["Complaint", "Routine"])
def test_what_visits_were_for_is_seen_though_a_file_begins_with_rounds_alone(
    tmp_path: Path, last: str
) -> None:
    path = tmp_path / "by_day.csv"
    path.write_text("Note,Cause\n" + f"{'x' * 1_200},Routine\n" * 1_000 + f",{last}\n")
    contract = TABLES["inspections"]
    info = OpenSource(path, contract=contract).describe()
    assert len(info.sample) < 1_001
    found = guess_mapping(info.columns, contract, sample=info.sample).mapping
    assert found.get("purpose") == ("Cause" if last == "Complaint" else None)
    assert set(info.preview["Cause"].to_pylist()) == {"Routine"}
