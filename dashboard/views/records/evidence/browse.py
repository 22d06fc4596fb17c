"""The list of material: filters, a page of it, and a pack of what is chosen."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column, sheet
from dashboard.documents.workbook import workbook
from dashboard.ui import frame, links, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.table import Paging
from dashboard.views.records.evidence import packs
from data.contracts.evidence_vocabulary import EvidenceKind, EvidenceState, Origin
from data.store.repositories.records.evidence_lists import EvidenceQuery
from governance.access.permissions import Action, may

_PAGING: Final = Paging("evidence", rows=50)
VIEWS: Final = ("all", "mine", "asked", "minors")
SORTS: Final = ("newest", "oldest", "largest", "evidence_no")
COLUMNS: Final = (
    Column("evidence_no", header="Number"),
    Column("state", kind="evidence_state", header="State"),
    Column("kind", kind="evidence_kind", header="Kind"),
    Column("filename", header="File"),
    Column("taken_at", format=MINUTE, header="Taken"),
    Column("place", header="Place"),
    Column("building", header="Building", optional=True),
    Column("case_no", header="Case", optional=True),
    Column("taker", header="Taken by"),
    Column("flag", kind="evidence_flag", header="Minors"),
    Column("kilobytes", digits=0, header="KB"),
    Column("origin", kind="evidence_origin", header="Origin"),
)


def show(page: Page) -> None:
    """Ask what to list and list it."""
    query = _query(page)
    number = _PAGING.number(query)
    part = replace(query, limit=_PAGING.rows, offset=number * _PAGING.rows)
    found = page.office.evidence.page(page.actor, part)
    if found.rows.empty:
        _nothing(page, query)
        return
    _PAGING.tell(page, number, shown=len(found.rows), total=found.total)
    rows = _worded(page, found.rows)
    table.table(
        page, rows, COLUMNS, key=f"evidence_list_{number}", search=False,
        pick=lambda place: links.open_here("material", str(rows["evidence_no"].iloc[place])),
    )  # fmt: skip
    _PAGING.offer(page, query, number, total=found.total)
    _offer_workbook(page, query)
    if may(page.actor, Action.EXPORT_EVIDENCE):
        packs.offer(page, list(rows["evidence_no"]), key="evidence_pack")


def _offer_workbook(page: Page, query: EvidenceQuery) -> None:
    """Offer all that is asked for as a workbook, to who may export."""
    if not may(page.actor, Action.EXPORT):
        return
    title = page.say("List of material")
    name = f"{title}.xlsx"

    def made() -> bytes:
        rows = page.office.evidence.list_for_file(page.actor, query, file=name)
        return workbook([sheet(title, _worded(page, rows), COLUMNS, say=page.say)])

    st.download_button(
        page.say("Download as Excel"), data=made, file_name=name, on_click="ignore",
        key="evidence_excel",
    )  # fmt: skip


def _query(page: Page) -> EvidenceQuery:
    say = page.say
    with st.container(key="evidence_filters"):
        left, right, more = st.columns([3, 3, 1.4], vertical_alignment="bottom")
        views = say.names("evidence_view", VIEWS)
        view = pick.switch(say("Which material"), views, key=frame.translated("evidence_view"),
                           at=left, default="all", hidden=True)  # fmt: skip
        search = right.text_input(say("Search material"), key="evidence_search",
                                  placeholder=say("number, file, place or note"))  # fmt: skip
        with more.popover(say("Filters"), width="stretch"):
            query = _filtered(page)
    return replace(
        query, search=search.strip(), holder=page.actor.id if view == "mine" else "",
        to_confirm=view == "asked", minors=view == "minors",
    )  # fmt: skip


def _filtered(page: Page) -> EvidenceQuery:
    say = page.say
    options = {
        "states": (say("State"), say.names("evidence_state", EvidenceState)),
        "kinds": (say("Kind"), say.names("evidence_kind", EvidenceKind)),
        "origins": (say("Origin"), say.names("evidence_origin", Origin)),
        "communities": (say("Community"), page.office.evidence.communities(page.actor)),
    }
    narrowed = pick.several(page, options, key="evidence")
    case_no = st.text_input(say("Case"), key="evidence_case").strip()
    since = pick.day(say("Taken from"), None, key="evidence_since")
    until = pick.day(say("Taken until"), None, key="evidence_until")
    sort = pick.one(say("Order"), say.names("evidence_sort", SORTS),
                    key=frame.translated("evidence_sort"))  # fmt: skip
    return EvidenceQuery(
        **narrowed, cases=(case_no,) if case_no else (), since=since,
        before=until + timedelta(days=1) if until else None,
        sort=sort,  # type: ignore[arg-type]
    )  # fmt: skip


def _worded(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    people = page.office.evidence.people(page.actor)
    flags = rows["has_minor"].map({True: "minors", False: ""}).where(
        ~rows["blurred"].astype(bool), rows["has_minor"].map({True: "blurred", False: ""})
    )  # fmt: skip
    return rows.assign(
        taker=[people.get(each, each) for each in rows["taker_id"]],
        kilobytes=np.ceil(rows["bytes"].astype(float) / 1_000), flag=flags,
    )  # fmt: skip


def _nothing(page: Page, query: EvidenceQuery) -> None:
    if query == EvidenceQuery():
        page.info("There is no material yet. Take in a photo, a film, sound or a paper.")
    elif query == EvidenceQuery(holder=query.holder) and query.holder:
        page.success("Nothing is in your hands, and nothing waits for you to receive it.")
    else:
        page.info("No material passes these filters. Clear them, or shorten what you search for.")
