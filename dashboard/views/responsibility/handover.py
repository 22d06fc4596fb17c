"""What passes from one person to another: the list, and a sheet to print for each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.documents.handover_sheets import write_html, write_workbook
from dashboard.ui import download
from dashboard.ui.tables import search_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

_SINCE_DAYS = 30
_COLUMNS = ("valid_from", "duty", "name", "tier", "from_person", "to_person", "last_visit_at",
            "last_result", "visits_90d", "building_id")  # fmt: skip


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
    search_table.show(
        page, _readable(rows, say=say), key="handovers", title=" ".join(title.split())
    )


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


def _readable(rows: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    named = rows.assign(
        duty=[say.name("duty", str(duty)) for duty in rows["duty"]],
        tier=[say.name("tier", str(tier)) if tier else "" for tier in rows["tier"].fillna("")],
        last_result=[say.name("visit_result", str(r)) if r else ""
                     for r in rows["last_result"].fillna("")],
        valid_from=pd.to_datetime(rows["valid_from"]).dt.date,
    )  # fmt: skip
    return named[[name for name in _COLUMNS if name in named]]
