"""The lead material of a case or a building, and photos to be taken up as such."""

from collections.abc import Iterable

import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import change, frame, table
from dashboard.ui.frame import Page
from data.store.repositories.records.evidence_lists import EvidenceQuery
from governance.access.permissions import Action, may
from governance.records.evidence.intake.service import PUBLIC_REPORT, VISIT

_COLUMNS = (
    Column("evidence_no", header="Number"),
    Column("state", kind="evidence_state", header="State"),
    Column("kind", kind="evidence_kind", header="Kind"),
    Column("filename", header="File"),
    Column("taken_at", format=MINUTE, header="Taken"),
)
_MOST = 50


def show_of_case(page: Page, case_no: str) -> None:
    """Draw the material of a case, to who may see any."""
    if not may(page.actor, Action.SEE_EVIDENCE):
        return
    page.subheader("Material of this case")
    _list(page, EvidenceQuery(cases=(case_no,), limit=_MOST), key="case_material",
          none=page.say("There is no material of this case yet."))  # fmt: skip
    if not may(page.actor, Action.ADD_EVIDENCE):
        return
    if st.button(page.say("Take in material for this case"), key="case_material_add"):
        frame.go(page, "evidence", part="add", case=case_no)
    if may(page.actor, Action.SEE_PUBLIC_REPORTS):
        for report in page.office.public_reports.of_case(page.actor, case_no):
            _offer(page, PUBLIC_REPORT, report.photos, case_no=case_no)


def show_of_building(page: Page, building_id: str) -> None:
    """Draw the material of a building, to who may see any."""
    if not may(page.actor, Action.SEE_EVIDENCE):
        return
    page.subheader("Material of this building")
    _list(page, EvidenceQuery(buildings=(building_id,), limit=_MOST), key="building_material",
          none=page.say("There is no material of this building yet."))  # fmt: skip


def offer_visit_photos(page: Page, hashes: Iterable[str]) -> None:
    """Offer photos of a visit to be taken up, to who adds material."""
    if may(page.actor, Action.ADD_EVIDENCE):
        _offer(page, VISIT, hashes)


def _list(page: Page, query: EvidenceQuery, *, key: str, none: str) -> None:
    rows = page.office.evidence.page(page.actor, query).rows
    if rows.empty:
        st.caption(none)
        return

    def choose(place: int) -> None:
        st.session_state[f"{key}_chosen"] = str(rows["evidence_no"].iloc[place])

    table.table(page, rows, _COLUMNS, key=key, search=False, pick=choose, height_px=220)
    if number := st.session_state.pop(f"{key}_chosen", None):
        frame.go(page, "evidence", material=number)


def _offer(page: Page, source: str, hashes: Iterable[str], *, case_no: str = "") -> None:
    """Offer photos, each to be taken up in one step."""
    label = page.say("Take up as lead material")
    for sha256 in hashes:

        def take_up(photo: str = sha256) -> str:
            return page.office.evidence_intake.take_up(page.actor, source, photo, case_no=case_no)

        st.button(f"{label} · {sha256[:8]}", key=f"take_up_{sha256}", on_click=change.making(
            page, take_up,
            done=lambda made: page.say("Taken up as {number}", number=made)))  # fmt: skip
