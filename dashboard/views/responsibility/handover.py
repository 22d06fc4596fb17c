"""What passes from one person to another: the list, and a sheet to print for each."""

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.documents.handover_sheets import write_html, write_workbook
from dashboard.ui import download, pick, table
from dashboard.ui.frame import Page
from geo.addresses.lexicon import natural_key

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
    month_ago = page.office.clock.today() - timedelta(days=_SINCE_DAYS)
    since = pick.day(say("Changes since"), month_ago, key="handover_since", at=left) or month_ago
    rows = page.office.handovers.rows(page.actor, since=since)
    if rows.empty:
        page.info("No duty has passed from one person to another since {day}.", day=since)
        return
    people = _people(rows)
    person = pick.one_or_none(
        say("For whom"), people, none=say("everybody"), key="handover_person", at=right
    )
    if person:
        rows = rows[(rows["from_id"] == person) | (rows["to_id"] == person)]
    page.caption(
        "A hand-over names buildings, how pressing they are and the last visits; never "
        "a complaint, never a reason that reveals one."
    )
    title = say("Hand-over {who} {day}", who=people.get(person or "", ""), day=since)
    title = " ".join(title.split())
    with st.container(horizontal=True):
        _offer_sheets(page, since=since, person=person, title=title)
    table.table(page, rows.reset_index(drop=True), HANDOVERS, key="handovers", export=title)


def _offer_sheets(page: Page, *, since: date, person: str | None, title: str) -> None:
    say = page.say

    def made(write: Callable[..., bytes]) -> bytes:
        sheet = page.office.handovers.sheet(page.actor, since=since, person_id=person)
        name = page.office.settings(page.actor).name
        return write(sheet, office=name, on=page.office.clock.today())

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
    pairs = [
        *zip(rows["from_id"], rows["from_person"], strict=True),
        *zip(rows["to_id"], rows["to_person"], strict=True),
    ]
    named = {
        who: f"{name or ''} · {who}".strip(" ·")
        for who, name in pairs
        if isinstance(who, str) and who
    }
    return dict(sorted(named.items(), key=lambda each: natural_key(each[1])))
