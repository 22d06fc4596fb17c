"""A button for what leaves the office as a file: for who may, and written down when it goes."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import LISTED, Column, sheet
from dashboard.documents.workbook import Sheet, workbook
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.overview.first_places import main_factors


def offer(
    page: Page,
    label: str,
    *,
    made: Callable[[], bytes],
    file_name: str,
    key: str,
    mime: str | None = None,
    explained: str | None = None,
    **facts: object,
) -> None:
    """Offer a file to whoever may export; nothing is drawn for anybody else.

    ``mime``: kind of file, where its name does not tell.
    ``explained``: what the button says when one stays on it.
    ``facts``: what the audit log keeps besides the file's name.
    """
    if not may(page.actor, Action.EXPORT):
        return

    def noted() -> bytes:
        page.office.risk_map.note_export(page.actor, file=file_name, **facts)
        return made()

    st.download_button(
        label, data=noted, file_name=file_name, mime=mime, help=explained, key=key,
        on_click="ignore",
    )  # fmt: skip


def offer_sheets(
    page: Page,
    title: str,
    *,
    sheets: Callable[[], Sequence[Sheet]],
    key: str,
    **facts: Any,  # noqa: ANN401 -- as of `offer`
) -> None:
    """Offer a workbook, as `offer` does; its sheets are made when it is asked for."""
    offer(
        page, page.say("Download as Excel"), made=lambda: workbook(list(sheets())),
        file_name=f"{title}.xlsx", key=key, **facts,
    )  # fmt: skip


def offer_table(
    page: Page,
    title: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    **facts: Any,  # noqa: ANN401 -- as of `offer`
) -> None:
    """Offer rows as a workbook of one sheet, as `offer` does."""
    offer_sheets(
        page, title, sheets=lambda: [sheet(title, rows, columns, say=page.say)],
        key=key, rows=len(rows), **facts,
    )  # fmt: skip


def offer_ranked(page: Page, ranked: pd.DataFrame, *, day: str, key: str) -> None:
    """Offer ranked buildings as a workbook: with what counts most, and what a score is not."""
    say = page.say
    title = say("Ranked list {day}", day=day)
    note = say("A score is a reason to look, never a finding.")

    def sheets() -> list[Sheet]:
        rows = ranked
        if may(page.actor, Action.SEE_REASONS):
            rows = ranked.assign(factors=pd.Series(main_factors(ranked), ranked.index, object))
        return [sheet(title, rows, LISTED, say=say, note=note)]

    offer_sheets(page, title, sheets=sheets, key=key, rows=len(ranked))
