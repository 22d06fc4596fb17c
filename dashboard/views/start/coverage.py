"""Coverage against what was due, community by community; small numbers are greyed."""

from __future__ import annotations

from collections.abc import Hashable
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.ui import download
from dashboard.ui.frame import Page


def show(page: Page, coverage: pd.DataFrame) -> None:
    """Show buildings visited of those that were due in thirty days, by community."""
    say = page.say
    st.subheader(say("Visited of what was due, last 30 days"))
    if coverage.empty:
        st.caption(say("No visit was due yet."))
        return
    st.html(bars(coverage, say=say))
    if coverage["few"].any():
        st.caption(say("Grey: fewer than 10 buildings were due; such a share says little."))
    columns = (
        Column("name", header=say("Community")),
        Column("due", header=say("due")),
        Column("visited", header=say("visited")),
        Column("share", header=say("share")),
        Column("unit", header=say.name("column", "community_code")),
    )
    title = say("Coverage of visits")
    download.offer(
        page,
        say("Download as Excel"),
        file_name=f"{title}.xlsx",
        key="start_coverage_excel",
        made=lambda: workbook([sheet(title, coverage, columns, say=say)]),
        rows=len(coverage),
    )


def bars(coverage: pd.DataFrame, *, say: Translator) -> str:
    """Return a table in HTML in which each share is a number and a bar.

    Parameters
    ----------
    coverage
        ``unit, name, due, visited, share, few``.
    say
        Wording of the head.
    """
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in
                   (say("Community"), say("due"), say("visited"), say("share")))  # fmt: skip
    rows = "".join(_row(row) for row in coverage.to_dict("records"))
    return (
        f'<table class="gw-coverage"><caption>{escape(say("Coverage of visits"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(row: dict[Hashable, Any]) -> str:
    share = float(str(row["share"] or 0))
    share = 0.0 if share != share else min(max(share, 0.0), 1.0)  # noqa: PLR0124 -- NaN is no share
    name = escape(str(row["name"] or row["unit"]))
    return (
        f'<tr class="{"gw-few" if row["few"] else ""}"><th scope="row">{name}</th>'
        f"<td>{row['due']}</td><td>{row['visited']}</td>"
        f'<td><span class="gw-bar"><i style="width:{share:.0%}"></i></span>{share:.0%}</td></tr>'
    )
