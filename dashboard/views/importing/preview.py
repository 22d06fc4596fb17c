"""What the importer understood of a file, shown so that it can be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from data.contracts.model import Field
from data.ingest.preview import ImportPreview

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
_PEOPLE = frozenset({"name", "phone"})
_COVERED = "＊＊＊"
_LEFT_OUT = ""  # a field that is mapped to nothing although its column was guessed
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Corrected:
    """What to import with: field → column, sheet, datum."""

    mapping: Mapping[str, str]
    sheet: str | None
    datum: str | None


def show(page: Page, table: str, path: Path) -> Corrected | None:
    """Show mapping, datum and first rows; return them as corrected, or None if not yet enough."""
    say = page.say
    page.subheader("3. What was understood")
    key = f"{table}_{path.parent.name}"
    guess = _preview(page, table, path, sheet=st.session_state.get(f"import_sheet_{key}"))
    sheet = _choose_sheet(guess, say=say, key=f"import_sheet_{key}")
    _show_head(guess, say=say, key=f"import_sample_{key}")
    mapping = _correct_mapping(guess, say=say, key=f"import_field_{key}")
    corrected = _preview(page, table, path, sheet=sheet, mapping=mapping) if mapping else guess
    if corrected.missing:
        headers = {field.name: field.header for field in corrected.fields}
        lacking = "、".join(headers.get(name, name) for name in corrected.missing)
        page.warning("Choose a column for: {fields}", fields=lacking)
        return None
    datum = _choose_datum(corrected, say=say, key=f"import_datum_{key}")
    if corrected.datum_needed and datum is None:
        page.warning("Choose the coordinate system before importing.")
        return None
    return Corrected(mapping, sheet, datum)


def _preview(
    page: Page,
    table: str,
    path: Path,
    *,
    sheet: str | None,
    mapping: Mapping[str, str] | None = None,
) -> ImportPreview:
    """Look at a file once for every way of reading it; a large workbook takes seconds."""
    looked: dict[object, ImportPreview] = st.session_state.setdefault("import_previews", {})
    key = (table, str(path), sheet, tuple(sorted((mapping or {}).items())))
    if key not in looked:
        with st.spinner(page.say("Reading the file …")):
            looked[key] = page.office.imports.preview(
                page.actor, table, path, sheet=sheet, mapping=mapping
            )
    return looked[key]


def _choose_sheet(preview: ImportPreview, *, say: Translator, key: str) -> str | None:
    if len(preview.sheets) < 2:  # noqa: PLR2004 -- one sheet leaves no choice
        return None
    names = {None: say("every sheet with the same header")} | {
        each: each for each in preview.sheets
    }
    return pick.one(say("Sheet"), names, key=key)


def _show_head(preview: ImportPreview, *, say: Translator, key: str) -> None:
    if preview.heading:
        st.caption(preview.heading)
    st.dataframe(discreet(preview), hide_index=True, placeholder=frame.NOTHING, height=180, key=key)
    for code in preview.notes:
        st.caption(say.name("note", code))
    if preview.unmapped:
        columns = "、".join(preview.unmapped)
        st.caption(say("Columns that are not needed: {columns}", columns=columns))


def discreet(preview: ImportPreview) -> pd.DataFrame:
    """Return a file's first rows without what the product may not hold or need not show.

    Columns that are thrown away at the door (identity numbers, pupils) are left out; names and
    telephone numbers are only shown to be there.
    """
    shown = {*preview.mapping.values(), *preview.unmapped}
    rows = preview.sample[[name for name in preview.sample if name in shown]].fillna("")
    people = [f.name for f in preview.fields if str(f.personal) in _PEOPLE]
    hidden = {preview.mapping[name] for name in people if name in preview.mapping}
    covered = {name: rows[name].where(rows[name] == "", _COVERED) for name in hidden & set(rows)}
    return rows.assign(**covered)


def _correct_mapping(preview: ImportPreview, *, say: Translator, key: str) -> dict[str, str]:
    """Let each field's column be chosen and return only what differs from the guess."""
    present = [f for f in preview.fields if f.required or f.name in preview.mapping]
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
    names = {_LEFT_OUT: say("— not in this file —")} | {each: each for each in preview.columns}
    places, columns = list(names), st.columns(_COLUMNS)
    chosen = {}
    for field, at in zip(fields, cycle(columns), strict=False):
        guessed = preview.mapping.get(field.name, _LEFT_OUT)
        chosen[field.name] = pick.one(
            f"{field.header}{' *' if field.required else ''}",
            names,
            index=places.index(guessed) if guessed in names else 0,
            key=f"{key}_{field.name}",
            at=at,
        )
    return chosen


def _choose_datum(preview: ImportPreview, *, say: Translator, key: str) -> str | None:
    """Show which share of points falls where places are known under each datum, and ask."""
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
        say("The share of points that lie inside the street says which it is; confirm it."),
        options,
        index=options.index(preview.datum) if preview.datum in options else None,
        format_func=names.__getitem__,
        key=key,
    )
    return str(chosen) if chosen else None
