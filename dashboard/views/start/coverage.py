"""Coverage against what was due, community by community; small numbers are greyed."""

from collections.abc import Hashable
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, sheet
from dashboard.i18n import Translator
from dashboard.ui import download
from dashboard.ui.frame import Page

_SHOWN = (
    Column("name", header="Community"),
    Column("due", header="due"),
    Column("visited", header="visited"),
    Column("share", header="share"),
)
COLUMNS = (*_SHOWN, Column("community_code", source="unit"))


def show(page: Page, coverage: pd.DataFrame) -> None:
    """Show buildings visited of those that were due in thirty days, by community."""
    say = page.say
    page.subheader("Visited of what was due, last 30 days")
    if coverage.empty:
        page.caption("No visit was due yet.")
        return
    st.html(bars(coverage, say=say))
    if coverage["few"].any():
        page.caption("Grey: fewer than 10 buildings were due; such a share says little.")
    title = say("Coverage of visits")
    download.offer_sheets(
        page,
        title,
        sheets=lambda: [sheet(title, coverage, COLUMNS, say=say)],
        key="start_coverage_excel",
        rows=len(coverage),
    )


def bars(coverage: pd.DataFrame, *, say: Translator) -> str:
    """Return a table in HTML in which each share is a number and a bar.

    ``coverage``: ``unit, name, due, visited, share, few``.
    """
    head = "".join(f'<th scope="col">{escape(each.header_in(say))}</th>' for each in _SHOWN)
    rows = "".join(_row(row, say=say) for row in coverage.to_dict("records"))
    return (
        f'<table class="gw-coverage"><caption>{escape(say("Coverage of visits"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(row: dict[Hashable, Any], *, say: Translator) -> str:
    share = float(str(row["share"] or 0))
    share = 0.0 if share != share else min(max(share, 0.0), 1.0)  # noqa: PLR0124 -- NaN is no share
    name = escape(str(row["name"] or row["unit"] or say("in no community")))
    return (
        f'<tr class="{"gw-few" if row["few"] else ""}"><th scope="row">{name}</th>'
        f"<td>{row['due']}</td><td>{row['visited']}</td>"
        f'<td><span class="gw-bar"><i style="width:{share:.0%}"></i></span>{share:.0%}</td></tr>'
    )
