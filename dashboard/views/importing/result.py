"""What became of every row of a file: rows in = accepted + quarantined + duplicates."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.frame import Page
from data.ingest.results import ImportResult


def show(page: Page, result: ImportResult) -> None:
    """Show the counts, the reasons, where rows were placed, and the quarantine to take away."""
    say = page.say
    if result.repeated:
        st.info(say("This very file was imported before; nothing was changed."))
    counts = [("rows in", result.rows_in), ("accepted", result.accepted),
              ("quarantined", result.quarantined), ("duplicates", result.duplicates)]  # fmt: skip
    for column, (name, count) in zip(st.columns(4), counts, strict=True):
        column.metric(say.name("count", name), f"{count:,}")
    st.caption(
        f"{result.rows_in:,} = {result.accepted:,} + {result.quarantined:,} + {result.duplicates:,}"
    )
    left, right = st.columns(2)
    with left:
        _counts(say("Why rows were quarantined"), "reason", result.reasons, say=say)
        _counts(say("Dropped at the door"), "personal", result.dropped_personal, say=say)
    with right:
        _counts(say("Where rows were placed"), "level", result.located, say=say)
    if result.replaced:
        st.caption(say("{rows} rows replaced an older one.", rows=f"{result.replaced:,}"))
    for code in result.warnings:
        st.warning(say.name("note", code))
    if result.quarantined and result.import_id:
        st.download_button(
            say("Download the quarantined rows"),
            data=lambda: page.office.imports.export_quarantine(
                page.actor, import_id=result.import_id
            ),
            file_name=f"{say('Quarantine')} {result.import_id}.xlsx",
            on_click="ignore",
            key=f"quarantine_{result.import_id}",
            help=say("Correct the marked cells and import the file again."),
        )


def _counts(title: str, kind: str, counts: Mapping[str, int], *, say: Translator) -> None:
    if not any(counts.values()):
        return
    st.markdown(f"**{title}**")
    rows = [(say.name(kind, code), count) for code, count in counts.items() if count]
    table = pd.DataFrame(rows, columns=[say("What"), say("Rows")])
    st.table(table.set_index(say("What")))
