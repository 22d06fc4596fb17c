"""A table of people, buildings or duties that can be searched, sorted and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.documents.workbook import Sheet, workbook
from dashboard.ui import download, frame
from dashboard.ui.tables import unit_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from dashboard.ui.frame import Page

_ROW_PX = 35
_SEARCHED_FROM = 9


def show(
    page: Page,
    table: pd.DataFrame,
    *,
    key: str,
    title: str,
    note: str = "",
    on_pick: Callable[[int], None] | None = None,
    formats: Mapping[str, str] | None = None,
    height_px: int = 420,
) -> None:
    """Show a table under a search field, with a download of what the search leaves.

    Parameters
    ----------
    page
        For whom, and in which words; columns are called by ``column.<name>``.
    table
        The rows, codes already in words.
    key
        Identity of the widgets.
    title
        What the downloaded workbook is called.
    note
        A line under the workbook's title.
    on_pick
        Called with the position in ``table`` of a chosen row, before the next run.
    formats
        Column to a format of Streamlit's number column.
    height_px
        Height at most.
    """
    say = page.say
    wanted = ""
    if len(table) >= _SEARCHED_FROM:
        wanted = st.text_input(
            say("Search this list"), key=f"{key}_search", placeholder=say("address, name or code")
        )
    places = matching(table, wanted)
    shown = table.iloc[places].reset_index(drop=True)
    if shown.empty:
        st.info(say("Nothing matches. Shorten what you search for or widen the filters."))
        return

    def hand_over() -> None:
        if on_pick and (rows := st.session_state[key]["selection"]["rows"]):
            on_pick(places[rows[0]])

    names = unit_table.headers(shown, say=say)
    config: dict[str, Any] = dict(names)
    for column, form in (formats or {}).items():
        config[column] = st.column_config.NumberColumn(names[column], format=form)
    st.dataframe(
        shown, hide_index=True, placeholder=frame.NOTHING,
        key=key, height=min(height_px, 40 + _ROW_PX * len(shown)),
        column_config=config, selection_mode="single-row",
        on_select=hand_over if on_pick else "ignore",
    )  # fmt: skip
    download.offer(
        page, say("Download as Excel"),
        made=lambda: workbook([Sheet(title, shown, headers=names, note=note)]),
        file_name=f"{title}.xlsx", key=f"{key}_excel", rows=len(shown),
    )  # fmt: skip


def matching(table: pd.DataFrame, wanted: str) -> list[int]:
    """Return the positions of the rows that hold every given word somewhere."""
    words = wanted.casefold().split()
    if not words:
        return list(range(len(table)))
    texts = table.fillna("").astype(str).agg(" ".join, axis=1).str.casefold()
    return [place for place, text in enumerate(texts) if all(word in text for word in words)]
