"""The imports so far, each of which can be taken back."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column, columns_of
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may

_CHOSEN = "imports_chosen"
IMPORTS = (
    Column("import_id"),
    Column("table", kind="table"),
    Column("file"),
    Column("at", format=MINUTE),
    *columns_of("rows_in", "accepted", "quarantined", "duplicates", "replaced", "left_out"),
    Column("datum", kind="datum"),
    Column("undone"),
)


def choose(import_id: str) -> None:
    """Let the next list begin at an import: what was just imported is what may be undone."""
    st.session_state[_CHOSEN] = import_id


def show(page: Page) -> None:
    """List imports, newest first; a chosen one can be undone or its quarantine fetched."""
    say = page.say
    imports = page.office.imports.history(page.actor)
    _tell_whose(page, any_listed=not imports.empty)
    if imports.empty:
        return
    waiting = _waiting(page, imports)
    if _ask_quarantined(page):
        imports = imports[imports["import_id"].isin(waiting)]
        page.caption("{count} rows wait to be corrected.", count=sum(waiting.values()))
    if imports.empty:
        return
    worded = imports.assign(
        undone=[say("undone") if undone else "" for undone in imports["undone"]]
    )
    table.table(page, worded, IMPORTS, key="imports")
    by_id = {str(row["import_id"]): row for _, row in imports.iterrows()}
    if st.session_state.get(_CHOSEN) not in by_id:  # or the browser shows the one before
        st.session_state[_CHOSEN] = next(iter(by_id))
    names = {
        each: f"{say.name('table', str(row['table']))} · {row['file']} · {row['at']:%Y-%m-%d %H:%M}"
        for each, row in by_id.items()
    }
    row = by_id[pick.one(say("One of them"), names, key=_CHOSEN)]
    waits = str(row["import_id"]) in waiting
    with st.container(horizontal=True):
        offer_quarantine(page, str(row["import_id"]), key="imports_quarantine", disabled=not waits)
        _offer_undo(page, row)
    if row["quarantined"] and not waits and not row["undone"]:
        page.caption("Every row that was kept out has been corrected and imported since.")


def _waiting(page: Page, imports: pd.DataFrame) -> dict[str, int]:
    """Return how many rows of each import still wait to be corrected, where any were kept out."""
    if not imports["quarantined"].any():
        return {}
    waiting = page.office.imports.quarantine(page.actor)
    return {str(each["import_id"]): int(each["rows"]) for each in waiting}


def _tell_whose(page: Page, *, any_listed: bool) -> None:
    """Say that nothing was imported yet, or that only one's own imports are listed."""
    everybodys = may(page.actor, Action.MANAGE_IMPORTS)
    if not any_listed and everybodys:
        page.info("Nothing was imported yet. Start with buildings and grids.")
    elif not any_listed:
        page.info("You have not imported anything yet.")
    elif not everybodys:
        page.caption(
            "Only your own imports are listed here. Planners and managers see to those of others."
        )


def _ask_quarantined(page: Page) -> bool:
    """Ask whether only imports with rows to be corrected are listed.

    Who comes by a link that counts such rows finds these imports.
    """
    linked = st.query_params.get("show") == "quarantined"
    label = page.say("Only imports with rows to be corrected")
    return st.checkbox(label, value=linked, key="imports_quarantined")


def offer_quarantine(
    page: Page, import_id: str, *, key: str, disabled: bool = False, explained: str | None = None
) -> None:
    """Offer the rows of an import that wait to be corrected."""
    st.download_button(
        page.say("Download the quarantined rows"),
        data=lambda: page.office.imports.export_quarantine(page.actor, import_id=import_id),
        file_name=f"{page.say('Quarantine')} {import_id}.xlsx",
        on_click="ignore",
        key=key,
        disabled=disabled,
        help=explained,
    )


def _offer_undo(page: Page, row: pd.Series) -> None:
    say = page.say
    if row["undone"]:
        page.caption("This import was taken back.")
        return

    def undo() -> None:
        page.office.imports.undo(page.actor, str(row["import_id"]))
        forget_layers()

    change.confirm(
        page,
        say("Undo this import"),
        explained=say("{rows} rows of “{file}” leave again, exactly as if they had never been "
                      "imported.", rows=row["accepted"], file=row["file"]),
        yes=say("Yes, undo it"),
        key=f"imports_undo_{row['import_id']}",
        change=undo,
        done=say("Undone: {file}", file=row["file"]),
        kind="primary",
    )  # fmt: skip
