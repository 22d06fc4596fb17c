"""A ranked table of units: what the map shows, for those who cannot see its canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.documents.workbook import Sheet, workbook
from dashboard.ui import download, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamlit.elements.lib.column_types import ColumnConfig

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

COLUMNS = ("rank", "tier", "name", "unit", "score", "buildings", "kind", "community")
MOST_ROWS = 5_000


def readable(units: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return the columns a reader wants, ranked, with tiers in words."""
    columns = [name for name in COLUMNS if name in units and _says_something(units[name])]
    table = units.sort_values("rank")[columns].head(MOST_ROWS).reset_index(drop=True)
    table = table.assign(tier=[say.name("tier", str(tier)) for tier in table["tier"]])
    return table.assign(score=table["score"].round(1)) if "score" in table else table


def show(
    page: Page,
    units: pd.DataFrame,
    *,
    on_pick: Callable[[str], None],
    key: str,
    title: str,
    height_px: int = 500,
) -> None:
    """Show units in a table that sorts, searches and downloads; a chosen row is a picked unit.

    Parameters
    ----------
    page
        For whom, and in which words.
    units
        Columns ``unit, rank, tier`` and any of :data:`COLUMNS`.
    on_pick
        Called with the unit of a chosen row, before the next run.
    key
        Identity of the widget.
    title
        What the downloaded workbook is called.
    height_px
        Height of the table.
    """
    say = page.say
    wanted = st.text_input(
        say("Search this list"), key=f"{key}_search", placeholder=say("address, name or code")
    )
    table = _matching(readable(units, say=say), wanted)
    if table.empty:
        st.info(say("Nothing matches. Shorten what you search for or widen the filters."))
        return
    pickable(table, say=say, on_pick=on_pick, key=key, height_px=height_px)
    download.offer(
        page,
        say("Download as Excel"),
        made=lambda: workbook([Sheet(title, table, headers=headers(table, say=say))]),
        file_name=f"{title}.xlsx",
        key=f"{key}_excel",
        rows=len(table),
    )


def pickable(
    table: pd.DataFrame,
    *,
    say: Words,
    on_pick: Callable[[str], None],
    key: str,
    height_px: int,
    columns: Sequence[str] | None = None,
) -> None:
    """Show a readable table whose rows can be chosen.

    Parameters
    ----------
    table
        From :func:`readable`.
    say
        Wording.
    on_pick
        Called with the unit of a chosen row, before the next run.
    key
        Identity of the widget.
    height_px
        Height at most.
    columns
        Which columns to show, in order; all by default.
    """
    units = [str(unit) for unit in table["unit"]]

    def hand_over() -> None:
        if rows := st.session_state[key]["selection"]["rows"]:
            on_pick(units[rows[0]])

    st.dataframe(
        table,
        key=key,
        height=min(height_px, 40 + 35 * len(table)),
        hide_index=True,
        placeholder=frame.NOTHING,
        on_select=hand_over,
        selection_mode="single-row",
        column_order=columns,
        column_config=column_names(table, say=say),
    )


def headers(table: pd.DataFrame, *, say: Words) -> dict[str, str]:
    """Return what each column is called."""
    return {name: say.name("column", str(name)) for name in table.columns}


def column_names(table: pd.DataFrame, *, say: Words) -> dict[str, ColumnConfig | str | None]:
    """Return Streamlit's column settings: our names, scores with one decimal."""
    named: dict[str, ColumnConfig | str | None] = dict(headers(table, say=say))
    if "score" in table:
        named["score"] = st.column_config.NumberColumn(
            say.name("column", "score"), format="localized"
        )
    return named


def _says_something(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())


def _matching(table: pd.DataFrame, wanted: str) -> pd.DataFrame:
    if not wanted.strip():
        return table
    needle = wanted.strip().casefold()
    texts = table.select_dtypes(exclude="number").astype(str)
    hit = pd.Series(data=False, index=table.index)
    for column in texts:
        hit |= texts[column].str.casefold().str.contains(needle, regex=False)
    return table[hit].reset_index(drop=True)
