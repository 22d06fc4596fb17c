"""Files of every kind are read, or refused for their true reason; nothing goes untold."""

import gzip
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from refusals import refused_as

from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]
BUILDINGS = [("B1", "示例花园", "1号楼"), ("B2", "阳光里", "2号楼")]
COMPLAINTS = [{"来电时间": "2026-11-01", "事发地址": "甲1号楼", "工单编号": "7"},
              {"来电时间": "2026-11-02", "事发地址": "乙2号楼", "工单编号": "8"}]  # fmt: skip


@pytest.fixture
def layer() -> geopandas.GeoDataFrame:
    """Return two buildings under Chinese headers."""
    shapes = [shapely.box(117.1 + i, 36.1, 117.101 + i, 36.101) for i in range(2)]
    columns = {"楼栋编码": ["B1", "B2"], "小区名称": ["示例花园", "阳光里"],
               "楼栋号": ["1号楼", "2号楼"]}  # fmt: skip
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


@pytest.fixture
def shapefile(layer: geopandas.GeoDataFrame, tmp_path: Path) -> Path:
    """Return a folder with a Shapefile in GBK that does not say so."""
    (folder := tmp_path / "shp").mkdir()
    pyogrio.write_dataframe(layer, folder / "楼栋.shp", encoding="GBK")
    (folder / "楼栋.cpg").unlink()
    return folder


def zipped(path: Path, parts: dict[str, bytes], *, gbk_names: bool = False) -> Path:
    """Write a zip; old Chinese programs write its names in GBK and do not say so."""

    class _Gbk(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 -- of the library
            return self.filename.encode("gbk"), self.flag_bits

    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(_Gbk(name) if gbk_names else name, content)
    return path


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("names", ["utf-8", "gbk"])
def test_a_zipped_shapefile_in_a_folder_is_read_in_gbk(
    send: Send, rows_of: Rows, shapefile: Path, tmp_path: Path, names: str
) -> None:
    parts = {f"数据/2026年/{part.name}": part.read_bytes() for part in shapefile.iterdir()}
    parts["__MACOSX/数据/._楼栋.shp"] = b"nothing"
    result = send(
        "buildings", zipped(tmp_path / "a.zip", parts, gbk_names=names == "gbk"), datum="wgs84"
    )
    assert (result.accepted, result.warnings) == (2, ())
    assert rows_of("buildings", "building_id", "estate", "building_no") == BUILDINGS


def test_of_a_zip_with_several_layers_one_is_read_and_the_others_are_told(
    send: Send, shapefile: Path, tmp_path: Path
) -> None:
    parts = {f"{stem}/{stem}{part.suffix}": part.read_bytes()
             for part in shapefile.iterdir() for stem in ("a", "b")}  # fmt: skip
    path = zipped(tmp_path / "a.zip", parts)
    assert "other_sheet" in send("buildings", path, datum="wgs84").warnings
    assert send("buildings", path, datum="wgs84", sheet="b").accepted == 0  # the same again


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"a/读我.docx": b"x"}, "nothing_in_zip"),
        ({"word/document.xml": b"<x/>"}, "no_table"),
        ({"a.shp": b"\x00\x00\x27\x0a"}, "dbf_missing"),
        ({"a.xlsx": b"PK broken"}, "broken_file"),
    ],
)
def test_a_zip_without_a_table_says_why(
    send: Send, tmp_path: Path, parts: dict[str, bytes], code: str
) -> None:
    with refused_as(code):
        send("buildings", zipped(tmp_path / "a.zip", parts))


@pytest.mark.parametrize("method", ["STORED", "DEFLATED", "BZIP2", "LZMA"])
def test_a_zip_whose_bytes_were_damaged_on_the_way_is_refused(
    send: Send, tmp_path: Path, method: str
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", getattr(zipfile, f"ZIP_{method}")) as packed:
        packed.writestr("a.csv", "".join(f"{number * number % 9973}," for number in range(3_000)))
    damaged = bytearray(path.read_bytes())
    damaged[60:260] = bytes(byte ^ 0x5A for byte in damaged[60:260])
    path.write_bytes(damaged)
    with refused_as("broken_file"):
        send("complaints", path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_workbook_that_came_in_part_is_refused_whole(
    send: Send, tmp_path: Path, share: float
) -> None:
    rows = [[f"T{number}", "2026-11-02 19:10", "示例花园1号楼"] for number in range(300)]
    path = workbook(tmp_path / "工单.xlsx", list(COMPLAINTS[0]), *rows)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with refused_as("broken_file"):
        send("complaints", path)


@pytest.mark.parametrize("name", ["表.xlsx", "表.csv"])
def test_a_table_in_a_zip_is_read(send: Send, tmp_path: Path, name: str) -> None:
    rows = [list(COMPLAINTS[0]), *(list(row.values()) for row in COMPLAINTS)]
    content = "\n".join(map(",".join, rows)).encode("gbk")
    if name.endswith("xlsx"):
        content = workbook(tmp_path / "inner.xlsx", *rows).read_bytes()
    assert send("complaints", zipped(tmp_path / "a.zip", {f"folder/{name}": content})).accepted == 2


@pytest.mark.parametrize(
    ("driver", "name"),
    [("KML", "a.kml"), ("LIBKML", "a.kmz"), ("GPKG", "a.gpkg"), ("GeoJSONSeq", "a.txt"),
     ("GeoJSON", "a.json"), ("FlatGeobuf", "a.fgb"), ("GML", "a.xml")],
)  # fmt: skip
def test_layers_of_any_kind_are_read(
    send: Send,
    rows_of: Rows,
    layer: geopandas.GeoDataFrame,
    tmp_path: Path,
    driver: str,
    name: str,
) -> None:
    ending = {"LIBKML": "kmz"}.get(driver, name.rpartition(".")[2])
    pyogrio.write_dataframe(layer, tmp_path / f"w.{ending}", driver=driver)
    path = (tmp_path / f"w.{ending}").rename(tmp_path / f"sent-{name}")
    assert send("buildings", path, datum="wgs84").accepted == 2
    assert rows_of("buildings", "building_id", "estate", "building_no") == BUILDINGS


def test_features_without_a_number_that_differ_in_their_shape_alone_are_all_kept(
    send: Send, tmp_path: Path
) -> None:
    # A street of a vector tile comes in pieces of one name; five in six were taken for repeats.
    pieces = [shapely.LineString([(117.1 + i, 36.1), (117.101 + i, 36.1)]) for i in (0, 1, 1)]
    columns = {"要素类别": ["道路"] * 3, "名称": ["学湾路"] * 3}
    path = tmp_path / "roads.gpkg"
    geopandas.GeoDataFrame(columns, geometry=pieces, crs="EPSG:4326").to_file(path)
    result = send("basemap", path, datum="wgs84")
    assert (result.accepted, result.duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("encoding", "title"), [("utf-8", "投诉"), ("gb2312", "投诉"), ("utf-8", "")]
)
def test_fields_of_a_kml_keep_their_chinese_names(
    send: Send, rows_of: Rows, tmp_path: Path, encoding: str, title: str
) -> None:
    told = {"工单编号": "A1", "来电时间": "2026-11-02 10:00", "事发地址": "锦绣花园3号楼"}
    fields = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in told.items())
    path = tmp_path / "a.kml"
    path.write_text(
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"{f'<name>{title}</name>' if title else ''}"
        f"<Placemark><name>一</name><ExtendedData>{fields}</ExtendedData>"
        "<Point><coordinates>117.1,36.2</coordinates></Point></Placemark></Document></kml>",
        encoding=encoding,
    )
    assert send("complaints", path, datum="wgs84").accepted == 1
    read = ("A1", "锦绣花园3号楼", title or "a")
    assert rows_of("complaints", "ticket_no", "raw_address", "sheet") == [read]


@pytest.mark.parametrize("code_page", [True, False])
def test_fields_of_a_shapefile_whose_names_were_cut_within_a_letter_are_known(
    send: Send, rows_of: Rows, tmp_path: Path, *, code_page: bool
) -> None:
    fields = {"楼栋编码": ["B1"], "小区名称": ["锦绣花园"], "建筑类型": ["住宅"]}
    frame = geopandas.GeoDataFrame(fields, geometry=[shapely.Point(117.1, 36.2)], crs=4326)
    path = tmp_path / "楼.shp"
    with warnings.catch_warnings(action="ignore"):  # that names are cut
        frame.to_file(path, encoding="UTF-8")
    if not code_page:
        path.with_suffix(".cpg").unlink()
    assert send("buildings", path, datum="wgs84").accepted == 1
    assert rows_of("buildings", "building_id", "estate", "kind") == [("B1", "锦绣花园", "住宅")]


def test_of_a_geopackage_with_several_layers_one_is_read_and_the_others_are_told(
    send: Send, layer: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    for name in ("楼栋", "备份"):
        pyogrio.write_dataframe(layer, tmp_path / "a.gpkg", layer=name, append=True)
    assert "other_sheet" in send("buildings", tmp_path / "a.gpkg", datum="wgs84").warnings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in COMPLAINTS)),
        ("a.txt", json.dumps(COMPLAINTS, ensure_ascii=False, indent=1)),
        ("a.json", json.dumps({"code": 0, "data": {"total": 2, "rows": COMPLAINTS}})),
    ],
)
def test_records_in_json_are_read(
    send: Send, rows_of: Rows, tmp_path: Path, text: str, name: str
) -> None:
    (path := tmp_path / name).write_text(text, encoding="utf-8")
    assert send("complaints", path).accepted == 2
    assert rows_of("complaints", "raw_address", by="ticket_no") == ["甲1号楼", "乙2号楼"]


def test_what_lies_inside_a_record_is_a_column_and_a_point_stays_one(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    point = {"type": "Point", "coordinates": [117.12, 36.19]}
    record = {"基本信息": {"来电时间": "2026-11-01", "工单编号": 7}, "geometry": point}
    (path := tmp_path / "a.jsonl").write_text(f"{json.dumps(record)}\n{{}}\n", encoding="utf-8")
    result = send("complaints", path, datum="wgs84", dry_run=False)
    assert (result.rows_in, result.reasons) == (2, {"required_missing": 1})
    assert rows_of("complaints", "ticket_no", "lon", "lat") == [("7", 117.12, 36.19)]


def test_a_broken_line_of_records_is_named(send: Send, tmp_path: Path) -> None:
    (path := tmp_path / "a.jsonl").write_text('{"来电时间": "2026-11-01"}\n{"来电时间": \n')
    with refused_as("broken_json", line=2):
        send("complaints", path)


def test_a_row_with_a_formula_that_was_never_worked_out_is_refused_for_it(send: Send) -> None:
    result = send("complaints", [
        ["来电时间", "事发地址", "工单编号", "备用"], ["2026-11-01", '=A2&"号楼"', "1", None],
        ["2026-11-02", "甲1号楼", "2", "=ROW()"], ["合计", None, "=COUNTA(C2:C3)", None],
    ])  # fmt: skip
    assert (result.rows_in, result.accepted, result.reasons) == (2, 1, {"formula_unsaved": 1})


def test_a_sheet_of_nothing_but_such_formulas_is_not_called_empty(send: Send) -> None:
    rows = [["=Sheet2!A2", "=Sheet2!B2"], ["=Sheet2!A3", "=Sheet2!B3"]]
    result = send("complaints", [["来电时间", "事发地址"], *rows])
    assert (result.rows_in, result.reasons) == (2, {"formula_unsaved": 2})


def compound_file(name: str) -> bytes:
    """Return an OLE compound file with one empty stream, as a workbook with a password is kept."""
    sectors = 0xFFFFFFFF
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", sectors) * 108
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + struct.pack("<I", sectors) * 126

    def entry(name: str, kind: int, child: int) -> bytes:
        spelt = name.encode("utf-16-le")
        start = spelt + bytes(64 - len(spelt)) + struct.pack("<HBB", len(spelt) + 2, kind, 1)
        return (
            start
            + struct.pack("<III", sectors, sectors, child)
            + bytes(36)
            + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )

    entries = entry("Root Entry", 5, 1) + entry(name, 2, sectors)
    return header + table + entries + bytes(256)


def test_a_workbook_with_a_password_says_so(send: Send, tmp_path: Path) -> None:
    (path := tmp_path / "a.xlsx").write_bytes(compound_file("EncryptedPackage"))
    with refused_as("password_needed"):
        send("complaints", path)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"Rar!\x1a\x07\x00", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_table_says_what_it_is(send: Send, tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "a.xlsx").write_bytes(content)
    with refused_as("no_table"):
        send("complaints", path)


FIRST = [["来电时间", "事发地址", "工单编号"], ["2026-11-01", "甲", "1"], ["2026-11-02", "乙", "2"]]
VISITS = [["检查时间", "地址", "检查结果"], ["2026-11-03", "丙", "正常"]]


@pytest.mark.parametrize(
    ("between", "table", "rows"),
    [([], "complaints", 2), ([[]], "inspections", 1), ([[], ["二、检查情况"]], "complaints", 2)],
)
def test_of_two_tables_below_each_other_the_one_asked_for_is_read_and_the_other_told(
    send: Send, between: list[list[str]], table: str, rows: int
) -> None:
    result = send(table, [*FIRST, *between, *VISITS])
    assert (result.rows_in, result.accepted) == (rows, rows)
    assert "other_table" in result.warnings


COUNTED = [[None, "社区", "工单数", "办结数"], [None, "甲社区", "6", "5"]]
LONG = [[*FIRST[0], "工单标题", "诉求人", "联系电话", "是否保密", "紧急程度"], *FIRST[1:]]


def test_a_small_table_of_figures_below_is_told_though_its_words_name_no_field(send: Send) -> None:
    result = send("complaints", [*LONG, [], [], *COUNTED])
    assert (result.rows_in, result.accepted) == (2, 2)
    assert result.warned_about == {"other_table": ["Sheet A6:H7"]}


@pytest.mark.parametrize(
    "row", [["2026-11-03", "丙", "3"], ["2026-11-03", None, None, "课"], [None, "丙", None, "课"]]
)
def test_a_row_of_data_below_a_blank_one_stays_a_row(send: Send, row: list[str | None]) -> None:
    last = ["2026-11-04", "丁", "4", "补课", "张三"]
    result = send("complaints", [*LONG, [], row, last])
    assert result.rows_in == 4
    assert "other_table" not in result.warnings


def test_the_table_that_can_be_imported_is_read_though_another_names_more_fields(
    send: Send,
) -> None:
    told = [["诉求人", "联系电话", "承办单位"], ["张三", "13800005678", "甲社区"]]
    days = [["来电时间", "地点"], ["2026-11-01", "示例花园3号楼"]]
    result = send("complaints", [*told, [], *days])
    assert (result.rows_in, result.accepted) == (1, 1)
    assert "other_table" in result.warnings


def test_a_second_table_in_a_text_file_is_left_out_and_told(send: Send) -> None:
    lines = [",".join(row) for row in (*FIRST, [], ["二、检查"], *VISITS, ["2026-11-04", "丁"])]
    result = send("complaints", lines)
    assert (result.rows_in, result.accepted) == (2, 2)
    assert "other_table" in result.warnings


def test_tables_of_one_header_are_read_as_one_wherever_they_stand(
    send: Send, rows_of: Rows
) -> None:
    beside = [[*row, None, *other] for row, other in zip(FIRST, _shifted(FIRST), strict=True)]
    result = send("complaints", [*beside, [], *_shifted(FIRST, 5)])
    assert (result.rows_in, result.accepted, result.unmapped) == (6, 6, ())
    assert "other_table" not in result.warnings
    assert rows_of("complaints", "ticket_no") == ["1", "2", "4", "5", "6", "7"]


def _shifted(rows: list[list[str]], by: int = 3) -> Iterator[list[str]]:
    """Yield the same table with other numbers."""
    yield rows[0]
    yield from ([*row[:2], str(int(row[2]) + by)] for row in rows[1:])


def dbase(path: Path, columns: dict[str, list[str]]) -> Path:
    """Write a table of dBASE in GBK without a code page, as old systems of offices do."""
    pyogrio.write_dataframe(pd.DataFrame(columns), path, driver="ESRI Shapefile", encoding="GBK")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    return path


@pytest.mark.parametrize("ending", ["dbf", "zip"])
def test_a_dbase_table_without_a_map_is_read(
    send: Send, rows_of: Rows, tmp_path: Path, ending: str
) -> None:
    columns = {name: [row[name] for row in COMPLAINTS] for name in COMPLAINTS[0]}
    path = dbase(tmp_path / "投诉.dbf", columns)
    if ending == "zip":
        path = zipped(tmp_path / "a.zip", {"投诉.dbf": path.read_bytes()})
    assert send("complaints", path).accepted == 2
    assert rows_of("complaints", "ticket_no") == ["7", "8"]


def test_a_dbase_table_whose_texts_lie_in_a_second_file_says_so(send: Send, tmp_path: Path) -> None:
    path = dbase(tmp_path / "a.dbf", {"事发地址": ["0000000001"], "工单编号": ["7"]})
    head = bytearray(path.read_bytes())
    head[32 + 11] = ord("M")
    path.write_bytes(head)
    with refused_as("memo_fields", expected="事发地址"):
        send("complaints", path)


def test_a_dbase_table_cut_short_is_refused(send: Send, tmp_path: Path) -> None:
    path = dbase(tmp_path / "a.dbf", {"事发地址": ["甲"] * 9, "工单编号": list("123456789")})
    path.write_bytes(path.read_bytes()[:-200])
    with refused_as("broken_file"):
        send("complaints", path)


INSPECTED = [["检查时间", "地址", "检查结果"], ["2026-11-03", "丙", "正常"],
             ["2026-11-04", "丁", "正常"], ["2026-11-05", "戊", "正常"]]  # fmt: skip
PEOPLE = [["姓名", "手机号"], ["王某", "13900000000"]]


def beside(*tables: list[list[str]], gap: int = 1) -> list[list[str | None]]:
    """Return tables side by side, their headers in one row."""
    height = max(map(len, tables))
    rows: list[list[str | None]] = []
    for at in range(height):
        row: list[str | None] = []
        for number, table in enumerate(tables):
            row += [None] * gap if number else []
            row += table[at] if at < len(table) else [None] * len(table[0])
        rows.append(row)
    return rows


def numbered(table: list[list[str]]) -> list[list[str]]:
    return [["序号" if not at else str(at), *row] for at, row in enumerate(table)]


@pytest.mark.parametrize(("kind", "left"), [("xlsx", "complaints"), ("csv", "inspections")])
@pytest.mark.parametrize(("table", "rows"), [("complaints", 2), ("inspections", 3)])
def test_of_two_tables_beside_each_other_the_one_asked_for_is_read_and_the_other_told(
    send: Send, table: str, rows: int, left: str, kind: str
) -> None:
    both = [FIRST, INSPECTED]
    cells = beside(*(both if left == "complaints" else reversed(both)))
    lines = [",".join(cell or "" for cell in row) for row in cells]
    result = send(table, [["一、情况"], *cells] if kind == "xlsx" else lines)
    assert (result.rows_in, result.accepted, result.unmapped) == (rows, rows, ())
    assert [bool(each) for each in result.warned_about["other_table"]] == [True]


def test_a_serial_number_that_comes_again_begins_another_table(send: Send) -> None:
    cells = beside(numbered(FIRST), numbered(PEOPLE), gap=0)
    result = send("complaints", cells)
    assert (result.rows_in, result.accepted) == (2, 2)
    assert set(result.mapping.values()) == set(FIRST[0])
    assert result.warned_about == {"other_table": ["Sheet E1:G3"]}


def test_a_table_that_begins_lower_beside_another_is_told(send: Send) -> None:
    cells = beside(FIRST, [["", "", ""], *INSPECTED])
    result = send("complaints", cells)
    assert (result.rows_in, result.accepted) == (2, 2)
    assert result.warned_about == {"other_table": ["Sheet E2:G5"]}


def test_an_empty_column_within_one_table_parts_nothing(send: Send) -> None:
    done = [["办结时间", "处理结果"], ["2026-11-05", "属实"]]
    result = send("complaints", beside(FIRST, done))
    assert (result.rows_in, result.accepted) == (2, 2)
    assert "other_table" not in result.warnings
    assert "办结时间" in result.mapping.values()
    assert result.warned_about == {"beside_each_other": ["Sheet A1:F3"]}


def test_totals_and_page_numbers_are_no_data(send: Send) -> None:
    lines = ["合计：2件", "小计:2", "本月共2件", "本页合计 2", "第1页 共2页", "第 3 页"]
    result = send("complaints", [*FIRST, *([line] for line in lines)])
    assert (result.rows_in, result.accepted, sum(result.skipped.values())) == (2, 2, 6)


def test_a_row_that_only_begins_like_a_total_is_data(send: Send) -> None:
    lines = ["事发地址,来电时间,工单编号", "共青团路2号,2026-11-01,1", "总计路5号,2026-11-01,2"]
    assert send("complaints", lines).accepted == 2


def test_a_page_that_a_browser_saved_whole_says_what_it_is(send: Send, tmp_path: Path) -> None:
    (path := tmp_path / "a.xls").write_bytes(b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n")
    with refused_as("no_table", kind="MHTML"):
        send("complaints", path)


def test_ticks_and_crosses_are_answers(send: Send, rows_of: Rows) -> None:
    lines = ["来电时间,事发地址,工单编号,是否属实", "2026-11-01,甲1号,1,√", "2026-11-01,甲2号,2,☑",
             "2026-11-01,甲3号,3,×"]  # fmt: skip
    assert send("complaints", lines).accepted == 3
    assert rows_of("complaints", "is_true", by="ticket_no") == ["属实", "属实", "不属实"]


def test_rows_under_columns_that_a_portal_describes_are_read_without_its_own(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    names = {":id": "id", ":created_at": "created_at", "date": "Inspection Date",
             "result": "Results", "location": "Location"}  # fmt: skip
    columns = [{"name": name, "fieldName": field} for field, name in names.items()]
    place = ['{"address":"12 High Street"}', "36.19", "117.12", None, False]
    cells = ["row-a", 1479, "2026-11-03T00:00:00", "Fail", place]
    (path := tmp_path / "rows.json").write_text(
        json.dumps({"meta": {"view": {"columns": columns}}, "data": [cells, [*cells[:4], None]]})
    )
    result = send("inspections", path, datum="wgs84")
    assert (result.accepted, result.unmapped) == (2, ())
    facts = ("inspection_id", "at", "result", "lon", "lat")
    assert [str(fact) for fact in rows_of("inspections", *facts, by="lat")[0]] == [
        "None", "2026-11-03 00:00:00", "属实", "117.12", "36.19",
    ]  # fmt: skip


def test_a_file_that_gzip_packed_is_read(send: Send, tmp_path: Path) -> None:
    line = '{"来电时间": "2026-11-03", "事发地址": "示例花园3号楼"}\n'
    (tmp_path / "tickets.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    assert send("complaints", tmp_path / "tickets.jsonl.gz").accepted == 1
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"a,b\n" * 9_000)[:-20])
    with refused_as("broken_file"):
        send("complaints", cut)
