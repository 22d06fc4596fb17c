"""The files are as many, as large and as untidy as promised, and the same every time."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from data.contracts.model import simplify
from data.contracts.registry import TABLES
from simulation.generate import SEED, DemoFile, DemoFiles, generate_demo

Hidden = Callable[[str], pd.DataFrame]

HOTLINE = ("05_12345工单_上年_分社区.xlsx", "06_12345工单_近一年_分月.xlsx")
IGNORED = {*("序号", "小区", "备注", "出租人身份证号", "承租人证件号码", "学生姓名", "学生名单")}


def files_of(demo: DemoFiles, table: str) -> list[DemoFile]:
    return [file for file in demo.files if file.table == table]


def sheet(path: Path, name: str | int) -> list[list[object]]:
    book = CalamineWorkbook.from_path(path)
    page = book.get_sheet_by_index(name) if isinstance(name, int) else book.get_sheet_by_name(name)
    return [list(row) for row in page.to_python()]


def bytes_of(demo: DemoFiles) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(demo.folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_city(
    small_demo: DemoFiles, tmp_path: Path
) -> None:
    again, other = (
        generate_demo(tmp_path / str(seed), seed=seed, buildings=60, today=small_demo.today)
        for seed in (SEED, 2)
    )
    assert bytes_of(again) == bytes_of(small_demo)
    same = {name for name, raw in bytes_of(other).items() if raw == bytes_of(small_demo).get(name)}
    assert same == {"communities.parquet"}  # a single community is the average


def test_a_small_city_has_all_files_and_rows_in_proportion(
    demo: DemoFiles, small_demo: DemoFiles
) -> None:
    assert [f.table for f in small_demo.files] == [f.table for f in demo.files]
    few, many = (
        pd.read_parquet(d.truth / "answers.parquet")["table"].value_counts()
        for d in (small_demo, demo)
    )
    for table in ("inspections", "complaints"):
        assert 50 / 3 < many[table] / few[table] < 50 * 3


def test_registers_come_before_events_and_every_table_but_walked_ways_is_there(
    demo: DemoFiles,
) -> None:
    order = [file.table for file in demo.files]
    assert order[:2] == ["grids", "buildings"]
    # Few offices measure ways; adverts are invented beside these files.
    assert set(order) == set(TABLES) - {"walking_distances", "adverts"}


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ("buildings", 3_000, 3_010),
        ("grids", 80, 105),
        ("persons", 130, 175),
        ("complaints", 5_500, 6_800),
        ("rentals", 3_300, 4_800),
        ("violations", 220, 420),
        ("inspections", 10_500, 14_500),
        ("units", 4_000, 9_000),
    ],
)
def test_counts_are_those_of_one_street_office(
    hidden: Hidden, table: str, low: int, high: int
) -> None:
    assert low <= (hidden("answers")["table"] == table).sum() <= high


def test_events_fill_the_two_years_before_today_and_none_lies_after(
    demo: DemoFiles, hidden: Hidden
) -> None:
    at = hidden("reports")["at"]
    today = datetime.combine(demo.today, datetime.min.time())
    assert demo.today - demo.start == timedelta(days=728)
    assert today - timedelta(days=728) <= at.min() < today - timedelta(days=720)
    assert today - timedelta(days=3) < at.max() < today
    assert hidden("visits")["day"].max() < today


def headers(file: DemoFile) -> list[str]:
    if file.path.suffix == ".geojson":
        features = json.loads(file.path.read_text(encoding="utf-8"))["features"]
        return list(features[0]["properties"])
    if file.path.suffix == ".csv":
        return next(csv.reader(io.StringIO(read_text(file.path))))
    rows = [[str(cell) for cell in row if cell] for row in sheet(file.path, 0)[:5]]
    key = TABLES[file.table].field(TABLES[file.table].key)
    return next(row for row in rows if {key.header, *key.aliases} & set(row))


def encoding_of(path: Path) -> str:
    raw = path.read_bytes()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"


def read_text(path: Path) -> str:
    return path.read_bytes().decode(encoding_of(path))


def test_every_header_is_one_that_the_contract_understands(demo: DemoFiles) -> None:
    for file in demo.files:
        known = {
            simplify(spelling)
            for field in TABLES[file.table].fields
            for spelling in (field.name, field.header, *field.aliases)
        }
        strange = [h for h in headers(file) if simplify(h) not in known and h not in IGNORED]
        assert strange == [], file.path.name


def test_geojson_is_in_gcj02_and_says_so_nowhere(demo: DemoFiles, hidden: Hidden) -> None:
    grids, buildings = demo.files[:2]
    assert grids.datum == buildings.datum == "gcj02"
    raw = buildings.path.read_text(encoding="utf-8")
    assert not re.search(r"gcj|wgs|crs|坐标", raw, re.IGNORECASE)
    first = json.loads(raw)["features"][0]["geometry"]
    shifted = shapely.from_geojson(json.dumps(first)).centroid
    true = hidden("buildings").iloc[0]
    metres = abs(shifted.x - true["lon"]) * 90_000 + abs(shifted.y - true["lat"]) * 111_000
    assert 300 < metres < 900


def test_hotline_sheets_have_merged_title_unit_line_two_headers_total_and_footer(
    small_demo: DemoFiles,
) -> None:
    path = small_demo.folder / "05_12345工单_上年_分社区.xlsx"
    page = load_workbook(path).worksheets[0]
    merged = [str(r) for r in page.merged_cells.ranges]
    assert any(r.startswith("A1:") for r in merged)
    assert {"A3:A4", "B3:F3"} <= set(merged)
    rows = sheet(path, 0)
    assert str(rows[1][0]).startswith("单位")
    assert rows[3][1] == "工单编号"
    assert rows[-2][0] == "合计"
    assert str(rows[-1][0]).startswith("填表人")


def test_the_hotline_has_a_sheet_for_each_community_and_then_one_for_each_month(
    demo: DemoFiles,
) -> None:
    communities, months = (
        CalamineWorkbook.from_path(demo.folder / name).sheet_names for name in HOTLINE
    )
    assert len(communities) == 12
    assert len(months) in {12, 13}
    assert all(re.fullmatch(r"202[56]年\d\d月", name) for name in months)


@pytest.fixture(scope="module")
def hotline(demo: DemoFiles) -> pd.DataFrame:
    """Return the cells of every sheet of the hotline."""
    pages = [
        pd.DataFrame(sheet(demo.folder / name, page)[4:-2], columns=range(23))
        for name in HOTLINE
        for page in CalamineWorkbook.from_path(demo.folder / name).sheet_names
    ]
    return pd.concat(pages, ignore_index=True)


def test_ticket_numbers_are_eighteen_digits_of_text_and_a_few_are_spoilt(
    hotline: pd.DataFrame,
) -> None:
    tickets = hotline[1]
    typed = tickets.map(lambda t: isinstance(t, float))
    assert typed.sum() == 3
    assert (tickets[typed] > 1e15).all()
    text = tickets[~typed].astype(str)
    assert (~text.str.fullmatch(r"\d{18}")).sum() == 1
    assert text.str.contains("E+17", regex=False).sum() == 1


def test_dates_come_as_text_of_many_kinds_as_cells_and_as_serials(hotline: pd.DataFrame) -> None:
    cells = hotline[3]
    assert {type(c) for c in cells} >= {str, datetime, float}
    text = cells[cells.map(lambda c: isinstance(c, str))].astype(str)
    for style in (
        *(r"\d{4}-\d\d-\d\d ", r"\d{4}/\d+/\d+ ", r"\d{4}\.\d\d\.\d\d "),
        *(r"\d{4}年", r"\d\d月\d\d日"),
    ):
        assert text.str.match(style).any(), style


def test_confidential_is_yes_no_or_blank(hotline: pd.DataFrame) -> None:
    values = hotline[8].astype(str).value_counts()
    assert {"是", "否", ""} <= set(values.index)
    assert values[""] > 500


def test_addresses_come_in_every_style(hidden: Hidden) -> None:
    answers = hidden("answers").query("table == 'complaints'")
    styles = answers["style"].value_counts()
    assert set(styles.index) >= {
        *("short", "dash", "full", "alias", "misspelt", "chinese", "hash", "block_word", "junk"),
        *("full_width", "beside", "crossing", "estate_only", "vague", "range", "floor", "two"),
        *("with_road", "with_community", "spaced", "bracket", "short_building", "point"),
    }
    assert set(answers["level"]) == {"room", "building", "estate", "community", "cell"}


def test_no_promised_room_or_building_is_withheld_from_the_words(
    demo: DemoFiles, hidden: Hidden
) -> None:
    rows = pd.read_csv(io.StringIO(read_text(demo.folder / "08_信访登记.csv")), dtype=str)
    told = hidden("answers").query("file == '08_信访登记.csv'").reset_index(drop=True)
    for address, room in zip(rows["问题地点"], told["room"], strict=True):
        normal = str(address).translate(str.maketrans("０１２３４５６７８９", "0123456789"))
        assert room in normal


def test_petitions_are_gbk_with_line_breaks_in_cells_and_lost_characters(demo: DemoFiles) -> None:
    path = demo.folder / "08_信访登记.csv"
    assert encoding_of(path) == "gb18030"
    text = path.read_bytes().decode("gbk")
    assert "，\n" in text.replace("\r\n", "\r")
    assert "?请核实" in text


def test_snap_reports_carry_a_mark_and_bd09_points_beside_their_buildings(
    demo: DemoFiles, hidden: Hidden
) -> None:
    snap = next(file for file in demo.files if file.path.name == "09_随手拍.csv")
    assert snap.datum == "bd09"
    assert encoding_of(snap.path) == "utf-8-sig"
    rows = pd.read_csv(snap.path, dtype=str)
    told = hidden("answers").query("file == '09_随手拍.csv'")
    assert (told["problem"] == "zero_point").sum() == 3
    assert (told["problem"] == "swapped_axes").sum() == 2
    lon = pd.to_numeric(rows["经度"], errors="coerce")
    assert lon[(lon > 100) & (lon < 130)].median() > hidden("buildings")["lon"].median() + 0.008
    assert rows["地址描述"].isna().mean() > 0.3


def test_rentals_have_merged_and_hidden_cells_full_width_digits_and_identity_numbers(
    small_demo: DemoFiles,
) -> None:
    path = files_of(small_demo, "rentals")[-1].path
    pages = load_workbook(path).worksheets
    assert len(pages) >= 2
    assert any(r.min_col == r.max_col == 2 for p in pages for r in p.merged_cells.ranges)
    assert any(d.hidden for p in pages for d in p.row_dimensions.values())
    rows = pd.concat([pd.DataFrame(sheet(path, n)[3:-2]) for n in range(len(pages))])
    areas = rows[11].astype(str)
    assert areas.str.contains("[０-９]").any()
    assert areas.str.endswith("平方米").any()
    assert rows[6].astype(str).str.fullmatch(r"370998(19|20)\d{9}[\dX]").all()


def test_pupils_names_are_wrongly_there_to_be_dropped(demo: DemoFiles) -> None:
    assert "学生名单" in headers(files_of(demo, "violations")[0])
    education = next(f for f in demo.files if f.path.name.startswith("10_"))
    assert "学生姓名" in headers(education)


def test_inspections_come_in_a_file_for_each_month_in_three_encodings(demo: DemoFiles) -> None:
    files = files_of(demo, "inspections")
    assert len(files) in {24, 25}
    assert {encoding_of(file.path) for file in files} == {"utf-8-sig", "utf-8", "gb18030"}


def test_every_reason_for_quarantine_is_planted_somewhere(hidden: Hidden) -> None:
    assert set(hidden("answers")["problem"]) >= {
        *("required_missing", "unreadable_number", "not_whole", "out_of_range"),
        *("unreadable_date", "in_future", "unreadable_flag", "not_allowed", "digits_lost"),
        *("scientific_notation", "end_before_start", "conflicting_key", "identical_row"),
    }


def test_the_last_month_is_sent_again_with_some_tickets_closed(demo: DemoFiles) -> None:
    path = demo.folder / HOTLINE[1]
    month = sheet(path, CalamineWorkbook.from_path(path).sheet_names[-1])[4:-2]
    again = sheet(demo.folder / "07_12345工单_补报.xlsx", 0)[4:-2]
    state = {row[1]: row[19] for row in month}
    changed = [row for row in again if row[1] in state and row[19] != state[row[1]]]
    assert 1 <= len(changed) <= 12
    assert len(again) == len(month)


def test_one_event_reaches_the_office_by_several_channels(hidden: Hidden) -> None:
    reports = hidden("reports")
    matter = reports["repeat_of"].where(reports["repeat_of"] >= 0)
    assert matter.notna().mean() > 0.2
    ways = reports.assign(matter=matter).groupby("matter")["channel"].agg(set)
    assert ways.map(len).max() > 1


def test_nobody_in_the_files_is_real(demo: DemoFiles) -> None:
    for file in demo.files:
        if file.path.suffix != ".csv":
            continue
        phones = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", read_text(file.path))
        assert all(phone.startswith("1380000") for phone in phones)
