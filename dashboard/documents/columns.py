"""Columns by declaration: what one holds decides how it is worded, shown and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.documents.workbook import Sheet
from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed

DAY, MINUTE, LOCALIZED, PERCENT = "day", "minute", "localized", "percent"
NEAR_DAY = "near_day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    """Its name in the worded table; its header is ``column.<name>``."""
    kind: str = ""
    """Codes are worded by ``<kind>.<code>``; a list of codes is joined."""
    source: str = ""
    """Column of the frame it is read from, where that has another name."""
    header: str = ""
    """Its header as an English sentence, where it is none of the catalogue's columns."""
    format: str = ""
    """`DAY`, `NEAR_DAY` (of this week or the next: without its year on the page), `MINUTE`, or a
    format of Streamlit's number column.
    """
    digits: int | None = None
    empty: str | None = None
    """What an absent text or code reads, as an English sentence; by default a dash."""
    hidden: bool = False
    optional: bool = False
    """Whether it is left out where no row has a value."""

    def worded(self, values: pd.Series[Any], say: Translator) -> pd.Series[Any]:
        """Return a frame's values as people read them; absent ones are None."""
        if self.format in {DAY, NEAR_DAY}:
            return pd.to_datetime(values).dt.date
        if self.format == MINUTE:
            return pd.to_datetime(values).dt.floor("min")
        if self.digits is not None:
            return values.astype(float).round(self.digits)
        if self.kind:
            empty = None if self.empty is None else say(self.empty)
            names = [_named(self.kind, code, say) or empty for code in values]
            return pd.Series(names, index=values.index, dtype=object)
        if self.empty is not None:
            return values.where(values.notna() & (values.astype(str) != ""), say(self.empty))
        return values

    def header_in(self, say: Translator) -> str:
        """Return what the column is called."""
        return say(self.header) if self.header else say.name("column", self.name)


UNITS = (
    Column("rank"),
    Column("tier", kind="tier"),
    Column("name", optional=True),
    Column("score", format=LOCALIZED, digits=1, optional=True),
    Column("community", optional=True),
    Column("buildings", optional=True),
    Column("kind", kind="building_kind", optional=True),
    Column("unit"),
)
"""What is told of ranked units."""

LISTED = (*UNITS, Column("factors", kind="factor", optional=True))
"""The same as it leaves as a file, with what counts most."""


def columns_of(*names: str) -> tuple[Column, ...]:
    """Return columns that show what the frame holds, under the catalogue's headers."""
    return tuple(Column(name) for name in names)


def in_words(rows: pd.DataFrame, columns: Sequence[Column], *, say: Translator) -> pd.DataFrame:
    """Return the columns that a frame has, in order, worded; numbered from 0."""
    worded = {
        column.name: column.worded(rows[column.source or column.name], say)
        for column in columns
        if (column.source or column.name) in rows
        and not (column.optional and _is_empty(rows[column.source or column.name]))
    }
    return pd.DataFrame(worded, index=rows.index).reset_index(drop=True)


def sheet(
    title: str, rows: pd.DataFrame, columns: Sequence[Column], *, say: Translator, note: str = ""
) -> Sheet:
    """Return rows as a sheet of a workbook, worded as on the page; an absent column is left out."""
    headers = {column.name: column.header_in(say) for column in columns}
    return Sheet(title, in_words(rows, columns, say=say), headers=headers, note=note)


def _named(kind: str, code: object, say: Translator) -> str:
    """Name a code, or each of several; "" where there is none."""
    if isinstance(code, str):
        return say.name(kind, code) if code else ""
    if isinstance(code, list | tuple | set | frozenset) or hasattr(code, "tolist"):
        return listed((_named(kind, str(each), say) for each in code), say=say)  # type: ignore[attr-defined]
    return "" if pd.isna(code) else say.name(kind, str(code))  # type: ignore[call-overload]


def _is_empty(values: pd.Series[Any]) -> bool:
    return bool((values.isna() | (values.astype(str) == "")).all())
