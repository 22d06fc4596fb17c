"""What becomes of a row."""

from collections.abc import Callable
from datetime import datetime

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.contracts.registry import TABLES
from data.ingest.batches import CheckedBatch
from data.ingest.checking.deduplicate import SeenRows

Check = Callable[..., CheckedBatch]

CELLS = (
    *("", " ", "无", "/", "是", "否", "属实", "2026-11-20", "2026-02-30", "45985.5", "11月3日"),
    *("250912101108115409", "2.5E+17", "张三", "13800005678", "117.1", "0", "-5", "1e400"),
    *("(36.1, 117.1)", "POINT (117 36)", "{}", "合计", "\u200b", "１２", "3.5", "a" * 300, "\x00"),
)
GARBAGE = st.none() | st.sampled_from(CELLS) | st.text(max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_row_of_any_garbage_is_accepted_quarantined_or_a_duplicate(
    check: Check, data: st.DataObject
) -> None:
    contract = TABLES[data.draw(st.sampled_from(sorted(TABLES)))]
    n = data.draw(st.integers(0, 6))
    headers = data.draw(
        st.lists(
            st.sampled_from([*(f.header for f in contract.fields), "身份证号", "序号", "其它列"]),
            min_size=1,
            unique=True,
        )
    )
    columns = {h: data.draw(st.lists(GARBAGE, min_size=n, max_size=n)) for h in headers}
    checked = check(contract.name, columns)
    rows = sorted(
        checked.accepted["source_row"].to_pylist()
        + checked.quarantined["_source_row"].to_pylist()
        + checked.duplicates["source_row"].to_pylist()
    )
    assert rows == list(range(2, n + 2))
    assert set(checked.problems["source_row"].to_pylist()) == set(
        checked.quarantined["_source_row"].to_pylist()
    )
    assert "身份证号" not in checked.quarantined.column_names


def test_all_problems_of_a_row_are_reported_together(check: Check) -> None:
    checked = check(
        "complaints",
        {
            "来电时间": ["昨天"],
            "诉求属实": ["也许"],
            "退回次数": ["-1"],
            "经度": ["999"],
            "纬度": ["36"],
        },
    )
    assert checked.reasons == {"not_allowed": 1, "out_of_range": 1, "unreadable_date": 1}
    assert checked.problems["field"].to_pylist().count("lon") == 1
    assert len(checked.problems) == 4


def test_a_problem_names_row_column_and_value_seen(check: Check) -> None:
    checked = check("complaints", {"来电时间": ["2026-11-01", "昨天"]})
    problem = checked.problems.to_pylist()[0]
    assert (problem["source_row"], problem["column"], problem["seen"]) == (3, "来电时间", "昨天")


DAY = "2026-11-20"
REFUSED: dict[str, tuple[str, dict[str, list[str | None]], dict[str, int]]] = {
    "a required value that is missing, or a sentinel of that": (
        "complaints", {"来电时间": [None, "1900-01-01", "  ", "无"]}, {"required_missing": 4}),
    "an unreadable required value is not missing too": (
        "complaints", {"来电时间": ["昨天"]}, {"unreadable_date": 1}),
    "a code in scientific notation": (
        "complaints", {"工单编号": ["2.50912E+17"], "来电时间": [DAY]}, {"scientific_notation": 1}),
    "codes that all end in zeros were cut": (
        "complaints",
        {"工单编号": [f"2509121011{i:05d}000" for i in range(4)], "来电时间": [DAY] * 4},
        {"digits_lost": 4}),
    "an end before its start": (
        "rentals",
        {"租期起": ["2026-03-01"] * 2, "租期止": ["2026-02-01", "2026-03-01"], "地址": ["a", "b"]},
        {"end_before_start": 1}),
    "an event after the import": (
        "complaints", {"来电时间": ["2026-12-24 08:00"]}, {"in_future": 1}),
    "a rental that names no place": (
        "rentals",
        {"备案编号": ["1", "2", "3"], "地址": [None, "a", None], "经度": [None, None, "117.1"],
         "纬度": [None, None, "36.1"]},
        {"nothing_to_place": 1}),
    "an unreadable point where no address places the row": (
        "complaints",
        {"来电时间": [DAY] * 2, "事发地址": ["a", None], "经纬度": ["见附图"] * 2},
        {"unreadable_point": 1}),
    "a border with a coordinate that is no number": (
        "grids",
        {"网格编码": ["370902001001001", "370902001001002"],
         "边界": ["POINT (1e400 36)", "POLYGON ((117 36, NaN 37, 118 36, 117 36))"]},
        {"unreadable_geometry": 2}),
}  # fmt: skip
"""What is refused → table, cells, and how many rows for which reason: the others are not."""


@pytest.mark.parametrize(("table", "columns", "reasons"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_for_its_reason(
    check: Check, table: str, columns: dict[str, list[str | None]], reasons: dict[str, int]
) -> None:
    assert check(table, columns).reasons == reasons


def test_a_numeric_code_of_more_than_fifteen_digits_is_refused(check: Check) -> None:
    checked = check(
        "complaints",
        {"工单编号": ["250912101108115424", "250912101108115409"], "来电时间": ["2026-11-20"] * 2},
        imprecise={"工单编号": [True, False]},
    )
    assert checked.reasons == {"digits_lost": 1}
    assert checked.accepted["ticket_no"].to_pylist() == ["250912101108115409"]


def test_one_long_code_ending_in_zeros_among_others_is_believed(check: Check) -> None:
    codes = ["250912101108115000", *(f"2509121011081154{i:02d}" for i in range(9))]
    checked = check("complaints", {"工单编号": codes, "来电时间": ["2026-11-20"] * 10})
    assert len(checked.accepted) == 10


def test_codes_lose_apostrophes_blanks_full_width_and_a_floats_tail(check: Check) -> None:
    checked = check(
        "complaints",
        {"工单编号": ["'0012", "００１３", " 0014 ", "15.0"], "来电时间": ["2026-11-20"] * 4},
    )
    assert checked.accepted["ticket_no"].to_pylist() == ["0012", "0013", "0014", "15"]


def test_an_end_given_by_day_covers_the_whole_day(check: Check) -> None:
    checked = check("complaints", {"来电时间": ["2026-11-01 19:42"], "办结时间": ["2026-11-01"]})
    assert len(checked.accepted) == 1


@pytest.mark.parametrize(
    ("table", "header", "cell", "answer"),
    [
        ("violations", "是否公示", "已公示", True),
        ("violations", "是否公示", "公示", True),
        ("violations", "是否公示", "未公示", False),
        ("complaints", "是否解决", "尚未解决", False),
        ("complaints", "是否联系群众", "已联系", True),
        ("complaints", "是否保密", "不保密", False),
        ("persons", "在岗状态", "已离职", False),
        ("persons", "在岗状态", "已", True),
    ],
)
def test_an_answer_may_repeat_what_is_asked(
    check: Check, table: str, header: str, cell: str, *, answer: bool
) -> None:
    contract = TABLES[table]
    name = next(field.name for field in contract.fields if field.header == header)
    about = {"人员编号": ["1"], "姓名": ["甲"], "角色": ["网格员"]}
    if table != "persons":
        about = {
            contract.field(contract.event_fields[0]).header: ["2026-11-20"],
            contract.field("raw_address").header: ["示例花园1号楼"],
        }
    assert check(table, {**about, header: [cell]}).accepted[name].to_pylist() == [answer]


@pytest.mark.parametrize("cell", ["部分解决", "已转办"])
def test_what_is_neither_yes_nor_no_is_refused(check: Check, cell: str) -> None:
    rows = {"来电时间": ["2026-11-20"], "事发地址": ["示例花园1号楼"], "是否解决": [cell]}
    assert len(check("complaints", rows).quarantined) == 1


def test_a_closed_list_refuses_what_an_open_list_keeps_and_counts(check: Check) -> None:
    checked = check(
        "inspections",
        {
            "检查时间": ["2026-11-01"] * 2,
            "检查结果": ["合格", "没去成"],
            "场所类型": ["棋牌室", "居民楼"],
        },
    )
    assert checked.reasons == {"not_allowed": 1}
    assert checked.accepted["result"].to_pylist() == ["未发现异常"]
    assert checked.kept_unknown == {"place_kind": {"棋牌室": 1}}


@pytest.mark.parametrize(("table", "at"), [("inspections", "检查时间"), ("violations", "查处日期")])
def test_a_grade_that_says_no_number_is_kept_as_a_word_and_told(
    check: Check, table: str, at: str
) -> None:
    grades = ["88", "良", "待评", "待评", None]
    days = [f"2026-11-{day:02}" for day in range(1, 6)]
    checked = check(table, {at: days, "地址": ["a"] * 5, "等级": grades})
    assert checked.reasons == {}
    assert checked.accepted["grade"].to_pylist() == [88, 85, None, None, None]
    assert checked.accepted["grade_word"].to_pylist() == [None, "良", "待评", "待评", None]
    assert checked.kept_unknown == {"grade": {"待评": 2}}


def test_a_word_beside_a_grade_counts_only_where_it_says_the_same(check: Check) -> None:
    words = {"检查时间": ["2026-11-01"] * 4, "评分": ["85", "13", None, None]}
    words |= {"评分原文": ["良", "良", "待评", "良"]}
    checked = check("inspections", words)
    assert checked.accepted["grade_word"].to_pylist() == ["良", None, "待评", None]
    without = check("inspections", {"检查时间": ["2026-11-01"], "评分原文": ["良"]})
    assert without.accepted["grade_word"].to_pylist() == [None]


def test_telephones_in_a_grade_are_masked(check: Check) -> None:
    columns = {"检查时间": ["2026-11-01", "昨天"], "评分": ["问13800005678"] * 2}
    checked = check("inspections", columns)
    assert checked.accepted["grade_word"].to_pylist() == ["问138****5678"]
    assert checked.kept_unknown == {"grade": {"问138****5678": 2}}
    assert checked.quarantined["评分"].to_pylist() == ["问138****5678"]


def test_a_refused_row_comes_back_with_its_grade_as_it_was_sent(check: Check) -> None:
    checked = check("inspections", {"检查时间": ["昨天"], "评分": ["良"]})
    assert checked.quarantined["评分"].to_pylist() == ["良"]
    assert "评分原文" not in checked.quarantined.column_names


def test_plain_english_results_are_understood(check: Check) -> None:
    english = ["Pass", "FAIL", "No violations", "No Entry", "Out of Business"]
    checked = check("inspections", {"Inspection Date": ["2013-01-31"] * 5, "Results": english})
    assert checked.accepted["result"].to_pylist() == [
        *("未发现异常", "属实", "未发现异常", "未能进入", "已不在")
    ]


def test_a_blank_confidential_means_yes(check: Check) -> None:
    checked = check("complaints", {"来电时间": ["2026-11-01"] * 2, "是否保密": [None, "否"]})
    assert checked.accepted["confidential"].to_pylist() == [True, False]
    without = check("complaints", {"来电时间": ["2026-11-01"]})
    assert without.accepted["confidential"].to_pylist() == [True]


def test_an_identical_row_is_a_duplicate(check: Check) -> None:
    checked = check("complaints", {"工单编号": ["1", "1"], "来电时间": ["2026-11-01", "2026.11.1"]})
    assert checked.duplicates["code"].to_pylist() == ["identical_row"]
    assert checked.accepted["source_row"].to_pylist() == [2]


def test_a_ticket_listed_once_per_step_is_a_duplicate_after_its_first_row(check: Check) -> None:
    checked = check(
        "complaints",
        {
            "工单编号": ["1", "1"],
            "来电时间": ["2026-11-01"] * 2,
            "事发地址": ["a"] * 2,
            "状态": ["办理中", "办结"],
        },
    )
    assert checked.duplicates["code"].to_pylist() == ["repeated_key"]
    assert checked.accepted["status"].to_pylist() == ["待处置"]


def test_a_number_given_twice_is_refused_and_names_the_first_row(check: Check) -> None:
    checked = check(
        "complaints",
        {"工单编号": ["1", "1"], "来电时间": ["2026-11-01"] * 2, "事发地址": ["a", "b"]},
    )
    assert checked.reasons == {"conflicting_key": 1}
    assert checked.problems["expected"].to_pylist() == ["2"]


def test_repeats_are_found_across_batches(check: Check) -> None:
    seen = SeenRows()
    row = {"工单编号": ["1"], "来电时间": ["2026-11-01"], "事发地址": ["a"]}
    check("complaints", row, seen=seen)
    assert len(check("complaints", row, seen=seen, first_row=9).duplicates) == 1
    other = check("complaints", {**row, "事发地址": ["b"]}, seen=seen, first_row=10)
    assert other.problems["expected"].to_pylist() == ["2"]


def test_rows_without_a_key_are_told_apart_by_everything_that_was_sent(check: Check) -> None:
    columns = {"序号": ["1", "2", "3"], "来电时间": ["2026-11-01"] * 3, "其它列": ["x", "y", "x"]}
    checked = check("complaints", columns)
    keys = checked.accepted["row_key"].to_pylist()
    assert len(checked.duplicates) == 1
    assert keys[1] == f"{keys[0]}~1"


def test_the_hash_of_a_row_ignores_spelling_order_of_columns_and_when_it_was_learnt(
    check: Check,
) -> None:
    one = check("complaints", {"工单编号": ["1"], "来电时间": ["2026-11-01"], "事发地址": ["a "]})
    two = check(
        "complaints",
        {"地址": ["a"], "登记时间": ["2026.11.1"], "工单号": ["１"], "获知时间": ["2026-11-09"]},
    )
    assert one.accepted["row_hash"] == two.accepted["row_hash"]


def test_events_say_when_they_happened_and_when_they_were_learnt(check: Check) -> None:
    checked = check(
        "rentals",
        {"地址": ["a", "b"], "租期起": ["2026-03-01"] * 2, "备案日期": ["2026-03-05", None]},
    )
    days = [datetime(2026, 3, 5), datetime(2026, 3, 1)]  # noqa: DTZ001 -- naive by design
    assert checked.accepted["event_at"].to_pylist() == days
    assert checked.accepted["learnt_at"].to_pylist() == days


@pytest.mark.parametrize(
    ("header", "cell"),
    [("租赁期限", "2026.1.1至2026年12月31日"), ("租赁起止", "2026.1.1-2026.12.31")],
)
def test_one_cell_may_hold_a_period_or_a_point(check: Check, header: str, cell: str) -> None:
    checked = check(
        "rentals",
        {
            header: [cell],
            "经纬度": ["23 6m 16.3102s N, 113 15m 26.6968s E"],
        },
    )
    row = checked.accepted.to_pylist()[0]
    assert (row["start_date"].date().isoformat(), row["end_date"].date().isoformat()) == (
        "2026-01-01",
        "2026-12-31",
    )
    assert abs(row["lat"] - 23.1045306) < 1e-6
    assert abs(row["lon"] - 113.2574158) < 1e-6


def test_coordinates_of_zero_are_unknown(check: Check) -> None:
    checked = check("complaints", {"来电时间": ["2026-11-01"], "经度": ["0"], "纬度": ["0.0"]})
    assert checked.accepted["lon"].to_pylist() == [None]


def test_projected_coordinates_pass_when_the_datum_is_not_degrees(check: Check) -> None:
    columns = {"来电时间": ["2026-11-01"], "经度": ["510794.1"], "纬度": ["4006632.5"]}
    assert check("complaints", columns).reasons == {"out_of_range": 1}
    assert len(check("complaints", columns, check_range=False).accepted) == 1


def test_the_geometry_of_a_layer_becomes_a_shape_or_the_point_of_an_event(check: Check) -> None:
    point = shapely.to_wkb(shapely.Point(117.1, 36.2))
    event = check("complaints", {"来电时间": ["2026-11-01"]}, geometry=[point])
    assert (event.accepted["lon"].to_pylist(), event.accepted["lat"].to_pylist()) == (
        [117.1],
        [36.2],
    )
    building = check("buildings", {"楼栋编码": ["B1"]}, geometry=[point])
    assert building.accepted["geom"].to_pylist() == [point]


def test_a_border_may_be_text_in_wkt_or_geojson(check: Check) -> None:
    texts = ["POINT (1 2)", '{"type":"Point","coordinates":[1,2]}', "圆形"]
    checked = check("grids", {"网格编码": ["1", "2", "3"], "边界": texts})
    shapes = shapely.from_wkb(checked.accepted["geom"].to_pylist())
    assert [s.wkt for s in shapes] == ["POINT (1 2)"] * 2
    assert checked.reasons == {"unreadable_geometry": 1}


def test_a_register_row_without_its_key_is_refused_but_an_event_is_not(check: Check) -> None:
    assert check("persons", {"人员编号": [None], "姓名": ["王示例"]}).reasons == {
        "required_missing": 1
    }
    event = check("complaints", {"工单编号": [None], "来电时间": ["2026-11-01"]})
    assert event.accepted["row_key"].to_pylist()[0].startswith("#")


def test_pieces_of_one_building_are_joined_and_its_label_is_left_out(check: Check) -> None:
    pieces = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.Point(0.5, 0.5)]
    checked = check(
        "buildings",
        {"楼栋编码": ["B1"] * 3, "小区名称": ["示例花园"] * 3},
        geometry=[shapely.to_wkb(piece) for piece in pieces],
    )
    (whole,) = shapely.from_wkb(checked.accepted["geom"].to_pylist())
    assert whole.equals(shapely.box(0, 0, 2, 1))
    assert checked.duplicates["code"].to_pylist() == ["joined_piece"] * 2


def test_shapes_of_different_things_are_not_joined(check: Check) -> None:
    shapes = [shapely.to_wkb(shapely.box(i, 0, i + 1, 1)) for i in range(2)]
    checked = check("buildings", {"楼栋编码": ["B1", "B2"]}, geometry=shapes)
    assert checked.accepted["geom"].to_pylist() == shapes


def test_a_refused_date_without_a_year_keeps_the_year_of_its_title(check: Check) -> None:
    told = {"来电时间": ["11月3日", "11.23", "11.3"], "诉求属实": ["也许"] * 3}
    checked = check("complaints", told, year=2024)
    assert checked.quarantined["来电时间"].to_pylist() == ["2024年11月3日", "2024.11.23", "11.3"]


@pytest.mark.parametrize(
    ("header", "cell", "fine"),
    [
        ("罚款(元)", "15000", 15_000.0),
        ("罚款（万元）", "1.5", 15_000.0),
        ("罚款/万元", "1", 10_000.0),
        ("罚款（千元）", "１，５００", 1_500_000.0),
        ("罚款（万元）", "3000元", 3_000.0),
        ("罚款（万元）", "2万", 20_000.0),
        ("罚款（人民币）", "15000", 15_000.0),
        ("罚款（万元）", "", None),
    ],
)
def test_a_number_is_read_in_the_unit_that_its_header_names(
    check: Check, header: str, cell: str, fine: float | None
) -> None:
    checked = check("violations", {"违规地址": ["示例花园3号楼"], "查处日期": ["2026-11-02"],
                                   header: [cell]})  # fmt: skip
    assert checked.accepted["fine"].to_pylist() == [fine]


@pytest.mark.parametrize(
    ("heading", "header", "cell", "fine"),
    [
        ("处罚台账 金额单位：万元", "罚款", "1.5", 15_000.0),
        ("处罚台账（单位:千元）", "罚款", "2", 2_000.0),
        ("单位：平方米、万元 填报单位：示例街道", "罚款", "1.5", 15_000.0),
        ("填报单位：示例街道 金额单位：万元", "罚款", "1.5", 15_000.0),
        ("金额单位：万元", "罚款(元)", "15000", 15_000.0),
        ("金额单位：万元", "罚款（千元）", "15", 15_000.0),
        ("金额单位：万元", "罚款", "3000元", 3_000.0),
        ("金额单位：元", "罚款", "15000", 15_000.0),
        ("填报单位：万元街道办事处", "罚款", "15000", 15_000.0),
        ("处罚 1 万元以上的", "罚款", "15000", 15_000.0),
    ],
)
def test_a_unit_above_the_header_holds_for_columns_that_name_none(
    check: Check, heading: str, header: str, cell: str, fine: float
) -> None:
    rows = {"违规地址": ["示例花园3号楼"], "查处日期": ["2026-11-02"], header: [cell]}
    assert check("violations", rows, heading=heading).accepted["fine"].to_pylist() == [fine]


def test_an_amount_above_the_header_is_no_unit_of_time(check: Check) -> None:
    rows = {"检查时间": ["2026-11-02"], "地址": ["示例花园3号楼"], "结果": ["未发现异常"],
            "耗时": ["15"]}  # fmt: skip
    checked = check("inspections", rows, heading="单位：万元 填报时间：12 时")
    assert checked.accepted["minutes"].to_pylist() == [15]


def test_hours_of_a_visit_are_minutes(check: Check) -> None:
    checked = check("inspections", {"检查时间": ["2026-11-02"], "地址": ["示例花园3号楼"],
                                    "结果": ["未发现异常"], "耗时(小时)": ["1.5"]})  # fmt: skip
    assert checked.accepted["minutes"].to_pylist() == [90]


@pytest.mark.parametrize("cell", ["2026.1-2026.11", "2026年1月至2026年11月", "2026-01-2026-11"])
def test_a_period_of_months_lasts_to_the_end_of_its_last(check: Check, cell: str) -> None:
    rows = check("rentals", {"地址": ["a"], "租期": [cell]}).accepted.to_pylist()
    assert [str(rows[0][name])[:10] for name in ("start_date", "end_date")] == [
        "2026-01-01", "2026-11-30",
    ]  # fmt: skip
