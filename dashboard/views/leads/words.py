"""The words of screening: the product's to be read, the office's own to be changed."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import change, table
from dashboard.ui.frame import Page
from data.contracts.screening.office_terms import SUBSTITUTES, TERM_COLUMNS, USES, OfficeTerm
from governance.access.permissions import Action, may

_COLUMNS = (
    Column("part", kind="term_part", header="Counts as"),
    Column("use", kind="term_use", header="Use"),
    Column("term", header="Word"),
    Column("meant", header="Stands for"),
)
_EDITOR = "leads_terms"


def show(page: Page) -> None:
    """Show the office's own words, to be changed by who may, and all of the product's."""
    terms = page.office.screening.terms(page.actor)
    office_terms = terms[terms["own"]].reset_index(drop=True)
    page.subheader("Words of this office")
    page.caption(
        "Added to the product's list, or taken off it. Words are compared without regard to "
        "width, case, signs between characters and traditional characters; what sounds alike "
        "need not be listed."
    )
    if may(page.actor, Action.SCREEN_TEXTS) and page.actor.scope.street:
        _edit(page, terms, office_terms)
    else:
        table.table(page, office_terms, _COLUMNS, key="leads_own", search=False)
    page.subheader("Words of the product")
    table.table(page, terms[~terms["own"]].reset_index(drop=True), _COLUMNS, key="leads_product")


def _edit(page: Page, terms: pd.DataFrame, office_terms: pd.DataFrame) -> None:
    say = page.say
    codes = dict.fromkeys([*map(str, terms["part"]), SUBSTITUTES])
    parts = {say.name("term_part", code): code for code in codes}
    uses = {say.name("term_use", use): use for use in USES}
    shown = office_terms[list(TERM_COLUMNS)].assign(
        part=[say.name("term_part", str(code)) for code in office_terms["part"]],
        use=[say.name("term_use", str(code)) for code in office_terms["use"]],
    )
    version = change.begun_from(_EDITOR, terms.attrs.get("version"))
    edited = st.data_editor(
        shown.astype("str"), num_rows="dynamic", hide_index=True, key=_EDITOR, width="stretch",
        column_config=_config(page, list(parts), list(uses)),
    )  # fmt: skip
    if st.button(say("Save the words"), type="primary", key="leads_terms_save"):
        rows = edited.dropna(subset=["part", "use", "term"]).fillna("").astype("str")
        changed = [
            OfficeTerm(parts[part], uses[use], term, meant)
            for part, use, term, meant in rows[list(TERM_COLUMNS)].to_numpy().tolist()
        ]
        _save(page, changed, version=version)


def _config(page: Page, parts: list[str], uses: list[str]) -> dict[str, Any]:
    headers = {column.name: column.header_in(page.say) for column in _COLUMNS}
    select = st.column_config.SelectboxColumn
    return {
        "part": select(headers["part"], options=parts, required=True),
        "use": select(headers["use"], options=uses, required=True),
        "term": st.column_config.TextColumn(headers["term"], required=True),
        "meant": headers["meant"],
    }


def _save(page: Page, changed: list[OfficeTerm], *, version: str | None) -> None:
    def save() -> None:
        page.office.screening.save_terms(page.actor, changed, version=version)
        st.session_state.pop(_EDITOR, None)

    change.make(page, save, done=page.say("Saved. The next text is screened by these words."))
