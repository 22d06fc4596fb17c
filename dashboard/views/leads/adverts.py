"""Adverts that are pasted: what is understood of each, and taking them in as leads."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.documents.marked_text import marked_text
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from dashboard.views.leads import try_out
from data.contracts.registry import vocabulary_of
from data.derived.placing.addresses import SURE_LEVELS
from data.ingest.results import ImportResult
from governance.importing.pasted import Apart

_COLUMNS = (
    Column("about", kind="screened", header="About tutoring"),
    Column("forms", header="Forms"),
    Column("address", header="Address it names"),
    Column("contact", header="Contact"),
    Column("text", header="Text"),
)
_MOST_MARKED = 20
_DONE = "leads_adverts_done"


def show(page: Page) -> None:
    """Ask for listings; show what is understood of them; take them in."""
    say = page.say
    page.caption(
        "Paste listings of recruiting, tutoring and house-sharing sites. Those about tutoring "
        "become leads; contacts are kept as a code that tells equal ones, never in clear. Whole "
        "files of adverts come in on the page Import."
    )
    if taken := st.session_state.pop(_DONE, None):
        _tell(page, taken)
    text = st.text_area(say("Listings"), key="leads_adverts", height=220)
    ways = {"blank": say("Blank lines between"), "line": say("One a line")}
    left, middle, right = st.columns(3)
    with left:
        way = pick.switch(say("How listings stand apart"), ways, key="leads_apart", default="blank")
    apart: Apart = "line" if way == "line" else "blank"
    kinds = {kind: kind for kind in vocabulary_of("adverts", "kind").values}  # noqa: PD011 -- words
    kind = pick.one(say("Kind of listing"), kinds, key="leads_kind", at=middle)
    site = right.text_input(say("Site"), key="leads_site", max_chars=60)
    if not text.strip():
        return
    read = page.office.adverts.read_pasted(page.actor, text, apart=apart)
    page.caption("Tutoring in {n} of {all}.", n=int(read["tutoring"].sum()), all=len(read))
    table.table(page, try_out.worded(page, read), _COLUMNS, key="leads_adverts_read")
    _show_marked(page, read)
    take_in = partial(
        page.office.adverts.take_in_pasted, page.actor, text, apart=apart, kind=kind, site=site
    )
    if st.button(say("Take in"), type="primary", key="leads_adverts_go"):
        change.make(page, lambda: st.session_state.update({_DONE: take_in()}))


def _show_marked(page: Page, read: pd.DataFrame) -> None:
    with st.expander(page.say("The words by which it is told")):
        for text in read["text"].head(_MOST_MARKED):
            tried = page.office.screening.try_out(page.actor, text)
            st.html(marked_text(text, tried.marks))


def _tell(page: Page, taken: ImportResult) -> None:
    page.success("{rows} adverts taken in, {leads} new leads.",
                 rows=taken.accepted, leads=taken.leads)  # fmt: skip
    placed = sum(taken.located.get(level, 0) for level in SURE_LEVELS)
    page.caption(
        "At a building by their address: {n} of {all}. An address that fits several waits for a "
        "decision on the page Import.",
        n=placed, all=sum(taken.located.values()),
    )  # fmt: skip
