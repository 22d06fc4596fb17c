"""A table is declared by its columns: worded, sorted out, searched, picked from, exported."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pytest
from patience import PATIENCE_S
from streamlit.testing.v1 import AppTest

from dashboard.documents.columns import DAY, MINUTE, Column, columns_of, in_words, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import LANGUAGES, translator
from dashboard.maps.palette import TIERS
from dashboard.ui.frame import NOTHING
from dashboard.ui.table import _config, _with_chips, matching, width_px
from governance.office import Office

ROWS = pd.DataFrame(
    {
        "building_id": ["B1", "B12"],
        "tier": ["红", None],
        "signs": [["desks", "signboard"], []],
        "due_on": pd.to_datetime(["2026-11-20", "NaT"]),
        "at": pd.to_datetime(["2026-11-20 10:15:42", "NaT"]),
        "rate": [0.12345, None],
        "result": ["", None],
    }
)
COLUMNS = (
    Column("building_id"),
    Column("tier", kind="tier"),
    Column("signs", kind="sign"),
    Column("due_on", format=DAY),
    Column("visited_at", source="at", format=MINUTE),
    Column("rate", digits=2),
    Column("last_result", source="result", kind="visit_result", empty="never"),
)


def test_codes_are_worded_times_cut_and_numbers_rounded() -> None:
    say = translator("en")
    first = in_words(ROWS, COLUMNS, say=say).iloc[0]
    assert first["tier"] == say.name("tier", "红")
    assert first["signs"] == ", ".join(say.name("sign", code) for code in ROWS["signs"][0])
    assert first["due_on"] == date(2026, 11, 20)
    assert first["visited_at"] == pd.Timestamp("2026-11-20 10:15")
    assert first["rate"] == pytest.approx(0.12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_of_times_is_wide_enough_where_its_first_rows_have_none(language: str) -> None:
    say = translator(language)
    none = in_words(ROWS.assign(due_on=pd.NaT, at=pd.NaT), COLUMNS, say=say)
    wide = {each.name: _config(each, none, say) for each in COLUMNS if each.format}
    assert wide["due_on"]["width"] > 7 * len("2026-11-20")
    assert wide["visited_at"]["width"] > 7 * len("2026-11-20 10:15")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_that_sorts_texts_puts_the_highest_tier_first(language: str) -> None:
    say = translator(language)
    names = [say.name("tier", each.tier) for each in TIERS]
    worded = pd.DataFrame({"tier": [*names, None]})
    *chips, none = _with_chips(worded, COLUMNS, say=say)["tier"]
    values = [value for (value,) in chips]
    shown: Any = _config(COLUMNS[1], worded, say)
    options = shown["type_config"]["options"]
    assert (sorted(values), none) == (values, [])
    assert [each["value"] for each in options] == values
    assert [each["label"] for each in options] == names, "the chip shows the tier alone"


def test_what_is_absent_is_absent_and_never_the_text_none() -> None:
    last = in_words(ROWS, COLUMNS, say=translator("zh")).iloc[1]
    assert last["last_result"] == "never"
    assert last[["tier", "signs", "due_on", "visited_at", "rate"]].isna().all()


def test_columns_that_a_frame_lacks_or_that_say_nothing_are_left_out() -> None:
    columns = (*columns_of("building_id", "unknown"), Column("result", optional=True))
    assert list(in_words(ROWS, columns, say=translator("zh"))) == ["building_id"]


@pytest.mark.parametrize(
    ("wanted", "places"), [("b1", [0, 1]), ("b12", [1]), ("Ｂ１ red", [0]), ("", [0, 1]), ("x", [])]
)
def test_a_search_finds_the_rows_that_hold_every_word_somewhere(
    wanted: str, places: list[int]
) -> None:
    assert matching(pd.DataFrame({"id": ["B1", "B12"], "tier": ["Red", None]}), wanted) == places


@pytest.mark.parametrize(
    ("values", "width"),
    [
        ([""] * 12 + ["另有登记：曾示例"], 30 + 8 * 16),
        ([None] * 12 + ["x" * 200], 320),
        ([""] * 12 + ["x"], 30 + 8 * len("Note")),
        ([""] * 3 + ["含未成年人"] + [""] * 3, 30 + 8 * 10),
        (["东湖沿社区"] * 2 + ["云桥社区"] * 8, None),
        (["long enough"] + ["short"] * 12, None),
        ([None] * 12, None),
        ([True] * 12 + [False], None),
    ],
)
def test_a_column_is_as_wide_as_its_later_rows_need(values: list[Any], width: int | None) -> None:
    assert width_px("Note", pd.Series(values, dtype=object)) == width


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_export_opens_with_headers_in_words_and_times_as_times(language: str) -> None:
    say = translator(language)
    content = workbook([sheet("t", ROWS, COLUMNS, say=say)])
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    header, first, last = list(page.iter_rows(min_row=3, max_row=5, values_only=True))
    assert header == tuple(column.header_in(say) for column in COLUMNS)
    assert first[4] == pd.Timestamp("2026-11-20 10:15")
    assert last[3:6] == (None, None, None)


def table_script() -> None:
    import streamlit as st

    from dashboard.documents.columns import DAY, Column
    from dashboard.ui import frame, table

    page = frame.open_page()
    assert page is not None
    rows = st.session_state["rows"]
    table.table(
        page, rows, (Column("building_id"), Column("due_on", format=DAY)), key="t", export="list"
    )


@pytest.fixture
def shown(serve: Callable[..., Any], empty_office: Office) -> AppTest:
    serve(empty_office)
    app = AppTest.from_function(table_script)
    due = pd.to_datetime(["2026-11-20"] * 9 + ["NaT"])
    app.session_state["rows"] = pd.DataFrame(
        {"building_id": [f"B{n}" for n in range(10)], "due_on": due}
    )
    return app.run(timeout=PATIENCE_S)


def test_a_cell_without_a_value_is_shown_as_a_dash(shown: AppTest) -> None:
    assert shown.dataframe[0].proto.placeholder == NOTHING


def test_a_long_table_is_searched_on_the_page(shown: AppTest) -> None:
    assert shown.text_input(key="t_search").placeholder in {
        "words of any column",
        "任意一列中的文字",
    }
    shown.text_input(key="t_search").input("b7")
    assert shown.run(timeout=PATIENCE_S).dataframe[0].value["building_id"].tolist() == ["B7"]
    shown.text_input(key="t_search").input("nowhere")
    assert "没有相符的" in shown.run(timeout=PATIENCE_S).info[0].value


def test_a_table_without_rows_says_so_in_the_language_of_the_page(shown: AppTest) -> None:
    shown.session_state["rows"] = shown.session_state["rows"].head(0)
    shown.run(timeout=PATIENCE_S)
    assert list(shown.dataframe) == []  # Streamlit would write "empty" into it
    assert shown.caption[0].value == "没有可列出的内容。"


def paging_script() -> None:
    import streamlit as st

    from dashboard.ui import frame
    from dashboard.ui.table import Paging

    page = frame.open_page()
    assert page is not None
    asked, paging = st.text_input("asked", key="asked"), Paging("t", rows=10)
    number = paging.number(asked)
    paging.tell(page, number, shown=min(10, 25 - number * 10), total=25)
    paging.offer(page, asked, number, total=25)


def test_a_list_is_leafed_through_and_begins_anew_where_something_else_is_asked(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office)
    app = AppTest.from_function(paging_script).run(timeout=PATIENCE_S)
    assert [app.button(key=f"t_{way}").disabled for way in ("before", "next")] == [True, False]
    app.button(key="t_next").click().run(timeout=PATIENCE_S)
    app.button(key="t_next").click().run(timeout=PATIENCE_S)
    assert app.button(key="t_next").disabled
    assert "21" in app.caption[0].value
    assert "25" in app.caption[0].value
    app.text_input(key="asked").input("else").run(timeout=PATIENCE_S)
    assert app.button(key="t_before").disabled
