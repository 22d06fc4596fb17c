"""A report on A4: facts on top, tables below, what the numbers are at the foot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd

from dashboard.documents.columns import Column, in_words
from dashboard.documents.html import render
from dashboard.i18n import Translator

_ABSENT = "–"
_MOST_UPRIGHT = 10
"""Columns that fit a page which stands upright."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report.

    ``note``: a sentence above it, which stands alone where there is no row.
    """

    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


def table_section(
    title: str, rows: pd.DataFrame, columns: Sequence[Column], *, say: Translator, note: str = ""
) -> Section:
    """Return a section that shows rows as a page's table would."""
    shown = [each for each in columns if not each.hidden]
    worded = in_words(rows, shown, say=say)
    heads = tuple(each.header_in(say) for each in shown if each.name in worded)
    cells = tuple(
        tuple(_text(value) for value in row) for row in worded.itertuples(index=False, name=None)
    )
    return Section(title, heads, cells, note)


def report_page(
    title: str,
    *,
    office: str,
    note: str,
    facts: Mapping[str, str],
    sections: Sequence[Section],
    say: Translator,
) -> str:
    """Return a report as a page of HTML that prints on A4 and needs nothing from elsewhere.

    ``note``: of which day it is and whatever else stands under the title.
    ``facts``: name → value of what stands on top.
    """
    return render(
        "paper/report.html",
        say=say,
        language="zh-CN" if say.language == "zh" else "en",
        title=title,
        office=office,
        note=note,
        facts=facts,
        sections=sections,
        is_wide=any(len(each.heads) > _MOST_UPRIGHT for each in sections),
    )


def _text(value: object) -> str:
    """Return a cell: days as ISO text, times to the minute, whole numbers without a point."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return _ABSENT
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value) or _ABSENT
