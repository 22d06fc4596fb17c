"""The imports so far, each of which can be taken back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column, columns_of
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import frame, table
from dashboard.ui.frame import Page

_CHOSEN = "imports_chosen"
IMPORTS = (
    Column("import_id"),
    Column("table", kind="table"),
    Column("file"),
    Column("at", format=MINUTE),
    *columns_of("rows_in", "accepted", "quarantined", "duplicates", "replaced", "left_out"),
    Column("datum"),
    Column("undone"),
)


def choose(import_id: str) -> None:
    """Let the next list begin at an import: what was just imported is what may be undone."""
    st.session_state[_CHOSEN] = import_id


def show(page: Page) -> None:
    """List imports, newest first; a chosen one can be undone or its quarantine fetched."""
    say = page.say
    if told := st.session_state.pop("undone", None):
        st.success(told)
    imports = page.office.imports.history(page.actor)
    if imports.empty:
        st.info(say("Nothing was imported yet. Start with buildings and grids."))
        return
    told = imports.assign(undone=[say("undone") if undone else "" for undone in imports["undone"]])
    table.table(page, told, IMPORTS, key="imports")
    by_id = {str(row["import_id"]): row for _, row in imports.iterrows()}
    if st.session_state.get(_CHOSEN) not in by_id:
        st.session_state.pop(_CHOSEN, None)
    chosen = st.selectbox(
        say("One of them"), list(by_id),
        format_func=lambda import_id: _label(by_id[import_id], page=page), key=_CHOSEN,
    )  # fmt: skip
    row = by_id[str(chosen)]
    with st.container(horizontal=True):
        _offer_quarantine(page, row)
        _offer_undo(page, row)


def _label(row: pd.Series, *, page: Page) -> str:
    return (
        f"{page.say.name('table', str(row['table']))} · {row['file']} · {row['at']:%Y-%m-%d %H:%M}"
    )


def _offer_quarantine(page: Page, row: pd.Series) -> None:
    say = page.say
    st.download_button(
        say("Download the quarantined rows"),
        data=lambda: page.office.imports.export_quarantine(
            page.actor, import_id=str(row["import_id"])
        ),
        file_name=f"{say('Quarantine')} {row['import_id']}.xlsx",
        disabled=not row["quarantined"],
        on_click="ignore",
        key="imports_quarantine",
    )


def _offer_undo(page: Page, row: pd.Series) -> None:
    say = page.say
    if row["undone"]:
        st.caption(say("This import was taken back."))
        return
    with st.popover(say("Undo this import")):
        st.markdown(
            say("{rows} rows of “{file}” leave again, exactly as if they had never been imported.",
                rows=f"{row['accepted']:,}", file=row["file"])
        )  # fmt: skip
        if not st.button(say("Yes, undo it"), type="primary", key="imports_undo"):
            return
        with frame.telling_failures(say):
            page.office.imports.undo(page.actor, str(row["import_id"]))
            forget_layers()
            st.session_state["undone"] = say("Undone: {file}", file=row["file"])
            st.rerun()
