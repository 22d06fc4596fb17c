"""What passes from one person to another: the list, and a sheet to print for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.documents.handover_sheets import write_html, write_workbook
from dashboard.ui import download, table
from dashboard.ui.frame import Page

_SINCE_DAYS = 30
HANDOVERS = (
    Column("valid_from", format=DAY),
    Column("duty", kind="duty"),
    Column("name"),
    Column("tier", kind="tier"),
    Column("from_person"),
    Column("to_person"),
    Column("last_visit_at", format=DAY),
    Column("last_result", kind="visit_result"),
    Column("visits_90d"),
    Column("building_id"),
)


def show(page: Page) -> None:
    """Show hand-overs since a day; each person's sheet prints on A4 or leaves as a workbook."""
    say = page.say
    left, right = st.columns(2, vertical_alignment="bottom")
    since = left.date_input(
        say("Changes since"), format="YYYY-MM-DD", key="handover_since",
        value=page.office.clock.today() - timedelta(days=_SINCE_DAYS),
    )  # fmt: skip
    rows = page.office.handovers.rows(page.actor, since=since)
    if rows.empty:
        st.info(say("No duty has passed from one person to another since {day}.", day=since))
        return
    people = _people(rows)
    person = right.selectbox(
        say("For whom"), list(people), index=None, placeholder=say("everybody"),
        format_func=people.__getitem__, key="handover_person",
    )  # fmt: skip
    if person:
        rows = rows[(rows["from_id"] == person) | (rows["to_id"] == person)]
    rows = rows.reset_index(drop=True)
    st.caption(say("A hand-over names buildings, how pressing they are and the last visits; never "
                   "a complaint, never a reason that reveals one."))  # fmt: skip
    title = say("Hand-over {who} {day}", who=people.get(person or "", ""), day=since)
    with st.container(horizontal=True):
        _offer_sheets(page, since=since, person=person, title=" ".join(title.split()))
    table.table(page, rows, HANDOVERS, key="handovers", export=" ".join(title.split()))


def _offer_sheets(page: Page, *, since: date, person: str | None, title: str) -> None:
    say = page.say

    def made(write: Callable[..., bytes]) -> bytes:
        frame = page.office.handovers.sheet(page.actor, since=since, person_id=person)
        name = page.office.settings(page.actor).name
        return write(frame, office=name, on=page.office.clock.today())

    download.offer(
        page, say("Sheet to print (A4)"), made=lambda: made(write_html), file_name=f"{title}.html",
        key="handover_html", mime="text/html",
        explained=say("Opens in any browser; print it from there, one page a person."),
    )  # fmt: skip
    download.offer(
        page, say("Sheet as Excel"), made=lambda: made(write_workbook), file_name=f"{title}.xlsx",
        key="handover_xlsx",
    )  # fmt: skip


def _people(rows: pd.DataFrame) -> dict[str, str]:
    """Name everybody who gave or took something."""
    pairs = [*zip(rows["from_id"], rows["from_person"], strict=True),
             *zip(rows["to_id"], rows["to_person"], strict=True)]  # fmt: skip
    named = {str(who): f"{name or ''} · {who}".strip(" ·") for who, name in pairs if _known(who)}
    return dict(sorted(named.items(), key=lambda each: each[1]))


def _known(who: Any) -> bool:  # noqa: ANN401 -- a cell of a frame
    return isinstance(who, str) and bool(who)
