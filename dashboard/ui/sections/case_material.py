"""The lead material of a case, and photos of its public reports to be taken up as such."""

import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import change, frame, table
from dashboard.ui.frame import Page
from data.store.repositories.records.evidence_lists import EvidenceQuery
from governance.access.permissions import Action, may
from governance.records.evidence.intake.service import PUBLIC_REPORT

_COLUMNS = (
    Column("evidence_no", header="Number"),
    Column("state", kind="evidence_state", header="State"),
    Column("kind", kind="evidence_kind", header="Kind"),
    Column("filename", header="File"),
    Column("taken_at", format=MINUTE, header="Taken"),
)
_MOST = 50


def show(page: Page, case_no: str) -> None:
    """Draw the material of a case, to who may see any."""
    if not may(page.actor, Action.SEE_EVIDENCE):
        return
    page.subheader("Material of this case")
    rows = page.office.evidence.page(page.actor, EvidenceQuery(cases=(case_no,), limit=_MOST)).rows
    if rows.empty:
        page.caption("There is no material of this case yet.")
    else:

        def choose(place: int) -> None:
            st.session_state["case_material_chosen"] = str(rows["evidence_no"].iloc[place])

        table.table(page, rows, _COLUMNS, key="case_material", search=False, pick=choose,
                    height_px=220)  # fmt: skip
        if number := st.session_state.pop("case_material_chosen", None):
            frame.go(page, "evidence", material=number)
    if may(page.actor, Action.ADD_EVIDENCE):
        if st.button(page.say("Take in material for this case"), key="case_material_add"):
            frame.go(page, "evidence", part="add", case=case_no)
        _offer_photos(page, case_no)


def _offer_photos(page: Page, case_no: str) -> None:
    """Offer the photos of the case's public reports, each in one step."""
    if not may(page.actor, Action.SEE_PUBLIC_REPORTS):
        return
    for report in page.office.public_reports.of_case(page.actor, case_no):
        for sha256 in report.photos:

            def take_up(photo: str = sha256) -> str:
                return page.office.evidence_intake.take_up(
                    page.actor, PUBLIC_REPORT, photo, case_no=case_no
                )

            label = page.say("Take up as lead material")
            st.button(f"{label} · {sha256[:8]}", key=f"take_up_{sha256}", on_click=change.making(
                page, take_up,
                done=lambda made: page.say("Taken up as {number}", number=made)))  # fmt: skip
