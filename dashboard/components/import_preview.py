"""What the importer understood of a file, shown so that it can be corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.components.frame import Page
    from dashboard.office import Preview
    from dashboard.words import Words

DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What to import with: field → column, sheet, datum."""

    mapping: dict[str, str]
    sheet: str | None
    datum: str | None


def show(page: Page, table: str, path: Path) -> Corrected | None:
    """Show mapping, datum and first rows; return them as corrected, or None if not yet enough."""
    say = page.say
    st.subheader(say("3. What was understood"))
    sheet = st.session_state.get(_key("sheet", table, path))
    preview = page.office.preview_import(page.actor, table, path, sheet=sheet)
    if len(preview.sheets) > 1:
        sheet = st.selectbox(say("Sheet"), preview.sheets,
                             index=preview.sheets.index(preview.sheet),
                             key=_key("sheet", table, path))  # fmt: skip
    st.caption(
        say("{rows} rows; the header stands in row {row}.", rows=f"{preview.rows:,}",
            row=preview.header_row)
    )  # fmt: skip
    st.dataframe(preview.sample, hide_index=True, height=180, key=_key("sample", table, path))
    mapping = _correct_mapping(preview, say=say, key=_key("mapping", table, path))
    datum = _choose_datum(preview, say=say, key=_key("datum", table, path))
    lacking = [f.header for f in preview.fields if f.required and f.name not in mapping]
    if lacking:
        st.warning(say("Choose a column for: {fields}", fields="、".join(lacking)))
        return None
    if preview.datum_needed and datum is None:
        st.warning(say("Choose the coordinate system before importing."))
        return None
    return Corrected(mapping, sheet or preview.sheet, datum)


def _correct_mapping(preview: Preview, *, say: Words, key: str) -> dict[str, str]:
    """Let each field's column be chosen; what is already right stays folded away."""
    none = say("— not in this file —")
    mapped = sum(field.name in preview.mapping for field in preview.fields)
    heading = say("Columns: {mapped} of {fields} fields found", mapped=mapped,
                  fields=len(preview.fields))  # fmt: skip
    mapping = {}
    with st.expander(heading, expanded=True):
        columns = st.columns(3)
        for place, field in enumerate(preview.fields):
            options = [none, *preview.columns]
            guessed = preview.mapping.get(field.name)
            chosen = columns[place % 3].selectbox(
                f"{field.header}{' *' if field.required else ''}",
                options,
                index=options.index(guessed) if guessed in options else 0,
                key=f"{key}_{field.name}",
            )
            if chosen != none:
                mapping[field.name] = chosen
    return mapping


def _choose_datum(preview: Preview, *, say: Words, key: str) -> str | None:
    """Show which share of points falls inside the street under each datum, and ask."""
    if not preview.datum_shares and not preview.datum_needed:
        return str(preview.datum) if preview.datum else None
    shares = {str(name): float(share) for name, share in preview.datum_shares.items()}
    options = list(dict.fromkeys([*sorted(shares, key=lambda n: -shares[n]), *DATUMS]))
    st.markdown(f"**{say('Coordinate system')}**")
    chosen = st.radio(
        say("The share of points that lie inside the street says which it is; confirm it."),
        options,
        index=options.index(preview.datum) if preview.datum in options else None,
        format_func=lambda name: _datum(name, shares, say=say),
        key=key,
    )
    return str(chosen) if chosen else None


def _datum(name: str, shares: dict[str, float], *, say: Words) -> str:
    known = say.name("datum", name)
    return f"{known} — {shares[name]:.0%}" if name in shares else known


def _key(part: str, table: str, path: Path) -> str:
    return f"import_{part}_{table}_{path.parent.name}"
