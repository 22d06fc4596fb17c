"""What the importer understood of a file, shown so that it can be corrected."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.field_names import label_of, name_of
from dashboard.i18n.file_notes import note_text
from dashboard.i18n.markdown import plain
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from dashboard.ui.table import rows_px
from dashboard.views.importing import unknown_words
from data.contracts.model import Field
from data.contracts.vocabulary import VisitResult
from data.ingest.options import ImportOptions
from data.ingest.preview.preview import ImportPreview
from data.ingest.reading.headers.cell_matches import ADDRESS_FIELDS

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
PEOPLE = frozenset({"name", "phone"})
COVERED = "＊＊＊"
_LEFT_OUT = ""  # a field that is mapped to nothing although its column was guessed
_COLUMNS = 4
_WITH, _WITHOUT = "with", "without"
_SHOWN, _HEAD_PX = 18, 180
TABLE_KEY = "import_table"
"""Holds the table that a file is imported as."""


class Understood(NamedTuple):
    """How a file is to be imported, and what about it the page tells: notes, columns unused."""

    options: ImportOptions
    notes: tuple[tuple[str, str], ...]
    unmapped: tuple[str, ...]


def show(page: Page, table: str, path: Path) -> Understood | None:
    """Show mapping, datum and first rows; return them as corrected, or None if not yet enough."""
    say = page.say
    page.subheader("3. What was understood")
    key = f"{table}_{path.parent.name}"
    header = {_WITH: True, _WITHOUT: False}.get(st.session_state.get(f"import_header_{key}") or "")
    guess = _preview(
        page, table, path, sheet=st.session_state.get(f"import_sheet_{key}"), header=header
    )
    _offer_likelier(page, guess)
    sheet = _choose_sheet(guess, say=say, key=f"import_sheet_{key}")
    _choose_header(guess, say=say, key=f"import_header_{key}")
    _show_head(guess, say=say, key=f"import_sample_{key}")
    place = _choose_place(guess, page=page, key=f"import_place_{key}")
    mapping = place | _correct_mapping(guess, say=say, key=f"import_field_{key}")
    values = _judge_by_grade(table, guess, mapping, say=say, key=f"import_limit_{key}")
    corrected = guess
    if mapping:
        corrected = _preview(page, table, path, sheet=sheet, header=header, mapping=mapping)
    for name, meant in unknown_words.choose(
        page, table, corrected, key=f"import_word_{key}"
    ).items():
        values[name] = values.get(name, {}) | meant
    if _lacks_columns(page, corrected):
        return None
    datum = _choose_datum(corrected, say=say, key=f"import_datum_{key}")
    if corrected.datum_needed and datum is None:
        page.warning("Choose the coordinate system before importing.")
        return None
    options = ImportOptions(mapping=mapping, sheet=sheet, datum=datum, header=header, values=values)
    return Understood(options, (*guess.notes, *_warn(page, corrected)), guess.unmapped)


def _offer_likelier(page: Page, guess: ImportPreview) -> None:
    """Say that a file looks like one of another table, which one click makes it."""
    if guess.likelier_table is None:
        return
    say, better = page.say, guess.likelier_table

    def switch() -> None:
        st.session_state[TABLE_KEY] = better

    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        name = say.name("table", better)
        st.markdown(say("These headers look like “{table}”.", table=name), width="stretch")
        st.button(say("Import it as “{table}”", table=name), key="import_likelier",
                  type="primary", on_click=switch)  # fmt: skip


def _lacks_columns(page: Page, preview: ImportPreview) -> bool:
    """Say which columns must be chosen before the file can be imported, if any."""
    if preview.missing:
        headers = {field.name: name_of(field, page.say) for field in preview.fields}
        lacking = page.say(", ").join(headers.get(name, name) for name in preview.missing)
        page.warning("Choose a column for: {fields}", fields=lacking)
    elif preview.place_missing:
        page.warning("Choose the column of the address before importing.")
    return bool(preview.missing) or preview.place_missing


def _warn(page: Page, preview: ImportPreview) -> list[tuple[str, str]]:
    """Say what speaks against importing the file as it is; return it as notes."""
    for code in preview.warnings:
        st.warning(page.say.name("note", code))
    return [(code, "") for code in preview.warnings]


def _preview(
    page: Page,
    table: str,
    path: Path,
    *,
    sheet: str | None,
    header: bool | None,
    mapping: Mapping[str, str] | None = None,
) -> ImportPreview:
    """Look at a file once for every way of reading it; a large workbook takes seconds."""
    looked: dict[object, ImportPreview] = st.session_state.setdefault("import_previews", {})
    key = (table, str(path), sheet, header, tuple(sorted((mapping or {}).items())))
    if key not in looked:
        with st.spinner(page.say("Reading the file …")):
            looked[key] = page.office.imports.preview(
                page.actor,
                table,
                path,
                ImportOptions(sheet=sheet, header=header, mapping=mapping or {}),
            )
    return looked[key]


def _choose_sheet(preview: ImportPreview, *, say: Translator, key: str) -> str | None:
    if len(preview.sheets) < 2:  # noqa: PLR2004 -- one sheet leaves no choice
        return None
    names = {None: say("every sheet with the same header")} | {
        each: each for each in preview.sheets
    }
    return pick.one(say("Sheet"), names, key=key)


def _choose_header(preview: ImportPreview, *, say: Translator, key: str) -> None:
    """Let it be said whether there is a header row, once none was found or somebody doubts it."""
    names = {
        "": say("found by itself"),
        _WITH: say("the first row is the header"),
        _WITHOUT: say("there is none; columns by position"),
    }
    with st.expander(say("Header row"), expanded=not preview.has_header):
        pick.switch(say("Header row"), names, key=key, default="", hidden=True)


def _choose_place(preview: ImportPreview, *, page: Page, key: str) -> dict[str, str]:
    """Ask loudly which column is the address where nothing says where the rows are."""
    if not preview.place_missing:
        return {}
    say, decided = page.say, st.session_state.get(key)
    without = say("Rows without a place are on no map and count for no building.")
    if decided is None:
        lacking = say("No column is an address, and there are neither coordinates nor building "
                      "codes.")  # fmt: skip
        st.error(f"{lacking} {without}")
    elif decided == _LEFT_OUT:
        st.warning(without)
    field = next(f for f in preview.fields if f.name in ADDRESS_FIELDS)
    names = _column_names(preview) | {_LEFT_OUT: say("— none is: import without places —")}
    chosen = pick.one_or_none(
        say("Which column is the address?"), names, none=say("choose"), key=key
    )
    return {} if chosen is None else {field.name: chosen}


def _judge_by_grade(
    table: str, preview: ImportPreview, mapping: Mapping[str, str], *, say: Translator, key: str
) -> dict[str, dict[str, str]]:
    """Offer to turn a score into results where the file has a score and no result."""
    known = preview.mapping | dict(mapping)
    if table != "inspections" or not known.get("grade") or known.get("result"):
        return {}
    limit = st.number_input(
        say("Results from the score: at most this much means that something was found"),
        value=None,
        step=1.0,
        format="%g",
        key=key,
        placeholder=say("not used"),
        help=say("Every other score means that nothing was found; the score itself is kept."),
    )
    found = VisitResult.FOUND.value
    return {} if limit is None else {"result": {f"<={limit:g}": found}}


def _column_names(preview: ImportPreview) -> dict[str, str]:
    """Return column → how it is shown: with its first cell where there is no header."""
    if preview.has_header:
        return {column: column for column in preview.columns}
    first = discreet(preview).head(1)
    cells = {name: str(first[name].iloc[0])[:_SHOWN] for name in first if len(first)}
    return {
        name: f"{name}（{cells[name]}）" if cells.get(name) else name for name in preview.columns
    }


def _show_head(preview: ImportPreview, *, say: Translator, key: str) -> None:
    if preview.heading:
        st.caption(plain(preview.heading))
    head = discreet(preview)
    height = min(_HEAD_PX, rows_px(max(len(head), 1)))
    st.dataframe(head, hide_index=True, placeholder=frame.NOTHING, height=height, key=key)
    for code, about in preview.notes:
        st.caption(plain(note_text(code, [about] if about else [], say)))
    if preview.unmapped:
        columns = say(", ").join(preview.unmapped)
        st.caption(plain(say("Columns that nothing takes, left out: {columns}", columns=columns)))


def discreet(preview: ImportPreview) -> pd.DataFrame:
    """Return a file's first rows without what the product may not hold or need not show.

    Columns that are thrown away on import (identity numbers, pupils) are left out; names and
    telephone numbers are only shown to be there.
    """
    shown = {*preview.mapping.values(), *preview.unmapped}
    rows = preview.sample[[name for name in preview.sample if name in shown]].fillna("")
    people = [f.name for f in preview.fields if str(f.personal) in PEOPLE]
    hidden = {preview.mapping[name] for name in people if name in preview.mapping}
    covered = {name: rows[name].where(rows[name] == "", COVERED) for name in hidden & set(rows)}
    return rows.assign(**covered)


def _correct_mapping(preview: ImportPreview, *, say: Translator, key: str) -> dict[str, str]:
    """Let each field's column be chosen and return only what differs from the guess."""
    address = ADDRESS_FIELDS  # always open: without it most rows have no place
    present = [
        f for f in preview.fields if f.required or f.name in preview.mapping or f.name in address
    ]
    absent = [f for f in preview.fields if f not in present]
    heading = say("Columns: {mapped} of {fields} fields found", mapped=len(preview.mapping),
                  fields=len(preview.fields))  # fmt: skip
    with st.expander(heading, expanded=True):
        chosen = _choose_columns(present, preview, say=say, key=key)
    if absent:
        with st.expander(say("Fields that this file does not seem to have")):
            chosen |= _choose_columns(absent, preview, say=say, key=key)
    return {
        name: column
        for name, column in chosen.items()
        if column != preview.mapping.get(name, _LEFT_OUT)
    }


def _choose_columns(
    fields: Sequence[Field], preview: ImportPreview, *, say: Translator, key: str
) -> dict[str, str]:
    names = {_LEFT_OUT: say("— not in this file —")} | _column_names(preview)
    places, columns = list(names), st.columns(_COLUMNS)
    chosen = {}
    for field, at in zip(fields, cycle(columns), strict=False):
        guessed = preview.mapping.get(field.name, _LEFT_OUT)
        chosen[field.name] = pick.one(
            label_of(field, say) + (" *" if field.required or field.name in ADDRESS_FIELDS else ""),
            names,
            index=places.index(guessed) if guessed in names else 0,
            key=f"{key}_{field.name}",
            at=at,
        )
    return chosen


def _choose_datum(preview: ImportPreview, *, say: Translator, key: str) -> str | None:
    """Show which share of points falls where places are known under each datum, and ask."""
    if preview.axes_swapped:
        st.warning(say.name("note", "axes_swapped"))
    if not preview.datum_needed and not preview.datum_shares:
        return None
    shares = {str(name): float(share) for name, share in preview.datum_shares.items()}
    options = list(dict.fromkeys([*sorted(shares, key=lambda n: -shares[n]), *DATUMS]))
    names = {
        name: f"{known} — {shares[name]:.0%}" if name in shares else known
        for name, known in say.names("datum", options).items()
    }
    st.markdown(f"**{say('Coordinate system')}**")
    if preview.datum_suggestion:
        st.info(say("It looks like {datum}. Choose it if that is right.",
                    datum=say.name("datum", preview.datum_suggestion)))  # fmt: skip
    chosen = st.radio(
        say("The share of points that lie inside the street says which it is; confirm it.")
        if shares
        else say("No place is known yet to compare the points with: ask who made the file."),
        options,
        index=options.index(preview.datum) if preview.datum in options else None,
        format_func=names.__getitem__,
        key=key,
    )
    suggested = preview.datum_suggestion
    if preview.datum_doubtful or (chosen and suggested and chosen != suggested):
        st.warning(say.name("note", "datum_doubtful"))
    return str(chosen) if chosen else None
