"""What became of every row of a file: rows in = accepted + quarantined + duplicates."""

from collections.abc import Collection, Mapping

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.field_names import name_of
from dashboard.i18n.file_notes import note_text
from dashboard.i18n.markdown import plain
from dashboard.ui import frame, parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from dashboard.views.importing import history
from dashboard.views.importing.preview import COVERED, PEOPLE, Understood
from data.contracts.registry import TABLES
from data.ingest.results import ImportResult, RefusedCell
from governance.access.permissions import Action, may

_LONGEST = 40


def show(page: Page, result: ImportResult, *, known: Understood) -> None:
    """Show the counts, the reasons, where rows were placed, and the quarantine to take away.

    ``known``: what about the file stands on the page already.
    """
    say = page.say
    if result.repeated:
        page.info("This very file was imported before; nothing was changed.")
    counts = {"rows in": result.rows_in, "accepted": result.accepted,
              "quarantined": result.quarantined, "duplicates": result.duplicates}  # fmt: skip
    figures = [Figure(say.name("count", name), f"{count:,}") for name, count in counts.items()]
    parts.show_figures(figures, key=f"result_{result.import_id}")
    total, *others = (f"{count:,}" for count in counts.values())
    st.caption(f"{total} = {' + '.join(others)}")
    left, right = st.columns(2)
    with left:
        title = say("Why rows were quarantined")
        _show_counts(page, title, "reason", result.reasons, result=result)
        _show_counts(page, say("Dropped on import"), "personal", result.dropped_personal)
        _show_counts(page, say("Lines that are no data, left out"), "note", result.skipped)
    with right:
        _show_counts(page, say("Where rows were placed"), "level", result.located)
        _show_unknown(page, result)
    _show_noted(page, result, known)
    by_others = result.repeated and not may(page.actor, Action.MANAGE_IMPORTS)
    if result.quarantined and result.import_id and not by_others:
        history.offer_quarantine(
            page,
            result.import_id,
            key=f"quarantine_{result.import_id}",
            explained=say("Correct the marked cells and import the file again."),
        )


def _show_noted(page: Page, result: ImportResult, known: Understood) -> None:
    """Show what a reader should know, and of which rows."""
    say = page.say
    if result.replaced:
        page.caption("{rows} rows replaced an older one.", rows=result.replaced)
    for warning in result.warnings:
        about = result.warned_about.get(warning, ())
        if not {(warning, each) for each in about or ("",)} <= {*known.notes}:
            st.warning(plain(note_text(warning, about, say)))
    if result.unmapped and result.unmapped != known.unmapped:
        columns = say(", ").join(result.unmapped)
        page.caption("Columns that nothing takes, left out: {columns}", columns=columns)
    if not result.noted:
        return
    rows = []
    for code, count in result.noted.items():
        named = result.noted_rows.get(code, [])
        shown = say(", ").join(named) + (" …" if count > len(named) else "")
        rows.append((say.name("noted", code), count, shown))
    st.markdown(f"**{say('Rows to look at')}**")
    table = pd.DataFrame(rows, columns=[say("What"), say("Rows"), say("Row numbers")])
    st.table(table.set_index(say("What")))


def _show_unknown(page: Page, result: ImportResult) -> None:
    """Show what was kept though its list does not have it, such as a grade that says no number."""
    say = page.say
    headers = {each.name: name_of(each, say) for each in TABLES[result.table].fields}
    rows = [
        (headers[name], value, count)
        for name, values in result.kept_unknown.items()
        for value, count in values.items()
    ]
    if not rows:
        return
    st.markdown(f"**{say('Kept as sent, though not in the list')}**")
    table = pd.DataFrame(rows, columns=[say("Field"), say("Value"), say("Rows")])
    key = f"unknown_{result.import_id}"
    st.dataframe(table, hide_index=True, placeholder=frame.NOTHING, key=key)


def _show_counts(
    page: Page,
    title: str,
    kind: str,
    counts: Mapping[str, int],
    *,
    result: ImportResult | None = None,
) -> None:
    """Show a table of counts; with a result, an example to each reason."""
    say = page.say
    if not any(counts.values()):
        return
    st.markdown(f"**{title}**")
    codes = [code for code, count in counts.items() if count]
    columns = {say("What"): [say.name(kind, code) for code in codes],
               say("Rows"): [counts[code] for code in codes]}  # fmt: skip
    if result and result.examples:
        people = {
            f.name for f in TABLES[result.table].fields if str(f.personal) in PEOPLE | {"contacts"}
        }
        cells = [result.examples.get(code) for code in codes]
        columns[say("For example")] = [_example(cell, people, say=say) for cell in cells]
    st.table(pd.DataFrame(columns).set_index(say("What")))


def _example(cell: RefusedCell | None, people: Collection[str], *, say: Translator) -> str:
    """Return where a row stands and what was seen there, as Markdown; "" where none is known.

    ``people``: fields whose cells are only said to be there.
    """
    if cell is None:
        return ""
    seen = COVERED if cell.seen and cell.field in people else cell.seen[:_LONGEST]
    where = [cell.sheet, say("row {row}", row=cell.row), cell.column, seen]
    return plain(say(", ").join(each for each in where if each))
