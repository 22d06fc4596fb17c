"""Coverage against what was due, community by community; small numbers are greyed."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.documents.html import render
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
    download.offer_table(page, title, coverage, COLUMNS, key="start_coverage_excel")


def bars(coverage: pd.DataFrame, *, say: Translator) -> str:
    """Return a table in HTML in which each share is a number and a bar.

    ``coverage``: ``unit, name, due, visited, share, few``.
    """
    rows = coverage.assign(text=[_share(share) for share in coverage["share"]]).to_dict("records")
    heads = [each.header_in(say) for each in _SHOWN]
    title, nowhere = say("Coverage of visits"), say("in no community")
    return render("pages/coverage.html", title=title, heads=heads, rows=rows, nowhere=nowhere)


def _share(share: float) -> str:
    """Return a share in per cent, 0 to 100; none where nothing was due."""
    return f"{min(max(share, 0.0), 1.0) if pd.notna(share) else 0.0:.0%}"
