"""The table beside a chart, for those who cannot see it and those who want its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.documents.workbook import Sheet, workbook
from dashboard.ui import download, frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from dashboard.ui.frame import Page


def show(
    page: Page,
    table: pd.DataFrame,
    *,
    title: str,
    key: str,
    headers: Mapping[str, str],
    folded: bool = True,
) -> None:
    """Show a table below its chart, with a download.

    Parameters
    ----------
    page
        Wording.
    table
        The rows, codes already in words.
    title
        Of the downloaded workbook.
    key
        Identity of the widgets.
    headers
        Column to header; a column without one keeps its name.
    folded
        Whether it is opened by a click.
    """
    say = page.say
    with st.expander(say("The same as a table"), expanded=not folded):
        st.dataframe(
            table,
            hide_index=True,
            placeholder=frame.NOTHING,
            key=f"{key}_table",
            column_config=dict(headers),
            height=min(520, 38 + 35 * max(len(table), 1)),
        )
        download.offer(
            page,
            say("Download as Excel"),
            made=lambda: workbook([Sheet(title, table, headers=headers)]),
            file_name=f"{title}.xlsx",
            key=f"{key}_excel",
        )
